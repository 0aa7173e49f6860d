import type { CID } from "multiformats/cid"
import {
  BLAKE2B_256,
  CBOR,
  DAG_CBOR,
  FIL_COMMITMENT_SEALED,
  FIL_COMMITMENT_UNSEALED,
  IDENTITY,
  isUsualCid,
  RAW,
} from "../../ipld/cid.ts"
import { CidMap } from "../../ipld/cid-map.ts"
import { OutOfGas, SyscallError } from "../errors.ts"
import type { Milligas } from "../gas/charge.ts"
import type { PriceList } from "../gas/price-list.ts"
import type { GasTracker } from "../gas/tracker.ts"
import { readCid } from "./read-cid.ts"

/** Says whether blocks of this codec may exist. */
export function isAllowedCodec(codec: number): boolean {
  return codec === DAG_CBOR || codec === RAW || codec === CBOR
}

/** Most items that the reference's counter of what is still to come can hold. */
const MAX_ITEMS = 0xffff_ffff_ffff_ffffn
/** Item counts below it are added as doubles, without losing any. */
const CHUNK = 2 ** 50

/** The links of a block, and what it cost to find them: the outcome of a search that went through never changes, for the same block. */
export interface Links {
  /**
   * Where in the block they begin, the usual ones of {@link LINK_LENGTH} bytes: most are only looked up, and making CIDs of them all
   * would cost more than the search.
   */
  readonly starts: readonly number[]
  /** Those that stand in inline blocks, or are written in an unusual way. */
  readonly others: readonly CID[]
  /** Items that were charged for. 0: the block was not searched. */
  readonly fields: number
  /** Links that were charged for. */
  readonly tags: number
}

/** What a block without links has. */
export const NO_LINKS: Links = Object.freeze({ starts: [], others: [], fields: 0, tags: 0 })

/** Bytes of a CIDv1 with a one-byte codec and a blake2b-256 hash. */
export const LINK_LENGTH = 38

/** Links that are remembered in each of two generations; when the younger is full, it takes the place of the older. */
const MAX_REMEMBERED_LINKS = 8192
let younger = new CidMap<Links>()
let older = new CidMap<Links>()
let remembered = 0

/**
 * Remembers the links of a block that was searched before it had a name.
 *
 * @param cid - The block's CID, a dag-cbor one.
 * @param found - From {@link scanLinks}, for these bytes.
 */
export function rememberLinks(cid: CID, found: Links): void {
  if (remembered > MAX_REMEMBERED_LINKS) {
    older = younger
    younger = new CidMap()
    remembered = 0
  }
  younger.set(found, cid.bytes)
  remembered += 1 + linkCount(found)
}

/** Number of links. */
export function linkCount(links: Links): number {
  return links.starts.length + links.others.length
}

function recall(cid: CID): Links | undefined {
  const young = younger.get(cid.bytes)
  if (young !== undefined) return young
  const old = older.get(cid.bytes)
  if (old !== undefined) rememberLinks(cid, old)
  return old
}

/**
 * Finds the links of a block and charges for the search, as `OnScanIpldLinks`, whatever comes of it.
 *
 * Only dag-cbor has links. Inline blocks (identity hash) are searched in turn and are no links themselves; commitments
 * of sectors and pieces are passed over.
 *
 * @param cid - The block's CID, if it has one: its links are then remembered.
 * @throws SyscallError Serialization - Not one item of CBOR, or a tag 42 without a CID. NotFound - A link to a codec or
 *   hash that no block can have. IllegalCodec - A codec that no block can have.
 * @throws OutOfGas
 * @see ref-fvm fvm/src/ipld/{mod,cbor}.rs
 */
export function scanLinks(
  codec: number,
  data: Uint8Array,
  prices: PriceList,
  gas: GasTracker,
  cid: CID | undefined,
): Links {
  if (codec !== DAG_CBOR) {
    gas.chargeCompute("OnScanIpldLinks", 0)
    if (!isAllowedCodec(codec)) throw new SyscallError("IllegalCodec", `blocks cannot have the codec ${codec}`)
    return NO_LINKS
  }
  const { ipldCborScanPerField: perField, ipldCborScanPerCid: perTag } = prices.data
  const available = gas.availableNearby
  const known = cid === undefined ? undefined : recall(cid)
  if (known !== undefined) {
    const cost = known.fields * Number(perField) + known.tags * Number(perTag)
    if (cost <= available) {
      gas.chargeCompute("OnScanIpldLinks", cost)
      return known
    }
  }
  const scan = new LinkScan(data, perField, perTag, available)
  let failure: unknown
  try {
    scan.run(data, 0, data.length)
  } catch (error) {
    failure = error
  }
  gas.chargeCompute("OnScanIpldLinks", failure instanceof OutOfGas ? gas.available : scan.spent)
  if (failure !== undefined) throw failure
  const found: Links = { starts: scan.starts, others: scan.others, fields: scan.fields, tags: scan.tags }
  if (cid !== undefined) rememberLinks(cid, found)
  return found
}

/**
 * One search, with its own count of the gas: a scan is one charge, but it must not go on beyond what is left.
 *
 * A block of 1 MiB costs less than 10^12 milligas, so doubles count exactly, and gas beyond 2^53 is as good as without end.
 */
class LinkScan {
  readonly starts: number[] = []
  readonly others: CID[] = []
  fields = 0
  tags = 0
  private readonly block: Uint8Array
  private readonly perField: number
  private readonly perTag: number
  private readonly available: number

  constructor(block: Uint8Array, perField: Milligas, perTag: Milligas, available: number) {
    this.block = block
    this.perField = Number(perField)
    this.perTag = Number(perTag)
    this.available = available
  }

  /** Milligas. Made of the counts each time: small integers are counted without allocating, doubles are not. */
  get spent(): number {
    return this.fields * this.perField + this.tags * this.perTag
  }

  private chargeField(): void {
    this.fields++
    if (this.spent > this.available) throw new OutOfGas()
  }

  private chargeTag(): void {
    this.tags++
    if (this.spent > this.available) throw new OutOfGas()
  }

  /** Walks the items of `bytes` from `at` to `end`, which must be exactly one item. */
  run(bytes: Uint8Array, at: number, end: number): void {
    let remaining = 1
    // Items beyond those that a double counts exactly. They never come: the block ends first.
    let beyond = 0n
    while (true) {
      if (remaining === 0) {
        if (beyond === 0n) break
        remaining = beyond < BigInt(CHUNK) ? Number(beyond) : CHUNK
        beyond -= BigInt(remaining)
      }
      remaining--
      this.chargeField()
      if (at >= end) throw malformed("a header is missing")
      const first = bytes[at++]!
      const major = first >> 5
      let argument = first & 0x1f
      if (argument >= 24) {
        const length = argumentLength(argument)
        if (at + length > end) throw malformed("a header is cut off")
        argument = readArgument(bytes, at, length)
        at += length
      }
      switch (major) {
        case 0:
        case 1:
        case 7:
          break
        case 2:
        case 3:
          if (argument > end - at) throw malformed("a string is longer than the block")
          at += argument
          break
        case 4:
        case 5:
          if (argument < CHUNK && remaining < CHUNK) {
            remaining += major === 4 ? argument : 2 * argument
          } else {
            const count = argument < CHUNK ? BigInt(argument) : readExactArgument(bytes, at)
            beyond += BigInt(remaining) + count * (major === 4 ? 1n : 2n)
            remaining = 0
            if (beyond > MAX_ITEMS) throw malformed("too many items")
          }
          break
        default:
          if (argument === 42) at = this.link(bytes, at, end)
          else remaining++
      }
    }
    if (at !== end) throw malformed(`${end - at} bytes follow the item`)
  }

  /** What follows a tag 42. Returns the offset after it. */
  private link(bytes: Uint8Array, at: number, end: number): number {
    this.chargeTag()
    if (at >= end) throw malformed("a header is missing")
    const first = bytes[at++]!
    let length = first & 0x1f
    if (length >= 24) {
      const argument = argumentLength(length)
      if (at + argument > end) throw malformed("a header is cut off")
      length = readArgument(bytes, at, argument)
      at += argument
    }
    if (first >> 5 !== 2) throw malformed("a link is no byte string")
    if (length > end - at) throw malformed("a link is longer than the block")
    if (length < 1 || bytes[at] !== 0) throw malformed("a link does not begin with a zero byte")
    // In an inline block it has no place in the block itself.
    if (bytes === this.block && isUsualCid(bytes, at + 1, at + length)) {
      const codec = bytes[at + 2]!
      if (!isAllowedCodec(codec)) throw refusedCodec(codec)
      this.starts.push(at + 1)
      return at + length
    }
    const read = readCid(bytes, at + 1, at + length)
    if (read === undefined) throw malformed("a link is no CID")
    if (read.length !== length - 1) throw malformed("bytes follow the CID in a link")
    this.visit(read.cid)
    return at + length
  }

  private visit(cid: CID): void {
    const { code: codec, multihash } = cid
    if (codec === FIL_COMMITMENT_UNSEALED || codec === FIL_COMMITMENT_SEALED) return
    if (!isAllowedCodec(codec)) throw refusedCodec(codec)
    if (multihash.code === IDENTITY) {
      if (codec === DAG_CBOR) this.run(multihash.digest, 0, multihash.digest.length)
      return
    }
    if (multihash.code !== BLAKE2B_256 || multihash.size !== 32) {
      throw new SyscallError("NotFound", `a link has the hash ${multihash.code} of ${multihash.size} bytes`)
    }
    this.others.push(cid)
  }
}

function refusedCodec(codec: number): SyscallError {
  return new SyscallError("NotFound", `a link has the codec ${codec}, which no block has`)
}

function malformed(what: string): SyscallError {
  return new SyscallError("Serialization", `malformed DAG-CBOR: ${what}`)
}

function argumentLength(low: number): number {
  if (low > 27) throw malformed("indefinite length or reserved value")
  return 1 << (low - 24)
}

/** Big-endian; beyond 2^53 rounded, which is more than any length or count that can be served. */
function readArgument(bytes: Uint8Array, at: number, length: number): number {
  let value = 0
  for (let i = 0; i < length; i++) value = value * 256 + bytes[at + i]!
  return value
}

/** The 64-bit argument that ends before `at`, exactly. */
function readExactArgument(bytes: Uint8Array, at: number): bigint {
  let value = 0n
  for (let i = at - 8; i < at; i++) value = (value << 8n) | BigInt(bytes[i]!)
  return value
}
