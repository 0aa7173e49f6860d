import * as crypto from "node:crypto"
import type { CID } from "multiformats/cid"
import type { Blockstore } from "./blockstore.ts"
import { CborReader, CborWriter } from "./cbor.ts"
import { bytesKey } from "./cid.ts"
import type { Codec } from "./codec.ts"
import { HashTrie, type TrieCache, type TrieChange, type TrieConfig, type TrieFormat } from "./hash-trie.ts"

/** How a HAMT is laid out; whoever reads it must know. */
export type HamtOptions = {
  /** Bits of the hash per level, 1 to 8. Default: 8, as in the reference; state tree, init actor and all other actors use 5. */
  readonly bitWidth?: number
  /** Least depth at which entries stand. Default: 0. */
  readonly minDataDepth?: number
  /** Most entries in a bucket. Default: 3. */
  readonly maxArrayWidth?: number
  /** Where decoded nodes are remembered. Default: a cache that all trees share. */
  readonly cache?: TrieCache
}

const writer = new CborWriter()

/** sha2-256 of short keys, remembered: an actor's key is hashed again and again. Emptied when full. */
const hashes = new Map<string, Uint8Array>()
const MAX_HASHES = 50_000

function sha256(key: Uint8Array): Uint8Array {
  if (key.length > 64) return digest(key)
  const name = bytesKey(key)
  let hash = hashes.get(name)
  if (hash === undefined) {
    hash = digest(key)
    if (hashes.size >= MAX_HASHES) hashes.clear()
    hashes.set(name, hash)
  }
  return hash
}

function digest(key: Uint8Array): Uint8Array {
  return crypto.createHash("sha256").update(key).digest()
}

/** Order of byte strings: byte by byte, a prefix before what it begins. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

const FORMAT: TrieFormat = {
  structure: "hamt",
  extensions: false,
  hashLength: 32,
  encodeKey: (key) => writer.bytes(key).finish(),
  decodeKey(bytes, start, end) {
    return new CborReader(bytes, start, end).bytesView("key")
  },
  hash: sha256,
  compare: compareBytes,
}

function configOf(options: HamtOptions): TrieConfig {
  return {
    bitWidth: options.bitWidth ?? 8,
    minDataDepth: options.minDataDepth ?? 0,
    maxArrayWidth: options.maxArrayWidth ?? 3,
  }
}

/**
 * A map from byte strings to values, kept as a hash array mapped trie in a blockstore. The same entries give the same root CID as in
 * the reference, whatever the way that led to them.
 *
 * A node is the list `[bitfield, pointers]`. The bitfield is a big-endian byte string without leading zeros: bit i says that slot i is
 * taken. A pointer is a link to a child, or a bucket: a list of 1 to 3 entries `[key, value]`, sorted by key. Slots are chosen by the
 * bits of the key's sha2-256, the first bits at the root.
 *
 * Reading and writing methods throw {@link BlockNotFound}, {@link MalformedNode} and {@link MaxDepth}, and whatever the codec and the store
 * throw. After an error the tree is as it was before the call.
 *
 * @see fvm_ipld_hamt 0.10 (layout v3); ref-fvm ipld/hamt
 */
export class Hamt<V> {
  readonly #trie: HashTrie<V>

  private constructor(trie: HashTrie<V>) {
    this.#trie = trie
  }

  /** An empty map. Nothing is stored before {@link flush}. */
  static create<V>(store: Blockstore, codec: Codec<V>, options: HamtOptions = {}): Hamt<V> {
    return new Hamt(new HashTrie(FORMAT, store, codec, configOf(options), undefined, options.cache))
  }

  /**
   * The map with the given root. Its root node is read now, the others when they are needed.
   *
   * @throws BlockNotFound - The store does not have the root.
   * @throws MalformedNode - The block is no node of this layout.
   */
  static load<V>(store: Blockstore, root: CID, codec: Codec<V>, options: HamtOptions = {}): Hamt<V> {
    return new Hamt(new HashTrie(FORMAT, store, codec, configOf(options), root, options.cache))
  }

  /** Whether there is no entry. */
  isEmpty(): boolean {
    return this.#trie.isEmpty()
  }

  /** The value of a key, or undefined. The same object for everyone who asks: not to be changed. */
  get(key: Uint8Array): V | undefined {
    return this.#trie.get(key)
  }

  /** The value of a key as encoded (a view, not to be written to), or undefined. */
  getRaw(key: Uint8Array): Uint8Array | undefined {
    return this.#trie.getRaw(key)
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

  /**
   * All entries in the order of the hashed keys. The map must not be changed meanwhile.
   *
   * @param from - Key to begin with. Default: the first entry.
   * @throws StartKeyNotFound - `from` is not in the map.
   */
  entries(from?: Uint8Array): Generator<[key: Uint8Array, value: V]> {
    return this.#trie.entries(from)
  }

  /** All keys, in the order of {@link entries}; no value is decoded. */
  keys(): Generator<Uint8Array> {
    return this.#trie.keys()
  }

  /** What changed from this map to `other`, in the order of the hashed keys by buckets. Equal subtrees are not read. */
  diff(other: Hamt<V>): Generator<TrieChange<V>> {
    return this.#trie.diff(other.#trie)
  }
}
