/**
 * Every syscall of the FVM, as the kernel links it: module and name, then the arguments in their order.
 *
 * A syscall answers an error number (0 is success, see error-number.ts). One that returns a value takes, as its first
 * argument, the address where the kernel writes it; nothing is written unless the answer is 0. Structures are packed and
 * little-endian; their layouts stand beside the functions that fill them. Amounts are 128 bits, low half first.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys, shared/src/sys.
 */

// ipld

/** `ret`: IpldOpen {codec u64 @0, id u32 @8, size u32 @12}, 16 bytes. The links of the block become reachable. */
@external("ipld", "block_open")
export declare function ipld_block_open(ret: usize, cid: usize): u32
/** `ret`: block handle u32. */
@external("ipld", "block_create")
export declare function ipld_block_create(ret: usize, codec: u64, data: usize, length: u32): u32
/** `ret`: i32, what is left of the block after `offset + max_length` (negative: that much less was read). */
@external("ipld", "block_read")
export declare function ipld_block_read(ret: usize, id: u32, offset: u32, into: usize, max_length: u32): u32
/** `ret`: IpldStat {codec u64 @0, size u32 @8}, 12 bytes. */
@external("ipld", "block_stat")
export declare function ipld_block_stat(ret: usize, id: u32): u32
/** `ret`: length of the CID, u32. The CID becomes reachable. */
@external("ipld", "block_link")
export declare function ipld_block_link(ret: usize, id: u32, hash: u64, hash_length: u32, cid: usize, cid_max: u32): u32

// self

/** `ret`: length of the CID, u32. */
@external("self", "root")
export declare function self_root(ret: usize, cid: usize, cid_max: u32): u32
@external("self", "set_root")
export declare function self_set_root(cid: usize): u32
/** `ret`: amount, 16 bytes. */
@external("self", "current_balance")
export declare function self_current_balance(ret: usize): u32
@external("self", "self_destruct")
export declare function self_self_destruct(burn_funds: u32): u32

// vm

/** Does not return. */
@external("vm", "exit")
export declare function vm_exit(code: u32, block: u32, message: usize, message_length: u32): u32
/**
 * `ret`: MessageContext {origin u64 @0, nonce u64 @8, caller u64 @16, receiver u64 @24, method u64 @32, value 16 @40,
 * premium 16 @56, flags u64 @72}, 80 bytes. Flag 1: read-only.
 */
@external("vm", "message_context")
export declare function vm_message_context(ret: usize): u32

// send

/**
 * `ret`: Send {exit code u32 @0, return handle u32 @4, return codec u64 @8, return size u32 @16}, 20 bytes.
 * `gas_limit` of u64.MAX_VALUE: all that is left. Flag 1: read-only.
 */
@external("send", "send")
export declare function send_send(
  ret: usize,
  to: usize,
  to_length: u32,
  method: u64,
  params: u32,
  value_high: u64,
  value_low: u64,
  gas_limit: u64,
  flags: u64,
): u32

// actor

/** `ret`: actor ID, u64. */
@external("actor", "resolve_address")
export declare function actor_resolve_address(ret: usize, address: usize, length: u32): u32
/** `ret`: length of the address u32; 0 if the actor has none. */
@external("actor", "lookup_delegated_address")
export declare function actor_lookup_delegated_address(ret: usize, id: u64, into: usize, max: u32): u32
/** `ret`: length of the CID, u32. */
@external("actor", "get_actor_code_cid")
export declare function actor_get_actor_code_cid(ret: usize, id: u64, cid: usize, cid_max: u32): u32
/** `ret`: actor type i32, its place in the manifest counted from 1; 0 if the code is no built-in actor's. */
@external("actor", "get_builtin_actor_type")
export declare function actor_get_builtin_actor_type(ret: usize, cid: usize): u32
/** `ret`: length of the CID, u32. */
@external("actor", "get_code_cid_for_type")
export declare function actor_get_code_cid_for_type(ret: usize, type: i32, cid: usize, cid_max: u32): u32
/** `ret`: length of the address, u32. Init actor only. */
@external("actor", "next_actor_address")
export declare function actor_next_actor_address(ret: usize, into: usize, max: u32): u32
/** Init actor only. `delegated_length` 0: no delegated address. */
@external("actor", "create_actor")
export declare function actor_create_actor(id: u64, code: usize, delegated: usize, delegated_length: u32): u32
/** `ret`: amount, 16 bytes. */
@external("actor", "balance_of")
export declare function actor_balance_of(ret: usize, id: u64): u32

// crypto

/** `ret`: i32, 0 if valid, -1 if not. `type` 1: secp256k1, 2: BLS. */
@external("crypto", "verify_signature")
export declare function crypto_verify_signature(
  ret: usize,
  type: u32,
  signature: usize,
  signature_length: u32,
  address: usize,
  address_length: u32,
  text: usize,
  text_length: u32,
): u32
/** `ret`: i32, 0 if valid, -1 if not. Keys of 48 bytes, texts end to end, their lengths as u32. */
@external("crypto", "verify_bls_aggregate")
export declare function crypto_verify_bls_aggregate(
  ret: usize,
  signers: u32,
  signature: usize,
  keys: usize,
  texts: usize,
  text_lengths: usize,
): u32
/** `ret`: uncompressed key, 65 bytes. `hash` 32 bytes, `signature` 65 bytes (r, s, recovery 0 or 1). */
@external("crypto", "recover_secp_public_key")
export declare function crypto_recover_secp_public_key(ret: usize, hash: usize, signature: usize): u32
/** `ret`: length of the digest, u32. Input and digest may overlap. */
@external("crypto", "hash")
export declare function crypto_hash(
  ret: usize,
  code: u64,
  data: usize,
  length: u32,
  digest: usize,
  digest_length: u32,
): u32
/** `ret`: length of the CID, u32. */
@external("crypto", "compute_unsealed_sector_cid")
export declare function crypto_compute_unsealed_sector_cid(
  ret: usize,
  proof_type: i64,
  pieces: usize,
  pieces_length: u32,
  cid: usize,
  cid_max: u32,
): u32
/** `ret`: i32, 0 if valid, -1 if not. */
@external("crypto", "verify_post")
export declare function crypto_verify_post(ret: usize, info: usize, length: u32): u32
/** `ret`: {epoch i64 @0, target u64 @8, fault u32 @16}, 20 bytes. */
@external("crypto", "verify_consensus_fault")
export declare function crypto_verify_consensus_fault(
  ret: usize,
  h1: usize,
  h1_length: u32,
  h2: usize,
  h2_length: u32,
  extra: usize,
  extra_length: u32,
): u32
/** `ret`: i32, 0 if valid, -1 if not. */
@external("crypto", "verify_aggregate_seals")
export declare function crypto_verify_aggregate_seals(ret: usize, aggregate: usize, length: u32): u32
/** `ret`: i32, 0 if valid, -1 if not. */
@external("crypto", "verify_replica_update")
export declare function crypto_verify_replica_update(ret: usize, info: usize, length: u32): u32
/** Writes one byte per proof at `results`: 1 valid, 0 not. */
@external("crypto", "batch_verify_seals")
export declare function crypto_batch_verify_seals(batch: usize, length: u32, results: usize): u32

// event

/** `entries`: {flags u64, codec u64, key length u32, value length u32} each, 24 bytes; keys and values end to end. */
@external("event", "emit_event")
export declare function event_emit_event(
  entries: usize,
  entries_length: u32,
  keys: usize,
  keys_length: u32,
  values: usize,
  values_length: u32,
): u32

// gas

@external("gas", "charge")
export declare function gas_charge(name: usize, name_length: u32, amount: u64): u32
/** `ret`: gas left, u64. */
@external("gas", "available")
export declare function gas_available(ret: usize): u32

// network

/** `ret`: amount, 16 bytes. */
@external("network", "total_fil_circ_supply")
export declare function network_total_fil_circ_supply(ret: usize): u32
/** `ret`: length of the CID, u32. */
@external("network", "tipset_cid")
export declare function network_tipset_cid(ret: usize, epoch: i64, cid: usize, cid_max: u32): u32
/** `ret`: {epoch i64 @0, timestamp u64 @8, base fee 16 @16, chain id u64 @32, network version u32 @40}, 44 bytes. */
@external("network", "context")
export declare function network_context(ret: usize): u32

// rand

/** `ret`: 32 bytes. */
@external("rand", "get_chain_randomness")
export declare function rand_get_chain_randomness(ret: usize, epoch: i64): u32
/** `ret`: 32 bytes. */
@external("rand", "get_beacon_randomness")
export declare function rand_get_beacon_randomness(ret: usize, epoch: i64): u32

// debug

/** `ret`: i32, zero or more if debugging is on. */
@external("debug", "enabled")
export declare function debug_enabled(ret: usize): u32
@external("debug", "log")
export declare function debug_log(message: usize, length: u32): u32
@external("debug", "store_artifact")
export declare function debug_store_artifact(name: usize, name_length: u32, data: usize, data_length: u32): u32
