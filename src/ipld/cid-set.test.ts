import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { cidKey, cidOfBlock, DAG_CBOR, identityCid, RAW } from "./cid.ts"
import { CidSet } from "./cid-set.ts"

/** Some of them share their last four bytes, and with them their hash. */
const cids = [
  ...Array.from({ length: 120 }, (_, n) => cidOfBlock(DAG_CBOR, Uint8Array.of(n))),
  ...Array.from({ length: 120 }, (_, n) => identityCid(n % 2 === 0 ? DAG_CBOR : RAW, Uint8Array.of(n, 9, 9, 9, 9))),
  identityCid(RAW, new Uint8Array(0)),
]

const operation = fc.record({ add: fc.boolean(), key: fc.nat(cids.length - 1), margin: fc.nat(3) })

describe("CidSet", () => {
  test("it answers as a Set under cidKey does, also where hashes collide and after it has grown", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 400, size: "max" }), (operations) => {
        const set = new CidSet()
        const model = new Set<string>()
        for (const { add, key, margin } of operations) {
          const cid = cids[key]!
          const bytes = new Uint8Array(cid.bytes.length + 2 * margin).fill(7)
          bytes.set(cid.bytes, margin)
          if (add) {
            set.add(bytes, margin, bytes.length - margin)
            model.add(cidKey(cid))
          }
          expect(set.has(bytes, margin, bytes.length - margin)).toBe(model.has(cidKey(cid)))
          expect(set.size).toBe(model.size)
        }
        for (const cid of cids) expect(set.has(cid.bytes)).toBe(model.has(cidKey(cid)))
      }),
    )
  })
})
