/**
 * Kills a node at random moments while three senders load it, opens the database again, and looks at everything in it.
 *
 *     npm run test:kill -- [--rounds 1000] [--seed N]
 *
 * A round: start a chain on the folder of the round before, wait until it acknowledged a few messages, SIGKILL after a random time; then
 * every acknowledged message has to be there with a receipt, and `fevm db check` has to find nothing. Prints a line for each fault, and last
 * `N passed, M failed, 0 skipped`.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { loadReceipts } from "../../src/chain/content.ts"
import { checkDatabase } from "../../src/chain/database/check.ts"
import { ChainError } from "../../src/chain/errors.ts"
import { lockFolder } from "../../src/chain/lock.ts"
import { ChainStore } from "../../src/chain/store.ts"

/** Rounds on one folder: then a new one, so that the checks stay short. */
const ROUNDS_PER_FOLDER = 25
const CHILD = new URL("../../src/chain/testing/load-child.ts", import.meta.url).pathname

/** What came of the rounds. */
export interface KillReport {
  readonly passed: number
  readonly faults: readonly string[]
  readonly acknowledged: number
  readonly tipsets: number
}

/** Small, and the same for the same seed: which moments are tried can be tried again. */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

/** @returns Second names of acknowledged messages, with the epoch at which they were. */
function loadAndKill(folder: string, messages: number, delayMs: number): Promise<Map<string, number>> {
  const child = spawn(process.execPath, ["--import", "tsx", CHILD, folder], { stdio: ["ignore", "pipe", "inherit"] })
  return new Promise((resolve, reject) => {
    const seen = new Map<string, number>()
    let text = ""
    let killed = false
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString()
      const lines = text.split("\n")
      text = lines.pop() ?? ""
      for (const line of lines) {
        const [name, epoch] = line.split(" ")
        if (name !== undefined && epoch !== undefined) seen.set(name, Number(epoch))
      }
      if (messages === 0 || seen.size < messages || killed) return
      killed = true
      setTimeout(() => child.kill("SIGKILL"), delayMs)
    })
    // Before anything is acknowledged: while it starts, or makes the database.
    if (messages === 0)
      setTimeout(() => {
        killed = true
        child.kill("SIGKILL")
      }, delayMs * 10)
    child.on("error", reject)
    child.on("close", () => (killed ? resolve(seen) : reject(new Error("the node ended by itself"))))
  })
}

/** What is wrong after a kill; undefined if nothing is. */
async function faultOf(folder: string, acknowledged: ReadonlyMap<string, number>): Promise<string | undefined> {
  // As the next node does it: the lock of the killed one must not count.
  const release = lockFolder(folder)
  const store = new ChainStore({ path: folder, durable: true })
  try {
    for (const [name, epoch] of acknowledged) {
      const cid = store.cidByAlias(new Uint8Array(Buffer.from(name, "hex")))
      const place = cid && store.messagePlace(cid)
      if (place === undefined) return `message ${name}, acknowledged at epoch ${epoch}, is gone`
      const hash = store.hashAt(place.epoch)
      const row = hash && store.tipset(hash)
      if (row === undefined || loadReceipts(store.blocks, row.receiptsRoot)[place.index] === undefined)
        return `message ${name}, acknowledged at epoch ${epoch}, has no receipt`
    }
    checkDatabase(store)
    return undefined
  } catch (error) {
    const isEmpty = error instanceof ChainError && error.code === "unknown-tipset"
    if (isEmpty && acknowledged.size === 0) return undefined // killed before there was a chain
    return error instanceof Error ? error.message : String(error)
  } finally {
    await store.close()
    release()
  }
}

/** Does the rounds. A failing one prints the seed and the round that replay it. */
export async function killRounds(rounds: number, seed: number, say: (line: string) => void): Promise<KillReport> {
  const next = random(seed)
  const faults: string[] = []
  let passed = 0
  let acknowledgedInAll = 0
  let tipsets = 0
  let folder: string | undefined
  let acknowledged = new Map<string, number>()
  for (let round = 0; round < rounds; round++) {
    if (folder === undefined) folder = mkdtempSync(join(tmpdir(), "fevm-kill-"))
    // Now and then before the first answer, and while the database is being made.
    const seen = await loadAndKill(
      folder,
      next() < 0.1 ? 0 : 1 + Math.floor(next() * 40),
      Math.floor(next() * next() * 200),
    )
    for (const [name, epoch] of seen) acknowledged.set(name, epoch)
    acknowledgedInAll += seen.size
    const fault = await faultOf(folder, acknowledged)
    if (fault === undefined) passed++
    else {
      faults.push(fault)
      say(
        `FAILED round ${round}: ${fault} (kept: ${folder}; again: npm run test:kill -- --seed ${seed} --rounds ${round + 1})`,
      )
    }
    tipsets = Math.max(tipsets, ...acknowledged.values())
    if (fault !== undefined || (round + 1) % ROUNDS_PER_FOLDER === 0 || round + 1 === rounds) {
      if (fault === undefined) rmSync(folder, { recursive: true, force: true })
      folder = undefined
      acknowledged = new Map()
    }
    if ((round + 1) % 100 === 0)
      say(`${round + 1} rounds, ${acknowledgedInAll} messages acknowledged, ${faults.length} faults`)
  }
  return { passed, faults, acknowledged: acknowledgedInAll, tipsets }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { rounds: { type: "string" }, seed: { type: "string" } } })
  const rounds = Number(values.rounds ?? 1000)
  const seed = Number(values.seed ?? Date.now() % 1_000_000)
  process.stdout.write(`seed ${seed}\n`)
  const report = await killRounds(rounds, seed, (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${report.acknowledged} messages were acknowledged before the kills\n`)
  process.stdout.write(`${report.passed} passed, ${report.faults.length} failed, 0 skipped\n`)
  process.exitCode = report.faults.length === 0 ? 0 : 1
}
