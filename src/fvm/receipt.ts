import type { CID } from "multiformats/cid"

/**
 * What a message leaves on chain.
 *
 * @see FIP-0049; ref-fvm shared/src/receipt.rs
 */
export interface Receipt {
  /** 0 is success; see the exit code table. */
  readonly exitCode: number
  /** Return data of the receiver; empty when it returned nothing. */
  readonly returnData: Uint8Array
  /** Whole units of gas, at most the gas limit. */
  readonly gasUsed: bigint
  /** Root of the AMT (bit width 5) of the message's events; undefined when it emitted none. */
  readonly eventsRoot: CID | undefined
}

/** One entry of an actor event. */
export interface EventEntry {
  /** Bit 0: index the key, bit 1: index the value. */
  readonly flags: bigint
  readonly key: string
  /** IPLD codec of the value; always 0x55 (raw) today. */
  readonly codec: bigint
  readonly value: Uint8Array
}

/** An event and the actor that emitted it. */
export interface StampedEvent {
  /** ID of the emitting actor. */
  readonly emitter: bigint
  readonly entries: readonly EventEntry[]
}
