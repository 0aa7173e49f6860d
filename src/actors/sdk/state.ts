/**
 * The root of an actor's own state.
 */
import { openBlock, putBlock } from "./block"
import { CID_LENGTH, Codec } from "./cid"
import { ErrorNumber } from "./error-number"
import { ExitCode } from "./exit-code"
import { abort } from "./exit"
import { alloc, equalBytes, RETURN } from "./memory"
import { self_root, self_set_root } from "./syscalls"

/** CID of the empty array, the root of an actor that was just created. */
export const EMPTY_ARRAY_CID: usize = memory.data<u8>([
  0x01, 0x71, 0xa0, 0xe4, 0x02, 0x20, 0x45, 0xb0, 0xcf, 0xc2, 0x20, 0xce, 0xec, 0x5b, 0x7c, 0x1c, 0x62, 0xc4, 0xd4, 0x19,
  0x3d, 0x38, 0xe4, 0xeb, 0xa4, 0x8e, 0x88, 0x15, 0x72, 0x9c, 0xe7, 0x5f, 0x9c, 0x0a, 0xb0, 0xe4, 0xc1, 0xc0,
])

/** Copies the present root (38 bytes) to a fresh place. Exit 20 if the actor is deleted. */
export function getRoot(code: u32 = ExitCode.USR_ILLEGAL_STATE): usize {
  const cid = alloc(CID_LENGTH)
  if (self_root(RETURN, cid, CID_LENGTH) != ErrorNumber.OK) abort(code, "actor has no state")
  return cid
}

/** Makes the block `cid` the root. Exit 25 in a read-only call, 20 if the actor is deleted. */
export function setRoot(cid: usize): void {
  const error = self_set_root(cid)
  if (error == ErrorNumber.OK) return
  if (error == ErrorNumber.READ_ONLY) abort(ExitCode.USR_READ_ONLY, "read-only")
  if (error == ErrorNumber.ILLEGAL_OPERATION) abort(ExitCode.USR_ILLEGAL_STATE, "actor deleted")
  abort(ExitCode.USR_ASSERTION_FAILED, "state root refused")
}

/** Reads the root block; its length is in `blockLength`. */
export function loadState(): usize {
  return openBlock(getRoot())
}

/** Stores a DAG-CBOR block and makes it the root. */
export function saveState(data: usize, length: u32): void {
  const cid = alloc(CID_LENGTH)
  putBlock(Codec.DAG_CBOR, data, length, cid)
  setRoot(cid)
}

/** `saveState` for a constructor: exit 20 if the actor has state already. */
export function createState(data: usize, length: u32): void {
  if (!equalBytes(getRoot(), EMPTY_ARRAY_CID, CID_LENGTH)) abort(ExitCode.USR_ILLEGAL_STATE, "state exists already")
  saveState(data, length)
}
