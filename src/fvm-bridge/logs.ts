import { keccak256 } from "../address/keccak256.ts"
import type { EventEntry } from "../fvm/receipt.ts"

/** Bytes of a logs bloom (2,048 bits). */
export const BLOOM_LENGTH = 256

const CODEC_RAW = 0x55n
const TOPIC_LENGTH = 32
const TOPIC_KEYS = ["t1", "t2", "t3", "t4"]

/** What an EVM log carries: up to four 32-byte topics, and data. */
export interface LogContent {
  readonly topics: readonly Uint8Array[]
  readonly data: Uint8Array
}

/**
 * The EVM log in an actor event.
 *
 * An event is a log if all its values are raw, its topics t1 to t4 are 32 bytes each without a gap or a repetition, and `d`
 * occurs at most once; other keys are passed over.
 *
 * @returns undefined for an event that is no EVM log (built-in actors emit CBOR).
 * @see FIP-0054; lotus chain/types/ethtypes/eth_types.go (EthLogFromEvent)
 */
export function logFromEvent(entries: readonly EventEntry[]): LogContent | undefined {
  const topics: (Uint8Array | undefined)[] = []
  let data: Uint8Array | undefined
  for (const { key, codec, value } of entries) {
    if (BigInt(codec) !== CODEC_RAW) return undefined
    const index = TOPIC_KEYS.indexOf(key)
    if (index >= 0) {
      if (value.length !== TOPIC_LENGTH || topics[index] !== undefined) return undefined
      topics[index] = value
    } else if (key === "d") {
      if (data !== undefined) return undefined
      data = value
    }
  }
  const found: Uint8Array[] = []
  for (let i = 0; i < topics.length; i++) {
    const topic = topics[i]
    if (topic === undefined) return undefined
    found.push(topic)
  }
  return { topics: found, data: data ?? new Uint8Array() }
}

/** The first bytes of the hashes of addresses and topics that came last: most come again at once, in block and receipt, or soon. */
const hashes = new Map<string, Uint8Array>()
const MAX_HASHES = 4096

function bloomHash(item: Uint8Array): Uint8Array {
  const key = String.fromCharCode(...item)
  let hash = hashes.get(key)
  if (hash === undefined) {
    hash = keccak256(item).slice(0, 6)
    if (hashes.size >= MAX_HASHES) hashes.clear()
    hashes.set(key, hash)
  }
  return hash
}

/** Sets the three bits of `item` (an address or a topic) in a 256-byte bloom. */
export function addToBloom(bloom: Uint8Array, item: Uint8Array): void {
  const hash = bloomHash(item)
  for (let i = 0; i < 6; i += 2) {
    const bit = ((hash[i]! << 8) | hash[i + 1]!) % (BLOOM_LENGTH * 8)
    bloom[BLOOM_LENGTH - 1 - (bit >> 3)]! |= 1 << (bit & 7)
  }
}

/** The bloom of all that these have. With one it is that itself. */
export function joinBlooms(blooms: readonly Uint8Array[]): Uint8Array {
  if (blooms.length === 1) return blooms[0]!
  const joined = new Uint8Array(BLOOM_LENGTH)
  for (const bloom of blooms) for (let i = 0; i < BLOOM_LENGTH; i++) joined[i]! |= bloom[i]!
  return joined
}

/** The bloom over addresses and topics of all logs. */
export function bloomOf(
  logs: Iterable<{ readonly address: Uint8Array; readonly topics: readonly Uint8Array[] }>,
): Uint8Array {
  const bloom = new Uint8Array(BLOOM_LENGTH)
  for (const { address, topics } of logs) {
    addToBloom(bloom, address)
    for (const topic of topics) addToBloom(bloom, topic)
  }
  return bloom
}
