/** 0x02: SHA2-256. */
import { sha256 as hash } from "../../actors/sdk/hash"
import { output } from "../precompile"

export function sha256(input: usize, length: u32): bool {
  hash(input, length, output(32))
  return true
}
