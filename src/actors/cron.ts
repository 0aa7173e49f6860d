/**
 * Cron: calls a list of actors once an epoch, when the node sends it `EpochTick`. On a devnet without storage actors the list
 * is empty.
 *
 * State: `[[[receiver address, method], ...]]`.
 *
 * Source: builtin-actors actors/cron.
 */
import { params, readParams, requireCaller, requireNoParams, restrictInternalApi, unhandled } from "./sdk/actor"
import { ActorId } from "./sdk/actor-type"
import { readAddress } from "./sdk/address"
import { ZERO } from "./sdk/amount"
import { blockLength } from "./sdk/block"
import { headSize, Reader, stringSize, Writer } from "./sdk/cbor"
import { begin, methodNumber } from "./sdk/context"
import { ErrorNumber } from "./sdk/error-number"
import { ExitCode } from "./sdk/exit-code"
import { METHOD_CONSTRUCTOR, send, sentBlock, sentData } from "./sdk/send"
import { createState, loadState } from "./sdk/state"

const METHOD_EPOCH_TICK: u64 = 2

function construct(): u32 {
  const reader = params()
  const start = reader.at
  reader.tuple(1)
  const count = reader.array()
  let size = 1 + headSize(count)
  for (let n: u64 = 0; n < count; n++) {
    reader.tuple(2)
    readAddress(reader)
    size += 1 + stringSize(reader.length) + headSize(reader.u64())
  }
  reader.finish()
  requireCaller(ActorId.SYSTEM)
  const state = Writer.sized(size)
  reader.at = start
  state.array(u64(reader.array()))
  state.array(u64(reader.array()))
  for (let n: u64 = 0; n < count; n++) {
    reader.tuple(2)
    state.array(2)
    const address = readAddress(reader)
    state.bytes(address, reader.length)
    state.u64(reader.u64())
  }
  createState(state.start, state.length)
  return 0
}

function epochTick(): u32 {
  requireNoParams()
  requireCaller(ActorId.SYSTEM)
  const at = loadState()
  const reader = Reader.over(at, blockLength, ExitCode.USR_ILLEGAL_STATE)
  reader.tuple(1)
  for (let left = reader.array(); left > 0; left--) {
    reader.tuple(2)
    const receiver = readAddress(reader)
    const length = reader.length
    // How it ends is the receiver's affair.
    const error = send(receiver, length, reader.u64(), 0, ZERO)
    if (error == ErrorNumber.OK && sentBlock != 0) sentData()
  }
  reader.finish()
  return 0
}

export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const method = methodNumber()
  restrictInternalApi(method)
  if (method == METHOD_CONSTRUCTOR) return construct()
  if (method == METHOD_EPOCH_TICK) return epochTick()
  return unhandled()
}
