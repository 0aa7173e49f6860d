/**
 * Filecoin's own precompiles, at 0xfe00...01 and on.
 *
 * Source: FIP-0054; builtin-actors actors/evm/src/interpreter/precompiles/fvm.rs.
 */
import { delegatedAddress, delegatedLength, resolve, resolvedId } from "../../actors/sdk/actor"
import { isAddress, MAX_ADDRESS_LENGTH, writeIdAddress } from "../../actors/sdk/address"
import { Codec } from "../../actors/sdk/cid"
import { ErrorNumber } from "../../actors/sdk/error-number"
import { allocZeroed, mark, release, RETURN } from "../../actors/sdk/memory"
import { METHOD_SEND, SEND_READ_ONLY, sentBlock, sentCodec, sentExitCode, sentSize } from "../../actors/sdk/send"
import { ipld_block_create, ipld_block_read, rand_get_beacon_randomness } from "../../actors/sdk/syscalls"
import { gasLimit } from "../instructions/gas"
import { EvmMethod } from "../method"
import { callGas, CallKind, callKind, output } from "../precompile"
import { overflow, here, left, readFrom, readPadded, readU32, readU64, readWord, requireRoom, seek } from "../reader"
import { contractSend, flush } from "../state"

/** An address read from the ABI may be of any length; one that is longer than this is none. */
const ADDRESS: usize = memory.data(72, 8)
const VALUE: usize = memory.data(32, 8)

/** Writes a number as a word of 32 bytes. */
function putWord(at: usize, value: u64): void {
  store<u64>(at, 0)
  store<u64>(at, 0, 8)
  store<u64>(at, 0, 16)
  store<u64>(at, bswap<u64>(value), 24)
}

/** 0xfe..01: address bytes to an actor ID in a word. No output if nobody has it. */
export function resolveAddress(input: usize, length: u32): bool {
  if (!isAddress(input, length)) return false
  if (resolve(input, length)) putWord(output(32), resolvedId)
  return true
}

/** 0xfe..02: an actor ID to its f4 address. No output if it has none. */
export function lookupDelegatedAddress(input: usize, length: u32): bool {
  readFrom(input, length)
  const id = readU64()
  if (overflow) return false
  const heap = mark()
  const address = delegatedAddress(id)
  if (address != 0) {
    const size = delegatedLength
    release(heap)
    memory.copy(output(size), address, size)
  }
  return true
}

/** 0xfe..03: calls an actor by its address. */
export function callActor(input: usize, length: u32): bool {
  return callAny(input, length, false)
}

/** 0xfe..05: calls an actor by its ID. */
export function callActorId(input: usize, length: u32): bool {
  return callAny(input, length, true)
}

/**
 * Words: method, value, flags (1: read-only), codec (0x51; 0 without parameters), offset of the parameters, actor ID or offset
 * of the address. Output: exit code (negative: an error number), codec, offset 96, bytes.
 */
function callAny(input: usize, length: u32, byId: bool): bool {
  if (callKind != CallKind.DELEGATECALL) return false
  readFrom(input, length)
  const method = readU64()
  readWord(VALUE)
  const flags = readU64()
  if (overflow || (flags & ~SEND_READ_ONLY) != 0) return false
  const codec = readU64()
  const paramsOffset = readU32()
  const idOrOffset = readU64()
  if (overflow) return false

  seek(paramsOffset)
  const paramsLength = readU32()
  if (overflow) return false
  let params = here()
  const present = left()
  requireRoom(paramsLength)
  let addressLength: u32
  if (byId) addressLength = writeIdAddress(ADDRESS, idOrOffset)
  else {
    // An offset that does not fit in a pointer is refused, one that lies behind the input reads zeros.
    if (idOrOffset >> 32) return false
    seek(idOrOffset)
    addressLength = readU32()
    if (overflow) return false
    requireRoom(addressLength)
    if (addressLength > MAX_ADDRESS_LENGTH) return false
    readPadded(ADDRESS, addressLength)
    if (!isAddress(ADDRESS, addressLength)) return false
  }
  if (method <= EvmMethod.LAST_RESERVED && method != METHOD_SEND) return false
  if (codec != Codec.CBOR && (codec != 0 || paramsLength != 0)) return false

  // The limit is set before anything is written, as is what the kernel refuses by itself.
  const limit = gasLimit(callGas)
  flush()
  let error: u32 = ErrorNumber.OK
  let block: u32 = 0
  if ((load<u64>(VALUE, 16) | load<u64>(VALUE, 24)) != 0) error = ErrorNumber.INSUFFICIENT_FUNDS
  else if (codec != 0) {
    // What flush wrote stays in memory; the copy does not.
    const heap = mark()
    if (paramsLength > present) {
      const whole = allocZeroed(paramsLength)
      memory.copy(whole, params, present)
      params = whole
    }
    error = ipld_block_create(RETURN, codec, params, paramsLength)
    block = load<u32>(RETURN)
    release(heap)
  }
  if (error == ErrorNumber.OK) error = contractSend(ADDRESS, addressLength, method, block, VALUE, limit, flags)

  if (error != ErrorNumber.OK) {
    const at = output(128)
    memory.fill(at, 0xff, 24)
    store<u64>(at, bswap<u64>(0 - u64(error)), 24)
    putWord(at + 32, 0)
    putWord(at + 64, 96)
    putWord(at + 96, 0)
    return true
  }
  const size = sentBlock == 0 ? 0 : sentSize
  const at = output(128 + ((size + 31) & ~31))
  putWord(at, sentExitCode)
  putWord(at + 32, sentBlock == 0 ? 0 : sentCodec)
  putWord(at + 64, 96)
  putWord(at + 96, size)
  if (size) {
    memory.fill(at + 128 + (size & ~31), 0, ((size + 31) & ~31) - (size & ~31))
    ipld_block_read(RETURN, sentBlock, 0, at + 128, size)
  }
  return true
}

/** 0xfe..06: beacon randomness of an epoch. Fails if the kernel refuses; a future epoch ends the message. */
export function getRandomness(input: usize, length: u32): bool {
  readFrom(input, length)
  const epoch = readU64()
  if (overflow) return false
  return rand_get_beacon_randomness(output(32), i64(epoch)) == ErrorNumber.OK
}
