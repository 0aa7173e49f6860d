/**
 * Events: what an actor tells the world outside. An event is a list of entries, each a key, a value and what is indexed of them.
 *
 * Source: FIP-0049; ref-fvm shared/src/event.
 */
import { ErrorNumber } from "./error-number"
import { abort } from "./exit"
import { ExitCode } from "./exit-code"
import { alloc } from "./memory"
import { event_emit_event } from "./syscalls"

/** What of an entry clients may search for. */
export namespace EventFlags {
  export const INDEX_KEY: u64 = 1
  export const INDEX_VALUE: u64 = 2
  export const INDEX_ALL: u64 = 3
}

const ENTRY_SIZE: u32 = 24

/** Collects the entries of one event. Whoever makes it says how much room it needs: nothing is checked. */
@unmanaged
export class EventWriter {
  private entries: usize
  private count: u32
  private keys: usize
  private keysLength: u32
  private values: usize
  private valuesLength: u32

  /** Room for `entries` entries with `keyBytes` of keys and `valueBytes` of values in all. */
  static sized(entries: u32, keyBytes: u32, valueBytes: u32): EventWriter {
    const event = changetype<EventWriter>(alloc(offsetof<EventWriter>()))
    event.entries = alloc(entries * ENTRY_SIZE)
    event.count = 0
    event.keys = alloc(keyBytes)
    event.keysLength = 0
    event.values = alloc(valueBytes)
    event.valuesLength = 0
    return event
  }

  /** Adds an entry. @param key - ASCII, at most 31 bytes. @param codec - RAW or CBOR, see cid.ts. */
  add(key: string, flags: u64, codec: u64, value: usize, length: u32): void {
    const entry = this.entries + this.count++ * ENTRY_SIZE
    store<u64>(entry, flags)
    store<u64>(entry, codec, 8)
    store<u32>(entry, key.length, 16)
    store<u32>(entry, length, 20)
    for (let i = 0; i < key.length; i++) store<u8>(this.keys + this.keysLength++, key.charCodeAt(i))
    memory.copy(this.values + this.valuesLength, value, length)
    this.valuesLength += length
  }

  /** Emits the event. Exit 24 if the kernel refuses it. In a read-only call it is dropped. */
  emit(): void {
    const error = event_emit_event(
      this.entries, this.count, this.keys, this.keysLength, this.values, this.valuesLength,
    )
    if (error != ErrorNumber.OK && error != ErrorNumber.READ_ONLY) abort(ExitCode.USR_ASSERTION_FAILED, "failed to emit event")
  }
}
