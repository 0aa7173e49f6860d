import { type LogChunk, SHORT_DATA } from "../chain/log-rows.ts"
import { logFromEvent } from "../fvm-bridge/logs.ts"
import { ethAddressOfActor } from "../fvm-bridge/transaction-view.ts"
import { RawJson } from "../json-rpc/json.ts"
import type { PlacedLog } from "./block-reader.ts"
import { asciiBytes, JsonWriter } from "./codecs/json-writer.ts"

const TOPIC_LENGTH = 32
const COMMA = asciiBytes(",")
const FIRST_TOPIC = asciiBytes('"0x')
const NEXT_TOPIC = asciiBytes('","0x')
const QUOTE = asciiBytes('"')
const DATA = asciiBytes('],"data":"0x')
const BLOCK_HASH = asciiBytes('","blockHash":"0x')
const BLOCK_NUMBER = asciiBytes('","blockNumber":"0x')
const TRANSACTION_HASH = asciiBytes('","transactionHash":"0x')
const TRANSACTION_INDEX = asciiBytes('","transactionIndex":"0x')
const LOG_INDEX = asciiBytes('","logIndex":"0x')
const END = asciiBytes('","removed":false}')
const END_REMOVED = asciiBytes('","removed":true}')

/** The text of one log. @param removed - Its block is no longer part of the chain. */
export function logText(
  { address, topics, data, transactionHash, transactionIndex, logIndex }: PlacedLog,
  { hash, epoch }: { readonly hash: Uint8Array; readonly epoch: number },
  removed: boolean,
): RawJson {
  const out = new JsonWriter().text('{"address":"0x').hex(address).text('","topics":[')
  writeContent(out, topics, data)
  out.raw(BLOCK_HASH).hex(hash).raw(BLOCK_NUMBER).number(epoch)
  out.raw(TRANSACTION_HASH).hex(transactionHash).raw(TRANSACTION_INDEX).number(transactionIndex)
  out.raw(LOG_INDEX).number(logIndex)
  return new RawJson(out.raw(removed ? END_REMOVED : END).finishText())
}

function writeContent(out: JsonWriter, topics: readonly Uint8Array[], data: Uint8Array): void {
  for (const [i, topic] of topics.entries()) out.raw(i === 0 ? FIRST_TOPIC : NEXT_TOPIC).hex(topic)
  if (topics.length > 0) out.raw(QUOTE)
  out.raw(DATA).hex(data)
}

/**
 * Writes the list of log objects that `encodeLog` would make, from the rows of the index to text in one pass: a log is copied once, digit by
 * digit; what is the same for all logs of an emitter or a message is written once and repeated.
 */
export class LogWriter {
  readonly #out = new JsonWriter()
  readonly #indexedOnly: boolean
  /** The beginning of an object, by emitter. */
  readonly #heads = new Map<bigint, Uint8Array>()
  /** A log was written. */
  #some = false

  /** @param indexedOnly - Leaves out logs without topics and data. Default: all are written */
  constructor(indexedOnly = false) {
    this.#indexedOnly = indexedOnly
    this.#out.text("[")
  }

  /** The EVM logs among those at the given positions. */
  write(chunk: LogChunk, epoch: number, positions: readonly number[]): void {
    const out = this.#out
    let tailOf = -1
    let tailFrom = 0
    let tailTo = 0
    for (const index of positions) {
      const begin = out.at
      chunk.open(index)
      const { messageSlot } = chunk
      if (this.#some) out.raw(COMMA)
      out.raw(this.#head(chunk))
      if (!this.#contentAsItLies(chunk)) {
        out.rewind(begin)
        if (!this.#contentOf(chunk, index)) {
          out.rewind(begin)
          continue
        }
      }
      if (messageSlot === tailOf) out.repeat(tailFrom, tailTo)
      else {
        tailOf = messageSlot
        tailFrom = out.at
        out.raw(BLOCK_HASH).hex(chunk.hash).raw(BLOCK_NUMBER).number(epoch)
        out.raw(TRANSACTION_HASH).hex(chunk.messageName(messageSlot))
        out.raw(TRANSACTION_INDEX).number(chunk.messageIndexes[messageSlot]!).raw(LOG_INDEX)
        tailTo = out.at
      }
      out.number(index).raw(END)
      this.#some = true
    }
  }

  #head(chunk: LogChunk): Uint8Array {
    const slot = chunk.emitterSlot
    const id = chunk.emitters[slot]!
    let head = this.#heads.get(id)
    if (head === undefined) {
      const address = ethAddressOfActor(id, { delegatedAddress: () => chunk.emitterAddress(slot) })
      const writer = new JsonWriter().text('{"address":"0x').hex(address).text('","topics":[')
      head = writer.finishBytes()
      this.#heads.set(id, head)
    }
    return head
  }

  /**
   * Topics and data of the open log if its entries lie as the EVM writes them: topics in order, data once.
   *
   * @returns False if they do not, or if the log is to be left out; something may have been written then.
   */
  #contentAsItLies(chunk: LogChunk): boolean {
    const out = this.#out
    let topics = 0
    let dataLength = -1
    let dataZeros = 0
    let dataStart = 0
    while (chunk.nextEntry()) {
      const { short, length, zeros, start } = chunk
      if (short === SHORT_DATA) {
        if (dataLength >= 0) return false
        dataLength = length
        dataZeros = zeros
        dataStart = start
      } else {
        if (short !== topics + 1 || length !== TOPIC_LENGTH) return false
        out.raw(topics === 0 ? FIRST_TOPIC : NEXT_TOPIC).hex(chunk.bytes, start, start + length - zeros, zeros)
        topics++
      }
    }
    if (this.#indexedOnly && topics === 0 && dataLength <= 0) return false
    if (topics > 0) out.raw(QUOTE)
    out.raw(DATA)
    if (dataLength > 0) out.hex(chunk.bytes, dataStart, dataStart + dataLength - dataZeros, dataZeros)
    return true
  }

  /** The same of a log with entries of any kind. @returns False if it is no EVM log, or to be left out. */
  #contentOf(chunk: LogChunk, index: number): boolean {
    const out = this.#out
    const content = logFromEvent(chunk.log(index).entries)
    if (content === undefined) return false // an event of a native actor
    const { topics, data } = content
    if (this.#indexedOnly && topics.length === 0 && data.length === 0) return false
    if (this.#some) out.raw(COMMA)
    out.raw(this.#head(chunk))
    writeContent(out, topics, data)
    return true
  }

  /** The list. The writer is not to be used after that. */
  finish(): RawJson {
    return this.#out.text("]").finish()
  }
}
