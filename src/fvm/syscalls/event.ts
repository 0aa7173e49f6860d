import type { EventOps } from "../kernel/index.ts"
import { bytes, eventHeaders, type SyscallModule, syscall } from "./schema.ts"

/** `event`: what an actor tells the world. */
export const event: SyscallModule = {
  emit_event: syscall({
    summary:
      "Emits an event. Headers of 24 bytes (flags u64, codec u64, key length u32, value length u32) cut keys and values into entries.",
    params: { event: eventHeaders, key: bytes, val: bytes },
    errors: {
      ReadOnly: "the call is read-only",
      LimitExceeded: "more than 255 entries, a key of more than 31 bytes, more than 8,192 bytes of values",
      IllegalArgument: "unknown flags, keys that are not UTF-8, lengths that do not add up, out of memory",
      IllegalCodec: "a value that is neither raw (0x55) nor cbor (0x51)",
    },
    source: "FIP-0049, FIP-0072, FIP-0083; ref-fvm sdk/src/sys/event.rs",
    run: (kernel: EventOps, args) => kernel.emitEvent(args.event, args.key, args.val),
  }),
}
