import { MILLIGAS_PER_GAS } from "../gas/charge.ts"
import type { GasOps } from "../kernel/index.ts"
import { returns, type SyscallModule, syscall, text, u64 } from "./schema.ts"

/** Where the reference's 64-bit milligas saturate. */
const MAX_MILLIGAS = (1n << 64n) - 1n

/** `gas`: what an actor charges itself. */
export const gas: SyscallModule = {
  charge: syscall({
    summary: "Charges whole gas under a name, for work that the price list does not see.",
    params: { name: text, amount: u64 },
    errors: { IllegalArgument: "the name leaves memory or is not UTF-8" },
    source: "FIP-0032; ref-fvm sdk/src/sys/gas.rs",
    run: (kernel: GasOps, { name, amount }) => {
      const milligas = amount * MILLIGAS_PER_GAS
      kernel.chargeGas(name, milligas > MAX_MILLIGAS ? MAX_MILLIGAS : milligas)
    },
  }),
  available: syscall({
    summary: "Tells how much whole gas is left.",
    params: {},
    result: returns.u64,
    errors: {},
    source: "FIP-0032; ref-fvm sdk/src/sys/gas.rs",
    run: (kernel: GasOps) => kernel.gasAvailable() / MILLIGAS_PER_GAS,
  }),
}
