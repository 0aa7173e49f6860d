import { bytesToHex } from "@noble/hashes/utils.js"
import { describe, expect, it } from "vitest"
import { hasSharedData, needsSharedData, readSharedJson } from "../../tests/support/shared-data.ts"
import type { EventEntry } from "../fvm/receipt.ts"
import { bloomOf, logFromEvent } from "./logs.ts"

const entry = (key: string, value: Uint8Array, codec = 0x55n): EventEntry => ({ flags: 3n, key, codec, value })
const topic = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)

describe("an actor event is an EVM log", () => {
  it("with topics in their order, whatever the order of the entries", () => {
    const log = logFromEvent([entry("d", Uint8Array.of(9)), entry("t2", topic(2)), entry("t1", topic(1))])
    expect(log).toEqual({ topics: [topic(1), topic(2)], data: Uint8Array.of(9) })
  })
  it("without topics and data", () => expect(logFromEvent([])).toEqual({ topics: [], data: new Uint8Array() }))
  it("and keys that nobody knows are passed over", () =>
    expect(logFromEvent([entry("t1", topic(1)), entry("x", topic(3))])?.topics).toEqual([topic(1)]))
})

describe("an actor event is no EVM log", () => {
  it.each([
    ["a value that is not raw", [entry("t1", topic(1), 0x51n)]],
    ["a topic of 31 bytes", [entry("t1", new Uint8Array(31))]],
    ["a topic twice", [entry("t1", topic(1)), entry("t1", topic(1))]],
    ["data twice", [entry("d", topic(1)), entry("d", topic(1))]],
    ["t2 without t1", [entry("t2", topic(2))]],
  ])("%s", (_, entries) => expect(logFromEvent(entries)).toBeUndefined())
})

interface RecordedReceipt {
  receipt: { logsBloom: string; logs: { address: string; topics: string[] }[] }
}

describe.skipIf(!hasSharedData)(needsSharedData("blooms as a live Lotus gave them"), () => {
  const recorded = hasSharedData ? readSharedJson<RecordedReceipt[]>("vectors/lotus/transactions.json") : []
  const symbols = hasSharedData ? readSharedJson<Record<string, string>>("vectors/lotus/symbols.json") : {}
  const bytes = (text: string): Uint8Array =>
    new Uint8Array(Buffer.from((text.startsWith("{{") ? symbols[text.slice(2, -2)]! : text).slice(2), "hex"))
  const withLogs = recorded.filter(({ receipt }) => receipt.logs.length > 0 && receipt.logsBloom.startsWith("0x"))

  it("there are some", () => expect(withLogs.length).toBeGreaterThan(5))
  it("each is the bloom of its logs", () => {
    for (const { receipt } of withLogs) {
      const logs = receipt.logs.map(({ address, topics }) => ({ address: bytes(address), topics: topics.map(bytes) }))
      expect(`0x${bytesToHex(bloomOf(logs))}`).toBe(receipt.logsBloom)
    }
  })
})
