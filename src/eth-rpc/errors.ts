import { ChainError, type ChainErrorCode, MempoolError, type MempoolRefusal, NullRoundError } from "../chain/errors.ts"
import type { TrialResult } from "../chain/types.ts"
import { InvalidTransaction } from "../fvm-bridge/errors.ts"
import {
  describeEvmExit,
  describeExitCode,
  describeFailure,
  EXIT_CODE_INSUFFICIENT_FUNDS,
  EXIT_CODE_OUT_OF_GAS,
} from "../fvm-bridge/exit-code.ts"
import { decodeRevertReason, describeRevert, EXIT_CODE_REVERT, revertData } from "../fvm-bridge/revert.ts"
import { RpcError } from "../json-rpc/errors.ts"
import type { Json } from "../json-rpc/json.ts"
import { toHex, toQuantity } from "./codecs/hex.ts"

/** Figures of a refusal by the mempool: what the message has, and what would have been enough. */
interface Figures {
  readonly got: bigint | undefined
  readonly expected: bigint | undefined
  /** What the chain says about it. */
  readonly message: string
}

interface Holes {
  reverted: { reason: string; data: string }
  executionFailed: { what: string; exit: string; detail: string; data: string }
  outOfGas: { exit: string; detail: string }
  callValueTooLarge: { value: string }
  unknownAccount: { address: string; unlocked: number }
  keysLocked: { method: string }
  feeFieldsMixed: object
  wrongChainId: { got: bigint; expected: bigint }
  transactionType: { type: bigint }
  accessList: object
  invalidTransaction: { message: string }
  blockNotFound: { block: string }
  nullRound: { epoch: number }
  futureBlock: { message: string }
  filterNotFound: { id: string }
  noSuchTransaction: { hash: string }
  noActor: { address: string }
  rangeTooWide: { message: string }
  notExecuted: { message: string }
  invalidInput: { message: string }
  unknownSubscription: { name: string }
  fundsForTransfer: { exit: string; detail: string }
  simulatedNonceTooLow: { message: string }
  simulatedNonceTooHigh: { message: string }
  simulatedFee: { message: string }
  simulatedGas: { message: string }
  simulatedFunds: { message: string }
  simulatedNumber: { where: string; got: bigint; expected: bigint }
  simulatedTime: { where: string; got: bigint; expected: bigint }
  nonceTooLow: Figures
  nonceTooHigh: Figures
  alreadyKnown: Figures
  underpriced: Figures
  insufficientFunds: Figures
  gasTooLow: Figures
  gasTooHigh: Figures
  feeCapTooLow: Figures
  tipAboveFeeCap: Figures
  oversized: Figures
  senderInvalid: Figures
  receiverInvalid: Figures
  poolFull: Figures
  unavailable: { message: string }
}

/** The kinds of error that Ethereum's methods answer with. */
export type EthErrorKind = keyof Holes

interface Row<H> {
  readonly code: number
  readonly template: (holes: H) => string
  readonly data?: (holes: H) => Json
}

const REJECTED = -32000
const LIMIT = -32005

/** What to do about a gas limit that was made for Ethereum. docs/gas.md */
const GAS_REMEDY =
  "Filecoin gas is some hundred times Ethereum gas: ask eth_estimateGas (forge: --skip-simulation, or --gas-estimate-multiplier), " +
  "or start the node with --gas lenient"

/** The words that ethers, viem, web3.js and Hardhat look for stand first; figures and remedy follow. */
const ROWS: { readonly [K in EthErrorKind]: Row<Holes[K]> } = {
  reverted: {
    code: 3,
    template: ({ reason }) => (reason === "" ? "execution reverted" : `execution reverted: ${reason}`),
    data: ({ data }) => data,
  },
  executionFailed: {
    code: 3,
    template: ({ what, exit, detail }) => `execution reverted: ${what} (exit code ${exit})${detail && `: ${detail}`}`,
    data: ({ data }) => data,
  },
  outOfGas: {
    code: 3,
    template: ({ exit, detail }) =>
      `execution reverted: out of gas (exit code ${exit})${detail && `: ${detail}`}; ${GAS_REMEDY}`,
    data: () => "0x",
  },
  callValueTooLarge: {
    code: REJECTED,
    template: ({ value }) => `insufficient funds for transfer: the sender does not have ${value} attoFIL`,
  },
  unknownAccount: {
    code: REJECTED,
    template: ({ address, unlocked }) =>
      `unknown account ${address}: the node has ${unlocked} keys (eth_accounts), not this one; sign it yourself, or use hardhat_impersonateAccount`,
  },
  keysLocked: {
    code: REJECTED,
    template: ({ method }) =>
      `${method} uses the node's keys, and they are locked since it listens beyond this machine: start it with --unlocked`,
  },
  feeFieldsMixed: {
    code: -32602,
    template: () => "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified: give one kind of fee",
  },
  wrongChainId: {
    code: REJECTED,
    template: ({ got, expected }) => `invalid chain id for signer: have ${got} want ${expected}`,
  },
  transactionType: {
    code: REJECTED,
    template: ({ type }) => `transaction type not supported: ${toQuantity(type)}; Filecoin takes types 0x0 and 0x2`,
  },
  accessList: {
    code: REJECTED,
    template: () =>
      "access lists are not supported: Filecoin has no warm storage slots to announce, send an empty list",
  },
  invalidTransaction: { code: REJECTED, template: ({ message }) => message },
  blockNotFound: { code: REJECTED, template: ({ block }) => `block not found: ${block}` },
  nullRound: {
    code: 12,
    template: ({ epoch }) => `requested epoch was a null round (${epoch})`,
    data: ({ epoch }) => epoch,
  },
  futureBlock: { code: REJECTED, template: ({ message }) => `block not found: ${message}` },
  filterNotFound: {
    code: REJECTED,
    template: ({ id }) => `filter not found: ${id}; it was never there, was uninstalled, or nobody asked for a while`,
  },
  noSuchTransaction: { code: REJECTED, template: ({ hash }) => `transaction not found: ${hash}` },
  noActor: { code: 11, template: ({ address }) => `actor not found: ${address}` },
  rangeTooWide: { code: LIMIT, template: ({ message }) => message },
  notExecuted: { code: REJECTED, template: ({ message }) => message },
  invalidInput: { code: -32602, template: ({ message }) => message },
  unknownSubscription: {
    code: -32602,
    template: ({ name }) =>
      `no such subscription: "${name}"; expected newHeads, logs, newPendingTransactions or syncing`,
  },
  // No revert: libraries know this one by its first words.
  fundsForTransfer: {
    code: REJECTED,
    template: ({ exit, detail }) =>
      `insufficient funds for gas * price + value (exit code ${exit})${detail && `: ${detail}`}`,
  },
  // Codes of execution-apis eth_simulateV1
  simulatedNonceTooLow: { code: -38010, template: ({ message }) => `nonce too low: ${message}` },
  simulatedNonceTooHigh: { code: -38011, template: ({ message }) => `nonce too high: ${message}` },
  simulatedFee: { code: -38012, template: ({ message }) => message },
  simulatedGas: { code: -38013, template: ({ message }) => `intrinsic gas too low: ${message}` },
  simulatedFunds: { code: -38014, template: ({ message }) => `insufficient funds for gas * price + value: ${message}` },
  simulatedNumber: {
    code: -38020,
    template: ({ where, got, expected }) =>
      `block numbers must be in order: ${where}.number is ${got}, at least ${expected} is expected`,
  },
  simulatedTime: {
    code: -38021,
    template: ({ where, got, expected }) =>
      `block timestamps must be in order: ${where}.time is ${got}, at least ${expected} is expected`,
  },
  nonceTooLow: {
    code: REJECTED,
    template: ({ got, expected }) => `nonce too low: next nonce ${expected}, tx nonce ${got}`,
  },
  nonceTooHigh: {
    code: REJECTED,
    template: ({ got, expected }) => `nonce too high: next nonce ${expected}, tx nonce ${got}, which is too far ahead`,
  },
  alreadyKnown: { code: REJECTED, template: () => "already known" },
  underpriced: {
    code: REJECTED,
    template: ({ got, expected }) =>
      `replacement transaction underpriced: its tip is ${got} attoFIL per gas, at least ${expected} is needed to replace the one with the same nonce`,
  },
  insufficientFunds: {
    code: REJECTED,
    template: ({ got, expected }) =>
      got === undefined || expected === undefined
        ? "insufficient funds for gas * price + value"
        : `insufficient funds for gas * price + value: balance ${got}, tx cost ${expected}, overshot ${expected - got}`,
  },
  gasTooLow: {
    code: REJECTED,
    template: ({ got, expected }) =>
      `intrinsic gas too low: gas limit ${got}, but ${expected} is charged for being on chain alone; ${GAS_REMEDY}`,
  },
  gasTooHigh: {
    code: REJECTED,
    template: ({ got, expected }) => `exceeds block gas limit: gas limit ${got}, a block has ${expected}`,
  },
  feeCapTooLow: {
    code: REJECTED,
    template: ({ got, expected }) =>
      `max fee per gas less than block base fee: maxFeePerGas ${got}, at least ${expected} attoFIL is needed: raise maxFeePerGas`,
  },
  tipAboveFeeCap: {
    code: REJECTED,
    template: ({ got, expected }) =>
      `max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas ${got}, maxFeePerGas ${expected}`,
  },
  oversized: {
    code: REJECTED,
    template: ({ got, expected }) => `oversized data: the message has ${got} bytes, at most ${expected} are allowed`,
  },
  senderInvalid: { code: REJECTED, template: ({ message }) => `invalid sender: ${message}` },
  receiverInvalid: { code: REJECTED, template: ({ message }) => `invalid recipient: ${message}` },
  poolFull: { code: REJECTED, template: ({ message }) => `txpool is full: ${message}` },
  unavailable: { code: -32002, template: ({ message }) => `resource unavailable: ${message}` },
}

/** The error of this kind, its message filled in. */
export function ethError<K extends EthErrorKind>(kind: K, holes: Holes[K]): RpcError {
  const row: Row<Holes[K]> = ROWS[kind]
  return new RpcError(row.code, row.template(holes), row.data?.(holes))
}

/** The error that says why a message failed when it was tried out. Its data are the bytes that a contract reverted with. */
export function executionError({ receipt, failure }: TrialResult): RpcError {
  const { exitCode, returnData } = receipt
  const bytes = exitCode === EXIT_CODE_REVERT ? revertData(returnData) : new Uint8Array()
  if (exitCode === EXIT_CODE_REVERT)
    return ethError("reverted", { reason: describeRevert(decodeRevertReason(bytes)), data: toHex(bytes) })
  const exit = describeExitCode(exitCode)
  const detail = describeFailure(failure)
  if (exitCode === EXIT_CODE_INSUFFICIENT_FUNDS) return ethError("fundsForTransfer", { exit, detail })
  if (exitCode === EXIT_CODE_OUT_OF_GAS) return ethError("outOfGas", { exit, detail })
  return ethError("executionFailed", {
    what: describeEvmExit(exitCode) ?? "the actor failed",
    exit,
    detail,
    data: "0x",
  })
}

const REFUSALS: Readonly<
  Record<MempoolRefusal, EthErrorKind & keyof { [K in EthErrorKind as Holes[K] extends Figures ? K : never]: true }>
> = {
  "nonce-too-low": "nonceTooLow",
  "nonce-gap-too-large": "nonceTooHigh",
  "already-known": "alreadyKnown",
  "replacement-underpriced": "underpriced",
  "insufficient-funds": "insufficientFunds",
  "gas-limit-too-low": "gasTooLow",
  "gas-limit-too-high": "gasTooHigh",
  "fee-cap-too-low": "feeCapTooLow",
  "premium-above-fee-cap": "tipAboveFeeCap",
  "negative-amount": "senderInvalid",
  "value-above-supply": "insufficientFunds",
  "message-too-large": "oversized",
  "invalid-receiver": "receiverInvalid",
  "invalid-sender": "senderInvalid",
  "invalid-signature": "senderInvalid",
  "invalid-version": "senderInvalid",
  "too-many-pending": "poolFull",
}

/**
 * The answer to an error that came up while a method was served.
 *
 * @returns undefined for a fault of ours: whoever asks logs it.
 */
export function toRpcError(error: unknown): RpcError | undefined {
  if (error instanceof RpcError) return error
  if (error instanceof InvalidTransaction) return ethError("invalidTransaction", { message: error.message })
  if (error instanceof MempoolError) {
    const { got, expected, message } = error
    return ethError(REFUSALS[error.reason], { got, expected, message })
  }
  if (error instanceof NullRoundError) return ethError("nullRound", { epoch: error.epoch })
  return error instanceof ChainError ? fromChainError(error.code, error.message) : undefined
}

function fromChainError(code: ChainErrorCode, message: string): RpcError | undefined {
  switch (code) {
    case "unknown-tipset":
      return ethError("blockNotFound", { block: message })
    case "future-epoch":
      return ethError("futureBlock", { message })
    case "not-executed":
      return ethError("notExecuted", { message })
    case "unknown-message":
    case "unknown-snapshot":
    case "timestamp-too-low":
    case "invalid-option":
    case "invalid-encoding":
      return ethError("invalidInput", { message })
    case "range-too-wide":
    case "too-many-results":
      return ethError("rangeTooWide", { message })
    case "actor-not-found":
      return ethError("noActor", { address: message })
    case "worker-timeout":
    case "pruned":
    case "closed":
      return ethError("unavailable", { message })
    case "refused":
    case "null-round":
    case "missing-block":
    case "damaged":
    case "bundle":
    case "database-in-use":
    case "database-mismatch":
    case "database-write":
    case "worker-crashed":
    case "execution-fault":
      return undefined
  }
}
