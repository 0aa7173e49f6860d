import { keccak_256 } from "@noble/hashes/sha3.js"
import type { EthereumCase } from "../../ethereum/case.ts"
import type { Random } from "../kernel/random.ts"

/** A piece of a program: instructions that take and leave a known number of words, or pieces within a loop or a branch. */
export type Piece =
  | { readonly kind: "code"; readonly bytes: readonly number[] }
  | { readonly kind: "loop"; readonly turns: number; readonly body: readonly Piece[] }
  | { readonly kind: "if"; readonly condition: readonly number[]; readonly body: readonly Piece[] }

/** Contracts, one of them called with data and value. */
export interface Program {
  readonly contracts: ReadonlyArray<readonly Piece[]>
  readonly data: readonly number[]
  readonly value: bigint
  readonly slots: ReadonlyArray<Readonly<Record<string, string>>>
}

const SENDER = `0x${"a1".repeat(20)}`
const ACCOUNT = `0x${"b2".repeat(20)}`
const NOBODY = `0x${"d4".repeat(20)}`
const contractAddress = (index: number): string => `0x${"c3".repeat(19)}${index.toString(16).padStart(2, "0")}`

const op = {
  STOP: 0x00, ADD: 0x01, MUL: 0x02, SUB: 0x03, EXP: 0x0a, SIGNEXTEND: 0x0b, LT: 0x10, ISZERO: 0x15, AND: 0x16, CLZ: 0x1e,
  KECCAK256: 0x20, CALLDATALOAD: 0x35, CALLDATASIZE: 0x36, CALLDATACOPY: 0x37, CODECOPY: 0x39, EXTCODECOPY: 0x3c,
  RETURNDATASIZE: 0x3d, RETURNDATACOPY: 0x3e, POP: 0x50, MLOAD: 0x51, MSTORE: 0x52, MSTORE8: 0x53, SLOAD: 0x54, SSTORE: 0x55,
  JUMP: 0x56, JUMPI: 0x57, GAS: 0x5a, JUMPDEST: 0x5b, TLOAD: 0x5c, TSTORE: 0x5d, MCOPY: 0x5e, PUSH0: 0x5f, PUSH1: 0x60, PUSH2: 0x61,
  DUP1: 0x80, SWAP1: 0x90, LOG0: 0xa0, CREATE: 0xf0, CALL: 0xf1, RETURN: 0xf3, DELEGATECALL: 0xf4, CREATE2: 0xf5,
  STATICCALL: 0xfa, REVERT: 0xfd, INVALID: 0xfe, SELFDESTRUCT: 0xff,
} as const // biome-ignore format: a table

/** Instructions by how many words they take; each leaves one. */
const TAKING: ReadonlyArray<readonly number[]> = [
  // ADDRESS, ORIGIN, CALLER, CALLVALUE, CALLDATASIZE, CODESIZE, GASPRICE, RETURNDATASIZE, COINBASE to BASEFEE, PC, MSIZE
  [0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x58, 0x59],
  // ISZERO, NOT, CLZ, CALLDATALOAD
  [0x15, 0x19, 0x1e, 0x35],
  // ADD to SMOD, EXP, SIGNEXTEND, LT to EQ, AND, OR, XOR, BYTE, SHL, SHR, SAR
  [
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0a, 0x0b, 0x10, 0x11, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1a, 0x1b,
    0x1c, 0x1d,
  ],
  // ADDMOD, MULMOD
  [0x08, 0x09],
]

const bytesOf = (value: bigint): number[] => {
  const hex = value.toString(16)
  return [...Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex")]
}

function push(value: bigint): number[] {
  if (value === 0n) return [op.PUSH0]
  const bytes = bytesOf(value)
  return [op.PUSH0 + bytes.length, ...bytes]
}

/** Makes programs of pieces that leave the stack as they find it, mostly. */
export class Maker {
  readonly #random: Random
  readonly #count: number

  constructor(random: Random) {
    this.#random = random
    this.#count = 1 + random.below(3)
  }

  program(): Program {
    const random = this.#random
    return {
      contracts: random.times(this.#count, () => this.#contract()),
      data: random.times(random.pick([0, 4, 36, 68, 100, 132, 200]), () => (random.once(3) ? 0 : random.below(256))),
      value: random.once(4) ? BigInt(random.below(1000)) : 0n,
      slots: random.times(this.#count, () =>
        Object.fromEntries(
          random.times(random.below(5), () => [
            `0x${this.#key().toString(16)}`,
            `0x${(this.#word() || 1n).toString(16)}`,
          ]),
        ),
      ),
    }
  }

  #contract(): Piece[] {
    const random = this.#random
    // Code of a contract has to be there, and not begin with 0xEF.
    if (random.once(40))
      return [{ kind: "code", bytes: [op.JUMPDEST, ...random.times(random.below(200), () => random.below(256))] }]
    const pieces = random.times(3 + random.below(20), () => this.#piece(0))
    pieces.push({ kind: "code", bytes: this.#end() })
    return pieces
  }

  #piece(depth: number): Piece {
    const random = this.#random
    if (depth < 2 && random.once(9))
      return {
        kind: "loop",
        turns: 1 + random.below(6),
        body: random.times(1 + random.below(4), () => this.#piece(depth + 1)),
      }
    if (depth < 2 && random.once(9))
      return {
        kind: "if",
        condition: this.#value(2),
        body: random.times(1 + random.below(4), () => this.#piece(depth + 1)),
      }
    return { kind: "code", bytes: this.#statement() }
  }

  /** A word from where words are interesting. */
  #word(): bigint {
    const random = this.#random
    const bits = BigInt(random.below(257))
    switch (random.below(9)) {
      case 0:
        return 0n
      case 1:
        return BigInt(random.below(300))
      case 2:
        return BigInt.asUintN(256, (1n << bits) - 1n)
      case 3:
        return BigInt.asUintN(256, 1n << bits)
      case 4:
        return BigInt.asUintN(256, -1n - BigInt(random.below(4)))
      case 5:
        return BigInt.asUintN(256, -(1n << bits) + BigInt(random.below(3)))
      case 6:
        return (1n << 255n) + BigInt(random.below(2))
      case 7:
        return BigInt(this.#address())
      default: {
        let word = 0n
        for (let i = random.below(8); i >= 0; i--) word = (word << 32n) | BigInt(random.u32())
        return word
      }
    }
  }

  #key(): bigint {
    const random = this.#random
    return random.once(5)
      ? BigInt(`0x${Buffer.from(keccak_256(new Uint8Array([random.below(20)]))).toString("hex")}`)
      : BigInt(random.below(40))
  }

  #address(): string {
    const random = this.#random
    if (random.once(12)) return ACCOUNT
    if (random.once(16)) return NOBODY
    if (random.once(20)) return SENDER
    return contractAddress(random.below(this.#count))
  }

  /** Leaves one word. */
  #value(depth: number): number[] {
    const random = this.#random
    if (depth <= 0 || random.once(3)) return push(this.#word())
    if (random.once(6)) return [...push(this.#key()), random.once(3) ? op.TLOAD : op.SLOAD]
    if (random.once(8)) return [...this.#offset(), op.MLOAD]
    if (random.once(10)) return [...this.#size(), ...this.#offset(), op.KECCAK256]
    if (random.once(24)) return [op.GAS]
    // BALANCE, EXTCODESIZE, EXTCODEHASH
    if (random.once(14)) return [...push(BigInt(this.#address())), random.pick([0x31, 0x3b, 0x3f])]
    if (random.once(30)) return [...push(BigInt(random.below(400))), 0x40]
    const takes = random.pick([0, 1, 2, 2, 2, 2, 3])
    return [
      ...random.times(takes, () => this.#value(depth - 1)).flat(),
      random.pick(TAKING[takes] as readonly number[]),
    ]
  }

  /** An offset in memory: near, or, seldom, out of reach. */
  #offset(): number[] {
    const random = this.#random
    if (random.once(150)) return push(random.pick([2n ** 32n - 32n, 2n ** 32n, 2n ** 64n, 2n ** 256n - 1n, 2n ** 255n]))
    return push(BigInt(random.once(10) ? random.below(5000) : random.below(320)))
  }

  #size(): number[] {
    const random = this.#random
    return push(BigInt(random.once(4) ? 0 : random.once(10) ? random.below(2000) : random.below(140)))
  }

  #statement(): number[] {
    const random = this.#random
    switch (random.below(15)) {
      case 0:
      case 1:
        return [...this.#value(3), ...push(this.#key()), op.SSTORE]
      case 2:
        return [...this.#value(3), ...push(this.#key()), op.TSTORE]
      case 3:
      case 4:
        return [...this.#value(4), ...this.#offset(), random.once(5) ? op.MSTORE8 : op.MSTORE]
      case 5:
        return [
          ...this.#size(),
          ...this.#offset(),
          ...this.#offset(),
          random.pick([op.CALLDATACOPY, op.CODECOPY, op.MCOPY]),
        ]
      case 6:
        return [...push(BigInt(random.below(33))), ...push(0n), ...this.#offset(), op.RETURNDATACOPY].slice(
          random.once(3) ? 0 : 0,
        )
      case 7:
        return [
          ...this.#size(),
          ...push(BigInt(random.below(60))),
          ...this.#offset(),
          ...push(BigInt(this.#address())),
          op.EXTCODECOPY,
        ]
      case 8: {
        const topics = random.below(5)
        return [
          ...random.times(topics, () => this.#value(2)).flat(),
          ...this.#size(),
          ...this.#offset(),
          op.LOG0 + topics,
        ]
      }
      case 9:
        return this.#create()
      case 10:
      case 11:
        return this.#call()
      case 12:
        return this.#precompile()
      case 13:
        return this.#shuffle()
      default:
        return [...this.#value(4), op.POP]
    }
  }

  /** Words pushed, mixed with DUP and SWAP, and stored. */
  #shuffle(): number[] {
    const random = this.#random
    const words = 2 + random.below(15)
    const bytes = random.times(words, () => push(this.#word())).flat()
    const moves = random.below(10)
    let height = words
    for (let i = 0; i < moves; i++) {
      if (random.once(2)) {
        bytes.push(op.DUP1 + random.below(Math.min(height, 16)))
        height++
      } else bytes.push(op.SWAP1 + random.below(Math.min(height - 1, 16)))
    }
    for (let i = 0; i < height; i++) bytes.push(...(random.once(2) ? [op.POP] : [...push(BigInt(32 * i)), op.MSTORE]))
    return bytes
  }

  /** A call of a contract with 32 bytes less than came in, if so much came in: every chain of calls ends. */
  #call(): number[] {
    const random = this.#random
    const kind = random.pick([op.CALL, op.CALL, op.DELEGATECALL, op.STATICCALL])
    const call = [
      ...this.#size(),
      ...this.#offset(),
      ...push(32n),
      op.CALLDATASIZE,
      op.SUB,
      ...this.#offset(),
      ...(kind === op.CALL ? push(random.once(3) ? BigInt(random.below(2000)) : 0n) : []),
      ...push(BigInt(this.#address())),
      ...(random.once(3) ? push(BigInt(random.u32())) : [op.GAS]),
      kind,
      ...this.#keep(),
    ]
    // CALLDATASIZE < 33: over it
    return this.#unless([...push(33n), op.CALLDATASIZE, op.LT], call)
  }

  /** A call of a precompile with what lies in memory. */
  #precompile(): number[] {
    const random = this.#random
    const number = random.pick([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 256, 10, 2, 4])
    const kind = random.pick([op.CALL, op.DELEGATECALL, op.STATICCALL])
    const size = random.pick([0n, 32n, 64n, 96n, 128n, 160n, 192n, 213n, 256n, 384n])
    // Points of BN254 and of its twist are rare among random bytes: (1, 2) is one.
    const points = random.once(2) ? [...push(1n), op.PUSH0, op.MSTORE, ...push(2n), ...push(32n), op.MSTORE] : []
    // Lengths of modexp, small.
    const lengths =
      number === 5
        ? [0, 32, 64].flatMap((at) => [...push(BigInt(random.below(70))), ...push(BigInt(at)), op.MSTORE])
        : []
    // Rounds of BLAKE2 F: 4 bytes at the beginning.
    const rounds = number === 9 ? [0, 1].flatMap((at) => [op.PUSH0, ...push(BigInt(at)), op.MSTORE8]) : []
    return [
      ...points,
      ...lengths,
      ...rounds,
      ...this.#size(),
      ...this.#offset(),
      ...push(size),
      ...push(0n),
      ...(kind === op.CALL ? push(random.once(6) ? 1n : 0n) : []),
      ...push(BigInt(number)),
      op.GAS,
      kind,
      ...this.#keep(),
    ]
  }

  #create(): number[] {
    const random = this.#random
    const second = random.once(2)
    // A constructor that returns a runtime of its own, or something random.
    const runtime = random.pick([
      [op.STOP],
      [op.CALLDATASIZE, op.PUSH0, op.SSTORE],
      [0x33, op.SELFDESTRUCT],
      [0xef],
      [],
    ])
    const word = random.once(4)
      ? random.times(32, () => random.below(256))
      : [
          ...(random.once(3) ? [op.CALLDATASIZE + 0x12 - 0x12, op.PUSH0, op.SSTORE] : []),
          ...push(
            BigInt(
              `0x${Buffer.from([...runtime, ...Array<number>(8 - runtime.length).fill(0)]).toString("hex") || "0"}`,
            ),
          ),
          ...push(192n),
          0x1b,
          op.PUSH0,
          op.MSTORE,
          ...push(BigInt(runtime.length)),
          op.PUSH0,
          random.once(6) ? op.REVERT : op.RETURN,
        ]
    const code = [...word, ...Array<number>(Math.max(0, 32 - word.length)).fill(0)].slice(0, 32)
    const at = BigInt(32 * random.below(8))
    return [
      op.PUSH0 + 32,
      ...code,
      ...push(at),
      op.MSTORE,
      ...(second ? push(BigInt(random.below(3))) : []),
      ...push(random.once(5) ? BigInt(random.below(100)) : 32n),
      ...push(at),
      ...push(random.once(3) ? BigInt(random.below(50)) : 0n),
      second ? op.CREATE2 : op.CREATE,
      ...this.#keep(),
    ]
  }

  /** Takes a word: forgets or stores it. */
  #keep(): number[] {
    return this.#random.once(3) ? [op.POP] : [...push(this.#key()), op.SSTORE]
  }

  /** Code that is left out if the condition holds. Relocated when the program is put together: see RELATIVE. */
  #unless(condition: readonly number[], code: readonly number[]): number[] {
    return [...condition, op.PUSH2, ...RELATIVE, op.JUMPI, ...code, op.JUMPDEST]
  }

  #end(): number[] {
    const random = this.#random
    switch (random.below(12)) {
      case 0:
      case 1:
        return [op.STOP]
      case 2:
        return [...this.#size(), ...this.#offset(), op.REVERT]
      case 3:
        return random.pick([
          [op.INVALID],
          [op.ADD, op.ADD, op.POP, op.POP],
          [...push(3n), op.JUMP],
          [0x0c],
          [0xf2],
          [0x49],
        ])
      case 4:
        return [...push(BigInt(this.#address())), op.SELFDESTRUCT]
      case 5:
        return []
      default:
        return [...this.#size(), ...this.#offset(), op.RETURN]
    }
  }
}

/** Stands for the offset of the next JUMPDEST that ends the piece. */
const RELATIVE = [0xfe, 0xfe] as const

/** Puts pieces together: absolute offsets for jumps. */
export function assemble(pieces: readonly Piece[]): Uint8Array {
  const code: number[] = []
  const emit = (piece: Piece): void => {
    if (piece.kind === "code") {
      const start = code.length
      code.push(...piece.bytes)
      patch(code, start)
    } else if (piece.kind === "if") {
      code.push(...piece.condition, op.PUSH2, 0, 0, op.JUMPI)
      const at = code.length - 3
      for (const inner of piece.body) emit(inner)
      code[at] = code.length >> 8
      code[at + 1] = code.length & 255
      code.push(op.JUMPDEST)
    } else {
      code.push(op.PUSH1, piece.turns)
      const head = code.length
      code.push(op.JUMPDEST)
      for (const inner of piece.body) emit(inner)
      code.push(op.PUSH1, 1, op.SWAP1, op.SUB, op.DUP1, op.PUSH2, head >> 8, head & 255, op.JUMPI, op.POP)
    }
  }
  for (const piece of pieces) emit(piece)
  return new Uint8Array(code)
}

/** A piece with PUSH2 RELATIVE JUMPI in it ends with the JUMPDEST that is meant. */
function patch(code: number[], start: number): void {
  for (let at = start; at + 3 < code.length; at++) {
    if (code[at] !== op.PUSH2 || code[at + 1] !== 0xfe || code[at + 2] !== 0xfe || code[at + 3] !== op.JUMPI) continue
    const target = code.length - 1
    code[at + 1] = target >> 8
    code[at + 2] = target & 255
    return
  }
}

const hex = (bytes: Iterable<number>): string => `0x${Buffer.from([...bytes]).toString("hex")}`

/** A program as a case for both sides. */
export function caseOf(program: Program): EthereumCase {
  const pre: Record<string, EthereumCase["pre"][string]> = {
    [SENDER]: { balance: "0xffffffffffff", nonce: "0x0" },
    [ACCOUNT]: { balance: "0x5", nonce: "0x3" },
  }
  program.contracts.forEach((pieces, i) => {
    const code = assemble(pieces)
    pre[contractAddress(i)] = {
      balance: "0x3e8",
      nonce: "0x1",
      code: hex(code.length === 0 || code.length > 24576 ? [0] : code),
      storage: program.slots[i] ?? {},
    }
  })
  return {
    env: {
      baseFee: "0x7",
      coinbase: SENDER,
      gasLimit: "0x0",
      gasUsed: "0x0",
      number: "0x1f4",
      prevRandao: "0x0",
      timestamp: "0x3039",
    },
    pre,
    tx: {
      sender: SENDER,
      to: contractAddress(0),
      data: hex(program.data),
      value: `0x${program.value.toString(16)}`,
      nonce: "0x0",
      gasLimit: "0x0",
      gasPrice: "0xb",
    },
    post: {},
  }
}
