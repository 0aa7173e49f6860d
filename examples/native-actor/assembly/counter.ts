/**
 * An actor of one's own: it counts. A whole native actor is one such file.
 *
 * State: `[count, ID of who counted last]`; the empty array of a new actor is `[0, 0]`.
 *
 * | method | number | parameters | answer |
 * |---|---|---|---|
 * | Increment | 2922929132 | `[by]` | the new count |
 * | Count | 3683891907 | none | the count |
 */
import { params, readParams, requireNoParams, unhandled } from "fevm/actor-sdk/actor"
import { blockLength, createCbor } from "fevm/actor-sdk/block"
import { headSize, Reader, Writer } from "fevm/actor-sdk/cbor"
import { Codec } from "fevm/actor-sdk/cid"
import { begin, caller, methodNumber } from "fevm/actor-sdk/context"
import { EventFlags, EventWriter } from "fevm/actor-sdk/event"
import { abort } from "fevm/actor-sdk/exit"
import { ExitCode } from "fevm/actor-sdk/exit-code"
import { loadState, saveState } from "fevm/actor-sdk/state"

// Exported methods have the numbers that FRC-0042 derives from their names, so that contracts may call them.
const METHOD_INCREMENT: u64 = 2922929132
const METHOD_COUNT: u64 = 3683891907

/** Exit code of an actor's own: the count does not fit 64 bits any more. */
const EXIT_OVERFLOW: u32 = ExitCode.FIRST_ACTOR_SPECIFIC_EXIT_CODE

function readCount(): u64 {
  const at = loadState()
  const state = Reader.over(at, blockLength, ExitCode.USR_ILLEGAL_STATE)
  if (state.array() == 0) return 0
  return state.u64()
}

function answer(count: u64): u32 {
  const writer = Writer.sized(headSize(count))
  writer.u64(count)
  return createCbor(writer.start, writer.length)
}

function increment(): u32 {
  const reader = params()
  reader.tuple(1)
  const by = reader.u64()
  reader.finish()
  if (by == 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "nothing to count")
  const before = readCount()
  const count = before + by
  if (count < before) abort(EXIT_OVERFLOW, "count overflows")

  const state = Writer.sized(1 + headSize(count) + headSize(caller()))
  state.array(2)
  state.u64(count)
  state.u64(caller())
  saveState(state.start, state.length)

  const value = Writer.sized(headSize(count))
  value.u64(count)
  const event = EventWriter.sized(1, 8, value.length)
  event.add("count", EventFlags.INDEX_ALL, Codec.CBOR, value.start, value.length)
  event.emit()
  return answer(count)
}

function count(): u32 {
  requireNoParams()
  return answer(readCount())
}

export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const method = methodNumber()
  if (method == METHOD_INCREMENT) return increment()
  if (method == METHOD_COUNT) return count()
  return unhandled()
}
