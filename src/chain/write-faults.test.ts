import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, onTestFinished, test } from "vitest"
import { Chain } from "./chain.ts"
import { checkDatabase } from "./database/check.ts"
import { beaconData } from "./draws.ts"
import { Execution } from "./execution.ts"
import { readFacts } from "./facts.ts"
import { DEVNET_MINER } from "./genesis.ts"
import type { ProduceJob } from "./jobs.ts"
import { toChainMessage } from "./message-codec.ts"
import { createRuntime } from "./runtime.ts"
import { ChainStore } from "./store.ts"
import { alias, testOptions, transfer } from "./testing/stand-ins.ts"

const root = mkdtempSync(join(tmpdir(), "fevm-write-faults-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

test("for each n: a store that fails on the n-th write holds the tipset whole or not at all, and takes it afterwards", async () => {
  const path = join(root, "data")
  await (await Chain.open(testOptions({ dataDir: path }))).close()
  const store = new ChainStore({ path, durable: false })
  const facts = readFacts(store)!
  const setup = {
    ...{ path, durable: false, chainId: facts.chainId, networkVersion: facts.networkVersion, supply: facts.supply },
    ...{ seed: facts.genesis, codes: [], tracedCode: [], actorDebugging: false, mockProofs: false },
  }
  const cached = new Map<string, Uint8Array>()
  const cache = {
    get: (key: string) => cached.get(key),
    put: (key: string, bytes: Uint8Array) => void cached.set(key, bytes),
  }
  const runtime = createRuntime(facts.networkVersion, [], cache, () => {})
  const execution = new Execution(store, runtime, setup, () => {
    throw new RangeError("nothing is traced here")
  })

  // Every table of the store writes through this method.
  let owner: object = store.logIndex.tables.logs
  while (!Object.hasOwn(owner, "putSync")) owner = Object.getPrototypeOf(owner) as object
  const methods = owner as { putSync: (...args: unknown[]) => unknown }
  const { putSync } = methods
  let count = 0
  let fatal = Number.POSITIVE_INFINITY
  methods.putSync = function (this: unknown, ...args: unknown[]) {
    if (++count === fatal) throw new RangeError("the disk is full")
    return putSync.apply(this, args)
  }
  onTestFinished(() => {
    methods.putSync = putSync
  })

  let sequence = 0
  const job = (): ProduceJob => {
    const parent = store.lastAtOrBefore(0xffffffff)!
    const messages = [sequence, sequence + 1].map((n) => {
      const signed = transfer(1, n)
      return { ...toChainMessage(signed), signed, alias: alias(n), trusted: true }
    })
    const epoch = parent.epoch + 1
    const beacon = beaconData(facts.genesis, epoch)
    return {
      ...{ kind: "produce", parent: parent.hash, epoch, timestamp: 1_700_000_100 + epoch, baseFee: 100n },
      ...{ miner: DEVNET_MINER.bytes, beacon, messages },
    }
  }
  const countWrites = (): number => {
    count = 0
    execution.produce(job())
    sequence += 2
    return count
  }
  const most = Math.max(countWrites(), countWrites())
  expect(most).toBeGreaterThan(15)
  for (let n = 1; n <= most; n++) {
    const before = store.lastAtOrBefore(0xffffffff)!
    count = 0
    fatal = n
    let failed = false
    try {
      execution.produce(job())
    } catch {
      failed = true
    }
    fatal = Number.POSITIVE_INFINITY
    expect(failed || count < n).toBe(true)
    const after = store.lastAtOrBefore(0xffffffff)!
    expect(after.epoch).toBe(failed ? before.epoch : before.epoch + 1)
    checkDatabase(store)
    // The same thread can go on, with the same tipset.
    const { row } = failed ? execution.produce(job()) : { row: undefined }
    if (row !== undefined) expect(row.messages).toHaveLength(2)
    sequence += 2
    checkDatabase(store)
  }
  await store.close()
})
