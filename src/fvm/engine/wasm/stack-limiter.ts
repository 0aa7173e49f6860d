import { ModuleRefused } from "../errors.ts"
import { BinaryWriter } from "./binary.ts"
import { CodeReader } from "./code-reader.ts"
import { KIND, type ParsedModule, type Range, SECTION, writeConstant } from "./module.ts"
import { OPERATORS, operatorCode } from "./operators.ts"
import { assemble, writeInstruction } from "./writing.ts"

/*
 * Makes stack overflow deterministic. A global counts the height of the metered stack; every call of a function of the
 * module adds the callee's cost before and takes it off after, and traps with `unreachable` above the limit. Functions
 * that are entered from outside or through a table are called through thunks that do the same.
 *
 * The cost of a function is the number of its declaration groups of locals, plus the greatest height of its value stack
 * as this pass reckons it (not always the true one, but part of consensus), plus 2.
 *
 * @see fvm-wasm-instrument src/stack_limiter; FVM-FACTS kernel 1, 2
 */

/** What a frame costs beyond its values. */
const ACTIVATION_FRAME_COST = 2

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
const I32_CONST = operatorCode("i32.const")
const I32_ADD = operatorCode("i32.add")
const I32_SUB = operatorCode("i32.sub")
const I32_GT_U = operatorCode("i32.gt_u")
const EMPTY_BLOCK = 0x40

/** Values taken and left by operators whose types are fixed. */
const taken: Int8Array = new Int8Array(OPERATORS.length).fill(-1)
const left: Int8Array = new Int8Array(OPERATORS.length)
for (const row of OPERATORS) {
  if (row?.signature === undefined) continue
  const [operands, results] = row.signature.split(":")
  taken[row.code] = operands!.length
  left[row.code] = results!.length
}
const fixed: readonly [number, number, number][] = [
  [DROP, 1, 0],
  [SELECT, 3, 1],
  [LOCAL_GET, 0, 1],
  [LOCAL_SET, 1, 0],
  [LOCAL_TEE, 1, 1],
  [GLOBAL_GET, 0, 1],
  [GLOBAL_SET, 1, 0],
]
for (const [code, pops, pushes] of fixed) {
  taken[code] = pops
  left[code] = pushes
}

/**
 * The cost of each function in metered stack values; 0 for imported ones.
 *
 * @throws ModuleRefused - "uninstrumentable": the reckoning of heights fails, which happens in unreachable code only.
 */
export function stackCosts(module: ParsedModule): Uint32Array {
  const costs = new Uint32Array(module.functions.length)
  for (let i = 0; i < module.bodies.length; i++) {
    const reader = new CodeReader(module.bytes, module.bodies[i]!.start, module.bodies[i]!.end)
    const groups = reader.u32()
    for (let j = 0; j < groups; j++) {
      reader.u32()
      reader.u8()
    }
    const index = module.importedFunctions + i
    costs[index] = groups + greatestHeight(module, module.functions[index]!, reader)
  }
  return costs
}

function greatestHeight(module: ParsedModule, typeIndex: number, reader: CodeReader): number {
  const functionArity = module.types[typeIndex]!.results.length
  let height = ACTIVATION_FRAME_COST
  let greatest = 0
  // One entry in each array per open block; the first is the function.
  const polymorphic = [false]
  const endArity = [functionArity]
  const branchArity = [functionArity]
  const startHeight = [0]

  const fail = (message: string): never => {
    throw new ModuleRefused("uninstrumentable", `stack limiter: ${message}`, reader.start)
  }
  const pop = (count: number): void => {
    if (count === 0) return
    const top = polymorphic.length - 1
    if (height === startHeight[top]) {
      if (!polymorphic[top]) fail("more values are taken than are there")
      return
    }
    height -= count
    if (height < 0) fail("the stack height is negative")
  }
  const arityOf = (depth: number): number => branchArity[branchArity.length - 1 - depth]!

  while (!reader.atEnd) {
    reader.next()
    const top = polymorphic.length - 1
    if (height > greatest && !polymorphic[top]) greatest = height
    const { operator } = reader
    const pops = taken[operator]!
    if (pops >= 0) {
      // In parts, as a pop at the bottom of an unreachable block takes nothing and a later one might.
      if (operator === SELECT) {
        pop(2)
        pop(1)
      } else pop(pops)
      height += left[operator]!
      continue
    }
    switch (operator) {
      case BLOCK:
      case LOOP:
      case IF: {
        if (operator === IF) pop(1)
        const arity = reader.first === EMPTY_BLOCK ? 0 : 1
        polymorphic.push(false)
        endArity.push(arity)
        branchArity.push(operator === LOOP ? 0 : arity)
        startHeight.push(height)
        break
      }
      case ELSE:
        break
      case END:
        height = startHeight[top]! + endArity[top]!
        polymorphic.pop()
        endArity.pop()
        branchArity.pop()
        startHeight.pop()
        break
      case UNREACHABLE:
        polymorphic[top] = true
        break
      case BR:
        pop(arityOf(reader.first))
        polymorphic[top] = true
        break
      case BR_IF: {
        const arity = arityOf(reader.first)
        pop(arity)
        pop(1)
        height += arity
        break
      }
      case BR_TABLE: {
        const { labels } = reader
        const arity = arityOf(labels[labels.length - 1]!)
        for (const label of labels) if (arityOf(label) !== arity) fail("the labels of br_table differ in arity")
        pop(arity)
        polymorphic[top] = true
        break
      }
      case RETURN:
        pop(functionArity)
        polymorphic[top] = true
        break
      case CALL:
      case CALL_INDIRECT: {
        if (operator === CALL_INDIRECT) pop(1)
        const type = module.types[operator === CALL ? module.functions[reader.first]! : reader.first]!
        pop(type.params.length)
        height += type.results.length
        break
      }
      default:
        fail(`opcode ${operator} is unknown`)
    }
  }
  return greatest
}

/**
 * Adds the stack limit to a module.
 *
 * @param limit - In metered values.
 * @throws ModuleRefused - "uninstrumentable".
 */
export function limitStack(module: ParsedModule, limit: number): Uint8Array {
  const costs = stackCosts(module)
  if (!module.sections.has(SECTION.function)) {
    throw new ModuleRefused("uninstrumentable", "stack limiter: no function section")
  }
  // The index among all globals should count the imported ones too. The reference does not, and no module that imports
  // a global can be linked anyway.
  const heightGlobal = module.globalValues.length
  const { bytes } = module

  const writeCall = (writer: BinaryWriter, callee: number): void => {
    const cost = costs[callee]! | 0
    writer.u8(GLOBAL_GET)
    writer.u32(heightGlobal)
    writer.u8(I32_CONST)
    writer.s32(cost)
    writer.u8(I32_ADD)
    writer.u8(GLOBAL_SET)
    writer.u32(heightGlobal)
    writer.u8(GLOBAL_GET)
    writer.u32(heightGlobal)
    writer.u8(I32_CONST)
    writer.s32(limit | 0)
    writer.u8(I32_GT_U)
    writer.u8(IF)
    writer.u8(EMPTY_BLOCK)
    writer.u8(UNREACHABLE)
    writer.u8(END)
    writer.u8(CALL)
    writer.u32(callee)
    writer.u8(GLOBAL_GET)
    writer.u32(heightGlobal)
    writer.u8(I32_CONST)
    writer.s32(cost)
    writer.u8(I32_SUB)
    writer.u8(GLOBAL_SET)
    writer.u32(heightGlobal)
  }

  const thunks = new Map<number, number>()
  const entered = new Set<number>()
  for (const row of module.exports) if (row.kind === KIND.function) entered.add(row.index)
  for (const segment of module.elements) for (const index of segment.functions ?? []) entered.add(index)
  if (module.start !== undefined) entered.add(module.start)
  const originals = [...entered].filter((index) => costs[index]! > 0).sort((a, b) => a - b)
  for (const index of originals) thunks.set(index, module.functions.length + thunks.size)
  const throughThunk = (index: number): number => thunks.get(index) ?? index

  const globals = new BinaryWriter()
  globals.u32(module.globalValues.length + 1)
  module.globalValues.forEach((value, i) => {
    const type = module.globals[module.importedGlobals + i]!
    globals.u8(type.type)
    globals.u8(type.mutable ? 1 : 0)
    writeConstant(globals, bytes, value)
  })
  for (const byte of [0x7f, 1, I32_CONST, 0, END]) globals.u8(byte)

  const functions = new BinaryWriter()
  functions.u32(module.bodies.length + originals.length)
  for (let i = module.importedFunctions; i < module.functions.length; i++) functions.u32(module.functions[i]!)

  const code = new BinaryWriter(bytes.length * 2)
  code.u32(module.bodies.length + originals.length)
  const body = new BinaryWriter(4096)
  for (const range of module.bodies) {
    body.clear()
    rewriteCalls(bytes, range, body, costs, writeCall)
    code.prefixed(body.view())
  }

  const firstWithType = new Map<string, number>()
  module.types.forEach((type, i) => {
    const key = `${type.params.join()}:${type.results.join()}`
    if (!firstWithType.has(key)) firstWithType.set(key, i)
  })
  for (const index of originals) {
    const type = module.types[module.functions[index]!]!
    functions.u32(firstWithType.get(`${type.params.join()}:${type.results.join()}`)!)
    body.clear()
    body.u32(0)
    type.params.forEach((_, i) => {
      body.u8(LOCAL_GET)
      body.u32(i)
    })
    writeCall(body, index)
    body.u8(END)
    code.prefixed(body.view())
  }

  const exports = new BinaryWriter()
  exports.u32(module.exports.length)
  for (const row of module.exports) {
    exports.name(row.name)
    exports.u8(row.kind)
    exports.u32(row.kind === KIND.function ? throughThunk(row.index) : row.index)
  }

  const replaced = new Map<number, Uint8Array>([
    [SECTION.global, globals.finish()],
    [SECTION.function, functions.finish()],
    [SECTION.code, code.finish()],
    [SECTION.export, exports.finish()],
    [SECTION.element, elementSection(module, throughThunk)],
  ])
  if (module.start !== undefined) {
    const start = new BinaryWriter()
    start.u32(throughThunk(module.start))
    replaced.set(SECTION.start, start.finish())
  }
  return assemble(module, replaced)
}

function rewriteCalls(
  bytes: Uint8Array,
  range: Range,
  body: BinaryWriter,
  costs: Uint32Array,
  writeCall: (writer: BinaryWriter, callee: number) => void,
): void {
  const reader = new CodeReader(bytes, range.start, range.end)
  const groups = reader.u32()
  body.u32(groups)
  for (let i = 0; i < groups; i++) {
    body.u32(reader.u32())
    body.u8(reader.u8())
  }
  // What needs no change is copied in stretches.
  let copied = reader.position
  while (!reader.atEnd) {
    reader.next()
    const isCall = reader.operator === CALL && costs[reader.first]! > 0
    if (!isCall && reader.shortest) continue
    body.copy(bytes, copied, reader.start)
    copied = reader.position
    if (isCall) writeCall(body, reader.first)
    else writeInstruction(body, reader)
  }
  body.copy(bytes, copied, reader.position)
}

function elementSection(module: ParsedModule, throughThunk: (index: number) => number): Uint8Array {
  const writer = new BinaryWriter()
  writer.u32(module.elements.length)
  for (const segment of module.elements) {
    const ofExpressions = segment.functions === undefined
    const kind = { active: 2, passive: 1, declared: 3 }[segment.mode]
    writer.u32(kind | (ofExpressions ? 4 : 0))
    if (segment.offset !== undefined) {
      writer.u32(segment.table)
      writeConstant(writer, module.bytes, segment.offset)
    }
    writer.u8(ofExpressions ? 0x70 : 0)
    if (ofExpressions) {
      // The metering pass takes no element expressions, so there is no use in copying them.
      if (segment.expressions > 0) {
        throw new ModuleRefused("uninstrumentable", "element segments of expressions are not supported")
      }
      writer.u32(0)
      continue
    }
    writer.u32(segment.functions.length)
    for (const index of segment.functions) writer.u32(throughThunk(index))
  }
  return writer.finish()
}
