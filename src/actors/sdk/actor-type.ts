/**
 * Types of built-in actors: the place of each in the bundle's manifest, counted from 1. 0 is everything else.
 *
 * Source: builtin-actors vm_api/src/builtin.rs.
 */
export namespace ActorType {
  export const NONE: i32 = 0
  export const SYSTEM: i32 = 1
  export const INIT: i32 = 2
  export const CRON: i32 = 3
  export const ACCOUNT: i32 = 4
  export const POWER: i32 = 5
  export const MINER: i32 = 6
  export const MARKET: i32 = 7
  export const PAYMENT_CHANNEL: i32 = 8
  export const MULTISIG: i32 = 9
  export const REWARD: i32 = 10
  export const VERIFIED_REGISTRY: i32 = 11
  export const DATACAP: i32 = 12
  export const PLACEHOLDER: i32 = 13
  export const EVM: i32 = 14
  export const EAM: i32 = 15
  export const ETHACCOUNT: i32 = 16
}

/** IDs of the actors that exist once. Source: builtin-actors runtime/src/builtin/singletons.rs. */
export namespace ActorId {
  export const SYSTEM: u64 = 0
  export const INIT: u64 = 1
  export const REWARD: u64 = 2
  export const CRON: u64 = 3
  export const POWER: u64 = 4
  export const MARKET: u64 = 5
  export const VERIFIED_REGISTRY: u64 = 6
  export const DATACAP: u64 = 7
  export const EAM: u64 = 10
  export const BURNT_FUNDS: u64 = 99
  /** The first ID that the init actor gives away. */
  export const FIRST_NON_SINGLETON: u64 = 100
}
