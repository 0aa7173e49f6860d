import type { CID } from "multiformats/cid"
import { Address, MAX_SUBADDRESS_LENGTH } from "../../address/address.ts"
import { AddressError } from "../../address/errors.ts"
import type { InstanceMemory } from "../engine/index.ts"
import { SyscallError } from "../errors.ts"
import { readCid, readVarint } from "../kernel/read-cid.ts"

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const lossyUtf8 = new TextDecoder("utf-8", { ignoreBOM: true })

/**
 * An actor's memory as a syscall sees it: every access is checked, every failure is IllegalArgument.
 *
 * The views are made once and again after each growth. A slice is a view: it is valid until the syscall returns, and
 * whoever keeps it must copy it.
 */
export class ActorMemory {
  private readonly memory: InstanceMemory
  /** The whole memory. */
  bytes: Uint8Array
  /** The same bytes, for little-endian stores. */
  view: DataView

  constructor(memory: InstanceMemory) {
    this.memory = memory
    this.bytes = memory.bytes
    this.view = viewOf(this.bytes)
  }

  /** Follows a growth of the memory. To be called before anything else in each syscall. */
  refresh(): void {
    const { bytes } = this.memory
    if (bytes === this.bytes) return
    this.bytes = bytes
    this.view = viewOf(bytes)
  }

  /** Says whether `length` bytes from `offset` lie in memory; both unsigned 32-bit. */
  fits(offset: number, length: number): boolean {
    return offset + length <= this.bytes.length
  }

  /**
   * A view of `length` bytes.
   *
   * @throws SyscallError IllegalArgument - It leaves memory, even if it is empty.
   */
  slice(offset: number, length: number): Uint8Array {
    if (offset + length > this.bytes.length) {
      throw new SyscallError("IllegalArgument", `${length} bytes at ${offset} leave the memory of ${this.bytes.length}`)
    }
    return this.bytes.subarray(offset, offset + length)
  }

  /**
   * Text that must be UTF-8.
   *
   * @throws SyscallError IllegalArgument - Out of bounds, or not UTF-8.
   */
  text(offset: number, length: number): string {
    const bytes = this.slice(offset, length)
    try {
      return strictUtf8.decode(bytes)
    } catch {
      throw new SyscallError("IllegalArgument", `${length} bytes at ${offset} are not UTF-8`)
    }
  }

  /** Text with what is not UTF-8 replaced. @throws SyscallError IllegalArgument - Out of bounds. */
  lossyText(offset: number, length: number): string {
    return lossyUtf8.decode(this.slice(offset, length))
  }

  /**
   * An address.
   *
   * @throws SyscallError IllegalArgument - Out of bounds, or no address.
   */
  address(offset: number, length: number): Address {
    const bytes = this.slice(offset, length)
    try {
      return Address.fromBytes(bytes)
    } catch (error) {
      if (!(error instanceof AddressError)) throw error
      const address = addressWithLongVarint(bytes)
      if (address !== undefined) return address
      throw new SyscallError("IllegalArgument", `the ${length} bytes at ${offset} are no address: ${error.message}`)
    }
  }

  /**
   * A CID, whose length is in its own bytes: it may end anywhere up to the end of memory.
   *
   * @throws SyscallError IllegalArgument - Out of bounds, or no CID.
   */
  cid(offset: number): CID {
    if (offset > this.bytes.length) {
      throw new SyscallError("IllegalArgument", `a CID at ${offset} is out of the memory of ${this.bytes.length}`)
    }
    const read = readCid(this.bytes, offset, this.bytes.length)
    if (read === undefined) throw new SyscallError("IllegalArgument", `no CID at ${offset}`)
    return read.cid
  }
}

/**
 * Writes a CID into an actor's buffer.
 *
 * @returns Its length in bytes; the rest of the buffer stays as it is.
 * @throws SyscallError BufferTooSmall - Nothing is written.
 */
export function writeCid(cid: CID, out: Uint8Array): number {
  return writeBytes(cid.bytes, out, "CID")
}

/**
 * Writes an address into an actor's buffer.
 *
 * @returns Its length in bytes; the rest of the buffer stays as it is.
 * @throws SyscallError BufferTooSmall - Nothing is written.
 */
export function writeAddress(address: Address, out: Uint8Array): number {
  return writeBytes(address.bytes, out, "address")
}

/**
 * An address whose ID or namespace is a varint of ten bytes with bits beyond the 64th: the reference drops those bits.
 */
function addressWithLongVarint(bytes: Uint8Array): Address | undefined {
  const protocol = bytes[0]
  if (protocol !== 0 && protocol !== 4) return undefined
  const number = readVarint(bytes, 1, bytes.length)
  if (number === undefined || number.length < 10) return undefined
  const rest = bytes.subarray(1 + number.length)
  if (protocol === 0) return rest.length === 0 ? Address.id(number.value) : undefined
  return rest.length <= MAX_SUBADDRESS_LENGTH ? Address.delegated(number.value, rest) : undefined
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function writeBytes(bytes: Uint8Array, out: Uint8Array, what: string): number {
  if (bytes.length > out.length) {
    throw new SyscallError("BufferTooSmall", `the ${what} has ${bytes.length} bytes, the buffer ${out.length}`)
  }
  out.set(bytes)
  return bytes.length
}
