/**
 * Turns the table into host functions.
 *
 * For each row one function is written and compiled, so that a call decodes exactly its own arguments and allocates nothing else. What
 * it does, in this order, for every row:
 *
 * 1. charges the execution gas since the last syscall, then `OnSyscall`;
 * 2. checks that the result fits where the actor wants it; if not, the actor gets IllegalArgument, and its counter is *not* set
 *    anew, so that the same execution gas is charged again next time;
 * 3. decodes the arguments, runs the row, writes the result;
 * 4. sets the counter of the instance to what is left, also when the actor is about to be unwound;
 * 5. returns 0, or the error number, and notes the error for the backtrace.
 *
 * @see ref-fvm fvm/src/syscalls/linker.rs
 */
import type { HostFunction, HostFunctions } from "../engine/index.ts"
import { Fatal, SyscallError } from "../errors.ts"
import type { Frame } from "./frame.ts"
import type { FieldType, ResultKind, Syscall, SyscallModule, Wire } from "./schema.ts"

const MAX_UINT128 = (1n << 128n) - 1n
const MAX_UINT64 = (1n << 64n) - 1n

/** Names and types of a row's Wasm parameters, the result pointer included. */
export function wiresOf(row: Syscall): Wire[] {
  const wires: Wire[] = row.result === undefined ? [] : [{ name: "ret", wasm: "i32", actor: "usize" }]
  for (const [param, kind] of Object.entries(row.params)) {
    for (const wire of kind.wires) wires.push({ ...wire, name: wire.name.replace("*", param) })
  }
  return wires
}

/** Makes the host functions of a table. */
export function linkSyscalls(table: Readonly<Record<string, SyscallModule>>): HostFunctions<Frame> {
  const modules: Record<string, Record<string, HostFunction<Frame>>> = {}
  for (const [module, rows] of Object.entries(table)) {
    const functions: Record<string, HostFunction<Frame>> = {}
    for (const [name, row] of Object.entries(rows)) {
      functions[name] = {
        params: wiresOf(row).map((wire) => wire.wasm),
        result: "i32",
        call: compileRow(module, name, row),
      }
    }
    modules[module] = functions
  }
  return modules
}

function compileRow(module: string, name: string, row: Syscall): HostFunction<Frame>["call"] {
  const wires = wiresOf(row).map((_, i) => `w${i}`)
  const { result } = row
  let next = result === undefined ? 0 : 1
  const kinds = Object.entries(row.params)
  const args = kinds.map(([param, kind], k) => {
    const raw = kind.wires.map(() => wires[next++])
    return `${param}: k${k}.decode(memory, ${raw.join(", ")})`
  })
  const source = `
    "use strict"
    return function ${module}_${name}(${["frame", ...wires].join(", ")}) {
      const memory = frame.enterSyscall()
      ${
        result === undefined
          ? ""
          : `const ret = w0 >>> 0
      if (!memory.fits(ret, ${result.size})) return noSpace(frame, ret)`
      }
      let errorNumber = 0
      try {
        ${row.enabled === undefined ? "" : "if (enabled(frame.kernel)) "}{
          const value = run(frame.kernel, { ${args.join(", ")} })
          ${result === undefined ? "" : storeResult(result)}
        }
        if (frame.lastError !== undefined) frame.forgetError()
      } catch (error) {
        errorNumber = failed(frame, error)
      }
      frame.refreshGas()
      return errorNumber
    }`
  const scope: Record<string, unknown> = {
    run: row.run,
    enabled: row.enabled,
    storeU64,
    storeU128,
    noSpace: (frame: Frame, ret: number) => noSpace(module, name, frame, ret),
    failed: (frame: Frame, error: unknown) => failed(module, name, frame, error),
  }
  kinds.forEach(([, kind], k) => {
    scope[`k${k}`] = kind
  })
  // The source is made of the table's own names and nothing that comes from outside.
  return new Function(...Object.keys(scope), source)(...Object.values(scope))
}

const STORES: Record<FieldType, (at: string, value: string) => string> = {
  u32: (at, value) => `memory.view.setUint32(${at}, ${value}, true)`,
  i32: (at, value) => `memory.view.setInt32(${at}, ${value}, true)`,
  u64: (at, value) => `storeU64(memory.view, ${at}, ${value})`,
  i64: (at, value) => `storeU64(memory.view, ${at}, ${value})`,
  u128: (at, value) => `storeU128(memory.view, ${at}, ${value})`,
}

function storeResult({ fields }: ResultKind<unknown>): string {
  if (fields.length === 0) return "memory.bytes.set(value, ret)"
  // Amounts first: one that does not fit is fatal, and nothing may have been written then.
  const order = [...fields].sort((a, b) => Number(b.type === "u128") - Number(a.type === "u128"))
  return order
    .map(({ name, type, offset }) => STORES[type](`ret + ${offset}`, name === "" ? "value" : `value.${name}`))
    .join("\n          ")
}

/** Stores 64 bits, signed or unsigned; a `number` must be a safe integer and not negative. */
function storeU64(view: DataView, at: number, value: bigint | number): void {
  if (typeof value === "bigint") {
    view.setBigUint64(at, value, true)
    return
  }
  view.setUint32(at, value, true)
  view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true)
}

function storeU128(view: DataView, at: number, value: bigint): void {
  if (value < 0n || value > MAX_UINT128) throw new Fatal(`the amount ${value} does not fit 128 bits`)
  view.setBigUint64(at, value & MAX_UINT64, true)
  view.setBigUint64(at + 8, value >> 64n, true)
}

function noSpace(module: string, name: string, frame: Frame, ret: number): number {
  const error = new SyscallError("IllegalArgument", `no space for the result at ${ret}`)
  note(module, name, frame, error)
  return error.code
}

/** Answers with the error number, or lets the actor be unwound once its counter is right. */
function failed(module: string, name: string, frame: Frame, error: unknown): number {
  if (error instanceof SyscallError) {
    note(module, name, frame, error)
    return error.code
  }
  frame.refreshGas()
  throw error
}

function note(module: string, name: string, frame: Frame, error: SyscallError): void {
  const { errorNumber, message } = error
  frame.noteError({ kind: "syscall", module, function: name, errorNumber, message })
}
