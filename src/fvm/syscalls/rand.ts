import type { RandomnessOps } from "../kernel/index.ts"
import { i64, returnsBytes, type SyscallModule, syscall } from "./schema.ts"

/** `rand`: 32 bytes that nobody could foresee. */
export const rand: SyscallModule = {
  get_chain_randomness: syscall({
    summary: "Writes the randomness of the ticket chain at an epoch.",
    params: { round: i64 },
    result: returnsBytes(32),
    errors: { IllegalArgument: "the node has none for that epoch" },
    source: "FIP-0030; ref-fvm fvm/src/syscalls/rand.rs",
    run: (kernel: RandomnessOps, { round }) => kernel.chainRandomness(round),
  }),
  get_beacon_randomness: syscall({
    summary: "Writes the randomness of the beacon (drand) at an epoch.",
    params: { round: i64 },
    result: returnsBytes(32),
    errors: { IllegalArgument: "the node has none for that epoch" },
    source: "FIP-0030; ref-fvm fvm/src/syscalls/rand.rs",
    run: (kernel: RandomnessOps, { round }) => kernel.beaconRandomness(round),
  }),
}
