import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { CID } from "multiformats/cid"
import { afterAll, beforeAll, expect, test } from "vitest"
import { mustGet } from "../ipld/blockstore.ts"
import { cidKey, DAG_CBOR } from "../ipld/cid.ts"
import { linksOf } from "../ipld/links.ts"
import { Chain } from "./chain.ts"
import { lockFolder } from "./lock.ts"
import { ChainStore } from "./store.ts"
import { account, alias, testOptions, transfer } from "./testing/stand-ins.ts"

let root: string
let counter = 0
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "fevm-durability-"))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function folder(): string {
  const path = join(root, String(counter++))
  mkdirSync(path)
  return path
}

test("a chain is there again after it was closed, time included", async () => {
  const dataDir = folder()
  const first = await Chain.open(testOptions({ dataDir }))
  await first.push(transfer(1, 0), { alias: alias(1) })
  first.increaseTime(100_000)
  await first.mine()
  const { head } = first
  await first.close()
  const again = await Chain.open(testOptions({ dataDir, bundles: [] }))
  expect(again.head.key.equals(head.key)).toBe(true)
  expect((await again.findByAlias(alias(1)))?.tipset.epoch).toBe(1)
  expect(again.nextTimestamp).toBe(head.timestamp + 1)
  await again.push(transfer(1, 1))
  expect(again.head.epoch).toBe(3)
  await again.close()
})

test("another chain ID or network version than the database's is refused by name", async () => {
  const dataDir = folder()
  const options = testOptions({ dataDir })
  await (await Chain.open(options)).close()
  for (const more of [{ chainId: 5n }, { networkVersion: 27 }])
    await expect(Chain.open({ ...options, genesis: { ...options.genesis, ...more } })).rejects.toMatchObject({
      code: "database-mismatch",
    })
  await (await Chain.open(options)).close()
})

test("a database of a newer format is refused", async () => {
  const path = folder()
  const store = new ChainStore({ path, durable: false })
  store.transaction(() => store.setMeta("format", "99"))
  await store.close()
  expect(() => new ChainStore({ path, durable: false })).toThrow(expect.objectContaining({ code: "database-mismatch" }))
})

test("two chains on one folder: the second is told", async () => {
  const dataDir = folder()
  const first = await Chain.open(testOptions({ dataDir }))
  await expect(Chain.open(testOptions({ dataDir }))).rejects.toMatchObject({ code: "database-in-use" })
  await first.close()
  await (await Chain.open(testOptions({ dataDir }))).close()
})

test("the lock of a process that is gone does not count, nor that of another process with its number", () => {
  const path = folder()
  writeFileSync(join(path, "fevm.lock"), "99999999\n12345\n")
  lockFolder(path)()
  writeFileSync(join(path, "fevm.lock"), `${process.pid}\n1\n`)
  const release = lockFolder(path)
  expect(readFileSync(join(path, "fevm.lock"), "utf8")).toMatch(new RegExp(`^${process.pid}\n`))
  expect(() => lockFolder(path)).toThrow(expect.objectContaining({ code: "database-in-use" }))
  release()
  lockFolder(path)()
})

/** What happened to pushes until the disk was full. */
async function fillDisk(dataDir: string): Promise<{
  readonly acknowledged: number
  readonly code: string
  readonly epoch: number
  readonly readable: number
}> {
  const file = new URL("./testing/full-disk-child.ts", import.meta.url).pathname
  // A limit on the size of files stands in for the disk: writes beyond it fail.
  const command = `ulimit -f 3000; exec ${process.execPath} --import tsx ${file} ${dataDir}`
  const child = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "inherit"] })
  let text = ""
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString()
  })
  await new Promise((resolve) => child.on("close", resolve))
  return JSON.parse(text)
}

test("a full disk without a data folder: a later push is refused by name, and what was acknowledged can still be read", async () => {
  const { acknowledged, code, epoch, readable } = await fillDisk("")
  expect(code).toBe("database-write")
  expect(acknowledged).toBeGreaterThan(0)
  expect([epoch, readable]).toEqual([acknowledged, acknowledged])
})

test("a full disk: the push is refused by name, what was acknowledged stays, and with room it goes on", async () => {
  const dataDir = folder()
  const { acknowledged, code, epoch, readable } = await fillDisk(dataDir)
  expect(code).toBe("database-write")
  expect(acknowledged).toBeGreaterThan(0)
  expect(epoch).toBe(acknowledged)
  expect(readable).toBe(acknowledged)
  const chain = await Chain.open(testOptions({ dataDir }))
  expect(chain.head.epoch).toBe(acknowledged)
  await chain.push(transfer(1, acknowledged))
  expect(chain.head.epoch).toBe(acknowledged + 1)
  await chain.close()
})

/** Starts the child, lets it acknowledge some messages, kills it. @returns What it acknowledged: second name and epoch. */
function runAndKill(dataDir: string, acknowledgements: number, delayTurns: number): Promise<Map<string, number>> {
  const file = new URL("./testing/load-child.ts", import.meta.url).pathname
  const child = spawn(process.execPath, ["--import", "tsx", file, dataDir], { stdio: ["ignore", "pipe", "inherit"] })
  return new Promise((resolve, reject) => {
    const seen = new Map<string, number>()
    let text = ""
    let killed = false
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString()
      const lines = text.split("\n")
      text = lines.pop() as string
      for (const line of lines) {
        const [name, epoch] = line.split(" ")
        if (name !== undefined && epoch !== undefined) seen.set(name, Number(epoch))
      }
      if (seen.size < acknowledgements || killed) return
      killed = true
      // Not always right after an answer: some turns later, so that it dies at different points of a write.
      let turns = delayTurns
      const step = (): void => {
        if (turns-- > 0) setImmediate(step)
        else child.kill("SIGKILL")
      }
      step()
    })
    child.on("error", reject)
    child.on("close", () => (killed ? resolve(seen) : reject(new Error("the child ended by itself"))))
  })
}

/** Reads every block that a tipset needs. @returns How many blocks were looked at. */
function walk(store: ChainStore, roots: readonly CID[], seen: Set<string>): number {
  const stack = [...roots]
  for (let cid = stack.pop(); cid !== undefined; cid = stack.pop()) {
    if (seen.has(cidKey(cid))) continue
    seen.add(cidKey(cid))
    const bytes = mustGet(store.blocks, cid)
    if (cid.code === DAG_CBOR) stack.push(...linksOf(bytes))
  }
  return seen.size
}

test("killed at any moment under load: every acknowledged tipset is there, whole; nothing half", async () => {
  const dataDir = folder()
  const acknowledged = new Map<string, number>()
  for (let round = 0; round < 4; round++) {
    for (const [name, epoch] of await runAndKill(dataDir, 15 + 7 * round, round * 37)) acknowledged.set(name, epoch)
    const chain = await Chain.open(testOptions({ dataDir }))
    for (const [name, epoch] of acknowledged) {
      const place = await chain.findByAlias(new Uint8Array(Buffer.from(name, "hex")))
      expect(place, `acknowledged at ${epoch}`).toBeDefined()
      expect(place!.tipset.epoch).toBeLessThanOrEqual(epoch)
      expect(place!.executed?.receipt.exitCode).toBe(0)
    }
    const state = await chain.stateAt({ tag: "latest" })
    let messages = 0
    for (let epoch = 1; epoch <= chain.head.epoch; epoch++)
      messages += (await chain.executed(await chain.resolve({ epoch }))).length
    expect(await state.balanceOf(account(9))).toBe(BigInt(messages))
    const { head } = chain
    await chain.close()
    const store = new ChainStore({ path: dataDir, durable: false })
    expect(walk(store, [...head.key.cids, head.stateRoot, head.receiptsRoot], new Set())).toBeGreaterThan(messages)
    await store.close()
  }
  expect(acknowledged.size).toBeGreaterThan(80)
})
