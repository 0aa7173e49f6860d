/**
 * Methods of the EVM actor.
 *
 * Source: builtin-actors actors/evm/src/lib.rs.
 */
export namespace EvmMethod {
  export const CONSTRUCTOR: u64 = 1
  export const RESURRECT: u64 = 2
  export const GET_BYTECODE: u64 = 3
  export const GET_BYTECODE_HASH: u64 = 4
  export const GET_STORAGE_AT: u64 = 5
  export const INVOKE_CONTRACT_DELEGATE: u64 = 6
  /** FRC-0042: "InvokeEVM". */
  export const INVOKE_CONTRACT: u64 = 3844450837
  /** Methods up to here are this actor's own; those above go to the contract's native handler. */
  export const LAST_RESERVED: u64 = 1023
}

/** Methods of the EAM that contracts call. */
export namespace EamMethod {
  export const CREATE: u64 = 2
  export const CREATE2: u64 = 3
}
