import { ModuleRefused } from "../errors.ts"
import { CodeReader } from "./code-reader.ts"
import { F32, F64, FUNCREF, I32, I64, KIND, type ParsedModule, type Range, readValueType } from "./module.ts"
import { OPERATORS, operatorCode } from "./operators.ts"

/*
 * Type-checks the code of functions: the algorithm of WebAssembly Core, appendix "Validation Algorithm". Modules come
 * from anybody, so everything is linear in the size of the code.
 */

/** Limit of all engines: parameters and locals of one function. */
const MAX_LOCALS = 50_000
/** Locals whose types are looked up directly; the rest by search, so that a short body cannot claim long work. */
const DIRECT_LOCALS = 64

const UNREACHABLE = operatorCode("unreachable")
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
const CALL_INDIRECT = operatorCode("call_indirect")
const DROP = operatorCode("drop")
const SELECT = operatorCode("select")
const LOCAL_GET = operatorCode("local.get")
const LOCAL_SET = operatorCode("local.set")
const LOCAL_TEE = operatorCode("local.tee")
const GLOBAL_GET = operatorCode("global.get")
const GLOBAL_SET = operatorCode("global.set")
const TABLE_COPY = operatorCode("table.copy")
const MEMORY_COPY = operatorCode("memory.copy")

const letters: { readonly [letter: string]: number } = { i: I32, I: I64, f: F32, F: F64, r: FUNCREF }

/** Operand types, last first, and result type (0 for none), for operators whose types are fixed. */
const operandsOf: (Uint8Array | undefined)[] = []
const resultOf: Uint8Array = new Uint8Array(OPERATORS.length)
/** 1: accesses memory with an alignment; 2: needs memory; 3: needs a table; 4, 5: data segment; 6, 7: element segment. */
const needs: Uint8Array = new Uint8Array(OPERATORS.length)
for (const row of OPERATORS) {
  if (row === undefined) continue
  const [operands, results] = row.signature?.split(":") ?? []
  operandsOf[row.code] =
    operands === undefined ? undefined : Uint8Array.from([...operands].reverse(), (letter) => letters[letter]!)
  resultOf[row.code] = results ? letters[results]! : 0
  needs[row.code] =
    {
      "memory access": 1,
      "memory byte": 2,
      memory: 2,
      "two memories": 2,
      table: 3,
      "two tables": 3,
      "data segment": 4,
      "data segment and memory": 5,
      "element segment": 6,
      "element segment and table": 7,
    }[row.immediate as string] ?? 0
}
const alignmentOf: Uint8Array = Uint8Array.from(Array.from(OPERATORS, (row) => row?.alignment ?? 0))

/**
 * Checks the code of every function.
 *
 * @throws ModuleRefused - "malformed", "invalid", or "uninstrumentable" for the four instructions on references that
 *   the passes do not know.
 */
export function validateCode(module: ParsedModule): void {
  const validator = new BodyValidator(module)
  for (let i = 0; i < module.bodies.length; i++)
    validator.check(module.functions[module.importedFunctions + i]!, module.bodies[i]!)
}

class BodyValidator {
  readonly #module: ParsedModule
  /** Types of the values, 0 for one that unreachable code may take as anything. */
  #values: Uint8Array = new Uint8Array(1024)
  #height = 0
  // The control stack: one entry in each array per open block.
  readonly #operators: number[] = []
  readonly #heights: number[] = []
  readonly #results: number[] = []
  readonly #unreachable: boolean[] = []
  readonly #locals: Uint8Array = new Uint8Array(DIRECT_LOCALS)
  #localCount = 0
  /** Groups of equal locals beyond the direct ones: index after the last, type. */
  readonly #groupEnds: number[] = []
  readonly #groupTypes: number[] = []
  #reader: CodeReader

  constructor(module: ParsedModule) {
    this.#module = module
    this.#reader = new CodeReader(module.bytes, 0, 0)
  }

  check(typeIndex: number, body: Range): void {
    const module = this.#module
    const type = module.types[typeIndex]!
    const reader = new CodeReader(module.bytes, body.start, body.end)
    this.#reader = reader
    this.#localCount = 0
    this.#groupEnds.length = 0
    this.#groupTypes.length = 0
    for (const param of type.params) this.#defineLocals(1, param)
    const groups = reader.u32()
    for (let i = 0; i < groups; i++) {
      const count = reader.u32()
      this.#defineLocals(count, readValueType(reader))
    }
    this.#height = 0
    this.#operators.length = 0
    this.#heights.length = 0
    this.#results.length = 0
    this.#unreachable.length = 0
    this.#open(BLOCK, type.results[0] ?? 0)
    while (!reader.atEnd) {
      if (this.#operators.length === 0) this.#fail("instructions after the end of the function")
      reader.next()
      this.#instruction()
    }
    if (this.#operators.length > 0) this.#fail("a block is not closed")
  }

  #fail(message: string): never {
    throw new ModuleRefused("invalid", message, this.#reader.start)
  }

  #defineLocals(count: number, type: number): void {
    if (count === 0) return
    const end = this.#localCount + count
    if (end > MAX_LOCALS) this.#fail("too many locals")
    if (this.#localCount < DIRECT_LOCALS) this.#locals.fill(type, this.#localCount, Math.min(end, DIRECT_LOCALS))
    if (end > DIRECT_LOCALS) {
      this.#groupEnds.push(end)
      this.#groupTypes.push(type)
    }
    this.#localCount = end
  }

  #local(index: number): number {
    if (index >= this.#localCount) this.#fail(`local ${index} does not exist`)
    if (index < DIRECT_LOCALS) return this.#locals[index]!
    let low = 0
    let high = this.#groupEnds.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (index < this.#groupEnds[middle]!) high = middle
      else low = middle + 1
    }
    return this.#groupTypes[low]!
  }

  #push(type: number): void {
    if (this.#height === this.#values.length) {
      const grown = new Uint8Array(this.#values.length * 2)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#height++] = type
  }

  /** Takes a value of any type; 0 stands for "anything". */
  #popAny(): number {
    const top = this.#operators.length - 1
    if (this.#height === this.#heights[top]!) {
      if (this.#unreachable[top]!) return 0
      this.#fail("a value is missing")
    }
    return this.#values[--this.#height]!
  }

  #pop(type: number): void {
    const actual = this.#popAny()
    if (actual !== type && actual !== 0) this.#fail("a value has the wrong type")
  }

  #open(operator: number, result: number): void {
    this.#operators.push(operator)
    this.#heights.push(this.#height)
    this.#results.push(result)
    this.#unreachable.push(false)
  }

  /** Takes the block's result and checks that nothing else is left. */
  #finish(): void {
    const top = this.#operators.length - 1
    const result = this.#results[top]!
    if (result !== 0) this.#pop(result)
    if (this.#height !== this.#heights[top]!) this.#fail("values are left at the end of a block")
  }

  #setUnreachable(): void {
    const top = this.#operators.length - 1
    this.#height = this.#heights[top]!
    this.#unreachable[top] = true
  }

  /** The type that a branch carries to a label, 0 for none. */
  #label(depth: number): number {
    const at = this.#operators.length - 1 - depth
    if (at < 0) this.#fail(`label ${depth} does not exist`)
    return this.#operators[at]! === LOOP ? 0 : this.#results[at]!
  }

  #call(typeIndex: number): void {
    const type = this.#module.types[typeIndex]!
    for (let i = type.params.length - 1; i >= 0; i--) this.#pop(type.params[i]!)
    if (type.results.length > 0) this.#push(type.results[0]!)
  }

  #instruction(): void {
    const reader = this.#reader
    const module = this.#module
    const operator = reader.operator
    const operands = operandsOf[operator]
    if (operands !== undefined) {
      if (needs[operator]! !== 0) this.#checkImmediate(needs[operator]!)
      for (let i = 0; i < operands.length; i++) this.#pop(operands[i]!)
      if (resultOf[operator]! !== 0) this.#push(resultOf[operator]!)
      return
    }
    switch (operator) {
      case LOCAL_GET:
        this.#push(this.#local(reader.first))
        return
      case LOCAL_SET:
        this.#pop(this.#local(reader.first))
        return
      case LOCAL_TEE: {
        const type = this.#local(reader.first)
        this.#pop(type)
        this.#push(type)
        return
      }
      case GLOBAL_GET: {
        const global = module.globals[reader.first]
        if (global === undefined) this.#fail(`global ${reader.first} does not exist`)
        this.#push(global.type)
        return
      }
      case GLOBAL_SET: {
        const global = module.globals[reader.first]
        if (global === undefined) this.#fail(`global ${reader.first} does not exist`)
        if (!global.mutable) this.#fail(`global ${reader.first} is immutable`)
        this.#pop(global.type)
        return
      }
      case DROP:
        this.#popAny()
        return
      case SELECT: {
        this.#pop(I32)
        const second = this.#popAny()
        const first = this.#popAny()
        if (first === FUNCREF || second === FUNCREF) this.#fail("select takes numbers")
        if (first !== 0 && second !== 0 && first !== second) this.#fail("select takes two values of one type")
        this.#push(first === 0 ? second : first)
        return
      }
      case UNREACHABLE:
        this.#setUnreachable()
        return
      case BLOCK:
      case LOOP:
        this.#open(operator, reader.first === 0x40 ? 0 : reader.first)
        return
      case IF:
        this.#pop(I32)
        this.#open(operator, reader.first === 0x40 ? 0 : reader.first)
        return
      case ELSE: {
        const top = this.#operators.length - 1
        if (this.#operators[top]! !== IF) this.#fail("else without if")
        this.#finish()
        this.#operators[top] = ELSE
        this.#unreachable[top] = false
        return
      }
      case END: {
        const top = this.#operators.length - 1
        this.#finish()
        const result = this.#results[top]!
        if (this.#operators[top]! === IF && result !== 0) this.#fail("an if with a result needs an else")
        this.#operators.pop()
        this.#heights.pop()
        this.#results.pop()
        this.#unreachable.pop()
        if (result !== 0) this.#push(result)
        return
      }
      case BR: {
        const type = this.#label(reader.first)
        if (type !== 0) this.#pop(type)
        this.#setUnreachable()
        return
      }
      case BR_IF: {
        this.#pop(I32)
        const type = this.#label(reader.first)
        if (type !== 0) {
          this.#pop(type)
          this.#push(type)
        }
        return
      }
      case BR_TABLE: {
        this.#pop(I32)
        const { labels } = reader
        const type = this.#label(labels[labels.length - 1]!)
        for (let i = 0; i < labels.length - 1; i++) {
          const other = this.#label(labels[i]!)
          if ((other === 0) !== (type === 0)) this.#fail("the labels of br_table differ in type")
          if (other !== 0) {
            // Checked against the stack without taking it, as the value may be of any type in unreachable code.
            const height = this.#height
            const top = this.#popAny()
            if (top !== other && top !== 0) this.#fail("a value has the wrong type")
            this.#height = height
          }
        }
        if (type !== 0) this.#pop(type)
        this.#setUnreachable()
        return
      }
      case RETURN: {
        const type = this.#results[0]!
        if (type !== 0) this.#pop(type)
        this.#setUnreachable()
        return
      }
      case CALL: {
        const type = module.functions[reader.first]
        if (type === undefined) this.#fail(`function ${reader.first} does not exist`)
        this.#call(type)
        return
      }
      case CALL_INDIRECT:
        if (reader.second >= module.tables.length) this.#fail(`table ${reader.second} does not exist`)
        if (reader.first >= module.types.length) this.#fail(`type ${reader.first} does not exist`)
        this.#pop(I32)
        this.#call(reader.first)
        return
      default:
        this.#fail(`opcode ${operator} is not available`)
    }
  }

  #memory(index: number): void {
    if (index >= this.#module.memories.length) this.#fail(`memory ${index} does not exist`)
  }

  #table(index: number): void {
    if (index >= this.#module.tables.length) this.#fail(`table ${index} does not exist`)
  }

  #dataSegment(index: number): void {
    const { dataCount } = this.#module
    if (dataCount === undefined) this.#fail("a data count section is missing")
    if (index >= dataCount) this.#fail(`data segment ${index} does not exist`)
  }

  #elementSegment(index: number): void {
    if (index >= this.#module.elements.length) this.#fail(`element segment ${index} does not exist`)
  }

  #checkImmediate(need: number): void {
    const reader = this.#reader
    switch (need) {
      case 1:
        this.#memory(0)
        if (reader.first > alignmentOf[reader.operator]!) this.#fail("alignment above the natural one")
        return
      case 2:
        this.#memory(reader.first)
        if (reader.operator === MEMORY_COPY) this.#memory(reader.second)
        return
      case 3:
        this.#table(reader.first)
        if (reader.operator === TABLE_COPY) this.#table(reader.second)
        return
      case 4:
        this.#dataSegment(reader.first)
        return
      case 5:
        this.#memory(reader.second)
        this.#dataSegment(reader.first)
        return
      case 6:
        this.#elementSegment(reader.first)
        return
      case 7:
        this.#table(reader.second)
        this.#elementSegment(reader.first)
        return
    }
  }
}

/** Whether a module's `invoke` is `(i32) -> i32`, is something else, or is not there. */
export function entryPointOf(module: ParsedModule): "callable" | "mismatched" | "absent" {
  const entry = module.exports.find((row) => row.name === "invoke" && row.kind === KIND.function)
  if (entry === undefined) return "absent"
  const type = module.types[module.functions[entry.index]!]!
  const callable =
    type.params.length === 1 && type.params[0] === I32 && type.results.length === 1 && type.results[0] === I32
  return callable ? "callable" : "mismatched"
}
