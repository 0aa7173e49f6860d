import type { JsonStream } from "./json-stream.ts"

/** A value that JSON can carry. A member that is undefined is left out. */
export type Json =
  | null
  | boolean
  | number
  | string
  | RawJson
  | JsonStream
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

const decoder = new TextDecoder()

/**
 * A value that is JSON text already, because its maker wrote the text at once: the dispatcher puts it into the answer as it is.
 * For everybody else ({@link JSON.stringify}, a caller in this process) it is the value that the text stands for.
 */
export class RawJson {
  /** The text, or its UTF-8. */
  readonly content: string | Uint8Array
  #margin: number

  /**
   * @param content - One JSON value, or its UTF-8; it is not checked.
   * @param margin - So many bytes before and after the content, in its buffer, may be written over, once. Default: none
   */
  constructor(content: string | Uint8Array, margin: number = 0) {
    this.content = content
    this.#margin = margin
  }

  /** The margin, for the first who asks; 0 for all others. */
  takeMargin(): number {
    const margin = this.#margin
    this.#margin = 0
    return margin
  }

  get text(): string {
    return typeof this.content === "string" ? this.content : decoder.decode(this.content)
  }

  toJSON(): Json {
    return JSON.parse(this.text) as Json
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const isOpening = (code: number): boolean => code === 0x5b || code === 0x7b
const isClosing = (code: number): boolean => code === 0x5d || code === 0x7d

/**
 * Whether arrays and objects in this JSON text lie deeper in each other than `limit`.
 *
 * Looks at the text, before anything is parsed: one pass, no memory. Brackets inside strings do not count.
 */
export function isDeeperThan(text: string, limit: number): boolean {
  // Every level needs an opening and a closing bracket, so most requests are too short to be deep.
  if (text.length < 2 * limit) return false
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === BACKSLASH) i++
      else if (code === QUOTE) inString = false
    } else if (code === QUOTE) inString = true
    else if (isOpening(code) && ++depth > limit) return true
    else if (isClosing(code)) depth--
  }
  return false
}

/** A value as it is shown in an error message: JSON, cut after 80 characters. Never throws. */
export function quote(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value, (_, member: unknown) => (typeof member === "bigint" ? `${member}` : member))
  } catch {
    text = undefined // cyclic or too deep: the type is all that can be said
  }
  if (text === undefined) return value === undefined ? "nothing" : `a ${typeof value}`
  return text.length > 80 ? `${text.slice(0, 80)}… (${text.length} characters)` : text
}
