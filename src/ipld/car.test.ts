import { CarReader, CarWriter } from "@ipld/car"
import fc from "fast-check"
import { sha256 } from "multiformats/hashes/sha2"
import { describe, expect, it } from "vitest"
import type { Block } from "./blockstore.ts"
import { decodeCar, encodeCar, readCar, writeCar } from "./car.ts"
import { CID, cidOfBlock, DAG_CBOR, identityCid, RAW } from "./cid.ts"
import { encode } from "./dag-cbor.ts"
import { CarError } from "./errors.ts"

const block = fc.uint8Array({ maxLength: 500 }).map((bytes): Block => ({ cid: cidOfBlock(RAW, bytes), bytes }))
const root = cidOfBlock(DAG_CBOR, encode(1))

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: number[] = []
  for await (const part of source) parts.push(...part)
  return Uint8Array.from(parts)
}

const plain = (blocks: Iterable<Block>): [string, number[]][] =>
  [...blocks].map(({ cid, bytes }) => [cid.toString(), [...bytes]])

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(CarError)
    return (error as CarError).code
  }
  return "none"
}

describe("CAR", () => {
  it("gives back what it was given: at once, in chunks of any size, and as a stream", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(block, { maxLength: 8 }), fc.integer({ min: 1, max: 700 }), async (blocks, size) => {
        const bytes = encodeCar([root], blocks)
        const whole = decodeCar(bytes)
        expect(whole.roots.map(String)).toEqual([root.toString()])
        expect(plain(whole.blocks)).toEqual(plain(blocks))
        const stream = await readCar(chunks(bytes, size))
        const read: Block[] = []
        for await (const next of stream.blocks) read.push(next)
        expect(stream.roots.map(String)).toEqual([root.toString()])
        expect(plain(read)).toEqual(plain(blocks))
        expect(await collect(writeCar([root], blocks))).toEqual(bytes)
      }),
      { numRuns: 50 },
    )
  })

  it("is the CAR of @ipld/car", async () => {
    const blocks = [1, 2, 3].map(
      (n): Block => ({ cid: cidOfBlock(DAG_CBOR, encode([n, root])), bytes: encode([n, root]) }),
    )
    const { writer, out } = CarWriter.create([root])
    const written = collect(out)
    for (const { cid, bytes } of blocks) await writer.put({ cid: cid as never, bytes })
    await writer.close()
    expect(encodeCar([root], blocks)).toEqual(await written)
    const reader = await CarReader.fromBytes(encodeCar([root], blocks))
    expect((await reader.getRoots()).map(String)).toEqual([root.toString()])
  })

  it("takes no roots, sha2-256, CIDv0 and identity", async () => {
    const bytes = Uint8Array.of(1, 2, 3)
    const digest = await sha256.digest(bytes)
    const blocks: Block[] = [
      { cid: CID.createV1(RAW, digest), bytes },
      { cid: CID.createV0(digest), bytes },
      { cid: identityCid(RAW, bytes), bytes },
    ]
    expect(plain(decodeCar(encodeCar([], blocks)).blocks)).toEqual(plain(blocks))
  })

  it("every cut is a typed error or a whole CAR", async () => {
    const blocks = [1, 200].map((n): Block => ({ cid: cidOfBlock(RAW, new Uint8Array(n)), bytes: new Uint8Array(n) }))
    const bytes = encodeCar([root], blocks)
    const borders = new Set([encodeCar([root], []).length, encodeCar([root], blocks.slice(0, 1)).length, bytes.length])
    for (let length = 0; length <= bytes.length; length++) {
      const cut = bytes.slice(0, length)
      expect(
        codeOf(() => decodeCar(cut)),
        `cut at ${length}`,
      ).toBe(borders.has(length) ? "none" : "car-truncated")
      let code = "none"
      try {
        for await (const _ of (await readCar(chunks(cut, 7))).blocks);
      } catch (error) {
        code = (error as CarError).code
      }
      expect(code, `stream cut at ${length}`).toBe(borders.has(length) ? "none" : "car-truncated")
    }
  })

  it("a block whose bytes were changed is refused, unless nobody asks", () => {
    const bytes = encodeCar([root], [{ cid: root, bytes: Uint8Array.of(2) }])
    expect(codeOf(() => decodeCar(bytes))).toBe("car-hash-mismatch")
    expect(decodeCar(bytes, { verify: false }).blocks[0]?.bytes).toEqual(Uint8Array.of(2))
  })

  it.each<[string, () => Uint8Array]>([
    ["version 2", () => section(encode({ roots: [root], version: 2 }))],
    ["a header without roots", () => section(encode({ version: 1 }))],
    ["roots that are no links", () => section(encode({ roots: ["a"], version: 1 }))],
    ["a header that is no map", () => section(encode(1))],
    ["a header that is no CBOR", () => section(Uint8Array.of(0xff))],
    ["an empty section", () => Uint8Array.of(...encodeCar([root], []), 0)],
    ["a section that is no CID", () => Uint8Array.of(...encodeCar([root], []), 2, 1, 0xff)],
    ["a length that is too long", () => Uint8Array.of(...encodeCar([root], []), ...new Array(10).fill(0xff))],
    ["a length that is not minimal", () => Uint8Array.of(...encodeCar([root], []), 0x81, 0x00)],
    ["a section of absurd size", () => Uint8Array.of(...encodeCar([root], []), 0xff, 0xff, 0xff, 0xff, 0x7f)],
    [
      "a hash that we do not know",
      () =>
        encodeCar(
          [],
          [
            {
              cid: CID.createV1(RAW, {
                code: 0x1e,
                size: 1,
                digest: Uint8Array.of(1),
                bytes: Uint8Array.of(0x1e, 1, 1),
              }),
              bytes: new Uint8Array(1),
            },
          ],
        ),
    ],
  ])("%s is malformed", async (_, make) => {
    expect(codeOf(() => decodeCar(make()))).toBe("car-malformed")
    const read = async (): Promise<void> => {
      for await (const _ of (await readCar([make()])).blocks);
    }
    await expect(read()).rejects.toMatchObject({ code: "car-malformed" })
  })

  it("an error of the source passes through", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield encodeCar([root], [])
      throw new RangeError("disk")
    }
    const { blocks } = await readCar(broken())
    await expect(blocks.next()).rejects.toThrow(RangeError)
  })
})

function section(header: Uint8Array): Uint8Array {
  return Uint8Array.of(header.length, ...header)
}
