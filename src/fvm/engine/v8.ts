import { keccak256OfBlock } from "../../address/keccak256.ts"
import { EngineFault, ModuleRefused } from "./errors.ts"
import type {
  Ending,
  Engine,
  EngineOptions,
  EntryPoint,
  HostFunction,
  HostFunctions,
  Instance,
  InstanceMemory,
  Instantiated,
  LoadedModule,
  MemoryLimiter,
  TrapKind,
} from "./index.ts"
import {
  type WasmGlobal,
  type WasmImport,
  type WasmImports,
  type WasmMemory,
  type WasmModule,
  WebAssembly,
} from "./js-api.ts"
import {
  type InstrumentationSettings,
  type InstrumentedModule,
  instrument,
  MAX_TABLE_ELEMENTS,
  type ModuleFacts,
  PAGE_BYTES,
  packModule,
  settingsKey,
  unpackModule,
} from "./pipeline.ts"
import { EXPORTS, GROW_MEMORY, HOST_MODULE, MAY_GROW_TABLE } from "./wasm/adapt.ts"
import { KECCAK_BLOCK } from "./wasm/hash-shortcut.ts"

/*
 * The engine on V8's own WebAssembly.
 *
 * Making an instance of a large actor costs V8 several times what a short call takes, and its garbage collector as much
 * again. So an instance that is released waits for the next call of the same code, and is made as good as new: globals by
 * a function in the module, memory from an image of its first state.
 *
 * A memory that has grown cannot shrink again. An instance with a grown memory is thrown away, unless its code is known
 * to stay within the memory it has (see `V8EngineOptions.staysInMemory`): then it is told its first size, and grows into
 * what is already there.
 */

/** Largest memory, in pages, that an idle instance may hold. To zero more costs as much as a new instance. */
const MAX_IDLE_PAGES = 128
/** Idle instances of one module. */
const MAX_IDLE_PER_MODULE = 32
/** Modules that were refused are remembered up to this number. */
const MAX_REFUSALS = 1024
/** Modules are held up to this number, and up to a number of bytes. */
const MAX_MODULES = 512
const DEFAULT_MODULE_BYTES = 256 * 1024 * 1024
const DEFAULT_IDLE_BYTES = 128 * 1024 * 1024
const DEFAULT_WASM_STACK = 2048
const DEFAULT_INSTANCE_MEMORY = 512 * 1024 * 1024
/** A table element counts as much towards the memory of a message. */
const TABLE_ELEMENT_BYTES = 8

/** What the engine on V8 can be told beyond the common options. */
export type V8EngineOptions<C> = EngineOptions<C> & {
  /**
   * Whether code never touches memory beyond its present size before it grows it, as compiled safe Rust and
   * AssemblyScript do. An instance of such code is used again also after its memory has grown; a stray access would read
   * zeros instead of trapping. Asked once for each module. Default: never.
   */
  readonly staysInMemory?: (codeCid: string) => boolean
  /** Memory that idle instances may hold together, in bytes. Default: 128 MiB. */
  readonly maxIdleMemoryBytes?: number
}

/** An engine on V8's WebAssembly. One for each thread and set of prices, limits and host functions. */
export class V8Engine<C> implements Engine<C> {
  readonly maxInstanceMemoryBytes: number
  readonly maxIdleMemoryBytes: number
  /** The instance whose code runs at this moment. */
  running: V8Instance<C> | undefined
  /** Bytes held by idle instances. */
  idleBytes = 0
  readonly #options: V8EngineOptions<C>
  readonly #settings: InstrumentationSettings
  readonly #key: string
  /** Least recently used first. */
  readonly #modules: Map<string, V8Module<C>> = new Map()
  #moduleBytes = 0
  readonly #refused: Map<string, ModuleRefused> = new Map()
  /** Instances to be made as new when nobody waits. */
  #used: V8Instance<C>[] = []
  /** Imports by module name, shared by all instances: what they do goes to the running one. */
  readonly imports: WasmImports
  /** The same, for code that has a start function, which must not make syscalls. */
  #startImports: WasmImports | undefined

  constructor(options: V8EngineOptions<C>) {
    this.#options = options
    this.maxInstanceMemoryBytes = options.maxInstanceMemoryBytes ?? DEFAULT_INSTANCE_MEMORY
    this.maxIdleMemoryBytes = options.maxIdleMemoryBytes ?? DEFAULT_IDLE_BYTES
    this.#settings = {
      prices: options.prices,
      maxWasmStack: options.maxWasmStack ?? DEFAULT_WASM_STACK,
      maxInstanceMemoryBytes: this.maxInstanceMemoryBytes,
      hashShortcut: options.hashShortcut,
    }
    this.#key = settingsKey(this.#settings)
    this.imports = this.#makeImports(this.#hostFunctions)
  }

  load(codeCid: string, fetch: () => Uint8Array | undefined): LoadedModule | undefined {
    const known = this.#modules.get(codeCid)
    if (known !== undefined) {
      this.#modules.delete(codeCid)
      this.#modules.set(codeCid, known)
      return known
    }
    const refusal = this.#refused.get(codeCid)
    if (refusal !== undefined) throw refusal
    try {
      const module = this.#load(codeCid, fetch)
      if (module !== undefined) this.#keep(codeCid, module)
      return module
    } catch (error) {
      if (error instanceof ModuleRefused) {
        if (this.#refused.size >= MAX_REFUSALS) this.#refused.delete(this.#refused.keys().next().value!)
        this.#refused.set(codeCid, error)
      }
      throw error
    }
  }

  #load(codeCid: string, fetch: () => Uint8Array | undefined): V8Module<C> | undefined {
    const cache = this.#options.cache
    const key = cache === undefined ? "" : `${this.#key}.${hexOf(codeCid)}`
    const packed = cache?.get(key)
    let instrumented = packed && unpackModule(packed)
    let fresh = false
    if (instrumented === undefined) {
      const code = fetch()
      if (code === undefined) return undefined
      instrumented = instrument(code, this.#settings)
      fresh = true
    }
    const module = new V8Module<C>(this, codeCid, instrumented, this.#options.staysInMemory?.(codeCid) ?? false)
    if (fresh) cache?.put(key, packModule(instrumented))
    return module
  }

  #keep(codeCid: string, module: V8Module<C>): void {
    const limit = this.#options.maxCachedModuleBytes ?? DEFAULT_MODULE_BYTES
    this.#modules.set(codeCid, module)
    this.#moduleBytes += module.size
    for (const [oldest, row] of this.#modules) {
      if ((this.#moduleBytes <= limit && this.#modules.size <= MAX_MODULES) || oldest === codeCid) break
      this.#modules.delete(oldest)
      this.#moduleBytes -= row.size
      row.retire()
    }
  }

  /**
   * Has an instance made as new after what runs now: clearing the memory of one takes a tenth of a small call, and whoever waits for the
   * outcome need not wait for that. If the instance is wanted before, it is cleared then.
   */
  renewLater(instance: V8Instance<C>): void {
    if (this.#used.push(instance) > 1) return
    setImmediate(() => {
      const used = this.#used
      this.#used = []
      for (const each of used) each.renewIfIdle()
    }).unref()
  }

  instantiate(module: LoadedModule, context: C, limiter: MemoryLimiter, gas: bigint): Instantiated {
    if (!(module instanceof V8Module) || module.engine !== this) throw new EngineFault("a module of another engine")
    return (module as V8Module<C>).instantiate(context, limiter, gas)
  }

  /** Why a module cannot be linked, if it cannot. */
  linkError(facts: ModuleFacts, codeCid: string): string | undefined {
    if (facts.unlinkable !== undefined) return facts.unlinkable
    const { hostFunctions, probes } = this.#options
    const probing = probes?.allowed(codeCid) ? probes.functions : undefined
    for (const row of facts.imports) {
      const rows = hostFunctions[row.module] ?? probing?.[row.module]
      const host = rows !== undefined && Object.hasOwn(rows, row.name) ? rows[row.name] : undefined
      if (host === undefined) return `"${row.module}"."${row.name}" does not exist`
      const results = host.result === undefined ? [] : [host.result]
      const same =
        row.params.length === host.params.length &&
        row.results.length === results.length &&
        host.params.every((type, i) => row.params[i] === type) &&
        results.every((type, i) => row.results[i] === type)
      if (!same) return `"${row.module}"."${row.name}" has another type`
    }
    return undefined
  }

  get startImports(): WasmImports {
    this.#startImports ??= this.#makeImports(this.#hostFunctions, ({ call, ...row }) => ({
      ...row,
      call: (context, ...args) => {
        if (this.running!.isStarting) throw new ModuleRefused("start", "the start function makes a syscall")
        return call(context, ...args)
      },
    }))
    return this.#startImports
  }

  get #hostFunctions(): HostFunctions<C> {
    return { ...this.#options.hostFunctions, ...this.#options.probes?.functions }
  }

  #makeImports(
    hostFunctions: HostFunctions<C>,
    checked: (row: HostFunction<C>) => HostFunction<C> = (row) => row,
  ): WasmImports {
    const imports: WasmImports = {}
    for (const [module, rows] of Object.entries(hostFunctions)) {
      const functions: Record<string, WasmImport> = {}
      for (const [name, row] of Object.entries(rows)) functions[name] = this.#bind(checked(row))
      imports[module] = functions
    }
    imports[HOST_MODULE] = {
      [GROW_MEMORY]: (pages: number) => this.running!.growMemory(pages >>> 0),
      [MAY_GROW_TABLE]: (size: number, elements: number) => this.running!.mayGrowTable(size >>> 0, elements >>> 0),
      // Compiled when code first wants it.
      get [KECCAK_BLOCK](): WasmImport {
        return keccak256OfBlock()
      },
    }
    return imports
  }

  /** A function with as many parameters as the Wasm signature has, which V8 calls without an adaptor. */
  #bind({ params, call }: HostFunction<C>): WasmImport {
    type Arg = number | bigint
    switch (params.length) {
      case 0:
        return () => call(this.running!.context as C)
      case 1:
        return (a: Arg) => call(this.running!.context as C, a)
      case 2:
        return (a: Arg, b: Arg) => call(this.running!.context as C, a, b)
      case 3:
        return (a: Arg, b: Arg, c: Arg) => call(this.running!.context as C, a, b, c)
      case 4:
        return (a: Arg, b: Arg, c: Arg, d: Arg) => call(this.running!.context as C, a, b, c, d)
      case 5:
        return (a: Arg, b: Arg, c: Arg, d: Arg, e: Arg) => call(this.running!.context as C, a, b, c, d, e)
      case 6:
        return (a: Arg, b: Arg, c: Arg, d: Arg, e: Arg, f: Arg) => call(this.running!.context as C, a, b, c, d, e, f)
      default:
        return (...args: Arg[]) => call(this.running!.context as C, ...args)
    }
  }
}

/** The first state of a memory: `bytes` at `offset`, zeros elsewhere. */
type MemoryImage = { readonly offset: number; readonly bytes: Uint8Array }

class V8Module<C> implements LoadedModule {
  readonly engine: V8Engine<C>
  readonly size: number
  readonly exportedMemoryBytes: number | undefined
  readonly exportedTableElements: number | undefined
  readonly entryPoint: EntryPoint
  readonly facts: ModuleFacts
  readonly staysInMemory: boolean
  readonly #linkError: string | undefined
  readonly #module: WasmModule | undefined
  #image: MemoryImage | undefined
  #idle: V8Instance<C>[] = []
  /** No longer in the engine's cache: nothing is kept for later. */
  #retired = false

  constructor(engine: V8Engine<C>, codeCid: string, instrumented: InstrumentedModule, staysInMemory: boolean) {
    const { facts } = instrumented
    this.engine = engine
    this.size = instrumented.size
    this.facts = facts
    this.exportedMemoryBytes = facts.exportedMemoryBytes
    this.exportedTableElements = facts.exportedTableElements
    this.entryPoint = facts.entryPoint
    this.staysInMemory = staysInMemory
    this.#linkError = engine.linkError(facts, codeCid)
    this.#module = this.#linkError === undefined ? compile(instrumented.bytes) : undefined
  }

  instantiate(context: C, limiter: MemoryLimiter, gas: bigint): Instantiated {
    if (this.#linkError !== undefined) throw new ModuleRefused("link", this.#linkError)
    const { memory, table } = this.facts
    if (memory !== undefined && !limiter.growMemory(memory.min * PAGE_BYTES)) {
      return notGranted(`memory minimum size of ${memory.min} pages exceeds memory limits`, gas)
    }
    if (table !== undefined && !limiter.growMemory(table.min * TABLE_ELEMENT_BYTES)) {
      return notGranted(`table minimum size of ${table.min} elements exceeds table limits`, gas)
    }
    let instance = this.#idle.pop()
    if (instance !== undefined) {
      this.engine.idleBytes -= instance.heldBytes
      instance.renew()
      instance.begin(context, limiter, gas)
      return { kind: "instance", instance }
    }
    try {
      instance = new V8Instance<C>(this, this.#module!)
    } catch (error) {
      const trapped = trapOf(error)
      if (trapped === undefined) throw faultOf(error) ?? error
      // A segment that does not fit: V8 says so in words of its own.
      return { ...trapped, trap: "instantiation", gas }
    }
    if (this.facts.reusable && this.#image === undefined) this.#image = imageOf(instance.memory.bytes)
    instance.begin(context, limiter, gas)
    if (this.facts.hasStart) {
      const trapped = instance.start()
      if (trapped !== undefined) return { ...trapped, gas: instance.gas }
    }
    return { kind: "instance", instance }
  }

  /** Takes an instance back. */
  giveBack(instance: V8Instance<C>): void {
    const { engine, facts } = this
    if (this.#retired || !facts.reusable || this.#idle.length >= MAX_IDLE_PER_MODULE) return
    if (instance.hasGrown && (!this.staysInMemory || instance.heldBytes > MAX_IDLE_PAGES * PAGE_BYTES)) return
    if (engine.idleBytes + instance.heldBytes > engine.maxIdleMemoryBytes) return
    engine.idleBytes += instance.heldBytes
    this.#idle.push(instance)
    instance.becomeIdle()
  }

  /** The first state of the memory; undefined as long as no instance was made. */
  get image(): MemoryImage | undefined {
    return this.#image
  }

  retire(): void {
    for (const instance of this.#idle) this.engine.idleBytes -= instance.heldBytes
    this.#idle = []
    this.#retired = true
  }
}

class V8Instance<C> implements Instance, InstanceMemory {
  readonly #module: V8Module<C>
  readonly #memory: WasmMemory | undefined
  readonly #setGas: (milligas: bigint) => void
  readonly #getGas: () => bigint
  readonly readGas: () => number
  readonly writeGas: (milligas: number) => void
  readonly #pagesGlobal: WasmGlobal
  readonly #allowShortcuts: ((allowed: number) => void) | undefined
  readonly #invoke: ((parameters: number) => number) | undefined
  readonly #reset: (() => void) | undefined
  readonly #start: (() => void) | undefined
  /** What its syscalls are about. */
  context: C | undefined
  #limiter: MemoryLimiter | undefined
  isStarting = false
  #shortcuts = false
  /** Something ran in it since it was as new. */
  #dirty = false
  /** The engine will see to it. */
  #waits = false
  /** Pages that the actor has. */
  #pages: number
  /** Pages that V8 has given it. */
  #heldPages: number
  /** The actor's bytes, until they move. */
  #bytes: Uint8Array | undefined

  constructor(module: V8Module<C>, compiled: WasmModule) {
    this.#module = module
    const { engine } = module
    const { exports } = new WebAssembly.Instance(compiled, module.facts.hasStart ? engine.startImports : engine.imports)
    this.#setGas = exports[EXPORTS.setGas] as (milligas: bigint) => void
    this.#getGas = exports[EXPORTS.getGas] as () => bigint
    this.readGas = exports[EXPORTS.readGas] as () => number
    this.writeGas = exports[EXPORTS.writeGas] as (milligas: number) => void
    this.#memory = exports[EXPORTS.memory] as WasmMemory | undefined
    this.#pagesGlobal = exports[EXPORTS.pages] as WasmGlobal
    this.#allowShortcuts = exports[EXPORTS.allowShortcuts] as ((allowed: number) => void) | undefined
    this.#invoke = exports[EXPORTS.invoke] as ((parameters: number) => number) | undefined
    this.#reset = exports[EXPORTS.reset] as (() => void) | undefined
    this.#start = exports[EXPORTS.start] as (() => void) | undefined
    this.#pages = module.facts.memory?.min ?? 0
    this.#heldPages = this.#pages
  }

  begin(context: C, limiter: MemoryLimiter, gas: bigint): void {
    this.context = context
    this.#limiter = limiter
    this.#dirty = true
    this.#setGas(gas)
  }

  /** Nobody uses it, until somebody does again. */
  becomeIdle(): void {
    if (this.#waits) return
    this.#waits = true
    this.#module.engine.renewLater(this)
  }

  renewIfIdle(): void {
    this.#waits = false
    if (this.#limiter === undefined) this.renew()
  }

  /** Makes a used instance as good as new. */
  renew(): void {
    if (!this.#dirty) return
    this.#dirty = false
    this.#reset!()
    this.allowShortcuts(false)
    const { image } = this.#module
    const first = this.#module.facts.memory?.min ?? 0
    if (this.#memory !== undefined && image !== undefined) {
      const used = new Uint8Array(this.#memory.buffer, 0, this.#pages * PAGE_BYTES)
      used.fill(0, 0, image.offset)
      used.set(image.bytes, image.offset)
      used.fill(0, image.offset + image.bytes.length)
    }
    if (this.#pages !== first) {
      this.#pages = first
      this.#pagesGlobal.value = first
      this.#bytes = undefined
    }
  }

  start(): { readonly kind: "trapped"; readonly trap: TrapKind; readonly message: string } | undefined {
    this.isStarting = true
    const ending = this.#run(this.#start!)
    this.isStarting = false
    return ending.kind === "trapped" ? ending : undefined
  }

  invoke(parameters: number): Ending {
    if (this.#invoke === undefined) {
      throw new ModuleRefused("entry point", "invoke takes or returns something else than a block handle")
    }
    return this.#run(this.#invoke, parameters)
  }

  #run(entry: (parameters: number) => unknown, parameters: number = 0): Ending {
    const { engine } = this.#module
    const outer = engine.running
    engine.running = this
    try {
      return { kind: "returned", block: (entry(parameters) as number) >>> 0 }
    } catch (error) {
      const trapped = trapOf(error)
      if (trapped !== undefined) return trapped
      throw faultOf(error) ?? error
    } finally {
      engine.running = outer
    }
  }

  release(): void {
    if (this.#limiter === undefined) return
    this.context = undefined
    this.#limiter = undefined
    this.#module.giveBack(this)
  }

  get memory(): InstanceMemory {
    return this
  }

  get length(): number {
    return this.#pages * PAGE_BYTES
  }

  get bytes(): Uint8Array {
    if (this.#bytes === undefined) {
      this.#bytes =
        this.#memory === undefined ? new Uint8Array() : new Uint8Array(this.#memory.buffer, 0, this.#pages * PAGE_BYTES)
    }
    return this.#bytes
  }

  get gas(): bigint {
    return this.#getGas()
  }

  set gas(milligas: bigint) {
    this.#setGas(milligas)
  }

  allowShortcuts(allowed: boolean): void {
    if (allowed === this.#shortcuts) return
    this.#shortcuts = allowed
    this.#allowShortcuts?.(allowed ? 1 : 0)
  }

  get hasGrown(): boolean {
    return this.#heldPages > (this.#module.facts.memory?.min ?? 0)
  }

  get heldBytes(): number {
    return this.#heldPages * PAGE_BYTES
  }

  /**
   * `memory.grow`. The order of the checks decides what the limiter counts: a growth beyond the largest instance is
   * counted although it fails.
   *
   * @see wasmtime runtime/vm/memory.rs (`LocalMemory::grow`)
   */
  growMemory(pages: number): number {
    const before = this.#pages
    if (pages === 0) return before
    const after = before + pages
    if (after > (this.#module.facts.memory?.max ?? 65_536)) return -1
    if (!this.#limiter!.growMemory(pages * PAGE_BYTES)) return -1
    if (after * PAGE_BYTES > this.#module.engine.maxInstanceMemoryBytes) return -1
    if (after > this.#heldPages) {
      try {
        this.#memory!.grow(after - this.#heldPages)
      } catch (cause) {
        throw new EngineFault(`the host has no room for a memory of ${after} pages`, { cause })
      }
      this.#heldPages = after
    }
    this.#pages = after
    this.#pagesGlobal.value = after
    this.#bytes = undefined
    return before
  }

  /** The host's part of `table.grow`. */
  mayGrowTable(size: number, elements: number): number {
    if (elements === 0) return 1
    if (size + elements > Math.min(this.#module.facts.table?.max ?? MAX_TABLE_ELEMENTS, MAX_TABLE_ELEMENTS)) return 0
    return this.#limiter!.growMemory(elements * TABLE_ELEMENT_BYTES) ? 1 : 0
  }
}

/** The code units of a key as hexadecimal digits: fit for the name of a file. */
function hexOf(key: string): string {
  return Array.from(key, (unit) => unit.charCodeAt(0).toString(16).padStart(2, "0")).join("")
}

function compile(bytes: Uint8Array): WasmModule {
  try {
    return new WebAssembly.Module(bytes)
  } catch (error) {
    // What we found valid V8 refuses only for its size; the reference's limits are nearly the same.
    if (error instanceof WebAssembly.CompileError) throw new ModuleRefused("limits", error.message)
    throw faultOf(error) ?? error
  }
}

function imageOf(memory: Uint8Array): MemoryImage {
  let start = 0
  while (start < memory.length && memory[start] === 0) start++
  let end = memory.length
  while (end > start && memory[end - 1] === 0) end--
  return { offset: start, bytes: memory.slice(start, end) }
}

function notGranted(message: string, gas: bigint): Instantiated {
  return { kind: "trapped", trap: "instantiation", message, gas }
}

/** V8's words for a trap, and ours. */
const TRAPS: readonly (readonly [RegExp, TrapKind])[] = [
  [/^unreachable$/, "unreachable"],
  [/memory access|memory index/, "memory access out of bounds"],
  [/null function|signature mismatch/, "indirect call type mismatch"],
  [/table (access|index)/, "table access out of bounds"],
  [/divide by zero|remainder by zero/, "integer divide by zero"],
  [/divide result unrepresentable/, "integer overflow"],
  [/float unrepresentable/, "invalid conversion to integer"],
]

function trapOf(error: unknown): { kind: "trapped"; trap: TrapKind; message: string } | undefined {
  if (!(error instanceof WebAssembly.RuntimeError)) return undefined
  const trap = TRAPS.find(([words]) => words.test(error.message))?.[1] ?? "other"
  return { kind: "trapped", trap, message: error.message }
}

/** V8's own failures, which are no doing of an actor. */
function faultOf(error: unknown): EngineFault | undefined {
  if (!(error instanceof RangeError)) return undefined
  if (/call stack/i.test(error.message)) return new EngineFault("the native stack is full", { cause: error })
  if (/memory/i.test(error.message)) return new EngineFault("the host has no room for a memory", { cause: error })
  return undefined
}
