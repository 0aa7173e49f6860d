/**
 * The interpreter's loop as a text, made from the table of opcodes. Runs on Node: `scripts/gen-evm-dispatch.ts` writes the file, a test fails
 * when it is stale, and `scripts/build-actors.ts` makes the traced loop from it.
 */
import { OPCODES, type Opcode } from "./opcodes.ts"

/** A shape that no code is written for. */
export class UnknownShape extends Error {}

const HEAD = `// Generated from opcodes.ts by scripts/gen-evm-dispatch.ts. Do not edit.
/**
 * The interpreter's loop. \`pc\` is the address of the running instruction, \`sp\` that of the top word. Functions of words get
 * the address of the deepest word that they pop, see u256.ts.
 */
`

const BODY_HEAD = `
/** The stack: 1,024 words. */
const STACK: usize = memory.data(32768, 8)
const LAST: usize = STACK + 32 * 1023

/** What RETURN or REVERT hands out. */
export let output: usize = 0
export let outputLength: u32 = 0

/** Whether execution ended with REVERT. */
export let reverted: bool = false

// @ts-ignore: decorator
@inline
function stop(at: usize, length: u32): void {
  output = at
  outputLength = length
}

function underflow(pc: usize): void {
  setRunning(pc)
  fail(EvmExit.STACK_UNDERFLOW, "stack underflow")
}

function overflow(pc: usize): void {
  setRunning(pc)
  fail(EvmExit.STACK_OVERFLOW, "stack overflow")
}

function undefinedInstruction(pc: usize): void {
  setRunning(pc)
  fail(EvmExit.UNDEFINED_INSTRUCTION, "undefined instruction")
}

function invalidInstruction(pc: usize): void {
  setRunning(pc)
  fail(EvmExit.INVALID_INSTRUCTION, "invalid instruction")
}

function badJump(pc: usize): void {
  setRunning(pc)
  fail(EvmExit.BAD_JUMPDEST, "jumpdest is invalid")
}

/** Runs the frame's code to its end. Leaves what it returned at \`output\`. */
export function execute(): void {
  let pc = code
  let sp = STACK - 32
  // As far before \`pc\` as bytes of code were walked that are not yet counted: a jump moves both.
  let from = pc
  while (true) {
    switch (load<u8>(pc)) {
`

/** What the traced build calls when code begins to run, and before each instruction. @see src/evm-actor/trace.ts */
const TRACE = {
  imports: [
    'import { codeLength, RECEIVER, returnData, returnDataLength } from "./frame"',
    'import { base, size } from "./memory"',
    'import { traceEnter, traceLanding, traceStep } from "./trace"',
  ],
  enter: "  traceEnter(code, codeLength, STACK, RECEIVER)\n  while (true) {\n",
  // A jump goes on behind the JUMPDEST, which is an instruction all the same.
  landing: "traceLanding(pc, sp, base, size, returnData, returnDataLength)",
  step: "    traceStep(pc, sp, base, size, returnData, returnDataLength)\n    switch (load<u8>(pc)) {\n",
}
const LOOP = "  while (true) {\n"
const DISPATCH = "    switch (load<u8>(pc)) {\n"

const BODY_TAIL = `      default:
        return undefinedInstruction(pc)
    }
  }
}
`

const underflow = (words: number): string =>
  words > 0 ? `if (sp < STACK${words > 1 ? ` + ${32 * (words - 1)}` : ""}) return underflow(pc)` : ""
const OVERFLOW = "if (sp >= LAST) return overflow(pc)"
/** The same for a word that is copied from so deep: both limits by one comparison, for each costs a block of metered code. */
const reachable = (words: number): string =>
  `if (sp - ${words > 1 ? `(STACK + ${32 * (words - 1)})` : "STACK"} >= ${32 * (1024 - words)}) return sp >= LAST ? overflow(pc) : underflow(pc)`
const move = (words: number): string => (words === 0 ? "" : words > 0 ? `sp += ${32 * words}` : `sp -= ${-32 * words}`)

/** Statements that put `n` bytes of code, big-endian, as a word at sp. */
function pushed(n: number): string[] {
  if (n === 0) return ["set64(sp, 0)"]
  if (n === 1) return ["set64(sp, load<u8>(pc, 1))"]
  if (n === 2) return ["set64(sp, (u64(load<u8>(pc, 1)) << 8) | load<u8>(pc, 2))"]
  const limbs: string[] = []
  for (let rest = n; rest > 0; rest -= 8)
    limbs.push(
      rest === 4
        ? "u64(swap32(load<u32>(pc, 1)))"
        : rest < 8
          ? `swapBytes(load<u64>(pc, 1)) >> ${64 - 8 * rest}`
          : `swapBytes(load<u64>(pc, ${rest - 7}))`,
    )
  return [0, 1, 2, 3].map((i) => `store<u64>(sp, ${limbs[i] ?? "0"}${i ? `, ${8 * i}` : ""})`)
}

/** Statements that go on behind the JUMPDEST that a word names. */
const jump = (word: string): string[] => [
  `if (!isJumpDest(${word})) return badJump(pc)`,
  "from -= pc",
  `pc = code + load<u32>(${word}) + 1`,
  "from += pc",
  LANDED,
]
/** Where the traced build tells that a jump has landed. */
const LANDED = "// landed"

/** What instructions do that are no functions of words. */
const SHAPES: Record<string, (row: Opcode) => string[]> = {
  stop: () => ["walk(pc - from)", "return stop(0, 0)"],
  nothing: () => ["pc++"],
  pop: () => [underflow(1), "sp -= 32", "pc++"],
  push: ({ immediate = 0 }) => [
    OVERFLOW,
    "sp += 32",
    ...pushed(immediate),
    // Long immediate data is no work: it counts as one byte.
    immediate > 2 ? `from += ${immediate - 1}` : "",
    immediate ? `pc += ${immediate + 1}` : "pc++",
  ],
  dup: ({ pops }) => [
    reachable(pops),
    pops === 1 ? "copy(sp + 32, sp)" : `copy(sp + 32, sp - ${32 * (pops - 1)})`,
    "sp += 32",
    "pc++",
  ],
  swap: ({ pops }) => [underflow(pops), `swap(sp, sp - ${32 * (pops - 1)})`, "pc++"],
  jump: () => [underflow(1), "sp -= 32", ...jump("sp + 32")],
  jumpi: () => [
    underflow(2),
    "sp -= 64",
    "if (isZero(sp + 32)) pc++",
    "else {",
    ...jump("sp + 64").map((line) => `  ${line}`),
    "}",
  ],
  pc: () => [OVERFLOW, "sp += 32", "set64(sp, u64(pc - code))", "pc++"],
  return: () => [underflow(2), "setRunning(pc)", "walk(pc - from)", "return stop(region(sp, sp - 32), regionSize)"],
  revert: () => [
    underflow(2),
    "setRunning(pc)",
    "walk(pc - from)",
    "reverted = true",
    "return stop(region(sp, sp - 32), regionSize)",
  ],
  invalid: () => ["return invalidInstruction(pc)"],
  selfdestruct: () => [
    underflow(1),
    "setRunning(pc)",
    "walk(pc - from)",
    "create.selfdestruct(sp)",
    "return stop(0, 0)",
  ],
}

/** Families of instructions that give gas away. */
const CALLS = new Set(["call", "create"])

function statements(row: Opcode): string[] {
  const { pops, pushes, run, fails } = row
  if (run.includes(".")) {
    // The function gets the slot of its result: where the deepest operand lies, or the free one.
    const down = pushes ? pushes - pops : -pops
    return [
      underflow(pops),
      pushes > pops ? OVERFLOW : "",
      move(down),
      fails ? "setRunning(pc)" : "",
      // What was done so far is paid before others get the gas that is left.
      ...(CALLS.has(run.split(".")[0] ?? "") ? ["walk(pc - from)", "from = pc", "payBeforeCall()"] : []),
      `${run}(${pushes ? "sp" : "sp + 32"})`,
      "pc++",
    ]
  }
  const shape = SHAPES[run]
  if (!shape) throw new UnknownShape(`${row.name}: nothing is known of "${run}"`)
  return shape(row)
}

/**
 * The text of `interpreter.generated.ts`.
 *
 * @param options - `traced`: the loop of the build that tells its host of each instruction; it is written to no file. Default: false
 */
export function renderInterpreter({ traced = false }: { readonly traced?: boolean } = {}): string {
  const families = [
    ...new Set(OPCODES.filter(({ run }) => run.includes(".")).map(({ run }) => run.split(".")[0] ?? "")),
  ]
  const imports = [
    ...families
      .filter((family) => family !== "u256")
      .sort()
      .map((family) => `import * as ${family === "memory" ? "words" : family} from "./instructions/${family}"`),
    'import { EvmExit, fail, setRunning } from "./fail"',
    'import { code, isJumpDest } from "./frame"',
    'import { region, regionSize } from "./memory"',
    'import { payBeforeCall, walk } from "./pace"',
    'import * as u256 from "./u256"',
    'import { copy, isZero, set64, swap, swap32, swapBytes } from "./u256"',
    ...(traced ? TRACE.imports : []),
  ]
  const cases = OPCODES.map((row) => {
    const code = `0x${row.code.toString(16).padStart(2, "0")}`
    const lines = statements(row).flatMap((line) =>
      line.trim() === LANDED ? (traced ? [line.replace(LANDED, TRACE.landing)] : []) : line === "" ? [] : [line],
    )
    const ends = lines.some((line) => line.startsWith("return"))
    if (!ends) lines.push("break")
    return [`      case ${code}: // ${row.name}`, ...lines.map((line) => `        ${line}`)].join("\n")
  })
  const head = traced ? BODY_HEAD.replace(LOOP, TRACE.enter).replace(DISPATCH, TRACE.step) : BODY_HEAD
  const text = `${HEAD}${imports.join("\n")}\n${head}${cases.join("\n")}\n${BODY_TAIL}`
  // `memory` is a namespace of the language: the family of that name goes by another one.
  return text.replace(/\bmemory\.(mload|mstore8?|msize|mcopy|keccak256)\(/g, "words.$1(")
}
