import type { TrialResult } from "../chain/types.ts"
import { EXIT_CODE_OUT_OF_GAS } from "../fvm-bridge/exit-code.ts"
import { decodeRevertReason, describePanic, EXIT_CODE_REVERT, revertData } from "../fvm-bridge/revert.ts"
import { RpcError } from "../json-rpc/errors.ts"
import { toHex } from "./codecs/hex.ts"
import type { EthContext } from "./context.ts"
import { executionError } from "./errors.ts"
import { transactionAt } from "./reads.ts"

/** What a client is told of its transaction that was mined and failed. */
export const FAILURE_ANSWERS = ["auto", "hash", "error"] as const

/**
 * `hash`: its hash, as by Anvil, geth and Lotus; the receipt says that it failed. `error`: why it failed, as by Hardhat's node, whose
 * clients have tests that wait for it. `auto`: an error for clients that call themselves Hardhat, for others the hash.
 */
export type FailureAnswer = (typeof FAILURE_ANSWERS)[number]

const HARDHAT = /^hardhat\b/i
const INTERNAL_ERROR = -32603
const EXIT_INVALID = 34

/**
 * The hash of a transaction that was sent, for its sender.
 *
 * @throws RpcError - It has been mined and failed, and this client wants to be told so.
 */
export async function answerSent(context: EthContext, hash: Uint8Array): Promise<Uint8Array> {
  const { chain, connection, state } = context
  const wish = state.failureAnswer
  if (wish === "hash" || (wish === "auto" && !HARDHAT.test(connection.program ?? ""))) return hash
  const found = await transactionAt(context, hash)
  if (!found || found.transaction.receipt.status === 1) return hash
  const { results } = await chain.replay(found.block.tipset, found.transaction.index)
  throw vmException(results.at(-1)!, hash)
}

/** A failure in the shape and the words of Hardhat's node. @see hardhat edr_provider (TransactionFailure) */
function vmException(result: TrialResult, hash: Uint8Array): RpcError {
  const { exitCode, returnData } = result.receipt
  const data = exitCode === EXIT_CODE_REVERT ? revertData(returnData) : new Uint8Array()
  const message = `Error: ${exitCode === EXIT_CODE_REVERT ? describeRevert(data) : describeHalt(exitCode, result)}`
  return new RpcError(INTERNAL_ERROR, message, { message, txHash: toHex(hash), data: toHex(data) })
}

const EXCEPTION = "VM Exception while processing transaction:"

function describeRevert(data: Uint8Array): string {
  const reason = decodeRevertReason(data)
  switch (reason.kind) {
    case "none":
      return "Transaction reverted without a reason string"
    case "error":
      return `${EXCEPTION} reverted with reason string '${reason.message}'`
    case "panic":
      return `${EXCEPTION} reverted with panic code 0x${reason.code.toString(16)} (${describePanic(reason.code)})`
    case "custom":
      return `${EXCEPTION} reverted with an unrecognized custom error (return data: ${toHex(data)})`
  }
}

function describeHalt(exitCode: number, result: TrialResult): string {
  if (exitCode === EXIT_CODE_OUT_OF_GAS) return "Transaction ran out of gas"
  if (exitCode === EXIT_INVALID) return `${EXCEPTION} invalid opcode`
  return `${EXCEPTION} ${executionError(result).message}`
}
