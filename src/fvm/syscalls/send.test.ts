import { describe, expect, test } from "vitest"
import { Address } from "../../address/address.ts"
import { cidOfBlock, RAW } from "../../ipld/cid.ts"
import { Fatal, OutOfGas, SyscallError } from "../errors.ts"
import { Block } from "../kernel/blocks.ts"
import { Bench, type BenchOptions, hex, RESULT, SELF } from "./testing/bench.ts"

const AT = 4096
const TO = Address.id(2000)
const ALL_GAS = -1n

interface Args {
  to?: Uint8Array
  method?: bigint
  params?: number
  high?: bigint
  low?: bigint
  gas?: bigint
  flags?: bigint
}

function send(bench: Bench, args: Args = {}): number {
  const to = args.to ?? TO.bytes
  bench.put(AT, to)
  return bench.ask(
    20,
    "send",
    "send",
    AT,
    to.length,
    args.method ?? 7n,
    args.params ?? 0,
    args.high ?? 0n,
    args.low ?? 0n,
    args.gas ?? ALL_GAS,
    args.flags ?? 0n,
  )
}

const bench = (options?: BenchOptions): Bench => new Bench(options)

describe("send", () => {
  test("calls with all that was said", () => {
    const b = bench()
    const params = new Block(RAW, hex("01"))
    b.kernel.blocks.putReachable(params)
    expect(send(b, { method: -1n, params: 1, high: 1n, low: -1n, gas: 5n })).toBe(0)
    expect(b.calls).toEqual([
      {
        from: SELF,
        to: TO,
        method: (1n << 64n) - 1n,
        params,
        value: (1n << 65n) - 1n,
        gasLimit: 5000n,
        readOnly: false,
      },
    ])
  })

  test("writes exit code, handle, codec and size of what came back, and its links are reachable", () => {
    const b = bench()
    const cid = cidOfBlock(RAW, hex("ff"))
    b.answer = { exitCode: 33, value: Block.from({ codec: 0x71, data: hex("0102"), links: [cid] }) }
    expect(send(b)).toBe(0)
    expect(b.bytes.slice(RESULT, RESULT + 20)).toEqual(hex(`21000000${"01000000"}${"7100000000000000"}02000000`))
    expect(b.kernel.blocks.isReachable(cid)).toBe(true)
    b.answer = { exitCode: 0, value: undefined }
    expect(send(b)).toBe(0)
    expect(b.bytes.slice(RESULT, RESULT + 20)).toEqual(new Uint8Array(20))
  })

  test("takes 2^64-1 for no limit of its own, and more gas than can be counted for the most", () => {
    const b = bench()
    send(b, { gas: ALL_GAS })
    send(b, { gas: -2n })
    send(b, { gas: 0n })
    expect(b.calls.map(({ gasLimit }) => gasLimit)).toEqual([undefined, (1n << 64n) - 1n, 0n])
  })

  test("is read-only if the caller or the flag says so", () => {
    const b = bench()
    send(b, { flags: 1n })
    expect(b.calls[0]!.readOnly).toBe(true)
    const readOnly = bench({ readOnly: true })
    send(readOnly)
    expect(readOnly.calls[0]!.readOnly).toBe(true)
  })

  test.each<[string, number, Args, BenchOptions?]>([
    ["no address", 1, { to: hex("09") }],
    ["unknown flags", 1, { flags: 2n }],
    ["the highest flag", 1, { flags: -(1n << 63n) }],
    ["value in a read-only call", 13, { low: 1n, params: 9 }, { readOnly: true }],
    ["value with the read-only flag", 13, { high: 1n, flags: 1n }],
    ["an unknown handle", 7, { params: 1 }],
  ])("refuses %s with %s, and calls nobody", (_what, errorNumber, args, options) => {
    const b = bench(options)
    expect(send(b, args)).toBe(errorNumber)
    expect(b.calls).toEqual([])
    expect(b.charged).toEqual([])
  })

  test("tells the caller why a call could not be made, and notes it for the backtrace", () => {
    const b = bench()
    b.answer = new SyscallError("InsufficientFunds", "too little")
    expect(send(b)).toBe(5)
    expect(b.frame.lastError).toEqual({
      kind: "syscall",
      module: "send",
      function: "send",
      errorNumber: "InsufficientFunds",
      message: "too little",
    })
    b.answer = { exitCode: 0, value: undefined }
    expect(send(b)).toBe(0)
    expect(b.frame.lastError).toBeUndefined()
  })

  test.each([new OutOfGas(), new Fatal("broken")])("lets the caller be unwound by %s", (error) => {
    const b = bench()
    b.answer = error
    expect(() => send(b)).toThrow(error)
  })
})
