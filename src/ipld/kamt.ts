import type { CID } from "multiformats/cid"
import type { Blockstore } from "./blockstore.ts"
import { CborReader, CborWriter } from "./cbor.ts"
import type { Codec } from "./codec.ts"
import { ShapeError } from "./errors.ts"
import { compareBytes } from "./hamt.ts"
import { HashTrie, type TrieCache, type TrieChange, type TrieConfig, type TrieFormat } from "./hash-trie.ts"

/** How the keys of a KAMT are written and which way they take. */
export interface KamtKeys {
  /** Bytes of the bits that choose the way. */
  readonly hashLength: number
  /** Writes a key as one CBOR item. */
  encode(key: Uint8Array): Uint8Array
  /** Inverse, from bytes[start..end]. @throws IpldError */
  decode(bytes: Uint8Array, start: number, end: number): Uint8Array
  /** The bits that choose the way. Default: the key itself. */
  hash?(key: Uint8Array): Uint8Array
  /** Order of keys in a bucket. Default: byte by byte. */
  compare?(a: Uint8Array, b: Uint8Array): number
}

/** How a KAMT is laid out; whoever reads it must know. */
export type KamtOptions = {
  /** Bits of the key per level, 1 to 8. Default: 5. */
  readonly bitWidth?: number
  /** Least depth at which entries stand. Default: 0. */
  readonly minDataDepth?: number
  /** Most entries in a bucket. Default: 1. */
  readonly maxArrayWidth?: number
  /** Form of the keys. Default: {@link uint256Keys}. */
  readonly keys?: KamtKeys
  /** Where decoded nodes are remembered. Default: a cache that all trees share. */
  readonly cache?: TrieCache
}

const writer = new CborWriter()

/**
 * Keys are 256-bit words: 32 bytes, big-endian. In a node they stand as byte strings without leading zeros.
 *
 * @see builtin-actors actors/evm/shared/src/uints.rs
 */
export const uint256Keys: KamtKeys = {
  hashLength: 32,
  encode(key) {
    if (key.length !== 32) throw new ShapeError("key", "32 bytes", `${key.length} bytes`)
    let zeros = 0
    while (zeros < 32 && key[zeros] === 0) zeros++
    return writer.bytes(zeros === 0 ? key : key.subarray(zeros)).finish()
  },
  decode(bytes, start, end) {
    const trimmed = new CborReader(bytes, start, end).bytesView("key")
    if (trimmed.length > 32 || trimmed[0] === 0)
      throw new ShapeError("key", "at most 32 bytes without leading zeros", `${trimmed.length} bytes`)
    const key = new Uint8Array(32)
    key.set(trimmed, 32 - trimmed.length)
    return key
  },
}

/** Values are 256-bit words as `bigint`, written as {@link uint256Keys} writes keys: a byte string without leading zeros. */
export const uint256Codec: Codec<bigint> = {
  encode(value) {
    if (value < 0n || value >> 256n !== 0n) throw new ShapeError("value", "a 256-bit word", `number ${value}`)
    if (value === 0n) return Uint8Array.of(0x40)
    const hex = value.toString(16)
    const padded = hex.length % 2 === 1 ? `0${hex}` : hex
    const bytes = new Uint8Array(padded.length / 2)
    for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(padded.slice(2 * i, 2 * i + 2), 16)
    return writer.bytes(bytes).finish()
  },
  decode(item) {
    const reader = new CborReader(item)
    const bytes = reader.bytesView("value")
    reader.finish("value")
    if (bytes.length > 32) throw new ShapeError("value", "at most 32 bytes", `${bytes.length} bytes`)
    let value = 0n
    for (const byte of bytes) value = (value << 8n) | BigInt(byte)
    return value
  },
}

const formats = new WeakMap<KamtKeys, TrieFormat>()

function formatOf(keys: KamtKeys): TrieFormat {
  let format = formats.get(keys)
  if (format === undefined) {
    format = {
      structure: "kamt",
      extensions: true,
      hashLength: keys.hashLength,
      encodeKey: (key) => keys.encode(key),
      decodeKey: (bytes, start, end) => keys.decode(bytes, start, end),
      hash: keys.hash === undefined ? (key) => key : (key) => keys.hash!(key),
      compare: keys.compare === undefined ? compareBytes : (a, b) => keys.compare!(a, b),
    }
    formats.set(keys, format)
  }
  return format
}

function configOf(options: KamtOptions): TrieConfig {
  return {
    bitWidth: options.bitWidth ?? 5,
    minDataDepth: options.minDataDepth ?? 0,
    maxArrayWidth: options.maxArrayWidth ?? 1,
  }
}

/**
 * A map from keys of a fixed length to values: a HAMT without hashing, whose links skip levels where there is no choice. The EVM actor
 * keeps contract storage in it; the defaults are its configuration. The same entries give the same root CID as in the reference.
 *
 * A node is the list `[bitfield, pointers]`, the bitfield as in {@link Hamt}. A pointer is the map `{"v": [[key, value], ...]}` or the map
 * `{"l": [link, length, path]}`: `path` holds the `length` bits that the link skips, first bit highest, padded with zeros to a byte.
 *
 * Errors and atomicity are those of {@link Hamt}.
 *
 * @see fvm_ipld_kamt 0.4; ref-fvm ipld/kamt; builtin-actors actors/evm/src/interpreter/system.rs (configuration)
 */
export class Kamt<V> {
  readonly #trie: HashTrie<V>

  private constructor(trie: HashTrie<V>) {
    this.#trie = trie
  }

  /** An empty map. Nothing is stored before {@link flush}. */
  static create<V>(store: Blockstore, codec: Codec<V>, options: KamtOptions = {}): Kamt<V> {
    const format = formatOf(options.keys ?? uint256Keys)
    return new Kamt(new HashTrie(format, store, codec, configOf(options), undefined, options.cache))
  }

  /** The map with the given root. @throws BlockNotFound, MalformedNode */
  static load<V>(store: Blockstore, root: CID, codec: Codec<V>, options: KamtOptions = {}): Kamt<V> {
    const format = formatOf(options.keys ?? uint256Keys)
    return new Kamt(new HashTrie(format, store, codec, configOf(options), root, options.cache))
  }

  /** Whether there is no entry. */
  isEmpty(): boolean {
    return this.#trie.isEmpty()
  }

  /** The value of a key, or undefined. The same object for everyone who asks: not to be changed. */
  get(key: Uint8Array): V | undefined {
    return this.#trie.get(key)
  }

  /** Whether the key is there. */
  has(key: Uint8Array): boolean {
    return this.#trie.has(key)
  }

  /** Gives a key a value. Returns whether that changed anything. */
  set(key: Uint8Array, value: V): boolean {
    return this.#trie.set(key, value, true)
  }

  /** Gives a key a value unless it has one. Returns whether it got it. */
  setIfAbsent(key: Uint8Array, value: V): boolean {
    return this.#trie.set(key, value, false)
  }

  /** Removes a key. Returns whether it was there. */
  delete(key: Uint8Array): boolean {
    return this.#trie.delete(key)
  }

  /** Removes every entry. */
  clear(): void {
    this.#trie.clear()
  }

  /** Forgets all changes and goes on from another stored root. @throws BlockNotFound, MalformedNode */
  setRoot(root: CID): void {
    this.#trie.setRoot(root)
  }

  /** Stores what has changed, in one `putMany`, and returns the root's CID. After an error nothing is lost: it can be tried again. */
  flush(): CID {
    return this.#trie.flush()
  }

  /** All entries in the order of their keys. @throws StartKeyNotFound - `from` is not in the map. */
  entries(from?: Uint8Array): Generator<[key: Uint8Array, value: V]> {
    return this.#trie.entries(from)
  }

  /** What changed from this map to `other`. Equal subtrees are not read. */
  diff(other: Kamt<V>): Generator<TrieChange<V>> {
    return this.#trie.diff(other.#trie)
  }
}
