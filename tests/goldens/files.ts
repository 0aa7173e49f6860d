import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { CarBlockIterator } from "@ipld/car"
import { decode } from "@ipld/dag-cbor"
import { blake2b } from "@noble/hashes/blake2.js"
import { decodeSignedMessage } from "../../src/chain/message-codec.ts"
import type { SignedMessage } from "../../src/chain/types.ts"
import type { GoldenCase, GoldenFile } from "./case.ts"

/** A transaction of the story. */
export interface StoryTransaction {
  readonly name: string
  readonly sender: string
  readonly nonce: number
  readonly raw: string
}

/** Transactions that go into one tipset. */
export interface StoryGroup {
  readonly group: string
  readonly transactions: readonly StoryTransaction[]
}

/** A native message as Lotus writes it. */
export interface LotusMessage {
  readonly From: string
  readonly To: string
  readonly Nonce: number
  readonly Value: string
  readonly GasLimit: number
  readonly GasFeeCap: string
  readonly GasPremium: string
  readonly Method: number
  /** Base64. */
  readonly Params: string | null
}

/** What a folder of goldens holds. */
export interface Goldens {
  /** By name of the file without `.json`. */
  readonly files: ReadonlyMap<string, readonly GoldenCase[]>
  readonly scenario: readonly StoryGroup[]
  readonly nativeMessages: readonly { readonly name: string; readonly signed: { readonly Message: LotusMessage } }[]
  /** Messages of the recorded chain, by sender's address: those that `nativeMessages` leaves out are here. Empty without a recording. */
  readonly recorded: readonly LotusMessage[]
  readonly symbols: Readonly<Record<string, unknown>>
  /** By sender's address and nonce of a message. Empty without a recording. */
  readonly recordedTipsets: ReadonlyMap<string, RecordedTipset>
}

/** A tipset of the recorded chain. */
export interface RecordedTipset {
  /** From 0 to 1: it decides on the order of messages. */
  readonly ticketQuality: number
  /** Those signed by secp256k1 keys of either kind. */
  readonly messages: readonly SignedMessage[]
}

interface ReplayedTipset {
  readonly key: readonly unknown[]
  readonly applied: readonly { readonly message: LotusMessage }[]
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"))

/** Reads a folder of goldens. */
export async function readGoldens(folder: string): Promise<Goldens> {
  const files = new Map<string, readonly GoldenCase[]>()
  for (const name of readdirSync(folder).toSorted()) {
    if (!name.endsWith(".json")) continue
    const content = read(join(folder, name)) as Partial<GoldenFile>
    if (Array.isArray(content.cases)) files.set(name.slice(0, -".json".length), content.cases)
  }
  const optional = <T>(name: string, otherwise: T): T =>
    existsSync(join(folder, name)) ? (read(join(folder, name)) as T) : otherwise
  const recording = optional<{ tipsets?: readonly ReplayedTipset[] }>("chain/replay.json", {})
  return {
    files,
    scenario: optional<Goldens["scenario"]>("scenario.json", []),
    nativeMessages: optional<Goldens["nativeMessages"]>("native-messages.json", []),
    recorded: (recording.tipsets ?? []).flatMap(({ applied }) => applied.map(({ message }) => message)),
    symbols: optional<Goldens["symbols"]>("symbols.json", {}),
    recordedTipsets: await readRecordedTipsets(join(folder, "chain/chain.car.gz"), recording.tipsets ?? []),
  }
}

/** First byte of an array of two. */
const CBOR_PAIR = 0x82
/** Place in a header. */
const TICKET = 1
const HALF_PRECISION = 2 ** 52

async function readRecordedTipsets(
  car: string,
  tipsets: readonly ReplayedTipset[],
): Promise<ReadonlyMap<string, RecordedTipset>> {
  const found = new Map<string, RecordedTipset>()
  if (!existsSync(car) || tipsets.length === 0) return found
  const headers = new Map<string, Uint8Array>()
  const signed = new Map<string, SignedMessage>()
  const wanted = new Set(tipsets.flatMap(({ key }) => key.slice(0, 1).map(textOf)))
  for await (const { cid, bytes } of await CarBlockIterator.fromBytes(gunzipSync(readFileSync(car)))) {
    if (wanted.has(cid.toString())) headers.set(cid.toString(), bytes)
    else if (bytes[0] === CBOR_PAIR) {
      const message = asSignedMessage(bytes)
      if (message) signed.set(nameOf(message), message)
    }
  }
  for (const { key, applied } of tipsets) {
    const [header] = key.flatMap((cid) => headers.get(textOf(cid)) ?? [])
    if (header === undefined) continue
    const names = applied.map(({ message: { From, Nonce } }) => `${From} ${Nonce}`)
    const messages = names.flatMap((name) => signed.get(name) ?? [])
    const tipset = { ticketQuality: ticketQuality(header), messages }
    for (const name of names) found.set(name, tipset)
  }
  return found
}

/** How messages of the recording are named: by sender's address and nonce. */
export const nameOf = ({ message }: SignedMessage): string => `${message.from.toString("t")} ${message.sequence}`

function asSignedMessage(bytes: Uint8Array): SignedMessage | undefined {
  try {
    return decodeSignedMessage(bytes)
  } catch (error) {
    if (error instanceof Error) return undefined // some other pair
    throw error
  }
}

/** @see lotus chain/types/blockheader.go (Ticket.Quality) */
function ticketQuality(header: Uint8Array): number {
  const [proof] = (decode(header) as readonly (readonly Uint8Array[])[])[TICKET]!
  const digest = blake2b(proof!, { dkLen: 32 })
  const first = new DataView(digest.buffer, digest.byteOffset).getBigUint64(0) >> 12n
  return 1 - Number(first) / HALF_PRECISION
}

const textOf = (cid: unknown): string => (typeof cid === "string" ? cid : String((cid as { "/": unknown })["/"]))
