import { randomUUID } from "node:crypto"
import { type JSONRPCRequest, type JSONRPCResponse, JSONRPCServer } from "json-rpc-2.0"
import type { Connection } from "./connection.ts"
import { type ErrorObject, protocolError, RpcError, toErrorObject } from "./errors.ts"
import { isDeeperThan, type Json, quote, RawJson } from "./json.ts"
import { JsonStream } from "./json-stream.ts"
import type { Method } from "./method.ts"
import { around, plain } from "./raw-json.ts"

/** What was called, and how it went; for logs and metrics. */
export interface CallRecord {
  /** The name as it was called: an alias, or a name that does not exist. */
  readonly method: string
  /** False for names that no method has: they must not become labels of a metric. */
  readonly known: boolean
  readonly params: unknown
  readonly milliseconds: number
  readonly error: ErrorObject | undefined
}

/** What a dispatcher is made of. */
export interface DispatcherOptions<C> {
  readonly methods: Iterable<Method<C>>
  /** The context that the methods get, for a connection. */
  readonly contextOf: (connection: Connection) => C
  /** Turns an error of a handler into one that can be answered; undefined if it is a fault of ours. Default: none can. */
  readonly toRpcError?: (error: unknown) => RpcError | undefined
  /** Hears of every fault of ours, whole, and the id that was answered in its place. */
  readonly onFault?: (id: string, error: unknown, method: string) => void
  /** Hears of every call after it was answered. */
  readonly onCall?: (record: CallRecord) => void
  /** Requests in one batch. Default: 1000. */
  readonly maxBatch?: number
  /** Arrays and objects inside each other. Default: 64. */
  readonly maxDepth?: number
}

type Id = string | number | null

/** Answers JSON-RPC 2.0 requests by a set of methods, single and in batches, whatever carried them here. */
export class Dispatcher<C> {
  /** By every name, aliases included. */
  readonly methods: ReadonlyMap<string, Method<C>>
  readonly #server: JSONRPCServer<C>
  readonly #options: DispatcherOptions<C>
  readonly #maxBatch: number
  readonly #maxDepth: number

  constructor(options: DispatcherOptions<C>) {
    this.#options = options
    this.#maxBatch = options.maxBatch ?? 1000
    this.#maxDepth = options.maxDepth ?? 64
    this.#server = new JSONRPCServer<C>({ errorListener: () => {} }) // mapErrorToJSONRPCErrorResponse reports them
    const methods = new Map<string, Method<C>>()
    for (const method of options.methods) for (const name of [method.name, ...method.aliases]) methods.set(name, method)
    for (const [name, method] of methods)
      this.#server.addMethod(name, (params: unknown, context) => method.call(context as C, params))
    this.methods = methods
    this.#server.handleMethodNotFound = ((request: JSONRPCRequest) => {
      throw protocolError("methodNotFound", { method: request.method.slice(0, 100) })
    }) as JSONRPCServer<C>["handleMethodNotFound"]
    // Thrown errors are told apart in #single, where the method is known; here they are only wrapped.
    this.#server.mapErrorToJSONRPCErrorResponse = (id, error: unknown) => ({
      jsonrpc: "2.0",
      id,
      error: new Thrown(error),
    })
  }

  /**
   * Answers a request text.
   *
   * @returns The text of the answer, or its UTF-8; undefined when there is none to give, as for notifications. A stream for a request of
   *   its own, and only on a connection that carries no notifications, which could come in between.
   */
  async receive(text: string, connection: Connection): Promise<string | Uint8Array | JsonStream | undefined> {
    const answer = await this.#answer(text, connection)
    if (answer === undefined) return undefined
    const { id, result } = answer as { id?: Id; result?: Json }
    if (!(result instanceof JsonStream)) return textOf(answer)
    if (connection.notify !== undefined) return textOf(await this.#whole(answer))
    return result.within(opening(id), "}")
  }

  /**
   * Calls one method without any text around it, as a caller in this process does.
   *
   * @throws RpcError - What would have been answered as the error.
   */
  async call(method: string, params: unknown, connection: Connection): Promise<Json> {
    const answer = (await this.#single({ jsonrpc: "2.0", id: 0, method, params }, connection)) as {
      result?: Json
      error?: ErrorObject
    }
    if (answer.error) throw new RpcError(answer.error.code, answer.error.message, answer.error.data)
    const result = answer.result ?? null
    return plain(result instanceof JsonStream ? await result.gather() : result)
  }

  async #answer(text: string, connection: Connection): Promise<Json | undefined> {
    if (isDeeperThan(text, this.#maxDepth))
      return refusal(
        null,
        protocolError("invalidRequest", { reason: `arrays and objects are nested deeper than ${this.#maxDepth}` }),
      )
    let request: unknown
    try {
      request = JSON.parse(text)
    } catch (cause) {
      const reason = text.trim() === "" ? "the body is empty, JSON expected" : (cause as SyntaxError).message
      return refusal(null, protocolError("parse", { reason }))
    }
    return Array.isArray(request) ? this.#batch(request, connection) : this.#single(request, connection)
  }

  /** Neighbours that only read run side by side; one that writes runs alone, after those before and before those after. */
  async #batch(requests: readonly unknown[], connection: Connection): Promise<Json | undefined> {
    if (requests.length === 0) return refusal(null, protocolError("invalidRequest", { reason: "the batch is empty" }))
    if (requests.length > this.#maxBatch)
      return refusal(
        null,
        protocolError("limitExceeded", {
          what: "batch size",
          got: requests.length,
          limit: this.#maxBatch,
          remedy: "send several smaller batches",
        }),
      )
    const answers: (Json | undefined)[] = []
    let readers: Promise<Json | undefined>[] = []
    for (const request of requests) {
      const name = (request as { method?: unknown } | null)?.method
      if (typeof name === "string" && this.methods.get(name)?.writes) {
        answers.push(...(await Promise.all(readers)))
        readers = []
        answers.push(await this.#single(request, connection))
      } else readers.push(this.#single(request, connection).then((answer) => answer && this.#whole(answer)))
    }
    answers.push(...(await Promise.all(readers)))
    const given = answers.filter((answer) => answer !== undefined)
    return given.length === 0 ? undefined : given
  }

  async #single(given: unknown, connection: Connection): Promise<Json | undefined> {
    const request = checkRequest(given)
    if (request instanceof Refused) return refusal(request.id, request.error)
    const { onCall, contextOf } = this.#options
    const start = onCall ? performance.now() : 0
    // json-rpc-2.0 wants an id, or it gives no answer, not even of an error that is to be logged.
    const response = (await this.#server.receive(
      { ...request, id: request.id ?? null } as JSONRPCRequest,
      contextOf(connection),
    )) as JSONRPCResponse & { error?: unknown }
    const error =
      response.error instanceof Thrown ? this.#toErrorObject(response.error.error, request.method) : undefined
    onCall?.({
      method: request.method,
      known: this.methods.has(request.method),
      params: request.params,
      milliseconds: performance.now() - start,
      error,
    })
    if (request.id === undefined) return undefined
    return error
      ? { jsonrpc: "2.0", id: request.id, error: { ...error } }
      : { jsonrpc: "2.0", id: request.id, result: response.result as Json }
  }

  /** The answer with its result as a whole, or with the error that comes up on the way. */
  async #whole(answer: Json): Promise<Json> {
    const { id, result } = answer as { id: Id; result?: Json }
    if (!(result instanceof JsonStream)) return answer
    try {
      return { jsonrpc: "2.0", id, result: await result.gather() }
    } catch (error) {
      return { jsonrpc: "2.0", id, error: { ...this.#toErrorObject(error, "") } }
    }
  }

  #toErrorObject(error: unknown, method: string): ErrorObject {
    if (error instanceof RpcError) return toErrorObject(error)
    let known: RpcError | undefined
    let fault: unknown = error
    try {
      known = this.#options.toRpcError?.(error)
    } catch (cause) {
      fault = cause
    }
    if (known) return toErrorObject(known)
    const id = randomUUID()
    this.#options.onFault?.(id, fault, method)
    return toErrorObject(protocolError("internal", { id }))
  }
}

/** The text of an answer or of a batch of them; what is text already goes in as it is. */
function textOf(answer: Json): string | Uint8Array {
  if (Array.isArray(answer)) {
    if (!answer.some((one: { result?: Json }) => one.result instanceof RawJson)) return JSON.stringify(answer)
    const texts = answer.map((one: Json) => {
      const text = textOf(one)
      return typeof text === "string" ? text : new RawJson(text).text
    })
    return `[${texts.join(",")}]`
  }
  const { id, result } = answer as { id?: Id; result?: Json }
  if (!(result instanceof RawJson)) return JSON.stringify(answer)
  return around(opening(id), result, "}")
}

/** What stands before a result. */
function opening(id: Id | undefined): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`
}

class Thrown {
  readonly error: unknown
  readonly code = 0
  readonly message = ""

  constructor(error: unknown) {
    this.error = error
  }
}

class Refused {
  readonly id: Id
  readonly error: RpcError

  constructor(id: Id, reason: string) {
    this.id = id
    this.error = protocolError("invalidRequest", { reason })
  }
}

interface CheckedRequest {
  readonly jsonrpc: "2.0"
  /** Undefined for a notification. */
  readonly id: Id | undefined
  readonly method: string
  readonly params: unknown
}

/** The envelope. A missing `jsonrpc` is forgiven, as every Ethereum node forgives it. */
function checkRequest(given: unknown): CheckedRequest | Refused {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return new Refused(null, `got ${quote(given)}, expected an object with jsonrpc, id, method and params`)
  const { id, method, params, jsonrpc } = given as Record<string, unknown>
  if (id !== undefined && id !== null && typeof id !== "string" && typeof id !== "number")
    return new Refused(null, `id is ${quote(id)}, expected a string or a number`)
  const answerTo = id ?? null
  if (jsonrpc !== undefined && jsonrpc !== "2.0")
    return new Refused(answerTo, `jsonrpc is ${quote(jsonrpc)}, expected "2.0"`)
  if (typeof method !== "string") return new Refused(answerTo, `method is ${quote(method)}, expected a name`)
  return { jsonrpc: "2.0", id, method, params }
}

function refusal(id: Id, error: RpcError): Json {
  return { jsonrpc: "2.0", id, error: { ...toErrorObject(error) } }
}
