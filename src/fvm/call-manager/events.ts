import { Amt } from "../../ipld/amt.ts"
import type { Block, Blockstore } from "../../ipld/blockstore.ts"
import { CborReader, CborWriter } from "../../ipld/cbor.ts"
import type { CID } from "../../ipld/cid.ts"
import type { Codec } from "../../ipld/codec.ts"
import { Fatal } from "../errors.ts"
import type { EventEntry, StampedEvent } from "../receipt.ts"

/** Bit width of the events AMT. */
export const EVENTS_AMT_BIT_WIDTH = 5

/**
 * Events as they stand in the events AMT: `[emitter, [[flags, key, codec, value], ...]]`.
 *
 * @see FIP-0049; ref-fvm shared/src/event/mod.rs
 */
export const eventCodec: Codec<StampedEvent> = {
  encode({ emitter, entries }) {
    writer.reset()
    writer.arrayHeader(2).integer(emitter).arrayHeader(entries.length)
    for (const { flags, key, codec, value } of entries)
      writer.arrayHeader(4).integer(flags).text(key).integer(codec).bytes(value)
    return writer.finish()
  },
  decode(item) {
    const reader = new CborReader(item)
    reader.tuple(2, "event")
    const emitter = reader.uint64("event.emitter")
    const count = reader.arrayHeader("event.entries")
    const entries: EventEntry[] = []
    for (let i = 0; i < count; i++) {
      reader.tuple(4, "event entry")
      entries.push({
        flags: reader.uint64("event entry.flags"),
        key: reader.text("event entry.key"),
        codec: reader.uint64("event entry.codec"),
        value: reader.bytesView("event entry.value"),
      })
    }
    reader.finish("event")
    return { emitter, entries }
  },
}

const writer = new CborWriter()

/** The AMT of a list of events. */
interface EventsAmt {
  readonly root: CID
  readonly blocks: readonly Block[]
}

/** What was made for the receipts is stored soon after, if the message goes on chain. */
const made = new WeakMap<readonly StampedEvent[], EventsAmt>()

function makeAmt(events: readonly StampedEvent[]): EventsAmt {
  const blocks: Block[] = []
  const collect: Blockstore = {
    get: () => undefined,
    has: () => false,
    put: (cid, bytes) => blocks.push({ cid, bytes }),
    putMany: (more) => blocks.push(...more),
  }
  const root = Amt.fromValues(collect, eventCodec, events, { bitWidth: EVENTS_AMT_BIT_WIDTH })
  return { root, blocks }
}

/**
 * Root of the AMT of a message's events; undefined without events. Nothing is stored: the node that wants the events keeps them itself.
 *
 * @param events - Not to be changed afterwards: {@link storeEvents} need not encode them again then.
 */
export function eventsRoot(events: readonly StampedEvent[]): CID | undefined {
  if (events.length === 0) return undefined
  const amt = makeAmt(events)
  made.set(events, amt)
  return amt.root
}

/** Writes the events AMT into a store and tells its root. */
export function storeEvents(store: Blockstore, events: readonly StampedEvent[]): CID {
  const amt = made.get(events) ?? makeAmt(events)
  store.putMany(amt.blocks)
  return amt.root
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
