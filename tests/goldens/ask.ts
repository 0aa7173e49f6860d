import { Buffer } from "node:buffer"
import { type IncomingHttpHeaders, request } from "node:http"
import { setTimeout as wait } from "node:timers/promises"
import WebSocket from "ws"
import type { GoldenCase } from "./case.ts"
import { parseExactJson } from "./names.ts"

/** What came back over HTTP. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** The answer to a JSON-RPC request, taken apart as the goldens hold it. */
export interface Answer {
  readonly response: Record<string, unknown>
  readonly httpStatus: number
  /** `jsonrpc` and `id`, as they came. */
  readonly envelope: Record<string, unknown>
}

/** One HTTP request, its answer whole. */
export function askHttp(
  url: string,
  { method, path, headers, body }: NonNullable<GoldenCase["http"]>,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, url), { method, headers, agent: false }, (answer) => {
      const chunks: Uint8Array[] = []
      answer.on("data", (chunk: Uint8Array) => chunks.push(chunk))
      answer.on("error", reject)
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      )
    })
    asked.on("error", reject)
    asked.end(body)
  })
}

/** A request of a golden, over HTTP. `params` that are undefined are left out. */
export async function askMethod(url: string, method: string, params: unknown, path = "/rpc/v1"): Promise<Answer> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })
  const headers = { "content-type": "application/json" }
  const { status, text } = await askHttp(url, { method: "POST", path, headers, body })
  return { ...takeApart(text), httpStatus: status }
}

function takeApart(text: string): Omit<Answer, "httpStatus"> {
  const { jsonrpc, id, ...response } = parseExactJson(text) as Record<string, unknown>
  return { response, envelope: { jsonrpc, id } }
}

/** A WebSocket: asks, and keeps what was pushed. */
export class Socket {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #frames: unknown[] = []
  #texts: string[] = []
  #lastId = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on("message", (data: Buffer) => this.#receive(data.toString("utf8")))
  }

  static connect(url: string): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(new URL("/rpc/v1", url.replace(/^http/, "ws")))
      const made = new Socket(socket)
      socket.once("open", () => resolve(made))
      socket.once("error", reject)
    })
  }

  ask(method: string, params: unknown): Promise<Answer> {
    const id = ++this.#lastId
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }))
    })
  }

  send(text: string): void {
    this.#socket.send(text)
  }

  /** Notifications since the last time, once nothing has come for a while. */
  async frames(): Promise<unknown[]> {
    await this.#quiet()
    const frames = this.#frames
    this.#frames = []
    return frames
  }

  /** Texts of all frames since the last time, once nothing has come for a while. */
  async texts(): Promise<string[]> {
    await this.#quiet()
    const texts = this.#texts
    this.#texts = []
    return texts
  }

  async #quiet(): Promise<void> {
    for (let seen = -1; seen !== this.#texts.length; ) {
      seen = this.#texts.length
      await wait(QUIET_MS)
    }
  }

  close(): void {
    this.#socket.terminate()
  }

  #receive(text: string): void {
    this.#texts.push(text)
    const parsed = parseExactJson(text) as Record<string, unknown>
    const waiting = this.#waiting.get(Number(parsed.id))
    if (waiting && !("method" in parsed)) {
      this.#waiting.delete(Number(parsed.id))
      const { jsonrpc, id: _, ...response } = parsed
      waiting({ response, httpStatus: 200, envelope: { jsonrpc, id: 1 } })
    } else this.#frames.push(parsed)
  }
}

const QUIET_MS = 150
