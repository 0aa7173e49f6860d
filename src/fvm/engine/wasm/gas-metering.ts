import { ModuleRefused } from "../errors.ts"
import type { WasmPrices } from "../index.ts"
import { BinaryWriter } from "./binary.ts"
import { CodeReader } from "./code-reader.ts"
import { I64, KIND, type ParsedModule, type Range, SECTION } from "./module.ts"
import { OPERATORS, operatorCode, operatorPrice } from "./operators.ts"
import { assemble, writeInstruction } from "./writing.ts"

/*
 * Makes code pay before it runs. The module gets an imported mutable i64 global, the gas counter, and a function that
 * takes its argument off the counter and traps below zero. Code is cut into blocks that run whole or not at all (but for
 * traps), and each begins with a call of that function with the sum of its prices. Instructions whose work depends on an
 * operand pay for it just before they run.
 *
 * Where the blocks begin and what they cost decides how much gas is gone at the moment of a trap. So it follows the
 * reference everywhere, also where that is odd: the default target of `br_table` does not end a block (FVM-FACTS kernel
 * 3), and an operand is known in advance only right after its `i32.const` (4).
 *
 * @see fvm-wasm-instrument src/gas_metering/mod.rs
 */

/** Module and name under which the gas counter is imported. */
export const GAS_MODULE = "gas"
export const GAS_COUNTER = "gas_counter"

const BLOCK = operatorCode("block")
const LOOP = operatorCode("loop")
const IF = operatorCode("if")
const ELSE = operatorCode("else")
const END = operatorCode("end")
const BR = operatorCode("br")
const BR_IF = operatorCode("br_if")
const BR_TABLE = operatorCode("br_table")
const RETURN = operatorCode("return")
const CALL = operatorCode("call")
const UNREACHABLE = operatorCode("unreachable")
const LOCAL_GET = operatorCode("local.get")
const LOCAL_TEE = operatorCode("local.tee")
const GLOBAL_GET = operatorCode("global.get")
const GLOBAL_SET = operatorCode("global.set")
const I32_CONST = operatorCode("i32.const")
const I64_CONST = operatorCode("i64.const")
const I64_SUB = operatorCode("i64.sub")
const I64_MUL = operatorCode("i64.mul")
const I64_LT_S = operatorCode("i64.lt_s")
const I64_EXTEND_I32_U = operatorCode("i64.extend_i32_u")
const EMPTY_BLOCK = 0x40

const TWO_64 = 1n << 64n

/** Prices as numbers by operator: -1 for an unsupported one. */
type PriceTable = { readonly fixed: Float64Array; readonly perUnit: Float64Array }

function priceTable(prices: WasmPrices): PriceTable {
  const fixed = new Float64Array(OPERATORS.length).fill(-1)
  const perUnit = new Float64Array(OPERATORS.length)
  for (const row of OPERATORS) {
    if (row === undefined) continue
    const price = operatorPrice(row, prices)
    if (price === "unsupported") continue
    fixed[row.code] = Number(price.fixed)
    if (!("perUnit" in price)) continue
    if (price.perUnit >= 0x8000_0000n) throw new ModuleRefused("uninstrumentable", "a linear price exceeds 31 bits")
    perUnit[row.code] = Number(price.perUnit)
  }
  return { fixed, perUnit }
}

/**
 * Adds gas metering to a module.
 *
 * Exported globals keep their index and so name the global before the one that they named: the reference forgets to move
 * them. Nobody reads them.
 *
 * @throws ModuleRefused - "uninstrumentable".
 */
export function meterGas(module: ParsedModule, prices: WasmPrices): Uint8Array {
  const { bytes } = module
  const table = priceTable(prices)
  const gasGlobal = module.importedGlobals
  const gasFunction = module.functions.length
  for (const row of module.imports) {
    if (row.kind === KIND.global && row.module === GAS_MODULE && row.name === GAS_COUNTER) {
      throw new ModuleRefused("uninstrumentable", "the gas counter is not for import")
    }
  }

  const code = new BinaryWriter(bytes.length * 2)
  code.u32(module.bodies.length + 1)
  const meter = new BodyMeter(table, gasFunction)
  const body = new BinaryWriter(4096)
  module.bodies.forEach((range, i) => {
    const type = module.types[module.functions[module.importedFunctions + i]!]!
    body.clear()
    meter.rewrite(bytes, range, type.params.length, body)
    code.prefixed(body.view())
  })
  body.clear()
  for (const byte of [0, GLOBAL_GET]) body.u8(byte)
  body.u32(gasGlobal)
  for (const byte of [LOCAL_GET, 0, I64_SUB, GLOBAL_SET]) body.u8(byte)
  body.u32(gasGlobal)
  body.u8(GLOBAL_GET)
  body.u32(gasGlobal)
  for (const byte of [I64_CONST, 0, I64_LT_S, IF, EMPTY_BLOCK, UNREACHABLE, END, END]) body.u8(byte)
  code.prefixed(body.view())

  const imports = new BinaryWriter()
  const importSection = module.sections.get(SECTION.import)
  imports.u32(module.imports.length + 1)
  if (importSection !== undefined) copyImports(imports, module)
  imports.name(GAS_MODULE)
  imports.name(GAS_COUNTER)
  for (const byte of [KIND.global, I64, 1]) imports.u8(byte)

  let gasType = module.types.findIndex(
    (type) => type.results.length === 0 && type.params.length === 1 && type.params[0] === I64,
  )
  const replaced = new Map<number, Uint8Array>([
    [SECTION.import, imports.finish()],
    [SECTION.code, code.finish()],
  ])
  if (gasType < 0) {
    gasType = module.types.length
    const types = new BinaryWriter()
    types.u32(module.types.length + 1)
    for (const type of module.types) {
      types.u8(0x60)
      types.prefixed(type.params)
      types.prefixed(type.results)
    }
    for (const byte of [0x60, 1, I64, 0]) types.u8(byte)
    replaced.set(SECTION.type, types.finish())
  }
  const functions = new BinaryWriter()
  functions.u32(module.bodies.length + 1)
  for (let i = module.importedFunctions; i < module.functions.length; i++) functions.u32(module.functions[i]!)
  functions.u32(gasType)
  replaced.set(SECTION.function, functions.finish())
  return assemble(module, replaced)
}

function copyImports(writer: BinaryWriter, module: ParsedModule): void {
  for (const row of module.imports) {
    writer.name(row.module)
    writer.name(row.name)
    writer.u8(row.kind)
    if (row.kind === KIND.function) writer.u32(row.index)
    else if (row.kind === KIND.global) {
      const global = module.globals[row.index]!
      writer.u8(global.type)
      writer.u8(global.mutable ? 1 : 0)
    } else {
      if (row.kind === KIND.table) writer.u8(0x70)
      const limits = row.kind === KIND.table ? module.tables[row.index]! : module.memories[row.index]!
      writer.u8(limits.max === undefined ? 0 : 1)
      writer.u32(limits.min)
      if (limits.max !== undefined) writer.u32(limits.max)
    }
  }
}

/** A stretch of code that is paid for at its beginning. */
type Block = {
  /** Number of its first instruction in the function. */
  first: number
  /** Milligas, but for `wide`. */
  cost: number
  /** Milligas of linear prices with a known operand, which can exceed 2^53. */
  wide: bigint
}

/** An open `block`, `loop`, `if`, or the function. */
type Control = {
  /** The outermost forward target of a branch inside. */
  lowestForwardTarget: number
  active: Block
  readonly isLoop: boolean
}

class BodyMeter {
  readonly #prices: PriceTable
  readonly #gasFunction: number
  /** Offset of each instruction. */
  #starts: Uint32Array = new Uint32Array(4096)
  #controls: Control[] = []
  #finished: Block[] = []

  constructor(prices: PriceTable, gasFunction: number) {
    this.#prices = prices
    this.#gasFunction = gasFunction
  }

  rewrite(bytes: Uint8Array, range: Range, params: number, out: BinaryWriter): void {
    const reader = new CodeReader(bytes, range.start, range.end)
    const groups = reader.u32()
    const localsStart = reader.position
    let locals = params
    for (let i = 0; i < groups; i++) {
      locals += reader.u32()
      reader.u8()
    }
    const codeStart = reader.position
    const dynamic = this.#partition(reader)

    out.u32(groups + (dynamic.length > 0 ? 1 : 0))
    out.copy(bytes, localsStart, codeStart)
    if (dynamic.length > 0) {
      out.u32(1)
      out.u8(0x7f)
    }

    this.#finished.sort((a, b) => a.first - b.first)
    for (let i = 1; i < this.#finished.length; i++) {
      // Cannot be, as far as we know; the reference refuses such a module.
      if (this.#finished[i]!.first === this.#finished[i - 1]!.first) {
        throw new ModuleRefused("uninstrumentable", "two blocks begin at one instruction", range.start)
      }
    }
    this.#emit(bytes, codeStart, range.end, dynamic, locals, out)
  }

  /** Writes the code with charges, and global indices moved up by the imported counter. */
  #emit(bytes: Uint8Array, start: number, end: number, dynamic: number[], temporary: number, out: BinaryWriter): void {
    const reader = new CodeReader(bytes, start, end)
    let copied = start
    let block = 0
    let nextDynamic = 0
    for (let instruction = 0; !reader.atEnd; instruction++) {
      reader.next()
      const charged = this.#finished[block]?.first === instruction
      const linear = dynamic[nextDynamic] === instruction
      const global = reader.operator === GLOBAL_GET || reader.operator === GLOBAL_SET
      if (!charged && !linear && !global && reader.shortest) continue
      out.copy(bytes, copied, reader.start)
      copied = reader.start
      if (charged) {
        const { cost, wide } = this.#finished[block++]!
        out.u8(I64_CONST)
        if (wide === 0n && cost <= 0x7fff_ffff) out.s32(cost)
        else out.s64(BigInt.asIntN(64, BigInt(cost) + wide))
        out.u8(CALL)
        out.u32(this.#gasFunction)
      }
      if (linear) {
        nextDynamic++
        out.u8(LOCAL_TEE)
        out.u32(temporary)
        out.u8(LOCAL_GET)
        out.u32(temporary)
        out.u8(I64_EXTEND_I32_U)
        out.u8(I64_CONST)
        out.s32(this.#prices.perUnit[reader.operator]!)
        out.u8(I64_MUL)
        out.u8(CALL)
        out.u32(this.#gasFunction)
      }
      if (global) {
        out.u8(reader.operator)
        out.u32(reader.first + 1)
        copied = reader.position
      } else if (!reader.shortest) {
        writeInstruction(out, reader)
        copied = reader.position
      }
    }
    out.copy(bytes, copied, end)
  }

  /** Cuts the code into blocks. Returns the instructions that pay by an operand known only when they run. */
  #partition(reader: CodeReader): number[] {
    const { fixed, perUnit } = this.#prices
    const dynamic: number[] = []
    this.#finished = []
    this.#controls = []
    this.#begin(0, false)
    /** The value of the instruction before, if it was an `i32.const`. */
    let known: number | undefined
    for (let cursor = 0; !reader.atEnd; cursor++) {
      reader.next()
      if (cursor === this.#starts.length) {
        const grown = new Uint32Array(cursor * 2)
        grown.set(this.#starts)
        this.#starts = grown
      }
      this.#starts[cursor] = reader.start
      const { operator } = reader
      const cost = fixed[operator]!
      if (cost < 0) throw new ModuleRefused("uninstrumentable", "unsupported instruction", reader.start)
      let wide = 0n
      if (perUnit[operator]! > 0) {
        if (known === undefined) dynamic.push(cursor)
        else if (known < 0) {
          throw new ModuleRefused("uninstrumentable", "a linear price with a negative operand", reader.start)
        } else wide = BigInt(known) * BigInt(perUnit[operator]!)
      }
      known = operator === I32_CONST ? reader.first : undefined
      if (operator === END) {
        this.#close(cursor)
        continue
      }
      if (operator === ELSE) {
        this.#finish(cursor)
        continue
      }
      const { active } = this.#controls[this.#controls.length - 1]!
      active.cost += cost
      if (wide !== 0n) {
        active.wide += wide
        if (BigInt(active.cost) + active.wide >= TWO_64) {
          throw new ModuleRefused("uninstrumentable", "the price of a block exceeds 64 bits", reader.start)
        }
      }
      switch (operator) {
        case BLOCK:
          // Shares its beginning with the block around it, into which its first part is merged.
          this.#begin(active.first, false)
          break
        case IF:
          this.#begin(cursor + 1, false)
          break
        case LOOP:
          this.#begin(cursor + 1, true)
          break
        case BR:
        case BR_IF:
          this.#finish(cursor)
          this.#target(this.#controls.length - 1 - reader.first)
          break
        case BR_TABLE: {
          const deepest = this.#controls.length - 1
          this.#finish(cursor)
          // The last label is the default, which does not count.
          for (let i = 0; i < reader.labels.length - 1; i++) this.#target(deepest - reader.labels[i]!)
          break
        }
        case RETURN:
          this.#finish(cursor)
          this.#target(0)
          break
      }
    }
    return dynamic
  }

  #begin(first: number, isLoop: boolean): void {
    this.#controls.push({
      lowestForwardTarget: this.#controls.length,
      active: { first, cost: 0, wide: 0n },
      isLoop,
    })
  }

  /** Ends the active block of the innermost control block; the next begins after `cursor`. */
  #finish(cursor: number): void {
    const control = this.#controls[this.#controls.length - 1]!
    const closing = control.active
    control.active = { first: cursor + 1, cost: 0, wide: 0n }
    const around = this.#controls[this.#controls.length - 2]?.active
    if (around !== undefined && around.first === closing.first) {
      around.cost += closing.cost
      around.wide += closing.wide
      return
    }
    if (closing.cost > 0 || closing.wide > 0n) this.#finished.push(closing)
  }

  #close(cursor: number): void {
    this.#finish(cursor)
    const closed = this.#controls.pop()!
    const around = this.#controls[this.#controls.length - 1]
    if (around === undefined) return
    around.lowestForwardTarget = Math.min(around.lowestForwardTarget, closed.lowestForwardTarget)
    // Something may jump further out: what follows does not always run.
    if (closed.lowestForwardTarget < this.#controls.length) this.#finish(cursor)
  }

  #target(index: number): void {
    if (this.#controls[index]!.isLoop) return
    const control = this.#controls[this.#controls.length - 1]!
    control.lowestForwardTarget = Math.min(control.lowestForwardTarget, index)
  }
}
