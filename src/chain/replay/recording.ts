import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { type Block, MemoryBlockstore } from "../../ipld/blockstore.ts"
import { decodeCar } from "../../ipld/car.ts"
import { ChainError } from "../errors.ts"

/** An integer as a recording writes it: a JSON number, a decimal string, or `#int:N`. */
export type RecordedInteger = number | string

/** A message that was applied, with its receipt. Bytes are base64. */
export interface AppliedMessage {
  readonly cid: string
  readonly message: {
    readonly From: string
    readonly To: string
    readonly Nonce: RecordedInteger
    readonly Value: string
    readonly Method: RecordedInteger
    readonly Params: string | null
    readonly GasLimit: RecordedInteger
    readonly GasFeeCap: string
    readonly GasPremium: string
  }
  readonly receipt: {
    readonly ExitCode: number
    readonly Return: string | null
    readonly GasUsed: RecordedInteger
    readonly EventsRoot: string | { readonly "/": string } | null
  }
  /** Amounts in attoFIL; all zero for an implicit message. */
  readonly gas: {
    readonly GasUsed: string
    readonly BaseFeeBurn: string
    readonly OverEstimationBurn: string
    readonly MinerPenalty: string
    readonly MinerTip: string
    readonly Refund: string
  }
}

/** A tipset of a recording. */
export interface RecordedTipset {
  readonly height: number
  readonly key: readonly string[]
  readonly parents: readonly string[]
  /** Unix seconds. */
  readonly timestamp: number
  readonly baseFee: string
  readonly stateBefore: string
  readonly stateAfter: string
  /** Not known of the last tipset: the next one's header says it. */
  readonly receiptsRoot?: string
  readonly circulatingSupply: { readonly FilCirculating: string }
  /** Explicit messages, then reward and cron; cron of null rounds may come first, with its own epoch as nonce. */
  readonly applied: readonly AppliedMessage[]
  /** Cron of the null rounds before this tipset, one gas figure a round from epoch `from` on. */
  readonly nullRoundCrons?: {
    readonly from: number
    readonly gasLimit: RecordedInteger
    readonly gasUsed: readonly RecordedInteger[]
  }
}

/** A recorded stretch of chain, as `replay.json` has it. */
export interface Recording {
  /** Of the Lotus that recorded it; `+2k` at its end names a build for test networks. */
  readonly version: string
  readonly networkVersion: number
  readonly chainId: number
  /** Code CIDs of the actors by name: what the bundles must have. */
  readonly codes?: { readonly [name: string]: { readonly "/": string } }
  /** Unix seconds. */
  readonly genesisTimestamp: number
  readonly tipsets: readonly RecordedTipset[]
}

/** A recording with its blocks. */
export interface LoadedRecording {
  readonly recording: Recording
  readonly store: MemoryBlockstore
}

/** Reads an integer. @throws ChainError - `invalid-encoding` */
export function toBigInt(value: RecordedInteger): bigint {
  const text = String(value).replace(/^#int:/, "")
  if (!/^-?[0-9]+$/.test(text)) throw new ChainError("invalid-encoding", `"${text}" is no integer`)
  return BigInt(text)
}

/**
 * Reads a folder with `replay.json` and `chain.car.gz` (or `chain.car`).
 *
 * @throws ChainError - `invalid-encoding`: a file is missing or is not what it should be.
 */
export function loadRecording(folder: string): LoadedRecording {
  let recording: Recording
  let blocks: readonly Block[]
  try {
    recording = JSON.parse(readFileSync(join(folder, "replay.json"), "utf8")) as Recording
    const zipped = join(folder, "chain.car.gz")
    const car = existsSync(zipped) ? gunzipSync(readFileSync(zipped)) : readFileSync(join(folder, "chain.car"))
    blocks = decodeCar(new Uint8Array(car.buffer, car.byteOffset, car.length)).blocks
  } catch (cause) {
    throw new ChainError("invalid-encoding", `${folder} holds no recorded chain: ${(cause as Error).message}`, {
      cause,
    })
  }
  if (!Array.isArray(recording.tipsets))
    throw new ChainError("invalid-encoding", `${join(folder, "replay.json")} lists no tipsets`)
  const store = new MemoryBlockstore()
  store.putMany(blocks)
  return { recording, store }
}
