import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { type Logger, pino } from "pino"
import { WebSocket } from "ws"
import { ETH_METHODS } from "../../src/eth-rpc/methods.gen.ts"
import { type FevmNode, startNode } from "../../src/index.ts"
import { compile } from "../clients-e2e/compile.ts"
import { Random } from "./random.ts"
import { sendGarbage } from "./raw-http.ts"
import { mutate, mutateText, validRequest, type World } from "./requests.ts"

/** What a run did and found. */
export interface Report {
  readonly requests: number
  readonly answers: number
  readonly errors: Readonly<Record<string, number>>
  /** Kinds of failure: a text, with the first request that led there. */
  readonly failures: ReadonlyMap<string, { readonly count: number; readonly request: string }>
  /** Bytes in use after the last request, beyond those after the first tenth; both after a collection of garbage. */
  readonly growth: number
  /** Milliseconds of the methods that took longest, all their requests together. */
  readonly slowest: readonly (readonly [method: string, milliseconds: number, requests: number])[]
  readonly milliseconds: number
}

const FROM = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
/** Requests at a time. */
const CONCURRENT = 16
/** The chain goes back to its beginning after so many requests: it would grow, and mutated settings would stop it. */
const RESET_EVERY = 5000
const ANSWER_MILLISECONDS = 60_000

function collectGarbage(): number {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function createWorld(node: FevmNode): Promise<World> {
  const ask = <T>(method: string, ...params: unknown[]) => node.provider.request({ method, params }) as Promise<T>
  const token = compile("Wallflower")
  const transactions: string[] = []
  for (const data of [token.bytecode + "3e8".padStart(64, "0"), compile("Nest").bytecode])
    transactions.push(await ask<string>("eth_sendTransaction", { from: FROM, data }))
  const contracts = await Promise.all(
    transactions.map(
      async (hash) => (await ask<{ contractAddress: string }>("eth_getTransactionReceipt", hash)).contractAddress,
    ),
  )
  transactions.push(
    await ask<string>("eth_sendTransaction", { from: FROM, to: contracts[1], data: "0x8f1a2b3c" }).catch(() => ""),
  )
  const raw: string[] = []
  for (const fields of [
    { to: FROM, value: "0x1" },
    { data: token.bytecode },
    { to: contracts[0], data: "0xa9059cbb" },
  ]) {
    const signed = await ask<{ raw: string } | string>("eth_signTransaction", {
      from: FROM,
      gas: "0x5f5e100",
      nonce: "0x9",
      ...fields,
    })
    raw.push(typeof signed === "string" ? signed : signed.raw)
  }
  const height = Number(await ask("eth_blockNumber"))
  const blocks: string[] = []
  for (let i = 0; i <= height; i++)
    blocks.push((await ask<{ hash: string }>("eth_getBlockByNumber", `0x${i.toString(16)}`, false)).hash)
  return {
    methods: ETH_METHODS.flatMap(({ name, aliases, params }) =>
      [name, ...aliases].map((one) => ({ name: one, params })),
    ),
    accounts: (await ask<string[]>("eth_accounts")).slice(0, 3),
    contracts,
    transactions: transactions.filter((hash) => hash !== ""),
    blocks,
    raw,
    selectors: ["0xa9059cbb", "0x70a08231", "0xc3cb97a5", "0x08c379a0", "0x868e10c4"],
    dump: await ask<string>("anvil_dumpState"),
  }
}

/** Sends a request text by one of the ways in. @returns The answer; undefined for none. */
type Send = (text: string) => Promise<string | undefined>

function overHttp(url: string): Send {
  return async (text) => {
    const response = await fetch(url, { method: "POST", body: text, headers: { "content-type": "application/json" } })
    const body = await response.text()
    return body === "" ? undefined : body
  }
}

/** One WebSocket; answers are told from notifications by their having an id. */
class Pipe {
  readonly #socket: WebSocket
  readonly #waiting: ((text: string | undefined) => void)[] = []

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on("message", (data) => {
      const text = String(data)
      if (!text.includes('"method":"eth_subscription"')) this.#waiting.shift()?.(text)
    })
    socket.on("close", () => {
      for (const done of this.#waiting.splice(0)) done(undefined)
    })
    socket.on("error", () => {})
  }

  static open(url: string): Promise<Pipe> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url.replace("http", "ws"))
      const pipe = new Pipe(socket)
      socket.once("open", () => resolve(pipe))
      socket.once("error", reject)
    })
  }

  get open(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  /** One at a time: then the next answer is this one's. */
  send(text: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#socket.send(text)
    })
  }

  close(): void {
    this.#socket.close()
  }
}

/**
 * Sends requests that are valid but for something, over HTTP and WebSocket, and bytes that are hardly HTTP.
 *
 * @param only - Index of the one request that is to be sent. Default: all
 */
export async function fuzzRpc(
  count: number,
  seed: number,
  options: { readonly only?: number; readonly progress?: (done: number, bytes: number) => void } = {},
): Promise<Report> {
  const faults = new Map<string, string>()
  const log = createLog(faults)
  const node = await startNode({ port: 0, log, accounts: 3, limits: { inFlight: 100 } })
  const failures = new Map<string, { count: number; request: string }>()
  const fail = (what: string, request: string): void => {
    const known = failures.get(what)
    if (known) known.count++
    else failures.set(what, { count: 1, request: request.slice(0, 2000) })
  }
  const errors: Record<string, number> = {}
  const start = Date.now()
  const times = new Map<string, { milliseconds: number; requests: number }>()
  let answers = 0
  let before = 0
  try {
    const world = await createWorld(node)
    const ask = (method: string, ...params: unknown[]) => node.provider.request({ method, params })
    await ask("evm_snapshot")
    const url = node.url as string
    const http = overHttp(url)
    const pipes = await Promise.all(Array.from({ length: CONCURRENT }, () => Pipe.open(url)))
    const installed: string[] = []
    let next = options.only ?? 0
    const end = options.only === undefined ? count : options.only + 1
    const calm = async (): Promise<void> => {
      await ask("hardhat_reset").catch((error: unknown) => fail(`the node could not be reset: ${String(error)}`, ""))
      // Filters keep what they hear of until somebody asks: that is what they are for.
      for (const id of installed.splice(0)) await ask("eth_uninstallFilter", id)
    }

    const one = async (lane: number, index: number): Promise<void> => {
      const random = new Random(seed * 0x9e3779b1 + index)
      if (random.chance(0.01)) return sendGarbage(node.port as number, random)
      let request: unknown = validRequest(random, world)
      const method = String((request as { method: unknown }).method)
      if (random.chance(0.8)) request = mutate(request, random)
      if (random.chance(0.03)) request = [request, validRequest(random, world), request]
      let text = JSON.stringify(request) ?? "null"
      let garbled = false
      if (random.chance(0.05)) {
        text = mutateText(text, random)
        garbled = true
      }
      const asked = garbled ? undefined : (request as { id?: unknown } | null)
      const isNotification =
        typeof asked === "object" && asked !== null && !Array.isArray(asked) && asked.id === undefined
      const overSocket = random.chance(0.4) && !garbled && !isNotification && !Array.isArray(asked)
      let answer: string | undefined
      let timer: NodeJS.Timeout | undefined
      const began = Date.now()
      try {
        if (overSocket && !pipes[lane]!.open) pipes[lane] = await Pipe.open(url)
        const late = new Promise<never>((_, reject) => {
          timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_MILLISECONDS} ms`)), ANSWER_MILLISECONDS)
        })
        answer = await Promise.race([overSocket ? pipes[lane]!.send(text) : http(text), late])
      } catch (error) {
        fail(`${method}: ${(error as Error).message}`, text)
        return
      } finally {
        clearTimeout(timer)
        const time = times.get(method) ?? { milliseconds: 0, requests: 0 }
        times.set(method, { milliseconds: time.milliseconds + Date.now() - began, requests: time.requests + 1 })
      }
      if (answer === undefined) {
        if (!isNotification && !garbled && !Array.isArray(asked)) fail(`${method}: no answer`, text)
        return
      }
      answers++
      for (const { error, result } of parseAnswers(answer, (what) => fail(`${method}: ${what}`, text))) {
        if (method.startsWith("eth_new") && isFilterId(result)) installed.push(result)
        if (!error) continue
        errors[error.code] = (errors[error.code] ?? 0) + 1
        if (error.code !== -32603) continue
        const id = /^internal error ([0-9a-f-]{36})/.exec(error.message)?.[1]
        if (id === undefined) fail(`${method}: an internal error without an id: ${error.message}`, text)
        else fail(`${method}: internal error: ${faults.get(id) ?? "nothing in the log"}`, text)
      }
    }

    const tenth = Math.floor(count / 10)
    while (next < end) {
      const stop = Math.min(end, next + RESET_EVERY)
      const lanes = Array.from({ length: CONCURRENT }, async (_, lane) => {
        while (next < stop) await one(lane, next++)
      })
      await Promise.all(lanes)
      await calm()
      options.progress?.(next, collectGarbage())
      if (before === 0 && next >= tenth) before = collectGarbage()
    }
    const chainId = await http('{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}')
    if (!chainId?.includes("0x1df5e76")) fail(`the node does not answer any more: ${chainId}`, "")
    for (const pipe of pipes) pipe.close()
    await new Promise((resolve) => setTimeout(resolve, 100))
    // What a WebSocket had sent, and nobody waited for, may have been executed after the last reset.
    await calm()
    if (node.chain.pendingMessages().length > 0) fail("the mempool is not empty after a reset", "")
    const growth = collectGarbage() - before
    const slowest = [...times]
      .map(([method, time]) => [method, time.milliseconds, time.requests] as const)
      .sort((a, b) => b[1] - a[1])
      .slice(0, 12)
    return { requests: end, answers, errors, failures, growth, slowest, milliseconds: Date.now() - start }
  } finally {
    await node.close()
  }
}

/** Answers of a batch are those of other methods too. */
const isFilterId = (result: unknown): result is string => typeof result === "string" && /^0x[0-9a-f]{64}$/.test(result)

interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

function parseAnswers(text: string, fail: (what: string) => void): Answer[] {
  try {
    const parsed = JSON.parse(text) as unknown
    const list = (Array.isArray(parsed) ? parsed : [parsed]) as ({ jsonrpc?: unknown; result?: unknown } & Answer)[]
    for (const answer of list) {
      if (answer.jsonrpc !== "2.0") fail("an answer that is no JSON-RPC")
      if ("result" in answer === "error" in answer) fail("an answer with neither or both of result and error")
      if (answer.error && (!Number.isInteger(answer.error.code) || typeof answer.error.message !== "string"))
        fail("an error without code or message")
    }
    return list
  } catch {
    fail(`an answer that is no JSON: ${text.slice(0, 200)}`)
    return []
  }
}

/** A log that keeps the faults by their id. */
function createLog(faults: Map<string, string>): Logger {
  const write = (line: string): void => {
    const { id, error, msg } = JSON.parse(line) as {
      id?: string
      error?: { stack?: string; message?: string }
      msg: string
    }
    const text = error?.stack?.split("\n").slice(0, 6).join(" | ") ?? error?.message ?? msg
    if (id !== undefined) faults.set(id, text)
  }
  return pino({ level: "error", serializers: { error: pino.stdSerializers.err } }, { write })
}
