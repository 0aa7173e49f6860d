import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { cidKey, cidOfBlock, DAG_CBOR, identityCid, RAW } from "./cid.ts"
import { CidMap } from "./cid-map.ts"

/** Few keys, of which many share their last four bytes. */
const cids = [
  ...[0, 1, 2, 3].flatMap((n) => [cidOfBlock(DAG_CBOR, Uint8Array.of(n)), cidOfBlock(RAW, Uint8Array.of(n))]),
  ...[0, 1, 2, 3].map((n) => identityCid(DAG_CBOR, Uint8Array.of(n, 9, 9, 9, 9))),
  identityCid(RAW, Uint8Array.of(9, 9, 9, 9)),
  identityCid(RAW, new Uint8Array(0)),
]

const operation = fc.record({
  kind: fc.constantFrom("set", "set", "set", "delete", "clear", "get"),
  key: fc.nat(cids.length - 1),
  value: fc.nat(5),
  /** The key is asked for in the middle of other bytes. */
  margin: fc.nat(3),
})

describe("CidMap", () => {
  test("it answers as a Map under cidKey does, also where hashes collide", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const map = new CidMap<number>()
        const model = new Map<string, number>()
        for (const { kind, key, value, margin } of operations) {
          const cid = cids[key]!
          const name = cidKey(cid)
          const bytes = new Uint8Array(cid.bytes.length + 2 * margin).fill(7)
          bytes.set(cid.bytes, margin)
          const end = bytes.length - margin
          if (kind === "set") {
            map.set(value, bytes, margin, end)
            model.set(name, value)
          } else if (kind === "delete") expect(map.delete(bytes, margin, end)).toBe(model.delete(name))
          else if (kind === "clear") {
            if (value === 0) {
              map.clear()
              model.clear()
            }
          }
          expect(map.get(bytes, margin, end)).toBe(model.get(name))
          expect(map.has(bytes, margin, end)).toBe(model.has(name))
          expect(map.size).toBe(model.size)
          expect([...map.values()].sort()).toEqual([...model.values()].sort())
        }
      }),
    )
  })

  test("values come in the order of their keys, which a new value does not change", () => {
    const map = new CidMap<number>()
    for (let n = 0; n < 100; n++) map.set(n, cidOfBlock(RAW, Uint8Array.of(n)).bytes)
    map.set(-1, cidOfBlock(RAW, Uint8Array.of(0)).bytes)
    expect([...map.values()]).toEqual([-1, ...Array.from({ length: 99 }, (_, n) => n + 1)])
  })
})
