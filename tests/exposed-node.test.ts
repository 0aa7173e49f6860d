import { request as httpRequest } from "node:http"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { WebSocket } from "ws"
import { describeExposure } from "../src/cli/node-command.ts"
import { type FevmNode, startNode } from "../src/cli/start-node.ts"
import { ETH_METHODS } from "../src/eth-rpc/methods.gen.ts"

const ADDRESS = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
const HASH = `0x${"12".repeat(32)}`
const LOCKED = -32000
const TYPED = {
  types: { EIP712Domain: [], A: [{ name: "a", type: "uint256" }] },
  primaryType: "A",
  domain: {},
  message: { a: 1 },
}

interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

async function ask(url: string, method: string, ...params: readonly unknown[]): Promise<Answer> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body })
  return (await response.json()) as Answer
}

let node: FevmNode
let url: string

beforeAll(async () => {
  node = await startNode({
    port: 0,
    unlocked: false,
    predeployed: ["multicall3"],
    corsOrigins: ["https://app.example"],
    allowedHosts: ["node.example"],
    maxBatch: 3,
    maxDepth: 10,
    limits: { bodyBytes: 10_000, connections: 50 },
    queries: { filtersPerClient: 2, subscriptions: 1 },
  })
  url = node.url ?? ""
})
afterAll(() => node.close())

describe("a node that strangers can reach", () => {
  test("says aloud what it opens", () => {
    const flags = { host: "0.0.0.0", unlocked: false }
    expect(describeExposure(flags)).toMatch(/0\.0\.0\.0 opens this node to other machines.*locked; --unlocked/)
    expect(describeExposure({ ...flags, unlocked: true })).toMatch(/Everybody who can reach it can use the node's keys/)
  })

  /** Of these namespaces, and of methods that sign or send by the node's keys, those that tell only, or do nothing. */
  const HARMLESS =
    /^(anvil_nodeInfo|(anvil|hardhat)_metadata|(anvil|hardhat)_getAutomine|anvil_get(IntervalMining|GenesisTime|LastBlockWallTime)|miner_setExtra|personal_(listAccounts|(un)?lockAccount))$/
  const GUARDED = /^(anvil|hardhat|evm|miner|personal|tenderly)_|^eth_(sign|send(Unsigned)?Transaction)/
  /** Parameters that fit one method or the other. */
  const TRIED: readonly (readonly unknown[])[] = [
    [],
    ["0x1"],
    [ADDRESS],
    [HASH],
    [true],
    ["text"],
    [{}],
    [{ from: ADDRESS, to: ADDRESS, value: "0x0" }],
    [ADDRESS, "0x1"],
    [ADDRESS, "0x01"],
    [ADDRESS, ADDRESS],
    [ADDRESS, "text"],
    [ADDRESS, TYPED],
    ["0x1234", ADDRESS],
    [ADDRESS, ADDRESS, "0x1"],
    [ADDRESS, "0x1", HASH],
    [ADDRESS, ADDRESS, ADDRESS, "0x1"],
    [{ from: ADDRESS, to: ADDRESS, value: "0x0" }, "text"],
    ["0.8.28", {}, { contracts: {} }],
  ]
  const guarded = ETH_METHODS.filter(({ unsupported }) => unsupported === undefined)
    .flatMap(({ name, aliases }) => [name, ...aliases])
    .filter((name) => GUARDED.test(name) && !HARMLESS.test(name))

  test.each(guarded)("%s is refused there without --unlocked", async (method) => {
    const before = node.chain.head
    const answers = await Promise.all(TRIED.map((params) => ask(url, method, ...params)))
    const read = answers.filter(({ error }) => error?.code !== -32602)
    expect(read.length).toBeGreaterThan(0)
    for (const { error } of read) {
      expect(error?.code).toBe(LOCKED)
      expect(error?.message).toMatch(/--unlocked/)
    }
    expect(node.chain.head).toBe(before)
    expect(node.chain.pendingMessages()).toEqual([])
  })

  test("reads are for everybody", async () => {
    expect((await ask(url, "eth_blockNumber")).result).toBe("0x0")
    expect((await ask(url, "eth_call", { to: ADDRESS })).result).toBe("0x")
  })
})

describe("the limits of a node", () => {
  test("of a body, a batch, depth", async () => {
    const post = (body: string): Promise<Response> => fetch(url, { method: "POST", body })
    expect((await post("x".repeat(10_001))).status).toBe(413)
    const one = { jsonrpc: "2.0", id: 1, method: "eth_chainId" }
    expect(await (await post(JSON.stringify([one, one, one]))).json()).toHaveLength(3)
    expect(await (await post(JSON.stringify([one, one, one, one]))).json()).toMatchObject({ error: { code: -32005 } })
    const deep = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`
    expect(
      await (await post(`{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":${deep(11)}}`)).json(),
    ).toMatchObject({ error: { code: -32600 } })
  })

  test("of filters for each address, and of subscriptions for each connection", async () => {
    const { result: first } = await ask(url, "eth_newBlockFilter")
    await ask(url, "eth_newBlockFilter")
    expect((await ask(url, "eth_newBlockFilter")).error?.code).toBe(-32005)
    await ask(url, "eth_uninstallFilter", first)
    expect((await ask(url, "eth_newBlockFilter")).error).toBeUndefined()

    const socket = new WebSocket(url.replace("http", "ws"))
    await new Promise((resolve) => socket.once("open", resolve))
    const over = (method: string, params: unknown[]): Promise<Answer> =>
      new Promise((resolve) => {
        socket.once("message", (data) => resolve(JSON.parse(String(data)) as Answer))
        socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }))
      })
    expect((await over("eth_subscribe", ["newHeads"])).error).toBeUndefined()
    expect((await over("eth_subscribe", ["newHeads"])).error?.code).toBe(-32005)
    // A connection is a client of its own.
    expect((await over("eth_newBlockFilter", [])).error).toBeUndefined()
    socket.close()
  })
})

describe("what the flags open", () => {
  const status = (headers: Record<string, string>): Promise<{ status: number; origin: unknown }> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        { host: "127.0.0.1", port: node.port, method: "POST", path: "/", headers },
        (answer) => {
          answer.resume()
          answer.on("end", () =>
            resolve({ status: answer.statusCode ?? 0, origin: answer.headers["access-control-allow-origin"] }),
          )
        },
      )
      request.on("error", reject)
      request.end('{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}')
    })

  test.each([
    [{ host: "localhost:8545" }, 200],
    [{ host: "node.example:8545" }, 200],
    [{ host: "rebound.example:8545" }, 403],
  ])("Host %o", async (headers, expected) => {
    expect((await status(headers)).status).toBe(expected)
  })

  test.each([
    ["https://app.example", 200],
    ["http://localhost:3000", 200],
    ["https://remix.ethereum.org", 403],
    ["https://evil.example", 403],
    ["null", 403],
  ])("Origin %s", async (origin, expected) => {
    const answer = await status({ host: "localhost", origin })
    expect(answer.status).toBe(expected)
    if (expected === 200) expect(answer.origin).toBe(origin)
  })

  test("--predeploy: those named and no other", async () => {
    const code = (address: string) => ask(url, "eth_getCode", address, "latest")
    expect((await code("0xca11bde05977b3631167028862be2a173976ca11")).result).toMatch(/^0x6080/)
    expect((await code("0x4e59b44847b379578588920ca78fbf26c0b4956c")).result).toBe("0x")
  })

  test("metrics count what was asked", async () => {
    await ask(url, "eth_chainId")
    const text = await (await fetch(`${url}/metrics`)).text()
    expect(text).toMatch(/^fevm_rpc_duration_seconds_count\{method="eth_chainId"\} \d+$/m)
    expect(text).toMatch(/^fevm_rpc_errors_total\{method="eth_newBlockFilter",code="-32005"\} 1$/m)
    expect(text).toMatch(/^fevm_head_epoch 0$/m)
    expect(text).toMatch(/^fevm_filters \d+$/m)
  })
})
