import { ModuleRefused } from "./errors.ts"
import type { EntryPoint, HashShortcut, ValueType, WasmPrices } from "./index.ts"
import { adaptModule } from "./wasm/adapt.ts"
import { BinaryReader, BinaryWriter } from "./wasm/binary.ts"
import { GAS_COUNTER, GAS_MODULE, meterGas } from "./wasm/gas-metering.ts"
import { F32, F64, FUNCREF, I32, I64, KIND, type ParsedModule, parseModule, SECTION } from "./wasm/module.ts"
import { limitStack } from "./wasm/stack-limiter.ts"
import { entryPointOf, validateCode } from "./wasm/validate.ts"

/*
 * From an actor's code to what an engine can compile, with all that the host must know about it. Order and limits are
 * those of ref-fvm fvm/src/engine/mod.rs (`load_raw`): validate, limit the stack, meter gas, load.
 */

/**
 * Version of everything that shapes an instrumented module. To be raised with every change of a pass: entries of older
 * versions are then never read again.
 */
export const INSTRUMENTATION_VERSION = 5

/** Bytes of a page of linear memory. */
export const PAGE_BYTES = 65_536
/** Most elements that a table may have. */
export const MAX_TABLE_ELEMENTS = 20_000

/** A function that a module imports. `undefined` stands for a type that the host cannot take: funcref. */
export type ImportedFunction = {
  readonly module: string
  readonly name: string
  readonly params: readonly (ValueType | undefined)[]
  readonly results: readonly (ValueType | undefined)[]
}

/** What the host must know about a module. Everything is JSON. */
export type ModuleFacts = {
  readonly exportedMemoryBytes: number | undefined
  readonly exportedTableElements: number | undefined
  readonly entryPoint: EntryPoint
  readonly imports: readonly ImportedFunction[]
  /** A reason why no kernel can link it: it imports something that is not a function. */
  readonly unlinkable: string | undefined
  /** Of the memory that it defines; undefined if it defines none. In pages. */
  readonly memory: { readonly min: number; readonly max: number | undefined } | undefined
  /** Of the table that it defines. */
  readonly table: { readonly min: number; readonly max: number | undefined } | undefined
  readonly hasStart: boolean
  readonly reusable: boolean
}

/** A module ready to be compiled. */
export type InstrumentedModule = {
  readonly bytes: Uint8Array
  readonly facts: ModuleFacts
  /** Length after metering, which is what the reference counts. */
  readonly size: number
}

/** What decides the outcome, besides the code. */
export type InstrumentationSettings = {
  readonly prices: WasmPrices
  readonly maxWasmStack: number
  readonly maxInstanceMemoryBytes: number
  readonly hashShortcut?: HashShortcut | undefined
}

/** Prefix of the keys of instrumented modules under these settings. */
export function settingsKey(settings: InstrumentationSettings): string {
  const prices = Object.keys(settings.prices)
    .sort()
    .map((name) => settings.prices[name as keyof WasmPrices])
    .join("-")
  const { hashShortcut: hash } = settings
  const shortcut = hash === undefined ? "" : `.${hash.module}.${hash.name}.${hash.flat}-${hash.perByte}`
  return `wasm${INSTRUMENTATION_VERSION}.${prices}.${settings.maxWasmStack}.${settings.maxInstanceMemoryBytes}${shortcut}`
}

/**
 * Validates and instruments the code of an actor.
 *
 * @throws ModuleRefused - The reference would not load it.
 */
export function instrument(code: Uint8Array, settings: InstrumentationSettings): InstrumentedModule {
  const original = parseModule(code)
  validateCode(original)
  const limited = parseModule(limitStack(original, settings.maxWasmStack))
  const metered = parseModule(meterGas(limited, settings.prices))
  // The passes get global indices wrong if globals are imported. The reference validates their output again.
  if (original.importedGlobals > 0) {
    try {
      validateCode(metered)
    } catch (cause) {
      throw new ModuleRefused("uninstrumentable", `after instrumentation: ${(cause as Error).message}`)
    }
  }
  checkLimits(original, settings)

  const entryPoint = entryPointOf(original)
  const invoke = metered.exports.find((row) => row.kind === KIND.function && row.name === "invoke")?.index
  const unlinkable = unlinkableImport(original)
  // Such a module is refused before it is compiled.
  const adapted =
    unlinkable === undefined
      ? adaptModule(metered, entryPoint === "callable" ? invoke : undefined, settings.hashShortcut)
      : { bytes: new Uint8Array(), reusable: false }
  const exportedMemory = original.exports.find((row) => row.name === "memory" && row.kind === KIND.memory)
  const exportedTable = original.exports.find((row) => row.name === "table" && row.kind === KIND.table)
  return {
    bytes: adapted.bytes,
    size: metered.bytes.length,
    facts: {
      exportedMemoryBytes: exportedMemory && original.memories[exportedMemory.index]!.min * PAGE_BYTES,
      exportedTableElements: exportedTable && original.tables[exportedTable.index]!.min,
      entryPoint,
      imports: importedFunctions(original),
      unlinkable,
      memory: original.memories[original.importedMemories],
      table: original.tables[original.importedTables],
      hasStart: original.start !== undefined,
      reusable: adapted.reusable,
    },
  }
}

/** What a pooling allocator with one memory and one table for each instance takes. */
function checkLimits(module: ParsedModule, settings: InstrumentationSettings): void {
  const tables = module.tables.slice(module.importedTables)
  const memories = module.memories.slice(module.importedMemories)
  if (tables.length > 1) throw new ModuleRefused("limits", `${tables.length} tables: an instance has one`)
  for (const { min } of tables) {
    if (min > MAX_TABLE_ELEMENTS)
      throw new ModuleRefused("limits", `a table of ${min} elements: ${MAX_TABLE_ELEMENTS} at most`)
  }
  for (const { min } of memories) {
    if (min * PAGE_BYTES > settings.maxInstanceMemoryBytes) {
      const most = settings.maxInstanceMemoryBytes / PAGE_BYTES
      throw new ModuleRefused("limits", `a memory of ${min} pages: ${most} at most`)
    }
  }
}

const valueTypes: ReadonlyMap<number, ValueType> = new Map([
  [I32, "i32"],
  [I64, "i64"],
  [F32, "f32"],
  [F64, "f64"],
])

function importedFunctions(module: ParsedModule): ImportedFunction[] {
  return module.imports
    .filter((row) => row.kind === KIND.function)
    .map(({ module: from, name, index }) => {
      const type = module.types[index]!
      const named = (types: Uint8Array): (ValueType | undefined)[] =>
        Array.from(types, (code) => (code === FUNCREF ? undefined : valueTypes.get(code)))
      return { module: from, name, params: named(type.params), results: named(type.results) }
    })
}

function unlinkableImport(module: ParsedModule): string | undefined {
  const row = module.imports.find(
    (entry) => entry.kind !== KIND.function || (entry.module === GAS_MODULE && entry.name === GAS_COUNTER),
  )
  return row && `"${row.module}"."${row.name}" is not a function that an actor can import`
}

/**
 * One byte string for a cache: an instrumented module whose first section is a custom one with the facts.
 */
export function packModule(module: InstrumentedModule): Uint8Array {
  const facts = new BinaryWriter()
  facts.name("fevm")
  facts.name(JSON.stringify({ ...module.facts, size: module.size }))
  const writer = new BinaryWriter(module.bytes.length + facts.length + 16)
  writer.copy(HEADER)
  writer.u8(SECTION.custom)
  writer.prefixed(facts.view())
  writer.copy(module.bytes, Math.min(HEADER.length, module.bytes.length))
  return writer.finish()
}

const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)

/** The opposite of `packModule`. `undefined` if these bytes are something else. */
export function unpackModule(packed: Uint8Array): InstrumentedModule | undefined {
  try {
    const reader = new BinaryReader(packed, HEADER.length)
    if (reader.u8() !== SECTION.custom) return undefined
    const length = reader.u32()
    const end = reader.position + length
    if (reader.name() !== "fevm") return undefined
    const { size, ...facts } = JSON.parse(jsonName(reader, end)) as ModuleFacts & { size: number }
    return { bytes: packed, size, facts: facts as ModuleFacts }
  } catch (error) {
    if (error instanceof ModuleRefused || error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}

/** A string like `BinaryReader.name`, of any length. */
function jsonName(reader: BinaryReader, end: number): string {
  const length = reader.u32()
  const start = reader.skip(length)
  if (start + length !== end) reader.fail("malformed facts")
  return new TextDecoder("utf-8", { fatal: true }).decode(reader.bytes.subarray(start, start + length))
}
