import { keccak_256 } from "@noble/hashes/sha3.js"
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type FevmNode, startNode } from "../src/index.ts"
import { compile } from "./clients-e2e/compile.ts"

const FROM = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
const OTHER = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
const TO = "0x00000000000000000000000000000000000000aa"
const GAS = "0x5f5e100"

interface Log {
  readonly address: string
  readonly topics: readonly string[]
  readonly data: string
  readonly position?: string
}
interface Frame {
  readonly type: string
  readonly to: string
  readonly error?: string
  readonly calls?: readonly Frame[]
  readonly logs?: readonly Log[]
}

let node: FevmNode
let token: string
let nest: string

const request =
  (to: FevmNode) =>
  <T>(method: string, ...params: unknown[]) =>
    to.provider.request({ method, params }) as Promise<T>
const ask = <T>(method: string, ...params: unknown[]) => request(node)<T>(method, ...params)
const send = (fields: object) => ask<string>("eth_sendTransaction", { from: FROM, gas: GAS, ...fields })
const word = (value: bigint | string) =>
  (typeof value === "bigint" ? value.toString(16) : value.replace("0x", "")).padStart(64, "0")
const deploy = async (code: string) =>
  (await ask<{ contractAddress: string }>("eth_getTransactionReceipt", await send({ data: code }))).contractAddress
const transferData = (amount = 1n) => `0xa9059cbb${word(TO)}${word(amount)}`
const balanceData = (of: string) => `0x70a08231${word(of)}`
/** The slot of `balanceOf[who]`: the mapping is the first variable. */
const balanceSlot = (who: string) => `0x${bytesToHex(keccak_256(hexToBytes(word(who) + word(0n))))}`
const HATCH = `0x${bytesToHex(keccak_256(new TextEncoder().encode("hatch()"))).slice(0, 8)}`

beforeAll(async () => {
  node = await startNode({ port: false })
  token = await deploy(compile("Wallflower").bytecode + word(1000n))
  nest = await deploy(compile("Nest").bytecode)
})
afterAll(() => node.close())

describe("a dump of the state", () => {
  it("brings accounts, code and storage to another node", async () => {
    await send({ to: token, data: transferData(5n) })
    const dump = await ask<string>("anvil_dumpState")
    const other = await startNode({ port: false })
    try {
      const there = request(other)
      expect(await there("hardhat_loadState", dump)).toBe(true)
      expect(BigInt(await there<string>("eth_call", { to: token, data: balanceData(TO) }))).toBe(5n)
      expect(await there("eth_getBalance", FROM)).toBe(await ask("eth_getBalance", FROM))
      expect(await there("eth_getTransactionCount", FROM)).toBe(await ask("eth_getTransactionCount", FROM))
      const hash = await there<string>("eth_sendTransaction", { from: FROM, to: token, gas: GAS, data: transferData() })
      expect(await there("eth_getTransactionReceipt", hash)).toMatchObject({ status: "0x1" })
      expect(BigInt(await there<string>("eth_call", { to: token, data: balanceData(TO) }))).toBe(6n)
    } finally {
      await other.close()
    }
  })

  it("is refused if it is none, or not whole", async () => {
    for (const wrong of ["0x", "0x1f8b00", "0x00", `0x3aa265726f6f7473806776657273696f6e01`])
      await expect(ask("anvil_loadState", wrong)).rejects.toMatchObject({ code: -32602 })
  })
})

describe("init code in a call", () => {
  // Returns one byte, 0x2a, as the code to deploy.
  const data = "0x602a60005360016000f3"

  it.each([
    ["nobody", {}],
    ["an address that nobody has used", { from: TO }],
    ["an account that has not sent anything yet", { from: OTHER }],
    ["an account that has", { from: FROM }],
  ])("runs as if %s created the contract: call, trace, simulation", async (_, from) => {
    expect(await ask("eth_call", { ...from, data })).toBe("0x2a")
    expect(await ask("debug_traceCall", { ...from, data }, "latest", {})).toMatchObject({ failed: false })
    expect(await ask("trace_call", { ...from, data }, ["trace"])).toMatchObject({ trace: [{ type: "create" }] })
    const blockStateCalls = [
      {
        calls: [
          { ...from, data },
          { ...from, data },
        ],
      },
    ]
    expect(await ask("eth_simulateV1", { blockStateCalls })).toMatchObject([
      {
        calls: [
          { status: "0x1", returnData: "0x2a" },
          { status: "0x1", returnData: "0x2a" },
        ],
      },
    ])
    expect(await ask("eth_callMany", [{ transactions: [{ ...from, data }] }], { blockNumber: "latest" })).toEqual([
      [{ value: "0x2a" }],
    ])
  })
})

describe("the chain", () => {
  it("goes back to the beginning if a reset names no chain to fork, as viem's does", async () => {
    const other = await startNode({ port: false })
    try {
      const there = request(other)
      await there("evm_mine")
      expect(await there("hardhat_reset", { forking: { blockNumber: null } })).toBe(true)
      expect(await there("eth_blockNumber")).toBe("0x0")
      const forking = { jsonRpcUrl: "http://127.0.0.1:1", blockNumber: null }
      await expect(there("anvil_reset", { forking })).rejects.toMatchObject({ code: -32602 })
    } finally {
      await other.close()
    }
  })

  it("goes back by depth: receipts and logs are gone, filters hear of it", async () => {
    const filter = await ask<string>("eth_newFilter", { address: token })
    const height = await ask("eth_blockNumber")
    const hash = await send({ to: token, data: transferData() })
    await ask("anvil_rollback")
    expect(await ask("eth_blockNumber")).toBe(height)
    expect(await ask("eth_getTransactionReceipt", hash)).toBeNull()
    expect(await ask("eth_getFilterChanges", filter)).toMatchObject([{ removed: false }, { removed: true }])
    await expect(ask("anvil_rollback", 1000)).rejects.toMatchObject({ code: -32602 })
  })

  it("is reorganized: as many blocks, other hashes, other transactions", async () => {
    const before = await ask<string>("eth_getBalance", TO)
    const hash = await send({ to: TO, value: "0x5" })
    await send({ to: TO, value: "0x6" })
    const old = await ask<{ number: string; hash: string }>("eth_getBlockByNumber", "latest", false)
    await ask("anvil_reorg", 2, [[{ from: OTHER, to: TO, value: "0x1", gas: GAS }, 1]])
    const head = await ask<{ number: string; hash: string; transactions: string[] }>(
      "eth_getBlockByNumber",
      "latest",
      false,
    )
    expect(head.number).toBe(old.number)
    expect(head.hash).not.toBe(old.hash)
    expect(head.transactions).toHaveLength(1)
    expect(await ask("eth_getTransactionReceipt", hash)).toBeNull()
    expect(BigInt(await ask<string>("eth_getBalance", TO)) - BigInt(before)).toBe(1n)
    expect(await ask("hardhat_getAutomine")).toBe(true)
    await expect(ask("anvil_reorg", 1, [["0x02", 1]])).rejects.toMatchObject({ code: -32602 })
  })

  it("knows when its last block was made", async () => {
    expect(await ask("anvil_getLastBlockWallTime")).toBeGreaterThan(1_600_000_000)
  })
})

describe("pending", () => {
  it("is the mempool executed on a copy, for balances, nonces, slots and code", async () => {
    await ask("evm_setAutomine", false)
    try {
      const balance = BigInt(await ask<string>("eth_getBalance", TO, "latest"))
      const slot = balanceSlot(TO)
      const held = BigInt(await ask<string>("eth_getStorageAt", token, slot, "latest"))
      await send({ to: TO, value: "0x5" })
      await send({ to: token, data: transferData(3n) })
      expect(BigInt(await ask<string>("eth_getBalance", TO, "pending"))).toBe(balance + 5n)
      expect(BigInt(await ask<string>("eth_getBalance", TO, "latest"))).toBe(balance)
      expect(BigInt(await ask<string>("eth_getStorageAt", token, slot, "pending"))).toBe(held + 3n)
      expect(BigInt(await ask<string>("eth_getStorageAt", token, slot, "latest"))).toBe(held)
      const call = { to: token, data: balanceData(TO) }
      const overrides = { [token]: { stateDiff: { [balanceSlot(OTHER)]: `0x${word(9n)}` } } }
      expect(BigInt(await ask<string>("eth_call", call, "pending", overrides))).toBe(held + 3n)
      const created = await ask<string>("eth_getTransactionCount", FROM, "pending")
      await send({ data: compile("Nest").bytecode })
      const { address } = await import("ethers").then(({ getCreateAddress }) => ({
        address: getCreateAddress({ from: FROM, nonce: BigInt(created) }),
      }))
      expect(await ask("eth_getCode", address, "latest")).toBe("0x")
      expect(await ask("eth_getCode", address, "pending")).toBe(await ask("eth_getCode", nest, "latest"))
    } finally {
      await ask("evm_setAutomine", true)
    }
  })
})

describe("eth_simulateV1", () => {
  it("takes overrides in every block, on top of what the block before left", async () => {
    const slot = balanceSlot(OTHER)
    const asked = { to: token, data: balanceData(TO) }
    const transfer = { from: OTHER, to: token, data: transferData(7n) }
    const held = BigInt(await ask<string>("eth_call", asked))
    const blocks = await ask<{ number: string; calls: { status: string; returnData: string }[] }[]>(
      "eth_simulateV1",
      {
        blockStateCalls: [
          { stateOverrides: { [token]: { stateDiff: { [slot]: `0x${word(10n)}` } } }, calls: [transfer, asked] },
          { stateOverrides: { [token]: { stateDiff: { [slot]: `0x${word(20n)}` } } }, calls: [transfer, asked] },
          { calls: [{ to: token, data: balanceData(OTHER) }] },
        ],
      },
      "latest",
    )
    expect(blocks.map(({ calls }) => BigInt(calls.at(-1)!.returnData))).toEqual([held + 7n, held + 14n, 13n])
    expect(blocks.flatMap(({ calls }) => calls.map(({ status }) => status))).toEqual(Array(5).fill("0x1"))
    expect(BigInt(await ask<string>("eth_call", asked))).toBe(held)
  })

  it("shows the f410 address of contracts that exist in it only, and transfers as logs", async () => {
    const [block] = await ask<{ calls: { logs: Log[]; returnData: string }[] }[]>("eth_simulateV1", {
      blockStateCalls: [{ calls: [{ from: FROM, to: nest, data: HATCH, value: "0x5" }] }],
      traceTransfers: true,
    })
    const { logs, returnData } = block!.calls[0]!
    const bird = `0x${returnData.slice(-40)}`
    const eee = `0x${"ee".repeat(20)}`
    expect(logs.map(({ address }) => address)).toEqual([eee, nest, eee, bird, nest, bird, nest])
    expect(logs[0]!.topics.slice(1)).toEqual([`0x${word(FROM)}`, `0x${word(nest)}`])
    expect(logs[2]!.topics.slice(1)).toEqual([`0x${word(nest)}`, `0x${word(bird)}`])
  })

  it("with validation it checks nonces, funds and fees; without it nobody pays", async () => {
    const ask1 = (call: object) =>
      ask<{ calls: { status: string }[] }[]>("eth_simulateV1", {
        blockStateCalls: [{ calls: [call] }],
        validation: true,
      })
    await expect(ask1({ from: FROM, to: TO, gas: GAS })).rejects.toMatchObject({ code: -38012 })
    const paid = { from: FROM, to: TO, gas: GAS, maxFeePerGas: "0x77359400" }
    await expect(ask1({ ...paid, nonce: "0xffff" })).rejects.toMatchObject({ code: -38011 })
    await expect(ask1({ ...paid, nonce: "0x0" })).rejects.toMatchObject({ code: -38010 })
    await expect(ask1({ ...paid, from: TO })).rejects.toMatchObject({ code: -38014 })
    const twice = { blockStateCalls: [{ blockOverrides: { number: "0x1" } }] }
    await expect(ask("eth_simulateV1", twice)).rejects.toMatchObject({ code: -38020 })
    expect((await ask1(paid))[0]!.calls[0]!.status).toBe("0x1")
  })

  it("refuses what cannot be overridden, with the reason", async () => {
    const call = { to: token, data: balanceData(TO) }
    const moved = { [token]: { movePrecompileToAddress: TO } }
    await expect(ask("eth_call", call, "latest", moved)).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining("precompiles"),
    })
    const both = { [token]: { state: {}, stateDiff: {} } }
    await expect(ask("eth_call", call, "latest", both)).rejects.toMatchObject({ code: -32602 })
    await expect(ask("eth_call", call, "latest", {}, { withdrawals: [{}] })).rejects.toMatchObject({ code: -32602 })
    expect(await ask("eth_call", call, "latest", {}, { feeRecipient: TO, gasLimit: "0x1", withdrawals: [] })).toBe(
      await ask("eth_call", call),
    )
  })
})

describe("geth's tracers", () => {
  let hatched: string
  beforeAll(async () => {
    hatched = await send({ to: nest, data: HATCH, value: "0x5" })
  })

  it("callTracer with logs: each in the frame that emitted it, at its place, none of what failed", async () => {
    const options = { tracer: "callTracer", tracerConfig: { withLog: true } }
    const frame = await ask<Frame>("debug_traceTransaction", hatched, options)
    expect(frame.logs!.map(({ position }) => position)).toEqual(["0x0", "0x1", "0x3"])
    expect(frame.calls!.map(({ type }) => type)).toEqual(["CREATE", "CALL", "CALL"])
    const code = await ask("eth_getCode", frame.calls![0]!.to)
    expect(frame.calls![0]).toMatchObject({ output: code })
    expect(frame.calls!.map(({ logs }) => logs?.length)).toEqual([1, 1, undefined])
    expect(frame.calls![0]!.logs![0]!.address).toBe(frame.calls![0]!.to)
    const receipt = await ask<{ logs: { logIndex: string; data: string }[] }>("eth_getTransactionReceipt", hatched)
    const all = [frame, ...frame.calls!].flatMap(({ logs }) => logs ?? []) as (Log & { index: string })[]
    expect(all.toSorted((a, b) => Number(a.index) - Number(b.index)).map(({ data }) => data)).toEqual(
      receipt.logs.map(({ data }) => data),
    )
    const call = { from: FROM, to: nest, data: HATCH, value: "0x5" }
    const tried = await ask<Frame>("debug_traceCall", call, "latest", options)
    expect(tried.calls![0]!.logs![0]!.address).toBe(tried.calls![0]!.to)
  })

  it("timeout: a trace that takes longer is refused, and one in time is not", async () => {
    const trace = (options: object) => ask("debug_traceTransaction", hatched, options)
    await expect(trace({ tracer: "callTracer", timeout: "1ns" })).rejects.toMatchObject({ code: -32002 })
    await expect(trace({ timeout: "1ns" })).rejects.toMatchObject({ code: -32002 })
    await expect(trace({ tracer: "callTracer", timeout: "soon" })).rejects.toMatchObject({ code: -32602 })
    expect(await trace({ tracer: "callTracer", timeout: "1h2m3.5s" })).toEqual(await trace({ tracer: "callTracer" }))
  })

  it("muxTracer: several at once, each with its configuration", async () => {
    const tracerConfig = { callTracer: { onlyTopCall: true, withLog: true }, "4byteTracer": null, noopTracer: {} }
    const mux = await ask<{ callTracer: Frame }>("debug_traceTransaction", hatched, {
      tracer: "muxTracer",
      tracerConfig,
    })
    expect(Object.keys(mux)).toEqual(["callTracer", "4byteTracer", "noopTracer"])
    expect(mux.callTracer.calls).toBeUndefined()
    expect(mux.callTracer.logs).toHaveLength(3)
    const nested = { tracer: "muxTracer", tracerConfig: { muxTracer: {}, noTracer: {} } }
    await expect(ask("debug_traceTransaction", hatched, nested)).rejects.toMatchObject({ code: -32602 })
  })

  it("prestateTracer: what a transaction reached, as it was; with diffMode what it changed", async () => {
    const slot = balanceSlot(FROM)
    const held = BigInt(await ask<string>("eth_getStorageAt", token, slot))
    const nonce = Number(await ask("eth_getTransactionCount", FROM))
    const balance = await ask<string>("eth_getBalance", FROM)
    const hash = await send({ to: token, data: transferData(2n) })
    type State = Record<string, { balance?: string; nonce?: number; code?: string; storage?: Record<string, string> }>
    const pre = await ask<State>("debug_traceTransaction", hash, { tracer: "prestateTracer" })
    expect(pre[FROM]).toEqual({ balance, nonce })
    expect(pre[token]!.code).toBe(await ask("eth_getCode", token))
    expect(pre[token]!.storage![slot]).toBe(`0x${word(held)}`)
    // A slot that is read only.
    const read = { to: token, data: `0x70a08231${word(BigInt(FROM))}` }
    const seen = await ask<State>("debug_traceCall", read, "latest", { tracer: "prestateTracer" })
    expect(seen[token]!.storage).toEqual({ [slot]: `0x${word(held - 2n)}` })
    const tracerConfig = { diffMode: true, disableCode: true }
    const diff = await ask<{ pre: State; post: State }>("debug_traceTransaction", hash, {
      tracer: "prestateTracer",
      tracerConfig,
    })
    expect(diff.post[FROM]).toEqual({ balance: await ask("eth_getBalance", FROM), nonce: nonce + 1 })
    expect(diff.post[token]!.storage![slot]).toBe(`0x${word(held - 2n)}`)
    expect(diff.pre[token]!.code).toBeUndefined()
    const made = await ask<{ pre: State; post: State }>("debug_traceTransaction", hatched, {
      tracer: "prestateTracer",
      tracerConfig: { diffMode: true },
    })
    const bird = Object.keys(made.post).find((address) => !(address in made.pre) && made.post[address]!.code)
    expect(made.post[bird!]).toMatchObject({
      balance: "0x5",
      nonce: 1,
      storage: { [`0x${word(0n)}`]: `0x${word(1n)}` },
    })
  })

  it("debug_storageRangeAt: the storage before a transaction, sorted by hash, a page at a time", async () => {
    await ask("evm_setAutomine", false)
    const [first, second] = [
      await send({ to: token, data: transferData(1n) }),
      await send({ to: token, data: transferData(1n) }),
    ]
    await ask("evm_mine")
    await ask("evm_setAutomine", true)
    const { blockHash } = await ask<{ blockHash: string }>("eth_getTransactionReceipt", second)
    type Range = { storage: Record<string, { key: string; value: string }>; nextKey: string | null }
    const slot = balanceSlot(TO)
    const value = async (transaction: unknown) =>
      BigInt(
        Object.values(
          (await ask<Range>("debug_storageRangeAt", blockHash, transaction, token, "0x", 100)).storage,
        ).find(({ key }) => key === slot)!.value,
      )
    expect((await value(1)) - (await value(0))).toBe(1n)
    expect([await value(first), await value(second)]).toEqual([await value(0), await value(1)])
    const page = await ask<Range>("debug_storageRangeAt", blockHash, 0, token, "0x", 1)
    expect(Object.keys(page.storage)).toHaveLength(1)
    const rest = await ask<Range>("debug_storageRangeAt", blockHash, 0, token, page.nextKey, 100)
    expect(rest.nextKey).toBeNull()
    await expect(ask("debug_storageRangeAt", blockHash, 7, token, "0x", 1)).rejects.toMatchObject({ code: -32000 })
  })

  it("a trace without a tracer is geth's struct logs", async () => {
    const trace = await ask<{ failed: boolean; structLogs: { op: string; depth: number }[] }>(
      "debug_traceTransaction",
      hatched,
    )
    expect(trace.failed).toBe(false)
    expect(trace.structLogs[0]).toMatchObject({ op: "PUSH1", depth: 1 })
  })
})

describe("limits that are off by default", () => {
  it("of logs and filters say what was asked and what is allowed", async () => {
    const limited = await startNode({ port: false, queries: { logRange: 2, logResults: 1, filters: 1 } })
    try {
      const there = request(limited)
      const fields = { from: FROM, gas: GAS }
      const hash = await there<string>("eth_sendTransaction", { ...fields, data: compile("Nest").bytecode })
      const { contractAddress } = await there<{ contractAddress: string }>("eth_getTransactionReceipt", hash)
      await there("eth_sendTransaction", { ...fields, to: contractAddress, data: HATCH })
      await expect(there("eth_getLogs", { fromBlock: "0x2", toBlock: "0x2" })).rejects.toMatchObject({ code: -32005 })
      await there("hardhat_mine", 9)
      await expect(there("eth_getLogs", { fromBlock: "0x0", toBlock: "0x9" })).rejects.toMatchObject({
        code: -32005,
        message: expect.stringMatching(/9 .*2/),
      })
      expect(await there("eth_getLogs", { address: TO, fromBlock: "0x9" })).toEqual([])
      await there("eth_newBlockFilter")
      await expect(there("eth_newFilter", {})).rejects.toMatchObject({ code: -32005 })
    } finally {
      await limited.close()
    }
  })
})
