import { secp256k1 } from "@noble/curves/secp256k1.js"
import { toFilecoinAddress } from "../address/ethereum.ts"
import type { Chain } from "../chain/chain.ts"
import { MempoolError } from "../chain/errors.ts"
import type { Message } from "../fvm/message.ts"
import type { RecoverableSignature } from "../fvm-bridge/secp256k1.ts"
import type { DecodedTransaction, EthTransaction } from "../fvm-bridge/transaction.ts"
import { signingHash, toMessage, toSignature, transactionHash } from "../fvm-bridge/transaction.ts"
import { RpcError } from "../json-rpc/errors.ts"
import type { Json } from "../json-rpc/json.ts"
import { estimateGas } from "./calls.ts"
import { encodeReceipt } from "./codecs/block.ts"
import type { CallObject } from "./codecs/call.ts"
import { toBigInt, toHex, toQuantity } from "./codecs/hex.ts"
import type { EthContext } from "./context.ts"
import { ethError } from "./errors.ts"
import { suggestTip } from "./fees.ts"
import { balanceAt, transactionAt } from "./reads.ts"

type Unsigned = Omit<EthTransaction, "v" | "r" | "s">

/** A transaction with everything that the caller left out: nonce, gas, fees. @throws RpcError - It would fail, or cannot be. */
export async function fillTransaction(
  context: EthContext,
  call: CallObject,
): Promise<{ unsigned: Unsigned; sender: Uint8Array }> {
  const { chain, keyring, blocks } = context
  const sender = call.from ?? keyring.addresses[0]
  if (!sender) throw ethError("unknownAccount", { address: "(none given)", unlocked: 0 })
  if (call.accessList.length > 0) throw ethError("accessList", {})
  if (call.type !== undefined && call.type !== 0n && call.type !== 1n && call.type !== 2n)
    throw ethError("transactionType", { type: call.type })
  if (call.chainId !== undefined && call.chainId !== chain.chainId)
    throw ethError("wrongChainId", { got: call.chainId, expected: chain.chainId })
  const legacy = call.gasPrice !== undefined || call.type === 0n || call.type === 1n
  if (call.gasPrice !== undefined && (call.maxFeePerGas !== undefined || call.maxPriorityFeePerGas !== undefined))
    throw ethError("feeFieldsMixed", {})
  const baseFee = chain.nextBaseFee
  const fees = legacy
    ? await legacyFees(context, call, baseFee)
    : await dynamicFees(call, baseFee, () => suggestTip(chain, blocks))
  const nonce = call.nonce ?? (await chain.nextSequence(toFilecoinAddress(sender)))
  const gasLimit = call.gas ?? (await estimateGas(chain, { ...call, from: sender }, { tag: "latest" }, NO_OVERRIDES))
  const unsigned: Unsigned = {
    kind: legacy ? "eip155" : "eip1559",
    chainId: chain.chainId,
    nonce,
    to: call.to,
    value: call.value,
    input: call.input,
    gasLimit,
    ...fees,
  }
  return { unsigned, sender }
}

const NO_OVERRIDES = { state: undefined, block: undefined }

type Fees = Pick<EthTransaction, "maxFeePerGas" | "maxPriorityFeePerGas">

async function legacyFees({ chain, blocks }: EthContext, call: CallObject, baseFee: bigint): Promise<Fees> {
  const price = call.gasPrice ?? baseFee + (await suggestTip(chain, blocks))
  return { maxFeePerGas: price, maxPriorityFeePerGas: price }
}

async function dynamicFees(call: CallObject, baseFee: bigint, suggest: () => Promise<bigint>): Promise<Fees> {
  const { maxFeePerGas: cap } = call
  const suggested = call.maxPriorityFeePerGas ?? (await suggest())
  const tip = call.maxPriorityFeePerGas === undefined && cap !== undefined && cap < suggested ? cap : suggested
  return { maxFeePerGas: cap ?? 2n * baseFee + tip, maxPriorityFeePerGas: tip }
}

/**
 * Signs with the node's key of the sender, or, for an address that is impersonated, with a signature that nobody could have
 * made: r is the address, s is 1.
 *
 * @throws RpcError - The node has no key for it, and it is not impersonated.
 */
export function signTransaction({ keyring }: EthContext, unsigned: Unsigned, sender: Uint8Array): DecodedTransaction {
  const { r, s, parity } =
    !keyring.has(sender) && keyring.isImpersonated(sender)
      ? { r: toBigInt(sender) % secp256k1.Point.Fn.ORDER || 1n, s: 1n, parity: 0 }
      : numbersOf(keyring.sign(sender, signingHash(unsigned)))
  const v = BigInt(parity) + (unsigned.kind === "eip1559" ? 0n : 35n + 2n * unsigned.chainId)
  const transaction: EthTransaction = { ...unsigned, v, r, s }
  const message = toMessage(transaction, sender)
  return { transaction, sender, hash: transactionHash(transaction), message, signature: toSignature(transaction) }
}

function numbersOf({ signature, parity }: RecoverableSignature): { r: bigint; s: bigint; parity: 0 | 1 } {
  return { r: toBigInt(signature.subarray(0, 32)), s: toBigInt(signature.subarray(32)), parity }
}

/**
 * Gives a transaction to the mempool that is signed, or as good as. With instant mining its receipt is there when this returns.
 *
 * @returns Its hash.
 * @throws MempoolError, RpcError - It is refused; nothing was changed.
 */
export async function submit(context: EthContext, submission: DecodedTransaction): Promise<Uint8Array> {
  const { chain, state, keyring } = context
  const { sender, hash, signature } = submission
  const message = state.lenientGas ? await raiseGas(context, submission) : submission.message
  const { gasLimit, gasFeeCap: maxFeePerGas } = message
  const limit = state.blockGasLimit
  if (limit !== undefined && gasLimit > limit)
    throw ethError("gasTooHigh", { got: gasLimit, expected: limit, message: "" })
  if (maxFeePerGas < state.minGasPrice)
    throw ethError("feeCapTooLow", { got: maxFeePerGas, expected: state.minGasPrice, message: "" })
  const signed = { message, signature }
  const isOwn = keyring.has(sender)
  try {
    const trusted = !isOwn && keyring.isImpersonated(sender)
    await chain.push(signed, trusted ? { alias: hash, trusted } : { alias: hash })
  } catch (error) {
    // A contract cannot send, but whoever gave code to an account of the node means it to.
    if (!(isOwn && error instanceof MempoolError && error.reason === "invalid-sender")) throw error
    await chain.push(signed, { alias: hash, trusted: true })
  }
  return hash
}

/** More Filecoin gas for a unit of Ethereum gas than anything needs. What users report is 60 to 450. */
const MOST_PER_ETHEREUM_GAS = 1000n
/** Part of a block that a transaction may be given on suspicion. */
const SUSPICION = 10n

/**
 * With `--gas lenient`: the message with the estimate as its gas limit, if its own is lower. Its hash and signature stay those that the
 * client knows, though the signature is that of the lower limit.
 *
 * Foundry sends many at once, and they come in any order: what a transaction needs is not known before those that its sender sends before it have
 * come. It gets more than it can need, up to a tenth of a block and to what its sender can pay. So does one that fails with any limit: it shall fail for its own reason.
 */
async function raiseGas({ chain, state }: EthContext, submission: DecodedTransaction): Promise<Message> {
  const { transaction, sender, hash, message } = submission
  const { to, value, input, gasLimit, nonce } = transaction
  const call: CallObject = {
    from: sender,
    to,
    value,
    input,
    gas: undefined,
    gasPrice: undefined,
    maxFeePerGas: undefined,
    maxPriorityFeePerGas: undefined,
    nonce: undefined,
    chainId: undefined,
    type: undefined,
    accessList: [],
  }
  const early = nonce > (await chain.nextSequence(toFilecoinAddress(sender)))
  const estimate = early ? undefined : await estimateOrNothing(chain, call)
  const raised = estimate ?? least(await mostAffordable(chain, submission), gasLimit * MOST_PER_ETHEREUM_GAS)
  if (gasLimit >= raised) return message
  state.warn(
    { hash: toHex(hash), asked: Number(gasLimit), raised: Number(raised) },
    early
      ? "gas limit too low for Filecoin, and others come before it: raised to more than it can need (--gas lenient)"
      : "gas limit too low for Filecoin: raised (--gas lenient)",
  )
  return { ...message, gasLimit: raised }
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** The limit that its sender can pay for now, at most a tenth of a block. */
async function mostAffordable(chain: Chain, { transaction, sender }: DecodedTransaction): Promise<bigint> {
  const most = chain.blockGasLimit / SUSPICION
  const { value, maxFeePerGas } = transaction
  if (maxFeePerGas === 0n) return most
  const balance = await balanceAt(chain, sender, { tag: "latest" })
  return least(most, balance > value ? (balance - value) / maxFeePerGas : 0n)
}

/** Undefined if it fails with any limit. */
async function estimateOrNothing(chain: Chain, call: CallObject): Promise<bigint | undefined> {
  try {
    return await estimateGas(chain, call, { tag: "pending" }, NO_OVERRIDES)
  } catch (error) {
    if (error instanceof RpcError) return undefined
    throw error
  }
}

/** Fills in, signs and submits. @throws RpcError, MempoolError */
export async function sendTransaction(context: EthContext, method: string, call: CallObject): Promise<Uint8Array> {
  if (!context.state.unlocked) throw ethError("keysLocked", { method })
  const sender = call.from
  if (sender && !context.keyring.has(sender) && !context.keyring.isImpersonated(sender))
    throw ethError("unknownAccount", { address: toHex(sender), unlocked: context.keyring.addresses.length })
  const { unsigned, sender: from } = await fillTransaction(context, call)
  return submit(context, signTransaction(context, unsigned, from))
}

/** Fills in and submits as if the sender were impersonated. @throws RpcError, MempoolError */
export async function sendAs(context: EthContext, call: CallObject): Promise<Uint8Array> {
  const { unsigned, sender } = await fillTransaction(context, call)
  const playing = context.keyring.isImpersonated(sender)
  context.keyring.impersonate(sender)
  try {
    return await submit(context, signTransaction(context, unsigned, sender))
  } finally {
    if (!playing) context.keyring.stopImpersonating(sender)
  }
}

/** Milliseconds that EIP-7966 waits if nothing else is said. */
const DEFAULT_WAIT = 30_000

/** The receipt of a transaction as soon as it has one. @throws RpcError - It has none in time. */
export function waitForReceipt(context: EthContext, hash: Uint8Array, timeout: number = DEFAULT_WAIT): Promise<Json> {
  return new Promise((resolve, reject) => {
    const look = async (): Promise<boolean> => {
      const found = await transactionAt(context, hash)
      if (found) resolve(encodeReceipt(found.block, found.transaction))
      return found !== undefined
    }
    const stop = context.filters.onBlock(() => void check())
    const timer = setTimeout(() => {
      stop()
      reject(ethError("noSuchTransaction", { hash: `${toHex(hash)} has no receipt after ${timeout} ms` }))
    }, timeout)
    const check = async (): Promise<void> => {
      try {
        if (!(await look())) return
      } catch (error) {
        reject(error)
      }
      stop()
      clearTimeout(timer)
    }
    void check()
  })
}

/** A transaction that is not signed, as `eth_fillTransaction` gives it. */
export function encodeFilled(unsigned: Unsigned, sender: Uint8Array): Json {
  const legacy = unsigned.kind !== "eip1559"
  return {
    type: legacy ? "0x0" : "0x2",
    chainId: toQuantity(unsigned.chainId),
    from: toHex(sender),
    to: unsigned.to ? toHex(unsigned.to) : null,
    nonce: toQuantity(unsigned.nonce),
    gas: toQuantity(unsigned.gasLimit),
    value: toQuantity(unsigned.value),
    input: toHex(unsigned.input),
    ...(legacy
      ? { gasPrice: toQuantity(unsigned.maxFeePerGas) }
      : {
          maxFeePerGas: toQuantity(unsigned.maxFeePerGas),
          maxPriorityFeePerGas: toQuantity(unsigned.maxPriorityFeePerGas),
        }),
  }
}
