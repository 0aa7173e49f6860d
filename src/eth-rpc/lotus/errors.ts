import type { MempoolError } from "../../chain/errors.ts"
import { formatFailure } from "../../chain/failure.ts"
import type { TrialResult } from "../../chain/types.ts"
import type { Message } from "../../fvm/message.ts"
import { decodeByteString } from "../../fvm-bridge/cbor-bytes.ts"
import { NotAnEthereumTransaction } from "../../fvm-bridge/errors.ts"
import { describeExitCode } from "../../fvm-bridge/exit-code.ts"
import { decodeRevertReason, describeRevertAsLotus } from "../../fvm-bridge/revert.ts"
import { RpcError } from "../../json-rpc/errors.ts"
import type { GoDecodeError } from "../../json-rpc/go/values.ts"
import { toHex } from "../codecs/hex.ts"

/** Codes of errors that have one of their own. @see lotus api/api_errors.go */
const CODE_ANY = 1
const CODE_EXECUTION_REVERTED = 3
const CODE_NULL_ROUND = 12
const CODE_RANGE_EXCEEDED = -32005

/** An error as most are: code 1 and a text. */
export function lotusError(message: string): RpcError {
  return new RpcError(CODE_ANY, message)
}

/** What a Go type refused, where the method itself reads its parameters. */
export function decodingError(error: GoDecodeError): RpcError {
  return lotusError(`decoding params: ${error.message}`)
}

export function nullRound(epoch: number): RpcError {
  return new RpcError(CODE_NULL_ROUND, `requested epoch was a null round (${epoch})`, epoch)
}

export function rangeExceeded(limit: bigint, got: bigint): RpcError {
  return new RpcError(CODE_RANGE_EXCEEDED, `block range exceeds maximum of ${limit} (got ${got})`)
}

/** Text and data of a message that failed when it was tried out. @see lotus api/api_errors.go (ErrExecutionReverted) */
export function executionReverted({ receipt, failure }: TrialResult, prefix = ""): RpcError {
  const { exitCode, returnData } = receipt
  const bytes = byteString(returnData)
  const reason = bytes === undefined ? "" : `, revert reason=[${describeRevertAsLotus(decodeRevertReason(bytes))}]`
  const message = `message execution failed (exit=[${describeExitCode(exitCode)}]${reason}, vm error=[${formatFailure(failure)} (RetCode=${exitCode})])`
  // A wrapped error loses its own code on the way to the client.
  return prefix === ""
    ? new RpcError(CODE_EXECUTION_REVERTED, message, toHex(bytes ?? new Uint8Array()))
    : lotusError(`${prefix}${message}`)
}

/** undefined: it is no CBOR byte string. */
function byteString(data: Uint8Array): Uint8Array | undefined {
  if (data.length === 0) return undefined
  try {
    return decodeByteString(data)
  } catch (error) {
    if (error instanceof NotAnEthereumTransaction) return undefined
    throw error
  }
}

const FIL_DECIMALS = 18

/** An amount as Lotus prints it. */
function fil(attoFil: bigint): string {
  const digits = attoFil.toString().padStart(FIL_DECIMALS + 1, "0")
  const fraction = digits.slice(-FIL_DECIMALS).replace(/0+$/, "")
  return `${digits.slice(0, -FIL_DECIMALS)}${fraction === "" ? "" : `.${fraction}`} FIL`
}

/**
 * What Lotus says when its mempool refuses a message.
 *
 * @see lotus chain/messagepool/messagepool.go, chain/types/message.go (ValidForBlockInclusion)
 */
export function mempoolError(error: MempoolError, message: Message): RpcError {
  const { got = 0n, expected = 0n } = error
  const sender = message.from.toString("t")
  const invalid = (text: string): RpcError => lotusError(`message not valid for block inclusion: ${text}`)
  const noSender = lotusError(
    `failed to look up actor state nonce: resolution lookup failed (${sender}): resolve address ${sender}: actor not found: validation failure`,
  )
  switch (error.reason) {
    case "nonce-too-low":
      return lotusError(`minimum expected nonce is ${expected}, got ${got}: message nonce too low`)
    case "nonce-gap-too-large":
      return lotusError(
        `failed to add locked: message nonce has too big a gap from expected nonce (Nonce: ${got}, nextNonce: ${expected}): unfulfilled nonce gap`,
      )
    case "already-known":
      return lotusError(
        `failed to add locked: message from ${sender} with nonce ${message.sequence} already in mpool: message with nonce already exists`,
      )
    case "replacement-underpriced":
      return lotusError(
        `failed to add locked: message from ${sender} with nonce ${message.sequence} already in mpool, increase GasPremium to ${expected} from ${got} to trigger replace by fee: replace by fee has too low GasPremium`,
      )
    case "insufficient-funds":
      // A sender without funds that does not exist has no nonce either, and that is asked first.
      return error.got === 0n
        ? noSender
        : lotusError(
            `not enough funds (required: ${fil(expected)}, balance: ${fil(got)}): not enough funds to execute transaction`,
          )
    case "invalid-sender":
      return lotusError(`sender actor ${sender} is not a valid top-level sender`)
    case "gas-limit-too-low":
      return BigInt.asIntN(64, got) <= 0n
        ? invalid(`'GasLimit' field ${BigInt.asIntN(64, got)} must be positive`)
        : lotusError(
            `verify msg failed: message will not be included in a block: 'GasLimit' field cannot be less than the cost of storing a message on chain ${got} < ${expected}`,
          )
    case "gas-limit-too-high":
      return BigInt.asIntN(64, got) <= 0n
        ? invalid(`'GasLimit' field ${BigInt.asIntN(64, got)} must be positive`)
        : invalid(`'GasLimit' field cannot be greater than a block's gas limit (${got} > ${expected})`)
    case "fee-cap-too-low":
      return lotusError("gas fee cap too low")
    case "premium-above-fee-cap":
      return invalid("'GasFeeCap' less than 'GasPremium'")
    case "negative-amount":
      return invalid("'Value' field cannot be negative")
    case "value-above-supply":
      return invalid("'Value' field cannot be greater than total filecoin supply")
    case "message-too-large":
      return lotusError(`mpool message too large (${got}B): message too big`)
    case "invalid-receiver":
      return invalid("invalid 'To' address")
    case "invalid-version":
      return invalid("'Version' unsupported")
    case "invalid-signature":
      return lotusError(`signature verification failed: ${error.message}`)
    case "too-many-pending":
      return lotusError("failed to add locked: too many pending messages for actor")
  }
}
