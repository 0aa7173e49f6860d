import type { HashShortcut } from "../index.ts"
import { BinaryWriter } from "./binary.ts"
import { I32, I64, KIND, type ParsedModule } from "./module.ts"
import { operatorCode } from "./operators.ts"

/*
 * The syscall for digests, answered inside the instance where that makes no difference: a Keccak-256 of one block, in memory, that the gas
 * suffices for. Everything else goes to the host as ever, which then also finds what is wrong.
 */

/** Name of the function for the digest of one block, in the engine's own module. */
export const KECCAK_BLOCK = "keccak256_block"
/** What it takes and returns: 17 lanes, and four. */
export const KECCAK_BLOCK_PARAMS: readonly number[] = new Array<number>(17).fill(I64)
export const KECCAK_BLOCK_RESULTS: readonly number[] = [I64, I64, I64, I64]

const KECCAK_256 = 0x1bn
const DIGEST_LENGTH = 32
/** Most bytes that fit one block with their padding. */
const MAX_LENGTH = 135
const PARAMS: readonly number[] = [I32, I64, I32, I32, I32, I32]

const BLOCK = operatorCode("block")
const LOOP = operatorCode("loop")
const IF = operatorCode("if")
const ELSE = operatorCode("else")
const END = operatorCode("end")
const BR_IF = operatorCode("br_if")
const CALL = operatorCode("call")
const LOCAL_GET = operatorCode("local.get")
const LOCAL_SET = operatorCode("local.set")
const LOCAL_TEE = operatorCode("local.tee")
const GLOBAL_GET = operatorCode("global.get")
const GLOBAL_SET = operatorCode("global.set")
const I32_CONST = operatorCode("i32.const")
const I64_CONST = operatorCode("i64.const")
const EMPTY_BLOCK = 0x40

/** Index of the import that can be answered inside; undefined if the module has none with the right type. */
export function hashImportOf(module: ParsedModule, shortcut: HashShortcut | undefined): number | undefined {
  if (shortcut === undefined || module.memories.length === 0) return undefined
  const functions = module.imports.filter((row) => row.kind === KIND.function)
  const index = functions.findIndex((row) => row.module === shortcut.module && row.name === shortcut.name)
  const row = functions[index]
  if (row === undefined) return undefined
  const { params, results } = module.types[row.index]!
  const fits = params.length === PARAMS.length && PARAMS.every((type, i) => params[i] === type)
  return fits && results.length === 1 && results[0] === I32 ? index : undefined
}

/** Indices that the code needs. */
interface Places {
  readonly hostFunction: number
  readonly keccakBlock: number
  /** Globals: gas counter (i64), pages of memory (i32), whether shortcuts are allowed (i32). */
  readonly gas: number
  readonly pages: number
  readonly allowed: number
}

/** The function that takes the place of the import, of the same type. */
export function hashShortcutBody(shortcut: HashShortcut, places: Places): BinaryWriter {
  const body = new BinaryWriter(2048)
  const ops = (...codes: number[]): void => {
    for (const code of codes) body.u8(code)
  }
  const op = (name: string): void => body.u8(operatorCode(name))
  const local = (code: number, index: number): void => ops(code, index)
  const global = (code: number, index: number): void => {
    body.u8(code)
    body.u32(index)
  }
  const i32 = (value: number): void => {
    body.u8(I32_CONST)
    body.s32(value)
  }
  const i64 = (value: bigint): void => {
    body.u8(I64_CONST)
    body.s64(value)
  }
  const access = (name: string, offset: number): void => {
    op(name)
    ops(0)
    body.u32(offset)
  }
  const [RET, CODE, DATA, LENGTH, DIGEST, SIZE, LIMIT, COST, TAIL, AT] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  /** Leaves the block, for the host, if what is on the stack is not 0. */
  const toHostIf = (): void => ops(BR_IF, 0)
  const toHostIfBeyond = (offset: number, length: () => void): void => {
    local(LOCAL_GET, offset)
    op("i64.extend_i32_u")
    length()
    op("i64.add")
    local(LOCAL_GET, LIMIT)
    op("i64.gt_u")
    toHostIf()
  }

  // LIMIT, COST, TAIL; AT
  ops(2, 3, I64, 1, I32)
  ops(BLOCK, EMPTY_BLOCK)
  global(GLOBAL_GET, places.allowed)
  op("i32.eqz")
  toHostIf()
  local(LOCAL_GET, CODE)
  i64(KECCAK_256)
  op("i64.ne")
  toHostIf()
  local(LOCAL_GET, SIZE)
  i32(DIGEST_LENGTH)
  op("i32.ne")
  toHostIf()
  local(LOCAL_GET, LENGTH)
  i32(MAX_LENGTH)
  op("i32.gt_u")
  toHostIf()
  global(GLOBAL_GET, places.pages)
  op("i64.extend_i32_u")
  i64(16n)
  op("i64.shl")
  local(LOCAL_SET, LIMIT)
  toHostIfBeyond(RET, () => i64(4n))
  toHostIfBeyond(DATA, () => {
    local(LOCAL_GET, LENGTH)
    op("i64.extend_i32_u")
  })
  toHostIfBeyond(DIGEST, () => i64(BigInt(DIGEST_LENGTH)))
  i64(shortcut.flat)
  local(LOCAL_GET, LENGTH)
  op("i64.extend_i32_u")
  i64(shortcut.perByte)
  op("i64.mul")
  op("i64.add")
  local(LOCAL_SET, COST)
  global(GLOBAL_GET, places.gas)
  local(LOCAL_GET, COST)
  op("i64.lt_s")
  toHostIf()

  global(GLOBAL_GET, places.gas)
  local(LOCAL_GET, COST)
  op("i64.sub")
  global(GLOBAL_SET, places.gas)
  // The lane in which the message ends: its last bytes, and the 1 of the padding after them.
  i64(1n)
  local(LOCAL_SET, TAIL)
  local(LOCAL_GET, LENGTH)
  i32(7)
  op("i32.and")
  ops(IF, EMPTY_BLOCK)
  local(LOCAL_GET, DATA)
  local(LOCAL_GET, LENGTH)
  op("i32.add")
  local(LOCAL_SET, AT)
  ops(LOOP, EMPTY_BLOCK)
  local(LOCAL_GET, TAIL)
  i64(8n)
  op("i64.shl")
  local(LOCAL_GET, AT)
  i32(-1)
  op("i32.add")
  local(LOCAL_TEE, AT)
  access("i64.load8_u", 0)
  op("i64.or")
  local(LOCAL_SET, TAIL)
  local(LOCAL_GET, AT)
  local(LOCAL_GET, DATA)
  op("i32.sub")
  i32(7)
  op("i32.and")
  ops(BR_IF, 0)
  ops(END, END)
  for (let lane = 0; lane < KECCAK_BLOCK_PARAMS.length; lane++) {
    if (lane < KECCAK_BLOCK_PARAMS.length - 1) {
      local(LOCAL_GET, LENGTH)
      i32(8 * lane + 8)
      op("i32.ge_u")
      ops(IF, I64)
      local(LOCAL_GET, DATA)
      access("i64.load", 8 * lane)
      ops(ELSE)
    }
    local(LOCAL_GET, TAIL)
    i64(0n)
    local(LOCAL_GET, LENGTH)
    i32(3)
    op("i32.shr_u")
    i32(lane)
    op("i32.eq")
    op("select")
    if (lane < KECCAK_BLOCK_PARAMS.length - 1) ops(END)
  }
  i64(-(1n << 63n))
  op("i64.xor")
  ops(CALL)
  body.u32(places.keccakBlock)
  for (let lane = KECCAK_BLOCK_RESULTS.length - 1; lane >= 0; lane--) {
    local(LOCAL_SET, COST)
    local(LOCAL_GET, DIGEST)
    local(LOCAL_GET, COST)
    access("i64.store", 8 * lane)
  }
  local(LOCAL_GET, RET)
  i32(DIGEST_LENGTH)
  access("i32.store", 0)
  i32(0)
  op("return")
  ops(END)
  for (let i = 0; i < PARAMS.length; i++) local(LOCAL_GET, i)
  ops(CALL)
  body.u32(places.hostFunction)
  ops(END)
  return body
}
