import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { CarBlockIterator } from "@ipld/car"
import { decode } from "@ipld/dag-cbor"
import { blake2b } from "@noble/hashes/blake2.js"
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
  /**
   * Quality of the ticket, from 0 to 1, of the recorded tipset that holds a message, by sender's address and nonce: it decides on the order of
   * messages. Empty without a recording.
   */
  readonly ticketQualities: ReadonlyMap<string, number>
}

interface RecordedTipset {
  readonly blocks: readonly { readonly cid?: unknown }[]
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
  const recording = optional<{ tipsets?: readonly RecordedTipset[] }>("chain/replay.json", {})
  return {
    files,
    scenario: optional<Goldens["scenario"]>("scenario.json", []),
    nativeMessages: optional<Goldens["nativeMessages"]>("native-messages.json", []),
    recorded: (recording.tipsets ?? []).flatMap(({ applied }) => applied.map(({ message }) => message)),
    symbols: optional<Goldens["symbols"]>("symbols.json", {}),
    ticketQualities: await readTicketQualities(join(folder, "chain/chain.car.gz"), recording.tipsets ?? []),
  }
}

const TICKET = 1
const HALF_PRECISION = 2 ** 52

/** @see lotus chain/types/blockheader.go (Ticket.Quality) */
async function readTicketQualities(
  car: string,
  tipsets: readonly RecordedTipset[],
): Promise<ReadonlyMap<string, number>> {
  const qualities = new Map<string, number>()
  if (!existsSync(car) || tipsets.length === 0) return qualities
  const wanted = new Map(
    tipsets.flatMap(({ key, applied }) => key.slice(0, 1).map((cid) => [textOf(cid), applied] as const)),
  )
  const bytes = gunzipSync(readFileSync(car))
  for await (const { cid, bytes: block } of await CarBlockIterator.fromBytes(bytes)) {
    const applied = wanted.get(cid.toString())
    if (applied === undefined) continue
    const [proof] = (decode(block) as readonly (readonly Uint8Array[])[])[TICKET]!
    const digest = blake2b(proof!, { dkLen: 32 })
    const first = new DataView(digest.buffer, digest.byteOffset).getBigUint64(0) >> 12n
    const quality = 1 - Number(first) / HALF_PRECISION
    for (const { message } of applied) qualities.set(`${message.From} ${message.Nonce}`, quality)
  }
  return qualities
}

const textOf = (cid: unknown): string => (typeof cid === "string" ? cid : String((cid as { "/": unknown })["/"]))
