import type { SendOps } from "../kernel/index.ts"
import { address, type SyscallModule, sendFlags, struct, syscall, tokenAmount, u32, u64 } from "./schema.ts"

/** The gas limit that means "all that is left". */
const NO_LIMIT = 0xffff_ffff_ffff_ffffn

/** `send`: calls to other actors. */
export const send: SyscallModule = {
  send: syscall({
    summary:
      "Calls an actor. That it ended with an exit code is a result; the error numbers say that it was not called.",
    params: {
      recipient: address,
      method: u64,
      params: u32,
      value: tokenAmount,
      gas_limit: u64,
      flags: sendFlags,
    },
    result: struct({ exit_code: "u32", return_id: "u32", return_codec: "u64", return_size: "u32" }),
    errors: {
      NotFound: "no such actor, and none is made for such an address",
      InsufficientFunds: "the balance does not cover the value",
      LimitExceeded: "1,024 calls deep",
      InvalidHandle: "no such parameter block",
      ReadOnly: "a value, or a new actor, in a read-only call",
      IllegalArgument: "no valid address, or unknown flags",
    },
    source: "FIP-0030; ref-fvm sdk/src/sys/send.rs",
    run: (kernel: SendOps, args) => {
      const gasLimit = args.gas_limit === NO_LIMIT ? undefined : args.gas_limit
      const result = kernel.send(args.recipient, args.method, args.params, args.value, gasLimit, args.flags)
      return {
        exit_code: result.exitCode,
        return_id: result.returnId,
        return_codec: result.returnCodec,
        return_size: result.returnSize,
      }
    },
  }),
}
