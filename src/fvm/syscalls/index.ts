/**
 * The syscall ABI: what an actor can import, as one table per module, and the linker that turns the tables into host functions.
 *
 * To add a syscall, add a row (`ipld.ts` shows how); memory bounds, gas, error numbers, the backtrace and the fatal path are the linker's
 * (`linker.ts`), and `npm run gen` writes the AssemblyScript declarations from the same row. What a syscall does is the
 * kernel's (`../kernel`). `WasmRuntime` runs one invocation of an actor's code on an engine and tells how it ended.
 *
 * @see FIP-0030; ref-fvm fvm/src/syscalls, sdk/src/sys
 */
export { HOST_FUNCTIONS, type RuntimeOptions, WasmRuntime } from "./runtime.ts"
export type { Syscall, SyscallModule } from "./schema.ts"
export { SYSCALLS } from "./table.ts"
