import * as crypto from "node:crypto"
import { CID } from "multiformats/cid"
import { blake2b256 } from "./blake2b.ts"
import type { Block } from "./blockstore.ts"
import { BLAKE2B_256, IDENTITY, SHA2_256 } from "./cid.ts"
import { decode, encode, expectLink, expectList, expectMap, expectUint } from "./dag-cbor.ts"
import { CarError, IpldError } from "./errors.ts"

/*
 * CARv1: a header section and one section per block, each after its length.
 *
 *   section = varint(length) bytes        header bytes = DAG-CBOR {"roots": [link, ...], "version": 1}        block bytes = CID, then data
 *
 * See https://ipld.io/specs/transport/car/carv1/
 */

/** Longest section that we read. Default of {@link CarOptions}. */
const MAX_SECTION = 256 * 1024 * 1024

/** How to read a CAR. */
export type CarOptions = {
  /**
   * Whether each block's bytes are hashed and compared with its CID. Switch it off only for files from a source that did it. Default: true.
   */
  readonly verify?: boolean
  /** Longest section in bytes; a longer one is an error before it is read. Default: 256 MiB. */
  readonly maxSectionLength?: number
}

/** A CAR that was in memory as a whole. Blocks are views of it. */
export type Car = { readonly roots: readonly CID[]; readonly blocks: readonly Block[] }

/** A CAR that is being read: the header is there, blocks come as they are asked for, once. */
export type CarStream = { readonly roots: readonly CID[]; readonly blocks: AsyncGenerator<Block> }

/**
 * Reads a CAR that is in memory.
 *
 * @throws CarError - Truncated, malformed, or (with `verify`) a block that does not hash to its CID.
 */
export function decodeCar(bytes: Uint8Array, options: CarOptions = {}): Car {
  let at = 0
  const section = (): Uint8Array | undefined => {
    if (at === bytes.length) return undefined
    const head = readVarint(bytes, at, options)
    if (head === undefined) throw truncated("a section's length")
    const start = at + head.size
    if (head.value > bytes.length - start)
      throw truncated(`a section of ${head.value} bytes at offset ${start}, ${bytes.length - start} are left`)
    at = start + head.value
    return bytes.subarray(start, at)
  }
  const header = section()
  if (header === undefined) throw truncated("the header: there are no bytes")
  const roots = readHeader(header)
  const blocks: Block[] = []
  for (let next = section(); next !== undefined; next = section()) blocks.push(readBlock(next, options))
  return { roots, blocks }
}

/**
 * Reads a CAR as it arrives: holds one section at a time, however long the file is.
 *
 * @returns Once the header is there. An error further on is thrown by `blocks`.
 * @throws CarError - See {@link decodeCar}; and whatever the source throws.
 */
export async function readCar(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: CarOptions = {},
): Promise<CarStream> {
  const sections = sectionsOf(source, options)
  const first = await sections.next()
  if (first.done === true) throw truncated("the header: there are no bytes")
  const roots = readHeader(first.value)
  async function* blocks(): AsyncGenerator<Block> {
    for await (const section of sections) yield readBlock(section, options)
  }
  return { roots, blocks: blocks() }
}

async function* sectionsOf(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: CarOptions,
): AsyncGenerator<Uint8Array> {
  // What has come and not been used: a list of chunks, joined only when a section is complete.
  let chunks: Uint8Array[] = []
  let held = 0
  let wanted: number | undefined

  const join = (): Uint8Array => {
    const only = chunks[0]
    if (chunks.length === 1 && only !== undefined) return only
    const joined = new Uint8Array(held)
    let at = 0
    for (const chunk of chunks) {
      joined.set(chunk, at)
      at += chunk.length
    }
    chunks = [joined]
    return joined
  }
  const drop = (length: number): void => {
    const rest = join().subarray(length)
    chunks = rest.length > 0 ? [rest] : []
    held = rest.length
  }

  for await (const chunk of source) {
    if (chunk.length === 0) continue
    chunks.push(chunk)
    held += chunk.length
    while (held > 0) {
      if (wanted === undefined) {
        const head = readVarint(join(), 0, options)
        if (head === undefined) break
        drop(head.size)
        wanted = head.value
      }
      if (held < wanted) break
      // A copy: the source may use its buffer again.
      const section = join().slice(0, wanted)
      drop(wanted)
      wanted = undefined
      yield section
    }
  }
  if (wanted !== undefined) throw truncated(`a section of ${wanted} bytes, ${held} of them are there`)
  if (held > 0) throw truncated("a section's length")
}

/** A CAR, piece by piece: hand it to a file or a response. */
export async function* writeCar(
  roots: readonly CID[],
  blocks: Iterable<Block> | AsyncIterable<Block>,
): AsyncGenerator<Uint8Array> {
  yield headerSection(roots)
  for await (const block of blocks) yield blockSection(block)
}

/** A CAR in one piece. */
export function encodeCar(roots: readonly CID[], blocks: Iterable<Block>): Uint8Array {
  const sections = [headerSection(roots)]
  for (const block of blocks) sections.push(blockSection(block))
  const bytes = new Uint8Array(sections.reduce((length, section) => length + section.length, 0))
  let at = 0
  for (const section of sections) {
    bytes.set(section, at)
    at += section.length
  }
  return bytes
}

/**
 * Checks that a block's bytes hash to its CID.
 *
 * @throws CarError - They do not (`car-hash-mismatch`), or the hash function is one we do not have (`car-malformed`).
 */
export function verifyBlock({ cid, bytes }: Block): void {
  const { code, digest } = cid.multihash
  let actual: Uint8Array
  if (code === BLAKE2B_256) actual = blake2b256(bytes)
  else if (code === SHA2_256) actual = crypto.createHash("sha256").update(bytes).digest()
  else if (code === IDENTITY) actual = bytes
  else throw new CarError("malformed", `block ${cid} has the hash 0x${code.toString(16)}, which cannot be checked`)
  // A multihash may be cut short, but not to nothing.
  if (digest.length === 0 && code !== IDENTITY) throw new CarError("malformed", `block ${cid} has an empty hash`)
  if (digest.length > actual.length || (code === IDENTITY && digest.length !== actual.length)) throw mismatch(cid)
  for (let i = 0; i < digest.length; i++) if (digest[i] !== actual[i]) throw mismatch(cid)
}

function mismatch(cid: CID): CarError {
  return new CarError("hash-mismatch", `the bytes of block ${cid} do not hash to its CID`)
}

function truncated(what: string): CarError {
  return new CarError("truncated", `the CAR ends inside ${what}`)
}

/** The varint at an offset; undefined if the bytes end inside it. */
function readVarint(bytes: Uint8Array, at: number, options: CarOptions): { value: number; size: number } | undefined {
  let value = 0
  let scale = 1
  for (let size = 1; ; size++) {
    if (size > 9) throw new CarError("malformed", "a section's length is a varint of more than 9 bytes")
    const byte = bytes[at + size - 1]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * scale
    scale *= 128
    if (byte >= 0x80) continue
    if (byte === 0 && size > 1) throw new CarError("malformed", "a section's length is not a minimal varint")
    if (value === 0) throw new CarError("malformed", "a section has no bytes")
    const max = options.maxSectionLength ?? MAX_SECTION
    if (value > max) throw new CarError("malformed", `a section says it has ${value} bytes, at most ${max} are allowed`)
    return { value, size }
  }
}

function readHeader(section: Uint8Array): CID[] {
  try {
    const header = expectMap(decode(section), "header")
    const version = expectUint(header.version, "header.version")
    if (version !== 1) throw new CarError("malformed", `CAR version ${version} is not supported: 1 is`)
    return expectList(header.roots, "header.roots", expectLink)
  } catch (cause) {
    if (cause instanceof CarError || !(cause instanceof IpldError)) throw cause
    throw new CarError("malformed", `the CAR's header is not a header: ${cause.message}`, { cause })
  }
}

function readBlock(section: Uint8Array, options: CarOptions): Block {
  let cid: CID
  let bytes: Uint8Array
  try {
    ;[cid, bytes] = CID.decodeFirst(section)
  } catch (cause) {
    throw new CarError("malformed", "a section does not begin with a CID", { cause })
  }
  const block = { cid, bytes }
  if (options.verify !== false) verifyBlock(block)
  return block
}

function varint(value: number): number[] {
  const bytes: number[] = []
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80)
  bytes.push(value)
  return bytes
}

function headerSection(roots: readonly CID[]): Uint8Array {
  const header = encode({ roots, version: 1 })
  return Uint8Array.from([...varint(header.length), ...header])
}

function blockSection({ cid, bytes }: Block): Uint8Array {
  const head = varint(cid.bytes.length + bytes.length)
  const section = new Uint8Array(head.length + cid.bytes.length + bytes.length)
  section.set(head)
  section.set(cid.bytes, head.length)
  section.set(bytes, head.length + cid.bytes.length)
  return section
}
