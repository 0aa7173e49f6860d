import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { renderInterpreter } from "./dispatch.ts"
import { OPCODES } from "./opcodes.ts"

/** The bytes that the official actor v18 knows. Source: builtin-actors v18 actors/evm/src/interpreter/execution.rs. */
const OFFICIAL = [
  ...[0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b],
  ...[0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x20],
  ...Array.from({ length: 16 }, (_, i) => 0x30 + i),
  ...Array.from({ length: 9 }, (_, i) => 0x40 + i),
  ...Array.from({ length: 0x55 }, (_, i) => 0x50 + i),
  ...[0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xfa, 0xfd, 0xfe, 0xff],
]

describe("the table of opcodes", () => {
  test("has the instructions of the official actor, and no other", () => {
    expect(OPCODES.map(({ code }) => code)).toEqual(OFFICIAL)
  })

  test("names each instruction once and says where it comes from", () => {
    expect(new Set(OPCODES.map(({ name }) => name)).size).toBe(OPCODES.length)
    for (const { source } of OPCODES) expect(source).toMatch(/Yellow Paper|EIP-|FIP-/)
  })

  test("lacks CALLCODE, BLOBHASH and BLOBBASEFEE", () => {
    expect(OPCODES.filter(({ name }) => ["CALLCODE", "BLOBHASH", "BLOBBASEFEE"].includes(name))).toEqual([])
  })

  test("is what the interpreter's loop was generated from", () => {
    const written = readFileSync(new URL("./interpreter.generated.ts", import.meta.url), "utf8")
    expect(written, "run `npm run gen`").toBe(renderInterpreter())
  })
})
