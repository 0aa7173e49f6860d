import type { DebugOps } from "../kernel/index.ts"
import { bytes, returns, type SyscallModule, syscall, text } from "./schema.ts"

const whenEnabled = (kernel: DebugOps): boolean => kernel.debugEnabled()

/** `debug`: for developers. When debugging is off, nothing is looked at and everything succeeds. */
export const debug: SyscallModule = {
  log: syscall({
    summary: "Writes a line into the execution trace.",
    params: { message: text },
    errors: { IllegalArgument: "the message leaves memory or is not UTF-8" },
    source: "FIP-0030; ref-fvm sdk/src/sys/debug.rs",
    enabled: whenEnabled,
    run: (kernel: DebugOps, { message }) => kernel.log(message),
  }),
  enabled: syscall({
    summary: "Tells whether debugging is on: 0 yes, -1 no.",
    params: {},
    result: returns.i32,
    errors: {},
    source: "FIP-0030; ref-fvm sdk/src/sys/debug.rs",
    run: (kernel: DebugOps) => (kernel.debugEnabled() ? 0 : -1),
  }),
  store_artifact: syscall({
    summary: "Hands a file to the developer.",
    params: { name: text, data: bytes },
    errors: { IllegalArgument: "a name that is no plain file name of 1 to 256 bytes; name or data leave memory" },
    source: "ref-fvm sdk/src/sys/debug.rs",
    enabled: whenEnabled,
    run: (kernel: DebugOps, { name, data }) => kernel.storeArtifact(name, data),
  }),
}
