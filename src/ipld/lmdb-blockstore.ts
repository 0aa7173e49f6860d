import { type Database, open, type RootDatabase } from "lmdb"
import type { CID } from "multiformats/cid"
import type { Block, Blockstore } from "./blockstore.ts"
import { decodeCid } from "./cid.ts"
import { BlockstoreError } from "./errors.ts"
import { NodeCache } from "./node-cache.ts"

/** The LMDB table that an {@link LmdbBlockstore} works on: binary keys (the bytes of CIDs) and binary values. */
export type BlockDatabase = Database<Uint8Array, Uint8Array>

/** How to open an {@link LmdbBlockstore}. */
export type LmdbBlockstoreOptions = {
  /** Bytes of blocks kept in memory after they were read. 0: none. Default: 64 MiB. */
  readonly cacheBytes?: number
}

/** LMDB refuses longer keys; only an identity CID can be so long. */
const MAX_KEY_LENGTH = 1978

/**
 * Opens the table of blocks inside an environment that holds other tables too.
 *
 * @param root - An environment from `open` of `lmdb`.
 * @param name - Name of the table. Default: `blocks`.
 */
export function openBlockDatabase(root: RootDatabase, name: string = "blocks"): BlockDatabase {
  return root.openDB({ name, keyEncoding: "binary", encoding: "binary" })
}

/**
 * A blockstore in LMDB: memory-mapped, synchronous, crash-safe; several threads and processes may have the same environment open, each through a
 * store of its own. LMDB has one writer at a time: others wait.
 *
 * `putMany` is one transaction. Inside a `transactionSync` of the same environment, `put` and `putMany` take part in that
 * transaction: what they wrote is there when it commits and gone when it aborts. So a tipset can be one transaction.
 *
 * A thread that stays in one synchronous piece of work reads from one LMDB snapshot; a block missing there is looked for once more in a
 * fresh one, so that blocks written by another thread meanwhile are found.
 *
 * After {@link close}, and when LMDB refuses (disk full, map full), methods throw {@link BlockstoreError}.
 */
export class LmdbBlockstore implements Blockstore {
  readonly #database: BlockDatabase
  readonly #owned: RootDatabase | undefined
  readonly #cache: NodeCache<Uint8Array> | undefined
  #closed = false

  /**
   * @param database - See {@link openBlockDatabase}. It stays open when this store is closed.
   */
  constructor(database: BlockDatabase, options: LmdbBlockstoreOptions = {}, owned?: RootDatabase) {
    this.#database = database
    this.#owned = owned
    const cacheBytes = options.cacheBytes ?? 64 * 1024 * 1024
    this.#cache = cacheBytes > 0 ? new NodeCache(cacheBytes / 2, lengthOf) : undefined
  }

  /**
   * Opens, or makes, an environment of its own at a path.
   *
   * @throws BlockstoreError - The path cannot be opened.
   */
  static open(path: string, options: LmdbBlockstoreOptions = {}): LmdbBlockstore {
    let root: RootDatabase
    try {
      root = open({ path, keyEncoding: "binary", encoding: "binary", maxDbs: 4 })
    } catch (cause) {
      throw new BlockstoreError("failed", `cannot open the blockstore at ${path}: ${messageOf(cause)}`, { cause })
    }
    return new LmdbBlockstore(openBlockDatabase(root), options, root)
  }

  get(cid: CID): Uint8Array | undefined {
    this.#check()
    const cached = this.#cache?.get(cid.bytes)
    if (cached !== undefined) return cached
    if (cid.bytes.length > MAX_KEY_LENGTH) return undefined
    const stored = this.#run("read", () => {
      const first = this.#database.getBinary(cid.bytes)
      if (first !== undefined) return first
      this.#database.resetReadTxn()
      return this.#database.getBinary(cid.bytes)
    })
    if (stored === undefined) return undefined
    // lmdb answers with a Buffer, whose slice() shares memory: give out what we promise.
    const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength)
    this.#cache?.set(cid.bytes, bytes)
    return bytes
  }

  has(cid: CID): boolean {
    this.#check()
    if (cid.bytes.length > MAX_KEY_LENGTH) return false
    return this.#run("read", () => {
      if (this.#database.doesExist(cid.bytes)) return true
      this.#database.resetReadTxn()
      return this.#database.doesExist(cid.bytes)
    })
  }

  put(cid: CID, bytes: Uint8Array): void {
    this.#check()
    checkKey(cid)
    this.#run("write", () => this.#database.putSync(cid.bytes, bytes))
  }

  putMany(blocks: Iterable<Block>): void {
    this.#check()
    this.#run("write", () =>
      this.#database.transactionSync(() => {
        for (const { cid, bytes } of blocks) {
          checkKey(cid)
          this.#database.putSync(cid.bytes, bytes)
        }
      }),
    )
  }

  /**
   * Runs `work` as one transaction: all that it puts is stored when it returns, and nothing of it when it throws. Other stores and tables on the
   * same environment take part. Within another transaction it is a part of that one.
   */
  transaction<T>(work: () => T): T {
    this.#check()
    try {
      return this.#database.transactionSync(work)
    } catch (cause) {
      // What was read back inside the transaction is not in the store any more.
      this.#cache?.clear()
      throw cause
    }
  }

  /** Every block, ordered by the bytes of the CIDs. For export and checks; it reads one snapshot. */
  *blocks(): Generator<Block> {
    this.#check()
    for (const { key, value } of this.#database.getRange({}))
      yield { cid: decodeCid(Uint8Array.from(key)), bytes: Uint8Array.from(value) }
  }

  /** Forgets what is cached: needed only after a transaction made outside of this store has aborted. */
  clearCache(): void {
    this.#cache?.clear()
  }

  /** Ends the use of this store, and closes the environment if this store has opened it. May be called twice. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#cache?.clear()
    await this.#owned?.close()
  }

  #check(): void {
    if (this.#closed) throw new BlockstoreError("closed", "the blockstore is closed")
  }

  #run<T>(what: string, work: () => T): T {
    try {
      return work()
    } catch (cause) {
      if (cause instanceof BlockstoreError) throw cause
      throw new BlockstoreError("failed", `cannot ${what} blocks: ${messageOf(cause)}`, { cause })
    }
  }
}

const lengthOf = (bytes: Uint8Array): number => bytes.length

function checkKey(cid: CID): void {
  if (cid.bytes.length > MAX_KEY_LENGTH)
    throw new BlockstoreError("failed", `a CID of ${cid.bytes.length} bytes is too long to store under`)
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
