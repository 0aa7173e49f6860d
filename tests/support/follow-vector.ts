/**
 * Runs a vector of the official actors with others whose gas is another, so that what gas alone decides is told from what is done otherwise.
 *
 * Gas shows in two ways, and for each there is a rule that a run can check:
 *
 * 1. GAS answers something else. A word of a return, an event's entry or an actor's head that changes when every answer of GAS is one less
 *    shows gas; it is taken as the official one. Everything else in the same message is compared.
 * 2. A limit is too low here and not there, or the other way round. A message that ends otherwise is applied again to the same state, with Wasm
 *    instructions that cost another share of their price, the same everywhere: 50 to 800 percent. The price of an instruction can change
 *    nothing but when gas runs out and what GAS answers. If with one of the prices the message does what the official actors did, it counts
 *    as the same, and the next message starts from what it left.
 */

import { DefaultKernel } from "../../src/fvm/kernel/default-kernel.ts"
import type { Bundle } from "../../src/fvm/machine/bundle.ts"
import type { CID } from "../../src/ipld/cid.ts"
import type { Vector as RecordedVector, VectorMessage, VectorNetwork } from "../vectors/format.ts"
import { compareResults, type Result } from "./compare-results.ts"
import { changes, type RunCase, type RunResult, type RunVector, VectorRun } from "./run-vector.ts"

/** Prices that are tried, in percent, the usual one first. */
const PERCENTS = [100, 125, 150, 175, 200, 225, 250, 275, 300, 350, 400, 500, 600, 800, 90, 80, 65, 50]
const WORD = 32
const MILLIGAS = 1000n

/** A vector as it ran, and what was taken for gas. */
export interface Followed {
  readonly ran: RunVector
  /** One line for each message that a rule was needed for. */
  readonly notes: readonly string[]
}

/** Runs something while GAS answers one less than it would. */
function withLessGas<T>(run: () => T): T {
  const { gasAvailable } = DefaultKernel.prototype
  DefaultKernel.prototype.gasAvailable = function (this: DefaultKernel): bigint {
    return gasAvailable.call(this) - MILLIGAS
  }
  try {
    return run()
  } finally {
    DefaultKernel.prototype.gasAvailable = gasAvailable
  }
}

/** `ours` with the words of `official` where `ours` and `probed` are not the same; undefined if lengths differ. */
function withoutGas(ours: Uint8Array, probed: Uint8Array, official: Uint8Array): Uint8Array | undefined {
  if (ours.length !== probed.length || ours.length !== official.length) return undefined
  const merged = ours.slice()
  // Words of the ABI end where the bytes end; what stands before is the head of CBOR.
  for (let end = ours.length; end > 0; end -= WORD) {
    const start = Math.max(0, end - WORD)
    const differs = ours.subarray(start, end).some((byte, i) => byte !== probed[start + i])
    if (differs) merged.set(official.subarray(start, end), start)
  }
  return merged
}

const bytes = (base64: string | null): Uint8Array => new Uint8Array(Buffer.from(base64 ?? "", "base64"))
const merge = (ours: string | null, probed: string | null, official: string | null): string | null => {
  if (ours === null || probed === null || official === null) return ours
  const merged = withoutGas(bytes(ours), bytes(probed), bytes(official))
  return merged === undefined ? ours : Buffer.from(merged).toString("base64")
}

type Events = ReadonlyArray<{
  readonly emitter: number
  readonly entries: ReadonlyArray<readonly [number, string, number, string]>
}>

/** A result whose words that show gas are the official ones. */
function takeGas(ours: RunResult, probed: RunResult, official: Result): RunResult {
  const [own, other, there] = [ours.events, probed.events, official.events ?? []] as [Events, Events, Events]
  const events = own.map(({ emitter, entries }, e) => ({
    emitter,
    entries: entries.map(([flags, key, codec, value], i) => {
      const [a, b] = [other[e]?.entries[i]?.[3], there[e]?.entries[i]?.[3]]
      return [flags, key, codec, a === undefined || b === undefined ? value : merge(value, a, b)]
    }),
  }))
  return { ...ours, return: merge(ours.return, probed.return, official.return), events }
}

interface Applied {
  readonly result: RunResult
  readonly root: CID
  readonly note: string | undefined
}

/** Runs a vector message by message, each by the rules above. */
export function followVector(vector: RecordedVector, bundle: Bundle): Followed {
  const run = new VectorRun(vector, bundle)
  const notes: string[] = []

  const once = (network: VectorNetwork, root: CID, message: VectorMessage, percent: number): Omit<Applied, "note"> => {
    const executor = run.executor(network, root, { instructionPercent: percent })
    const result = run.apply(executor, message)
    return { result, root: executor.flush() }
  }

  /** Whether an actor's head shows gas, by ID. */
  const showing = new Set<string>()
  const follow = (network: VectorNetwork, root: CID, message: VectorMessage, official: Result): Applied => {
    let plain: Omit<Applied, "note"> | undefined
    for (const percent of PERCENTS) {
      const applied = once(network, root, message, percent)
      plain ??= applied
      const share = percent === 100 ? "" : `with instructions at ${percent} percent`
      if (compareResults(official, applied.result) === undefined && percent !== 100) return { ...applied, note: share }
      const probed = withLessGas(() => once(network, root, message, percent))
      const [own, other] = [changes(run.store, root, applied.root), changes(run.store, root, probed.root)]
      const heads = Object.keys(own).filter((id) => own[id]?.head !== other[id]?.head)
      const result = takeGas(applied.result, probed.result, official)
      if (compareResults(official, result) !== undefined) continue
      for (const id of heads) showing.add(id)
      const shown =
        JSON.stringify(result) === JSON.stringify(applied.result) && heads.length === 0 ? "" : "it shows gas"
      const note = [shown, share].filter((text) => text !== "").join(", ")
      return { ...applied, result, note: note === "" ? undefined : note }
    }
    return { ...(plain as Omit<Applied, "note">), note: undefined }
  }

  const cases = vector.cases.map((one): RunCase => {
    const network = one.network ?? vector.network
    let root = run.root
    const results = one.messages.map((message, i): RunResult => {
      const applied = follow(network, root, message, one.results[i] as unknown as Result)
      root = applied.root
      if (applied.note !== undefined) notes.push(`message ${i}: ${applied.note}`)
      return applied.result
    })
    const actors = changes(run.store, run.root, root)
    const recorded = one.post?.actors ?? {}
    for (const id of showing) {
      const [own, official] = [actors[id], recorded[id]]
      if (own && official) actors[id] = { ...own, head: official.head }
    }
    return { name: one.name, messages: one.messages, results, post: { actors } }
  })
  const { names } = vector.pre as unknown as RunVector["pre"]
  return { ran: { name: vector.name, pre: { names }, cases }, notes }
}
