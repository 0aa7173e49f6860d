/** 0x03: RIPEMD-160, in the low 20 bytes of a word. */
import { Hash } from "../../actors/sdk/cid"
import { hashInto } from "../../actors/sdk/hash"
import { output } from "../precompile"

export function ripemd160(input: usize, length: u32): bool {
  const at = output(32)
  memory.fill(at, 0, 12)
  hashInto(Hash.RIPEMD_160, input, length, at + 12, 20)
  return true
}
