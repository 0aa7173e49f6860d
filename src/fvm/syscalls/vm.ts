import { ActorExit } from "../errors.ts"
import { EXIT_CODES, FIRST_ACTOR_EXIT_CODE } from "../exit-code.ts"
import type { MessageOps } from "../kernel/index.ts"
import { exitMessage, type SyscallModule, struct, syscall, u32 } from "./schema.ts"

/** `vm`: how an actor ends, and the message that it runs for. */
export const vm: SyscallModule = {
  exit: syscall({
    summary: "Ends the actor with an exit code, return data, and a message for backtraces. Does not return.",
    params: { code: u32, blk_id: u32, message: exitMessage },
    errors: {},
    source: "FIP-0030; ref-fvm fvm/src/syscalls/vm.rs",
    run: (_kernel: object, { code, blk_id, message }): never => {
      if (code !== EXIT_CODES.OK && code < FIRST_ACTOR_EXIT_CODE) {
        throw new ActorExit(EXIT_CODES.SYS_ILLEGAL_EXIT_CODE, `actor exited with the reserved code ${code}`, blk_id)
      }
      throw new ActorExit(code, message, blk_id)
    },
  }),
  message_context: syscall({
    summary: "Tells who calls whom, with which value, and whether anything may be changed (flags, bit 0: no).",
    params: {},
    result: struct({
      origin: "u64",
      nonce: "u64",
      caller: "u64",
      receiver: "u64",
      method_number: "u64",
      value_received: "u128",
      gas_premium: "u128",
      flags: "u64",
    }),
    errors: {},
    source: "FIP-0030; ref-fvm shared/src/sys/out.rs (vm::MessageContext)",
    run: (kernel: MessageOps) => {
      const context = kernel.messageContext()
      return {
        origin: context.origin,
        nonce: context.nonce,
        caller: context.caller,
        receiver: context.receiver,
        method_number: context.methodNumber,
        value_received: context.valueReceived,
        gas_premium: context.gasPremium,
        flags: context.readOnly ? 1 : 0,
      }
    },
  }),
}
