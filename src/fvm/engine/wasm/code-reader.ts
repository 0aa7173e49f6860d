import { ModuleRefused } from "../errors.ts"
import { BinaryReader, s32Length, u32Length } from "./binary.ts"
import { type Immediate, OPERATORS } from "./operators.ts"

/*
 * Reads the code of a function instruction by instruction, without making an object for each.
 */

/** Immediates as numbers, so that the inner loop switches on integers. */
const kinds = [
  "none",
  "block type",
  "label",
  "label table",
  "function",
  "indirect call",
  "local",
  "global",
  "table",
  "memory access",
  "memory byte",
  "memory",
  "i32",
  "i64",
  "f32",
  "f64",
  "data segment",
  "element segment",
  "data segment and memory",
  "element segment and table",
  "two memories",
  "two tables",
] as const satisfies readonly Immediate[]

const NONE = 255
const kindOf: Uint8Array = Uint8Array.from(
  Array.from(OPERATORS, (row) =>
    row === undefined || row.price === "unsupported" ? NONE : kinds.indexOf(row.immediate as (typeof kinds)[number]),
  ),
)

/** Longest table of `br_table`. */
const MAX_LABELS = 131_072

/** A cursor over the code of one function body, locals left out. */
export class CodeReader extends BinaryReader {
  /** Key of the last instruction read, see `Operator.code`. */
  operator = 0
  /** Offset of its opcode. */
  start = 0
  /** First integer immediate: index, label, alignment exponent, `i32.const` value, block type byte. */
  first = 0
  /** Second integer immediate: table index, memory offset. */
  second = 0
  /** Labels of the last `br_table`, the default last. */
  labels: number[] = []
  /** Whether each integer of the instruction stands in its shortest form. */
  shortest = true

  /** Reads one instruction. */
  next(): void {
    this.start = this.position
    let code = this.u8()
    this.shortest = true
    if (code === 0xfc) {
      code = this.index() + 256
      if (code >= OPERATORS.length) code = 0xfc
    }
    this.operator = code
    switch (kindOf[code]) {
      case 0:
        return
      case 1: {
        const type = this.u8()
        if (type !== 0x40 && type !== 0x70 && (type < 0x7c || type > 0x7f)) {
          throw new ModuleRefused("invalid", "a block has no parameters and one result at most", this.start)
        }
        this.first = type
        return
      }
      case 2:
      case 4:
      case 6:
      case 7:
      case 8:
      case 11:
      case 16:
      case 17:
        this.first = this.index()
        return
      case 3: {
        const count = this.index()
        if (count > MAX_LABELS) this.fail("br_table is too long", this.start)
        this.labels = []
        for (let i = 0; i <= count; i++) this.labels.push(this.index())
        return
      }
      case 5:
      case 9:
      case 18:
      case 19:
      case 20:
      case 21:
        this.first = this.index()
        this.second = this.index()
        return
      case 10:
        if (this.u8() !== 0) throw new ModuleRefused("invalid", "only memory 0 exists", this.start)
        this.first = 0
        return
      case 12: {
        const at = this.position
        this.first = this.s32()
        if (this.position - at > s32Length(this.first)) this.shortest = false
        return
      }
      case 13: {
        const at = this.position
        this.skipS64()
        const length = this.position - at
        if (length > 1) {
          // The last byte adds nothing if it only repeats the sign of the one before.
          const last = this.bytes[this.position - 1]!
          const before = this.bytes[this.position - 2]! & 0x40
          if ((last === 0 && before === 0) || (last === 0x7f && before !== 0)) this.shortest = false
        }
        return
      }
      case 14:
        this.skip(4)
        return
      case 15:
        this.skip(8)
        return
      default:
        this.unknown()
    }
  }

  index(): number {
    const at = this.position
    const value = this.u32()
    if (this.position - at > u32Length(value)) this.shortest = false
    return value
  }

  unknown(): never {
    const row = OPERATORS[this.operator]
    if (row !== undefined && row.price === "unsupported") {
      throw new ModuleRefused("uninstrumentable", `${row.name} is not supported`, this.start)
    }
    throw new ModuleRefused("invalid", `opcode 0x${this.bytes[this.start]!.toString(16)} is not available`, this.start)
  }
}
