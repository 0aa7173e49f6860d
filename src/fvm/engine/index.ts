/**
 * What the kernel asks of a WebAssembly engine, and nothing of how one does it.
 *
 * The way of a call, as the call manager walks it (ref-fvm fvm/src/call_manager/default.rs, engine/mod.rs):
 *
 * 1. `engine.load(codeCid, fetch)` parses, validates, instruments and compiles, or takes all of that from the cache.
 *    A `ModuleRefused` is fatal for the message; `undefined` means that the store has no such code, fatal too.
 * 2. Charge for the initial table (`module.exportedTableElements`, only if it is not undefined) and the initial memory
 *    (`module.exportedMemoryBytes`; undefined is fatal: "actor has no memory export").
 * 3. `engine.instantiate(module, context, limiter, gas)`. A `ModuleRefused` (a link error) is fatal. The answer may be a
 *    trap: then settle the gas, and end with exit code 4.
 * 4. `module.entryPoint` "absent" is exit code 5.
 * 5. `instance.gas = ...`, `instance.invoke(block)`, settle the gas whatever happened, then look at the ending.
 * 6. `instance.release()` in a `finally`: the instance goes back to the pool, clean, or is thrown away.
 *
 * Out of gas is no ending of its own. The metering code makes the counter negative and traps; whoever settles the gas
 * reads the counter first. A host function that finds the gas spent throws, see `HostFunction`.
 */

/** A type of value that passes between the host and an actor. References and vectors never do. */
export type ValueType = "i32" | "i64" | "f32" | "f64"

/**
 * What the execution of Wasm costs, in milligas. The names are those of `WasmGasPrices`; per-operator prices follow
 * from it by the table in `wasm/operators.ts`.
 *
 * @see ref-fvm fvm/src/gas/price_list.rs (`WasmGasPrices`, `impl Rules for WasmGasPrices`)
 */
export type WasmPrices = {
  /** Constants, locals, globals, casts, loads, stores. */
  readonly instructionDefault: bigint
  /** Arithmetic, comparisons, bit operations. */
  readonly mathDefault: bigint
  /** `br`, `call`. */
  readonly jumpUnconditional: bigint
  /** `br_if`, `if`. */
  readonly jumpConditional: bigint
  /** `br_table`, `call_indirect`. */
  readonly jumpIndirect: bigint
  /** Added to every call. */
  readonly call: bigint
  /** Added to stores, fills and growth. */
  readonly memoryFillBaseCost: bigint
  /** Added to loads and copies. */
  readonly memoryAccessCost: bigint
  /** Per byte of `memory.copy`, `memory.init`; a table element counts 8 bytes. */
  readonly memoryCopyPerByteCost: bigint
  /** Per byte of `memory.fill`, `memory.grow` (65,536 bytes a page); a table element counts 8 bytes. */
  readonly memoryFillPerByteCost: bigint
  /** Each syscall; charged by the linker, not by the metering code. */
  readonly hostCallCost: bigint
}

/**
 * Counts the memory of all live instances of one message. The call manager owns it and sets `memoryUsed` back when a
 * frame ends.
 *
 * The engine asks it before an initial memory or table exists and before either grows. It asks for a table in bytes too:
 * 8 for each element.
 *
 * @see ref-fvm fvm/src/machine/limiter.rs
 */
export interface MemoryLimiter {
  /** Bytes granted at this moment, over all frames. */
  readonly memoryUsed: number
  /**
   * Grants `bytes` more, and counts them, if the total stays within the message's limit.
   *
   * @returns Whether it was granted. If not, nothing is counted.
   */
  growMemory(bytes: number): boolean
}

/**
 * A function that actors can import.
 *
 * `call` receives the context given to `instantiate`, then the Wasm arguments: `i32` as a *signed* number (`x >>> 0`
 * makes it unsigned), `i64` as a *signed* bigint. What it returns is converted modulo 2^32 or 2^64.
 *
 * What `call` throws unwinds through all Wasm frames of the instance and comes out of `invoke` as the same object.
 * This is how `exit`, out of gas and fatal errors end an actor: Wasm cannot catch it.
 */
export interface HostFunction<C> {
  readonly params: readonly ValueType[]
  /** `undefined`: returns nothing. */
  readonly result: ValueType | undefined
  // biome-ignore lint/suspicious/noExplicitAny: the arguments' types follow from `params`, which TypeScript cannot see
  readonly call: (context: C, ...args: any[]) => number | bigint | undefined
}

/** Everything that actors can import: module name -> function name -> function. */
export type HostFunctions<C> = {
  readonly [module: string]: { readonly [name: string]: HostFunction<C> }
}

/**
 * Functions outside the ABI, for code that a debugger puts in the place of an actor's own. To all other code they do not exist.
 */
export interface Probes<C> {
  readonly functions: HostFunctions<C>
  /** Whether code may import them, by the key that it is loaded under. */
  readonly allowed: (codeCid: string) => boolean
}

/**
 * A syscall that an engine may answer without asking the host: `(ret: i32, hash code: i64, data: i32, length: i32, digest: i32, size: i32)
 * -> i32`, for the Keccak-256 of a few bytes. Contracts ask for nothing as often. The gas is taken off the counter, and comes to the
 * host's count with what the code itself used; so nobody can tell, as long as {@link Instance.allowShortcuts} is not called where somebody
 * listens to the charges.
 */
export interface HashShortcut {
  readonly module: string
  readonly name: string
  /** Milligas for the syscall, whatever it hashes. */
  readonly flat: bigint
  /** Milligas for each byte hashed. */
  readonly perByte: bigint
}

/**
 * Keeps instrumented modules from one run to the next. Keys are file-name safe and contain the version of the
 * instrumentation, so that an old entry is never taken for a new one; whoever stores them may delete any at any time. What is
 * read must be what was written: an entry is not validated again. `put` does not throw: who cannot write keeps nothing.
 */
export interface InstrumentedCodeCache {
  get(key: string): Uint8Array | undefined
  put(key: string, bytes: Uint8Array): void
}

/** What makes one engine differ from another. All of it but the cache is part of consensus. */
export type EngineOptions<C> = {
  readonly prices: WasmPrices
  /** What actors can import. */
  readonly hostFunctions: HostFunctions<C>
  /** What some code can import besides, which stands in for an actor's own code where nothing depends on gas. Default: nothing. */
  readonly probes?: Probes<C>
  /** Default: every syscall goes to the host. */
  readonly hashShortcut?: HashShortcut | undefined
  /** Height of the metered stack, in values, per instance. Default: 2048. */
  readonly maxWasmStack?: number
  /** Largest linear memory of one instance, in bytes, a multiple of 65,536. Default: 512 MiB. */
  readonly maxInstanceMemoryBytes?: number
  /** Where instrumented modules are kept. Default: only in memory. */
  readonly cache?: InstrumentedCodeCache
  /** Instrumented bytes of the modules held in memory; the least recently used go first. Default: 256 MiB. */
  readonly maxCachedModuleBytes?: number
}

/** Whether a module has an `invoke` that can be called: `(i32) -> i32`. */
export type EntryPoint =
  /** It can be called. */
  | "callable"
  /** No function is exported by that name: exit code 5 (SYS_INVALID_RECEIVER). */
  | "absent"
  /** It takes or returns something else: `invoke` throws `ModuleRefused`. */
  | "mismatched"

/** A module that is ready to be instantiated. Belongs to the engine that loaded it. */
export interface LoadedModule {
  /** Length of the instrumented module in bytes. */
  readonly size: number
  /** Initial size in bytes of the memory exported as `memory`; undefined if there is none. */
  readonly exportedMemoryBytes: number | undefined
  /** Initial number of elements of the table exported as `table`; undefined if there is none. */
  readonly exportedTableElements: number | undefined
  readonly entryPoint: EntryPoint
}

/** Why an actor trapped. All of them are exit code 4; the names are for people. */
export type TrapKind =
  | "unreachable"
  | "memory access out of bounds"
  | "table access out of bounds"
  | "integer divide by zero"
  | "integer overflow"
  | "invalid conversion to integer"
  | "indirect call to null"
  | "indirect call type mismatch"
  /** An initial memory or table that the limiter did not grant, or a segment that does not fit. */
  | "instantiation"
  /** A trap that the engine did not name. */
  | "other"

/** How the code of an actor ended, unless a host function threw. */
export type Ending =
  /** `invoke` came back. `block` is what it returned, unsigned: a block handle, or 0 for nothing. */
  | { readonly kind: "returned"; readonly block: number }
  /** A trap: out of gas or out of stack if a counter says so, else the actor's fault. */
  | { readonly kind: "trapped"; readonly trap: TrapKind; readonly message: string }

/** The linear memory of an instance. */
export interface InstanceMemory {
  /** Current length in bytes. */
  readonly length: number
  /**
   * The whole memory as bytes. Valid until the actor runs again (a `memory.grow` moves it): fetch it anew in each
   * host function, and after each `invoke` of another instance that could call back.
   */
  readonly bytes: Uint8Array
}

/** A running actor: one memory, one table, one gas counter. */
export interface Instance {
  /** The memory exported as `memory`. */
  readonly memory: InstanceMemory
  /** The gas counter in milligas, from 2^63 - 1 downwards. Negative: the metering code has trapped. */
  gas: bigint
  /** The same counter as a double, read and set without a step between: exact as long as it is at most 2^53. */
  readonly readGas: () => number
  readonly writeGas: (milligas: number) => void
  /** Says whether syscalls may be answered without the host from now on. At first they may not. */
  allowShortcuts(allowed: boolean): void
  /**
   * Calls `invoke`.
   *
   * @param parameters - Handle of the parameter block, 0 for none.
   * @throws Whatever a host function threw, the same object.
   * @throws ModuleRefused - The module's `invoke` is not `(i32) -> i32`. Fatal for the message.
   * @throws EngineFault - The engine failed, not the actor: no room on the native stack, no host memory.
   */
  invoke(parameters: number): Ending
  /** Gives the instance back. It must not be touched afterwards. Safe in any state, also after an exception. */
  release(): void
}

/** What came of an instantiation. */
export type Instantiated =
  | { readonly kind: "instance"; readonly instance: Instance }
  /**
   * The initial memory or table was not granted, a segment does not fit, or the start function trapped: exit code 4,
   * "failed to instantiate module", after the gas that is gone has been settled. `gas` is what the counter says.
   */
  | { readonly kind: "trapped"; readonly trap: TrapKind; readonly message: string; readonly gas: bigint }

/** An engine with one set of prices, limits and host functions. Synchronous, for one thread. */
export interface Engine<C> {
  /**
   * Makes a module ready, or finds it ready.
   *
   * @param codeCid - The code's CID as a string key: equal keys mean equal code.
   * @param fetch - Gets the code if the engine does not have it.
   * @returns `undefined` if `fetch` answers `undefined`.
   * @throws ModuleRefused - The reference would not load it either. Remembered, so that it costs nothing again.
   */
  load(codeCid: string, fetch: () => Uint8Array | undefined): LoadedModule | undefined
  /**
   * Links a module and makes an instance, new or as good as new.
   *
   * @param context - Given to each host function as its first argument.
   * @param limiter - Asked for the initial memory and table, and for each growth.
   * @param gas - Milligas for the start function.
   * @throws ModuleRefused - It imports what does not exist, or with another signature.
   * @throws Whatever a host function threw.
   */
  instantiate(module: LoadedModule, context: C, limiter: MemoryLimiter, gas: bigint): Instantiated
}
