import { type Json, RawJson } from "./json.ts"

const decoder = new TextDecoder()
const encoder = new TextEncoder()
/** Below this length a text is put together as a string: it goes out in one write with what stands before it. */
const SHORT = 1 << 16

/** A list of values as one, without looking into them. */
export function rawList(values: readonly RawJson[]): RawJson {
  return new RawJson(`[${values.map(({ text }) => text).join(",")}]`)
}

/** The value as anyone may use it: without {@link RawJson} at the top. */
export function plain(value: Json): Json {
  return value instanceof RawJson ? value.toJSON() : value
}

/** The text of a notification. */
export function notificationText(method: string, params: Json): string {
  const { subscription, result } = params as { subscription?: string; result?: Json }
  if (!(result instanceof RawJson)) return JSON.stringify({ jsonrpc: "2.0", method, params })
  const head = JSON.stringify({ jsonrpc: "2.0", method, params: { subscription } })
  return `${head.slice(0, -2)},"result":${result.text}}}`
}

/** Parameters of a notification as anyone may use them: without {@link RawJson} as the result. */
export function plainNotification(params: Json): Json {
  const { result } = params as { result?: Json }
  return result instanceof RawJson ? { ...(params as object), result: result.toJSON() } : params
}

/** `before`, the text of a value, and `after`; long texts as UTF-8, without going through a string. */
export function around(before: string, value: RawJson, after: string): string | Uint8Array {
  const { content } = value
  if (typeof content === "string") return before + content + after
  if (content.length < SHORT) return before + decoder.decode(content) + after
  const head = encoder.encode(before)
  const tail = encoder.encode(after)
  if (Math.max(head.length, tail.length) <= value.takeMargin()) {
    const { buffer, byteOffset, length } = content
    const bytes = new Uint8Array(buffer, byteOffset - head.length, head.length + length + tail.length)
    bytes.set(head)
    bytes.set(tail, head.length + length)
    return bytes
  }
  const bytes = new Uint8Array(head.length + content.length + tail.length)
  bytes.set(head)
  bytes.set(content, head.length)
  bytes.set(tail, head.length + content.length)
  return bytes
}
