/**
 * The words that a syscall table is written in: kinds of parameters, kinds of results, and a row.
 *
 * A parameter kind says of which Wasm values it consists and how they become a value; a result kind says how many bytes
 * it takes in the actor's memory. Both also carry what the generated AssemblyScript declarations need.
 */
import type { CID } from "multiformats/cid"
import type { Address } from "../../address/address.ts"
import { IpldError } from "../../ipld/errors.ts"
import { BLS_PUBLIC_KEY_LENGTH, BLS_SIGNATURE_LENGTH } from "../crypto/signatures.ts"
import { type ErrorNumber, SyscallError } from "../errors.ts"
import type { EventEntryHeader, Kernel } from "../kernel/index.ts"
import type { ActorMemory } from "./memory.ts"

/** A Wasm value on its way into a syscall. */
export interface Wire {
  /** Its name: `*` stands for the parameter's. */
  readonly name: string
  readonly wasm: "i32" | "i64"
  /** As an AssemblyScript type; `usize` for pointers. */
  readonly actor: "u32" | "i32" | "u64" | "i64" | "usize"
}

/**
 * A kind of parameter. `decode` gets the raw Wasm values: a signed `number` for an i32, a signed `bigint` for an i64.
 */
export interface ParamKind<T> {
  readonly wires: readonly Wire[]
  /** @throws SyscallError - The error that the actor gets. */
  decode(memory: ActorMemory, ...raw: never[]): T
}

/** A field of a result: its byte layout. All are little-endian, packed. */
export type FieldType = "u32" | "i32" | "u64" | "i64" | "u128"

const FIELD_SIZE: Record<FieldType, number> = { u32: 4, i32: 4, u64: 8, i64: 8, u128: 16 }

/** What a field is in TypeScript; a u64 that is known to be small may be a `number`. */
export type FieldValue<F extends FieldType> = F extends "u32" | "i32"
  ? number
  : F extends "u64" | "i64"
    ? bigint | number
    : bigint

/** A kind of result, written at the pointer that precedes the parameters. */
export interface ResultKind<R> {
  /** Bytes in the actor's memory. */
  readonly size: number
  /** One field for a scalar, named ""; none for plain bytes. */
  readonly fields: readonly { readonly name: string; readonly type: FieldType; readonly offset: number }[]
  /** Never set; carries the type of the value. */
  readonly value?: R
}

/** The parameters of a row by name, in the order of the ABI. */
export type Params = Readonly<Record<string, ParamKind<unknown>>>

/** The decoded arguments of a row. */
export type Args<P extends Params> = { readonly [N in keyof P]: P[N] extends ParamKind<infer T> ? T : never }

/** One syscall. */
export interface SyscallRow<K, P extends Params, R> {
  /** One sentence. */
  readonly summary: string
  readonly params: P
  /** Left out: nothing is written, and there is no pointer for it. */
  readonly result?: ResultKind<R>
  /** Which error numbers the actor can get, and when. */
  readonly errors: Readonly<Partial<Record<ErrorNumber, string>>>
  /** FIP, and path in the reference. */
  readonly source: string
  /** When false, the syscall does nothing and succeeds, with its arguments unread. */
  readonly enabled?: (kernel: K) => boolean
  run(kernel: K, args: Args<P>): R
}

/** A row whose types are settled. */
export interface Syscall {
  readonly summary: string
  readonly params: Params
  readonly result: ResultKind<unknown> | undefined
  readonly errors: Readonly<Partial<Record<ErrorNumber, string>>>
  readonly source: string
  readonly enabled: ((kernel: Kernel) => boolean) | undefined
  readonly run: (kernel: Kernel, args: never) => unknown
}

/** The syscalls of one import module, by name. */
export type SyscallModule = Readonly<Record<string, Syscall>>

/** Makes a row; the kernel argument of `run` names the one capability that it needs. */
export function syscall<K, const P extends Params, R = void>(row: SyscallRow<K, P, R>): Syscall {
  const settled: SyscallRow<K, P, R> = row
  return {
    summary: settled.summary,
    params: settled.params,
    result: settled.result,
    errors: settled.errors,
    source: settled.source,
    // A kernel has every capability, so a row that asks for one of them can be given it.
    enabled: settled.enabled as ((kernel: Kernel) => boolean) | undefined,
    run: settled.run as unknown as (kernel: Kernel, args: never) => unknown,
  }
}

const scalar = (wasm: Wire["wasm"], actor: Wire["actor"]): readonly Wire[] => [{ name: "*", wasm, actor }]
const POINTER: readonly Wire[] = scalar("i32", "usize")
const RANGE: readonly Wire[] = [
  { name: "*_off", wasm: "i32", actor: "usize" },
  { name: "*_len", wasm: "i32", actor: "u32" },
]

/** An unsigned 32-bit integer, as `number`. */
export const u32: ParamKind<number> = {
  wires: scalar("i32", "u32"),
  decode: (_memory: ActorMemory, raw: number) => raw >>> 0,
}

/** A signed 32-bit integer, as `number`. */
export const i32: ParamKind<number> = {
  wires: scalar("i32", "i32"),
  decode: (_memory: ActorMemory, raw: number) => raw,
}

/** An unsigned 64-bit integer, as `bigint`. */
export const u64: ParamKind<bigint> = {
  wires: scalar("i64", "u64"),
  decode: (_memory: ActorMemory, raw: bigint) => (raw < 0n ? BigInt.asUintN(64, raw) : raw),
}

/** A signed 64-bit integer, as `bigint`. */
export const i64: ParamKind<bigint> = {
  wires: scalar("i64", "i64"),
  decode: (_memory: ActorMemory, raw: bigint) => raw,
}

/** A CID; the actor passes a pointer alone. IllegalArgument when there is none. */
export const cid: ParamKind<CID> = {
  wires: POINTER,
  decode: (memory: ActorMemory, offset: number) => memory.cid(offset >>> 0),
}

/** A run of bytes to read, as a view that is valid during the call. */
export const bytes: ParamKind<Uint8Array> = {
  wires: RANGE,
  decode: (memory: ActorMemory, offset: number, length: number) => memory.slice(offset >>> 0, length >>> 0),
}

/** A run of bytes to write into, as a view that is valid during the call. */
export const buffer: ParamKind<Uint8Array> = bytes

/** A buffer that is refused with BufferTooSmall, before anything happens, if it has fewer than `size` bytes. */
export function bufferOf(size: number): ParamKind<Uint8Array> {
  return {
    wires: RANGE,
    decode(memory: ActorMemory, offset: number, length: number): Uint8Array {
      const out = memory.slice(offset >>> 0, length >>> 0)
      if (out.length < size) {
        throw new SyscallError("BufferTooSmall", `the buffer has ${out.length} bytes, ${size} are needed`)
      }
      return out
    },
  }
}

/** Bytes of a fixed length; the actor passes a pointer alone. */
export function bytesOf(size: number): ParamKind<Uint8Array> {
  return { wires: POINTER, decode: (memory: ActorMemory, offset: number) => memory.slice(offset >>> 0, size) }
}

/** Text; IllegalArgument when it is not UTF-8. */
export const text: ParamKind<string> = {
  wires: RANGE,
  decode: (memory: ActorMemory, offset: number, length: number) => memory.text(offset >>> 0, length >>> 0),
}

/** An address; IllegalArgument when there is none. */
export const address: ParamKind<Address> = {
  wires: RANGE,
  decode: (memory: ActorMemory, offset: number, length: number) => memory.address(offset >>> 0, length >>> 0),
}

/** An address, or undefined if the length is 0 (the pointer is then not looked at). */
export const optionalAddress: ParamKind<Address | undefined> = {
  wires: RANGE,
  decode: (memory: ActorMemory, offset: number, length: number) =>
    length === 0 ? undefined : memory.address(offset >>> 0, length >>> 0),
}

/** An amount in attoFIL below 2^128, as two words, the high one first. */
export const tokenAmount: ParamKind<bigint> = {
  wires: [
    { name: "*_hi", wasm: "i64", actor: "u64" },
    { name: "*_lo", wasm: "i64", actor: "u64" },
  ],
  decode: (_memory: ActorMemory, high: bigint, low: bigint) =>
    high === 0n ? BigInt.asUintN(64, low) : (BigInt.asUintN(64, high) << 64n) | BigInt.asUintN(64, low),
}

/** Bytes that are decoded as CBOR; IllegalArgument when they are not what `decode` reads. */
export function cbor<T>(decode: (bytes: Uint8Array) => T): ParamKind<T> {
  return {
    wires: RANGE,
    decode(memory: ActorMemory, offset: number, length: number): T {
      const bytes = memory.slice(offset >>> 0, length >>> 0)
      try {
        return decode(bytes)
      } catch (error) {
        if (error instanceof IpldError) throw new SyscallError("IllegalArgument", error.message)
        throw error
      }
    },
  }
}

/** Bytes of one event entry header: flags u64, codec u64, key length u32, value length u32. */
const EVENT_HEADER_SIZE = 24

/** An array of event entry headers: pointer, and number of entries. */
export const eventHeaders: ParamKind<readonly EventEntryHeader[]> = {
  wires: RANGE,
  decode(memory: ActorMemory, rawOffset: number, rawCount: number): readonly EventEntryHeader[] {
    const offset = rawOffset >>> 0
    const count = rawCount >>> 0
    const size = count * EVENT_HEADER_SIZE
    if (!memory.fits(offset, size)) {
      throw new SyscallError("IllegalArgument", `${count} event entries at ${offset} leave the memory`)
    }
    const headers: EventEntryHeader[] = []
    for (let at = offset; at < offset + size; at += EVENT_HEADER_SIZE) {
      headers.push({
        flags: memory.view.getBigUint64(at, true),
        codec: memory.view.getBigUint64(at + 8, true),
        keyLength: memory.view.getUint32(at + 16, true),
        valueLength: memory.view.getUint32(at + 20, true),
      })
    }
    return headers
  },
}

/** Flags of a send: bit 0 makes it read-only; the others are refused with IllegalArgument. */
export const sendFlags: ParamKind<boolean> = {
  wires: scalar("i64", "u64"),
  decode(_memory: ActorMemory, flags: bigint): boolean {
    if (flags === 0n) return false
    if (flags !== 1n) throw new SyscallError("IllegalArgument", `unknown send flags ${BigInt.asUintN(64, flags)}`)
    return true
  },
}

/** Longest message of a backtrace; of a longer one the middle is left out. */
const MAX_EXIT_MESSAGE = 1024

/** The last words of an actor: never an error, whatever the actor points to. */
export const exitMessage: ParamKind<string> = {
  wires: RANGE,
  decode(memory: ActorMemory, rawOffset: number, rawLength: number): string {
    const offset = rawOffset >>> 0
    const length = rawLength >>> 0
    if (length === 0) return "actor aborted"
    if (!memory.fits(offset, length)) return `its message, ${length} bytes at ${offset}, leaves memory`
    if (length <= MAX_EXIT_MESSAGE) return memory.lossyText(offset, length)
    const half = MAX_EXIT_MESSAGE / 2
    const left = memory.lossyText(offset, half)
    const right = memory.lossyText(offset + length - half, half)
    return `${left} ... (${length - MAX_EXIT_MESSAGE} bytes left out) ... ${right}`
  },
}

/** A pointer to as many bytes as another argument says. */
export interface Pointer {
  /** A view of them. @throws SyscallError IllegalArgument - They leave memory. */
  slice(length: number): Uint8Array
}

/** A pointer without a length of its own. */
export const pointer: ParamKind<Pointer> = {
  wires: [{ name: "*_off", wasm: "i32", actor: "usize" }],
  decode: (memory: ActorMemory, offset: number) => ({ slice: (length) => memory.slice(offset >>> 0, length) }),
}

/** The arguments of an aggregate verification. */
export interface BlsAggregate {
  /** 96 bytes. */
  readonly signature: Uint8Array
  /** 48 bytes for each signer. */
  readonly publicKeys: Uint8Array
  /** As many bytes as the lengths add up to, modulo 2^32. */
  readonly plaintexts: Uint8Array
  /** One for each signer. */
  readonly plaintextLengths: Uint32Array
}

/** Number of signers, then pointers to signature, public keys, texts and lengths of texts. */
export const blsAggregate: ParamKind<BlsAggregate> = {
  wires: [
    { name: "num_signers", wasm: "i32", actor: "u32" },
    { name: "sig_off", wasm: "i32", actor: "usize" },
    { name: "pub_keys_off", wasm: "i32", actor: "usize" },
    { name: "plaintexts_off", wasm: "i32", actor: "usize" },
    { name: "plaintext_lens_off", wasm: "i32", actor: "usize" },
  ],
  decode(memory: ActorMemory, count: number, sig: number, keys: number, texts: number, lens: number): BlsAggregate {
    const signers = count >>> 0
    const signature = memory.slice(sig >>> 0, BLS_SIGNATURE_LENGTH)
    const publicKeys = memory.slice(keys >>> 0, signers * BLS_PUBLIC_KEY_LENGTH)
    const rawLengths = memory.slice(lens >>> 0, signers * 4)
    const plaintextLengths = new Uint32Array(signers)
    let total = 0
    for (let i = 0; i < signers; i++) {
      const at = 4 * i
      const length =
        (rawLengths[at]! | (rawLengths[at + 1]! << 8) | (rawLengths[at + 2]! << 16) | (rawLengths[at + 3]! << 24)) >>> 0
      plaintextLengths[i] = length
      total = (total + length) >>> 0
    }
    return { signature, publicKeys, plaintexts: memory.slice(texts >>> 0, total), plaintextLengths }
  },
}

function scalarResult<F extends FieldType>(type: F): ResultKind<FieldValue<F>> {
  return { size: FIELD_SIZE[type], fields: [{ name: "", type, offset: 0 }] }
}

/** Results of one number, by type. */
export const returns: {
  readonly u32: ResultKind<number>
  readonly i32: ResultKind<number>
  readonly u64: ResultKind<bigint | number>
  /** An amount in attoFIL, low word first; 2^128 or more is fatal. */
  readonly tokenAmount: ResultKind<bigint>
} = {
  u32: scalarResult("u32"),
  i32: scalarResult("i32"),
  u64: scalarResult("u64"),
  tokenAmount: scalarResult("u128"),
}

/** A result of plain bytes. */
export function returnsBytes(size: number): ResultKind<Uint8Array> {
  return { size, fields: [] }
}

/** A result of several fields, packed in this order. */
export function struct<const S extends Readonly<Record<string, FieldType>>>(
  shape: S,
): ResultKind<{ readonly [N in keyof S]: FieldValue<S[N]> }> {
  let size = 0
  const fields = Object.entries(shape).map(([name, type]) => {
    const field = { name, type, offset: size }
    size += FIELD_SIZE[type]
    return field
  })
  return { size, fields }
}
