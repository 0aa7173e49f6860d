/**
 * System: the actor with ID 0, in whose name implicit messages are sent. Its state links to the manifest of the bundle, which
 * genesis puts there.
 *
 * State: `[CID of the list of [name, code CID]]`.
 *
 * Source: builtin-actors actors/system.
 */
import { readParams, requireCaller, requireNoParams, restrictInternalApi, unhandled } from "./sdk/actor"
import { ActorId } from "./sdk/actor-type"
import { putBlock } from "./sdk/block"
import { Writer } from "./sdk/cbor"
import { CID_LENGTH, Codec } from "./sdk/cid"
import { begin, methodNumber } from "./sdk/context"
import { alloc } from "./sdk/memory"
import { METHOD_CONSTRUCTOR } from "./sdk/send"
import { createState } from "./sdk/state"

function construct(): u32 {
  requireNoParams()
  requireCaller(ActorId.SYSTEM)
  const list = Writer.sized(1)
  list.array(0)
  const cid = alloc(CID_LENGTH)
  putBlock(Codec.DAG_CBOR, list.start, list.length, cid)
  const state = Writer.sized(64)
  state.array(1)
  state.cid(cid)
  createState(state.start, state.length)
  return 0
}

export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const method = methodNumber()
  restrictInternalApi(method)
  return method == METHOD_CONSTRUCTOR ? construct() : unhandled()
}
