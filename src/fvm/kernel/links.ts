import type { CID } from "multiformats/cid"
import {
  BLAKE2B_256,
  CBOR,
  DAG_CBOR,
  FIL_COMMITMENT_SEALED,
  FIL_COMMITMENT_UNSEALED,
  IDENTITY,
  RAW,
} from "../../ipld/cid.ts"
import { OutOfGas, SyscallError } from "../errors.ts"
import type { Milligas } from "../gas/charge.ts"
import type { PriceList } from "../gas/price-list.ts"
import type { GasTracker } from "../gas/tracker.ts"
import { readCid } from "./read-cid.ts"

/** Says whether blocks of this codec may exist. */
export function isAllowedCodec(codec: number): boolean {
  return codec === DAG_CBOR || codec === RAW || codec === CBOR
}

const NO_LINKS: readonly CID[] = Object.freeze([])
/** Most items that the reference's counter of what is still to come can hold. */
const MAX_ITEMS = 0xffff_ffff_ffff_ffffn
/** Item counts below it are added as doubles, without losing any. */
const CHUNK = 2 ** 50

/**
 * Finds the links of a block and charges for the search, as `OnScanIpldLinks`, whatever comes of it.
 *
 * Only dag-cbor has links. Inline blocks (identity hash) are searched in turn and are no links themselves; commitments
 * of sectors and pieces are passed over.
 *
 * @param codec - An allowed one.
 * @throws SyscallError Serialization - Not one item of CBOR, or a tag 42 without a CID. NotFound - A link to a codec or
 *   hash that no block can have.
 * @throws OutOfGas
 * @see ref-fvm fvm/src/ipld/{mod,cbor}.rs
 */
export function scanLinks(codec: number, data: Uint8Array, prices: PriceList, gas: GasTracker): readonly CID[] {
  if (codec !== DAG_CBOR) {
    gas.chargeCompute("OnScanIpldLinks", 0n)
    return NO_LINKS
  }
  const scan = new LinkScan(prices, gas.available)
  let failure: unknown
  try {
    scan.run(data, 0, data.length)
  } catch (error) {
    failure = error
  }
  gas.chargeCompute("OnScanIpldLinks", scan.gasUsed)
  if (failure !== undefined) throw failure
  return scan.links
}

/** One search, with its own count of the gas: a scan is one charge, but it must not go on beyond what is left. */
class LinkScan {
  readonly links: CID[] = []
  private readonly perField: Milligas
  private readonly perCid: Milligas
  private readonly available: Milligas
  /** Fields that can be paid for before the gas must be counted exactly. */
  private fields = 0
  private cids = 0
  private readonly affordable: number
  private exhausted = false

  constructor(prices: PriceList, available: Milligas) {
    this.perField = prices.data.ipldCborScanPerField
    this.perCid = prices.data.ipldCborScanPerCid
    this.available = available
    const most = this.perField === 0n ? MAX_ITEMS : available / this.perField
    this.affordable = most > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(most)
  }

  /** Milligas spent; all that there was if the search ran out of it. */
  get gasUsed(): Milligas {
    return this.exhausted ? this.available : this.spent()
  }

  private spent(): Milligas {
    return BigInt(this.fields) * this.perField + BigInt(this.cids) * this.perCid
  }

  private chargeField(): void {
    this.fields++
    // Without links the cheap comparison decides; with them, the exact one.
    if (this.cids === 0 ? this.fields > this.affordable : this.spent() > this.available) this.runOut()
  }

  private chargeCid(): void {
    this.cids++
    if (this.spent() > this.available) this.runOut()
  }

  private runOut(): never {
    this.exhausted = true
    throw new OutOfGas()
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
    this.chargeCid()
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
    const read = readCid(bytes, at + 1, at + length)
    if (read === undefined) throw malformed("a link is no CID")
    if (read.length !== length - 1) throw malformed("bytes follow the CID in a link")
    this.visit(read.cid)
    return at + length
  }

  private visit(cid: CID): void {
    const { code: codec, multihash } = cid
    if (codec === FIL_COMMITMENT_UNSEALED || codec === FIL_COMMITMENT_SEALED) return
    if (!isAllowedCodec(codec)) throw new SyscallError("NotFound", `a link has the codec ${codec}, which no block has`)
    if (multihash.code === IDENTITY) {
      if (codec === DAG_CBOR) this.run(multihash.digest, 0, multihash.digest.length)
      return
    }
    if (multihash.code !== BLAKE2B_256 || multihash.size !== 32) {
      throw new SyscallError("NotFound", `a link has the hash ${multihash.code} of ${multihash.size} bytes`)
    }
    this.links.push(cid)
  }
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
