import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { Express, NextFunction, Request, Response } from "express"
import { type WebSocket, WebSocketServer } from "ws"
import { type Connection, createPushConnection, createRequestConnection } from "../json-rpc/connection.ts"
import { protocolError, toErrorObject } from "../json-rpc/errors.ts"
import type { Json } from "../json-rpc/json.ts"
import { JsonStream } from "../json-rpc/json-stream.ts"
import { notificationText } from "../json-rpc/raw-json.ts"
import { Crowd } from "./crowd.ts"
import { ListenError, type RefusalKind, refusal } from "./errors.ts"
import { FastLane } from "./fast-lane.ts"
import { InFlight } from "./in-flight.ts"
import { DEFAULT_CORS_ORIGINS, isHostAllowed, isLoopbackHost, isOriginAllowed } from "./origins.ts"

/** An answer with an HTTP status of its own. */
export interface Reply {
  /** Or its UTF-8. */
  readonly text: string | Uint8Array
  readonly status: number
}

/** What goes out: undefined is nothing. A mere text, or its UTF-8, is a 200. */
export type Answer = string | Uint8Array | JsonStream | Reply | undefined

/** What the server hands requests to. */
export interface RequestHandler {
  /** Answers a request text, at once where there is nothing to wait for. */
  receive(text: string, connection: Connection): Answer | Promise<Answer>
  /** The text of a notification. Default: as JSON-RPC 2.0 has it */
  notification?(method: string, params: Json): string
}

/** Upper bounds that keep one client from taking the node down for the others. */
export interface ServerLimits {
  /** Bytes of one request. Default: 33554432 (32 MiB) */
  readonly bodyBytes: number
  /** Connections at a time, HTTP and WebSocket together. Default: 1000 */
  readonly connections: number
  /**
   * Requests of one connection that are not answered yet. Over WebSocket more of them are refused; over HTTP they wait and the connection is
   * not read any further. Default: 1000
   */
  readonly inFlight: number
  /** Bytes that wait for a WebSocket client that does not read; then it is cut off. Default: 67108864 (64 MiB) */
  readonly unreadBytes: number
  /**
   * Milliseconds a client may take to send one request, and in which it has to take something of an answer. A WebSocket client may leave
   * some more unread than is worth cutting it off for. Default: 30000
   */
  readonly requestMilliseconds: number
}

/** See {@link ServerLimits}. */
export const DEFAULT_LIMITS: ServerLimits = {
  bodyBytes: 32 << 20,
  connections: 1000,
  inFlight: 1000,
  unreadBytes: 64 << 20,
  requestMilliseconds: 30_000,
}

/**
 * A WebSocket client that has more than this unread, and takes nothing of it for so long, is cut off. News for one that never reads would
 * otherwise grow up to {@link ServerLimits.unreadBytes} for each connection, which all together is far too much.
 */
const PATIENT_BYTES = 1 << 20

/** A page that is served beside the RPC. */
export interface Page {
  readonly path: string
  readonly contentType: string
  readonly body: () => string | Promise<string>
}

/** How to start a server. */
export interface ServerOptions {
  readonly handler: RequestHandler
  /** Default: 127.0.0.1 */
  readonly host?: string
  /** 0 takes any free one. Default: 8545 */
  readonly port?: number
  /** Paths that take JSON-RPC by POST and WebSocket. Default: `/` and `/rpc/v1` */
  readonly paths?: readonly string[]
  /** Answered to GET. */
  readonly pages?: readonly Page[]
  /** Content of `GET /health`; `ok` false makes it a 503. */
  readonly health: () => { readonly ok: boolean; readonly [key: string]: unknown }
  /** Content of `GET /metrics`. */
  readonly metrics?: () => Promise<string>
  readonly corsOrigins?: readonly string[]
  readonly allowedHosts?: readonly string[]
  readonly limits?: Partial<ServerLimits>
  /**
   * `go`: like the server of Go's standard library that Lotus stands on: whatever the HTTP method and content type, the body goes to the
   * handler, no CORS, pages of any origin may ask (and cannot read the answer), 404 in plain text. Default: json-rpc
   */
  readonly manners?: "json-rpc" | "go"
  /** Hears of what goes wrong outside of any request. */
  readonly onFault?: (error: unknown) => void
}

/** A server that runs. */
export interface RunningServer {
  readonly host: string
  readonly port: number
  /** `http://HOST:PORT` */
  readonly url: string
  /** WebSocket connections right now. */
  readonly webSockets: number
  /** Connections that asked something in the last half second, about. */
  readonly busyConnections: number
  /** Milliseconds since the last request, or since the start. */
  readonly quietMilliseconds: number
  /** Ends all connections and stops listening. */
  close(): Promise<void>
}

const PING_MILLISECONDS = 30_000
/** How long a connection may wait for its next request. */
const KEEP_ALIVE_MILLISECONDS = 65_000
const GOING_AWAY = 1001

/**
 * Listens.
 *
 * @throws ListenError - The port is taken, or the address cannot be listened on.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const host = options.host ?? "127.0.0.1"
  const paths = options.paths ?? ["/", "/rpc/v1"]
  const limits: ServerLimits = { ...DEFAULT_LIMITS, ...options.limits }
  const rules = {
    corsOrigins: options.corsOrigins ?? DEFAULT_CORS_ORIGINS,
    allowedHosts: options.allowedHosts ?? [],
    loopback: isLoopbackHost(host),
  }
  const refusedBy = (request: IncomingMessage): RefusalKind | undefined => {
    if (!isHostAllowed(request.headers.host, rules)) return "host"
    if (options.manners === "go") return undefined
    return isOriginAllowed(request.headers.origin, rules) ? undefined : "origin"
  }

  const inFlight = new InFlight(limits.inFlight)
  const crowd = new Crowd()
  const createWith = options.manners === "go" ? createGoApp : createApp
  const { handler } = options
  const hotPaths = new Set(options.manners === "go" ? [] : paths)
  let app: Promise<Express> | undefined
  // Plain JSON-RPC goes straight to the handler: express and cors cost as much CPU time for each request as Node's HTTP itself, and
  // loading them a tenth of the start (bench/PROFILE.md). All else is theirs, from the first time on that somebody asks.
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    crowd.note(request.socket)
    const failed = (error: unknown): void => {
      options.onFault?.(error)
      if (response.headersSent) response.destroy()
      else refuse(response, "fault", request)
    }
    if (request.method === "POST" && hotPaths.has(request.url ?? "")) {
      const refused = refusedBy(request)
      if (refused) {
        refuse(response, refused, request)
        return
      }
      response.setHeader("access-control-allow-origin", request.headers.origin ?? "*")
      response.setHeader("vary", "Origin")
      receivePost(request, response, handler, { limits, inFlight }).then((kind) => {
        if (kind) refuse(response, kind, request, limits)
      }, failed)
      return
    }
    app ??= createWith({ options, paths, limits, inFlight, refusedBy, rules })
    app.then((serve) => serve(request, response)).catch(failed)
  }
  const server = createServer(
    { requestTimeout: limits.requestMilliseconds, keepAliveTimeout: KEEP_ALIVE_MILLISECONDS },
    listener,
  )
  server.maxConnections = limits.connections
  const [serveNode] = server.listeners("connection") as ((socket: Socket) => void)[]
  const lane = new FastLane({
    handler,
    paths: hotPaths,
    allows: (hostHeader, origin) => isHostAllowed(hostHeader, rules) && isOriginAllowed(origin, rules),
    handOver: (socket) => serveNode?.call(server, socket),
    sendOther: (response, answer) => answerPost(response, answer, limits),
    ...limits,
    note: (socket) => crowd.note(socket),
    keepAliveMilliseconds: KEEP_ALIVE_MILLISECONDS,
    onFault: (error) => options.onFault?.(error),
  })
  if (hotPaths.size > 0) {
    server.removeAllListeners("connection")
    server.on("connection", (socket: Socket) => lane.accept(socket))
  }
  // Made for the first WebSocket: most runs of tests have none, and loading it takes a part of the start.
  let sockets: WebSocketServer | undefined
  const alive = new WeakSet<WebSocket>()

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Uint8Array) => {
    socket.on("error", () => socket.destroy())
    const path = (request.url ?? "/").split("?")[0]!
    const refused = refusedBy(request) ?? (paths.includes(path) ? undefined : "path")
    if (refused) return refuseUpgrade(socket, refused)
    sockets ??= new WebSocketServer({ noServer: true, maxPayload: limits.bodyBytes, perMessageDeflate: false })
    sockets.handleUpgrade(request, socket, head as Parameters<WebSocketServer["handleUpgrade"]>[2], (webSocket) => {
      alive.add(webSocket)
      webSocket.on("pong", () => alive.add(webSocket))
      webSocket.on("message", () => crowd.note(webSocket))
      serveWebSocket(webSocket, options.handler, limits, (error) => options.onFault?.(error))
    })
  })
  const heartbeat = setInterval(() => {
    for (const webSocket of sockets?.clients ?? []) {
      if (!alive.delete(webSocket)) webSocket.terminate()
      else webSocket.ping()
    }
  }, PING_MILLISECONDS)
  heartbeat.unref()

  const { port } = await listen(server, host, options.port ?? 8545)
  server.on("error", (error) => options.onFault?.(error))
  return {
    host,
    port,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    get webSockets() {
      return sockets?.clients.size ?? 0
    },
    get busyConnections() {
      return crowd.size
    },
    get quietMilliseconds() {
      return crowd.quietMilliseconds
    },
    close: async () => {
      clearInterval(heartbeat)
      for (const webSocket of sockets?.clients ?? []) webSocket.close(GOING_AWAY, "the node is shutting down")
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      lane.close(false)
      setTimeout(() => {
        for (const webSocket of sockets?.clients ?? []) webSocket.terminate()
        server.closeAllConnections()
        lane.close(true)
      }, 500).unref()
      await closed
    },
  }
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(new ListenError(host, port, error))
    server.once("error", failed)
    server.listen(port, host, () => {
      server.off("error", failed)
      resolve(server.address() as AddressInfo) // a TCP server's address is no pipe name
    })
  })
}

interface AppParts {
  readonly options: ServerOptions
  readonly paths: readonly string[]
  readonly limits: ServerLimits
  readonly inFlight: InFlight
  readonly rules: { readonly corsOrigins: readonly string[] }
  readonly refusedBy: (request: IncomingMessage) => RefusalKind | undefined
}

async function createApp({ options, paths, limits, inFlight, refusedBy }: AppParts): Promise<Express> {
  const [{ default: express }, { default: cors }] = await Promise.all([import("express"), import("cors")])
  const { handler } = options
  const app = express()
  app.disable("x-powered-by")
  app.disable("etag")
  app.use((request: Request, response: Response, next: NextFunction) => {
    const refused = refusedBy(request)
    if (refused) refuse(response, refused, request)
    else next()
  })
  // A page of an origin that may not call was refused above, so whoever comes here may read the answer.
  app.use(
    cors({
      origin: (origin, done) => done(null, origin ?? "*"),
      methods: ["GET", "POST", "OPTIONS"],
      allowedHeaders: ["content-type", "authorization", "x-requested-with", "user-agent"],
      maxAge: 86_400,
      preflightContinue: true,
    }),
  )
  app.options("/{*path}", (request: Request, response: Response) => {
    // Browsers ask this before a page from the internet may reach a private address.
    if (request.headers["access-control-request-private-network"] === "true")
      response.setHeader("access-control-allow-private-network", "true")
    response.status(204).end()
  })
  app.get("/health", (_request: Request, response: Response) => {
    const health = options.health()
    response.status(health.ok ? 200 : 503).json(health)
  })
  const { metrics } = options
  if (metrics)
    app.get("/metrics", async (_request: Request, response: Response) => {
      response.type("text/plain; version=0.0.4; charset=utf-8").send(await metrics())
    })
  for (const page of options.pages ?? [])
    app.get(page.path, async (_request: Request, response: Response) => {
      response.type(page.contentType).send(await page.body())
    })
  app.post([...paths], async (request: Request, response: Response) => {
    const refused = await receivePost(request, response, handler, { limits, inFlight })
    if (refused) refuse(response, refused, request, limits)
  })
  app.all([...paths], (request: Request, response: Response) => {
    response.setHeader("allow", "POST, OPTIONS")
    refuse(response, "method", request)
  })
  app.use((request: Request, response: Response) => refuse(response, "path", request))
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    options.onFault?.(error)
    if (response.headersSent) next(error)
    else refuse(response, "fault", request)
  })
  return app
}

/** See `manners` of {@link ServerOptions}. */
async function createGoApp({ options, paths, limits, inFlight, refusedBy }: AppParts): Promise<Express> {
  const { default: express } = await import("express")
  const app = express()
  app.disable("x-powered-by")
  app.disable("etag")
  app.use((request: Request, response: Response, next: NextFunction) => {
    const refused = refusedBy(request)
    if (refused) refuse(response, refused, request)
    else next()
  })
  app.get("/health/livez", (_request: Request, response: Response) => response.status(200).end())
  // Ready is who has peers.
  app.get("/health/readyz", (_request: Request, response: Response) => response.status(503).end())
  app.all([...paths], async (request: Request, response: Response) => {
    const text = await readBody(request, limits.bodyBytes)
    if (text === undefined) return refuse(response, "tooLarge", request, limits)
    await answerPost(response, await ask(options.handler, request, text, inFlight), limits)
  })
  app.use((_request: Request, response: Response) => {
    response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("404 page not found\n")
  })
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    options.onFault?.(error)
    if (response.headersSent) next(error)
    else refuse(response, "fault", request)
  })
  return app
}

/** What the handler says to a request that came in whole. */
function ask(handler: RequestHandler, request: IncomingMessage, text: string, inFlight: InFlight): Promise<Answer> {
  const connection = createRequestConnection(() => request.socket.remoteAddress, request.headers["user-agent"])
  return inFlight.run(request, () => handler.receive(text, connection))
}

async function answerPost(response: ServerResponse, answer: Answer, limits: ServerLimits): Promise<void> {
  if (answer === undefined) {
    response.writeHead(204).end()
    return
  }
  if (answer instanceof JsonStream) return sendStream(response, answer, limits)
  const { text, status } =
    typeof answer === "string" || answer instanceof Uint8Array ? { text: answer, status: 200 } : answer
  // A string goes out in one write together with the headers.
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
  response.end(text)
  // Whoever takes nothing of what waits for it loses the connection. A next request has Node's own times again.
  const { socket } = response
  if (socket !== null && socket.writableLength > 0) socket.setTimeout(limits.requestMilliseconds)
}

/** Makes the text as fast as the client takes it. An error on the way breaks the connection: the status is out already. */
async function sendStream(response: ServerResponse, { chunks }: JsonStream, limits: ServerLimits): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" })
  for await (const chunk of chunks) {
    if (response.destroyed) return
    if (!response.write(chunk)) await room(response, limits)
    // Others get their turn between two pieces: a socket that takes all at once says so within the same turn.
    await new Promise((resolve) => setImmediate(resolve))
  }
  response.end()
}

/** Settles when more can be written, or nothing ever will be: a client that takes nothing loses the connection. */
function room(response: ServerResponse, { requestMilliseconds }: ServerLimits): Promise<void> {
  return new Promise((resolve) => {
    response.socket?.setTimeout(requestMilliseconds)
    const done = (): void => {
      response.socket?.setTimeout(0)
      response.off("drain", done)
      response.off("close", done)
      resolve()
    }
    response.on("drain", done)
    response.on("close", done)
  })
}

/** JSON goes as `application/json`; clients that give no type, or the plain text of a hasty script, are forgiven. */
const CONTENT_TYPES: readonly string[] = [
  "application/json",
  "application/json-rpc",
  "application/jsonrequest",
  "text/plain",
]

async function receivePost(
  request: IncomingMessage,
  response: ServerResponse,
  handler: RequestHandler,
  { limits, inFlight }: { readonly limits: ServerLimits; readonly inFlight: InFlight },
): Promise<RefusalKind | undefined> {
  const contentType = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase()
  if (contentType !== undefined && !CONTENT_TYPES.includes(contentType)) return "contentType"
  if ((request.headers["content-encoding"] ?? "identity") !== "identity") return "contentEncoding"
  if (Number(request.headers["content-length"] ?? 0) > limits.bodyBytes) return "tooLarge"
  const text = await readBody(request, limits.bodyBytes)
  if (text === undefined) return "tooLarge"
  await answerPost(response, await ask(handler, request, text, inFlight), limits)
  return undefined
}

/**
 * The body as text. Not by `for await`: leaving that early would destroy the socket, and with it the answer.
 *
 * @returns undefined if it is longer than allowed, or if the client went away.
 */
function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on("data", (chunk: Buffer) => {
      length += chunk.length
      if (length <= limit) chunks.push(chunk)
      else {
        request.pause()
        resolve(undefined)
      }
    })
    request.on("end", () => resolve((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString("utf8")))
    request.on("error", () => resolve(undefined))
    request.on("close", () => resolve(undefined))
  })
}

function refuse(response: ServerResponse, kind: RefusalKind, request: IncomingMessage, limits?: ServerLimits): void {
  const { status, error } = refusal(kind, {
    method: request.method ?? "",
    path: (request.url ?? "").slice(0, 100),
    host: request.headers.host ?? "",
    origin: request.headers.origin ?? "",
    contentType: request.headers["content-type"] ?? "",
    contentEncoding: request.headers["content-encoding"] ?? "",
    bodyBytes: limits?.bodyBytes ?? 0,
  })
  // The rest of a body that nobody will read must not keep the connection.
  if (!request.complete) response.setHeader("connection", "close")
  response.statusCode = status
  response.setHeader("content-type", "application/json")
  response.end(JSON.stringify({ jsonrpc: "2.0", id: null, error: toErrorObject(error) }))
}

const STATUS_TEXT: Readonly<Record<number, string>> = { 403: "Forbidden", 404: "Not Found" }

function refuseUpgrade(socket: Duplex, kind: RefusalKind): void {
  const { status } = refusal(kind, {
    method: "GET",
    path: "",
    host: "",
    origin: "",
    contentType: "",
    contentEncoding: "",
    bodyBytes: 0,
  })
  socket.end(`HTTP/1.1 ${status} ${STATUS_TEXT[status] ?? "Error"}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

function serveWebSocket(
  webSocket: WebSocket,
  handler: RequestHandler,
  limits: ServerLimits,
  onFault: (error: unknown) => void,
): void {
  let inFlight = 0
  /** When the client took something last, or something began to wait for it; by `performance.now()`. */
  let taken = 0
  const send = (text: string | Uint8Array): void => {
    if (webSocket.readyState !== webSocket.OPEN) return
    const unread = webSocket.bufferedAmount
    if (unread === 0) taken = performance.now()
    const isDeaf = unread > PATIENT_BYTES && performance.now() - taken > limits.requestMilliseconds
    // A polite goodbye would wait behind what the client does not read, and so would the memory.
    if (isDeaf || unread > limits.unreadBytes) {
      webSocket.terminate()
      return
    }
    webSocket.send(text, { binary: false }, () => {
      taken = performance.now()
      if (webSocket.isPaused && webSocket.bufferedAmount <= limits.unreadBytes / 4) webSocket.resume()
    })
    // Who does not read answers may not ask more.
    if (webSocket.bufferedAmount > limits.unreadBytes / 2) webSocket.pause()
  }
  const { connection, close } = createPushConnection((method, params) =>
    send(handler.notification?.(method, params) ?? notificationText(method, params)),
  )
  webSocket.on("error", () => webSocket.terminate())
  webSocket.on("close", close)
  webSocket.on("message", (data: Buffer) => {
    if (inFlight >= limits.inFlight) {
      const error = protocolError("limitExceeded", {
        what: "number of unanswered requests on this connection",
        got: inFlight + 1,
        limit: limits.inFlight,
        remedy: "wait for answers",
      })
      send(JSON.stringify({ jsonrpc: "2.0", id: null, error: toErrorObject(error) }))
      return
    }
    inFlight++
    const ask = async (): Promise<Answer> => handler.receive(data.toString("utf8"), connection)
    ask()
      .then((answer) => {
        inFlight--
        if (answer instanceof JsonStream) return // only where nothing can be pushed
        const text = typeof answer === "string" || answer instanceof Uint8Array ? answer : answer?.text
        if (text !== undefined && text.length > 0) send(text)
      })
      .catch((error: unknown) => {
        // An answer that cannot be written, for its length for example: nothing else would ever tell the client.
        onFault(error)
        webSocket.terminate()
      })
  })
}
