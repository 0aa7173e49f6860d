import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { Interface } from "ethers"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type FevmNode, startNode } from "../../../src/cli/start-node.ts"
import { compile } from "../../clients-e2e/compile.ts"

const FROM = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
const FOLDERS = ["../../clients/foundry", "../../../bench/compare"]
const binary = FOLDERS.map((folder) =>
  fileURLToPath(new URL(`${folder}/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil`, import.meta.url)),
).find(existsSync)
if (!binary) console.warn("SKIPPED: Anvil is not installed (npm ci in tests/clients/foundry)")

type Ask = <T>(method: string, ...params: unknown[]) => Promise<T>

interface Step {
  readonly pc: number
  readonly op: string
  readonly depth: number
  readonly gas: number
  readonly gasCost: number
  readonly stack: string[]
  readonly memory?: string[]
  readonly storage?: Record<string, string>
  readonly error?: string
}

interface Frame {
  readonly type: string
  readonly error?: string
  readonly calls?: Frame[]
  readonly [field: string]: unknown
}

const { abi, bytecode } = compile("Traced")
const contract = new Interface(abi as never)
const salt = `0x${"01".repeat(32)}`

/** What is sent to both, after the contract was made. */
const CALLS: readonly (readonly [fn: string, args: readonly unknown[], value?: string])[] = [
  ["go", [7], "0x3"],
  ["attempt", [0]],
  ["attempt", [9]],
  ["fail", [0]],
  ["fail", [1]],
  ["fail", [2]],
  ["fail", [3]],
  ["make", [salt]],
  ["delegate", []],
  ["halt", []],
]

/** The same transactions, with as much gas as each node likes. @returns Their hashes. */
async function play(ask: Ask, gas: string): Promise<string[]> {
  const hashes: string[] = []
  const send = async (fields: object): Promise<{ contractAddress: string }> => {
    const hash = await ask<string>("eth_sendTransaction", { from: FROM, gas, ...fields })
    hashes.push(hash)
    for (;;) {
      const receipt = await ask<{ contractAddress: string } | null>("eth_getTransactionReceipt", hash)
      if (receipt) return receipt
    }
  }
  const { contractAddress } = await send({ data: bytecode, value: "0x5" })
  for (const [fn, args, value = "0x0"] of CALLS)
    await send({ to: contractAddress, value, data: contract.encodeFunctionData(fn, args) })
  return hashes
}

const bare = (word: string): string => word.replace(/^0x/, "")

/** Without what Filecoin's gas, and Anvil's spelling, change. */
function normalize({ pc, op, depth, stack, memory, storage }: Step): object {
  return {
    at: `${pc} ${op} ${depth}`,
    stack,
    memory: memory?.map(bare),
    storage: storage && Object.fromEntries(Object.entries(storage).map(([slot, value]) => [bare(slot), bare(value)])),
  }
}

/** Fields and calls of a frame, without gas. */
function outline({ gas, gasUsed, calls, error, revertReason, ...fields }: Frame): object {
  expect([gas, gasUsed]).toEqual([expect.stringMatching(/^0x/), expect.stringMatching(/^0x/)])
  return { ...fields, failed: error !== undefined, ...(calls && { calls: calls.map(outline) }) }
}

const gasWords = /^(CALL|STATICCALL|DELEGATECALL|GAS)$/

describe.skipIf(!binary)("traces beside Anvil's", () => {
  let node: FevmNode
  let anvil: ChildProcess
  let ours: Ask
  let theirs: Ask
  let hashes: readonly [ours: string, theirs: string][]

  beforeAll(async () => {
    node = await startNode({ port: false, predeployed: [] })
    ours = (method, ...params) => node.provider.request({ method, params }) as never
    const port = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, "127.0.0.1", () => {
        const { port } = probe.address() as { port: number }
        probe.close(() => resolve(port))
      })
    })
    anvil = spawn(binary!, ["--port", `${port}`, "--steps-tracing"], { stdio: ["ignore", "pipe", "ignore"] })
    await new Promise<void>((resolve) =>
      anvil.stdout!.on("data", (text: Buffer) => `${text}`.includes("Listening") && resolve()),
    )
    theirs = async (method, ...params) => {
      const response = await fetch(`http://127.0.0.1:${port}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      })
      return ((await response.json()) as { result: never }).result
    }
    const [a, b] = [await play(ours, "0xee6b280"), await play(theirs, "0x989680")]
    hashes = a.map((hash, i) => [hash, b[i]!] as const) as never
  })
  afterAll(async () => {
    anvil?.kill()
    await node?.close()
  })

  const names = ["create", ...CALLS.map(([fn, args]) => `${fn}(${args})`)]

  test.each(names.map((name, i) => [name, i] as const))("struct logs are the same, step for step: %s", async (_, i) => {
    const options = { enableMemory: true }
    const [a, b] = await Promise.all([
      ours<{ structLogs: Step[]; failed: boolean }>("debug_traceTransaction", hashes[i]![0], options),
      theirs<{ structLogs: Step[]; failed: boolean }>("debug_traceTransaction", hashes[i]![1], options),
    ])
    expect(a.failed).toBe(b.failed)
    expect(a.structLogs.length).toBe(b.structLogs.length)
    // A word that came from GAS is another one here: it is on the stack until the call that takes it.
    let gasOnStack = false
    for (const [step, log] of a.structLogs.entries()) {
      const [mine, other] = [normalize(log), normalize(b.structLogs[step]!)] as Record<"stack", string[]>[]
      if (gasOnStack) mine!.stack.pop()
      if (gasOnStack) other!.stack.pop()
      expect(mine, `step ${step}`).toEqual(other)
      gasOnStack = log.op === "GAS" || (gasOnStack && !gasWords.test(log.op))
    }
  })

  test.each(names.map((name, i) => [name, i] as const))("callTracer's frames are the same: %s", async (_, i) => {
    for (const tracerConfig of [{}, { withLog: true }, { onlyTopCall: true }]) {
      const options = { tracer: "callTracer", tracerConfig }
      const [a, b] = await Promise.all([
        ours<Frame>("debug_traceTransaction", hashes[i]![0], options),
        theirs<Frame>("debug_traceTransaction", hashes[i]![1], options),
      ])
      expect(outline(a)).toEqual(outline(b))
    }
  })
})
