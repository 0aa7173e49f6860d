import type { z } from "zod"
import { protocolError } from "./errors.ts"
import { type Json, quote } from "./json.ts"

/** Reads a value from the wire: a zod schema whose output is the value, and words for what it expects. */
export interface Decoder<T> {
  /** What is expected, as it is said in error messages and documentation: `a quantity (0x and hex digits)`. */
  readonly expected: string
  readonly schema: z.ZodType<T>
  /**
   * Reads what the schema would take, faster, or gives undefined: then the schema has the word, and says what is wrong. Default: the schema
   * reads all
   */
  readonly read?: (value: unknown) => T | undefined
}

/** Writes a value to the wire. */
export interface Encoder<T> {
  /** What comes out, for the documentation. */
  readonly expected: string
  /** Shape of what comes out, for OpenRPC: the input side of this schema. */
  readonly schema: z.ZodType
  encode(value: T): Json
}

/** Reads and writes. */
export interface Codec<T> extends Decoder<T>, Encoder<T> {
  readonly schema: z.ZodType<T>
}

/** One parameter of a method. */
export interface Argument<T> {
  readonly name: string
  readonly decoder: Decoder<T>
  /** Whether it may be absent or null. */
  readonly optional: boolean
  /** What stands in when it is absent or null, in wire form; undefined when absence means something of its own. */
  readonly fallback: Json | undefined
}

type Values<A extends readonly Argument<unknown>[]> = { [I in keyof A]: A[I] extends Argument<infer T> ? T : never }

/** A method as its author writes it. */
export interface MethodSpec<C, A extends readonly Argument<unknown>[], R> {
  /** The name on the wire. */
  readonly name: string
  /** One sentence for the documentation; units included. */
  readonly summary: string
  readonly params: A
  readonly result: Encoder<R>
  /** Where the behaviour is laid down. */
  readonly source: string
  /** Other names of exactly the same thing. Default: none. */
  readonly aliases?: readonly string[]
  /** Whether it changes something, so that a batch must not run it beside its neighbours. Default: false. */
  readonly writes?: boolean
  handle(context: C, ...args: Values<A>): R | Promise<R>
}

/** A method that cannot be served, and why. */
export interface UnsupportedSpec {
  readonly name: string
  readonly summary: string
  readonly source: string
  readonly aliases?: readonly string[]
  /** The reason, in words that somebody who calls the method can act on. */
  readonly unsupported: string
}

/** A method, ready to be called. */
export interface Method<C> {
  readonly name: string
  readonly summary: string
  readonly source: string
  readonly aliases: readonly string[]
  readonly writes: boolean
  readonly params: readonly Argument<unknown>[]
  readonly result: Encoder<never> | undefined
  /** The reason why it is not served; undefined for all that are. */
  readonly unsupported: string | undefined
  /**
   * Decodes, asks, encodes.
   *
   * @param params - The `params` member as it came: an array, an object by parameter names, null or undefined.
   * @throws RpcError - Wrong parameters (-32602), or what the handler says.
   */
  call(context: C, params: unknown): Promise<Json> | Json
}

/** A parameter. With `fallback` (wire form) or `optional` it may be left out. */
export function arg<T>(name: string, decoder: Decoder<T>, fallback?: Json): Argument<T> {
  return { name, decoder, optional: fallback !== undefined, fallback }
}

/** A parameter that may be left out, or be null: then the handler gets undefined. */
export function optionalArg<T>(name: string, decoder: Decoder<T>): Argument<T | undefined> {
  return { name, decoder: decoder as Decoder<T | undefined>, optional: true, fallback: undefined }
}

/** Makes a method of its description. */
export function defineMethod<C, const A extends readonly Argument<unknown>[], R>(spec: MethodSpec<C, A, R>): Method<C>
export function defineMethod<C>(spec: UnsupportedSpec): Method<C>
export function defineMethod<C, const A extends readonly Argument<unknown>[], R>(
  spec: MethodSpec<C, A, R> | UnsupportedSpec,
): Method<C> {
  const { name, summary, source, aliases = [] } = spec
  if ("unsupported" in spec) {
    const { unsupported } = spec
    return {
      name,
      summary,
      source,
      aliases,
      writes: false,
      params: [],
      result: undefined,
      unsupported,
      call() {
        throw protocolError("unsupported", { method: name, reason: unsupported })
      },
    }
  }
  const { params, result, writes = false } = spec
  return {
    name,
    summary,
    source,
    aliases,
    writes,
    params,
    result: result as Encoder<never>,
    unsupported: undefined,
    call(context, given) {
      const values = decodeArguments(params, given) as Values<A>
      const answer = spec.handle(context, ...values)
      return answer instanceof Promise ? answer.then((value) => result.encode(value)) : result.encode(answer)
    },
  }
}

/**
 * The parameters of a request as values.
 *
 * Lenient, since tools are: `params` may be missing or null, trailing parameters may be missing or null where they are
 * optional, and what comes after the last known parameter is ignored.
 *
 * @throws RpcError - -32602, naming parameter, what came and what is expected.
 */
export function decodeArguments(params: readonly Argument<unknown>[], given: unknown): unknown[] {
  const at = positional(params, given)
  const values: unknown[] = []
  for (let position = 0; position < params.length; position++) {
    const { name, decoder, optional, fallback } = params[position]!
    let raw: unknown = at[position]
    if (raw === undefined || raw === null) {
      if (!optional) throw protocolError("missingParameter", { position, name, expected: decoder.expected })
      if (fallback === undefined) {
        values.push(undefined)
        continue
      }
      raw = fallback
    }
    const read = decoder.read?.(raw)
    if (read !== undefined) {
      values.push(read)
      continue
    }
    const parsed = decoder.schema.safeParse(raw)
    if (!parsed.success) throw invalidParameter(position, name, decoder.expected, raw, parsed.error)
    values.push(parsed.data)
  }
  return values
}

function positional(params: readonly Argument<unknown>[], given: unknown): readonly unknown[] {
  if (given === undefined || given === null) return []
  if (Array.isArray(given)) return given
  if (typeof given === "object") return params.map(({ name }) => (given as Record<string, unknown>)[name])
  throw protocolError("invalidParameters", { got: quote(given) })
}

function invalidParameter(position: number, name: string, expected: string, raw: unknown, error: z.ZodError): Error {
  const issue = innermost(error.issues)
  if (issue.path.length === 0) return protocolError("invalidParameter", { position, name, got: quote(raw), expected })
  let got: unknown = raw
  let path = name
  for (const key of issue.path) {
    got = (got as Record<PropertyKey, unknown> | undefined)?.[key]
    path += typeof key === "number" ? `[${key}]` : `.${String(key)}`
  }
  return protocolError("invalidParameter", { position, name: path, got: quote(got), expected: issue.message })
}

interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** The deepest of the complaints: of several alternatives, the one that got furthest into the value. */
function innermost(issues: readonly z.core.$ZodIssue[], prefix: readonly PropertyKey[] = []): Issue {
  let best: Issue = { path: prefix, message: "another value" }
  for (const issue of issues) {
    const path = [...prefix, ...issue.path]
    const nested =
      issue.code === "invalid_union" && issue.errors.length > 0
        ? issue.errors
            .map((alternative) => innermost(alternative, path))
            .reduce((a, b) => (b.path.length > a.path.length ? b : a))
        : undefined
    const found: Issue = nested && nested.path.length > path.length ? nested : { path, message: issue.message }
    if (found.path.length > best.path.length || best.message === "another value") best = found
  }
  return best
}
