/**
 * Blocks of IPLD: content comes in by CID or handle, and goes out as a handle (return data, parameters) or as a CID (state).
 */
import { CID_LENGTH, Codec, Hash } from "./cid"
import { ErrorNumber } from "./error-number"
import { ExitCode } from "./exit-code"
import { abort } from "./exit"
import { alloc, RETURN } from "./memory"
import {
  IpldBlockOpenResult as Open,
  IpldBlockStatResult as Stat,
  ipld_block_create,
  ipld_block_link,
  ipld_block_open,
  ipld_block_read,
  ipld_block_stat,
} from "./syscalls"

/** Length of what `openBlock` or `readBlock` read last. */
export let blockLength: u32 = 0
/** Codec of what `openBlock` or `readBlock` read last. */
export let blockCodec: u64 = 0

/**
 * Reads a reachable block of state whole; its links become reachable.
 *
 * @param code - Exit code if the CID cannot be opened.
 * @returns Address of the content; `blockLength` and `blockCodec` describe it.
 */
export function openBlock(cid: usize, code: u32 = ExitCode.USR_ILLEGAL_STATE): usize {
  if (ipld_block_open(RETURN, cid) != ErrorNumber.OK) abort(code, "block not found")
  blockCodec = load<u64>(RETURN, Open.CODEC)
  const id = load<u32>(RETURN, Open.ID)
  const size = load<u32>(RETURN, Open.SIZE)
  const at = alloc(size)
  if (ipld_block_read(RETURN, id, 0, at, size) != ErrorNumber.OK) abort(code, "block not readable")
  blockLength = size
  return at
}

/** Reads the block behind a handle whole: parameters, or what a send returned. */
export function readBlock(id: u32): usize {
  if (ipld_block_stat(RETURN, id) != ErrorNumber.OK) abort(ExitCode.USR_ASSERTION_FAILED, "no such block")
  return readSized(id, load<u64>(RETURN, Stat.CODEC), load<u32>(RETURN, Stat.SIZE))
}

/** The same where codec and size are known already. */
export function readSized(id: u32, codec: u64, size: u32): usize {
  const at = alloc(size)
  if (ipld_block_read(RETURN, id, 0, at, size) != ErrorNumber.OK) abort(ExitCode.USR_ASSERTION_FAILED, "block not readable")
  blockCodec = codec
  blockLength = size
  return at
}

/** Makes a block that lives as long as the invocation, and returns its handle. Aborts if the kernel refuses it. */
export function createBlock(codec: u64, data: usize, length: u32): u32 {
  if (ipld_block_create(RETURN, codec, data, length) != ErrorNumber.OK) abort(ExitCode.USR_ASSERTION_FAILED, "failed to write a block")
  return load<u32>(RETURN)
}

/** A block of CBOR to return or to send. */
export function createCbor(data: usize, length: u32): u32 {
  return createBlock(Codec.CBOR, data, length)
}

/**
 * Stores a block of state and writes its CID (blake2b-256, 38 bytes) at `cid`.
 *
 * @param cid - Room for `CID_LENGTH` bytes.
 */
export function putBlock(codec: u64, data: usize, length: u32, cid: usize): void {
  if (ipld_block_create(RETURN, codec, data, length) != ErrorNumber.OK) abort(ExitCode.USR_ILLEGAL_STATE, "failed to write state")
  const error = ipld_block_link(RETURN, load<u32>(RETURN), Hash.BLAKE2B_256, 32, cid, CID_LENGTH)
  if (error != ErrorNumber.OK) abort(ExitCode.USR_ILLEGAL_STATE, "failed to link state")
}
