import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
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
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"))

/** Reads a folder of goldens. */
export function readGoldens(folder: string): Goldens {
  const files = new Map<string, readonly GoldenCase[]>()
  for (const name of readdirSync(folder).toSorted()) {
    if (!name.endsWith(".json")) continue
    const content = read(join(folder, name)) as Partial<GoldenFile>
    if (Array.isArray(content.cases)) files.set(name.slice(0, -".json".length), content.cases)
  }
  const optional = <T>(name: string, otherwise: T): T =>
    existsSync(join(folder, name)) ? (read(join(folder, name)) as T) : otherwise
  const recording = optional<{ tipsets?: readonly { applied: readonly { message: LotusMessage }[] }[] }>(
    "chain/replay.json",
    {},
  )
  return {
    files,
    scenario: optional<Goldens["scenario"]>("scenario.json", []),
    nativeMessages: optional<Goldens["nativeMessages"]>("native-messages.json", []),
    recorded: (recording.tipsets ?? []).flatMap(({ applied }) => applied.map(({ message }) => message)),
    symbols: optional<Goldens["symbols"]>("symbols.json", {}),
  }
}
