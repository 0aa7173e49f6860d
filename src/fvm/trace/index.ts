import type { CID } from "multiformats/cid"
import type { Address } from "../../address/address.ts"
import type { SyscallError } from "../errors.ts"
import type { Charge } from "../gas/charge.ts"
import type { ActorState } from "../state-tree/actor-state.ts"

/** Data with its codec: parameters and return data in a trace. */
export interface TracedBlock {
  /** IPLD codec: 0x51 (CBOR), 0x55 (raw), 0x71 (DAG-CBOR). */
  readonly codec: number
  readonly data: Uint8Array
}

/**
 * One event of an execution trace, in order of occurrence.
 *
 * A `call` is closed by the `return` or `error` that belongs to it; between them, `invoke` says that the callee was found (or
 * created). The constructor that runs when a send creates an account leaves neither `call` nor `invoke`.
 *
 * @see ref-fvm fvm/src/trace/mod.rs
 */
export type ExecutionEvent =
  | { readonly kind: "gas"; readonly charge: Charge }
  | {
      readonly kind: "call"
      readonly from: bigint
      readonly to: Address
      readonly method: bigint
      readonly params: TracedBlock | undefined
      readonly value: bigint
      /** Whole units: the least of what the caller asked for and what was left. */
      readonly gasLimit: bigint
      readonly readOnly: boolean
    }
  | { readonly kind: "return"; readonly exitCode: number; readonly data: TracedBlock | undefined }
  | { readonly kind: "error"; readonly error: Pick<SyscallError, "errorNumber" | "code" | "message"> }
  /** The callee as it was before value was transferred to it. */
  | { readonly kind: "invoke"; readonly id: bigint; readonly state: ActorState }
  | { readonly kind: "log"; readonly message: string }
  /** `get`: block_open; `put`: block_link. */
  | { readonly kind: "ipld"; readonly operation: "get" | "put"; readonly cid: CID; readonly size: number }

/** Everything that happened while a message ran; empty when tracing is off. */
export type ExecutionTrace = readonly ExecutionEvent[]
