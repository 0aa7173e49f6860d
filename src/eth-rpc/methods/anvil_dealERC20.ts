import { arg } from "../../json-rpc/method.ts"
import { anything, ethAddress, quantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"
import { setTokenBalance } from "../erc20.ts"

export const anvil_dealERC20: EthMethod = defineEthMethod({
  name: "anvil_dealERC20",
  summary: "Gives an address an amount of an ERC-20 token, by writing into its storage where balanceOf reads it.",
  params: [arg("address", ethAddress), arg("token", ethAddress), arg("amount", quantity)],
  result: anything,
  source: "anvil anvil_dealERC20",
  aliases: ["hardhat_dealERC20", "anvil_setERC20Balance"],
  writes: true,
  async handle(context, holder, token, amount) {
    await setTokenBalance(context, "anvil_dealERC20", holder, token, amount)
    return null
  },
})
