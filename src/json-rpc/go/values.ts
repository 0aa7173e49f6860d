/**
 * JSON as Go's `encoding/json` reads it: which values a type takes, and in which words it refuses the others.
 *
 * @see https://pkg.go.dev/encoding/json#Unmarshal
 */

/** A value that a Go type does not take. The message is Go's own. */
export class GoDecodeError extends Error {
  override readonly name: string = "GoDecodeError"
}

/** A value of the wrong JSON type; each struct around it adds its field to the message. */
export class GoTypeError extends GoDecodeError {
  override readonly name = "GoTypeError"
  readonly got: string
  readonly wanted: string
  readonly struct: string
  readonly field: string

  constructor(got: string, wanted: string, struct = "", field = "") {
    const where = field === "" ? "value" : `struct field ${struct}.${field}`
    super(`json: cannot unmarshal ${got} into Go ${where} of type ${wanted}`)
    this.got = got
    this.wanted = wanted
    this.struct = struct
    this.field = field
  }

  /** The same error, seen from a struct. */
  within(struct: string, field: string): GoTypeError {
    return new GoTypeError(this.got, this.wanted, struct, this.field === "" ? field : `${field}.${this.field}`)
  }
}

/** Reads a value of a Go type. `name` is how `%T` prints the type. */
export interface GoType<T> {
  readonly name: string
  /** What a variable of the type holds before anything is read into it. */
  readonly zero: T
  /** @throws GoDecodeError */
  decode(value: unknown): T
}

/** The kind of a JSON value in Go's words. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null"
  if (Array.isArray(value)) return "array"
  switch (typeof value) {
    case "boolean":
      return "bool"
    case "number":
    case "string":
      return typeof value
    default:
      return "object"
  }
}

function basic<T>(name: string, kind: string, zero: T): GoType<T> {
  return {
    name,
    zero,
    decode: (value) => {
      if (value === null || value === undefined) return zero
      if (kindOf(value) !== kind) throw new GoTypeError(kindOf(value), name)
      return value as T
    },
  }
}

export const goString: GoType<string> = basic("string", "string", "")
export const goBool: GoType<boolean> = basic("bool", "bool", false)
export const goFloat64: GoType<number> = basic("float64", "number", 0)

/** A pointer: null leaves it nil. */
export function pointerTo<T>(inner: GoType<T>): GoType<T | undefined> {
  return {
    name: `*${inner.name}`,
    zero: undefined,
    decode: (value) => (value === null || value === undefined ? undefined : inner.decode(value)),
  }
}

/** A slice: null leaves it nil, which is undefined here. @param name - For a named slice type. Default: `[]ELEMENT` */
export function sliceOf<T>(inner: GoType<T>, name: string = `[]${inner.name}`): GoType<readonly T[] | undefined> {
  return {
    name,
    zero: undefined,
    decode: (value) => {
      if (value === null || value === undefined) return undefined
      if (!Array.isArray(value)) throw new GoTypeError(kindOf(value), name)
      return value.map((item: unknown) => inner.decode(item))
    },
  }
}

/** A field of a struct; `path` is how error messages name it, if not as the field itself. */
export interface GoField<T> {
  readonly type: GoType<T>
  readonly path?: string
}

type FieldValues<F extends Readonly<Record<string, GoField<unknown>>>> = {
  readonly [K in keyof F]: F[K] extends GoField<infer T> ? T : never
}

/** A struct: keys match in any case, unknown ones are passed over, null changes nothing. */
export function structOf<const F extends Readonly<Record<string, GoField<unknown>>>>(
  name: string,
  fields: F,
): GoType<FieldValues<F>> {
  const short = name.split(".").at(-1)!
  const zero = Object.fromEntries(Object.entries(fields).map(([key, { type }]) => [key, type.zero])) as FieldValues<F>
  const names = new Map(Object.keys(fields).map((key) => [key.toLowerCase(), key]))
  return {
    name,
    zero,
    decode: (value) => {
      if (value === null || value === undefined) return zero
      if (kindOf(value) !== "object") throw new GoTypeError(kindOf(value), name)
      const read: Record<string, unknown> = { ...zero }
      for (const [given, item] of Object.entries(value as object)) {
        const key = names.get(given.toLowerCase())
        if (key === undefined) continue
        const { type, path } = fields[key]!
        try {
          read[key] = type.decode(item)
        } catch (error) {
          throw error instanceof GoTypeError ? error.within(short, path ?? key) : error
        }
      }
      return read as FieldValues<F>
    },
  }
}

const MAX_UINT64 = (1n << 64n) - 1n

/** `strconv.ParseUint(text, base, 64)`. @throws GoDecodeError */
export function parseUint(text: string, base: 10 | 16): bigint {
  const digits = base === 16 ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/
  if (!digits.test(text)) throw new GoDecodeError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`)
  const value = BigInt(base === 16 ? `0x${text}` : text)
  if (value > MAX_UINT64)
    throw new GoDecodeError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`)
  return value
}

/** `hex.DecodeString`. @throws GoDecodeError */
export function decodeHex(text: string): Uint8Array {
  const bad = [...text].find((character) => !/[0-9a-fA-F]/.test(character))
  if (bad !== undefined) {
    const code = bad.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")
    throw new GoDecodeError(`encoding/hex: invalid byte: U+${code} '${bad}'`)
  }
  if (text.length % 2 === 1) throw new GoDecodeError("encoding/hex: odd length hex string")
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16))
}
