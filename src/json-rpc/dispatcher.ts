import { randomUUID } from "node:crypto"
import { createJSONRPCSuccessResponse, isJSONRPCID, JSONRPC, type JSONRPCID, type JSONRPCResponse } from "json-rpc-2.0"
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

/** What goes out for a request text, see {@link Dispatcher.receive}. */
export type Answer = string | Uint8Array | JsonStream | undefined

/**
 * Answers JSON-RPC 2.0 requests by a set of methods, single and in batches, whatever carried them here.
 *
 * Ids, codes and the shape of answers are those of the npm package `json-rpc-2.0`. The calls are made here and not by its server: that waits
 * for promises even where a method answers at once, a quarter of the steps of a small request (bench/PROFILE.md).
 */
export class Dispatcher<C> {
  /** By every name, aliases included. */
  readonly methods: ReadonlyMap<string, Method<C>>
  readonly #options: DispatcherOptions<C>
  readonly #maxBatch: number
  readonly #maxDepth: number

  constructor(options: DispatcherOptions<C>) {
    this.#options = options
    this.#maxBatch = options.maxBatch ?? 1000
    this.#maxDepth = options.maxDepth ?? 64
    const methods = new Map<string, Method<C>>()
    for (const method of options.methods) for (const name of [method.name, ...method.aliases]) methods.set(name, method)
    this.methods = methods
  }

  /**
   * Answers a request text.
   *
   * @returns The text of the answer, or its UTF-8; undefined when there is none to give, as for notifications. A stream for a request of
   *   its own, and only on a connection that carries no notifications, which could come in between.
   */
  receive(text: string, connection: Connection): Answer | Promise<Answer> {
    const answer = this.#answer(text, connection)
    return answer instanceof Promise
      ? answer.then((settled) => this.#write(settled, connection))
      : this.#write(answer, connection)
  }

  #write(answer: Written | undefined, connection: Connection): Answer | Promise<Answer> {
    if (answer === undefined) return undefined
    if (isBatch(answer)) return textOfBatch(answer)
    if (!(answer.result instanceof JsonStream)) return textOf(answer)
    if (connection.notify !== undefined) return this.#whole(answer).then(textOf)
    return answer.result.within(opening(answer.id), "}")
  }

  /**
   * Calls one method without any text around it, as a caller in this process does.
   *
   * @throws RpcError - What would have been answered as the error.
   */
  async call(method: string, params: unknown, connection: Connection): Promise<Json> {
    const { error, result } = (await this.#single({ id: 0, method, params }, connection))! // it has an id
    if (error) throw new RpcError(error.code, error.message, error.data as Json | undefined)
    return plain(result instanceof JsonStream ? await result.gather() : result)
  }

  #answer(text: string, connection: Connection): Written | undefined | Promise<Written | undefined> {
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
  async #batch(requests: readonly unknown[], connection: Connection): Promise<Written | undefined> {
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
    const answers: (JSONRPCResponse | undefined)[] = []
    let readers: Promise<JSONRPCResponse | undefined>[] = []
    for (const request of requests) {
      const name = (request as { method?: unknown } | null)?.method
      if (typeof name === "string" && this.methods.get(name)?.writes) {
        answers.push(...(await Promise.all(readers)))
        readers = []
        answers.push(await this.#single(request, connection))
      } else readers.push(this.#reader(request, connection))
    }
    answers.push(...(await Promise.all(readers)))
    const given = answers.filter((answer) => answer !== undefined)
    return given.length === 0 ? undefined : given
  }

  async #reader(request: unknown, connection: Connection): Promise<JSONRPCResponse | undefined> {
    const answer = await this.#single(request, connection)
    return answer && this.#whole(answer)
  }

  /** Undefined for a notification. */
  #single(given: unknown, connection: Connection): JSONRPCResponse | undefined | Promise<JSONRPCResponse | undefined> {
    const request = checkRequest(given)
    if (request instanceof Refused) return refusal(request.id, request.error)
    const start = this.#options.onCall ? performance.now() : 0
    const method = this.methods.get(request.method)
    let result: Json | Promise<Json>
    try {
      if (method === undefined) throw protocolError("methodNotFound", { method: request.method.slice(0, 100) })
      result = method.call(this.#options.contextOf(connection), request.params)
    } catch (error) {
      return this.#failed(request, start, error)
    }
    return result instanceof Promise
      ? result.then(
          (settled) => this.#succeeded(request, start, settled),
          (error: unknown) => this.#failed(request, start, error),
        )
      : this.#succeeded(request, start, result)
  }

  #succeeded(request: CheckedRequest, start: number, result: Json): JSONRPCResponse | undefined {
    this.#record(request, start, undefined)
    return request.id === undefined ? undefined : createJSONRPCSuccessResponse(request.id, result)
  }

  #failed(request: CheckedRequest, start: number, thrown: unknown): JSONRPCResponse | undefined {
    const error = this.#toErrorObject(thrown, request.method)
    this.#record(request, start, error)
    return request.id === undefined ? undefined : errorAnswer(request.id, error)
  }

  #record({ method, params }: CheckedRequest, start: number, error: ErrorObject | undefined): void {
    const { onCall } = this.#options
    if (onCall === undefined) return
    onCall({ method, known: this.methods.has(method), params, milliseconds: performance.now() - start, error })
  }

  /** The answer with its result as a whole, or with the error that comes up on the way. */
  async #whole(answer: JSONRPCResponse): Promise<JSONRPCResponse> {
    const { id, result } = answer
    if (!(result instanceof JsonStream)) return answer
    try {
      return createJSONRPCSuccessResponse(id, await result.gather())
    } catch (error) {
      return errorAnswer(id, this.#toErrorObject(error, ""))
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

/** A single answer, or those of a batch. */
type Written = JSONRPCResponse | readonly JSONRPCResponse[]

function isBatch(answer: Written): answer is readonly JSONRPCResponse[] {
  return Array.isArray(answer)
}

/** The text of an answer; what is text already goes in as it is. */
function textOf(answer: JSONRPCResponse): string | Uint8Array {
  return answer.result instanceof RawJson ? around(opening(answer.id), answer.result, "}") : JSON.stringify(answer)
}

function textOfBatch(answers: readonly JSONRPCResponse[]): string {
  if (!answers.some(({ result }) => result instanceof RawJson)) return JSON.stringify(answers)
  const texts = answers.map((one) => {
    const text = textOf(one)
    return typeof text === "string" ? text : new RawJson(text).text
  })
  return `[${texts.join(",")}]`
}

/** What stands before a result. */
function opening(id: JSONRPCID): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`
}

class Refused {
  readonly id: JSONRPCID
  readonly error: RpcError

  constructor(id: JSONRPCID, reason: string) {
    this.id = id
    this.error = protocolError("invalidRequest", { reason })
  }
}

interface CheckedRequest {
  /** Undefined for a notification. */
  readonly id: JSONRPCID | undefined
  readonly method: string
  readonly params: unknown
}

/** The envelope. A missing `jsonrpc` is forgiven, as every Ethereum node forgives it. */
function checkRequest(given: unknown): CheckedRequest | Refused {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return new Refused(null, `got ${quote(given)}, expected an object with jsonrpc, id, method and params`)
  const { id, method, params, jsonrpc } = given as Record<string, unknown>
  if (id !== undefined && !isJSONRPCID(id))
    return new Refused(null, `id is ${quote(id)}, expected a string or a number`)
  const answerTo = id ?? null
  if (jsonrpc !== undefined && jsonrpc !== JSONRPC)
    return new Refused(answerTo, `jsonrpc is ${quote(jsonrpc)}, expected "${JSONRPC}"`)
  if (typeof method !== "string") return new Refused(answerTo, `method is ${quote(method)}, expected a name`)
  return { id, method, params }
}

function refusal(id: JSONRPCID, error: RpcError): JSONRPCResponse {
  return errorAnswer(id, toErrorObject(error))
}

function errorAnswer(id: JSONRPCID, error: ErrorObject): JSONRPCResponse {
  return { jsonrpc: JSONRPC, id, error }
}
