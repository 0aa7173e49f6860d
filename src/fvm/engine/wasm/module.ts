import { ModuleRefused } from "../errors.ts"
import { BinaryReader, type BinaryWriter } from "./binary.ts"
import { operatorCode } from "./operators.ts"

/*
 * A module in the binary format, read as far as validation and the passes need it: headers as values, code and data as
 * byte ranges of the original. What the features of the FVM do not allow is refused on the way.
 *
 * @see WebAssembly Core 2.0, 5.5 and 3.4; wasmparser 0.236 with the features of ref-fvm fvm/src/engine/mod.rs (`wasmtime_config`)
 */

/** Value types by their byte in the binary format. */
export const I32 = 0x7f
export const I64 = 0x7e
export const F32 = 0x7d
export const F64 = 0x7c
export const FUNCREF = 0x70

/** Section ids. */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const

/** Section ids in the order in which a module must have them. */
export const SECTION_ORDER: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11]

/** Kinds of import and export, as encoded. */
export const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const

/** Limits that all engines share. */
const MAX = {
  types: 1_000_000,
  functions: 1_000_000,
  imports: 1_000_000,
  exports: 1_000_000,
  globals: 1_000_000,
  elementSegments: 100_000,
  dataSegments: 100_000,
  tableEntries: 10_000_000,
  params: 1000,
  results: 1000,
  tables: 100,
  memories: 1,
  memoryPages: 65_536,
} as const

export type FunctionType = { readonly params: Uint8Array; readonly results: Uint8Array }
export type Limits = { readonly min: number; readonly max: number | undefined }
export type GlobalType = { readonly type: number; readonly mutable: boolean }
/** Bytes `[start, end)` of the module. */
export type Range = { readonly start: number; readonly end: number }

/** One instruction that makes a constant; its `end` is left out. */
export type ConstantExpression = {
  readonly operator: number
  /** Of `i32.const`, or the index of `global.get` and `ref.func`. */
  readonly value: number
  /** Of `i64.const`. */
  readonly wide: bigint
  /** Bytes of the immediate. */
  readonly immediate: Range
}

export type Import = {
  readonly module: string
  readonly name: string
  readonly kind: number
  /** Index into `types` for functions, else into the index space of its kind. */
  readonly index: number
}

export type Export = { readonly name: string; readonly kind: number; readonly index: number }

export type ElementSegment = {
  readonly mode: "active" | "passive" | "declared"
  /** Of active segments. */
  readonly table: number
  readonly offset: ConstantExpression | undefined
  /** Function indices; undefined for a segment of expressions. */
  readonly functions: readonly number[] | undefined
  /** Number of expressions, if it is a segment of expressions. */
  readonly expressions: number
}

/** A parsed module. Index spaces begin with the imports. */
export type ParsedModule = {
  readonly bytes: Uint8Array
  /** Content of each section, by id. Of custom sections the last one. */
  readonly sections: ReadonlyMap<number, Range>
  readonly types: readonly FunctionType[]
  readonly imports: readonly Import[]
  /** Type index of each function. */
  readonly functions: readonly number[]
  readonly importedFunctions: number
  readonly tables: readonly Limits[]
  readonly importedTables: number
  readonly memories: readonly Limits[]
  readonly importedMemories: number
  readonly globals: readonly GlobalType[]
  readonly importedGlobals: number
  /** Initial values of the globals that are not imported. */
  readonly globalValues: readonly ConstantExpression[]
  readonly exports: readonly Export[]
  readonly start: number | undefined
  readonly elements: readonly ElementSegment[]
  readonly dataCount: number | undefined
  /** Locals and code of each function that is not imported, without its length. */
  readonly bodies: readonly Range[]
  /** Functions that `ref.func` may name. */
  readonly referencedFunctions: ReadonlySet<number>
}

const CONST_I32 = operatorCode("i32.const")
const CONST_I64 = operatorCode("i64.const")
const CONST_F32 = operatorCode("f32.const")
const CONST_F64 = operatorCode("f64.const")
const GLOBAL_GET = operatorCode("global.get")
const REF_NULL = operatorCode("ref.null")
const REF_FUNC = operatorCode("ref.func")
const END = operatorCode("end")

/**
 * Reads a module and checks everything but the code of its functions.
 *
 * @throws ModuleRefused - "malformed" or "invalid".
 */
export function parseModule(bytes: Uint8Array): ParsedModule {
  return new ModuleParser(bytes).parse()
}

/** Writes a constant expression with its `end`, all integers in their shortest form. */
export function writeConstant(writer: BinaryWriter, module: Uint8Array, constant: ConstantExpression): void {
  writer.u8(constant.operator)
  switch (constant.operator) {
    case CONST_I32:
      writer.s32(constant.value)
      break
    case CONST_I64:
      writer.s64(constant.wide)
      break
    case GLOBAL_GET:
    case REF_FUNC:
      writer.u32(constant.value)
      break
    default:
      writer.copy(module, constant.immediate.start, constant.immediate.end)
  }
  writer.u8(END)
}

/** Whether a constant is a plain `i32.const`. */
export function isI32Constant(constant: ConstantExpression): boolean {
  return constant.operator === CONST_I32
}

/** Reads the type of a value: a number type or `funcref`. */
export function readValueType(reader: BinaryReader): number {
  const at = reader.position
  const type = reader.u8()
  if (type === I32 || type === I64 || type === F32 || type === F64 || type === FUNCREF) return type
  throw new ModuleRefused("invalid", `value type 0x${type.toString(16)} is not available`, at)
}

class ModuleParser {
  readonly bytes: Uint8Array
  readonly sections: Map<number, Range> = new Map()
  readonly types: FunctionType[] = []
  readonly imports: Import[] = []
  readonly functions: number[] = []
  importedFunctions = 0
  readonly tables: Limits[] = []
  importedTables = 0
  readonly memories: Limits[] = []
  importedMemories = 0
  readonly globals: GlobalType[] = []
  importedGlobals = 0
  readonly globalValues: ConstantExpression[] = []
  readonly exports: Export[] = []
  start: number | undefined
  readonly elements: ElementSegment[] = []
  dataCount: number | undefined
  dataSegments: number | undefined
  definedFunctions: number | undefined
  readonly bodies: Range[] = []
  codeSeen = false
  readonly referencedFunctions: Set<number> = new Set()

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  parse(): ParsedModule {
    const reader = new BinaryReader(this.bytes)
    const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
    for (const byte of header) if (reader.u8() !== byte) reader.fail("not a WebAssembly module of version 1", 0)
    let order = -1
    while (!reader.atEnd) {
      const at = reader.position
      const id = reader.u8()
      const length = reader.u32()
      const start = reader.skip(length)
      const section = new BinaryReader(this.bytes, start, start + length)
      this.sections.set(id, { start, end: start + length })
      if (id === SECTION.custom) {
        section.name()
        continue
      }
      const place = SECTION_ORDER.indexOf(id)
      if (place < 0) reader.fail(`unknown section ${id}`, at)
      if (place <= order) reader.fail(`section ${id} is out of order`, at)
      order = place
      this.section(id, section)
      if (!section.atEnd) section.fail("unused bytes at the end of the section")
    }
    if ((this.definedFunctions ?? 0) !== this.bodies.length) reader.fail("functions and bodies differ in number")
    if (this.dataCount !== undefined && this.dataCount !== (this.dataSegments ?? 0)) {
      reader.fail("data count and data segments differ in number")
    }
    return this
  }

  section(id: number, reader: BinaryReader): void {
    switch (id) {
      case SECTION.type:
        this.vector(reader, MAX.types, "types", () => this.types.push(this.functionType(reader)))
        return
      case SECTION.import:
        this.vector(reader, MAX.imports, "imports", () => this.import(reader))
        return
      case SECTION.function:
        this.vector(reader, MAX.functions - this.functions.length, "functions", () => {
          this.functions.push(this.typeIndex(reader))
        })
        this.definedFunctions = this.functions.length - this.importedFunctions
        return
      case SECTION.table:
        this.vector(reader, MAX.tables - this.tables.length, "tables", () => this.tables.push(this.table(reader)))
        return
      case SECTION.memory:
        this.vector(reader, MAX.memories - this.memories.length, "memories", () =>
          this.memories.push(this.memory(reader)),
        )
        return
      case SECTION.global:
        this.vector(reader, MAX.globals - this.globals.length, "globals", () => {
          const type = this.globalType(reader)
          this.globalValues.push(this.constant(reader, type.type))
          this.globals.push(type)
        })
        return
      case SECTION.export:
        this.exportSection(reader)
        return
      case SECTION.start: {
        const at = reader.position
        this.start = reader.u32()
        const type = this.types[this.functions[this.start] ?? -1]
        if (type === undefined) this.invalid(`start function ${this.start} does not exist`, at)
        if (type.params.length + type.results.length > 0) this.invalid("the start function takes or returns values", at)
        return
      }
      case SECTION.element:
        this.vector(reader, MAX.elementSegments, "element segments", () => this.elements.push(this.element(reader)))
        return
      case SECTION.dataCount: {
        const at = reader.position
        this.dataCount = reader.u32()
        if (this.dataCount > MAX.dataSegments) this.invalid("too many data segments", at)
        return
      }
      case SECTION.code:
        this.code(reader)
        return
      case SECTION.data:
        this.dataSegments = 0
        this.vector(reader, MAX.dataSegments, "data segments", () => this.data(reader))
        return
    }
  }

  invalid(message: string, at: number): never {
    throw new ModuleRefused("invalid", message, at)
  }

  vector(reader: BinaryReader, max: number, what: string, read: () => unknown): void {
    const at = reader.position
    const count = reader.u32()
    if (count > max) this.invalid(`too many ${what}`, at)
    for (let i = 0; i < count; i++) read()
  }

  valueTypes(reader: BinaryReader, max: number, what: string): Uint8Array {
    const at = reader.position
    const count = reader.u32()
    if (count > max) this.invalid(`too many ${what}`, at)
    const types = new Uint8Array(Math.min(count, reader.end - reader.position))
    for (let i = 0; i < count; i++) types[i] = readValueType(reader)
    return types
  }

  functionType(reader: BinaryReader): FunctionType {
    const at = reader.position
    if (reader.u8() !== 0x60) this.invalid("only function types are available", at)
    const params = this.valueTypes(reader, MAX.params, "parameters")
    const results = this.valueTypes(reader, MAX.results, "results")
    if (results.length > 1) this.invalid("a function returns one value at most", at)
    return { params, results }
  }

  typeIndex(reader: BinaryReader): number {
    const at = reader.position
    const index = reader.u32()
    if (index >= this.types.length) this.invalid(`type ${index} does not exist`, at)
    return index
  }

  limits(reader: BinaryReader, max: number, what: string): Limits {
    const at = reader.position
    const flags = reader.u8()
    if (flags > 1) this.invalid(`${what} with flags 0x${flags.toString(16)} is not available`, at)
    const limits = { min: reader.u32(), max: flags === 1 ? reader.u32() : undefined }
    if (limits.min > (limits.max ?? limits.min)) this.invalid(`${what} begins above its maximum`, at)
    if (limits.min > max || (limits.max ?? 0) > max) this.invalid(`${what} is too large`, at)
    return limits
  }

  table(reader: BinaryReader): Limits {
    const at = reader.position
    if (reader.u8() !== FUNCREF) this.invalid("a table holds funcref", at)
    return this.limits(reader, 0xffff_ffff, "a table")
  }

  memory(reader: BinaryReader): Limits {
    return this.limits(reader, MAX.memoryPages, "a memory")
  }

  globalType(reader: BinaryReader): GlobalType {
    const type = readValueType(reader)
    const at = reader.position
    const mutable = reader.u8()
    if (mutable > 1) this.invalid("malformed global", at)
    return { type, mutable: mutable === 1 }
  }

  import(reader: BinaryReader): void {
    const module = reader.name()
    const name = reader.name()
    const at = reader.position
    const kind = reader.u8()
    let index: number
    switch (kind) {
      case KIND.function:
        index = this.typeIndex(reader)
        this.functions.push(index)
        this.importedFunctions++
        break
      case KIND.table:
        index = this.tables.push(this.table(reader)) - 1
        this.importedTables++
        if (this.tables.length > MAX.tables) this.invalid("too many tables", at)
        break
      case KIND.memory:
        index = this.memories.push(this.memory(reader)) - 1
        this.importedMemories++
        if (this.memories.length > MAX.memories) this.invalid("too many memories", at)
        break
      case KIND.global:
        index = this.globals.push(this.globalType(reader)) - 1
        this.importedGlobals++
        break
      default:
        this.invalid(`import of unknown kind ${kind}`, at)
    }
    this.imports.push({ module, name, kind, index })
  }

  exportSection(reader: BinaryReader): void {
    const names = new Set<string>()
    this.vector(reader, MAX.exports, "exports", () => {
      const at = reader.position
      const name = reader.name()
      if (names.has(name)) this.invalid(`"${name}" is exported twice`, at)
      names.add(name)
      const kind = reader.u8()
      const index = reader.u32()
      const spaces = [this.functions, this.tables, this.memories, this.globals]
      const space = spaces[kind]
      if (space === undefined) this.invalid(`export of unknown kind ${kind}`, at)
      if (index >= space.length) this.invalid(`"${name}" exports what does not exist`, at)
      if (kind === KIND.function) this.referencedFunctions.add(index)
      this.exports.push({ name, kind, index })
    })
  }

  /** A constant expression that gives a value of `type`. */
  constant(reader: BinaryReader, type: number): ConstantExpression {
    const at = reader.position
    const operator = reader.u8()
    const start = reader.position
    let value = 0
    let wide = 0n
    let actual: number
    switch (operator) {
      case CONST_I32:
        value = reader.s32()
        actual = I32
        break
      case CONST_I64:
        wide = reader.s64()
        actual = I64
        break
      case CONST_F32:
        reader.skip(4)
        actual = F32
        break
      case CONST_F64:
        reader.skip(8)
        actual = F64
        break
      case REF_NULL:
        actual = readValueType(reader)
        if (actual !== FUNCREF) this.invalid("only funcref can be null", at)
        break
      case REF_FUNC:
        value = reader.u32()
        if (value >= this.functions.length) this.invalid(`function ${value} does not exist`, at)
        this.referencedFunctions.add(value)
        actual = FUNCREF
        break
      case GLOBAL_GET: {
        value = reader.u32()
        const global = this.globals[value]
        if (global === undefined) this.invalid(`global ${value} does not exist`, at)
        if (value >= this.importedGlobals || global.mutable) {
          this.invalid("a constant can only read imported immutable globals", at)
        }
        actual = global.type
        break
      }
      default:
        return this.invalid(`0x${operator.toString(16)} is no constant instruction`, at)
    }
    const immediate = { start, end: reader.position }
    if (reader.u8() !== END) this.invalid("a constant is one instruction", at)
    if (actual !== type) this.invalid("a constant of another type is expected", at)
    return { operator, value, wide, immediate }
  }

  element(reader: BinaryReader): ElementSegment {
    const at = reader.position
    const flags = reader.u32()
    if (flags > 7) this.invalid("malformed element segment", at)
    const mode = (flags & 1) === 0 ? "active" : (flags & 2) === 0 ? "passive" : "declared"
    let table = 0
    let offset: ConstantExpression | undefined
    if (mode === "active") {
      if ((flags & 2) !== 0) table = reader.u32()
      if (table >= this.tables.length) this.invalid(`table ${table} does not exist`, at)
      offset = this.constant(reader, I32)
    }
    const ofExpressions = (flags & 4) !== 0
    if ((flags & 3) !== 0) {
      const kind = reader.u8()
      if (kind !== (ofExpressions ? FUNCREF : 0)) this.invalid("an element segment holds functions", at)
    }
    const count = reader.u32()
    if (count > MAX.tableEntries) this.invalid("too many elements", at)
    if (ofExpressions) {
      for (let i = 0; i < count; i++) this.constant(reader, FUNCREF)
      return { mode, table, offset, functions: undefined, expressions: count }
    }
    const functions: number[] = []
    for (let i = 0; i < count; i++) {
      const index = reader.u32()
      if (index >= this.functions.length) this.invalid(`function ${index} does not exist`, reader.position)
      functions.push(index)
      this.referencedFunctions.add(index)
    }
    return { mode, table, offset, functions, expressions: 0 }
  }

  code(reader: BinaryReader): void {
    const at = reader.position
    const count = reader.u32()
    if (count !== (this.definedFunctions ?? 0)) reader.fail("functions and bodies differ in number", at)
    for (let i = 0; i < count; i++) {
      const length = reader.u32()
      const start = reader.skip(length)
      this.bodies.push({ start, end: start + length })
    }
  }

  data(reader: BinaryReader): void {
    const at = reader.position
    const flags = reader.u32()
    if (flags > 2) this.invalid("malformed data segment", at)
    if (flags !== 1) {
      const memory = flags === 2 ? reader.u32() : 0
      if (memory >= this.memories.length) this.invalid(`memory ${memory} does not exist`, at)
      this.dataOffset(this.constant(reader, I32), at)
    }
    reader.skip(reader.u32())
    this.dataSegments = (this.dataSegments ?? 0) + 1
  }

  /** The metering pass knows data offsets only as plain constants. */
  dataOffset(offset: ConstantExpression, at: number): void {
    if (!isI32Constant(offset)) {
      throw new ModuleRefused("uninstrumentable", "the offset of a data segment must be an i32.const", at)
    }
  }
}
