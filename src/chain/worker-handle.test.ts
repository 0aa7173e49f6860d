import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, expect, test } from "vitest"
import { Chain } from "./chain.ts"
import { ReaderPool } from "./reader-pool.ts"
import { testOptions, transfer } from "./testing/stand-ins.ts"
import { WorkerHandle, type WorkerOptions } from "./worker-handle.ts"

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A chain with one tipset, each change of which is in the database at once, and what its workers are made of. */
async function workers(logged: string[] = []): Promise<{ chain: Chain; options: WorkerOptions }> {
  const dataDir = mkdtempSync(join(tmpdir(), "fevm-workers-test-"))
  closers.push(async () => rmSync(dataDir, { recursive: true, force: true }))
  const chain = await Chain.open(testOptions({ dataDir }))
  closers.push(() => chain.close())
  const options: WorkerOptions = {
    setup: {
      path: chain.dataDir,
      durable: false,
      chainId: chain.chainId,
      networkVersion: chain.networkVersion,
      supply: 0n,
      seed: chain.genesis.hash,
      codes: [],
      tracedCode: [],
      actorDebugging: false,
      mockProofs: false,
    },
    stackSizeMb: 16,
    log: (message) => logged.push(message),
  }
  return { chain, options }
}

test("a worker that dies answers with worker-crashed, and the next request finds a new one", async () => {
  const logged: string[] = []
  const { chain, options } = await workers(logged)
  const worker = new WorkerHandle(options)
  closers.push(() => worker.close())
  const job = { kind: "replay", hash: chain.genesis.hash, upTo: 0 } as const
  expect((await worker.request<"replay">(job)).results).toEqual([])
  const waiting = [worker.crash(), worker.request<"replay">(job)]
  for (const one of await Promise.allSettled(waiting))
    expect(one).toMatchObject({ status: "rejected", reason: { code: "worker-crashed" } })
  expect(logged).toHaveLength(1)
  expect((await worker.request<"replay">(job)).results).toEqual([])
})

test("an error in a job is an answer, and the worker lives on", async () => {
  const { chain, options } = await workers()
  const worker = new WorkerHandle(options)
  closers.push(() => worker.close())
  await expect(worker.request<"replay">({ kind: "replay", hash: new Uint8Array(32), upTo: 0 })).rejects.toMatchObject({
    code: "unknown-tipset",
  })
  expect((await worker.request<"replay">({ kind: "replay", hash: chain.genesis.hash, upTo: 0 })).epoch).toBe(0)
})

test("readers see what the writer has committed, each time", async () => {
  const { chain, options } = await workers()
  const pool = new ReaderPool(options, 1)
  closers.push(() => pool.close())
  for (let sequence = 0; sequence < 3; sequence++) {
    await chain.push(transfer(1, sequence))
    const { epoch } = await pool.request<"replay">({ kind: "replay", hash: chain.head.hash, upTo: 0 })
    expect(epoch).toBe(sequence + 1)
  }
})

test("a pool gives each thread one job and lets the rest wait", async () => {
  const { chain, options } = await workers()
  const pool = new ReaderPool(options, 2)
  closers.push(() => pool.close())
  const job = { kind: "replay", hash: chain.genesis.hash, upTo: 0 } as const
  const answers = await Promise.all(Array.from({ length: 20 }, () => pool.request<"replay">(job)))
  expect(answers.every(({ epoch }) => epoch === 0)).toBe(true)
})

test("a pool ends the threads that were not needed, but one, and starts others when they are", async () => {
  const { chain, options } = await workers()
  const pool = new ReaderPool(options, 3)
  closers.push(() => pool.close())
  const job = { kind: "replay", hash: chain.genesis.hash, upTo: 0 } as const
  const ask = (count: number): Promise<unknown> =>
    Promise.all(Array.from({ length: count }, () => pool.request<"replay">(job)))
  await ask(3)
  const before = performance.now()
  expect(pool.size).toBe(3)
  pool.endIdle(0)
  expect(pool.size).toBe(3)
  await ask(2)
  pool.endIdle(before)
  expect(pool.size).toBe(2)
  pool.endIdle(Number.POSITIVE_INFINITY)
  expect(pool.size).toBe(1)
  await ask(2)
  expect(pool.size).toBe(2)
})
