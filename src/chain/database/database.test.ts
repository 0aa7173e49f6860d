import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Address } from "../../address/address.ts"
import { decodeCar, encodeCar } from "../../ipld/car.ts"
import { type CID, cidKey, DAG_CBOR, IDENTITY } from "../../ipld/cid.ts"
import { decode, encode, expectTuple, expectUint64 } from "../../ipld/dag-cbor.ts"
import { linksOf } from "../../ipld/links.ts"
import { Chain } from "../chain.ts"
import { decodeHeader } from "../header-codec.ts"
import { nameOf } from "../packs.ts"
import { nameOfKey } from "../places.ts"
import { encodeTipsetRow } from "../rows.ts"
import { ChainStore } from "../store.ts"
import { account, alias, BALANCE, testOptions, transfer } from "../testing/stand-ins.ts"
import type { SignedMessage } from "../types.ts"
import { checkDatabase } from "./check.ts"
import { type ExportOptions, exportChain } from "./export.ts"
import { collectGarbage } from "./gc.ts"
import { importChain } from "./import.ts"

const TOPIC = new Uint8Array(32).fill(0x77)
const RUNTIME = [0x60, 0x2a, 0x60, 0x00, 0x52, 0x7f, ...TOPIC, 0x60, 0x20, 0x60, 0x00, 0xa1, 0x00]
const INIT = [0x60, RUNTIME.length, 0x60, 0x0c, 0x60, 0x00, 0x39, 0x60, RUNTIME.length, 0x60, 0x00, 0xf3, ...RUNTIME]
const METHOD_INVOKE_EVM = 3844450837n
const embedded = fileURLToPath(new URL("../../../dist/actors/bundle.car", import.meta.url))
const hasActors = existsSync(embedded)

/** The name that most messages of these tests have, as a hash of a transaction would follow from it. */
const aliasOf = ({ message }: SignedMessage): Uint8Array => alias(Number(message.sequence))

let root: string
let counter = 0
/** A chain of twelve tipsets: a contract, its logs, null rounds, an edited state, a message without and one with an odd second name. */
let source: string
let contract: bigint | undefined

function folder(): string {
  const path = join(root, String(counter++))
  mkdirSync(path)
  return path
}

async function withStore<T>(path: string, use: (store: ChainStore) => T | Promise<T>): Promise<T> {
  const store = new ChainStore({ path, durable: false })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const carOf = (store: ChainStore, options: Partial<ExportOptions> = {}): Uint8Array => {
  const { roots, blocks } = exportChain(store, { aliasOf, ...options })
  return encodeCar(roots, blocks)
}

/** A folder of its own with the same chain. */
async function copyOfSource(): Promise<string> {
  const path = folder()
  await withStore(source, (store) => store.copyTo(path))
  return path
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "fevm-database-test-"))
  source = folder()
  const bundles = hasActors ? { bundles: [embedded] } : {}
  const chain = await Chain.open(testOptions({ dataDir: source, stackSizeMb: 256, ...bundles }))
  const gas = { gasLimit: 500_000_000n, value: 0n }
  let sequence = 0
  const push = (to: Address, fields: Partial<SignedMessage["message"]>, name?: Uint8Array) => {
    const message = transfer(1, sequence++, to, { ...gas, ...fields })
    return chain.push(message, name === undefined ? {} : { alias: name })
  }
  if (hasActors) {
    const params = encode(new Uint8Array(INIT))
    await push(Address.id(10n), { method: 4n, params }, alias(sequence))
    const [created] = await chain.executed(chain.head)
    const [id] = expectTuple(decode(created!.receipt.returnData), 3, "return")
    contract = expectUint64(id, "actor ID")
    for (let i = 0; i < 4; i++) await push(Address.id(contract), { method: METHOD_INVOKE_EVM }, alias(sequence))
  } else console.warn("SKIPPED: the embedded bundle is not built: chains here have no logs")
  await push(account(9), { value: 5n }, alias(sequence))
  await chain.mine({ nullRounds: 3 })
  await push(account(8), { value: 6n }, alias(99_999))
  await chain.editState((state) => state.setActor({ ...state.actor(account(5))!, balance: 77n }))
  await push(account(9), { value: 7n })
  const snapshot = await chain.snapshot()
  await push(account(9), { value: 8n }, alias(sequence))
  await chain.revert(snapshot)
  sequence--
  await push(account(9), { value: 9n }, alias(sequence))
  await chain.close()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe("an exported chain", () => {
  test("is a CAR whose roots are the head's headers, the first of them the first block, and which lacks nothing", async () => {
    await withStore(source, (store) => {
      const { roots, blocks } = decodeCar(carOf(store))
      const head = store.tipset(store.meta("head")!)!
      expect(roots.map(String)).toEqual(head.key.cids.map(String))
      // Lotus reads the first block as the head's header, and follows first parents in the order of the file.
      expect(blocks[0]!.cid.equals(roots[0]!)).toBe(true)
      const have = new Map(blocks.map(({ cid, bytes }) => [cidKey(cid), bytes]))
      expect(have.size).toBe(blocks.length)
      let at = 0
      for (let next: CID | undefined = roots[0]; next !== undefined; ) {
        const wanted: CID = next
        while (!blocks[at]!.cid.equals(wanted)) at++
        const header = decodeHeader(blocks[at]!.bytes)
        expect(header.parents.length).toBeGreaterThan(0)
        next = header.epoch === 0 ? undefined : header.parents[0]
      }
      for (const { cid, bytes } of blocks)
        if (cid.code === DAG_CBOR)
          for (const link of linksOf(bytes))
            if (link.multihash.code !== IDENTITY) expect(have.has(cidKey(link)), `${cid} -> ${link}`).toBe(true)
    })
  })

  test("answers after its import as before, and goes on", async () => {
    const target = folder()
    const car = await withStore(source, (store) => carOf(store))
    const outcome = await withStore(target, (store) => importChain(store, [car], { aliasOf }))
    expect(outcome).toMatchObject({ hasMetadata: true, withoutReceipts: 0, logs: contract === undefined ? 0 : 4 })
    await withStore(source, (a) =>
      withStore(target, (b) => {
        const report = checkDatabase(b)
        expect(report).toMatchObject({ tipsets: outcome.tipsets, messages: outcome.messages, offChain: 0 })
        expect(report.epoch).toBe(checkDatabase(a).epoch)
        for (let epoch = 0; epoch <= report.epoch; epoch++) {
          const hash = a.hashAt(epoch)
          expect(b.hashAt(epoch)).toEqual(hash)
          if (hash === undefined) continue
          expect(encodeTipsetRow(b.tipset(hash)!)).toEqual(encodeTipsetRow(a.tipset(hash)!))
          expect(b.logIndex.at(epoch)?.bytes).toEqual(a.logIndex.at(epoch)?.bytes)
        }
        expect(carOf(b)).toEqual(car)
      }),
    )
    const chain = await Chain.open(testOptions({ dataDir: target, bundles: [] }))
    expect((await chain.findByAlias(alias(99_999)))?.executed?.receipt.exitCode).toBe(0)
    expect(await (await chain.stateAt({ tag: "latest" })).balanceOf(account(5))).toBe(77n)
    if (contract !== undefined) expect(await chain.logs({ from: 0, to: 100, emitters: [contract] })).toHaveLength(4)
    const epoch = chain.head.epoch
    await chain.push(transfer(2, 0))
    expect(chain.head.epoch).toBe(epoch + 1)
    await chain.close()
    await withStore(target, (store) => checkDatabase(store))
  })

  test("can end at an earlier epoch, and leave out old states and messages", async () => {
    const whole = await withStore(source, (store) => carOf(store))
    for (const options of [{ head: 4 }, { recentStateRoots: 3 }, { recentStateRoots: 3, skipOldMessages: true }]) {
      const car = await withStore(source, (store) => carOf(store, options))
      expect(car.length).toBeLessThan(whole.length)
      const target = folder()
      const outcome = await withStore(target, (store) => importChain(store, [car], { aliasOf }))
      const chain = await Chain.open(testOptions({ dataDir: target, bundles: [] }))
      expect(chain.head.epoch).toBe(outcome.epoch)
      if (options.head !== undefined) expect(outcome.epoch).toBe(4)
      expect(await (await chain.stateAt({ epoch: 0 })).balanceOf(account(1))).toBe(BALANCE)
      if (options.recentStateRoots !== undefined)
        await expect(chain.stateAt({ epoch: 2 })).rejects.toMatchObject({ code: "pruned" })
      await (await chain.stateAt({ epoch: outcome.epoch - 2 })).balanceOf(account(1))
      await chain.push(transfer(2, 0))
      await chain.close()
    }
  })

  test("without our metadata needs a chain ID, and loses its last tipset, which no header tells the outcome of", async () => {
    const { roots, blocks } = decodeCar(await withStore(source, (store) => carOf(store)))
    const foreign = encodeCar(roots, blocks.slice(0, -1))
    const first = folder()
    await withStore(first, async (store) => {
      await expect(importChain(store, [foreign], { aliasOf })).rejects.toMatchObject({ code: "invalid-option" })
    })
    await expect(Chain.open(testOptions({ dataDir: first }))).rejects.toMatchObject({ code: "database-mismatch" })
    const second = folder()
    await withStore(source, (a) =>
      withStore(second, async (b) => {
        const outcome = await importChain(b, [foreign], { aliasOf, chainId: 31415926n })
        const head = a.lastAtOrBefore(0xffffffff)!
        expect(outcome).toMatchObject({ hasMetadata: false, epoch: a.lastAtOrBefore(head.epoch - 1)!.epoch })
        checkDatabase(b)
        expect(String(b.meta("supply"))).toBe(String(a.meta("supply")))
        expect(b.meta("manifest")).toEqual(a.meta("manifest"))
        expect(b.meta("networkName")).toEqual(a.meta("networkName"))
      }),
    )
  })

  test("is refused with a gap, with a forged block, and by a folder that holds a chain", async () => {
    const car = await withStore(source, (store) => carOf(store))
    const { roots, blocks } = decodeCar(car)
    const third = blocks.findIndex(({ cid }) => cid.equals(decodeHeader(blocks[0]!.bytes).parents[0]!))
    const gap = encodeCar(
      roots,
      blocks.filter((_, i) => i !== third),
    )
    await withStore(folder(), async (store) => {
      await expect(importChain(store, [gap], { aliasOf })).rejects.toMatchObject({ code: "damaged" })
    })
    const forged = encodeCar(
      roots,
      blocks.map(({ cid, bytes }, i) => (i === 3 ? { cid, bytes: bytes.map((byte) => byte ^ 1) } : { cid, bytes })),
    )
    await withStore(folder(), async (store) => {
      await expect(importChain(store, [forged], { aliasOf })).rejects.toMatchObject({ code: "car-hash-mismatch" })
    })
    await withStore(source, async (store) => {
      await expect(importChain(store, [car], { aliasOf })).rejects.toMatchObject({ code: "database-mismatch" })
    })
  })
})

describe("the check of a database", () => {
  test("counts what is there", async () => {
    await withStore(source, (store) => {
      const report = checkDatabase(store)
      expect(report.tipsets).toBe(contract === undefined ? 6 : 11)
      expect(report.offChain).toBe(1)
      expect(report.blocks).toBeGreaterThan(report.reachable)
      expect(report.aliases).toBe(report.messages - 1)
      expect(report.states).toBe(report.tipsets)
    })
  })

  test("names the first fault", async () => {
    const path = await copyOfSource()
    await withStore(path, (store) => {
      const head = store.tipset(store.meta("head")!)!
      const { epoch } = store.lastAtOrBefore(0xffffffff)!
      const broken = (change: () => void): void => {
        let seen: unknown
        try {
          // Undone at the end: each fault stands alone.
          store.transaction(() => {
            change()
            try {
              checkDatabase(store)
            } catch (error) {
              seen = error
            }
            throw new RangeError("undo")
          })
        } catch (error) {
          if (!(error instanceof RangeError)) throw error
        }
        expect(seen).toMatchObject({ code: "damaged" })
      }
      const { cid } = head.messages[0]!
      broken(() => store.blocks.put(cid, new Uint8Array([1])))
      for (const lost of [cid, head.stateRoot, head.receiptsRoot, head.key.cids[0]!, head.key.cid])
        broken(() => {
          for (const key of [...store.blocks.keys(100)].flat())
            if (String(nameOfKey(key)) === String(nameOf(lost))) store.blocks.remove(key)
        })
      broken(() => store.removeTipsetRow(head.key.hash))
      broken(() => store.replaceTipset({ ...head, gasUsed: head.gasUsed + 1n }))
      broken(() => store.replaceTipset({ ...head, gasLimit: 0n }))
      broken(() => store.replaceTipset({ ...head, eventCount: head.eventCount + 1 }))
      broken(() => store.replaceTipset({ ...head, messages: [] }))
      broken(() => store.replaceTipset({ ...head, messages: [{ cid, alias: alias(4711) }] }))
      broken(() => store.removeTipset(epoch, head))
      broken(() => store.setMeta("head", store.hashAt(1)!))
      const other = { messageIndex: 0, emitter: 5n, emitterAddress: undefined, entries: [] }
      const names = { hash: head.key.hash, messages: head.messages }
      broken(() => store.logIndex.add(epoch, [other], names))
      broken(() => store.logIndex.add(epoch + 5, [other], names))
      checkDatabase(store)
    })
  })
})

describe("garbage collection", () => {
  test("removes old states only, and what was taken off the chain", async () => {
    const path = await copyOfSource()
    await withStore(path, (store) => {
      const before = checkDatabase(store)
      const report = collectGarbage(store, 3)
      expect(report.removed).toBeGreaterThan(0)
      expect(report.removedTipsets).toBe(1)
      const after = checkDatabase(store)
      expect(after).toMatchObject({ tipsets: before.tipsets, logs: before.logs, states: 3, offChain: 0 })
      expect(after.blocks).toBe(before.blocks - report.removed)
      expect(collectGarbage(store, 3)).toMatchObject({ removed: 0, removedTipsets: 0, firstState: report.firstState })
      // What is gone does not come back by asking for more.
      expect(collectGarbage(store, 100)).toMatchObject({ removed: 0, firstState: report.firstState })
      expect(() => collectGarbage(store, 0)).toThrow(expect.objectContaining({ code: "invalid-option" }))
    })
    const chain = await Chain.open(testOptions({ dataDir: path, bundles: [] }))
    await expect(chain.stateAt({ epoch: 2 })).rejects.toMatchObject({ code: "pruned" })
    await expect(chain.call({ message: transfer(1, 0).message }, { epoch: 2 })).rejects.toMatchObject({
      code: "pruned",
    })
    expect(await chain.executed(await chain.resolve({ epoch: 1 }))).toHaveLength(1)
    expect(await (await chain.stateAt({ epoch: 0 })).balanceOf(account(1))).toBe(BALANCE)
    expect(await (await chain.stateAt({ tag: "latest" })).balanceOf(account(5))).toBe(77n)
    await chain.push(transfer(2, 0))
    await chain.close()
    await withStore(path, (store) => checkDatabase(store))
  })

  test("broken off after any of its transactions leaves a sound database", async () => {
    for (let fatal = 1; ; fatal++) {
      const path = await copyOfSource()
      const finished = await withStore(path, (store) => {
        let count = 0
        const real = store.transaction.bind(store)
        store.transaction = (write) => {
          if (++count === fatal) throw new RangeError("the process dies here")
          return real(write)
        }
        try {
          collectGarbage(store, 2)
          return true
        } catch (error) {
          if (!(error instanceof RangeError)) throw error
          return false
        }
      })
      await withStore(path, (store) => {
        checkDatabase(store)
        collectGarbage(store, 2)
        expect(checkDatabase(store)).toMatchObject({ states: 2, offChain: 0 })
        const needed = new Set([...store.blocks.keys(100)].flat().flatMap((key) => store.blocks.packsOf(key)))
        expect([...store.blocks.packs()]).toEqual([...needed].sort((a, b) => a - b))
      })
      if (finished) {
        expect(fatal).toBeGreaterThan(3)
        return
      }
    }
  })
})
