/** The gas that a call may use. */
import { saturate64 } from "../u256"
import { gasAvailable } from "./context"

/** All gas but 1/64 (EIP-150). */
export function mostGas(): u64 {
  return (63 * gasAvailable()) / 64
}

/** The gas word [p], but no more than all but 1/64. */
export function gasLimit(p: usize): u64 {
  return min(saturate64(p), mostGas())
}
