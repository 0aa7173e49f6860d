import type { Address } from "../address/address.ts"

/**
 * A message as the FVM executes it: what a sender asks an actor to do.
 *
 * @see FIP-0031; ref-fvm shared/src/message.rs
 */
export interface Message {
  /** Always 0 on the wire. */
  readonly version: bigint
  /** Sender; an ID, key or delegated (f410) address. */
  readonly from: Address
  /** Receiver; a missing key or f410 address is created by the first value or call that reaches it. */
  readonly to: Address
  /** The sender's nonce. */
  readonly sequence: bigint
  /** attoFIL moved before the receiver runs. */
  readonly value: bigint
  /** Method number; 0 is a bare send that runs no code. */
  readonly method: bigint
  /** Raw parameter bytes, by convention CBOR (codec 0x51); empty means no parameter block. */
  readonly params: Uint8Array
  /** Whole units of gas. */
  readonly gasLimit: bigint
  /** attoFIL per unit of gas, base fee and premium together. */
  readonly gasFeeCap: bigint
  /** attoFIL per unit of gas for the block producer. */
  readonly gasPremium: bigint
}
