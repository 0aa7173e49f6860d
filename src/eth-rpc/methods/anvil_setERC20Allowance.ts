import { arg } from "../../json-rpc/method.ts"
import { anything, ethAddress, quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { setTokenAllowance } from "../erc20.ts"

export const anvil_setERC20Allowance: EthMethod = defineEthMethod({
  name: "anvil_setERC20Allowance",
  summary:
    "Lets an address spend an amount of another's ERC-20 tokens, by writing into storage where allowance reads it.",
  params: [arg("owner", ethAddress), arg("spender", ethAddress), arg("token", ethAddress), arg("amount", quantity)],
  result: anything,
  source: "anvil anvil_setERC20Allowance",
  writes: true,
  async handle(context, owner, spender, token, amount) {
    await setTokenAllowance(context, "anvil_setERC20Allowance", owner, spender, token, amount)
    return null
  },
})
