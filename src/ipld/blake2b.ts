/*
 * blake2b (RFC 7693), without a key. Every CID that the kernel makes costs one, so it is worth having it fast: JavaScript
 * has no 64-bit arithmetic, WebAssembly does. The compression function is small enough to be put together here, byte by byte, from the
 * tables of the RFC; see bench/ipld.ts for what that gains over the library (which is the authority in the tests).
 */

/** Initialization vector: the fractional parts of the square roots of the first eight primes. */
const IV = [
  0x6a09e667f3bcc908n,
  0xbb67ae8584caa73bn,
  0x3c6ef372fe94f82bn,
  0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n,
  0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn,
  0x5be0cd19137e2179n,
] as const

/** Order in which each round takes the message words; rounds 10 and 11 repeat 0 and 1. */
const SIGMA = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
] as const

/** The eight mixings of a round: four columns, then four diagonals. */
const MIXINGS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const

const BLOCK = 128
/** Memory: the chain value h (64 bytes) at 0, the number of bytes hashed (8 bytes) at 64, then the input. */
const COUNTER_AT = 64
const INPUT_AT = 128
const INPUT_BLOCKS = 1022

/**
 * Bytes of the module: a memory "m" and a function "f"(full blocks, bytes of the last block or -1).
 *
 * Every process makes it before its first CID, when nothing is compiled yet: so it writes bytes into one list, and makes no lists of lists.
 */
function createModule(): Uint8Array<ArrayBuffer> {
  const [add, xor, rotr] = [0x7c, 0x85, 0x8a] as const
  const code: number[] = []
  const sleb = (value: bigint): void => {
    for (; value < -64n || value > 63n; value >>= 7n) code.push(Number(value & 0x7fn) | 0x80)
    code.push(Number(value & 0x7fn))
  }
  const get = (local: number): unknown => code.push(0x20, local)
  const set = (local: number): unknown => code.push(0x21, local)
  const i32 = (value: number): void => {
    code.push(0x41)
    sleb(BigInt(value))
  }
  const i64 = (value: bigint): void => {
    code.push(0x42)
    sleb(BigInt.asIntN(64, value))
  }
  const load = (offset: number): unknown => code.push(0x29, 3, offset)
  const store = (offset: number): unknown => code.push(0x37, 3, offset)

  // Locals: 0 full blocks left, 1 bytes of the last block, 2 place of the block, 3 bytes hashed, 4 final flag, 5.. the sixteen words v
  const [FULL, LAST, AT, HASHED, FINAL, V] = [0, 1, 2, 3, 4, 5] as const
  const addTo = (target: number, source: number, word?: number): void => {
    code.push(0x20, V + target, 0x20, V + source, add)
    if (word !== undefined) code.push(0x20, AT, 0x29, 3, word * 8, add)
    code.push(0x21, V + target)
  }
  /** @param bits - Below 64: one byte. */
  const turn = (target: number, source: number, bits: number): unknown =>
    code.push(0x20, V + target, 0x20, V + source, xor, 0x42, bits, rotr, 0x21, V + target)
  const mix = ([a, b, c, d]: readonly [number, number, number, number], x: number, y: number): void => {
    addTo(a, b, x)
    turn(d, a, 32)
    addTo(c, d)
    turn(b, c, 24)
    addTo(a, b, y)
    turn(d, a, 16)
    addTo(c, d)
    turn(b, c, 63)
  }

  i32(INPUT_AT)
  set(AT)
  i32(0)
  load(COUNTER_AT)
  set(HASHED)
  code.push(0x03, 0x40) // loop
  // if (full > 0) { full--; hashed += 128; final = 0 } else { return when last < 0; hashed += last; last = -1; final = -1 }
  get(FULL)
  code.push(0x04, 0x40)
  get(FULL)
  i32(1)
  code.push(0x6b)
  set(FULL)
  get(HASHED)
  i64(BigInt(BLOCK))
  code.push(add)
  set(HASHED)
  i64(0n)
  set(FINAL)
  code.push(0x05)
  get(LAST)
  i32(0)
  code.push(0x48, 0x04, 0x40)
  i32(0)
  get(HASHED)
  store(COUNTER_AT)
  code.push(0x0f, 0x0b)
  get(HASHED)
  get(LAST)
  code.push(0xac, add)
  set(HASHED)
  i32(-1)
  set(LAST)
  i64(-1n)
  set(FINAL)
  code.push(0x0b)
  for (let i = 0; i < 8; i++) {
    i32(0)
    load(i * 8)
    set(V + i)
  }
  for (let i = 0; i < 8; i++) {
    i64(IV[i]!)
    if (i === 4) {
      get(HASHED)
      code.push(xor)
    }
    if (i === 6) {
      get(FINAL)
      code.push(xor)
    }
    set(V + 8 + i)
  }
  for (let round = 0; round < 12; round++) {
    const order = SIGMA[round % 10]!
    for (let i = 0; i < 8; i++) mix(MIXINGS[i]!, order[2 * i]!, order[2 * i + 1]!)
  }
  for (let i = 0; i < 8; i++) {
    i32(0)
    i32(0)
    load(i * 8)
    get(V + i)
    code.push(xor)
    get(V + 8 + i)
    code.push(xor)
    store(i * 8)
  }
  get(AT)
  i32(BLOCK)
  code.push(0x6a)
  set(AT)
  code.push(0x0c, 0x00) // next block
  code.push(0x0b, 0x0b) // end of loop, end of function

  // The rest of the module goes around it: all of it is known but two lengths.
  const body = code.length + LOCALS.length
  const module = new Uint8Array(MODULE_START.length + 1 + 3 + 1 + 3 + body)
  module.set(MODULE_START)
  let at = MODULE_START.length
  const put = (...bytes: number[]): void => {
    module.set(bytes, at)
    at += bytes.length
  }
  // Section 10 with one function; lengths in three bytes each.
  const long = (value: number): number[] => [(value & 0x7f) | 0x80, ((value >>> 7) & 0x7f) | 0x80, value >>> 14]
  put(10, ...long(1 + 3 + body), 1, ...long(body), ...LOCALS)
  module.set(code, at)
  return module
}

/** Magic, version, and the sections of types, functions, memories and exports. */
const MODULE_START: readonly number[] = [
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 6, 1, 0x60, 2, 0x7f, 0x7f, 0],
  ...[3, 2, 1, 0],
  ...[5, 3, 1, 0, 2],
  ...[7, 9, 2, 1, 0x6d, 2, 0, 1, 0x66, 0, 0],
]
/** Locals of the function beside its two parameters, in three groups: one i32, 2 i64, 16 i64. */
const LOCALS: readonly number[] = [3, 1, 0x7f, 2, 0x7e, 16, 0x7e]

type Machine = {
  readonly memory: Uint8Array
  /** The first bytes of memory before a hash: chain value for a digest of 0 bytes, and no bytes hashed. */
  readonly start: Uint8Array
  readonly run: (fullBlocks: number, last: number) => void
}

/** The part of the engine's interface that is used here: Node's type package leaves it to the DOM's. */
type WebAssemblyApi = {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object) => { readonly exports: { m: { buffer: ArrayBuffer }; f: Machine["run"] } }
}

let machine: Machine | undefined

function createMachine(): Machine {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly
  const { m, f } = new Instance(new Module(createModule())).exports
  const start = new BigUint64Array(INPUT_AT / 8)
  start.set(IV)
  start[0] = IV[0] ^ 0x01010000n
  return { memory: new Uint8Array(m.buffer), start: new Uint8Array(start.buffer), run: f }
}

/**
 * The blake2b digest of the bytes.
 *
 * @param length - Bytes of the digest, 1 to 64. It is a parameter of the hash: a shorter digest is not the beginning of a longer one.
 */
export function blake2b(bytes: Uint8Array, length: number): Uint8Array {
  machine ??= createMachine()
  const { memory, start, run } = machine
  memory.set(start)
  memory[0]! ^= length
  const capacity = INPUT_BLOCKS * BLOCK
  let at = 0
  // The last block is a special one, and there is always one: it stays back, even when it is full.
  for (; bytes.length - at > capacity; at += capacity) {
    memory.set(bytes.subarray(at, at + capacity), INPUT_AT)
    run(INPUT_BLOCKS, -1)
  }
  const rest = bytes.length - at
  memory.set(at === 0 ? bytes : bytes.subarray(at), INPUT_AT)
  const full = rest === 0 ? 0 : Math.ceil(rest / BLOCK) - 1
  const last = rest - full * BLOCK
  memory.fill(0, INPUT_AT + rest, INPUT_AT + (full + 1) * BLOCK)
  run(full, last)
  return memory.slice(0, length)
}

/** The 32-byte blake2b-256 digest of the bytes: the hash of every CID that Filecoin makes. */
export function blake2b256(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, 32)
}
