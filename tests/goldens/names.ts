/** A name in braces that nothing on the chain at hand has. */
export class UnknownName extends Error {
  override readonly name = "UnknownName"
}

const WHOLE = /^\{\{([^{}]+)\}\}$/
const PART = /\{\{([^{}*]+)\}\}/g

/**
 * What the names in braces stand for on the chain at hand.
 *
 * `{{name}}` is the value, `{{#name}}` the same as a JSON number, `{{d:name}}` as a decimal string, `{{f:name}}` with the
 * address prefix `f`; `"#int:N"` is the integer N.
 */
export class Names {
  readonly #values = new Map<string, unknown>()

  set(name: string, value: unknown): void {
    this.#values.set(name, value)
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** @throws UnknownName */
  get(name: string): unknown {
    const value = this.#values.get(name)
    if (value === undefined) throw new UnknownName(`the chain has nothing called ${name}`)
    return value
  }

  /** A copy of a JSON value with every name replaced, in keys too. */
  resolve(value: unknown): unknown {
    if (typeof value === "string") return this.#resolveText(value)
    if (Array.isArray(value)) return value.map((item) => this.resolve(item))
    if (value !== null && typeof value === "object")
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [String(this.#resolveText(key)), this.resolve(item)]),
      )
    return value
  }

  #resolveText(text: string): unknown {
    if (text.startsWith("#int:")) return new BigNumber(text.slice(5))
    const whole = WHOLE.exec(text)?.[1]
    if (whole !== undefined) return this.#lookUp(whole)
    return text.replace(PART, (_, name: string) => String(this.#lookUp(name)))
  }

  #lookUp(name: string): unknown {
    if (name.startsWith("#")) return Number(this.get(name.slice(1)))
    if (name.startsWith("d:")) return BigInt(String(this.get(name.slice(2)))).toString()
    if (name.startsWith("f:")) return String(this.get(name.slice(2))).replace(/^t/, "f")
    return this.get(name)
  }
}

/** An integer of JSON that a double cannot hold; {@link parseExactJson} and {@link Names} both make these, so that they compare. */
export class BigNumber {
  readonly digits: string

  constructor(digits: string) {
    this.digits = digits
  }

  toJSON(): string {
    return `#int:${this.digits}`
  }
}

/** `JSON.parse` that keeps integers beyond 2^53 - 1. */
export function parseExactJson(text: string): unknown {
  const marked = text.replace(
    /("(?:[^"\\]|\\.)*")|(-?\d{16,})(?![\d.eE])/g,
    (all, string: string | undefined, digits: string) =>
      string !== undefined || Number.isSafeInteger(Number(digits)) ? all : `"#int:${digits}"`,
  )
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === "string" && /^#int:-?\d+$/.test(value) ? new BigNumber(value.slice(5)) : value,
  )
}
