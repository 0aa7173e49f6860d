import { blake2b } from "@noble/hashes/blake2.js"
import { keccak_256 } from "@noble/hashes/sha3.js"
import {
  account,
  amount,
  encode,
  type Item,
  id,
  type Json,
  keyAddress,
  NOTHING,
  to,
} from "../../src/actors/testing/messages.ts"
import type { Random } from "../diff/kernel/random.ts"
import { act, CALL, executorCode, INITCODE, type Initcode } from "./executor.ts"

/** An FRC-0042 method number: the first four bytes of a hash from 2^24 on. */
export function methodNumber(name: string): number {
  const hash = new DataView(blake2b(new TextEncoder().encode(`1|${name}`), { dkLen: 64 }).buffer)
  for (let at = 0; at < 64; at += 4) if (hash.getUint32(at) >= 1 << 24) return hash.getUint32(at)
  throw new Error("no method number")
}

/** InvokeEVM. */
export const INVOKE_EVM: number = methodNumber("InvokeEVM")
/** Hex digits of bytes. */
export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
/** Bytes of hex digits. */
export const bytesOf = (hex: string): Uint8Array => Buffer.from(hex, "hex")
/** A number as 32 bytes. */
export const word = (value: bigint | number): string =>
  BigInt.asUintN(256, BigInt(value)).toString(16).padStart(64, "0")
/** Filled up with zeros to whole words. */
export const padded = (hex: string): string => hex.padEnd(Math.ceil(hex.length / 64) * 64, "0")

/** Who is there, by ID; executors from `FIRST` on, the last without code. */
export const ID = { alice: 1000, bob: 1001, eve: 1002, finn: 1003, multisig: 1004, first: 1010 } as const
const { alice: ALICE, bob: BOB, eve: EVE, finn: FINN, multisig: MULTISIG, first: FIRST } = ID
const CONTRACTS = 4
const UNKNOWN = 9999
/** Addresses, as hex digits. */
export const EVE_ADDRESS: string = "a1".repeat(20)
export const FINN_ADDRESS: string = "a2".repeat(20)
export const NOBODY: string = "a3".repeat(20)
/** Address of an executor, as hex digits. */
export const contractAddress = (i: number): string => `${"c3".repeat(19)}${i.toString(16).padStart(2, "0")}`
/** The masked ID of an actor. */
export const masked = (actor: number): bigint => (0xffn << 152n) | BigInt(actor)
/** An address as a word. */
export const wordOf = (address: string): bigint => BigInt(`0x${address}`)

/** Where CREATE2 makes a contract. */
export function create2Address(maker: string, salt: number, initcode: string): bigint {
  const text = `ff${maker}${word(salt)}${hexOf(keccak_256(bytesOf(initcode)))}`
  return wordOf(hexOf(keccak_256(bytesOf(text))).slice(24))
}

function createAddress(maker: string, nonce: number): bigint {
  const text = `d694${maker}${nonce === 0 ? "80" : nonce.toString(16).padStart(2, "0")}`
  return wordOf(hexOf(keccak_256(bytesOf(text))).slice(24))
}

const SALTS = 3
const MAKING = ["twin", "storing", "logging", "dying", "callback", "looking"] as const
const METHODS = [
  "Propose", "Approve", "Cancel", "AddSigner", "Receive", "AuthenticateMessage", "UniversalReceiverHook", "PubkeyAddress", "Exec", "Balance",
  "Transfer", "Name", "TotalSupply", "AddBalance", "Settle", "Collect", "GetClaims", "InvokeContract", "Constructor",
].map(methodNumber) // biome-ignore format: a table

/** Makes messages of whatever contracts, and people who use them, can do. */
export class ScenarioMaker {
  readonly #random: Random
  readonly #code = executorCode()

  constructor(random: Random) {
    this.#random = random
  }

  /** A scenario of these messages, or of so many, for `fvm-oracle` with the official bundle. */
  scenario(name: string, messages: number | readonly Json[]): Json {
    const random = this.#random
    const keccak = hexOf(keccak_256(bytesOf(this.#code)))
    const nothing = hexOf(keccak_256(NOTHING))
    const contract = (i: number): Json => ({
      name: `c${i}`,
      id: FIRST + i,
      code: { builtin: "evm" },
      balance: random.pick(["0", "1000", "1000000000000000000"]),
      address: { eth: contractAddress(i) },
      state: {
        json: [
          { block: i === CONTRACTS - 1 ? "no code" : "code" },
          { hex: i === CONTRACTS - 1 ? nothing : keccak },
          { block: "no slots" },
          null,
          1,
          null,
        ],
      },
    })
    return {
      name,
      bundle: true,
      trace: "none",
      network: { epoch: 1000 },
      blocks: [
        { name: "code", codec: "raw", hex: this.#code },
        { name: "no code", codec: "raw", hex: "" },
        { name: "no slots", codec: "dag-cbor", json: [{ hex: "" }, []] },
        { name: "nothing pending", codec: "dag-cbor", json: [{ hex: "" }, []] },
      ],
      actors: [
        { ...account("alice"), id: ALICE },
        { ...account("bob"), id: BOB },
        {
          name: "eve",
          id: EVE,
          code: { builtin: "ethaccount" },
          address: { eth: EVE_ADDRESS },
          balance: "1000000000000000000000",
        },
        {
          name: "finn",
          id: FINN,
          code: { builtin: "placeholder" },
          address: { eth: FINN_ADDRESS },
          balance: "1000000000000000000000",
        },
        {
          name: "multisig",
          id: MULTISIG,
          code: { builtin: "multisig" },
          address: { actor: hexOf(new TextEncoder().encode("multisig")) },
          balance: "5000",
          state: {
            json: [
              [{ id: ALICE }, { id: BOB }, { id: FIRST }].map(({ id: actor }) => ({ hex: hexOf(id(actor).bytes) })),
              1 + random.below(2),
              0,
              { big: "0" },
              0,
              0,
              { block: "nothing pending" },
            ],
          },
        },
        ...random.times(CONTRACTS, contract),
      ],
      messages: typeof messages === "number" ? random.times(messages, () => this.#message()) : messages,
    }
  }

  #message(): Json {
    const random = this.#random
    const from = random.pick(["eve", "eve", "eve", "alice", "bob", "finn"])
    const value = random.once(4) ? String(random.below(2000)) : "0"
    const common = { from, value, gas_limit: 50_000_000_000 }
    const target = random.once(3) ? random.pick(this.#made()) : wordOf(contractAddress(random.below(CONTRACTS)))
    const invoke = { ...common, to: `0x${target.toString(16).padStart(40, "0")}`, method: INVOKE_EVM }
    switch (random.below(16)) {
      case 0:
        return { ...common, to: to(10), method: 4, params_bytes: this.#initcode() }
      case 1: {
        const method = random.pick([2000, 1024, 1023, 7, 3, 4, 5, 6, 1, 2, INVOKE_EVM, ...METHODS.slice(0, 3)])
        return { ...invoke, method, ...this.#nativeParams() }
      }
      case 2:
        return {
          ...common,
          value: "0",
          from: to(0),
          to: to(FIRST + random.below(CONTRACTS)),
          implicit: true,
          ...this.#inspection(),
        }
      case 3:
        return {
          ...common,
          from: random.pick(["alice", "bob"]),
          to: to(MULTISIG),
          method: 2,
          value: "0",
          params: this.#proposal(),
        }
      case 4:
        return {
          ...common, from: random.pick(["alice", "bob"]), to: to(MULTISIG), value: "0", method: random.pick([3, 4, METHODS[1], METHODS[2]]),
          params: hexOf(encode([random.below(4), NOTHING])),
        } // biome-ignore format: a table
      case 5:
        return { ...invoke, method: 0, value: String(random.below(100)) }
      default:
        return { ...invoke, params_bytes: this.#program(3) }
    }
  }

  #nativeParams(): Json {
    const random = this.#random
    if (random.once(4)) return {}
    if (random.once(5)) return { params: hexOf(encode(this.#item())) }
    if (random.once(4)) return { params_bytes: this.#program(1) }
    return { params: this.#program(1) + this.#reply() }
  }

  /** What a native handler answers: exit code, codec, bytes. */
  #reply(): string {
    const random = this.#random
    const data = random.pick(["", "f6", "182a", "83010203", "ff", "6161"])
    return [
      random.pick([0, 0, 0, 1, 5, 16, 24, 33, 42, 2n ** 32n]),
      data === "" ? random.pick([0, 0, 0x51]) : random.pick([0x51, 0x51, 0x51, 0x55, 0x71, 0]),
      random.pick([96, 96, 96, 96, 64, 2n ** 40n]),
      random.once(8) ? random.below(70) : data.length / 2,
      ...(data === "" ? [] : [wordOf(padded(data))]),
    ]
      .map(act.word)
      .join("")
  }

  /** What a node asks of a contract. */
  #inspection(): Json {
    const random = this.#random
    const key = bytesOf(word(random.below(6))).subarray(random.pick([31, 31, 0, 30, 32]))
    return random.pick<Json>([
      { method: 5, params: hexOf(encode([key])) },
      { method: 5, params: hexOf(encode([bytesOf("00".repeat(33))])) },
      { method: 5, params: hexOf(encode(key)) },
      { method: 3 },
      { method: 4 },
      { method: 3, params: "80" },
      { method: 1, params: hexOf(encode([bytesOf(EVE_ADDRESS), NOTHING])) },
      { method: INVOKE_EVM, params_bytes: this.#program(1) },
    ])
  }

  #proposal(): string {
    const random = this.#random
    const [receiver, method, params] = random.pick<() => readonly [number, number, Uint8Array]>([
      () => [FIRST + random.below(CONTRACTS), INVOKE_EVM, encode(bytesOf(this.#program(2)))],
      () => [FIRST + random.below(CONTRACTS), 2000, bytesOf(this.#program(1) + this.#reply())],
      () => [random.pick([ALICE, BOB, EVE, FINN, UNKNOWN, FIRST]), 0, NOTHING],
      () => [MULTISIG, 8, encode([1 + random.below(3)])],
      () => [MULTISIG, 5, encode([id(random.pick([EVE, FINN, FIRST + 1, UNKNOWN])), random.once(2)])],
      () => [MULTISIG, 6, encode([id(random.pick([ALICE, BOB, FIRST])), random.once(2)])],
      () => [MULTISIG, 7, encode([id(BOB), id(EVE)])],
      () => [MULTISIG, 9, encode([1000, random.pick([0, 10, 5000]), amount(random.below(9000))])],
      () => [10, 4, encode(bytesOf(this.#initcode()))],
      () => [1, 2, encode(NOTHING)],
    ])()
    return hexOf(encode([id(receiver), amount(random.below(500)), method, params]))
  }

  #initcode(): string {
    return INITCODE[this.#random.pick(Object.keys(INITCODE) as Initcode[])]
  }

  /** Addresses where contracts may have been made. */
  #made(): bigint[] {
    const random = this.#random
    const maker = contractAddress(random.below(CONTRACTS - 1))
    return [
      create2Address(maker, random.below(SALTS), INITCODE[random.pick(MAKING)]),
      create2Address(maker, 0, INITCODE.twin),
      createAddress(maker, 1 + random.below(3)),
      createAddress(random.pick([EVE_ADDRESS, FINN_ADDRESS]), random.below(4)),
    ]
  }

  #address(): bigint {
    const random = this.#random
    if (random.once(2)) return wordOf(contractAddress(random.below(CONTRACTS)))
    if (random.once(3)) return random.pick(this.#made())
    return random.pick([
      () => masked(FIRST + random.below(CONTRACTS)),
      () => wordOf(EVE_ADDRESS),
      () => wordOf(FINN_ADDRESS),
      () => wordOf(NOBODY),
      () => masked(random.pick([ALICE, BOB, EVE, FINN, MULTISIG, UNKNOWN, 0, 1, 2, 3, 4, 5, 6, 7, 10, 99])),
      () => BigInt(random.pick([0, 1, 2, 4, 5, 9, 10, 11, 17, 18, 255, 256, 257])),
      () => (0xfen << 152n) | BigInt(random.pick([0, 1, 2, 3, 4, 5, 6, 7, 255])),
      () => (1n << 160n) | wordOf(contractAddress(0)),
    ])()
  }

  #value(): number {
    return this.#random.once(3) ? this.#random.below(1500) : 0
  }

  /** A list of actions. */
  #program(depth: number): string {
    const random = this.#random
    return random.times(1 + random.below(depth === 3 ? 7 : 4), () => this.#action(depth)).join("")
  }

  #action(depth: number): string {
    const random = this.#random
    const key = random.below(6)
    switch (random.below(depth > 0 ? 26 : 12)) {
      case 0:
      case 1:
        return act.store(key, random.pick([0, 0, 1, random.u32(), 2n ** 256n - 1n]))
      case 2:
        return act.load(key)
      case 3:
        return act.storeTransient(key, random.pick([0, 1, random.u32()]))
      case 4:
        return act.loadTransient(key)
      case 5:
        return act.log(random.below(5), random.pick([0, 1, 32, 100, 8192, 8193]))
      case 6:
        return act.look(this.#address())
      case 7:
        return random.pick([
          () => act.environment(),
          () => act.blockhash(random.pick([999, 1000, 1001, 744, 743, 745, 0, 2n ** 64n, 2n ** 256n - 1n])),
          () => act.copy(random.below(100), random.below(100), random.below(300)),
          () => act.hash(random.below(1000), random.below(1000)),
        ])()
      case 8:
        return random.once(3) ? random.pick([act.revert(), act.finish(), act.invalid()]) : act.word(random.u32())
      case 9:
        return random.once(3) ? act.selfdestruct(this.#address()) : act.load(key)
      case 10:
        return random.pick([
          () => act.storeMany(random.below(64), random.below(12), random.below(3)),
          () => act.loadMany(0, random.below(40)),
          () => act.storeScattered(random.below(3), random.below(10)),
          () => act.returned(random.below(40), random.below(40)),
          () => act.memory(random.pick([0, 100_000, 2n ** 31n, 2n ** 32n - 32n, 2n ** 64n])),
        ])()
      case 11:
        return act.load(key) + act.loadTransient(key)
      case 12:
      case 13:
      case 14:
        return act.create2(random.below(SALTS), this.#value(), INITCODE[random.pick(MAKING)])
      case 15:
        return act.create(this.#value(), this.#initcode())
      case 16:
      case 17:
        return this.#precompile()
      case 18: {
        // A call with the gas of a bare transfer; nothing that could need more.
        return act.call(random.pick([CALL.idle, CALL.call]), this.#address(), random.pick([0, 5]), random.once(2) ? "" : act.finish(), random.once(2) ? 0 : 2300) // biome-ignore format: one call
      }
      default: {
        const kind = random.pick([CALL.call, CALL.call, CALL.call, CALL.static, CALL.delegate])
        return act.call(kind, this.#address(), kind === CALL.call ? this.#value() : 0, this.#program(depth - 1))
      }
    }
  }

  /** Filecoin's precompiles. */
  #precompile(): string {
    const random = this.#random
    const at = (number: number): bigint => (0xfen << 152n) | BigInt(number)
    const kind = random.once(8) ? random.pick([CALL.call, CALL.static]) : CALL.delegate
    const any = random.pick([CALL.call, CALL.static, CALL.delegate])
    switch (random.below(6)) {
      case 0:
        return act.call(any, at(1), 0, this.#addressBytes())
      case 1:
        return act.call(any, at(2), 0, random.once(8) ? "ff".repeat(32) : word(this.#actor()))
      case 2:
        return act.call(any, at(6), 0, random.once(6) ? `80${"00".repeat(31)}` : word(random.below(1001)))
      case 3:
        return act.call(kind, at(5), 0, this.#nativeCall(word(this.#actor()), ""))
      default: {
        const address = this.#addressBytes()
        return act.call(kind, at(3), 0, this.#nativeCall("", word(address.length / 2) + padded(address)))
      }
    }
  }

  #actor(): number {
    const random = this.#random
    return random.pick([
      ALICE,
      BOB,
      EVE,
      FINN,
      MULTISIG,
      FIRST,
      FIRST + 1,
      FIRST + 3,
      UNKNOWN,
      0,
      1,
      2,
      5,
      6,
      7,
      10,
      99,
    ])
  }

  #addressBytes(): string {
    const random = this.#random
    return random.pick<() => string>([
      () => hexOf(id(this.#actor()).bytes),
      () => `040a${contractAddress(random.below(CONTRACTS))}`,
      () => `040a${random.pick([EVE_ADDRESS, FINN_ADDRESS, NOBODY])}`,
      () => hexOf(keyAddress(1, "ab")),
      () => hexOf(keyAddress(2, "ab")),
      () => `03${"11".repeat(48)}`,
      () => `040a${"ff".repeat(1)}${"00".repeat(11)}${"00000000000003e8"}`,
      () =>
        random.pick([
          "",
          "00",
          "0080",
          "05aa",
          "04",
          "0420aa",
          "01aa",
          "00ffffffffffffffffff01",
          "00ffffffffffffffffff7f",
        ]),
    ])()
  }

  #item(): Item {
    const random = this.#random
    return random.pick<() => Item>([
      () => null,
      () => [],
      () => NOTHING,
      () => bytesOf(this.#program(1)),
      () => [random.below(4), NOTHING],
      () => [
        id(this.#actor()),
        amount(random.below(50)),
        random.pick([0, INVOKE_EVM]),
        encode(bytesOf(this.#program(0))),
      ],
      () => [NOTHING, NOTHING],
      () => random.below(100),
      () => [1, 2, 3],
    ])()
  }

  /** Parameters of call_actor: words, then the parameters, then the address, if it is not an ID. */
  #nativeCall(actor: string, address: string): string {
    const random = this.#random
    const method = random.pick([
      0,
      0,
      INVOKE_EVM,
      INVOKE_EVM,
      INVOKE_EVM,
      random.pick(METHODS),
      random.pick(METHODS),
      2000,
      2,
      1023,
      1024,
      2n ** 64n,
    ])
    const empty = random.once(3)
    const params = empty ? "" : hexOf(random.once(2) ? encode(bytesOf(this.#program(1))) : encode(this.#item()))
    const codec = random.once(10) ? random.pick([0x55, 0x71, 0, 0x51]) : empty ? 0 : 0x51
    const paramsAt = 192n
    const addressAt = paramsAt + 32n + BigInt(padded(params).length / 2)
    return [
      word(method),
      word(this.#value()),
      word(random.once(8) ? random.pick([1, 1, 2, 3]) : 0),
      word(codec),
      word(random.once(20) ? 2n ** 33n : paramsAt),
      address === "" ? actor : word(random.once(20) ? 2n ** 33n : addressAt),
      word(params.length / 2),
      padded(params),
      address,
    ].join("")
  }
}
