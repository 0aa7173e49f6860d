import type { HashShortcut } from "../index.ts"
import { BinaryWriter } from "./binary.ts"
import { CodeReader } from "./code-reader.ts"
import {
  hashImportOf,
  hashShortcutBody,
  KECCAK_BLOCK,
  KECCAK_BLOCK_PARAMS,
  KECCAK_BLOCK_RESULTS,
} from "./hash-shortcut.ts"
import { F32, F64, FUNCREF, I32, I64, KIND, type ParsedModule, SECTION, writeConstant } from "./module.ts"
import { OPERATORS, operatorCode } from "./operators.ts"
import { assemble } from "./writing.ts"

/*
 * The last pass: what an engine without the reference's switches needs to behave like the reference. It comes after gas
 * metering, so that nothing it adds costs gas, and what it changes no actor can see.
 *
 * - NaNs that arithmetic makes become the canonical one: `call` of a small function after each such instruction.
 * - `memory.grow` and `table.grow` ask the host first, who knows the limits of instance and message. `memory.size` reads
 *   a global that the host sets, since a used instance can have more memory than the actor was given.
 * - The gas counter becomes a global of the module, and each charge is written out where it was a call: both are on the path
 *   of every block of code.
 * - Calls of the syscall for digests go to a function in the module, if the engine is told so (`hash-shortcut.ts`).
 * - Exports are reduced to what the host uses: `invoke`, the start function (no start section is left), the memory, and a
 *   function that sets all globals back.
 * - Custom sections are left out.
 *
 * @see ref-fvm fvm/src/engine/mod.rs (`cranelift_nan_canonicalization`, `WasmtimeLimiter`)
 */

/** Module name of the functions that adapted code imports. No actor can name it: it is added after linking was checked. */
export const HOST_MODULE = "fevm"
/** `(pages: i32) -> i32`: grows the memory; answers as `memory.grow` does. */
export const GROW_MEMORY = "grow_memory"
/** `(size: i32, elements: i32) -> i32`: whether the table may grow. */
export const MAY_GROW_TABLE = "may_grow_table"

/** Names of the exports of an adapted module. */
export const EXPORTS = {
  memory: "memory",
  /** Only if the module has a callable one. */
  invoke: "invoke",
  /** `(i64) -> ()` and `() -> (i64)`: the gas counter. */
  setGas: "set_gas",
  getGas: "get_gas",
  /** `(f64) -> ()` and `() -> (f64)`: the same counter, for a host that has numbers rather than integers of 64 bits. */
  writeGas: "write_gas",
  readGas: "read_gas",
  /** Pages that the actor has, as a mutable i32 global. */
  pages: "pages",
  /** `() -> ()`: the start function. It is called by the host, which has no access to the memory before. */
  start: "start",
  /** `() -> ()`: sets every mutable global to its initial value. Only if the instance can be used again. */
  reset: "reset",
  /** `(i32) -> ()`: whether syscalls may be answered in the module; at first they may not. Only if there is one that can be. */
  allowShortcuts: "allow_shortcuts",
} as const

/** What the host has to know about an adapted module. */
export type AdaptedModule = {
  readonly bytes: Uint8Array
  /** False if a run can leave traces that `reset` and a copy of the memory do not remove: tables, dropped segments. */
  readonly reusable: boolean
}

/** The gas counter is the only global that is imported, so it comes first, and keeps its index as a global of the module. */
const GAS_GLOBAL = 0
/** As many locals as a function may have; the one that a charge needs must fit too. */
const MAX_LOCALS = 50_000
/** More mutable globals than this are not worth setting back: a store each, a nanosecond or less, beside 150 us for a new instance. */
const MAX_RESET_GLOBALS = 4096

const END = operatorCode("end")
const IF = operatorCode("if")
const ELSE = operatorCode("else")
const CALL = operatorCode("call")
const SELECT = operatorCode("select")
const UNREACHABLE = operatorCode("unreachable")
const LOCAL_GET = operatorCode("local.get")
const LOCAL_SET = operatorCode("local.set")
const LOCAL_TEE = operatorCode("local.tee")
const I64_CONST = operatorCode("i64.const")
const I64_SUB = operatorCode("i64.sub")
const I64_LT_S = operatorCode("i64.lt_s")
const EMPTY_BLOCK = 0x40
const GLOBAL_GET = operatorCode("global.get")
const GLOBAL_SET = operatorCode("global.set")
const I32_CONST = operatorCode("i32.const")
const F32_CONST = operatorCode("f32.const")
const F64_CONST = operatorCode("f64.const")
const F32_EQ = operatorCode("f32.eq")
const F64_EQ = operatorCode("f64.eq")
const I64_TRUNC_F64_S = operatorCode("i64.trunc_f64_s")
const F64_CONVERT_I64_S = operatorCode("f64.convert_i64_s")
const REF_FUNC = operatorCode("ref.func")
const MEMORY_SIZE = operatorCode("memory.size")
const MEMORY_GROW = operatorCode("memory.grow")
const TABLE_SIZE = operatorCode("table.size")
const TABLE_GROW = operatorCode("table.grow")

/** 1: canonical f32, 2: canonical f64, 3: call, 4: memory.size, 5: memory.grow, 6: table.grow. */
const changes: Uint8Array = new Uint8Array(OPERATORS.length)
for (const row of OPERATORS) if (row?.canonical !== undefined) changes[row.code] = row.canonical === "f32" ? 1 : 2
changes[CALL] = 3
changes[MEMORY_SIZE] = 4
changes[MEMORY_GROW] = 5
changes[TABLE_GROW] = 6

/** Instructions after which an instance cannot be made as good as new. */
const lasting: Uint8Array = new Uint8Array(OPERATORS.length)
for (const name of ["table.set", "table.init", "table.copy", "table.grow", "table.fill", "elem.drop", "data.drop"]) {
  lasting[operatorCode(name)] = 1
}

type NewType = { readonly params: readonly number[]; readonly results: readonly number[] }

/**
 * Adapts a metered module that imports nothing but functions and the gas counter.
 *
 * @param invoke - Index of the function exported as `invoke`, if it can be called.
 * @param shortcut - Default: every syscall goes to the host.
 */
export function adaptModule(
  module: ParsedModule,
  invoke: number | undefined,
  shortcut?: HashShortcut | undefined,
): AdaptedModule {
  const { bytes } = module
  const used = scan(module)

  const types: NewType[] = []
  const typeIndex = (params: readonly number[], results: readonly number[]): number => {
    const same = (a: ArrayLike<number>, b: readonly number[]): boolean =>
      a.length === b.length && b.every((type, i) => a[i] === type)
    const known = module.types.findIndex((type) => same(type.params, params) && same(type.results, results))
    if (known >= 0) return known
    const added = types.findIndex((type) => same(type.params, params) && same(type.results, results))
    return module.types.length + (added >= 0 ? added : types.push({ params, results }) - 1)
  }

  // Imported functions come first among all, so each added one moves the module's own.
  const imported: { name: string; type: number }[] = []
  const growMemory = module.importedFunctions + imported.length
  if (used.growMemory) imported.push({ name: GROW_MEMORY, type: typeIndex([I32], [I32]) })
  const mayGrowTable = module.importedFunctions + imported.length
  if (used.growTable) imported.push({ name: MAY_GROW_TABLE, type: typeIndex([I32, I32], [I32]) })
  const hashImport = hashImportOf(module, shortcut)
  const keccakBlock = module.importedFunctions + imported.length
  if (hashImport !== undefined) {
    imported.push({ name: KECCAK_BLOCK, type: typeIndex(KECCAK_BLOCK_PARAMS, KECCAK_BLOCK_RESULTS) })
  }
  const shift = imported.length
  const moved = (index: number): number => (index < module.importedFunctions ? index : index + shift)

  const pagesGlobal = module.globals.length
  const allowedGlobal = pagesGlobal + 1
  const mutable = module.globals.flatMap((global, i) => (global.mutable && i >= module.importedGlobals ? [i] : []))
  const reusable = !used.lasting && module.start === undefined && mutable.length <= MAX_RESET_GLOBALS

  const added: { type: number; body: BinaryWriter }[] = []
  const addFunction = (type: number, body: BinaryWriter): number => {
    added.push({ type, body })
    return module.functions.length + shift + added.length - 1
  }
  const canonical32 = used.f32 ? addFunction(typeIndex([F32], [F32]), canonicalBody(F32_CONST, F32_EQ)) : 0
  const canonical64 = used.f64 ? addFunction(typeIndex([F64], [F64]), canonicalBody(F64_CONST, F64_EQ)) : 0
  const growTable = used.growTable ? addFunction(typeIndex([FUNCREF, I32], [I32]), growTableBody(mayGrowTable)) : 0
  const setGas = addFunction(typeIndex([I64], []), bodyOf([0, LOCAL_GET, 0, GLOBAL_SET, GAS_GLOBAL, END]))
  const getGas = addFunction(typeIndex([], [I64]), bodyOf([0, GLOBAL_GET, GAS_GLOBAL, END]))
  const writeGas = addFunction(
    typeIndex([F64], []),
    bodyOf([0, LOCAL_GET, 0, I64_TRUNC_F64_S, GLOBAL_SET, GAS_GLOBAL, END]),
  )
  const readGas = addFunction(typeIndex([], [F64]), bodyOf([0, GLOBAL_GET, GAS_GLOBAL, F64_CONVERT_I64_S, END]))
  const allowShortcuts = hashImport === undefined ? 0 : addFunction(typeIndex([I32], []), allowBody(allowedGlobal))
  const ownHash =
    hashImport === undefined
      ? 0
      : addFunction(
          module.functions[hashImport]!,
          hashShortcutBody(shortcut!, {
            hostFunction: hashImport,
            keccakBlock,
            gas: GAS_GLOBAL,
            pages: pagesGlobal,
            allowed: allowedGlobal,
          }),
        )
  const reset = reusable ? addFunction(typeIndex([], []), resetBody(module, mutable, moved)) : 0

  const code = new BinaryWriter(bytes.length + 4096)
  code.u32(module.bodies.length + added.length)
  const body = new BinaryWriter(4096)
  const gasFunction = module.functions.length - 1
  module.bodies.forEach((range, i) => {
    body.clear()
    const cursor = new CodeReader(bytes, range.start, range.end)
    const groups = cursor.u32()
    const localsStart = cursor.position
    let locals = module.types[module.functions[module.importedFunctions + i]!]!.params.length
    for (let j = 0; j < groups; j++) {
      locals += cursor.u32()
      cursor.u8()
    }
    const writesOut = locals < MAX_LOCALS && module.importedFunctions + i !== gasFunction
    body.u32(groups + (writesOut ? 1 : 0))
    body.copy(bytes, localsStart, cursor.position)
    if (writesOut) {
      body.u32(1)
      body.u8(I64)
    }
    let copied = cursor.position
    while (!cursor.atEnd) {
      cursor.next()
      const change = changes[cursor.operator]!
      if (change === 0) continue
      if (change <= 2) {
        body.copy(bytes, copied, cursor.position)
        body.u8(CALL)
        body.u32(change === 1 ? canonical32 : canonical64)
      } else {
        const charge = change === 3 && writesOut && cursor.first === gasFunction
        const hashes = change === 3 && cursor.first === hashImport
        if (change === 3 && !charge && !hashes && (shift === 0 || cursor.first < module.importedFunctions)) continue
        body.copy(bytes, copied, cursor.start)
        if (charge) writeCharge(body, locals)
        else if (change === 4) {
          body.u8(GLOBAL_GET)
          body.u32(pagesGlobal)
        } else {
          body.u8(CALL)
          if (hashes) body.u32(ownHash)
          else body.u32(change === 3 ? cursor.first + shift : change === 5 ? growMemory : growTable)
        }
      }
      copied = cursor.position
    }
    body.copy(bytes, copied, range.end)
    code.prefixed(body.view())
  })
  for (const row of added) code.prefixed(row.body.view())

  const functions = new BinaryWriter()
  functions.u32(module.bodies.length + added.length)
  for (let i = module.importedFunctions; i < module.functions.length; i++) functions.u32(module.functions[i]!)
  for (const row of added) functions.u32(row.type)

  const globals = new BinaryWriter()
  globals.u32(module.globalValues.length + (hashImport === undefined ? 2 : 3))
  for (const byte of [I64, 1, I64_CONST, 0, END]) globals.u8(byte)
  module.globalValues.forEach((value, i) => {
    const type = module.globals[module.importedGlobals + i]!
    globals.u8(type.type)
    globals.u8(type.mutable ? 1 : 0)
    writeConstant(globals, bytes, value.operator === REF_FUNC ? { ...value, value: moved(value.value) } : value)
  })
  for (const byte of [I32, 1, I32_CONST]) globals.u8(byte)
  globals.s32(module.memories[0]?.min ?? 0)
  globals.u8(END)
  if (hashImport !== undefined) for (const byte of [I32, 1, I32_CONST, 0, END]) globals.u8(byte)

  const exported: { name: string; kind: number; index: number }[] = [
    { name: EXPORTS.pages, kind: KIND.global, index: pagesGlobal },
    { name: EXPORTS.setGas, kind: KIND.function, index: setGas },
    { name: EXPORTS.getGas, kind: KIND.function, index: getGas },
    { name: EXPORTS.writeGas, kind: KIND.function, index: writeGas },
    { name: EXPORTS.readGas, kind: KIND.function, index: readGas },
  ]
  if (module.memories.length > 0) exported.push({ name: EXPORTS.memory, kind: KIND.memory, index: 0 })
  if (invoke !== undefined) exported.push({ name: EXPORTS.invoke, kind: KIND.function, index: moved(invoke) })
  if (module.start !== undefined)
    exported.push({ name: EXPORTS.start, kind: KIND.function, index: moved(module.start) })
  if (reusable) exported.push({ name: EXPORTS.reset, kind: KIND.function, index: reset })
  if (hashImport !== undefined) {
    exported.push({ name: EXPORTS.allowShortcuts, kind: KIND.function, index: allowShortcuts })
  }
  const exports = new BinaryWriter()
  exports.u32(exported.length)
  for (const row of exported) {
    exports.name(row.name)
    exports.u8(row.kind)
    exports.u32(row.index)
  }

  const replaced = new Map<number, Uint8Array>([
    [SECTION.import, importSection(module, imported)],
    [SECTION.function, functions.finish()],
    [SECTION.global, globals.finish()],
    [SECTION.export, exports.finish()],
    [SECTION.code, code.finish()],
  ])
  if (types.length > 0) replaced.set(SECTION.type, typeSection(module, types))
  if (shift > 0) replaced.set(SECTION.element, elementSection(module, moved))
  const sections = new Map(module.sections)
  sections.delete(SECTION.custom)
  sections.delete(SECTION.start)
  return { bytes: assemble({ ...module, sections }, replaced), reusable }
}

function skipLocals(cursor: CodeReader): void {
  for (let groups = cursor.u32(); groups > 0; groups--) {
    cursor.u32()
    cursor.u8()
  }
}

function scan(module: ParsedModule): {
  f32: boolean
  f64: boolean
  growMemory: boolean
  growTable: boolean
  lasting: boolean
} {
  const seen = new Uint8Array(8)
  let last = 0
  for (const range of module.bodies) {
    const cursor = new CodeReader(module.bytes, range.start, range.end)
    skipLocals(cursor)
    while (!cursor.atEnd) {
      cursor.next()
      seen[changes[cursor.operator]!] = 1
      last |= lasting[cursor.operator]!
    }
  }
  return {
    f32: seen[1] === 1,
    f64: seen[2] === 1,
    growMemory: seen[5] === 1,
    growTable: seen[6] === 1,
    lasting: last === 1,
  }
}

/** `x` if it equals itself, else the canonical NaN. */
function canonicalBody(constant: number, equal: number): BinaryWriter {
  const body = new BinaryWriter(32)
  for (const byte of [0, LOCAL_GET, 0, constant]) body.u8(byte)
  // Quiet, positive, payload zero; little-endian.
  const nan = constant === F32_CONST ? [0, 0, 0xc0, 0x7f] : [0, 0, 0, 0, 0, 0, 0xf8, 0x7f]
  for (const byte of nan) body.u8(byte)
  for (const byte of [LOCAL_GET, 0, LOCAL_GET, 0, equal, SELECT, END]) body.u8(byte)
  return body
}

function allowBody(global: number): BinaryWriter {
  const body = bodyOf([0, LOCAL_GET, 0, GLOBAL_SET])
  body.u32(global)
  body.u8(END)
  return body
}

function bodyOf(code: readonly number[]): BinaryWriter {
  const body = new BinaryWriter(16)
  for (const byte of code) body.u8(byte)
  return body
}

/** What a call of the gas function does with the i64 on the stack. */
function writeCharge(body: BinaryWriter, temporary: number): void {
  body.u8(LOCAL_SET)
  body.u32(temporary)
  body.u8(GLOBAL_GET)
  body.u8(GAS_GLOBAL)
  body.u8(LOCAL_GET)
  body.u32(temporary)
  body.u8(I64_SUB)
  body.u8(LOCAL_TEE)
  body.u32(temporary)
  body.u8(GLOBAL_SET)
  body.u8(GAS_GLOBAL)
  body.u8(LOCAL_GET)
  body.u32(temporary)
  for (const byte of [I64_CONST, 0, I64_LT_S, IF, EMPTY_BLOCK, UNREACHABLE, END]) body.u8(byte)
}

function growTableBody(mayGrowTable: number): BinaryWriter {
  const body = new BinaryWriter(32)
  for (const byte of [0, 0xfc, TABLE_SIZE - 256, 0, LOCAL_GET, 1, CALL]) body.u8(byte)
  body.u32(mayGrowTable)
  for (const byte of [IF, I32, LOCAL_GET, 0, LOCAL_GET, 1, 0xfc, TABLE_GROW - 256, 0]) body.u8(byte)
  for (const byte of [ELSE, I32_CONST, 0x7f, END, END]) body.u8(byte)
  return body
}

function resetBody(module: ParsedModule, mutable: readonly number[], moved: (index: number) => number): BinaryWriter {
  const body = new BinaryWriter(64)
  body.u8(0)
  const constant = new BinaryWriter(16)
  for (const index of mutable) {
    const value = module.globalValues[index - module.importedGlobals]!
    constant.clear()
    writeConstant(constant, module.bytes, value.operator === REF_FUNC ? { ...value, value: moved(value.value) } : value)
    // Without the `end` of the constant expression.
    body.copy(constant.view(), 0, constant.length - 1)
    body.u8(GLOBAL_SET)
    body.u32(index)
  }
  body.u8(END)
  return body
}

function typeSection(module: ParsedModule, added: readonly NewType[]): Uint8Array {
  const writer = new BinaryWriter()
  writer.u32(module.types.length + added.length)
  for (const type of [...module.types, ...added]) {
    writer.u8(0x60)
    writer.prefixed(Uint8Array.from(type.params))
    writer.prefixed(Uint8Array.from(type.results))
  }
  return writer.finish()
}

function importSection(module: ParsedModule, added: readonly { name: string; type: number }[]): Uint8Array {
  const functions = module.imports.filter((row) => row.kind === KIND.function)
  const writer = new BinaryWriter()
  writer.u32(functions.length + added.length)
  for (const row of functions) {
    writer.name(row.module)
    writer.name(row.name)
    writer.u8(KIND.function)
    writer.u32(row.index)
  }
  for (const row of added) {
    writer.name(HOST_MODULE)
    writer.name(row.name)
    writer.u8(KIND.function)
    writer.u32(row.type)
  }
  return writer.finish()
}

function elementSection(module: ParsedModule, moved: (index: number) => number): Uint8Array {
  const writer = new BinaryWriter()
  writer.u32(module.elements.length)
  for (const segment of module.elements) {
    const functions = segment.functions ?? []
    writer.u32({ active: 2, passive: 1, declared: 3 }[segment.mode])
    if (segment.offset !== undefined) {
      writer.u32(segment.table)
      writeConstant(writer, module.bytes, segment.offset)
    }
    writer.u8(0)
    writer.u32(functions.length)
    for (const index of functions) writer.u32(moved(index))
  }
  return writer.finish()
}
