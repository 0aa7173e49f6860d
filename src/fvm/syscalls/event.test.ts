import { describe, expect, test } from "vitest"
import { Bench, hex, SELF } from "./testing/bench.ts"

const HEADERS = 4096
const KEYS = 20000
const VALUES = 30000

interface Entry {
  flags?: bigint
  codec?: bigint
  key: Uint8Array
  value: Uint8Array
  keyLength?: number
  valueLength?: number
}

function emit(bench: Bench, entries: Entry[], extraKeys = 0, extraValues = 0): number {
  let keys = 0
  let values = 0
  entries.forEach((entry, i) => {
    const at = HEADERS + 24 * i
    bench.view.setBigUint64(at, entry.flags ?? 0n, true)
    bench.view.setBigUint64(at + 8, entry.codec ?? 0x55n, true)
    bench.view.setUint32(at + 16, entry.keyLength ?? entry.key.length, true)
    bench.view.setUint32(at + 20, entry.valueLength ?? entry.value.length, true)
    keys += bench.put(KEYS + keys, entry.key)
    values += bench.put(VALUES + values, entry.value)
  })
  return bench.call(
    "event",
    "emit_event",
    HEADERS,
    entries.length,
    KEYS,
    keys + extraKeys,
    VALUES,
    values + extraValues,
  )
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const one: Entry = { key: utf8("t1"), value: hex("ff") }

describe("emit_event", () => {
  test("cuts keys and values into entries", () => {
    const bench = new Bench()
    const entries = [
      { flags: 3n, key: utf8("t1"), value: hex("01") },
      { flags: 1n, codec: 0x51n, key: utf8("é"), value: hex("") },
      { flags: 2n, key: utf8(""), value: hex("0203") },
    ]
    expect(emit(bench, entries)).toBe(0)
    expect(bench.events).toEqual([
      {
        emitter: SELF,
        entries: [
          { flags: 3n, key: "t1", codec: 0x55n, value: hex("01") },
          { flags: 1n, key: "é", codec: 0x51n, value: hex("") },
          { flags: 2n, key: "", codec: 0x55n, value: hex("0203") },
        ],
      },
    ])
  })

  test("keeps copies", () => {
    const bench = new Bench()
    emit(bench, [one])
    bench.put(VALUES, hex("00"))
    expect(bench.events[0]!.entries[0]!.value).toEqual(hex("ff"))
  })

  test("charges by entries and bytes before it looks at them", () => {
    const bench = new Bench()
    // 24 bytes of CBOR at most: memory 2.4 a byte; twice compute, once retained; hashing 10 a byte; 2,000 + 1,400 and 500 + 16 a byte
    const size = 12 + 9 + 2 + 1
    const compute = 2 * 2400 * size + 2_000_000 + 1_400_000 + 500_000 + 2 * 16_000
    expect(emit(bench, [one])).toBe(0)
    expect(bench.charged).toEqual([`OnActorEvent ${compute} ${10_000 * size + 2400 * size}`])
    expect(emit(bench, [{ ...one, flags: 4n }])).toBe(1)
    expect(bench.charged).toEqual([`OnActorEvent ${compute} ${10_000 * size + 2400 * size}`])
  })

  test("takes an event without entries", () => {
    const bench = new Bench()
    expect(emit(bench, [])).toBe(0)
    expect(bench.events).toEqual([{ emitter: SELF, entries: [] }])
  })

  test("takes 255 entries, keys of 31 bytes, values of 8,192", () => {
    const bench = new Bench()
    const empty = { key: hex(""), value: hex("") }
    expect(emit(bench, Array(255).fill(empty))).toBe(0)
    expect(emit(bench, Array(256).fill(empty))).toBe(3)
    expect(emit(bench, [{ ...one, key: new Uint8Array(31).fill(0x61) }])).toBe(0)
    expect(emit(bench, [{ ...one, key: new Uint8Array(32).fill(0x61) }])).toBe(3)
    expect(emit(bench, [{ ...one, value: new Uint8Array(8192) }])).toBe(0)
    expect(emit(bench, [{ ...one, value: new Uint8Array(8193) }])).toBe(3)
  })

  test.each<[string, number, Entry[], number?, number?]>([
    ["unknown flags", 1, [{ ...one, flags: 4n }]],
    ["flags of the high word", 1, [{ ...one, flags: 1n << 63n }]],
    ["a value length above 8,192", 1, [{ ...one, valueLength: 8193 }]],
    ["a key beyond the keys", 1, [{ ...one, keyLength: 3 }]],
    ["a value beyond the values", 1, [{ ...one, valueLength: 2 }]],
    ["keys that are left over", 1, [{ ...one, keyLength: 1 }]],
    ["values that are left over", 1, [{ ...one, valueLength: 0 }]],
    ["keys that are not UTF-8", 1, [{ ...one, key: hex("c3") }]],
    ["a surrogate", 1, [{ ...one, key: hex("eda080") }]],
    ["a key that ends inside a character", 1, [{ ...one, key: utf8("é"), keyLength: 1 }]],
    ["codec dag-cbor", 9, [{ ...one, codec: 0x71n }]],
    ["codec 0", 9, [{ ...one, codec: 0n }]],
  ])("refuses %s with %s", (_what, errorNumber, entries, keys, values) => {
    const bench = new Bench()
    expect(emit(bench, entries, keys, values)).toBe(errorNumber)
    expect(bench.events).toEqual([])
    expect(bench.charged).toHaveLength(1)
  })

  test("refuses a read-only call without a charge", () => {
    const bench = new Bench({ readOnly: true })
    expect(emit(bench, [one])).toBe(13)
    expect(bench.charged).toEqual([])
  })

  test.each([
    [65500, 2, KEYS, 0, VALUES, 0],
    [HEADERS, 0x0aaaaaab, KEYS, 0, VALUES, 0],
    [HEADERS, -1, KEYS, 0, VALUES, 0],
    [HEADERS, 0, 65530, 7, VALUES, 0],
    [HEADERS, 0, KEYS, 0, -1, 2],
  ])("refuses what leaves memory, without a charge (%s)", (...args) => {
    const bench = new Bench()
    expect(bench.call("event", "emit_event", ...args)).toBe(1)
    expect(bench.charged).toEqual([])
  })
})
