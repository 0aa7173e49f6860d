import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeAll, expect, test } from "vitest"
import wabtFactory from "wabt"
import { CID } from "../ipld/cid.ts"
import { encode } from "../ipld/dag-cbor.ts"
import { Chain } from "./chain.ts"
import { ChainStore } from "./store.ts"
import { account, standInBundle, testOptions, transfer } from "./testing/stand-ins.ts"
import type { ChainOptions } from "./types.ts"

/** Exits with 100, plus 1 if debugging is off, plus 10 if a proof in its parameters is refused. */
const PROBE = `(module
  (import "vm" "exit" (func $exit (param i32 i32 i32 i32) (result i32)))
  (import "debug" "enabled" (func $enabled (param i32) (result i32)))
  (import "ipld" "block_read" (func $read (param i32 i32 i32 i32 i32) (result i32)))
  (import "crypto" "verify_replica_update" (func $verify (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "invoke") (param $params i32) (result i32)
    (drop (call $enabled (i32.const 0)))
    (drop (call $read (i32.const 8) (local.get $params) (i32.const 0) (i32.const 1024) (i32.const 1000)))
    (call $exit
      (i32.add (i32.const 100) (i32.add
        (i32.ne (i32.load (i32.const 0)) (i32.const 0))
        (i32.mul (i32.const 10) (i32.ne (i32.const 0)
          (call $verify (i32.const 16) (i32.const 1024) (i32.add (i32.const 1000) (i32.load (i32.const 8))))))))
      (i32.const 0) (i32.const 0) (i32.const 0))))`

/** 32 bytes as a commitment to a replica, and to data. */
const FILLED = [32, ...new Uint8Array(32).fill(7)]
const SEALED = CID.decode(new Uint8Array([0x01, 0x82, 0xe2, 0x03, 0x81, 0xe8, 0x02, ...FILLED]))
const UNSEALED = CID.decode(new Uint8Array([0x01, 0x81, 0xe2, 0x03, 0x92, 0x20, ...FILLED]))

let bundle: Uint8Array
let folder: string | undefined
let chain: Chain | undefined
beforeAll(async () => {
  const wabt = await wabtFactory()
  bundle = standInBundle({ ethaccount: wabt.parseWat("probe.wat", PROBE).toBinary({}).buffer })
})
afterEach(async () => {
  await chain?.close()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  folder = undefined
})

async function probe(genesis: Partial<ChainOptions["genesis"]>, more: Partial<ChainOptions> = {}): Promise<number> {
  const options = testOptions({ bundles: [bundle], ...more })
  chain = await Chain.open({ ...options, genesis: { ...options.genesis, ...genesis } })
  const params = encode([1, SEALED, SEALED, UNSEALED, []])
  await chain.push(transfer(1, 0)) // makes an Ethereum account of the sender
  await chain.push(transfer(2, 0, account(1), { method: 2n, params, gasLimit: 1_000_000_000n }))
  const [executed] = await chain.executed(chain.head)
  const replayed = await chain.replay(chain.head)
  expect(replayed.results[0]?.receipt.gasUsed).toBe(executed!.receipt.gasUsed)
  return executed!.receipt.exitCode
}

test("debugging is off and proofs are refused aloud, if nothing is said", async () => {
  const log: string[] = []
  expect(await probe({}, { log: ({ message }) => log.push(message) })).toBe(111)
  expect(log).toContainEqual(expect.stringContaining("verify_replica_update"))
})

test("actor debugging reaches the actors", async () => {
  expect(await probe({ actorDebugging: true })).toBe(110)
})

test("mock proofs reach the actors", async () => {
  expect(await probe({ mockProofs: true })).toBe(101)
})

test("a chain keeps its rules: not to be opened with others", async () => {
  folder = mkdtempSync(join(tmpdir(), "fevm-rules-"))
  expect(await probe({ actorDebugging: true, mockProofs: true }, { dataDir: folder })).toBe(100)
  await chain!.close()
  const options = testOptions({ dataDir: folder })
  for (const rule of [{ actorDebugging: false }, { mockProofs: false }])
    await expect(Chain.open({ ...options, genesis: { ...options.genesis, ...rule } })).rejects.toMatchObject({
      code: "database-mismatch",
    })
  chain = await Chain.open(options)
  await chain.push(transfer(2, 1, account(1), { method: 2n }))
  const [executed] = await chain.executed(chain.head)
  expect(executed!.receipt.exitCode).toBe(110) // no proof in the parameters
})

test("instrumented code is kept in the database, for readers and the next start", async () => {
  folder = mkdtempSync(join(tmpdir(), "fevm-rules-"))
  await probe({}, { dataDir: folder })
  await chain!.close()
  const store = new ChainStore({ path: folder, durable: true })
  const keys = [...store.codeKeys()]
  expect(keys.length).toBeGreaterThan(0)
  for (const key of keys) expect(key).toMatch(/^wasm\d+\.[\w.-]+$/)
  await store.close()
})
