import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type FevmNode, startNode } from "../../../src/cli/start-node.ts"
import { opcodeName } from "../../../src/fvm-bridge/opcode-names.ts"
import { assemble, initCode } from "./assembler.ts"
import { referenceSteps, type World } from "./reference.ts"

const A = "0x00000000000000000000000000000000000a0000"
const B = "0x00000000000000000000000000000000000b0000"
const C = "0x00000000000000000000000000000000000c0000"

interface StructLog {
  readonly pc: number
  readonly op: string
  readonly gas: number
  readonly gasCost: number
  readonly depth: number
  readonly error?: string
  readonly stack: readonly string[]
  readonly memory?: readonly string[]
  readonly storage?: { readonly [slot: string]: string }
}

interface StructTrace {
  readonly gas: number
  readonly failed: boolean
  readonly returnValue: string
  readonly structLogs: readonly StructLog[]
  readonly note?: string
}

const callB = (kind: string, to: string, rest = ""): string =>
  `32 0x40 4 0 ${kind === "CALL" ? "0" : ""} ${to} GAS_LIMIT ${kind} ${rest}`.replace("GAS_LIMIT", "0xffffffff")

/** Code of A, which is called, and of others. */
const PROGRAMS: { readonly [name: string]: { readonly [address: string]: string } } = {
  "a loop that counts in storage": {
    [A]: "5 :top DUP1 DUP1 SSTORE DUP1 SLOAD POP 1 SWAP1 SUB DUP1 @top JUMPI STOP",
  },
  "memory that grows and is copied": {
    [A]: "0xdeadbeef 0x21 MSTORE 7 0x100 MSTORE8 0x40 0x10 0x90 MCOPY MSIZE MLOAD POP 0x20 0x300 KECCAK256 0 MSTORE 0x30 0 0x80 CODECOPY 64 3 LOG0 0x20 0 RETURN",
  },
  "call data, and what is behind them": {
    [A]: "0 CALLDATALOAD 2 CALLDATALOAD 100 CALLDATALOAD CALLDATASIZE 0 0 CALLDATACOPY 0x40 1 0x30 CALLDATACOPY STOP",
  },
  "transient storage": { [A]: "9 1 TSTORE 1 TLOAD 2 TLOAD ADD 0 MSTORE 32 0 RETURN" },
  "swaps and dups as deep as they go": {
    [A]: `${Array.from({ length: 18 }, (_, i) => i + 1).join(" ")} SWAP16 DUP16 SWAP1 DUP17_ STOP`.replace(
      " DUP17_",
      "",
    ),
  },
  "a call with arguments and an answer": {
    [A]: `0x11223344 0 MSTORE ${callB("CALL", B)} RETURNDATASIZE 0 0x80 RETURNDATACOPY 0x40 MLOAD 1 SSTORE STOP`,
    [B]: "CALLDATASIZE 0 MSTORE CALLER 0x20 MSTORE 5 5 SSTORE 5 SLOAD POP 0x40 0 RETURN",
  },
  "a static call, and one that writes": {
    [A]: `${callB("STATICCALL", B)} ${callB("STATICCALL", C)} ADD 0 MSTORE STOP`,
    [B]: "3 SLOAD 0 MSTORE 32 0 RETURN",
    [C]: "1 1 SSTORE STOP",
  },
  "a delegate call works on the caller's storage": {
    [A]: `77 1 SSTORE ${callB("DELEGATECALL", B)} 2 SLOAD ADDRESS STOP`,
    [B]: "1 SLOAD 1 ADD 2 SSTORE ADDRESS CALLER POP POP STOP",
  },
  "a call that reverts with a reason": {
    [A]: `${callB("CALL", B)} RETURNDATASIZE 0 0 RETURNDATACOPY POP RETURNDATASIZE 0 REVERT`,
    [B]: "0xabcdef 0 MSTORE 3 3 SSTORE 3 29 REVERT",
  },
  "calls three deep, each failing in its way": {
    [A]: `${callB("CALL", B, "POP")} ${callB("CALL", B, "POP")} STOP`,
    [B]: `${callB("CALL", C)} 1 SSTORE 1 SLOAD raw:fe`,
    [C]: "1 2 3 0x1234 JUMP",
  },
  "an instruction that does not exist": { [A]: `${callB("CALL", B)} STOP`, [B]: "1 raw:0c" },
  "a stack that is too short": { [A]: `${callB("CALL", B)} STOP`, [B]: "1 ADD STOP" },
  "a stack that is too high": { [A]: `${callB("CALL", B)} STOP`, [B]: ":more PC @more JUMP STOP" },
  "precompiles: identity, SHA-256, one that fails": {
    [A]: "0x616263 0 MSTORE 32 64 32 0 0 4 0xffffff CALL 32 96 3 29 2 0xffffff STATICCALL 32 128 10 0 8 0xffffff STATICCALL RETURNDATASIZE STOP",
  },
  "a contract made by CREATE and called": {
    [A]: `CODESIZE_ 0 STOP`,
  },
  "a contract made by CREATE2, and again": {
    [A]: "STOP",
  },
  "a constructor that reverts": { [A]: "STOP" },
  "words at their limits": {
    [A]: `0 NOT DUP1 MUL 0 NOT 2 EXP 0 NOT 0 NOT 5 MULMOD 0 NOT 3 5 ADDMOD 0x80 0 SIGNEXTEND 1 255 SHL 0 NOT SWAP1 SDIV 3 0 NOT SMOD 4 0 NOT SAR 1 CLZ 7 31 BYTE 0 0 DIV STOP`,
  },
}

/** A that runs init code: it is laid behind A's own code and copied to memory. */
function creating(before: string, init: string, after: string): string {
  const initLength = (init.length - 2) / 2
  const build = (at: number): string =>
    assemble(
      `0x${initLength.toString(16).padStart(4, "0")} 0x${at.toString(16).padStart(4, "0")} 0 CODECOPY ${before} ${after}`,
    )
  const own = (build(0).length - 2) / 2
  return build(own) + init.slice(2)
}

const CHILD = initCode(assemble("CALLER 0 MSTORE 1 SLOAD 1 ADD 1 SSTORE 32 0 RETURN"))
const size = (init: string): string => `0x${((init.length - 2) / 2).toString(16).padStart(4, "0")}`
const callTop = "32 0x200 0 0 0 DUP6 0xffffffff CALL POP"

function codeOf(name: string): { readonly [address: string]: string } {
  if (name === "a contract made by CREATE and called")
    return { [A]: creating(`${size(CHILD)} 0 0 CREATE`, CHILD, `${callTop} ${callTop} STOP`) }
  if (name === "a contract made by CREATE2, and again")
    return {
      [A]: creating(`42 ${size(CHILD)} 0 0 CREATE2`, CHILD, `${callTop} 42 ${size(CHILD)} 0 0 CREATE2 STOP`),
    }
  if (name === "a constructor that reverts") {
    const failing = assemble("0x77 0 MSTORE 1 31 REVERT")
    return { [A]: creating(`${size(failing)} 0 0 CREATE`, failing, "RETURNDATASIZE 0 0 RETURNDATACOPY STOP") }
  }
  return Object.fromEntries(Object.entries(PROGRAMS[name]!).map(([address, source]) => [address, assemble(source)]))
}

/** A program of instructions that need no more than they find on the stack, from a seed. */
function randomProgram(seed: number): string {
  let state = seed * 2654435761 + 1
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const unary = ["ISZERO", "NOT", "POP", "CLZ", "CALLDATALOAD", "SLOAD", "TLOAD"]
  const binary = [
    "ADD",
    "MUL",
    "SUB",
    "DIV",
    "SDIV",
    "MOD",
    "SMOD",
    "EXP",
    "LT",
    "GT",
    "SLT",
    "SGT",
    "EQ",
    "AND",
    "OR",
    "XOR",
    "BYTE",
    "SHL",
    "SHR",
    "SAR",
    "SIGNEXTEND",
    "SSTORE",
    "TSTORE",
  ]
  const words: string[] = []
  for (let i = 0; i < 120; i++) {
    const kind = next(10)
    if (kind < 3) words.push(String(next(2) ? next(300) : 2 ** next(50)))
    else if (kind === 3) words.push(`0x${"ff".repeat(next(32) + 1)}`)
    else if (kind < 6) words.push(binary[next(binary.length)]!)
    else if (kind === 6) words.push(unary[next(unary.length)]!)
    else if (kind === 7) words.push(`${next(200)} ${["MLOAD", "MSTORE8", "MSTORE"][next(3)]}`)
    else if (kind === 8) words.push(`DUP${next(8) + 1}`)
    else words.push(next(2) ? `SWAP${next(6) + 1}` : `${next(90)} ${next(90)} ${next(90)} MCOPY`)
  }
  // Enough for whatever is taken off.
  return `${Array.from({ length: 60 }, (_, i) => i * 7 + 1).join(" ")} ${words.join(" ")} STOP`
}

for (const [bundle, file] of [
  ["the embedded bundle", undefined],
  ["the official bundle", process.env.FEVM_BUNDLE?.split(":")[0]],
] as const) {
  describe.skipIf(bundle === "the official bundle" && file === undefined)(`struct logs on ${bundle}`, () => {
    let node: FevmNode
    let from: string
    const request = <T>(method: string, ...params: unknown[]): Promise<T> =>
      node.provider.request({ method, params }) as Promise<T>

    beforeAll(async () => {
      node = await startNode({ port: false, ...(file !== undefined && { bundles: [file] }) })
      from = (await request<string[]>("eth_accounts"))[0]!
    })
    afterAll(() => node.close())

    async function compare(code: World["code"], data: string): Promise<StructTrace> {
      const overrides = Object.fromEntries(Object.entries(code).map(([address, bytes]) => [address, { code: bytes }]))
      const trace = await request<StructTrace>(
        "debug_traceCall",
        { from, to: A, data },
        "latest",
        { enableMemory: true },
        overrides,
      )
      const reference = await referenceSteps({ from, code }, A, data)
      const own = trace.structLogs
      for (let i = 0; i < Math.min(own.length, reference.length); i++) {
        const { pc, op, depth, stack, memory, storage } = own[i]!
        const there = reference[i]!
        const name = opcodeName(there.op)
        expect({ i, pc, op, depth, stack, memory, storage }).toEqual({
          i,
          pc: there.pc,
          // That library has one name for whatever does not exist.
          op: there.op === 0xfe && op !== "INVALID" ? op : name,
          depth: there.depth,
          stack: there.stack,
          memory: there.memory,
          storage: there.storage,
        })
      }
      expect(own.length).toBe(reference.length)
      expect(trace.note).toBeUndefined()
      return trace
    }

    test.each(Object.keys(PROGRAMS))("are those of @ethereumjs/evm: %s", async (name) => {
      await compare(codeOf(name), "0x00112233445566778899aabbccddeeff00112233")
    })

    /** Deploys code, calls it in a transaction. @returns The transaction's hash */
    async function sendTo(code: string, gas: number): Promise<string> {
      const deployment = await request<string>("eth_sendTransaction", { from, gas: 60_000_000, data: initCode(code) })
      const { contractAddress } = await request<{ contractAddress: string }>("eth_getTransactionReceipt", deployment)
      return request<string>("eth_sendTransaction", { from, gas, to: contractAddress })
    }

    const COUNTING = assemble(
      "50 :top 1 SWAP1 SUB DUP1 DUP1 SSTORE DUP1 @top JUMPI @end JUMP :end 7 0 MSTORE 32 0 RETURN",
    )

    test("of a transaction come with its own outcome, and gas that only falls", async () => {
      const hash = await sendTo(COUNTING, 500_000_000)
      const receipt = await request<{ gasUsed: string }>("eth_getTransactionReceipt", hash)
      const trace = await request<StructTrace>("debug_traceTransaction", hash)
      expect(trace).toMatchObject({
        failed: false,
        gas: Number(receipt.gasUsed),
        returnValue: `0x${"7".padStart(64, "0")}`,
      })
      const { structLogs } = trace
      for (const [i, { gas, gasCost }] of structLogs.entries()) {
        expect(gasCost).toBeGreaterThanOrEqual(0)
        if (i > 0) expect(gas).toBe(structLogs[i - 1]!.gas - structLogs[i - 1]!.gasCost)
      }
      expect(structLogs[0]!.gas).toBeLessThan(500_000_000)
      expect(structLogs.at(-1)).toMatchObject({ op: "RETURN", depth: 1, stack: ["0x0", "0x20", "0x0"] })
      expect(structLogs.filter(({ op }) => op === "SSTORE")).toHaveLength(50)
    })

    test.skipIf(file !== undefined)("use the gas of the ordinary actor to the last unit", async () => {
      for (const code of [COUNTING, ...[1, 2, 3, 4, 5].map((seed) => assemble(randomProgram(seed)))]) {
        await sendTo(code, 2_000_000_000)
        const { steps, results } = await node.chain.replaySteps(await node.chain.resolve({ tag: "latest" }), {})
        expect(steps[0]).toMatchObject({ agrees: "same", gasUsed: results[0]!.receipt.gasUsed })
      }
    })

    test("of a transaction out of gas end where the gas ends", async () => {
      const hash = await sendTo(assemble(":top @top JUMP"), 6_000_000)
      const trace = await request<StructTrace>("debug_traceTransaction", hash)
      expect(trace).toMatchObject({ failed: true, gas: 6_000_000 })
      expect(trace.note).toBeUndefined()
      expect(trace.structLogs.length).toBeGreaterThan(1000)
      expect(trace.structLogs.at(-1)!.error).toBe("out of gas")
      expect(trace.structLogs.at(-1)!.gas).toBeLessThan(10_000)
    })

    test("of a call that runs out of its own gas leave the caller going on", async () => {
      const code = {
        [A]: assemble(`0 0 0 0 0 ${B} 3000000 CALL 0 MSTORE 32 0 RETURN`),
        [B]: assemble(":top @top JUMP"),
      }
      const overrides = Object.fromEntries(Object.entries(code).map(([address, bytes]) => [address, { code: bytes }]))
      const trace = await request<StructTrace>("debug_traceCall", { from, to: A }, "latest", {}, overrides)
      expect(trace).toMatchObject({ failed: false, returnValue: `0x${"0".repeat(64)}` })
      const inner = trace.structLogs.filter(({ depth }) => depth === 2)
      expect(inner.length).toBeGreaterThan(100)
      expect(inner[0]!.gas).toBeLessThan(3_000_000)
      expect(inner.at(-1)!.error).toBe("out of gas")
      expect(trace.structLogs.slice(-5).map(({ op, depth }) => `${op} ${depth}`)).toEqual([
        "PUSH0 1",
        "MSTORE 1",
        "PUSH1 1",
        "PUSH0 1",
        "RETURN 1",
      ])
    })

    test("say in the last step of a frame why it failed", async () => {
      const failures = {
        "raw:fe": "invalid opcode: INVALID",
        "raw:0c": "invalid opcode: opcode 0xc not defined",
        "1 ADD": "stack underflow (1)",
        "1 JUMP": "invalid jump destination",
        ":a 1 @a JUMP": "stack limit reached 1024",
      }
      for (const [source, error] of Object.entries(failures)) {
        const overrides = { [A]: { code: assemble(source) } }
        const trace = await request<StructTrace>("debug_traceCall", { from, to: A }, "latest", {}, overrides)
        expect(trace).toMatchObject({ failed: true })
        expect(trace.structLogs.at(-1)!.error).toBe(error)
      }
      const overrides = {
        [A]: { code: assemble(`32 0 0 0 ${B} 0xffffffff STATICCALL STOP`) },
        [B]: { code: assemble("1 1 SSTORE") },
      }
      const trace = await request<StructTrace>("debug_traceCall", { from, to: A }, "latest", {}, overrides)
      expect(trace.structLogs.find(({ op }) => op === "SSTORE")!.error).toBe("write protection")
    })

    test("leave out what is not wanted, and stop at a limit", async () => {
      const hash = await sendTo(COUNTING, 500_000_000)
      const bare = await request<StructTrace>("debug_traceTransaction", hash, {
        disableStack: true,
        disableStorage: true,
        limit: 20,
      })
      expect(bare.structLogs).toHaveLength(20)
      for (const log of bare.structLogs) expect(Object.keys(log)).toEqual(["pc", "op", "gas", "gasCost", "depth"])
      const full = await request<StructTrace>("debug_traceTransaction", hash, {
        disableMemory: false,
        disableStack: true,
        enableReturnData: true,
      })
      expect(full.structLogs.at(-1)!.memory).toEqual(["7".padStart(64, "0")])
      const stored = full.structLogs.filter(({ storage }) => storage)
      expect(stored).toHaveLength(50)
      expect(Object.keys(stored.at(-1)!.storage!)).toHaveLength(50)
    })

    test("of the transactions of a block come one for each, over the state that each had", async () => {
      const code = assemble("0 SLOAD 1 ADD 0 SSTORE STOP")
      const deployment = await request<string>("eth_sendTransaction", { from, gas: 60_000_000, data: initCode(code) })
      const { contractAddress: to } = await request<{ contractAddress: string }>(
        "eth_getTransactionReceipt",
        deployment,
      )
      await request("evm_setAutomine", false)
      const hashes = []
      for (let i = 0; i < 3; i++)
        hashes.push(await request<string>("eth_sendTransaction", { from, gas: 60_000_000, to }))
      await request("evm_mine")
      await request("evm_setAutomine", true)
      const block = await request<{ number: string; hash: string }>("eth_getBlockByNumber", "latest", false)
      const traces = await request<{ txHash: string; result: StructTrace }[]>("debug_traceBlockByNumber", block.number)
      expect(traces.map(({ txHash }) => txHash)).toEqual(hashes)
      expect(traces.map(({ result }) => result.structLogs.find(({ op }) => op === "SSTORE")!.stack)).toEqual([
        ["0x1", "0x0"],
        ["0x2", "0x0"],
        ["0x3", "0x0"],
      ])
      expect(await request("debug_traceBlockByHash", block.hash)).toEqual(traces)
    })

    test("of a creation answer the code, and those of a transfer are empty", async () => {
      const runtime = assemble("1 2 ADD STOP")
      const deployment = await request<string>("eth_sendTransaction", {
        from,
        gas: 60_000_000,
        data: initCode(runtime),
      })
      const created = await request<StructTrace>("debug_traceTransaction", deployment)
      expect(created).toMatchObject({ failed: false, returnValue: runtime })
      expect(created.structLogs.at(-1)!.op).toBe("RETURN")
      const transfer = await request<string>("eth_sendTransaction", { from, to: from, value: "0x1" })
      expect(await request("debug_traceTransaction", transfer)).toMatchObject({ failed: false, structLogs: [] })
    })

    test("are those of @ethereumjs/evm: random programs", async () => {
      for (let seed = 1; seed <= 40; seed++)
        await compare({ [A]: assemble(randomProgram(seed)) }, `0x${"5a".repeat(70)}`)
    })
  })
}
