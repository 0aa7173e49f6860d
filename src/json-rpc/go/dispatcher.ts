import { randomBytes } from "node:crypto"
import type { Connection } from "../connection.ts"
import type { CallRecord } from "../dispatcher.ts"
import { type ErrorObject, RpcError, toErrorObject } from "../errors.ts"
import { type Json, RawJson } from "../json.ts"
import { around, plain } from "../raw-json.ts"
import { GoDecodeError, type GoType, kindOf } from "./values.ts"

/** A method as go-jsonrpc serves it: every parameter has to be there, and of its type. */
export interface GoMethod<C> {
  readonly name: string
  /** Other names of the same. Default: none */
  readonly aliases?: readonly string[]
  /** Undefined: the method takes its parameters as they came, `params` itself, and reads them on its own. */
  readonly params: readonly GoType<unknown>[] | undefined
  call(context: C, args: readonly unknown[]): Json | Promise<Json>
}

/** A fault that Go's server would have died of, had go-jsonrpc not caught it: a nil pointer. */
export class GoPanic extends Error {
  override readonly name = "GoPanic"
}

/** What a dispatcher is made of. */
export interface GoDispatcherOptions<C> {
  readonly methods: Iterable<GoMethod<C>>
  readonly contextOf: (connection: Connection) => C
  /** The answer to an error of a method; undefined for a fault of ours. */
  readonly toRpcError: (error: unknown) => RpcError | undefined
  readonly onFault?: (id: string, error: unknown, method: string) => void
  readonly onCall?: (record: CallRecord) => void
}

/** An answer and its HTTP status. */
export interface GoAnswer {
  /** Or its UTF-8. */
  readonly text: string | Uint8Array
  readonly status: number
}

const PARSE_ERROR = -32700
const INVALID_REQUEST = -32600
const METHOD_NOT_FOUND = -32601
const INVALID_PARAMS = -32602
const OK = 200
const BAD_REQUEST = 400
const INTERNAL_SERVER_ERROR = 500
const MAX_ERROR_ID = 1 << 30
/** Version, field number, and 27 bytes that name a trace. @see OpenCensus BinaryEncoding */
const SPAN_CONTEXT_BYTES = 29

/** A refusal of the protocol's own, before any method ran. */
class Refusal extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

type Id = string | number | null

/**
 * JSON-RPC as Filecoin's go-jsonrpc speaks it: no optional parameters and no superfluous ones, values of Go's types only, HTTP status 500
 * for what the protocol itself refuses, an empty answer to an id of null, batches over HTTP only.
 *
 * @see github.com/filecoin-project/go-jsonrpc handler.go, server.go
 */
export class GoDispatcher<C> {
  readonly methods: ReadonlyMap<string, GoMethod<C>>
  readonly #options: GoDispatcherOptions<C>

  constructor(options: GoDispatcherOptions<C>) {
    this.#options = options
    this.methods = new Map(
      [...options.methods].flatMap((method) => [method.name, ...(method.aliases ?? [])].map((name) => [name, method])),
    )
  }

  /** Answers a request text. Over a WebSocket, what is no request gets no answer. */
  async receive(text: string, connection: Connection): Promise<GoAnswer | undefined> {
    const push = connection.notify !== undefined
    const trimmed = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "")
    if (trimmed === "") return push ? undefined : refuse(null, new Refusal(INVALID_REQUEST, "Invalid request"))
    if (trimmed.startsWith("[") && trimmed.endsWith("]")) return push ? undefined : this.#batch(trimmed, connection)
    const { request, error } = readRequest(parseFirst(trimmed))
    if (error) return push ? undefined : refuse(request.id, error)
    const answer = await this.#single(request, connection)
    return answer ?? { text: "", status: OK }
  }

  /** A notification as go-jsonrpc's reverse calls look: with the trace context that every message carries. */
  notification(method: string, params: Json): string {
    const span = randomBytes(SPAN_CONTEXT_BYTES).fill(0, 0, 2)
    const meta = { SpanContext: span.toString("base64") }
    return JSON.stringify({ jsonrpc: "2.0", method, params, meta })
  }

  /** Calls one method without any text around it. @throws RpcError */
  async call(method: string, params: unknown, connection: Connection): Promise<Json> {
    const outcome = await this.#run({ id: 0, method, params }, connection)
    if ("error" in outcome) throw new RpcError(outcome.error.code, outcome.error.message, outcome.error.data)
    return plain(outcome.result)
  }

  async #batch(text: string, connection: Connection): Promise<GoAnswer> {
    const parsed = parseFirst(text)
    const requests = (Array.isArray(parsed) ? parsed : [undefined]).map(readRequest)
    if (requests.some(({ error }) => error?.message === PARSE_TEXT))
      return refuse(null, new Refusal(PARSE_ERROR, PARSE_TEXT))
    if (requests.length === 0) return refuse(null, new Refusal(INVALID_REQUEST, "Invalid request"))
    const texts: string[] = []
    for (const { request, error } of requests) {
      const answer = error ? refuse(request.id, error) : await this.#single(request, connection)
      if (answer) texts.push(typeof answer.text === "string" ? answer.text : new RawJson(answer.text).text)
    }
    return { text: `[${texts.join(",")}]`, status: OK }
  }

  async #single(request: Request, connection: Connection): Promise<GoAnswer | undefined> {
    const outcome = await this.#run(request, connection)
    const { id } = request
    if ("error" in outcome) {
      if (id === null && outcome.status === OK) return undefined
      return { text: line({ error: { ...outcome.error }, id, jsonrpc: "2.0" }), status: outcome.status }
    }
    if (id === null) return undefined
    const { result } = outcome
    if (result instanceof RawJson)
      return { text: around(`{"id":${JSON.stringify(id)},"jsonrpc":"2.0","result":`, result, "}\n"), status: OK }
    return { text: line({ id, jsonrpc: "2.0", result }), status: OK }
  }

  async #run(
    { method, params }: Request,
    connection: Connection,
  ): Promise<{ readonly result: Json } | { readonly error: ErrorObject; readonly status: number }> {
    const { contextOf, onCall } = this.#options
    const start = performance.now()
    const found = this.methods.get(method)
    const record = (error: ErrorObject | undefined): void =>
      onCall?.({ method, known: found !== undefined, params, milliseconds: performance.now() - start, error })
    try {
      if (!found) throw new Refusal(METHOD_NOT_FOUND, `method '${method}' not found`)
      const args = found.params === undefined ? [params] : decodeParams(method, found.params, params)
      const result = await found.call(contextOf(connection), args)
      record(undefined)
      return { result }
    } catch (error) {
      const failure = this.#failure(error, method)
      record(failure.error)
      return failure
    }
  }

  #failure(error: unknown, method: string): { readonly error: ErrorObject; readonly status: number } {
    if (error instanceof Refusal)
      return { error: { code: error.code, message: error.message }, status: INTERNAL_SERVER_ERROR }
    if (error instanceof GoPanic) {
      const message = `fatal error calling '${method}': panic in rpc method '${method}': ${error.message}`
      return { error: { code: 0, message }, status: INTERNAL_SERVER_ERROR }
    }
    const known = error instanceof RpcError ? error : this.#options.toRpcError(error)
    if (known) return { error: toErrorObject(known), status: OK }
    const id = `${Math.floor(Math.random() * MAX_ERROR_ID)}`
    this.#options.onFault?.(id, error, method)
    return { error: { code: 1, message: `internal error ${id}: the log of the node has it under this id` }, status: OK }
  }
}

interface Request {
  readonly id: Id
  readonly method: string
  /** Undefined if there are none. */
  readonly params: unknown
}

const PARSE_TEXT = "Parse error"

/** The envelope, member by member: keys match in any case, and what could be read before a fault is kept. */
function readRequest(value: unknown): { readonly request: Request; readonly error?: Refusal } {
  const blank: Request = { id: null, method: "", params: undefined }
  if (value === null) return { request: blank }
  if (value === undefined || kindOf(value) !== "object")
    return { request: blank, error: new Refusal(PARSE_ERROR, PARSE_TEXT) }
  const members = new Map(
    Object.entries(value as object).map(([key, member]) => [key.toLowerCase(), member as unknown]),
  )
  const { id, error: idError } = readId(members.get("id"))
  const isText = (name: string): boolean => ["string", "null"].includes(kindOf(members.get(name)))
  const method = isText("method") ? ((members.get("method") as string | null | undefined) ?? "") : ""
  const request = { id, method, params: members.get("params") }
  if (!isText("jsonrpc") || !isText("method")) return { request, error: new Refusal(PARSE_ERROR, PARSE_TEXT) }
  return idError ? { request, error: idError } : { request }
}

/** Go's names of the types that JSON values come out as. */
const GO_TYPES: Readonly<Record<string, string>> = {
  bool: "bool",
  array: "[]interface {}",
  object: "map[string]interface {}",
}

function readId(value: unknown): { readonly id: Id; readonly error?: Refusal } {
  const kind = kindOf(value)
  if (kind === "null") return { id: null }
  if (kind === "string" || kind === "number") return { id: value as string | number }
  return { id: null, error: new Refusal(PARSE_ERROR, `failed to parse ID: invalid id type: ${GO_TYPES[kind]}`) }
}

function decodeParams(method: string, types: readonly GoType<unknown>[], params: unknown): unknown[] {
  if (params !== undefined && params !== null && !Array.isArray(params))
    throw new Refusal(
      PARSE_ERROR,
      `unmarshaling param array: json: cannot unmarshal ${kindOf(params)} into Go value of type []jsonrpc.param`,
    )
  const given: readonly unknown[] = params ?? []
  if (given.length !== types.length)
    throw new Refusal(INVALID_PARAMS, `wrong param count (method '${method}'): ${given.length} != ${types.length}`)
  return types.map((type, i) => {
    try {
      return type.decode(given[i])
    } catch (error) {
      if (!(error instanceof GoDecodeError)) throw error
      throw new Refusal(PARSE_ERROR, `unmarshaling params for '${method}' (param: *${type.name}): ${error.message}`)
    }
  })
}

/** The first JSON value of a text, whatever comes after it; undefined if there is none. */
function parseFirst(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  const end = endOfFirst(text)
  if (end === undefined) return undefined
  try {
    return JSON.parse(text.slice(0, end))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Where the object or array that a text begins with is closed. */
function endOfFirst(text: string): number | undefined {
  if (!/^[{[]/.test(text)) return undefined
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === "{" || token === "[") depth++
    else if (token === "}" || token === "]") depth--
    if (depth === 0) return index + token.length
  }
  return undefined
}

function refuse(id: Id, { code, message }: Refusal): GoAnswer {
  const status = code === INVALID_REQUEST ? BAD_REQUEST : INTERNAL_SERVER_ERROR
  return { text: line({ error: { code, message }, id, jsonrpc: "2.0" }), status }
}

const line = (value: Json): string => `${JSON.stringify(value)}\n`
