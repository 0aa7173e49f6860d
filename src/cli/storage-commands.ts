import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs"
import { dirname, join, resolve } from "node:path"
import { checkDatabase } from "../chain/database/check.ts"
import { exportChain } from "../chain/database/export.ts"
import { collectGarbage } from "../chain/database/gc.ts"
import { importChain } from "../chain/database/import.ts"
import type { AliasOf } from "../chain/database/metadata.ts"
import { lockFolder } from "../chain/lock.ts"
import { ChainStore } from "../chain/store.ts"
import { NotAnEthereumTransaction } from "../fvm-bridge/errors.ts"
import { transactionFromMessage, transactionHash } from "../fvm-bridge/transaction.ts"
import { writeCar } from "../ipld/car.ts"
import { CommandError } from "./errors.ts"

/** Bytes that are written to a file at a time. */
const CHUNK = 1 << 20
const DATABASE_FILE = "data.mdb"
const COMPACTED = "compacted"
/** Milliseconds between two words of how far it is. */
const PROGRESS_MS = 1000

/** Flags that all commands on a database have. */
interface StorageFlags {
  readonly data: string
  readonly json: boolean
}

/** Flags of `fevm export`. */
export interface ExportFlags extends StorageFlags {
  readonly tipset?: number
  readonly recentStateroots?: number
  readonly skipOldMsgs: boolean
}

/** Flags of `fevm import`. */
export interface ImportFlags extends StorageFlags {
  readonly chainId?: bigint
  readonly networkVersion?: number
}

/** Flags of `fevm db gc`. */
export interface GcFlags extends StorageFlags {
  readonly keep: number
  readonly compact: boolean
}

/** The hash of the Ethereum transaction that a message was made from: its second name. */
const aliasOf: AliasOf = ({ message, signature }, chainId) => {
  if (signature.type !== 3) return undefined
  try {
    return transactionHash(transactionFromMessage(message, signature, chainId))
  } catch (error) {
    if (error instanceof NotAnEthereumTransaction) return undefined
    throw error
  }
}

/** Takes the folder of a node that is not running. @throws CommandError - No database there. ChainError - `database-in-use`. */
async function withFolder<T>(folder: string, use: () => Promise<T>): Promise<T> {
  if (!existsSync(join(folder, DATABASE_FILE))) throw new CommandError(`there is no database in ${folder}`)
  const release = lockFolder(folder)
  try {
    return await use()
  } finally {
    release()
  }
}

async function withStore<T>(folder: string, use: (store: ChainStore) => Promise<T> | T): Promise<T> {
  const store = new ChainStore({ path: folder, durable: true })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const withDatabase = <T>(folder: string, use: (store: ChainStore) => Promise<T> | T): Promise<T> =>
  withFolder(folder, () => withStore(folder, use))

/** Says on a terminal how far it is, once a second. */
function progress(): (stage: string, done: number) => void {
  let last = Date.now()
  return (stage, done) => {
    if (!process.stderr.isTTY || Date.now() - last < PROGRESS_MS) return
    last = Date.now()
    process.stderr.write(`${stage}: ${done}\n`)
  }
}

function say(flags: StorageFlags, facts: Readonly<Record<string, string | number | boolean>>): void {
  const text = flags.json
    ? JSON.stringify(facts)
    : Object.entries(facts)
        .map(([name, value]) => `${name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}: ${value}`)
        .join("\n")
  process.stdout.write(`${text}\n`)
}

/**
 * `fevm export FILE.car`: chain and state in Filecoin's CAR layout. The file appears when it is whole.
 *
 * @throws CommandError - No database; the file cannot be written. ChainError - The database is in use or damaged.
 */
export async function runExport(file: string, flags: ExportFlags): Promise<void> {
  const part = `${file}.part`
  const report = await withDatabase(flags.data, async (store) => {
    const { roots, epoch, blocks } = exportChain(store, {
      aliasOf,
      skipOldMessages: flags.skipOldMsgs,
      ...(flags.tipset !== undefined && { head: flags.tipset }),
      ...(flags.recentStateroots !== undefined && { recentStateRoots: flags.recentStateroots }),
    })
    const told = progress()
    let count = 0
    const counted = function* () {
      for (const block of blocks) {
        yield block
        told("blocks", ++count)
      }
    }
    const bytes = await writeFile(part, writeCar(roots, counted()))
    return { file, epoch, roots: roots.join(" "), blocks: count, bytes }
  })
  renameSync(part, file)
  say(flags, report)
}

async function writeFile(path: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  let descriptor: number
  try {
    descriptor = openSync(path, "w")
  } catch (cause) {
    throw new CommandError(`cannot write ${path}: ${(cause as Error).message}`, { cause })
  }
  let total = 0
  const buffer = new Uint8Array(CHUNK)
  let held = 0
  const write = (bytes: Uint8Array): void => {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
    } catch (cause) {
      throw new CommandError(`cannot write ${path}: ${(cause as Error).message}`, { cause })
    }
    total += bytes.length
  }
  let whole = false
  try {
    for await (const piece of pieces) {
      if (held + piece.length > CHUNK) {
        write(buffer.subarray(0, held))
        held = 0
      }
      if (piece.length > CHUNK) write(piece)
      else {
        buffer.set(piece, held)
        held += piece.length
      }
    }
    write(buffer.subarray(0, held))
    fsyncSync(descriptor)
    whole = true
  } finally {
    closeSync(descriptor)
    if (!whole) rmSync(path, { force: true })
  }
  return total
}

/**
 * `fevm import FILE.car`: makes a new database of a chain in a CAR.
 *
 * @throws CommandError - The folder holds a chain; the file cannot be read. CarError, ChainError - The file is damaged or no chain.
 */
export async function runImport(file: string, flags: ImportFlags): Promise<void> {
  if (!existsSync(file)) throw new CommandError(`there is no file ${file}`)
  mkdirSync(flags.data, { recursive: true })
  const release = lockFolder(flags.data)
  const removeDatabase = (): void => {
    for (const name of [DATABASE_FILE, "lock.mdb"]) rmSync(join(flags.data, name), { force: true })
  }
  try {
    if (existsSync(join(flags.data, DATABASE_FILE))) {
      const isBroken = await withStore(flags.data, (store) => store.meta("importing") !== undefined)
      if (!isBroken) throw new CommandError(`${flags.data} holds a database already: import into a new folder`)
      removeDatabase()
    }
    await importInto(file, flags).catch((error: unknown) => {
      // Half a chain is of no use to anybody; what else may be in the folder stays.
      removeDatabase()
      throw error
    })
  } finally {
    release()
  }
}

async function importInto(file: string, flags: ImportFlags): Promise<void> {
  const outcome = await withStore(flags.data, (store) =>
    importChain(store, createReadStream(file, { highWaterMark: CHUNK }), {
      aliasOf,
      progress: progress(),
      ...(flags.chainId !== undefined && { chainId: flags.chainId }),
      ...(flags.networkVersion !== undefined && { networkVersion: flags.networkVersion }),
    }),
  )
  const { chainId, hasMetadata, withoutReceipts, ...counts } = outcome
  if (!hasMetadata)
    process.stderr.write(
      "The file is not one of fevm's: its last tipset is left out, for no header says what it led to.\n",
    )
  if (withoutReceipts > 0)
    process.stderr.write(
      `The file has no receipts of ${withoutReceipts} tipsets: they have no logs and no gas figures.\n`,
    )
  say(flags, { data: resolve(flags.data), chainId: String(chainId), ...counts })
}

/** `fevm db check`: looks at every block, link and row. @throws CommandError, ChainError - The first fault. */
export async function runCheck(flags: StorageFlags): Promise<void> {
  const report = await withDatabase(flags.data, (store) => checkDatabase(store, progress()))
  say(flags, { ...report, fileBytes: statSync(join(flags.data, DATABASE_FILE)).size })
}

/** `fevm db gc --keep N`: removes old states, and gives the room back to the disk. @throws As {@link runCheck}. */
export async function runGc(flags: GcFlags): Promise<void> {
  const file = join(flags.data, DATABASE_FILE)
  const aside = join(flags.data, COMPACTED)
  await withFolder(flags.data, async () => {
    const fileBytesBefore = statSync(file).size
    rmSync(aside, { recursive: true, force: true })
    const report = await withStore(flags.data, async (store) => {
      const collected = collectGarbage(store, flags.keep, progress())
      if (flags.compact) {
        mkdirSync(aside)
        await store.copyTo(aside)
      }
      return collected
    })
    if (flags.compact) {
      const copied = join(aside, DATABASE_FILE)
      sync(copied)
      // From one moment to the next: who crashes before it has the old file, which is sound too.
      renameSync(copied, file)
      sync(dirname(file))
      rmSync(aside, { recursive: true, force: true })
    }
    say(flags, { ...report, fileBytesBefore, fileBytes: statSync(file).size })
  })
}

function sync(path: string): void {
  const descriptor = openSync(path, "r")
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
