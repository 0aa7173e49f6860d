/**
 * CBOR byte strings, where what is none is no error.
 *
 * The official actor's decoder (cbor4ii) takes a head of major type 0 for a length, and indefinite strings in strings.
 */

/** The content that `isByteString` found. */
export let bytesAt: usize = 0
export let bytesLength: u32 = 0

const START: u32 = 0x5f
const BREAK: u32 = 0xff
const MAX_DEPTH: u32 = 256

/** Where the content of a definite string begins, and its length; 0 if there is none at `at`. */
let size: u64 = 0
function head(at: usize, end: usize): usize {
  if (at >= end) return 0
  const info = u32(load<u8>(at)) & 0xbf
  if (info < 24) {
    size = info
    return at + 1
  }
  if (info > 27) return 0
  const next = at + 1 + (1 << (info - 24))
  if (next > end) return 0
  if (info == 24) size = load<u8>(at, 1)
  else if (info == 25) size = bswap<u16>(load<u16>(at, 1))
  else if (info == 26) size = bswap<u32>(load<u32>(at, 1))
  else size = bswap<u64>(load<u64>(at, 1))
  return next
}

/**
 * Whether the bytes are a CBOR byte string and nothing else. Its content is then at `bytesAt`; that of an indefinite one is put
 * together in place.
 */
export function isByteString(at: usize, length: u32): bool {
  const end = at + length
  if (length == 0) return false
  if (load<u8>(at) == START) {
    if (!walk(at, end, 0)) return false
    bytesAt = at
    walk(at, end, at)
    return true
  }
  const content = head(at, end)
  if (content == 0 || size != u64(end - content)) return false
  bytesAt = content
  bytesLength = u32(size)
  return true
}

/** Walks an indefinite string; copies its chunks to `into` unless that is 0. */
function walk(at: usize, end: usize, into: usize): bool {
  let depth: u32 = 0
  let total: u32 = 0
  do {
    if (at >= end) return false
    const byte = u32(load<u8>(at))
    if (byte == BREAK && depth > 0) {
      depth--
      at++
    } else if (byte == START) {
      if (++depth > MAX_DEPTH) return false
      at++
    } else {
      const content = head(at, end)
      if (content == 0 || size > u64(end - content)) return false
      const bytes = usize(size)
      if (into != 0) memory.copy(into + total, content, bytes)
      total += u32(bytes)
      at = content + bytes
    }
  } while (depth > 0)
  bytesLength = total
  return at == end
}
