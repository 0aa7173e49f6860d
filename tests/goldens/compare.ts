import { BigNumber } from "./names.ts"

/** Where two values part: a path, and what stands there on each side. */
export interface Difference {
  readonly path: string
  readonly expected: unknown
  readonly actual: unknown
}

/** Which paths need only have the right type, and which texts have to fit a pattern. */
export interface Tolerance {
  readonly volatile: readonly string[]
  readonly patterns: Readonly<Record<string, string>>
  /** Paths that are not looked at. Default: none */
  readonly ignored?: ReadonlySet<string>
}

const EXACT: Tolerance = { volatile: [], patterns: {} }

/**
 * The first difference between two JSON values, or undefined. A missing field and null are not the same; the order of fields
 * does not count.
 */
export function firstDifference(
  expected: unknown,
  actual: unknown,
  tolerance: Tolerance = EXACT,
  path = "",
): Difference | undefined {
  if (tolerance.ignored?.has(path)) return undefined
  const pattern = tolerance.patterns[path]
  if (pattern !== undefined && typeof actual === "string")
    return fitsPattern(actual, pattern) ? undefined : { path, expected: pattern, actual }
  if (tolerance.volatile.some((volatile) => matchesPath(volatile, path)))
    return typeOf(expected) === typeOf(actual) ? undefined : { path, expected, actual }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length)
      return { path: `${path}.length`, expected: expected.length, actual: actual.length }
    return firstOf(expected.keys(), (i) => firstDifference(expected[i], actual[i], tolerance, join(path, String(i))))
  }
  if (typeOf(expected) === "object" && typeOf(actual) === "object") {
    const a = expected as Record<string, unknown>
    const b = actual as Record<string, unknown>
    return firstOf(new Set([...Object.keys(a), ...Object.keys(b)]), (key) => {
      const at = join(path, key)
      if (tolerance.ignored?.has(at)) return undefined
      if (!(key in a)) return { path: at, expected: "nothing", actual: b[key] }
      if (!(key in b)) return { path: at, expected: a[key], actual: "nothing" }
      return firstDifference(a[key], b[key], tolerance, at)
    })
  }
  if (expected instanceof BigNumber && actual instanceof BigNumber)
    return expected.digits === actual.digits ? undefined : { path, expected: expected.digits, actual: actual.digits }
  return Object.is(expected, actual) ? undefined : { path, expected, actual }
}

function firstOf<T>(items: Iterable<T>, difference: (item: T) => Difference | undefined): Difference | undefined {
  for (const item of items) {
    const found = difference(item)
    if (found !== undefined) return found
  }
  return undefined
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`
}

function typeOf(value: unknown): string {
  if (value === null) return "null"
  if (Array.isArray(value)) return "array"
  if (value instanceof BigNumber) return "number"
  return typeof value
}

/** Whether a volatile path with `*` for any step names this path. Keys may hold dots, so steps are tried one by one. */
function matchesPath(volatile: string, path: string): boolean {
  if (volatile === path) return true
  if (!volatile.includes("*")) return false
  const wanted = volatile.split(".")
  const steps = path.split(".")
  return wanted.length === steps.length && wanted.every((step, i) => step === "*" || step === steps[i])
}

function fitsPattern(text: string, pattern: string): boolean {
  const parts = pattern.split("{{*}}")
  let at = 0
  for (const [i, part] of parts.entries()) {
    const found = i === 0 ? (text.startsWith(part) ? 0 : -1) : text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return parts.length === 1 ? at === text.length : text.endsWith(parts.at(-1) ?? "")
}
