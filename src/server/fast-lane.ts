import { type IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { createRequestConnection } from "../json-rpc/connection.ts"
import type { RequestHandler } from "./server.ts"

/*
 * Most requests of tools are alike: a small POST with a length, on a connection that stays. Node's HTTP makes two streams, a header table and
 * a dozen events of each, and until V8 has compiled all that a request takes four times the CPU of the same without (bench/PROFILE.md).
 *
 * So a connection begins here. A request that is as plain as can be is answered here; at the first one that is not (another method or path,
 * chunked or large or compressed bodies, requests sent without waiting for answers, anything that looks odd) the connection is given to
 * Node's HTTP server with every byte that was not answered, and stays there. Nothing is refused here: to refuse is Node's and the server's.
 */

/** Larger requests are Node's. */
const MAX_REQUEST_BYTES = 64 * 1024
/** Larger answers go out by Node's response, which knows about slow readers. */
const MAX_TEXT_LENGTH = 256 * 1024
/** A request that came in part has this time for the rest, before Node's server and its limits take over. */
const PATIENCE_MILLISECONDS = 1000

/** Headers that say how a request is to be read; with any other value than those here it is no plain one. */
const PLAIN_VALUES: Readonly<Record<string, RegExp>> = {
  connection: /^keep-alive$/i,
  "content-type": /^(application\/json|text\/plain)(; *charset=utf-8)?$/i,
  "content-length": /^\d{1,5}$/,
}
const NEVER_PLAIN: ReadonlySet<string> = new Set(
  "transfer-encoding content-encoding expect upgrade trailer te proxy-connection http2-settings keep-alive".split(" "),
)
/** A name as the grammar has it, a value of visible characters. @see RFC 9110, 5.6.2 and 5.5 */
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t]*?)[ \t]*$/

/** What a lane is made of. */
export interface FastLaneOptions {
  readonly handler: RequestHandler
  /** Paths of JSON-RPC. */
  readonly paths: ReadonlySet<string>
  /** Whether whoever sent these headers may ask. */
  readonly allows: (host: string | undefined, origin: string | undefined) => boolean
  /** Takes over a connection that is not plain; what was read of it and not answered is in it again. */
  readonly handOver: (socket: Socket) => void
  /** Sends an answer that is not mere text of moderate length. Settles when nothing more will be written. */
  readonly sendOther: (
    response: ServerResponse,
    answer: Awaited<ReturnType<RequestHandler["receive"]>>,
  ) => Promise<void>
  /** Bytes of a body; a larger one is not plain. */
  readonly bodyBytes: number
  /** Hears of each request. */
  readonly note: (socket: Socket) => void
  readonly keepAliveMilliseconds: number
  /** In which a client has to take something of an answer. */
  readonly requestMilliseconds: number
  /** Hears of faults; the connection is ended. */
  readonly onFault: (error: unknown) => void
}

/** A request as plain as can be. */
interface PlainRequest {
  /** Bytes of it, head and body. */
  readonly length: number
  readonly body: string
  readonly origin: string | undefined
  readonly userAgent: string | undefined
}

/** The plain requests of the connections that have nothing else. */
export class FastLane {
  readonly #options: FastLaneOptions
  readonly #connections = new Set<LaneConnection>()

  constructor(options: FastLaneOptions) {
    this.#options = options
  }

  /** Takes a new connection. */
  accept(socket: Socket): void {
    const connection = new LaneConnection(socket, this.#options, () => this.#connections.delete(connection))
    this.#connections.add(connection)
  }

  /** Ends connections that wait for a request, and with `all` the others too. */
  close(all: boolean): void {
    for (const connection of this.#connections) connection.end(all)
  }
}

class LaneConnection {
  readonly #socket: Socket
  readonly #options: FastLaneOptions
  readonly #left: () => void
  /** Bytes that were read and not answered. */
  #bytes: Buffer | undefined
  #busy = false
  /** An answer waits for the client to take it. */
  #sending = false
  /** The client will send nothing more. */
  #ended = false
  #patience: NodeJS.Timeout | undefined

  constructor(socket: Socket, options: FastLaneOptions, left: () => void) {
    this.#socket = socket
    this.#options = options
    this.#left = left
    socket.setNoDelay(true)
    socket.on("data", this.#onData)
    socket.on("error", this.#onError)
    socket.on("close", this.#onClose)
    socket.on("end", this.#onEnd)
    socket.setTimeout(options.keepAliveMilliseconds)
    socket.on("timeout", this.#onTimeout)
  }

  end(all: boolean): void {
    if (all || !this.#busy) this.#socket.destroy()
  }

  readonly #onError = (): void => {
    this.#socket.destroy()
  }

  readonly #onTimeout = (): void => {
    if (!this.#busy || this.#sending) this.#socket.destroy()
  }

  readonly #onEnd = (): void => {
    this.#ended = true
    if (!this.#busy) this.#socket.end()
  }

  readonly #onClose = (): void => {
    clearTimeout(this.#patience)
    this.#left()
  }

  readonly #onData = (chunk: Buffer): void => {
    const bytes = this.#bytes === undefined ? chunk : Buffer.concat([this.#bytes, chunk])
    this.#bytes = bytes
    // Whoever does not wait for an answer is Node's, but not before this answer is out.
    if (this.#busy) this.#socket.pause()
    else this.#read(bytes)
  }

  #read(bytes: Buffer): void {
    const request = readPlain(bytes, this.#options)
    if (request === "in part" && bytes.length < MAX_REQUEST_BYTES) {
      this.#patience ??= setTimeout(() => this.#leave(), PATIENCE_MILLISECONDS)
      return
    }
    if (this.#patience !== undefined) {
      clearTimeout(this.#patience)
      this.#patience = undefined
    }
    if (typeof request === "string" || request.length < bytes.length) {
      this.#leave()
      return
    }
    this.#bytes = undefined
    this.#busy = true
    const socket = this.#socket
    this.#options.note(socket)
    const connection = createRequestConnection(() => socket.remoteAddress, request.userAgent)
    this.#options.handler
      .receive(request.body, connection)
      .then((answer) => {
        if (socket.destroyed) return undefined
        return typeof answer === "string" && answer.length <= MAX_TEXT_LENGTH
          ? this.#send(answer, request.origin)
          : this.#sendOther(answer, request.origin)
      })
      .then(
        () => this.#next(),
        (error: unknown) => {
          this.#options.onFault(error)
          socket.destroy()
        },
      )
  }

  /** @returns What has to be waited for, if not all of it could be sent at once. */
  #send(text: string, origin: string | undefined): Promise<void> | undefined {
    const socket = this.#socket
    const head = `HTTP/1.1 200 OK\r\naccess-control-allow-origin: ${origin ?? "*"}\r\nvary: Origin\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\ndate: ${httpDate()}\r\nconnection: keep-alive\r\nkeep-alive: timeout=${this.#options.keepAliveMilliseconds / 1000}\r\n\r\n`
    if (socket.write(head + text)) return undefined
    // The next request waits until this answer is taken; a client that takes nothing of it loses the connection.
    return this.#whileSending(
      () =>
        new Promise((resolve) => {
          const taken = (): void => {
            socket.off("drain", taken)
            socket.off("close", taken)
            resolve()
          }
          socket.on("drain", taken)
          socket.on("close", taken)
        }),
    )
  }

  async #whileSending(send: () => Promise<void>): Promise<void> {
    this.#sending = true
    this.#socket.setTimeout(this.#options.requestMilliseconds)
    await send()
    this.#sending = false
    this.#socket.setTimeout(this.#options.keepAliveMilliseconds)
  }

  async #sendOther(answer: Awaited<ReturnType<RequestHandler["receive"]>>, origin: string | undefined): Promise<void> {
    // What a response has to know of its request.
    const request = { method: "POST", httpVersionMajor: 1, httpVersionMinor: 1 } as IncomingMessage
    const response = new ServerResponse(request)
    response.shouldKeepAlive = true
    response.assignSocket(this.#socket)
    response.setHeader("access-control-allow-origin", origin ?? "*")
    response.setHeader("vary", "Origin")
    // Of a socket that Node's server has this is Node's work.
    const drained = (): boolean => response.emit("drain")
    this.#socket.on("drain", drained)
    const finished = new Promise<void>((resolve) => {
      response.on("finish", resolve)
      this.#socket.on("close", resolve)
    })
    await this.#whileSending(async () => {
      await this.#options.sendOther(response, answer)
      await finished
    })
    this.#socket.off("drain", drained)
    if (!this.#socket.destroyed) response.detachSocket(this.#socket)
  }

  #next(): void {
    this.#busy = false
    if (this.#ended) this.#socket.end()
    else if (this.#bytes !== undefined) this.#leave()
  }

  /** Gives the connection to Node's server, with what was read and not answered. */
  #leave(): void {
    const socket = this.#socket
    clearTimeout(this.#patience)
    socket.off("data", this.#onData)
    socket.off("error", this.#onError)
    socket.off("close", this.#onClose)
    socket.off("end", this.#onEnd)
    socket.off("timeout", this.#onTimeout)
    this.#left()
    if (socket.destroyed) return
    socket.setTimeout(0)
    socket.pause()
    if (this.#bytes !== undefined) socket.unshift(this.#bytes)
    this.#bytes = undefined
    this.#options.handOver(socket)
    socket.resume()
  }
}

/** Reads the first request in these bytes. */
function readPlain(
  bytes: Buffer,
  { paths, allows, bodyBytes }: FastLaneOptions,
): PlainRequest | "in part" | "not plain" {
  const end = bytes.indexOf("\r\n\r\n")
  if (end < 0) return bytes.length >= 5 && bytes.toString("latin1", 0, 5) !== "POST " ? "not plain" : "in part"
  const [start, ...lines] = bytes.toString("latin1", 0, end).split("\r\n")
  const path = start?.startsWith("POST ") && start.endsWith(" HTTP/1.1") ? start.slice(5, -9) : undefined
  if (path === undefined || !paths.has(path)) return "not plain"
  const headers = new Map<string, string>()
  for (const line of lines) {
    const match = HEADER_LINE.exec(line)
    if (match === null) return "not plain"
    const name = match[1]!.toLowerCase()
    const value = match[2]!
    if (headers.has(name) || NEVER_PLAIN.has(name) || PLAIN_VALUES[name]?.test(value) === false) return "not plain"
    headers.set(name, value)
  }
  const origin = headers.get("origin")
  const contentLength = headers.get("content-length")
  if (contentLength === undefined || !allows(headers.get("host"), origin)) return "not plain"
  const length = end + 4 + Number(contentLength)
  if (length > MAX_REQUEST_BYTES || Number(contentLength) > bodyBytes) return "not plain"
  if (bytes.length < length) return "in part"
  return { length, body: bytes.toString("utf8", end + 4, length), origin, userAgent: headers.get("user-agent") }
}

let lastSecond = 0
let lastDate = ""

/** @see RFC 9110, 5.6.7 */
function httpDate(): string {
  const second = Math.floor(Date.now() / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastDate = new Date(second * 1000).toUTCString()
  }
  return lastDate
}
