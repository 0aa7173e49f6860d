import { connect, type Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import type { FevmNode, NodeOptions } from "./start-node.ts"

/*
 * V8 compiles what runs often. In a node that has just started nothing has run often, so its first thousands of requests cost two to five times
 * what they cost later (bench/PROFILE.md), and many a test suite is over by then. But while its tools load, compile and sign, a node has
 * nothing to do: it uses that time to ask a second node in the same process, on a port of its own that nobody knows, what tools ask.
 */

/** The first answers come first. */
const DELAY_MILLISECONDS = 100
/** So long must nobody have asked anything before the next request of the rehearsal: tests that run leave shorter pauses, and are not held up. */
const QUIET_MILLISECONDS = 20
/** How often each request is made, if there is time. */
const ROUNDS = 100

/** Deploys a byte of code, the one that stops. */
const INIT_CODE = "0x600160005360016000f3"
const WFIL = "0x60e1773636cf5e4a227d9ac24f20feca034ee25a"
const SELECTOR = { deposit: "0xd0e30db0", transfer: "0xa9059cbb", balanceOf: "0x70a08231" }
const FEES = { maxFeePerGas: "0x2540be400", maxPriorityFeePerGas: "0x186a0" }

/** The rehearsal went wrong: the node that is there for others is as good as before, but colder. */
export class RehearsalError extends Error {
  override readonly name = "RehearsalError"
}

/** How to warm up. */
export interface WarmUpOptions {
  /** Starts a node in this process. */
  readonly start: (options: NodeOptions) => Promise<FevmNode>
  /** How long nobody has asked the node that is there for others. */
  readonly quietMilliseconds: () => number
  /** Default: 100 */
  readonly rounds?: number
}

/** Warms up this process, and settles when that is done. Nothing of it can be seen from outside, but the work. @throws RehearsalError */
export async function warmUp({ start, quietMilliseconds, rounds = ROUNDS }: WarmUpOptions): Promise<void> {
  const turn = async (): Promise<void> => {
    while (quietMilliseconds() < QUIET_MILLISECONDS) await sleep(QUIET_MILLISECONDS, undefined, { ref: false })
  }
  await sleep(DELAY_MILLISECONDS, undefined, { ref: false })
  await turn()
  const node = await start({ port: 0, accounts: 1, predeployed: ["wfil"] })
  const client = new Client(node.port ?? 0)
  try {
    for await (const _ of rehearsal(client, rounds)) await turn()
  } finally {
    client.close()
    await node.close()
  }
}

/** Asks what tools ask; gives a turn to others after each request. */
async function* rehearsal(client: Client, rounds: number): AsyncGenerator<void> {
  const [from] = await client.ask<[string]>("eth_accounts")
  let nonce = 0
  const send = async function* (transaction: Record<string, string>): AsyncGenerator<void> {
    const raw = await client.ask<string>("eth_signTransaction", {
      from,
      gas: "0x5f5e100",
      nonce: hex(nonce++),
      ...FEES,
      ...transaction,
    })
    yield
    const hash = await client.ask<string>("eth_sendRawTransaction", raw)
    yield
    await client.ask("eth_getTransactionReceipt", hash)
    yield
  }
  yield* send({ to: WFIL, value: "0xde0b6b3a7640000", data: SELECTOR.deposit })
  for (let round = 1; round <= rounds; round++) {
    const somebody = (0xfe7n << 140n) + BigInt(round)
    const transfer = SELECTOR.transfer + word(somebody) + word(1n)
    await client.ask("eth_chainId")
    yield
    await client.ask("eth_call", { from, to: WFIL, data: SELECTOR.balanceOf + word(somebody) }, "latest")
    yield
    await client.ask("eth_estimateGas", { from, to: WFIL, data: transfer })
    yield
    await client.ask("eth_getTransactionCount", from, "latest")
    yield
    yield* send({ to: WFIL, data: transfer })
    if (round % 2 === 0) yield* send({ to: `0x${word(somebody).slice(24)}`, value: "0x1" })
    if (round % 4 === 0) {
      await client.ask("eth_getBalance", from, "latest")
      await client.ask("eth_blockNumber")
      await client.ask("eth_gasPrice")
      yield
      await client.ask("eth_getBlockByNumber", "latest", false)
      yield
      const snapshot = await client.ask("evm_snapshot")
      yield
      await client.ask("evm_revert", snapshot)
      yield
    }
    if (round % 10 === 0) {
      yield* send({ data: INIT_CODE })
      await client.ask("eth_getLogs", { fromBlock: hex(Math.max(1, round - 20)), address: WFIL })
      yield
    }
  }
}

const hex = (value: number): string => `0x${value.toString(16)}`
const word = (value: bigint): string => value.toString(16).padStart(64, "0")

/** Asks one thing after the other over one connection. Reads no more of HTTP than where an answer ends. */
class Client {
  readonly #socket: Socket
  readonly #port: number
  #text = ""
  #pending: { readonly resolve: (body: string) => void; readonly reject: (error: Error) => void } | undefined

  constructor(port: number) {
    this.#port = port
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true })
    this.#socket.setEncoding("latin1")
    this.#socket.on("data", (text: string) => this.#read(text))
    this.#socket.on("error", (error) => this.#pending?.reject(error))
    this.#socket.on("close", () => this.#pending?.reject(new RehearsalError("the connection was closed")))
  }

  async ask<T>(method: string, ...params: readonly unknown[]): Promise<T> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })
    this.#socket.write(
      `POST / HTTP/1.1\r\nhost: localhost:${this.#port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    const answer = await new Promise<string>((resolve, reject) => {
      this.#pending = { resolve, reject }
    })
    const { result, error } = JSON.parse(answer) as { result: T; error?: { message: string } }
    if (error !== undefined) throw new RehearsalError(`${method}: ${error.message}`)
    return result
  }

  close(): void {
    this.#pending = undefined
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#text += text
    const end = this.#text.indexOf("\r\n\r\n")
    const length = /content-length: (\d+)/.exec(this.#text)?.[1]
    if (end < 0 || length === undefined || this.#text.length < end + 4 + Number(length)) return
    const body = this.#text.slice(end + 4)
    this.#text = ""
    this.#pending?.resolve(body)
  }
}
