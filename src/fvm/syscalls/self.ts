import type { SelfOps } from "../kernel/index.ts"
import { writeCid } from "./memory.ts"
import { buffer, cid, returns, type SyscallModule, syscall, u32 } from "./schema.ts"

/** `self`: the running actor's own state. */
export const self: SyscallModule = {
  root: syscall({
    summary: "Writes the state root, reachable from now on, and returns its length.",
    params: { cid: buffer },
    result: returns.u32,
    errors: {
      IllegalOperation: "the actor was deleted",
      BufferTooSmall: "the CID does not fit; it is charged and reachable all the same",
      IllegalArgument: "the buffer leaves memory",
    },
    source: "FIP-0030; ref-fvm sdk/src/sys/sself.rs",
    run: (kernel: SelfOps, args) => writeCid(kernel.root(), args.cid),
  }),
  set_root: syscall({
    summary: "Replaces the state root by a reachable CID.",
    params: { cid },
    errors: {
      ReadOnly: "the call is read-only",
      NotFound: "the CID is not reachable",
      IllegalOperation: "the actor was deleted",
      IllegalArgument: "no valid CID at that address",
    },
    source: "FIP-0030; ref-fvm sdk/src/sys/sself.rs",
    run: (kernel: SelfOps, args) => kernel.setRoot(args.cid),
  }),
  current_balance: syscall({
    summary: "Tells the actor's balance in attoFIL, what it just received included.",
    params: {},
    result: returns.tokenAmount,
    errors: {},
    source: "FIP-0030; ref-fvm sdk/src/sys/sself.rs",
    run: (kernel: SelfOps) => kernel.currentBalance(),
  }),
  self_destruct: syscall({
    summary: "Deletes the actor; a balance that is left is burnt if `burn_unspent` is not 0.",
    params: { burn_unspent: u32 },
    errors: { ReadOnly: "the call is read-only", IllegalOperation: "there is a balance and no leave to burn it" },
    source: "FIP-0030; ref-fvm fvm/src/syscalls/sself.rs",
    run: (kernel: SelfOps, args) => kernel.selfDestruct(args.burn_unspent > 0),
  }),
}
