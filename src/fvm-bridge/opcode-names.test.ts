import { expect, test } from "vitest"
import { OPCODES } from "../evm-actor/opcodes.ts"
import { opcodeName } from "./opcode-names.ts"

test("instructions have the names that the EVM actor has for them", () => {
  for (const { code, name } of OPCODES) expect(opcodeName(code)).toBe(name)
})

test("an instruction that the actor lacks keeps its name, and a byte that means nothing is told", () => {
  expect([0x49, 0x4a, 0xf2].map(opcodeName)).toEqual(["BLOBHASH", "BLOBBASEFEE", "CALLCODE"])
  expect(opcodeName(0x0c)).toBe("opcode 0xc not defined")
})
