import { connect, type Socket } from "node:net"

/** What is sent and waits for its answer. */
interface Pending {
  readonly resolve: (body: string) => void
  readonly reject: (error: Error) => void
}

/**
 * A JSON-RPC client over kept-alive connections, the same for every node. A library for HTTP costs more CPU for a request than the nodes do, and the
 * client shares their two cores: so this one writes the request as text and reads no more of an answer than its length and its body.
 */
export class RpcClient {
  readonly #port: number
  readonly #idle: Connection[] = []
  readonly #open = new Set<Connection>()
  #id = 0

  constructor(port: number) {
    this.#port = port
  }

  /** @throws Error - Transport failure, or the node's JSON-RPC error. */
  async call<T>(method: string, params: readonly unknown[]): Promise<T> {
    const connection = this.#idle.pop() ?? this.#connect()
    const body = await connection.post(JSON.stringify({ jsonrpc: "2.0", id: ++this.#id, method, params }))
    this.#idle.push(connection)
    const answer = JSON.parse(body) as { result: T; error?: { message: string } }
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`)
    return answer.result
  }

  close(): void {
    for (const connection of this.#open) connection.close()
  }

  #connect(): Connection {
    const connection = new Connection(this.#port, () => {
      this.#open.delete(connection)
      const index = this.#idle.indexOf(connection)
      if (index >= 0) this.#idle.splice(index, 1)
    })
    this.#open.add(connection)
    return connection
  }
}

/** A connection with one request at a time. */
class Connection {
  readonly #socket: Socket
  readonly #port: number
  #pending: Pending | undefined
  #bytes: Buffer = Buffer.alloc(0)

  constructor(port: number, left: () => void) {
    this.#port = port
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true })
    this.#socket.on("data", (chunk) => this.#read(chunk))
    this.#socket.on("error", (error) => this.#pending?.reject(error))
    this.#socket.on("close", () => {
      left()
      this.#pending?.reject(new Error("the connection was closed"))
    })
  }

  post(body: string): Promise<string> {
    this.#socket.write(
      `POST / HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject }
    })
  }

  close(): void {
    this.#pending = undefined
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    const end = this.#bytes.indexOf("\r\n\r\n")
    if (end < 0) return
    const head = this.#bytes.toString("latin1", 0, end).toLowerCase()
    const length = /content-length: *(\d+)/.exec(head)?.[1]
    const body = length === undefined ? dechunked(this.#bytes, end + 4) : this.#sized(end + 4, Number(length))
    if (body === undefined) return
    this.#bytes = Buffer.alloc(0)
    const pending = this.#pending
    this.#pending = undefined
    pending?.resolve(body)
  }

  #sized(from: number, length: number): string | undefined {
    return this.#bytes.length < from + length ? undefined : this.#bytes.toString("utf8", from, from + length)
  }
}

/** @returns undefined as long as the last chunk is not there. */
function dechunked(bytes: Buffer, from: number): string | undefined {
  const parts: Buffer[] = []
  for (let at = from; ; ) {
    const end = bytes.indexOf("\r\n", at)
    if (end < 0) return undefined
    const size = Number.parseInt(bytes.toString("latin1", at, end), 16)
    if (bytes.length < end + 4 + size) return undefined
    if (size === 0) return Buffer.concat(parts).toString("utf8")
    parts.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 4 + size
  }
}
