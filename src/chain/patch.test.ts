import fc from "fast-check"
import { expect, test } from "vitest"
import { ByteReader, ByteWriter } from "./bytes.ts"
import { ChainError } from "./errors.ts"
import { applyPatch, Patcher } from "./patch.ts"

const patcher = new Patcher()
const patchOf = (block: Uint8Array, base: Uint8Array, most = Number.POSITIVE_INFINITY): Uint8Array | undefined => {
  const writer = new ByteWriter()
  patcher.marks(block)
  return patcher.write(writer, block, base, most) ? writer.finish() : undefined
}

/** Bytes with repetitions, or without any. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 300 }).map((numbers) => Uint8Array.from(numbers)),
)

const edit = fc.record({ at: fc.nat(3000), removed: fc.nat(60), put: fc.uint8Array({ maxLength: 60 }) })

function edited(block: Uint8Array, edits: readonly { at: number; removed: number; put: Uint8Array }[]): Uint8Array {
  const result = [...block]
  for (const { at, removed, put } of edits) result.splice(at % (result.length + 1), removed, ...put)
  return Uint8Array.from(result)
}

test("a patch makes of its base the block that it was made of", () => {
  fc.assert(
    fc.property(bytes, fc.array(edit, { maxLength: 6 }), bytes, (base, edits, other) => {
      for (const block of [edited(base, edits), other])
        expect(applyPatch(new ByteReader(patchOf(block, base)!), base, block.length)).toEqual(block)
    }),
    { numRuns: 500 },
  )
})

test("a node in which one link of 32 changed, and one that got another, take less than a tenth", () => {
  const node = new Uint8Array(32 * 42)
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat(255)), fc.nat(31), (random, changed) => {
      for (let at = 0; at < node.length; at++) node[at] = random.next().value
      const digest = new Uint8Array(32)
      for (let at = 0; at < 32; at++) digest[at] = random.next().value
      const replaced = node.slice()
      replaced.set(digest, changed * 42 + 10)
      expect(patchOf(replaced, node, node.length / 10)).toBeDefined()
      expect(
        patchOf(edited(node, [{ at: changed * 42, removed: 0, put: digest }]), node, node.length / 10),
      ).toBeDefined()
    }),
  )
})

test("a patch that would be too long is none", () => {
  const zeros = new Uint8Array(500)
  expect(patchOf(new Uint8Array(500).fill(7), zeros, 250)).toBeUndefined()
})

test("what is no patch of the base is refused, not read beyond it", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(80),
      (patch, base, length) => {
        try {
          expect(applyPatch(new ByteReader(patch), base, length)).toHaveLength(length)
        } catch (error) {
          expect(error).toBeInstanceOf(ChainError)
        }
      },
    ),
  )
})
