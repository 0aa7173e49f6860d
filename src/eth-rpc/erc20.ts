import { keccak_256 } from "@noble/hashes/sha3.js"
import { concatBytes } from "@noble/hashes/utils.js"
import { executeCall, setSlots } from "./calls.ts"
import { toBigInt, toBytes, toHex } from "./codecs/hex.ts"
import type { EthNode } from "./context.ts"
import { editState } from "./control.ts"
import { ethError } from "./errors.ts"
import { requireUnlocked } from "./signing.ts"

const BALANCE_OF = Uint8Array.of(0x70, 0xa0, 0x82, 0x31)
const ALLOWANCE = Uint8Array.of(0xdd, 0x62, 0xed, 0x3e)

/** Slots of a contract's own variables that are tried. */
const TRIED_SLOTS = 64

/** Where OpenZeppelin's upgradeable ERC-20 keeps its variables (ERC-7201, `openzeppelin.storage.ERC20`). */
const OPENZEPPELIN_ERC20 = 0x52c63247e1f47db19d5ce0460030c497f067ca4cebf71ba98eeadabe20bace00n

/** A value that no token has by chance. */
const PROBE = 0x5eed_f00d_c0de_1234_5678n

const left = (bytes: Uint8Array): Uint8Array => toBytes(toBigInt(bytes), 32)

/** Slots where a mapping with these keys can have its value: for each first slot as Solidity and as Vyper lay it out. */
function* candidates(keys: readonly Uint8Array[]): Generator<bigint> {
  const bases = [
    ...Array.from({ length: TRIED_SLOTS }, (_, i) => BigInt(i)),
    OPENZEPPELIN_ERC20,
    OPENZEPPELIN_ERC20 + 1n,
  ]
  for (const base of bases) {
    const start = toBytes(base, 32)
    yield toBigInt(keys.reduce((slot, key) => keccak_256(concatBytes(left(key), slot)), start))
    yield toBigInt(keys.reduce((slot, key) => keccak_256(concatBytes(slot, left(key))), start))
  }
}

/** The slot that a token's view function reads, found by trying. @throws RpcError - None of them is it. */
async function findSlot(
  { chain }: EthNode,
  token: Uint8Array,
  input: Uint8Array,
  keys: readonly Uint8Array[],
): Promise<bigint> {
  const call = {
    from: undefined,
    to: token,
    gas: undefined,
    gasPrice: undefined,
    maxFeePerGas: undefined,
    maxPriorityFeePerGas: undefined,
    value: 0n,
    input,
    nonce: undefined,
    chainId: undefined,
    type: undefined,
    accessList: [],
  }
  // All at once, each with a value of its own: what comes back says which one was read.
  const slots = [...candidates(keys)]
  const stateDiff = new Map(slots.map((slot, i) => [slot, PROBE + BigInt(i)]))
  const override = { balance: undefined, nonce: undefined, code: undefined, state: undefined, stateDiff }
  const state = [{ address: token, override }]
  const answer = await executeCall(chain, call, { tag: "latest" }, { state, block: undefined })
  const found = answer.length === 32 ? slots[Number(toBigInt(answer) - PROBE)] : undefined
  if (found !== undefined) return found
  throw ethError("invalidInput", {
    message: `the storage slot that ${toHex(token)} reads was not found: set it with anvil_setStorageAt`,
  })
}

/** Makes `balanceOf(holder)` say this amount. @throws RpcError - It is not found where the token reads it. */
export async function setTokenBalance(
  node: EthNode,
  method: string,
  holder: Uint8Array,
  token: Uint8Array,
  amount: bigint,
): Promise<void> {
  requireUnlocked(node, method)
  const slot = await findSlot(node, token, concatBytes(BALANCE_OF, left(holder)), [holder])
  await editState(node, method, (state) => setSlots(state, token, new Map([[slot, amount]]), false))
}

/** Makes `allowance(owner, spender)` say this amount. @throws RpcError - It is not found where the token reads it. */
export async function setTokenAllowance(
  node: EthNode,
  method: string,
  owner: Uint8Array,
  spender: Uint8Array,
  token: Uint8Array,
  amount: bigint,
): Promise<void> {
  requireUnlocked(node, method)
  const slot = await findSlot(node, token, concatBytes(ALLOWANCE, left(owner), left(spender)), [owner, spender])
  await editState(node, method, (state) => setSlots(state, token, new Map([[slot, amount]]), false))
}
