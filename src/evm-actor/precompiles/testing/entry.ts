/** All precompiles of this folder that need nothing of the kernel, for the tests. */
import { alloc } from "../../../actors/sdk/memory"
import { noOutput, outputAt, outputLength } from "../../precompile"

export { modexp } from "../0x05-modexp"
export { blake2f } from "../0x09-blake2f"
export { p256verify } from "../0x100-p256verify"
export { blsG1Add, blsG1Msm, blsG2Add, blsG2Msm, blsMapFp2ToG2, blsMapFpToG1, blsPairing } from "../bls12-381"
export { bn254Add, bn254Mul, bn254Pairing } from "../bn254"
export { alloc }

export function reset(): void {
  noOutput()
}
export function at(): usize {
  return outputAt
}
export function length(): u32 {
  return outputLength
}
