import { ModuleRefused, type RefusalStep } from "./errors.ts"
import type {
  Engine,
  EngineOptions,
  HostFunctions,
  Instance,
  Instantiated,
  MemoryLimiter,
  WasmPrices,
} from "./index.ts"

/*
 * What any engine must do, as cases that run on the interface alone. A new engine passes all of them before it may run
 * an actor.
 */

/** What the cases need to run. */
export type ConformanceHarness = {
  createEngine<C>(options: EngineOptions<C>): Engine<C>
  /** Text format to binary format. */
  assemble(wat: string): Uint8Array
}

/** One rule. */
export type ConformanceCase = {
  readonly name: string
  /** @throws ConformanceFailure - The engine does otherwise. */
  run(harness: ConformanceHarness): void
}

/** The engine does not do what the case asks. */
export class ConformanceFailure extends Error {
  override readonly name = "ConformanceFailure"
}

/** Prices that make charges easy to count: 1 milligas for each instruction that is not free. */
export const UNIT_PRICES: WasmPrices = {
  instructionDefault: 1n,
  mathDefault: 1n,
  jumpUnconditional: 1n,
  jumpConditional: 1n,
  jumpIndirect: 1n,
  call: 0n,
  memoryFillBaseCost: 0n,
  memoryAccessCost: 0n,
  memoryCopyPerByteCost: 1n,
  memoryFillPerByteCost: 1n,
  hostCallCost: 0n,
}

const PAGE = 65_536
const PLENTY = 1_000_000_000_000_000n

/** Counts like the kernel's limiter. */
class CountingLimiter implements MemoryLimiter {
  memoryUsed = 0
  readonly limit: number

  constructor(limit: number = 2 ** 31) {
    this.limit = limit
  }

  growMemory(bytes: number): boolean {
    if (this.memoryUsed + bytes > this.limit) return false
    this.memoryUsed += bytes
    return true
  }
}

type Context = { calls: unknown[][]; instance?: Instance; onCall?: (...args: unknown[]) => number | bigint | undefined }

const HOST: HostFunctions<Context> = {
  host: {
    call: { params: ["i32", "i64"], result: "i32", call: (context, ...args) => record(context, args) },
    mark: { params: [], result: undefined, call: (context, ...args) => record(context, args) },
    many: {
      params: ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
      result: "i32",
      call: (context, ...args) => record(context, args),
    },
    wide: { params: [], result: "i64", call: (context, ...args) => record(context, args) },
  },
}

function record(context: Context, args: unknown[]): number | bigint | undefined {
  context.calls.push(args)
  return context.onCall?.(...args)
}

function check(actual: unknown, expected: unknown, what: string): void {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part)) ?? "undefined"
  if (text(actual) !== text(expected)) throw new ConformanceFailure(`${what}: ${text(actual)} is not ${text(expected)}`)
}

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new ConformanceFailure("nothing was thrown")
}

/** One engine with one module. */
class Bench {
  readonly engine: Engine<Context>
  readonly code: Uint8Array
  readonly limiter: CountingLimiter
  context: Context = { calls: [] }

  constructor(
    harness: ConformanceHarness,
    wat: string,
    options: Partial<EngineOptions<Context>> = {},
    memoryLimit?: number,
  ) {
    this.engine = harness.createEngine<Context>({ prices: UNIT_PRICES, hostFunctions: HOST, ...options })
    this.code = harness.assemble(wat)
    this.limiter = new CountingLimiter(memoryLimit)
  }

  instantiate(gas: bigint = PLENTY): Instantiated {
    const module = this.engine.load("code", () => this.code)
    if (module === undefined) throw new ConformanceFailure("the code was there, but the engine did not take it")
    return this.engine.instantiate(module, this.context, this.limiter, gas)
  }

  instance(gas: bigint = PLENTY): Instance {
    const made = this.instantiate(gas)
    if (made.kind !== "instance") throw new ConformanceFailure(`no instance: ${made.message}`)
    this.context.instance = made.instance
    return made.instance
  }

  /** A whole call: `returned`, or the kind of trap. */
  call(parameters: number = 0, gas: bigint = PLENTY): number | string {
    const before = this.limiter.memoryUsed
    const instance = this.instance(gas)
    try {
      const ending = instance.invoke(parameters)
      return ending.kind === "returned" ? ending.block : ending.trap
    } finally {
      instance.release()
      this.limiter.memoryUsed = before
    }
  }
}

const invoke = (body: string, more = ""): string =>
  `(module ${more} (memory (export "memory") 1) (func (export "invoke") (param i32) (result i32) ${body}))`

function refusal(harness: ConformanceHarness, wat: string, step: RefusalStep | readonly RefusalStep[]): void {
  const bench = new Bench(harness, wat)
  const error = thrownBy(() => bench.call())
  if (!(error instanceof ModuleRefused)) throw new ConformanceFailure(`not refused: ${error}`)
  if (![step].flat().includes(error.step)) throw new ConformanceFailure(`refused as ${error.step}: ${error.message}`)
  check(thrownBy(() => bench.call()) instanceof ModuleRefused, true, "refused again")
}

const traps: readonly [name: string, body: string, kinds: readonly string[], more?: string][] = [
  ["unreachable", "unreachable", ["unreachable"]],
  ["a load beyond memory", "(i32.load (i32.const 65533))", ["memory access out of bounds"]],
  [
    "a load at the end of the address space",
    "(i32.load offset=4294967295 (i32.const -1))",
    ["memory access out of bounds"],
  ],
  ["a division by zero", "(i32.div_u (i32.const 1) (local.get 0))", ["integer divide by zero"]],
  [
    "the division of the smallest integer by -1",
    "(i32.div_s (i32.const 0x80000000) (i32.const -1))",
    ["integer overflow"],
  ],
  ["the conversion of NaN", "(i32.trunc_f32_s (f32.const nan))", ["invalid conversion to integer"]],
  [
    "a call of an empty table element",
    "(call_indirect (type $t) (i32.const 0))",
    ["indirect call to null", "indirect call type mismatch"],
    "(type $t (func (result i32))) (table 1 funcref)",
  ],
  [
    "a call beyond the table",
    "(call_indirect (type $t) (i32.const 7))",
    ["table access out of bounds"],
    "(type $t (func (result i32))) (table 1 funcref)",
  ],
  [
    "a call through the wrong type",
    "(call_indirect (type $t) (i32.const 0))",
    ["indirect call type mismatch"],
    "(type $t (func (result i32))) (table 1 funcref) (elem (i32.const 0) $f) (func $f)",
  ],
  [
    "a fill beyond memory",
    "(memory.fill (i32.const 0) (i32.const 0) (i32.const 65537)) (i32.const 0)",
    ["memory access out of bounds"],
  ],
]

/** Everything that an engine must show. */
export const CONFORMANCE: readonly ConformanceCase[] = [
  {
    name: "invoke receives the parameter handle and returns a block handle, both unsigned",
    run(harness) {
      check(new Bench(harness, invoke("(local.get 0)")).call(0xffff_fffe), 0xffff_fffe, "handle")
    },
  },
  {
    name: "a host function receives its context, i32 as signed numbers and i64 as signed bigints",
    run(harness) {
      const bench = new Bench(
        harness,
        invoke(
          "(call $f (i32.const -1) (i64.const -9223372036854775808))",
          `(import "host" "call" (func $f (param i32 i64) (result i32)))`,
        ),
      )
      bench.context.onCall = () => -2
      check(bench.call(), 0xffff_fffe, "result")
      check(bench.context.calls, [[-1, -(2n ** 63n)]], "arguments")
    },
  },
  {
    name: "a host function can take seven arguments, and return i64",
    run(harness) {
      const bench = new Bench(
        harness,
        invoke(
          `(drop (call $wide)) ${[1, 2, 3, 4, 5, 6, 7].map((n) => `(i32.const ${n})`).join(" ")} (call $many)`,
          `(import "host" "many" (func $many (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
           (import "host" "wide" (func $wide (result i64)))`,
        ),
      )
      bench.context.onCall = (...args) => (args.length === 0 ? 5n : args.length)
      check(bench.call(), 7, "result")
      check(bench.context.calls, [[], [1, 2, 3, 4, 5, 6, 7]], "arguments")
    },
  },
  {
    name: "what a host function throws comes out of invoke as the same object, and the instance can be released",
    run(harness) {
      const bench = new Bench(harness, invoke("(call $f) (i32.const 1)", `(import "host" "mark" (func $f))`))
      const thrown = { an: "exit" }
      bench.context.onCall = () => {
        throw thrown
      }
      check(thrownBy(() => bench.call()) === thrown, true, "identity")
      delete bench.context.onCall
      check(bench.call(), 1, "next call")
    },
  },
  ...traps.map(
    ([what, body, kinds, more]): ConformanceCase => ({
      name: `${what} traps`,
      run(harness) {
        const ending = new Bench(harness, invoke(body, more)).call()
        check(kinds.includes(String(ending)) ? kinds[0] : ending, kinds[0], "ending")
      },
    }),
  ),
  {
    name: "code pays before it runs, and a trap for want of gas leaves the counter negative by the missing amount",
    run(harness) {
      const bench = new Bench(harness, invoke("(i32.add (i32.const 1) (i32.const 2))"))
      const gas = bench.instance()
      gas.gas = PLENTY
      gas.invoke(0)
      const cost = PLENTY - gas.gas
      gas.release()
      const poor = bench.instance()
      poor.gas = 5n
      check(poor.invoke(0).kind, "trapped", "ending")
      check(poor.gas < 0n, true, "negative")
      poor.release()
      const exact = bench.instance()
      exact.gas = cost
      check(exact.invoke(0).kind, "returned", "with exactly enough")
      check(exact.gas, 0n, "nothing left")
      exact.release()
    },
  },
  {
    name: "the gas that a host function sets is what the code goes on with",
    run(harness) {
      const bench = new Bench(
        harness,
        invoke("(call $f) (loop (br 0)) (i32.const 1)", `(import "host" "mark" (func $f))`),
      )
      bench.context.onCall = () => {
        bench.context.instance!.gas = 1000n
        return undefined
      }
      const instance = bench.instance(2n ** 63n - 1n)
      check(instance.invoke(0).kind, "trapped", "an endless loop ends")
      check(instance.gas < 0n && instance.gas > -100n, true, `gas ${instance.gas}`)
      instance.release()
    },
  },
  {
    name: "memory grows, and the host sees the new bytes",
    run(harness) {
      const bench = new Bench(
        harness,
        invoke(
          "(drop (memory.grow (i32.const 2))) (i32.store (i32.const 196600) (i32.const 77)) (call $f) (memory.size)",
          `(import "host" "mark" (func $f))`,
        ),
      )
      bench.context.onCall = () => {
        const { memory } = bench.context.instance!
        check([memory.length, memory.bytes.length, memory.bytes[196_600]], [3 * PAGE, 3 * PAGE, 77], "memory")
        const view = memory.bytes
        check(memory.bytes === view, true, "the view is kept")
        return undefined
      }
      check(bench.call(), 3, "size")
      check(bench.context.calls.length, 1, "calls")
    },
  },
  {
    name: "growth beyond an instance's limit answers -1, is paid for, and counts towards the message",
    run(harness) {
      const bench = new Bench(harness, invoke("(memory.grow (local.get 0))"), { maxInstanceMemoryBytes: 4 * PAGE })
      const instance = bench.instance()
      check(instance.invoke(4), { kind: "returned", block: 0xffff_ffff }, "one page too many")
      check(bench.limiter.memoryUsed, 5 * PAGE, "counted")
      check(PLENTY - instance.gas >= BigInt(4 * PAGE), true, "paid")
      check(instance.invoke(3), { kind: "returned", block: 1 }, "as much as there is")
      check(instance.memory.length, 4 * PAGE, "length")
      instance.release()
    },
  },
  {
    name: "growth beyond a memory's own maximum answers -1 and is not counted",
    run(harness) {
      const bench = new Bench(
        harness,
        `(module (memory (export "memory") 1 2) (func (export "invoke") (param i32) (result i32) (memory.grow (local.get 0))))`,
      )
      const instance = bench.instance()
      check(instance.invoke(2), { kind: "returned", block: 0xffff_ffff }, "answer")
      check(instance.invoke(-1), { kind: "returned", block: 0xffff_ffff }, "the largest growth")
      check(bench.limiter.memoryUsed, PAGE, "counted")
      check(instance.invoke(0), { kind: "returned", block: 1 }, "growth by nothing")
      instance.release()
    },
  },
  {
    name: "growth beyond a message's limit answers -1, and an initial memory beyond it is a trap",
    run(harness) {
      const bench = new Bench(harness, invoke("(memory.grow (local.get 0))"), {}, 3 * PAGE)
      const instance = bench.instance()
      check(instance.invoke(3), { kind: "returned", block: 0xffff_ffff }, "answer")
      check(instance.invoke(2), { kind: "returned", block: 1 }, "up to the limit")
      instance.release()
      check(bench.instantiate().kind, "trapped", "the next instance")
    },
  },
  {
    name: "a table grows to 20,000 elements, each counting 8 bytes",
    run(harness) {
      const bench = new Bench(
        harness,
        `(module (memory (export "memory") 1) (table 1 funcref) (elem (i32.const 0) $f) (func $f)
           (func (export "invoke") (param i32) (result i32) (table.grow (table.get (i32.const 0)) (local.get 0))))`,
      )
      const instance = bench.instance()
      check(bench.limiter.memoryUsed, PAGE + 8, "initial")
      check(instance.invoke(20_000), { kind: "returned", block: 0xffff_ffff }, "too many")
      check(instance.invoke(19_999), { kind: "returned", block: 1 }, "all")
      check(bench.limiter.memoryUsed, PAGE + 160_000, "counted")
      check(instance.invoke(1), { kind: "returned", block: 0xffff_ffff }, "one more")
      check(instance.invoke(0), { kind: "returned", block: 20_000 }, "none")
      instance.release()
    },
  },
  {
    name: "each call finds memory, globals and table as the module defines them",
    run(harness) {
      const bench = new Bench(
        harness,
        `(module (memory (export "memory") 1) (data (i32.const 100) "\\07") (global $g (mut i64) (i64.const 5))
           (global $hidden (mut f32) (f32.const 1.5)) (table $t 2 funcref) (elem (i32.const 0) $f) (func $f)
           (func (export "invoke") (param i32) (result i32)
             (i32.load8_u (i32.const 100)) (i32.load8_u (i32.const 50)) (i32.load8_u (i32.const 65535))
             (i32.wrap_i64 (global.get $g)) (i32.trunc_f32_s (f32.mul (f32.const 10) (global.get $hidden)))
             (i32.add) (i32.add) (i32.add) (i32.add)
             (table.set (i32.const 1) (table.get (i32.const 0)))
             (global.set $g (i64.const 9)) (global.set $hidden (f32.const 8))
             (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536))))`,
      )
      for (let i = 0; i < 4; i++) check(bench.call(), 27, `call ${i}`)
    },
  },
  {
    name: "a memory that has grown is as small as before in the next call, and its new pages are zero when it grows again",
    run(harness) {
      const bench = new Bench(
        harness,
        invoke(`(if (i32.eq (local.get 0) (i32.const 1)) (then (drop (i32.load (i32.const 65536)))))
          (drop (memory.grow (i32.const 1)))
          (i32.load (i32.const 65540))
          (i32.store (i32.const 65540) (i32.const 99))
          (i32.add (memory.size))`),
      )
      check(bench.call(0), 2, "first")
      check(bench.call(0), 2, "second")
      check(bench.call(1), "memory access out of bounds", "third, before it grows")
      check(bench.call(0), 2, "fourth")
    },
  },
  {
    name: "the same code can be live several times at once",
    run(harness) {
      const bench = new Bench(
        harness,
        `(module (import "host" "call" (func $f (param i32 i64) (result i32))) (memory (export "memory") 1)
           (global $g (mut i32) (i32.const 0))
           (func (export "invoke") (param i32) (result i32)
             (global.set $g (local.get 0)) (i32.store (i32.const 8) (local.get 0))
             (drop (call $f (local.get 0) (i64.const 0)))
             (i32.add (global.get $g) (i32.load (i32.const 8)))))`,
      )
      const results: unknown[] = []
      bench.context.onCall = (depth) => {
        if ((depth as number) < 5) results.push(bench.call((depth as number) + 1))
        return 0
      }
      check(bench.call(1), 2, "outermost")
      check(results, [10, 8, 6, 4], "inner")
    },
  },
  {
    name: "a start function runs in every instance, pays, and may trap",
    run(harness) {
      const start = (body: string): string =>
        `(module (memory (export "memory") 1) (global $g (mut i32) (i32.const 1)) (func $s ${body}) (start $s)
           (func (export "invoke") (param i32) (result i32) (global.get $g)))`
      const good = new Bench(harness, start("(global.set $g (i32.add (global.get $g) (i32.const 41)))"))
      for (let i = 0; i < 3; i++) {
        const instance = good.instance(PLENTY)
        check(instance.gas < PLENTY, true, "paid")
        check(instance.invoke(0), { kind: "returned", block: 42 }, "ran once")
        instance.release()
      }
      const bad = new Bench(harness, start("unreachable")).instantiate()
      check(bad.kind, "trapped", "trap in the start function")
      const poor = new Bench(harness, start("(global.set $g (i32.const 1))")).instantiate(1n)
      check(poor.kind === "trapped" && poor.gas < 0n, true, "out of gas in the start function")
      const grows = new Bench(harness, start("(global.set $g (memory.grow (i32.const 1)))"))
      check(grows.call(), 1, "growth in the start function")
    },
  },
  {
    name: "a start function that calls the host is refused",
    run(harness) {
      refusal(
        harness,
        `(module (import "host" "mark" (func $f)) (memory (export "memory") 1) (start $f)
           (func (export "invoke") (param i32) (result i32) (i32.const 0)))`,
        "start",
      )
    },
  },
  {
    name: "a segment that does not fit is a trap at instantiation",
    run(harness) {
      const data = invoke("(i32.const 0)", `(data (i32.const 65535) "ab")`)
      check(new Bench(harness, data).instantiate().kind, "trapped", "data")
      const element = invoke("(i32.const 0)", "(table 1 funcref) (func $f) (elem (i32.const 1) $f)")
      check(new Bench(harness, element).instantiate().kind, "trapped", "elements")
    },
  },
  {
    name: "recursion traps at the metered limit, always at the same depth",
    run(harness) {
      const bench = new Bench(
        harness,
        `(module (import "host" "mark" (func $mark)) (memory (export "memory") 1)
           (func $f (param i32) (call $mark) (call $f (local.get 0)))
           (func (export "invoke") (param i32) (result i32) (call $f (i32.const 1)) (i32.const 0)))`,
      )
      check(bench.call(), "unreachable", "ending")
      const depth = bench.context.calls.length
      check(depth > 100 && depth < 2048, true, `depth ${depth}`)
      bench.context.calls = []
      check(bench.call(), "unreachable", "ending")
      check(bench.context.calls.length, depth, "depth again")
    },
  },
  {
    name: "NaNs out of arithmetic are canonical; neg, abs and copysign move bits only",
    run(harness) {
      const bits32 = (expression: string): number | string =>
        new Bench(harness, invoke(`(i32.reinterpret_f32 ${expression})`)).call()
      const high64 = (expression: string): number | string =>
        new Bench(
          harness,
          invoke(`(i32.wrap_i64 (i64.shr_u (i64.reinterpret_f64 ${expression}) (i64.const 32)))`),
        ).call()
      const payload = "(f32.reinterpret_i32 (i32.or (i32.const 0xffa12345) (local.get 0)))"
      check(bits32("(f32.div (f32.const 0) (f32.const 0))"), 0x7fc0_0000, "0/0")
      check(bits32("(f32.sqrt (f32.const -1))"), 0x7fc0_0000, "sqrt(-1)")
      check(bits32(`(f32.add ${payload} (f32.const 1))`), 0x7fc0_0000, "payload + 1")
      check(bits32(`(f32.min ${payload} (f32.const 1))`), 0x7fc0_0000, "min")
      check(bits32(`(f32.neg ${payload})`), 0x7fa1_2345, "neg")
      check(bits32(`(f32.abs ${payload})`), 0x7fa1_2345, "abs")
      check(bits32(`(f32.copysign ${payload} (f32.const 1))`), 0x7fa1_2345, "copysign")
      check(high64(`(f64.promote_f32 ${payload})`), 0x7ff8_0000, "promote")
      check(high64("(f64.sub (f64.const inf) (f64.const inf))"), 0x7ff8_0000, "inf - inf")
    },
  },
  {
    name: "a module says how much memory and table it begins with, and whether it can be called",
    run(harness) {
      const load = (wat: string): unknown => {
        const bench = new Bench(harness, wat)
        const { exportedMemoryBytes, exportedTableElements, entryPoint } = bench.engine.load("code", () => bench.code)!
        return [exportedMemoryBytes ?? null, exportedTableElements ?? null, entryPoint]
      }
      check(load(invoke("(i32.const 0)")), [PAGE, null, "callable"], "plain")
      check(
        load(`(module (memory (export "m") 1) (table (export "table") 3 funcref) (func))`),
        [null, 3, "absent"],
        "odd",
      )
      check(load(`(module (memory (export "memory") 0) (func (export "invoke")))`), [0, null, "mismatched"], "odder")
    },
  },
  {
    name: "invoke of another type is refused when it is called",
    run(harness) {
      refusal(
        harness,
        `(module (memory (export "memory") 1) (func (export "invoke") (param i32) (result i64) (i64.const 0)))`,
        "entry point",
      )
    },
  },
  {
    name: "imports that do not exist or have another type are refused",
    run(harness) {
      for (const row of [
        `(import "host" "nothing" (func))`,
        `(import "nowhere" "mark" (func))`,
        `(import "host" "toString" (func))`,
        `(import "host" "mark" (func (param i32)))`,
        `(import "host" "call" (func (param i64 i64) (result i32)))`,
        `(import "host" "mark" (table 1 funcref))`,
        `(import "fevm" "grow_memory" (func (param i32) (result i32)))`,
      ]) {
        refusal(harness, invoke("(i32.const 0)", row), "link")
      }
      refusal(harness, `(module (import "host" "mark" (memory 1)) (func))`, "link")
    },
  },
  {
    name: "an imported gas counter is refused",
    run(harness) {
      refusal(harness, invoke("(i32.const 0)", `(import "gas" "gas_counter" (global (mut i64)))`), "uninstrumentable")
    },
  },
  {
    name: "modules above the limits of an instance are refused",
    run(harness) {
      refusal(harness, `(module (memory (export "memory") 8193) (func))`, "limits")
      refusal(harness, `(module (memory (export "memory") 1) (table 20001 funcref) (func))`, "limits")
      refusal(harness, `(module (memory (export "memory") 1) (table 1 funcref) (table 1 funcref) (func))`, "limits")
      refusal(harness, `(module (memory (export "memory") 1))`, "uninstrumentable")
    },
  },
  {
    name: "what is no module is refused, and code that is not there is not",
    run(harness) {
      const engine = harness.createEngine<Context>({ prices: UNIT_PRICES, hostFunctions: HOST })
      check(engine.load("none", () => undefined) === undefined, true, "absent")
      for (const bytes of [[], [0], [1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]]) {
        const error = thrownBy(() => engine.load(`bad ${bytes}`, () => Uint8Array.from(bytes)))
        check(error instanceof ModuleRefused && error.step, "malformed", `[${bytes}]`)
      }
    },
  },
]
