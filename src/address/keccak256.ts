/*
 * Keccak-256 as Ethereum has it (the padding of before FIPS 202). The EVM actor asks for it several times in every transaction, and its 64-bit
 * words are slow in JavaScript; so the permutation is WebAssembly, put together here from the tables of the specification. The library
 * is the authority in the tests.
 */

/** Bytes absorbed by one permutation: 1,600 bits without twice the digest. */
const RATE = 136
const DIGEST_LENGTH = 32
/** Lanes of 64 bits that a block has. */
const BLOCK_LANES = RATE / 8
const LANES = 25
const ROUNDS = 24

/** Memory: the 25 lanes at 0, the round constants at 256, then the input. */
const CONSTANTS_AT = 256
const INPUT_AT = 512
/** Bytes of input that are absorbed at once: with what is before it, just under 64 KiB. */
const CAPACITY = 478 * RATE

/** How far each lane is turned, by x + 5 y. @see Keccak reference, table of offsets */
const OFFSETS = [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14] as const

/**
 * Lanes whose complement is worked with: then chi, `a ^ (~b & c)`, needs a NOT in five of 25 places only.
 *
 * @see Keccak implementation overview 3.2, section 2.2
 */
const COMPLEMENTED: readonly number[] = [1, 2, 8, 12, 17, 20]
/** Chi on such lanes, by y and x: whether the next lane is negated, how it goes with the one after, whether that is negated, and the whole. */
const CHI: readonly (readonly (readonly [boolean, "and" | "or", boolean, boolean])[])[] = (() => {
  const [AND, OR] = [
    [false, "and", false, false],
    [false, "or", false, false],
  ] as const
  return [
    [OR, [true, "or", false, false], AND, OR, AND],
    [OR, AND, [false, "or", true, false], OR, AND],
    [OR, AND, [true, "and", false, false], [false, "or", false, true], AND],
    [AND, OR, [true, "or", false, false], [false, "and", false, true], OR],
    [[true, "and", false, false], [false, "or", false, true], AND, OR, AND],
  ] as const
})()

/** The constants of the rounds, made by the specification's shift register. */
function roundConstants(): bigint[] {
  const constants: bigint[] = []
  let register = 1
  for (let round = 0; round < ROUNDS; round++) {
    let constant = 0n
    for (let j = 0; j < 7; j++) {
      if ((register & 1) === 1) constant |= 1n << ((1n << BigInt(j)) - 1n)
      register = (register << 1) ^ ((register >> 7) * 0x171)
    }
    constants.push(constant)
  }
  return constants
}

/**
 * Bytes of the module: a memory "m" and a function "f"(length, begins, ends), which absorbs that much of the input. If the message begins
 * there, the lanes are zero before; if it ends there, it is padded to whole blocks, else it is whole blocks already. Both are done in
 * WebAssembly: short inputs are the usual ones, and filling memory from JavaScript took a tenth of their time. And a function "b"(the 17
 * lanes of a padded block) that returns the four lanes of the digest.
 */
function createModule(): Uint8Array<ArrayBuffer> {
  const uleb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(value >>> 7)])
  const sleb = (value: number): number[] => {
    const byte = value & 0x7f
    const rest = value >> 7
    return (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)
      ? [byte]
      : [byte | 0x80, ...sleb(rest)]
  }
  const I32 = 0x7f
  const I64 = 0x7e
  const get = (local: number): number[] => [0x20, ...uleb(local)]
  const set = (local: number): number[] => [0x21, ...uleb(local)]
  const i32 = (value: number): number[] => [0x41, ...sleb(value)]
  const i64 = (value: number): number[] => [0x42, ...sleb(value)]
  const block = 0x40
  const end = 0x0b
  const load = (offset: number): number[] => [0x29, 3, ...uleb(offset)]
  const store = (offset: number): number[] => [0x37, 3, ...uleb(offset)]
  const [xor, and, or, rotl, addI32] = [0x85, 0x83, 0x84, 0x89, 0x6a]
  const not = [...i64(-1), xor]
  const [loadByte, storeByte] = [
    [0x2d, 0, 0],
    [0x3a, 0, 0],
  ]
  const [orI32, mulI32, divideI32, belowI32, when, otherwise, again, repeat, select] = [
    0x72, 0x6c, 0x6e, 0x49, 0x04, 0x05, 0x0d, 0x03, 0x1b,
  ]

  /** All rounds: locals are the place of the round constant (i32), and from `first` the lanes a, their turned copies b, c of each column, d. */
  const permutation = (constantAt: number, first: number): number[] => {
    const a = (lane: number): number => first + lane
    const b = (lane: number): number => first + LANES + lane
    const c = (x: number): number => first + 2 * LANES + (x % 5)
    const d = first + 2 * LANES + 5
    const rounds: number[] = [...i32(CONSTANTS_AT), ...set(constantAt), repeat, block]
    // theta
    for (let x = 0; x < 5; x++) {
      rounds.push(...get(a(x)))
      for (let y = 1; y < 5; y++) rounds.push(...get(a(x + 5 * y)), xor)
      rounds.push(...set(c(x)))
    }
    for (let x = 0; x < 5; x++) {
      rounds.push(...get(c(x + 4)), ...get(c(x + 1)), ...i64(1), rotl, xor, ...set(d))
      // rho and pi
      for (let y = 0; y < 5; y++) {
        const target = y + 5 * ((2 * x + 3 * y) % 5)
        rounds.push(...get(a(x + 5 * y)), ...get(d), xor, ...i64(OFFSETS[x + 5 * y]!), rotl, ...set(b(target)))
      }
    }
    // chi
    for (let y = 0; y < 5; y++) {
      for (let x = 0; x < 5; x++) {
        const [first, operation, second, all] = CHI[y]![x]!
        rounds.push(...get(b(5 * y + ((x + 1) % 5))), ...(first ? not : []))
        rounds.push(...get(b(5 * y + ((x + 2) % 5))), ...(second ? not : []), operation === "and" ? and : or)
        rounds.push(...get(b(5 * y + x)), xor, ...(all ? not : []), ...set(a(5 * y + x)))
      }
    }
    // iota
    rounds.push(...get(a(0)), ...get(constantAt), ...load(0), xor, ...set(a(0)))
    rounds.push(...get(constantAt), ...i32(8), addI32, 0x22, constantAt, ...i32(CONSTANTS_AT + 8 * ROUNDS), belowI32)
    rounds.push(again, 0x00, end)
    return rounds
  }

  // Parameters; then blocks left, places of the block, of its end and of the round constant; then what the permutation works with
  const [LENGTH, BEGINS, ENDS, BLOCKS, AT, END, CONSTANT, FIRST_LANE] = [0, 1, 2, 3, 4, 5, 6, 7]
  const a = (lane: number): number => FIRST_LANE + lane

  const code: number[] = [...get(LENGTH), ...i32(RATE), divideI32, ...get(ENDS), addI32, ...set(BLOCKS)]
  code.push(...get(ENDS), when, block)
  // Zeros up to the end of the block, and up to seven bytes beyond; then the two ends of the padding.
  code.push(...get(BLOCKS), ...i32(RATE), mulI32, ...i32(INPUT_AT), addI32, ...set(END))
  code.push(...get(LENGTH), ...i32(INPUT_AT), addI32, ...set(AT), repeat, block)
  code.push(...get(AT), ...i64(0), ...store(0))
  code.push(...get(AT), ...i32(8), addI32, 0x22, AT, ...get(END), belowI32, again, 0x00, end)
  code.push(...get(LENGTH), ...i32(INPUT_AT), addI32, ...i32(0x01), ...storeByte)
  code.push(...get(END), ...i32(-1), addI32, 0x22, END, ...get(END), ...loadByte, ...i32(0x80), orI32, ...storeByte)
  code.push(end)
  code.push(...i32(INPUT_AT), ...set(AT))
  code.push(...get(BEGINS), when, block)
  for (const lane of COMPLEMENTED) code.push(...i64(-1), ...set(a(lane)))
  code.push(otherwise)
  for (let lane = 0; lane < LANES; lane++) code.push(...i32(0), ...load(8 * lane), ...set(a(lane)))
  code.push(end)
  code.push(repeat, block) // loop over blocks
  for (let lane = 0; lane < RATE / 8; lane++)
    code.push(...get(a(lane)), ...get(AT), ...load(8 * lane), xor, ...set(a(lane)))
  code.push(...permutation(CONSTANT, FIRST_LANE))
  code.push(...get(AT), ...i32(RATE), addI32, ...set(AT))
  code.push(...get(BLOCKS), ...i32(-1), addI32, 0x22, BLOCKS, again, 0x00)
  code.push(end) // end of the blocks
  for (let lane = 0; lane < LANES; lane++) {
    code.push(...i32(0), ...get(a(lane)))
    // What is the digest, if this is the end, is as it should be.
    if (COMPLEMENTED.includes(lane)) code.push(...i64(-1), ...i64(0), ...get(ENDS), select, xor)
    code.push(...store(8 * lane))
  }

  const absorb = [2, FIRST_LANE - 3, I32, ...uleb(2 * LANES + 6), I64, ...code, end]
  // The parameters are the first lanes; the others are zero, as all locals are.
  const LOCALS = 2 * LANES + 6
  const digest = [0, 1, 2, 3].flatMap((lane) => [...get(lane), ...(COMPLEMENTED.includes(lane) ? not : [])])
  const complement = COMPLEMENTED.flatMap((lane) => [...get(lane), ...not, ...set(lane)])
  const one = [
    ...[2, ...uleb(LOCALS - BLOCK_LANES), I64, 1, I32],
    ...[...complement, ...permutation(LOCALS, 0), ...digest, end],
  ]
  const section = (id: number, content: number[]): number[] => [id, ...uleb(content.length), ...content]
  const ofBlock = [0x60, BLOCK_LANES, ...new Array<number>(BLOCK_LANES).fill(I64), 4, I64, I64, I64, I64]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, 0x60, 3, I32, I32, I32, 0, ...ofBlock]),
    ...section(3, [2, 0, 1]),
    ...section(5, [1, 0, 1]),
    ...section(7, [3, 1, 0x6d, 2, 0, 1, 0x66, 0, 0, 1, 0x62, 0, 1]),
    ...section(10, [2, ...uleb(absorb.length), ...absorb, ...uleb(one.length), ...one]),
  ])
}

/** A WebAssembly function: 17 times i64, a padded block in lanes, to the four lanes of its Keccak-256 digest; lanes are little-endian. */
export type BlockDigest = (...lanes: bigint[]) => bigint[]

interface Machine {
  readonly memory: Uint8Array
  readonly absorb: (length: number, begins: 0 | 1, ends: 0 | 1) => void
  readonly block: BlockDigest
}

/** The part of the engine's interface that is used here: Node's type package leaves it to the DOM's. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: { m: { buffer: ArrayBuffer }; f: Machine["absorb"]; b: BlockDigest }
  }
}

let machine: Machine | undefined

function createMachine(): Machine {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly
  const { m, f, b } = new Instance(new Module(createModule())).exports
  const words = new BigUint64Array(m.buffer)
  words.set(roundConstants(), CONSTANTS_AT / 8)
  return { memory: new Uint8Array(m.buffer), absorb: f, block: b }
}

/** The 32-byte Keccak-256 digest of the bytes. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  machine ??= createMachine()
  const { memory, absorb } = machine
  let at = 0
  for (; bytes.length - at >= CAPACITY; at += CAPACITY) {
    memory.set(bytes.subarray(at, at + CAPACITY), INPUT_AT)
    absorb(CAPACITY, at === 0 ? 1 : 0, 0)
  }
  memory.set(at === 0 ? bytes : bytes.subarray(at), INPUT_AT)
  absorb(bytes.length - at, at === 0 ? 1 : 0, 1)
  return memory.slice(0, DIGEST_LENGTH)
}

/**
 * The digest of one block, for WebAssembly that holds the bytes itself: to be imported by it. The block is the whole message, padded: up to
 * 135 bytes, a byte 0x01 after them, zeros, and the highest bit of the last byte.
 */
export function keccak256OfBlock(): BlockDigest {
  machine ??= createMachine()
  return machine.block
}
