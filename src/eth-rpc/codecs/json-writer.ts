import { RawJson } from "../../json-rpc/json.ts"

const DIGITS = "0123456789abcdef"
const HIGH = Uint8Array.from({ length: 256 }, (_, byte) => DIGITS.charCodeAt(byte >> 4))
const LOW = Uint8Array.from({ length: 256 }, (_, byte) => DIGITS.charCodeAt(byte & 15))
const ZERO = 0x30
const LETTER_X = 0x78
const FIRST_ROOM = 1 << 12
/** Room that the answer around the value needs. */
const MARGIN = 256
/** A buffer up to this size is kept for the next writer: buffers that come and go keep the garbage collector busy. */
const MOST_KEPT = 1 << 23

let spare: Uint8Array<ArrayBuffer> | undefined

const latin1 = new TextDecoder("latin1")

/** 0x and two hex digits for each byte: for many bytes faster than letter by letter. */
export function longHex(source: Uint8Array): string {
  const text = new Uint8Array(2 + 2 * source.length)
  text[0] = ZERO
  text[1] = LETTER_X
  for (let i = 0, at = 2; i < source.length; i++, at += 2) {
    const byte = source[i]!
    text[at] = HIGH[byte]!
    text[at + 1] = LOW[byte]!
  }
  return latin1.decode(text)
}

/** Bytes of a text that is ASCII. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

/** JSON text in the making, as bytes: hex digits go from bytes to bytes, without strings between them. */
export class JsonWriter {
  #bytes: Uint8Array<ArrayBuffer>
  #at = MARGIN

  constructor() {
    this.#bytes = spare ?? new Uint8Array(FIRST_ROOM)
    spare = undefined
  }

  /** Where the next byte goes: a place to {@link rewind} to, or to {@link repeat} from. */
  get at(): number {
    return this.#at
  }

  #room(length: number): void {
    if (this.#at + length <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + length))
    grown.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = grown
  }

  /** What was written after a place is gone. */
  rewind(to: number): void {
    this.#at = to
  }

  /** The same again that was written between two places. */
  repeat(from: number, to: number): this {
    this.#room(to - from)
    this.#bytes.copyWithin(this.#at, from, to)
    this.#at += to - from
    return this
  }

  /** A text that is ASCII. */
  text(text: string): this {
    this.#room(text.length)
    const bytes = this.#bytes
    let at = this.#at
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i)
    this.#at = at
    return this
  }

  /** Bytes of text. */
  raw(text: Uint8Array): this {
    this.#room(text.length)
    this.#bytes.set(text, this.#at)
    this.#at += text.length
    return this
  }

  /** Two hex digits for each byte, no 0x; `zeros` bytes of zero before them. */
  hex(source: Uint8Array, from = 0, to: number = source.length, zeros = 0): this {
    this.#room(2 * (zeros + to - from))
    const bytes = this.#bytes
    let at = this.#at
    if (zeros > 0) {
      bytes.fill(ZERO, at, at + 2 * zeros)
      at += 2 * zeros
    }
    for (let i = from; i < to; i++) {
      const byte = source[i]!
      bytes[at] = HIGH[byte]!
      bytes[at + 1] = LOW[byte]!
      at += 2
    }
    this.#at = at
    return this
  }

  /** Hex digits of a non-negative whole number, without 0x and leading zeros. */
  number(value: number): this {
    return this.text(value.toString(16))
  }

  /** All of it as bytes. The writer is not to be used after that. */
  finishBytes(): Uint8Array {
    return this.#finish(0)
  }

  /** All of it as a string; it is ASCII. The writer is not to be used after that. */
  finishText(): string {
    const text = latin1.decode(this.#bytes.subarray(MARGIN, this.#at))
    this.#giveBack()
    return text
  }

  /** All of it as a value. The writer is not to be used after that. */
  finish(): RawJson {
    return new RawJson(this.#finish(MARGIN).subarray(MARGIN, this.#at), MARGIN)
  }

  #finish(margin: number): Uint8Array {
    this.#room(margin)
    const bytes = this.#bytes.slice(MARGIN - margin, this.#at + margin)
    this.#giveBack()
    return bytes
  }

  #giveBack(): void {
    if (this.#bytes.length <= MOST_KEPT) spare = this.#bytes
    this.#bytes = new Uint8Array(0)
  }
}
