import { existsSync, readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { CID } from "multiformats/cid"
import { expect, test } from "vitest"
import { MemoryBlockstore, mustGet } from "../ipld/blockstore.ts"
import { decodeCar } from "../ipld/car.ts"
import { nextBaseFee } from "./base-fee.ts"
import {
  loadEvents,
  loadMessage,
  loadMessageLists,
  loadReceipts,
  storeMessageEvents,
  storeMessageLists,
  storeReceipts,
} from "./content.ts"
import { decodeHeader } from "./header-codec.ts"

const CHAIN = new URL("../../../shared/vectors/lotus/chain/", import.meta.url)
const absent = !existsSync(CHAIN)
if (absent) console.warn("SKIPPED: ../shared/vectors/lotus is not here, tipset contents are not compared with Lotus")

test.skipIf(absent)("message lists, receipts, events and base fees of a recorded chain have Lotus' roots", () => {
  const store = new MemoryBlockstore()
  store.putMany(decodeCar(gunzipSync(readFileSync(new URL("chain.car.gz", CHAIN)))).blocks)
  const replay = JSON.parse(readFileSync(new URL("replay.json", CHAIN), "utf8"))
  let messages = 0
  let events = 0
  let expectedBaseFee: bigint | undefined
  for (const tipset of replay.tipsets) {
    const [cid] = tipset.key
    const header = decodeHeader(mustGet(store, CID.parse(cid)))
    if (expectedBaseFee !== undefined) expect(header.parentBaseFee).toBe(expectedBaseFee)
    const lists = loadMessageLists(store, header.messages)
    expect(storeMessageLists(new MemoryBlockstore(), lists.bls, lists.others).equals(header.messages)).toBe(true)
    const all = [...lists.bls, ...lists.others].map((link) => loadMessage(store, link))
    expectedBaseFee = nextBaseFee(
      header.parentBaseFee,
      all.map(({ message }) => message),
      tipset.key.length,
      replay.networkVersion,
    )
    const explicit = tipset.applied.slice(0, all.length)
    expect([...lists.bls, ...lists.others].map(String)).toEqual(explicit.map((one: { cid: string }) => one.cid))
    messages += all.length
    if (tipset.receiptsRoot === undefined) continue // the head: it was not executed yet
    const root = CID.parse(tipset.receiptsRoot)
    const receipts = loadReceipts(store, root)
    expect(receipts.map(({ gasUsed }) => gasUsed)).toEqual(
      explicit.map((one: { receipt: { GasUsed: number } }) => BigInt(one.receipt.GasUsed)),
    )
    expect(storeReceipts(new MemoryBlockstore(), receipts).equals(root)).toBe(true)
    for (const { eventsRoot } of receipts) {
      if (eventsRoot === undefined) continue
      const list = loadEvents(store, eventsRoot)
      expect(storeMessageEvents(new MemoryBlockstore(), list)?.equals(eventsRoot)).toBe(true)
      events += list.length
    }
  }
  expect(messages).toBeGreaterThan(50)
  expect(events).toBeGreaterThan(10)
})
