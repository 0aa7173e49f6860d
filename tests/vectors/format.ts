/** The vector format `fvm-oracle/1`, field by field in `../shared/oracle/README.md`. */

/** A JSON integer up to 2^53 - 1, a decimal string beyond. */
export type Integer = number | string

export interface VectorNetwork {
  readonly version: number
  readonly chain_id: Integer
  readonly epoch: Integer
  readonly timestamp: Integer
  readonly base_fee: string
  readonly circ_supply: string
  readonly tracing: boolean
  readonly actor_debugging: boolean
  readonly price_list: string
  readonly max_call_depth: number
  readonly max_wasm_stack: number
  readonly max_inst_memory_bytes: number
  readonly max_memory_bytes: number
  readonly max_block_size: number
}

export interface VectorMessage {
  readonly version: Integer
  readonly from: string
  readonly to: string
  readonly sequence: Integer
  readonly value: string
  readonly method: Integer
  readonly params: string
  readonly gas_limit: Integer
  readonly gas_fee_cap: string
  readonly gas_premium: string
  readonly implicit: boolean
  readonly chain_length: number
  readonly cid: string
  readonly cbor: string
}

export interface VectorActor {
  readonly code: string
  readonly head: string
  readonly sequence: Integer
  readonly balance: string
  readonly delegated?: string
}

/** Trace entries are arrays; their first item names the kind. */
export type VectorTraceEntry = readonly [kind: string, ...rest: unknown[]]

export interface VectorRefusal {
  readonly refused: string
  readonly root: string | null
}

export interface VectorReceipt {
  readonly exit_code: number
  readonly return: string
  readonly return_codec: number | null
  readonly gas_used: Integer
  readonly events_root: string | null
  readonly events: readonly {
    readonly emitter: Integer
    readonly entries: readonly (readonly [flags: Integer, key: string, codec: Integer, value: string])[]
  }[]
  readonly penalty: string
  readonly miner_tip: string
  readonly base_fee_burn: string
  readonly over_estimation_burn: string
  readonly refund: string
  readonly gas_refund: Integer
  readonly gas_burned: Integer
  readonly failure:
    | null
    | { readonly prevalidation: string }
    | {
        readonly frames: readonly {
          readonly source: Integer
          readonly method: Integer
          readonly code: number
          readonly message: string
        }[]
        readonly cause: null | { readonly syscall: string; readonly errno: number } | { readonly fatal: string }
      }
  readonly root: string
  readonly trace?: readonly VectorTraceEntry[]
}

export interface VectorCase {
  readonly name: string
  readonly network?: VectorNetwork
  readonly messages: readonly VectorMessage[]
  readonly results: readonly (VectorReceipt | VectorRefusal)[]
  readonly post: {
    readonly root: string
    readonly new_blocks: number
    readonly actors: { readonly [id: string]: VectorActor | null }
  } | null
}

export interface Vector {
  readonly format: "fvm-oracle/1"
  readonly name: string
  readonly description: string
  readonly network: VectorNetwork
  readonly pre: {
    readonly root: string
    readonly car: string
    readonly needs_bundle: string | null
    readonly manifest: readonly (readonly [name: string, code: string])[]
    readonly manifest_data: string
  }
  readonly cases: readonly VectorCase[]
}

/** Whether parsed JSON says that it is a vector. */
export function isVector(value: unknown): value is Vector {
  return typeof value === "object" && value !== null && "format" in value && value.format === "fvm-oracle/1"
}
