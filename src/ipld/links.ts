import type { CID } from "multiformats/cid"
import { decodeCid } from "./cid.ts"
import { CborError } from "./errors.ts"

/**
 * The links of a DAG-CBOR block, in the order in which they stand, without decoding it. As tolerant as the reference's scan, so that the same blocks count as
 * reachable: lengths need not be minimal, other tags are passed over, bytes after the first item are not looked at.
 *
 * @throws CborError - The bytes end inside an item, a length is indefinite, or a link is no byte string with a leading zero.
 * @throws CidError - A link holds no CID.
 * @see ref-fvm fvm/src/blockstore/buffered.rs scan_for_links
 */
export function linksOf(bytes: Uint8Array): CID[] {
  const links: CID[] = []
  scanLinks(bytes, (start, end) => links.push(decodeCid(bytes.subarray(start, end))))
  return links
}

/**
 * The same without making CIDs: `visit` is told where the bytes of each begin and end. For walks that know most of what they meet.
 *
 * @throws CborError - As {@link linksOf}.
 */
export function scanLinks(bytes: Uint8Array, visit: (start: number, end: number) => void): void {
  let at = 0
  /** Whether a tag 42 stands before the item. */
  let isLink = false
  // A length may lie; each item takes at least one byte, so the end of the block ends the loop.
  for (let remaining = 1; remaining > 0; remaining--) {
    if (at >= bytes.length) throw new CborError("block ends where a CBOR item is due")
    const first = bytes[at++]!
    const major = first >> 5
    let argument = first & 0x1f
    if (argument >= 24) {
      if (argument > 27) throw new CborError(`CBOR head 0x${first.toString(16)} is not allowed`)
      const length = 1 << (argument - 24)
      if (at + length > bytes.length) throw new CborError("block ends inside a CBOR head")
      argument = 0
      for (let i = 0; i < length; i++) argument = argument * 256 + bytes[at++]!
    }
    if (isLink) {
      isLink = false
      if (major !== 2) throw new CborError("a link is not a byte string")
      if (argument > bytes.length - at) throw new CborError("block ends inside a link")
      if (argument === 0 || bytes[at] !== 0) throw new CborError("a link does not begin with a zero byte")
      visit(at + 1, at + argument)
      at += argument
    } else if (major === 2 || major === 3) {
      if (argument > bytes.length - at) throw new CborError("block ends inside a string")
      at += argument
    } else if (major === 4) remaining += argument
    else if (major === 5) remaining += argument * 2
    else if (major === 6) {
      isLink = argument === 42
      remaining += 1
    }
  }
}
