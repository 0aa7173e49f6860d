import { type IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { type Connection, createRequestConnection } from "../json-rpc/connection.ts"
import type { Answer, RequestHandler } from "./server.ts"

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
/** Of the length of a body. */
const MOST_DIGITS = 5

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
  readonly sendOther: (response: ServerResponse, answer: Answer) => Promise<void>
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

/**
 * The head of a plain request, and what follows from it. Clients send the same again with each request, but for the length: that is compared,
 * not read again.
 */
interface Head {
  /** All before the digits of the length. */
  readonly before: string
  /** All after them, up to the body. */
  readonly after: string
  /** Who asks. */
  readonly connection: Connection
  /** Whom the answer allows to read it. */
  readonly readers: string
  /** All of an answer's head before the digits of its length. */
  readonly opening: string
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
  /** That of the last request. */
  #head: Head | undefined
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
    // A plain head is ASCII: up to the body, positions in the text are those of the bytes.
    const text = bytes.toString()
    let end = this.#head === undefined ? -1 : lengthEnd(text, this.#head)
    if (end < 0) {
      const head = readHead(text, this.#socket, this.#options)
      if (typeof head === "string") {
        this.#wait(head === "in part" && bytes.length < MAX_REQUEST_BYTES)
        return
      }
      this.#head = head
      end = lengthEnd(text, head)
    }
    const { before, after, connection } = this.#head!
    const bodyStart = end + after.length
    const bodyBytes = Number(text.slice(before.length, end))
    const length = bodyStart + bodyBytes
    if (length !== bytes.length || length > MAX_REQUEST_BYTES || bodyBytes > this.#options.bodyBytes) {
      this.#wait(length > bytes.length && length <= MAX_REQUEST_BYTES && bodyBytes <= this.#options.bodyBytes)
      return
    }
    if (this.#patience !== undefined) this.#stopWaiting()
    this.#bytes = undefined
    this.#busy = true
    this.#options.note(this.#socket)
    try {
      const answer = this.#options.handler.receive(text.slice(bodyStart), connection)
      if (answer instanceof Promise) answer.then(this.#onAnswer, this.#onFault)
      else this.#onAnswer(answer)
    } catch (error) {
      this.#onFault(error)
    }
  }

  /** @param mayBecomePlain - The rest of the request may come; otherwise, or if it does not, the connection is Node's. */
  #wait(mayBecomePlain: boolean): void {
    if (mayBecomePlain) this.#patience ??= setTimeout(() => this.#leave(), PATIENCE_MILLISECONDS)
    else this.#leave()
  }

  #stopWaiting(): void {
    clearTimeout(this.#patience)
    this.#patience = undefined
  }

  readonly #onAnswer = (answer: Answer): void => {
    if (this.#socket.destroyed) return
    try {
      const rest =
        typeof answer === "string" && answer.length <= MAX_TEXT_LENGTH ? this.#send(answer) : this.#sendOther(answer)
      if (rest === undefined) this.#next()
      else rest.then(() => this.#next(), this.#onFault)
    } catch (error) {
      this.#onFault(error)
    }
  }

  readonly #onFault = (error: unknown): void => {
    this.#options.onFault(error)
    this.#socket.destroy()
  }

  /** @returns What has to be waited for, if not all of it could be sent at once. */
  #send(text: string): Promise<void> | undefined {
    const socket = this.#socket
    const closing = closingOf(this.#options.keepAliveMilliseconds)
    if (socket.write(this.#head!.opening + Buffer.byteLength(text) + closing + text)) return undefined
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

  async #sendOther(answer: Answer): Promise<void> {
    // What a response has to know of its request.
    const request = { method: "POST", httpVersionMajor: 1, httpVersionMinor: 1 } as IncomingMessage
    const response = new ServerResponse(request)
    response.shouldKeepAlive = true
    response.assignSocket(this.#socket)
    response.setHeader("access-control-allow-origin", this.#head!.readers)
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

/** Where the digits of the length end, if this request has that head; else -1. */
function lengthEnd(text: string, { before, after }: Head): number {
  if (!text.startsWith(before)) return -1
  let end = before.length
  while (end < before.length + MOST_DIGITS && isDigit(text.charCodeAt(end))) end++
  return end > before.length && text.startsWith(after, end) ? end : -1
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** Reads the head of the first request in this text. */
function readHead(text: string, socket: Socket, { paths, allows }: FastLaneOptions): Head | "in part" | "not plain" {
  const end = text.indexOf("\r\n\r\n")
  if (end < 0) return text.length >= 5 && !text.startsWith("POST ") ? "not plain" : "in part"
  const [start, ...lines] = text.slice(0, end).split("\r\n")
  const path = start?.startsWith("POST ") && start.endsWith(" HTTP/1.1") ? start.slice(5, -9) : undefined
  if (path === undefined || !paths.has(path)) return "not plain"
  const headers = new Map<string, string>()
  let at = start!.length + 2
  let lengthAt = 0
  for (const line of lines) {
    const match = HEADER_LINE.exec(line)
    if (match === null) return "not plain"
    const name = match[1]!.toLowerCase()
    const value = match[2]!
    if (headers.has(name) || NEVER_PLAIN.has(name) || PLAIN_VALUES[name]?.test(value) === false) return "not plain"
    headers.set(name, value)
    if (name === "content-length") lengthAt = at + line.indexOf(value, name.length + 1)
    at += line.length + 2
  }
  const origin = headers.get("origin")
  const length = headers.get("content-length")
  if (length === undefined || !allows(headers.get("host"), origin)) return "not plain"
  const readers = origin ?? "*"
  return {
    before: text.slice(0, lengthAt),
    after: text.slice(lengthAt + length.length, end + 4),
    connection: createRequestConnection(() => socket.remoteAddress, headers.get("user-agent")),
    readers,
    opening: `HTTP/1.1 200 OK\r\naccess-control-allow-origin: ${readers}\r\nvary: Origin\r\ncontent-type: application/json\r\ncontent-length: `,
  }
}

let lastSecond = 0
let lastClosing = ""

/** What comes after the length in the head of an answer. @see RFC 9110, 5.6.7 */
function closingOf(keepAliveMilliseconds: number): string {
  const second = Math.floor(Date.now() / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastClosing = `\r\ndate: ${new Date(second * 1000).toUTCString()}\r\nconnection: keep-alive\r\nkeep-alive: timeout=${keepAliveMilliseconds / 1000}\r\n\r\n`
  }
  return lastClosing
}
