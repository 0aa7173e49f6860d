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

/** Bytes of the module: a memory "m" and a function "f"(full blocks, bytes of the last block or -1). */
function createModule(): Uint8Array<ArrayBuffer> {
  const uleb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(value >>> 7)])
  const sleb = (value: bigint): number[] => {
    const byte = Number(value & 0x7fn)
    const rest = value >> 7n
    const last = (rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0)
    return last ? [byte] : [byte | 0x80, ...sleb(rest)]
  }
  const I32 = 0x7f
  const I64 = 0x7e
  const get = (local: number): number[] => [0x20, ...uleb(local)]
  const set = (local: number): number[] => [0x21, ...uleb(local)]
  const i32 = (value: number): number[] => [0x41, ...sleb(BigInt(value))]
  const i64 = (value: bigint): number[] => [0x42, ...sleb(BigInt.asIntN(64, value))]
  const load = (offset: number): number[] => [0x29, 3, ...uleb(offset)]
  const store = (offset: number): number[] => [0x37, 3, ...uleb(offset)]
  const [add, xor, rotr] = [0x7c, 0x85, 0x8a]

  // Locals: 0 full blocks left, 1 bytes of the last block, 2 place of the block, 3 bytes hashed, 4 final flag, 5.. the sixteen words v
  const [FULL, LAST, AT, HASHED, FINAL, V] = [0, 1, 2, 3, 4, 5]
  const v = (i: number): number => V + i
  const mix = ([a, b, c, d]: readonly [number, number, number, number], x: number, y: number): number[] => {
    const addTo = (target: number, source: number, word?: number): number[] => [
      ...get(v(target)),
      ...get(v(source)),
      add,
      ...(word === undefined ? [] : [...get(AT), ...load(word * 8), add]),
      ...set(v(target)),
    ]
    const turn = (target: number, source: number, bits: bigint): number[] => [
      ...get(v(target)),
      ...get(v(source)),
      xor,
      ...i64(bits),
      rotr,
      ...set(v(target)),
    ]
    return [
      ...addTo(a, b, x),
      ...turn(d, a, 32n),
      ...addTo(c, d),
      ...turn(b, c, 24n),
      ...addTo(a, b, y),
      ...turn(d, a, 16n),
      ...addTo(c, d),
      ...turn(b, c, 63n),
    ]
  }

  const code: number[] = []
  code.push(...i32(INPUT_AT), ...set(AT), ...i32(0), ...load(COUNTER_AT), ...set(HASHED))
  code.push(0x03, 0x40) // loop
  // if (full > 0) { full--; hashed += 128; final = 0 } else { return when last < 0; hashed += last; last = -1; final = -1 }
  code.push(...get(FULL), 0x04, 0x40)
  code.push(...get(FULL), ...i32(1), 0x6b, ...set(FULL))
  code.push(...get(HASHED), ...i64(BigInt(BLOCK)), add, ...set(HASHED), ...i64(0n), ...set(FINAL))
  code.push(0x05)
  code.push(...get(LAST), ...i32(0), 0x48, 0x04, 0x40)
  code.push(...i32(0), ...get(HASHED), ...store(COUNTER_AT), 0x0f, 0x0b)
  code.push(
    ...get(HASHED),
    ...get(LAST),
    0xac,
    add,
    ...set(HASHED),
    ...i32(-1),
    ...set(LAST),
    ...i64(-1n),
    ...set(FINAL),
  )
  code.push(0x0b)
  for (let i = 0; i < 8; i++) code.push(...i32(0), ...load(i * 8), ...set(v(i)))
  for (let i = 0; i < 8; i++) {
    code.push(...i64(IV[i]!))
    if (i === 4) code.push(...get(HASHED), xor)
    if (i === 6) code.push(...get(FINAL), xor)
    code.push(...set(v(8 + i)))
  }
  for (let round = 0; round < 12; round++) {
    const order = SIGMA[round % 10]!
    MIXINGS.forEach((mixing, i) => {
      code.push(...mix(mixing, order[2 * i]!, order[2 * i + 1]!))
    })
  }
  for (let i = 0; i < 8; i++)
    code.push(...i32(0), ...i32(0), ...load(i * 8), ...get(v(i)), xor, ...get(v(8 + i)), xor, ...store(i * 8))
  code.push(...get(AT), ...i32(BLOCK), 0x6a, ...set(AT), 0x0c, 0x00) // next block
  code.push(0x0b, 0x0b) // end of loop, end of function

  const body = [3, 1, I32, 2, I64, 16, I64, ...code]
  const section = (id: number, content: number[]): number[] => [id, ...uleb(content.length), ...content]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, I32, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 2]),
    ...section(7, [2, 1, 0x6d, 2, 0, 1, 0x66, 0, 0]),
    ...section(10, [1, ...uleb(body.length), ...body]),
  ])
}

type Machine = {
  readonly memory: Uint8Array
  readonly words: BigUint64Array
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
  return { memory: new Uint8Array(m.buffer), words: new BigUint64Array(m.buffer), run: f }
}

/**
 * The blake2b digest of the bytes.
 *
 * @param length - Bytes of the digest, 1 to 64. It is a parameter of the hash: a shorter digest is not the beginning of a longer one.
 */
export function blake2b(bytes: Uint8Array, length: number): Uint8Array {
  machine ??= createMachine()
  const { memory, words, run } = machine
  for (let i = 1; i < 8; i++) words[i] = IV[i]!
  words[0] = IV[0] ^ 0x01010000n ^ BigInt(length)
  words[COUNTER_AT / 8] = 0n
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
