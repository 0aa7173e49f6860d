import { OPERATORS } from "../../../src/fvm/engine/wasm/operators.ts"
import { wiresOf } from "../../../src/fvm/syscalls/linker.ts"
import { SYSCALLS } from "../../../src/fvm/syscalls/table.ts"
import type { Random } from "./random.ts"

/*
 * Random actors in the text format: arithmetic, control flow, memory, tables, calls, and every syscall with good and bad
 * arguments. What an actor sees of the machine goes into a log in its memory, and the log is what it returns.
 */

type Type = "i32" | "i64" | "f32" | "f64"
const TYPES: readonly Type[] = ["i32", "i64", "f32", "f64"]
const LETTER: Record<string, Type> = { i: "i32", I: "i64", f: "f32", F: "f64" }

/** An actor's code, in parts that can be left out one by one. */
export type Program = {
  readonly head: string
  readonly functions: readonly string[]
  readonly tail: string
  /** What `invoke` does, in order. */
  readonly statements: readonly string[]
}

/** The text of a program. */
export function programText({ head, functions, tail, statements }: Program): string {
  return `(module ${head}\n${functions.join("\n")}\n${tail}
 (func (export "invoke") (param $params i32) (result i32)
  (local $i0 i32) (local $i1 i32) (local $I0 i64) (local $I1 i64) (local $f0 f32) (local $f1 f32) (local $F0 f64) (local $F1 f64)
  (drop (call $ipld.block_read (i32.const 32) (local.get $params) (i32.const 0) (i32.const 64) (i32.const 64)))
  ${statements.join("\n  ")}
  (drop (call $ipld.block_create (i32.const 16) (i64.const 0x55) (i32.const 0) (global.get $log)))
  (i32.load (i32.const 16))))`
}

/** Where the interesting bytes lie, and what they are: templates of the oracle. */
const ITEMS: readonly [name: string, bytes: string, length: number][] = [
  ["address of a", "%{addr:a}", 21],
  ["address of b", "%{addr:b}", 21],
  ["address of alice", "%{addr:alice}", 21],
  ["address of a stranger", "%{f1:stranger}", 21],
  ["delegated address", "%{hex:040a0102030405060708090a0b0c0d0e0f1011121314}", 22],
  ["system actor", "%{hex:0000}", 2],
  ["burnt funds", "%{hex:0063}", 2],
  ["an actor that is not there", "%{hex:00ff7f}", 3],
  ["bad address", "%{hex:0901}", 2],
  ["CID of a block", "%{block:leaf}", 38],
  ["CID of a node", "%{block:node}", 38],
  ["code of accounts", "%{code:account}", 38],
  ["bad CID", "%{hex:0171a0e4021f}", 6],
  ["CBOR array", "%{hex:83010203}", 4],
  ["CBOR with a link", "%{hex:81}%{hex:d82a582700}%{block:leaf}", 44],
  ["no CBOR", "%{hex:83ff}", 2],
  ["text", "hello world", 11],
  ["event entry of flags and sizes", "%{hex:0300000000000000010000005500000000000000020000006b7676}", 28],
  ["public key", "%{secp-pub:alice}", 65],
  ["signature", "%{secp-sign:alice:68656c6c6f20776f726c64}", 65],
]
const ITEMS_AT = 4096
const ITEM_SPACE = 128
const LOG_AT = 256
const LOG_END = 3584

/** Makes programs. `size` is about the number of statements of `invoke`. */
export class Programmer {
  readonly #random: Random
  readonly #functions: { name: string; params: Type[]; result: Type | undefined }[] = []
  #depth = 0
  #labels = 0

  constructor(random: Random) {
    this.#random = random
  }

  program(size: number): Program {
    const random = this.#random
    const pages = random.pick([1, 1, 1, 2, 3])
    const maximum = random.once(3) ? ` ${pages + random.below(4)}` : ""
    const imports = Object.entries(SYSCALLS).flatMap(([module, rows]) =>
      Object.entries(rows).map(
        ([name, row]) =>
          `(import "${module}" "${name}" (func $${module}.${name} ${wiresOf(row)
            .map((wire) => `(param ${wire.wasm})`)
            .join("")} (result i32)))`,
      ),
    )
    const signatures = random.times(1 + random.below(4), (i) => ({
      name: `$fn${i}`,
      params: random.times(random.below(4), () => random.pick(TYPES)),
      result: random.once(4) ? undefined : random.pick(TYPES),
    }))
    const functions = signatures.map((signature) => {
      // A function calls those before it, and now and then itself.
      const text = this.#function(signature)
      this.#functions.push(signature)
      return text
    })
    const table = signatures.map(({ name }) => name).join(" ")
    return {
      head: `${imports.join(" ")}
 (memory (export "memory") ${pages}${maximum}) (table ${random.pick(["", '(export "table")'])} ${signatures.length + random.below(3)} funcref)
 (type $none (func)) (type $int (func (param i32) (result i32)))
 (global $g0 (mut i32) (i32.const ${random.below(100)})) (global $g1 (mut i64) (i64.const ${random.below(100)}))
 (global $g2 (mut f32) (f32.const ${random.below(100)})) (global $g3 (mut f64) (f64.const ${random.below(100)}))
 (global $log (mut i32) (i32.const ${LOG_AT})) (global $fuel (mut i32) (i32.const 2000))
 (elem (i32.const 0) ${table}) (data $seg "some passive bytes")
 ${ITEMS.map(([, bytes], i) => `(data (i32.const ${ITEMS_AT + i * ITEM_SPACE}) "${bytes}")`).join("\n ")}
 (func $note (param i32) (if (i32.lt_u (global.get $log) (i32.const ${LOG_END})) (then
   (i32.store (global.get $log) (local.get 0)) (global.set $log (i32.add (global.get $log) (i32.const 4))))))
 (func $burn (result i32) (global.set $fuel (i32.sub (global.get $fuel) (i32.const 1))) (i32.gt_s (global.get $fuel) (i32.const 0)))`,
      functions,
      tail: random.once(12)
        ? "(func $begin (global.set $g0 (i32.add (global.get $g0) (i32.const 1)))) (start $begin)"
        : "",
      statements: random.times(2 + random.below(size), () => this.#statement(3, undefined, [])),
    }
  }

  #function({ name, params, result }: { name: string; params: Type[]; result: Type | undefined }): string {
    const random = this.#random
    const locals = random.times(random.below(5), () => random.pick(TYPES))
    const body = random.times(1 + random.below(4), () => this.#statement(3, result, params)).join("\n    ")
    const recursion =
      random.once(5) && result === "i32"
        ? `(if (call $burn) (then (drop (call ${name} ${params.map((type) => this.#constant(type)).join(" ")}))))`
        : ""
    return ` (func ${name} ${params.map((type) => `(param ${type})`).join(" ")} ${result ? `(result ${result})` : ""}
    ${TYPES.map((type) => `(local $${letterOf(type)}0 ${type}) (local $${letterOf(type)}1 ${type})`).join(" ")} ${locals.map((type) => `(local ${type})`).join(" ")}
    ${recursion} ${body}
    ${result ? this.#expression(result, 3) : ""})`
  }

  #local(type: Type): string {
    return `$${letterOf(type)}${this.#random.below(2)}`
  }

  #constant(type: Type): string {
    const random = this.#random
    switch (type) {
      case "i32":
        return `(i32.const ${random.pick([0, 1, -1, 2, 255, 65_536, -2_147_483_648, 2_147_483_647, random.u32() | 0, random.below(100)])})`
      case "i64":
        return `(i64.const ${random.pick(["0", "1", "-1", "-9223372036854775808", "9223372036854775807", String(random.below(1000)), String(BigInt.asIntN(64, (BigInt(random.u32()) << 32n) | BigInt(random.u32())))])})`
      case "f32":
        return `(f32.const ${random.pick(["0", "-0", "1.5", "inf", "-inf", "nan", "nan:0x200001", "-nan:0x400123", "3.4e38", "1e-45", String(random.below(1000) / 8)])})`
      case "f64":
        return `(f64.const ${random.pick(["0", "-0", "-2.5", "inf", "-inf", "nan", "nan:0x4000000000001", "-nan:0x8000000000123", "1e308", "5e-324", String(random.below(1000) / 8)])})`
    }
  }

  /** An address that is mostly inside the memory. */
  #address(depth: number): string {
    const random = this.#random
    if (random.once(400)) return this.#expression("i32", depth - 1)
    if (random.once(3)) return `(i32.const ${random.pick([64, 68, 72, 80, 96, 120])})`
    return `(i32.and ${this.#expression("i32", depth - 1)} (i32.const 0x7fff))`
  }

  #expression(type: Type, depth: number): string {
    const random = this.#random
    if (depth <= 0 || random.once(6)) {
      return random.pick([
        this.#constant(type),
        `(local.get ${this.#local(type)})`,
        `(global.get $g${TYPES.indexOf(type)})`,
        this.#constant(type),
      ])
    }
    switch (random.below(14)) {
      case 0:
        return `(select ${this.#expression(type, depth - 1)} ${this.#expression(type, depth - 1)} ${this.#expression("i32", depth - 1)})`
      case 1:
        return `(if (result ${type}) ${this.#expression("i32", depth - 1)} (then ${this.#expression(type, depth - 1)}) (else ${this.#expression(type, depth - 1)}))`
      case 2: {
        const label = this.#label()
        return `(block ${label} (result ${type}) ${this.#expression(type, depth - 1)} (br_if ${label} ${this.#expression("i32", depth - 1)}) (drop) ${this.#expression(type, depth - 1)})`
      }
      case 3: {
        const callee = this.#functions.find(({ result }) => result === type)
        if (callee === undefined) break
        return `(call ${callee.name} ${callee.params.map((param) => this.#expression(param, depth - 2)).join(" ")})`
      }
      case 4:
        return `(local.tee ${this.#local(type)} ${this.#expression(type, depth - 1)})`
      case 5:
        if (type !== "i32") break
        return random.pick([
          "(memory.size)",
          "(table.size)",
          `(memory.grow ${random.once(3) ? this.#expression("i32", depth - 1) : `(i32.const ${random.pick([0, 1, 1, 2, 5, 70])})`})`,
          `(table.grow (table.get (i32.const 0)) ${random.once(3) ? this.#expression("i32", depth - 1) : `(i32.const ${random.pick([0, 1, 3, 1000])})`})`,
          `(i32.load8_u ${this.#address(depth)})`,
        ])
      case 6:
        if (type !== "i32" || this.#functions.length === 0 || !random.once(12)) break
        return `(call_indirect (type $int) ${this.#expression("i32", depth - 2)} (i32.const ${random.below(this.#functions.length + 2)}))`
    }
    const choices = operatorsOf(type)
    const row = random.pick(choices)
    // Those that can trap are taken less often.
    if (/i\d\d.(div|rem|trunc_f)/.test(row.name) && !random.once(30)) return this.#expression(type, depth - 1)
    if (row.memory) return `(${row.name} offset=${random.pick([0, 0, 4, 1000])} ${this.#address(depth)})`
    return `(${row.name} ${row.operands.map((operand) => this.#expression(operand, depth - 1)).join(" ")})`
  }

  #label(): string {
    return `$l${this.#labels++}`
  }

  #block(depth: number, result: Type | undefined, params: Type[]): string {
    return this.#random.times(1 + this.#random.below(3), () => this.#statement(depth - 1, result, params)).join(" ")
  }

  #statement(depth: number, result: Type | undefined, params: Type[]): string {
    const random = this.#random
    const type = random.pick(TYPES)
    const inInvoke = params.length === 0 && result === undefined && this.#depth === 0
    if (depth <= 0) return `(local.set ${this.#local(type)} ${this.#expression(type, 1)})`
    switch (random.below(20)) {
      case 0:
        return `(global.set $g${TYPES.indexOf(type)} ${this.#expression(type, depth)})`
      case 1:
      case 2: {
        const store = random.pick(stores)
        return `(${store.name} offset=${random.pick([0, 0, 8, 500])} ${this.#address(depth)} ${this.#expression(store.type, depth)})`
      }
      case 3:
        return `(if ${this.#expression("i32", depth)} (then ${this.#block(depth, result, params)}) ${random.once(2) ? `(else ${this.#block(depth, result, params)})` : ""})`
      case 4: {
        const label = this.#label()
        return `(block ${label} ${this.#block(depth, result, params)} (br_if ${label} ${this.#expression("i32", depth - 1)}) ${this.#block(depth, result, params)})`
      }
      case 5: {
        const label = this.#label()
        return `(loop ${label} ${this.#block(depth, result, params)} (br_if ${label} ${random.once(30) ? this.#expression("i32", 1) : `(i32.and ${this.#expression("i32", 1)} (call $burn))`}))`
      }
      case 6: {
        const labels = random.times(1 + random.below(4), () => this.#label())
        const open = labels.map((label) => `(block ${label}`).join(" ")
        const close = labels.map(() => `${random.once(2) ? this.#block(depth, result, params) : ""})`).join(" ")
        return `${open} (br_table ${random.times(random.below(5), () => random.pick(labels)).join(" ")} ${random.pick(labels)} ${this.#expression("i32", depth - 1)}) ${random.once(4) ? this.#block(1, result, params) : ""} ${close}`
      }
      case 7: {
        if (this.#functions.length === 0) break
        const callee = random.pick(this.#functions)
        const call = `(call ${callee.name} ${callee.params.map((param) => this.#expression(param, depth - 1)).join(" ")})`
        return callee.result ? `(drop ${call})` : call
      }
      case 8:
        return random.pick([
          `(memory.fill ${this.#address(depth)} ${this.#expression("i32", 1)} (i32.const ${random.below(300)}))`,
          `(memory.copy ${this.#address(depth)} ${this.#address(depth)} (i32.const ${random.below(300)}))`,
          `(memory.copy ${this.#address(1)} ${this.#address(1)} (i32.and ${this.#expression("i32", 1)} (i32.const 0xfff)))`,
          `(memory.init $seg ${this.#address(1)} (i32.const ${random.below(8)}) (i32.const ${random.below(random.once(20) ? 20 : 10)}))`,
          random.once(4) ? `(memory.fill ${this.#address(1)} (i32.const 0) ${this.#expression("i32", 1)})` : "(nop)",
          random.once(10) ? "(data.drop $seg)" : "(nop)",
        ])
      case 9:
        return random.pick([
          `(table.set (i32.const 0) (table.get (i32.const ${random.below(random.once(10) ? 3 : 1)})))`,
          `(table.fill (i32.const 0) (table.get (i32.const 0)) (i32.const ${random.below(random.once(10) ? 5 : 2)}))`,
          `(table.copy (i32.const 0) (i32.const 0) (i32.const ${random.below(random.once(10) ? 5 : 2)}))`,
          `(call $note (table.size))`,
        ])
      case 10:
        if (random.once(6))
          return random.pick(["(unreachable)", "(nop)", result === undefined && !inInvoke ? "(return)" : "(nop)"])
        return `(call $note ${this.#expression("i32", depth)})`
      case 11:
      case 12:
      case 13:
      case 14:
      case 15:
      case 16:
        return this.#syscall()
    }
    return `(local.set ${this.#local(type)} ${this.#expression(type, depth)})`
  }

  #item(like?: RegExp): { at: number; length: number } {
    const random = this.#random
    const fitting = ITEMS.flatMap(([name, , length], i) =>
      like === undefined || like.test(name) || random.once(8) ? [{ at: ITEMS_AT + i * ITEM_SPACE, length }] : [],
    )
    return random.pick(fitting)
  }

  #syscall(): string {
    const random = this.#random
    const modules = Object.entries(SYSCALLS)
    // Sends and blocks most of all: they are what the rest depends on.
    const favourite = random.below(10)
    let module: string
    let name: string
    if (favourite < 2) [module, name] = ["send", "send"]
    else if (favourite < 5) {
      module = "ipld"
      name = random.pick(Object.keys(SYSCALLS.ipld!))
    } else {
      const [from, rows] = random.pick(modules)
      module = from
      name = random.pick(Object.keys(rows))
    }
    // An exit ends everything, so it is rare.
    if (module === "vm" && name === "exit" && !random.once(6)) name = "message_context"
    const row = SYSCALLS[module]![name]!
    const wires = wiresOf(row)
    const args: string[] = []
    let pending: { at: number; length: number } | undefined
    for (const wire of wires) {
      const wild = random.once(30)
      if (wild && wire.wasm === "i32") {
        args.push(`(i32.const ${random.pick([0, -1, -16, 65_530, 65_536, random.u32() | 0])})`)
        continue
      }
      if (wire.name === "ret") args.push(`(i32.const ${random.pick([512, 1024, 1100, 2048])})`)
      else if (
        wire.name.endsWith("_off") ||
        wire.name === "cid" ||
        wire.name === "code_cid" ||
        wire.name === "hash" ||
        wire.name === "sig"
      ) {
        const output = /obuf|digest/.test(wire.name) || (wire.name === "cid_off" && name !== "set_root")
        if (output) {
          pending = { at: random.pick([2304, 2400, 3000]), length: random.pick([0, 10, 37, 38, 64, 100]) }
        } else
          pending = this.#item(
            /cid/.test(wire.name) ? /CID|code/ : /addr|recipient/.test(wire.name) ? /ddress|actor|funds/ : undefined,
          )
        args.push(`(i32.const ${pending.at})`)
      } else if (wire.name.endsWith("_len")) {
        const length = random.once(8) ? random.pick([0, 1, 2000, 70_000]) : (pending?.length ?? 4)
        args.push(`(i32.const ${length})`)
      } else if (wire.wasm === "i64") args.push(this.#wide(wire.name))
      else if (wire.name === "code") args.push(`(i32.const ${random.pick([0, 1, 5, 16, 33, 100])})`)
      else if (wire.name === "burn_unspent") args.push(`(i32.const ${random.below(2)})`)
      else args.push(`(i32.const ${random.pick([0, 1, 1, 2, 2, 3, 4, 9])})`)
    }
    // Charges by the actor itself would mostly end it.
    const call = `(call $note (call $${module}.${name} ${args.join(" ")}))`
    return row.result === undefined
      ? call
      : `${call} (call $note (i32.load (i32.const ${random.pick([512, 1024, 2048])})))`
  }

  #wide(name: string): string {
    const random = this.#random
    const pick = (...values: (string | number)[]): string => `(i64.const ${random.pick(values)})`
    switch (name) {
      case "codec":
        return pick(0x55, 0x55, 0x51, 0x71, 0x71, 0x71, 0, 0x70)
      case "hash_fun":
        return pick(0xb220, 0xb220, 0xb220, 0xb220, 0x12, 0)
      case "hash_code":
        return pick(0xb220, 0x12, 0x1b, 0x1053, 0x19, 0)
      case "epoch":
      case "round":
        return pick(100, 99, 98, 50, 0, -1, 101, 1000, "-9223372036854775808")
      case "actor_id":
        return pick(0, 1, 10, 99, 1000, 1001, 1002, 1003, 5000, -1)
      case "method":
        return pick(0, 0, 1, 2, 2, 3, 100)
      case "value_hi":
        return pick(0, 0, 0, 0, 0, 0, 1)
      case "value_lo":
        return pick(0, 0, 0, 1, 5, 1000, -1)
      case "gas_limit":
        return pick(-1, -1, -1, 0, 1_000_000, 10_000_000, 100_000)
      case "flags":
        return pick(0, 0, 0, 1, 1, 2)
      case "amount":
        return pick(0, 1, 1000, 100_000, -1)
      default:
        return pick(0, 1, 2, -1, random.u32())
    }
  }
}

function letterOf(type: Type): string {
  return Object.entries(LETTER).find(([, other]) => other === type)![0]
}

type Choice = { readonly name: string; readonly operands: Type[]; readonly memory: boolean }
const byResult = new Map<Type, Choice[]>()
const stores: { name: string; type: Type }[] = []
for (const row of OPERATORS) {
  if (row?.signature === undefined || row.signature.includes("r") || row.price === "unsupported") continue
  const [operands, result] = row.signature.split(":") as [string, string]
  if (row.immediate === "memory access" && result === "") {
    stores.push({ name: row.name, type: LETTER[operands[1]!]! })
    continue
  }
  if (result === "" || !["none", "memory access"].includes(row.immediate)) continue
  const type = LETTER[result]!
  const list = byResult.get(type) ?? []
  list.push({
    name: row.name,
    operands: [...operands].map((letter) => LETTER[letter]!),
    memory: row.immediate !== "none",
  })
  byResult.set(type, list)
}

function operatorsOf(type: Type): readonly Choice[] {
  return byResult.get(type)!
}
