import { readFileSync } from "node:fs"
import { blake2b } from "@noble/hashes/blake2.js"
import { expect, test } from "vitest"

/** FRC-0042: the first big-endian word of at least 2^24 in blake2b-512("1|" + name). */
function methodNumber(name: string): number {
  const digest = blake2b(new TextEncoder().encode(`1|${name}`), { dkLen: 64 })
  const words = new DataView(digest.buffer, digest.byteOffset, 64)
  for (let at = 0; at < 64; at += 4) if (words.getUint32(at) >= 2 ** 24) return words.getUint32(at)
  throw new RangeError(`${name} has no method number`)
}

test("numbers of exported methods are those that FRC-0042 derives from their names", () => {
  const source = readFileSync(new URL("./method.ts", import.meta.url), "utf8")
  const rows = [...source.matchAll(/\/\*\* "(\w+)" \*\/\s+export const \w+: u64 = (\d+)/g)]
  expect(rows.length).toBeGreaterThan(0)
  for (const [, name, number] of rows) expect([name, Number(number)]).toEqual([name, methodNumber(name!)])
})
