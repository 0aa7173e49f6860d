import { Amt } from "../../ipld/amt.ts"
import type { Blockstore } from "../../ipld/blockstore.ts"
import type { CID } from "../../ipld/cid.ts"
import { type Codec, cborCodec } from "../../ipld/codec.ts"
import { expectArray, expectBytes, expectList, expectText, expectTuple, expectUint64 } from "../../ipld/dag-cbor.ts"
import { Fatal } from "../errors.ts"
import type { EventEntry, StampedEvent } from "../receipt.ts"

/** Bit width of the events AMT. */
export const EVENTS_AMT_BIT_WIDTH = 5

/**
 * Events as they stand in the events AMT: `[emitter, [[flags, key, codec, value], ...]]`.
 *
 * @see FIP-0049; ref-fvm shared/src/event/mod.rs
 */
export const eventCodec: Codec<StampedEvent> = cborCodec<StampedEvent>(
  ({ emitter, entries }) => [emitter, entries.map(({ flags, key, codec, value }) => [flags, key, codec, value])],
  (value) => {
    const [emitter, entries] = expectTuple(value, 2, "event")
    return {
      emitter: expectUint64(emitter, "event.emitter"),
      entries: expectList(expectArray(entries, "event.entries"), "event.entries", readEntry),
    }
  },
)

function readEntry(value: unknown, path: string): EventEntry {
  const [flags, key, codec, data] = expectTuple(value, 4, path)
  return {
    flags: expectUint64(flags, `${path}.flags`),
    key: expectText(key, `${path}.key`),
    codec: expectUint64(codec, `${path}.codec`),
    value: expectBytes(data, `${path}.value`),
  }
}

/** The AMT is made for its root alone: the node that wants the events keeps them itself. */
const DISCARD: Blockstore = {
  get: () => undefined,
  has: () => false,
  put: () => undefined,
  putMany: () => undefined,
}

/** Root of the AMT of a message's events; undefined without events. */
export function eventsRoot(events: readonly StampedEvent[]): CID | undefined {
  return events.length === 0 ? undefined : storeEvents(DISCARD, events)
}

/** Writes the events AMT into a store and tells its root. */
export function storeEvents(store: Blockstore, events: Iterable<StampedEvent>): CID {
  return Amt.fromValues(store, eventCodec, events, { bitWidth: EVENTS_AMT_BIT_WIDTH })
}

/** Events in order of emission; those of a call that is taken back disappear with it. */
export class EventAccumulator {
  readonly #events: StampedEvent[] = []
  readonly #layers: number[] = []

  append(event: StampedEvent): void {
    this.#events.push(event)
  }

  beginTransaction(): void {
    this.#layers.push(this.#events.length)
  }

  endTransaction(revert: boolean): void {
    const length = this.#layers.pop()
    if (length === undefined) throw new Fatal("no event transaction to end")
    if (revert) this.#events.length = length
  }

  get events(): readonly StampedEvent[] {
    return this.#events
  }
}
