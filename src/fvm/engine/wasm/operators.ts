import type { WasmPrices } from "../index.ts"

/*
 * The instructions that an actor may contain, each written once: how it is encoded, which values it takes and leaves,
 * what it costs. Validation, the stack limiter, gas metering and the float pass all read this table.
 *
 * An instruction that is not here is either not WebAssembly or belongs to a proposal that the FVM has switched off
 * (SIMD, threads, multi-value, tail calls, exceptions, GC, memory64, multi-memory): it is invalid.
 *
 * @see WebAssembly Core 2.0, 5.4; ref-fvm fvm/src/gas/price_list.rs (`impl Rules for WasmGasPrices`)
 */

/** What follows the opcode. */
export type Immediate =
  | "none"
  /** 0x40, or a value type. */
  | "block type"
  | "label"
  | "label table"
  | "function"
  /** Type index, table index. */
  | "indirect call"
  | "local"
  | "global"
  | "table"
  /** Alignment exponent, offset. */
  | "memory access"
  /** One zero byte. */
  | "memory byte"
  /** A memory index, which must be 0. */
  | "memory"
  | "i32"
  | "i64"
  | "f32"
  | "f64"
  | "data segment"
  | "element segment"
  /** Data segment, memory. */
  | "data segment and memory"
  /** Element segment, table. */
  | "element segment and table"
  | "two memories"
  | "two tables"
  | "value types"
  | "heap type"

/** How an instruction is priced. */
export type PriceClass =
  | "free"
  | "instruction"
  | "math"
  | "jump"
  | "conditional jump"
  | "indirect jump"
  | "call"
  | "indirect call"
  | "load"
  | "store"
  /** Linear in the last operand, bytes to copy. */
  | "copy bytes"
  /** Linear in the last operand, bytes to fill. */
  | "fill bytes"
  /** Linear in the last operand, pages of 65,536 bytes to fill. */
  | "fill pages"
  /** Linear in the last operand, table elements of 8 bytes to copy. */
  | "copy elements"
  /** Linear in the last operand, table elements of 8 bytes to fill. */
  | "fill elements"
  /** Valid, but neither the stack limiter nor the metering knows it: a module that contains it does not load. */
  | "unsupported"

/** One row of the table. */
export type Operator = {
  /** Key in the table: the opcode, or 256 + the second number after the prefix 0xfc. */
  readonly code: number
  /** As in the text format. */
  readonly name: string
  readonly immediate: Immediate
  /**
   * Operand and result types, `"ii:i"`: i = i32, I = i64, f = f32, F = f64, r = funcref. `undefined` where they follow
   * from the immediate or the context.
   */
  readonly signature: string | undefined
  readonly price: PriceClass
  /** Natural alignment of a memory access, as an exponent. */
  readonly alignment: number
  /**
   * `"f32"` or `"f64"`: what it leaves is made canonical if it is a NaN, as Cranelift does it (its pass covers rounding,
   * square root, arithmetic, min, max, and conversion between the two widths; neg, abs, copysign move bits only).
   */
  readonly canonical: "f32" | "f64" | undefined
}

type Row = readonly [
  code: number,
  name: string,
  price: PriceClass,
  signature?: string | undefined,
  immediate?: Immediate,
  alignment?: number,
]

const FC = 256

const rows: Row[] = [
  [0x00, "unreachable", "free"],
  [0x01, "nop", "free", ":"],
  [0x02, "block", "free", undefined, "block type"],
  [0x03, "loop", "free", undefined, "block type"],
  [0x04, "if", "conditional jump", undefined, "block type"],
  [0x05, "else", "free"],
  [0x0b, "end", "free"],
  [0x0c, "br", "jump", undefined, "label"],
  [0x0d, "br_if", "conditional jump", undefined, "label"],
  [0x0e, "br_table", "indirect jump", undefined, "label table"],
  [0x0f, "return", "free"],
  [0x10, "call", "call", undefined, "function"],
  [0x11, "call_indirect", "indirect call", undefined, "indirect call"],
  [0x1a, "drop", "free"],
  [0x1b, "select", "instruction"],
  [0x1c, "select_t", "unsupported", undefined, "value types"],
  [0x20, "local.get", "instruction", undefined, "local"],
  [0x21, "local.set", "instruction", undefined, "local"],
  [0x22, "local.tee", "instruction", undefined, "local"],
  [0x23, "global.get", "instruction", undefined, "global"],
  [0x24, "global.set", "instruction", undefined, "global"],
  [0x25, "table.get", "load", "i:r", "table"],
  [0x26, "table.set", "store", "ir:", "table"],
  [0x3f, "memory.size", "instruction", ":i", "memory byte"],
  [0x40, "memory.grow", "fill pages", "i:i", "memory byte"],
  [0x41, "i32.const", "instruction", ":i", "i32"],
  [0x42, "i64.const", "instruction", ":I", "i64"],
  [0x43, "f32.const", "instruction", ":f", "f32"],
  [0x44, "f64.const", "instruction", ":F", "f64"],
  [0xd0, "ref.null", "unsupported", ":r", "heap type"],
  [0xd1, "ref.is_null", "unsupported", "r:i"],
  [0xd2, "ref.func", "unsupported", ":r", "function"],
  [FC + 8, "memory.init", "copy bytes", "iii:", "data segment and memory"],
  [FC + 9, "data.drop", "instruction", ":", "data segment"],
  [FC + 10, "memory.copy", "copy bytes", "iii:", "two memories"],
  [FC + 11, "memory.fill", "fill bytes", "iii:", "memory"],
  [FC + 12, "table.init", "copy elements", "iii:", "element segment and table"],
  [FC + 13, "elem.drop", "instruction", ":", "element segment"],
  [FC + 14, "table.copy", "copy elements", "iii:", "two tables"],
  [FC + 15, "table.grow", "fill elements", "ri:i", "table"],
  [FC + 16, "table.size", "instruction", ":i", "table"],
  [FC + 17, "table.fill", "fill elements", "iri:", "table"],
]

/** Adds instructions with consecutive opcodes and one price. */
function series(first: number, price: PriceClass, list: string): void {
  list
    .trim()
    .split(/\s+/)
    .forEach((entry, i) => {
      const [name, signature] = entry.split("/")
      rows.push([first + i, name!, price, signature!])
    })
}

function accesses(first: number, price: PriceClass, list: string): void {
  list
    .trim()
    .split(/\s+/)
    .forEach((entry, i) => {
      const [name, signature, alignment] = entry.split("/")
      rows.push([first + i, name!, price, signature!, "memory access", Number(alignment)])
    })
}

accesses(
  0x28,
  "load",
  `i32.load/i:i/2 i64.load/i:I/3 f32.load/i:f/2 f64.load/i:F/3
   i32.load8_s/i:i/0 i32.load8_u/i:i/0 i32.load16_s/i:i/1 i32.load16_u/i:i/1
   i64.load8_s/i:I/0 i64.load8_u/i:I/0 i64.load16_s/i:I/1 i64.load16_u/i:I/1 i64.load32_s/i:I/2 i64.load32_u/i:I/2`,
)
accesses(
  0x36,
  "store",
  `i32.store/ii:/2 i64.store/iI:/3 f32.store/if:/2 f64.store/iF:/3
   i32.store8/ii:/0 i32.store16/ii:/1 i64.store8/iI:/0 i64.store16/iI:/1 i64.store32/iI:/2`,
)
series(
  0x45,
  "math",
  `i32.eqz/i:i i32.eq/ii:i i32.ne/ii:i i32.lt_s/ii:i i32.lt_u/ii:i i32.gt_s/ii:i i32.gt_u/ii:i i32.le_s/ii:i i32.le_u/ii:i
   i32.ge_s/ii:i i32.ge_u/ii:i
   i64.eqz/I:i i64.eq/II:i i64.ne/II:i i64.lt_s/II:i i64.lt_u/II:i i64.gt_s/II:i i64.gt_u/II:i i64.le_s/II:i i64.le_u/II:i
   i64.ge_s/II:i i64.ge_u/II:i
   f32.eq/ff:i f32.ne/ff:i f32.lt/ff:i f32.gt/ff:i f32.le/ff:i f32.ge/ff:i
   f64.eq/FF:i f64.ne/FF:i f64.lt/FF:i f64.gt/FF:i f64.le/FF:i f64.ge/FF:i
   i32.clz/i:i i32.ctz/i:i i32.popcnt/i:i i32.add/ii:i i32.sub/ii:i i32.mul/ii:i i32.div_s/ii:i i32.div_u/ii:i
   i32.rem_s/ii:i i32.rem_u/ii:i i32.and/ii:i i32.or/ii:i i32.xor/ii:i i32.shl/ii:i i32.shr_s/ii:i i32.shr_u/ii:i
   i32.rotl/ii:i i32.rotr/ii:i
   i64.clz/I:I i64.ctz/I:I i64.popcnt/I:I i64.add/II:I i64.sub/II:I i64.mul/II:I i64.div_s/II:I i64.div_u/II:I
   i64.rem_s/II:I i64.rem_u/II:I i64.and/II:I i64.or/II:I i64.xor/II:I i64.shl/II:I i64.shr_s/II:I i64.shr_u/II:I
   i64.rotl/II:I i64.rotr/II:I
   f32.abs/f:f f32.neg/f:f f32.ceil/f:f f32.floor/f:f f32.trunc/f:f f32.nearest/f:f f32.sqrt/f:f
   f32.add/ff:f f32.sub/ff:f f32.mul/ff:f f32.div/ff:f f32.min/ff:f f32.max/ff:f f32.copysign/ff:f
   f64.abs/F:F f64.neg/F:F f64.ceil/F:F f64.floor/F:F f64.trunc/F:F f64.nearest/F:F f64.sqrt/F:F
   f64.add/FF:F f64.sub/FF:F f64.mul/FF:F f64.div/FF:F f64.min/FF:F f64.max/FF:F f64.copysign/FF:F`,
)
series(0xa7, "instruction", "i32.wrap_i64/I:i")
series(
  0xa8,
  "math",
  `i32.trunc_f32_s/f:i i32.trunc_f32_u/f:i i32.trunc_f64_s/F:i i32.trunc_f64_u/F:i i64.extend_i32_s/i:I`,
)
series(0xad, "instruction", "i64.extend_i32_u/i:I")
series(
  0xae,
  "math",
  `i64.trunc_f32_s/f:I i64.trunc_f32_u/f:I i64.trunc_f64_s/F:I i64.trunc_f64_u/F:I
   f32.convert_i32_s/i:f f32.convert_i32_u/i:f f32.convert_i64_s/I:f f32.convert_i64_u/I:f f32.demote_f64/F:f
   f64.convert_i32_s/i:F f64.convert_i32_u/i:F f64.convert_i64_s/I:F f64.convert_i64_u/I:F f64.promote_f32/f:F`,
)
series(
  0xbc,
  "instruction",
  "i32.reinterpret_f32/f:i i64.reinterpret_f64/F:I f32.reinterpret_i32/i:f f64.reinterpret_i64/I:F",
)
series(0xc0, "math", "i32.extend8_s/i:i i32.extend16_s/i:i i64.extend8_s/I:I i64.extend16_s/I:I i64.extend32_s/I:I")
series(
  FC,
  "math",
  `i32.trunc_sat_f32_s/f:i i32.trunc_sat_f32_u/f:i i32.trunc_sat_f64_s/F:i i32.trunc_sat_f64_u/F:i
   i64.trunc_sat_f32_s/f:I i64.trunc_sat_f32_u/f:I i64.trunc_sat_f64_s/F:I i64.trunc_sat_f64_u/F:I`,
)

const canonicalNames = /^f(32|64)\.(ceil|floor|trunc|nearest|sqrt|add|sub|mul|div|min|max|demote_f64|promote_f32)$/

/** All operators, by `code`; holes are not operators. */
export const OPERATORS: readonly (Operator | undefined)[] = (() => {
  const table: (Operator | undefined)[] = new Array(FC + 18).fill(undefined)
  for (const [code, name, price, signature, immediate, alignment] of rows) {
    const match = canonicalNames.exec(name)
    table[code] = {
      code,
      name,
      price,
      signature,
      immediate: immediate ?? "none",
      alignment: alignment ?? 0,
      canonical: match ? (match[1] === "32" ? "f32" : "f64") : undefined,
    }
  }
  return table
})()

/** An operator's code by its name in the text format. */
export function operatorCode(name: string): number {
  return codes.get(name)!
}

const codes = new Map(rows.map(([code, name]) => [name, code]))

/** What one operator costs, in milligas. */
export type OperatorPrice =
  | { readonly fixed: bigint }
  /** `fixed + perUnit * last operand`, the operand unsigned. */
  | { readonly fixed: bigint; readonly perUnit: bigint }
  | "unsupported"

const PAGE_BYTES = 65_536n
const TABLE_ELEMENT_BYTES = 8n

/**
 * The price of an operator under a price list. A linear part of zero makes a price fixed.
 *
 * @see ref-fvm fvm/src/gas/price_list.rs
 */
export function operatorPrice(operator: Operator, prices: WasmPrices): OperatorPrice {
  const linear = (base: bigint, perByte: bigint, bytes: bigint): OperatorPrice => {
    const fixed = prices.instructionDefault + base
    return perByte === 0n ? { fixed } : { fixed, perUnit: perByte * bytes }
  }
  switch (operator.price) {
    case "free":
      return { fixed: 0n }
    case "instruction":
      return { fixed: prices.instructionDefault }
    case "math":
      return { fixed: prices.mathDefault }
    case "jump":
      return { fixed: prices.jumpUnconditional }
    case "conditional jump":
      return { fixed: prices.jumpConditional }
    case "indirect jump":
      return { fixed: prices.jumpIndirect + prices.memoryAccessCost }
    case "call":
      return { fixed: prices.jumpUnconditional + prices.call }
    case "indirect call":
      return { fixed: prices.jumpIndirect + prices.memoryAccessCost + prices.call }
    case "load":
      return { fixed: prices.instructionDefault + prices.memoryAccessCost }
    case "store":
      return { fixed: prices.instructionDefault + prices.memoryFillBaseCost }
    case "copy bytes":
      return linear(prices.memoryAccessCost, prices.memoryCopyPerByteCost, 1n)
    case "copy elements":
      return linear(prices.memoryAccessCost, prices.memoryCopyPerByteCost, TABLE_ELEMENT_BYTES)
    case "fill bytes":
      return linear(prices.memoryFillBaseCost, prices.memoryFillPerByteCost, 1n)
    case "fill pages":
      return linear(prices.memoryFillBaseCost, prices.memoryFillPerByteCost, PAGE_BYTES)
    case "fill elements":
      return linear(prices.memoryFillBaseCost, prices.memoryFillPerByteCost, TABLE_ELEMENT_BYTES)
    case "unsupported":
      return "unsupported"
  }
}
