// Generated from src/fvm/syscalls by scripts/gen-syscalls.ts. Do not edit: change the table and run `npm run gen`.
/**
 * Every syscall of the FVM, as the kernel links it: module and name, then the arguments in their order.
 *
 * A syscall answers an error number (0 is success, see error-number.ts). One that returns a value takes, as its first
 * argument, the address where the kernel writes it; nothing is written there unless the answer is 0. Structures are packed and
 * little-endian; their offsets stand in a namespace before the function that fills them. Amounts are 128 bits, low half first.
 */

// vm

/**
 * Ends the actor with an exit code, return data, and a message for backtraces. Does not return.
 *
 * Source: FIP-0030; ref-fvm fvm/src/syscalls/vm.rs.
 */
@external("vm", "exit")
export declare function vm_exit(code: u32, blk_id: u32, message_off: usize, message_len: u32): u32

/** Offsets in what `vm_message_context` writes. */
export namespace VmMessageContextResult {
  export const ORIGIN: usize = 0
  export const NONCE: usize = 8
  export const CALLER: usize = 16
  export const RECEIVER: usize = 24
  export const METHOD_NUMBER: usize = 32
  export const VALUE_RECEIVED: usize = 40
  export const GAS_PREMIUM: usize = 56
  export const FLAGS: usize = 72
  /** Bytes in all. */
  export const BYTES: usize = 80
}
/**
 * Tells who calls whom, with which value, and whether anything may be changed (flags, bit 0: no).
 *
 * `ret`: {origin u64 @0, nonce u64 @8, caller u64 @16, receiver u64 @24, method_number u64 @32, value_received u128
 * @40, gas_premium u128 @56, flags u64 @72}, 80 bytes.
 *
 * Source: FIP-0030; ref-fvm shared/src/sys/out.rs (vm::MessageContext).
 */
@external("vm", "message_context")
export declare function vm_message_context(ret: usize): u32

// network

/** Offsets in what `network_context` writes. */
export namespace NetworkContextResult {
  export const EPOCH: usize = 0
  export const TIMESTAMP: usize = 8
  export const BASE_FEE: usize = 16
  export const CHAIN_ID: usize = 32
  export const NETWORK_VERSION: usize = 40
  /** Bytes in all. */
  export const BYTES: usize = 44
}
/**
 * Tells epoch, time (Unix seconds), base fee (attoFIL), chain ID and network version.
 *
 * `ret`: {epoch i64 @0, timestamp u64 @8, base_fee u128 @16, chain_id u64 @32, network_version u32 @40}, 44 bytes.
 *
 * Source: FIP-0054; ref-fvm shared/src/sys/out.rs (network::NetworkContext).
 */
@external("network", "context")
export declare function network_context(ret: usize): u32

/**
 * Writes the CID of a past tipset and returns its length.
 *
 * `ret`: u32.
 *
 * - IllegalArgument (1): the epoch is negative, the current one, or in the future; the buffer leaves memory.
 * - BufferTooSmall (12): the CID does not fit; it is charged all the same.
 *
 * Source: FIP-0054; ref-fvm fvm/src/syscalls/network.rs.
 */
@external("network", "tipset_cid")
export declare function network_tipset_cid(ret: usize, epoch: i64, obuf_off: usize, obuf_len: u32): u32

/**
 * Tells how much attoFIL circulates, as of the beginning of the epoch.
 *
 * `ret`: amount, 16 bytes.
 *
 * Source: FIP-0030; ref-fvm fvm/src/syscalls/filecoin.rs.
 */
@external("network", "total_fil_circ_supply")
export declare function network_total_fil_circ_supply(ret: usize): u32

// ipld

/** Offsets in what `ipld_block_open` writes. */
export namespace IpldBlockOpenResult {
  export const CODEC: usize = 0
  export const ID: usize = 8
  export const SIZE: usize = 12
  /** Bytes in all. */
  export const BYTES: usize = 16
}
/**
 * Opens a block of the reachable set; its links become reachable.
 *
 * `ret`: {codec u64 @0, id u32 @8, size u32 @12}, 16 bytes.
 *
 * - NotFound (6): not in the reachable set, or the block links to a CID that no block can have.
 * - Serialization (10): the block is not DAG-CBOR though its codec says so.
 * - IllegalArgument (1): no valid CID at that address.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/ipld.rs.
 */
@external("ipld", "block_open")
export declare function ipld_block_open(ret: usize, cid: usize): u32

/**
 * Makes a block from bytes and returns its handle. Its links must be reachable.
 *
 * `ret`: u32.
 *
 * - LimitExceeded (3): larger than 1 MiB.
 * - IllegalCodec (9): not raw (0x55), cbor (0x51) or dag-cbor (0x71).
 * - Serialization (10): codec dag-cbor, but not one item of DAG-CBOR.
 * - NotFound (6): a link is not reachable, or no block can have its codec or hash.
 * - IllegalArgument (1): the data leaves memory.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/ipld.rs.
 */
@external("ipld", "block_create")
export declare function ipld_block_create(ret: usize, codec: u64, data_off: usize, data_len: u32): u32

/**
 * Copies from an offset of a block into a buffer. Returns block length - (offset + buffer length): what remains, or
 * what was too much.
 *
 * `ret`: i32.
 *
 * - InvalidHandle (7): no such block.
 * - IllegalArgument (1): offset + length is 2^31 or more; the buffer leaves memory.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/ipld.rs.
 */
@external("ipld", "block_read")
export declare function ipld_block_read(ret: usize, id: u32, offset: u32, obuf_off: usize, obuf_len: u32): u32

/** Offsets in what `ipld_block_stat` writes. */
export namespace IpldBlockStatResult {
  export const CODEC: usize = 0
  export const SIZE: usize = 8
  /** Bytes in all. */
  export const BYTES: usize = 12
}
/**
 * Tells codec and size of a block.
 *
 * `ret`: {codec u64 @0, size u32 @8}, 12 bytes.
 *
 * - InvalidHandle (7): no such block.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/ipld.rs.
 */
@external("ipld", "block_stat")
export declare function ipld_block_stat(ret: usize, id: u32): u32

/**
 * Stores a block, makes its CID reachable, writes the CID and returns its length.
 *
 * `ret`: u32.
 *
 * - IllegalCid (8): anything but hash function 0xb220 with 32 bytes.
 * - InvalidHandle (7): no such block.
 * - BufferTooSmall (12): the CID does not fit; the block is linked and charged all the same.
 * - IllegalArgument (1): the buffer leaves memory.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/ipld.rs.
 */
@external("ipld", "block_link")
export declare function ipld_block_link(
  ret: usize,
  id: u32,
  hash_fun: u64,
  hash_len: u32,
  cid_off: usize,
  cid_len: u32,
): u32

// self

/**
 * Writes the state root, reachable from now on, and returns its length.
 *
 * `ret`: u32.
 *
 * - IllegalOperation (2): the actor was deleted.
 * - BufferTooSmall (12): the CID does not fit; it is charged and reachable all the same.
 * - IllegalArgument (1): the buffer leaves memory.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/sself.rs.
 */
@external("self", "root")
export declare function self_root(ret: usize, cid_off: usize, cid_len: u32): u32

/**
 * Replaces the state root by a reachable CID.
 *
 * - ReadOnly (13): the call is read-only.
 * - NotFound (6): the CID is not reachable.
 * - IllegalOperation (2): the actor was deleted.
 * - IllegalArgument (1): no valid CID at that address.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/sself.rs.
 */
@external("self", "set_root")
export declare function self_set_root(cid: usize): u32

/**
 * Tells the actor's balance in attoFIL, what it just received included.
 *
 * `ret`: amount, 16 bytes.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/sself.rs.
 */
@external("self", "current_balance")
export declare function self_current_balance(ret: usize): u32

/**
 * Deletes the actor; a balance that is left is burnt if `burn_unspent` is not 0.
 *
 * - ReadOnly (13): the call is read-only.
 * - IllegalOperation (2): there is a balance and no leave to burn it.
 *
 * Source: FIP-0030; ref-fvm fvm/src/syscalls/sself.rs.
 */
@external("self", "self_destruct")
export declare function self_self_destruct(burn_unspent: u32): u32

// actor

/**
 * Tells the actor ID behind an address; that of an ID address without looking whether it exists.
 *
 * `ret`: u64.
 *
 * - NotFound (6): no actor has this address.
 * - IllegalArgument (1): no valid address in the buffer.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/actor.rs.
 */
@external("actor", "resolve_address")
export declare function actor_resolve_address(ret: usize, addr_off: usize, addr_len: u32): u32

/**
 * Writes the f4 address of an actor and returns its length; 0 if it has none.
 *
 * `ret`: u32.
 *
 * - NotFound (6): no such actor.
 * - BufferTooSmall (12): the address does not fit.
 * - IllegalArgument (1): the buffer leaves memory.
 *
 * Source: FIP-0048; ref-fvm sdk/src/sys/actor.rs.
 */
@external("actor", "lookup_delegated_address")
export declare function actor_lookup_delegated_address(ret: usize, actor_id: u64, obuf_off: usize, obuf_len: u32): u32

/**
 * Writes the code CID of an actor and returns its length.
 *
 * `ret`: u32.
 *
 * - NotFound (6): no such actor.
 * - BufferTooSmall (12): the CID does not fit.
 * - IllegalArgument (1): the buffer leaves memory.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/actor.rs.
 */
@external("actor", "get_actor_code_cid")
export declare function actor_get_actor_code_cid(ret: usize, actor_id: u64, obuf_off: usize, obuf_len: u32): u32

/**
 * Writes the f2 address of the next actor that this message creates and returns its length.
 *
 * `ret`: u32.
 *
 * - BufferTooSmall (12): less than 21 bytes.
 * - IllegalArgument (1): the buffer leaves memory.
 *
 * Source: FIP-0048; ref-fvm sdk/src/sys/actor.rs.
 */
@external("actor", "next_actor_address")
export declare function actor_next_actor_address(ret: usize, obuf_off: usize, obuf_len: u32): u32

/**
 * Creates an actor under an ID, or gives a placeholder its code. For the init actor alone.
 *
 * - Forbidden (11): another caller, an ID that is taken, placeholder code, or a placeholder's other delegated address.
 * - ReadOnly (13): the call is read-only.
 * - IllegalArgument (1): no valid CID or address.
 *
 * Source: FIP-0030, FIP-0048; ref-fvm sdk/src/sys/actor.rs.
 */
@external("actor", "create_actor")
export declare function actor_create_actor(
  actor_id: u64,
  typ: usize,
  delegated_addr_off: usize,
  delegated_addr_len: u32,
): u32

/**
 * Tells which built-in actor a code CID is, counted from 1; 0 if none.
 *
 * `ret`: i32.
 *
 * - IllegalArgument (1): no valid CID at that address.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/actor.rs.
 */
@external("actor", "get_builtin_actor_type")
export declare function actor_get_builtin_actor_type(ret: usize, code_cid: usize): u32

/**
 * Writes the code CID of a built-in actor and returns its length.
 *
 * `ret`: u32.
 *
 * - IllegalArgument (1): no such type; the buffer leaves memory.
 * - BufferTooSmall (12): the CID does not fit.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/actor.rs.
 */
@external("actor", "get_code_cid_for_type")
export declare function actor_get_code_cid_for_type(ret: usize, typ: i32, obuf_off: usize, obuf_len: u32): u32

/**
 * Tells the balance of an actor in attoFIL.
 *
 * `ret`: amount, 16 bytes.
 *
 * - NotFound (6): no such actor.
 *
 * Source: FIP-0048; ref-fvm sdk/src/sys/actor.rs.
 */
@external("actor", "balance_of")
export declare function actor_balance_of(ret: usize, actor_id: u64): u32

// crypto

/**
 * Tells whether a key address (f1, f3) has signed a text: 0 yes, -1 no.
 *
 * `ret`: i32.
 *
 * - IllegalArgument (1): unknown signature type, no key address, or out of memory.
 *
 * Source: FIP-0030; ref-fvm fvm/src/syscalls/crypto.rs.
 */
@external("crypto", "verify_signature")
export declare function crypto_verify_signature(
  ret: usize,
  sig_type: u32,
  sig_off: usize,
  sig_len: u32,
  addr_off: usize,
  addr_len: u32,
  plaintext_off: usize,
  plaintext_len: u32,
): u32

/**
 * Tells whether one BLS signature is that of each key over its text: 0 yes, -1 no.
 *
 * `ret`: i32.
 *
 * - IllegalArgument (1): too many signers, lengths that do not add up, or out of memory.
 *
 * Source: FIP-0079; ref-fvm sdk/src/sys/crypto.rs.
 */
@external("crypto", "verify_bls_aggregate")
export declare function crypto_verify_bls_aggregate(
  ret: usize,
  num_signers: u32,
  sig_off: usize,
  pub_keys_off: usize,
  plaintexts_off: usize,
  plaintext_lens_off: usize,
): u32

/**
 * Writes the uncompressed secp256k1 public key (65 bytes) that signed a hash.
 *
 * `ret`: 65 bytes.
 *
 * - IllegalArgument (1): no key has made this signature, or out of memory.
 *
 * Source: FIP-0054; ref-fvm sdk/src/sys/crypto.rs.
 */
@external("crypto", "recover_secp_public_key")
export declare function crypto_recover_secp_public_key(ret: usize, hash: usize, sig: usize): u32

/**
 * Writes the digest of data, as much of it as the buffer takes, and returns how much that is.
 *
 * `ret`: u32.
 *
 * - IllegalArgument (1): unknown multihash code, or out of memory.
 *
 * Source: FIP-0054; ref-fvm sdk/src/sys/crypto.rs.
 */
@external("crypto", "hash")
export declare function crypto_hash(
  ret: usize,
  hash_code: u64,
  data_off: usize,
  data_len: u32,
  digest_off: usize,
  digest_len: u32,
): u32

/**
 * Writes the CID of a sector's data (CommD), computed from its pieces, and returns its length.
 *
 * `ret`: u32.
 *
 * - IllegalArgument (1): unknown proof type, malformed pieces, pieces that do not fit, or out of memory.
 * - BufferTooSmall (12): the CID does not fit; it is charged all the same.
 *
 * Source: ref-fvm fvm/src/syscalls/filecoin.rs.
 */
@external("crypto", "compute_unsealed_sector_cid")
export declare function crypto_compute_unsealed_sector_cid(
  ret: usize,
  proof_type: i64,
  pieces_off: usize,
  pieces_len: u32,
  cid_off: usize,
  cid_len: u32,
): u32

/**
 * Tells whether a window proof of spacetime holds: 0 yes, -1 no.
 *
 * `ret`: i32.
 *
 * - IllegalArgument (1): malformed, impossible to judge, or out of memory.
 *
 * Source: ref-fvm fvm/src/syscalls/filecoin.rs.
 */
@external("crypto", "verify_post")
export declare function crypto_verify_post(ret: usize, info_off: usize, info_len: u32): u32

/** Offsets in what `crypto_verify_consensus_fault` writes. */
export namespace CryptoVerifyConsensusFaultResult {
  export const EPOCH: usize = 0
  export const TARGET: usize = 8
  export const FAULT: usize = 16
  /** Bytes in all. */
  export const BYTES: usize = 20
}
/**
 * Tells which consensus fault two block headers prove, who did it and when; fault 0 for none.
 *
 * `ret`: {epoch i64 @0, target u64 @8, fault u32 @16}, 20 bytes.
 *
 * - IllegalArgument (1): the node cannot judge these headers, or out of memory.
 *
 * Source: ref-fvm shared/src/sys/out.rs (crypto::VerifyConsensusFault).
 */
@external("crypto", "verify_consensus_fault")
export declare function crypto_verify_consensus_fault(
  ret: usize,
  h1_off: usize,
  h1_len: u32,
  h2_off: usize,
  h2_len: u32,
  extra_off: usize,
  extra_len: u32,
): u32

/**
 * Tells whether an aggregate of seal proofs holds: 0 yes, -1 no.
 *
 * `ret`: i32.
 *
 * - IllegalArgument (1): malformed, impossible to judge, or out of memory.
 *
 * Source: FIP-0013; ref-fvm fvm/src/syscalls/filecoin.rs.
 */
@external("crypto", "verify_aggregate_seals")
export declare function crypto_verify_aggregate_seals(ret: usize, agg_off: usize, agg_len: u32): u32

/**
 * Tells whether an empty sector was filled as a proof says: 0 yes, -1 no.
 *
 * `ret`: i32.
 *
 * - IllegalArgument (1): malformed, impossible to judge, or out of memory.
 *
 * Source: FIP-0019; ref-fvm fvm/src/syscalls/filecoin.rs.
 */
@external("crypto", "verify_replica_update")
export declare function crypto_verify_replica_update(ret: usize, rep_off: usize, rep_len: u32): u32

/**
 * Writes one byte for each seal of a batch: 1 if its proof holds, else 0.
 *
 * - IllegalArgument (1): malformed, or out of memory.
 *
 * Source: FIP-0030; ref-fvm fvm/src/syscalls/filecoin.rs.
 */
@external("crypto", "batch_verify_seals")
export declare function crypto_batch_verify_seals(batch_off: usize, batch_len: u32, result_off: usize): u32

// event

/**
 * Emits an event. Headers of 24 bytes (flags u64, codec u64, key length u32, value length u32) cut keys and values into
 * entries.
 *
 * - ReadOnly (13): the call is read-only.
 * - LimitExceeded (3): more than 255 entries, a key of more than 31 bytes, more than 8,192 bytes of values.
 * - IllegalArgument (1): unknown flags, keys that are not UTF-8, lengths that do not add up, out of memory.
 * - IllegalCodec (9): a value that is neither raw (0x55) nor cbor (0x51).
 *
 * Source: FIP-0049, FIP-0072, FIP-0083; ref-fvm sdk/src/sys/event.rs.
 */
@external("event", "emit_event")
export declare function event_emit_event(
  event_off: usize,
  event_len: u32,
  key_off: usize,
  key_len: u32,
  val_off: usize,
  val_len: u32,
): u32

// rand

/**
 * Writes the randomness of the ticket chain at an epoch.
 *
 * `ret`: 32 bytes.
 *
 * - IllegalArgument (1): the node has none for that epoch.
 *
 * Source: FIP-0030; ref-fvm fvm/src/syscalls/rand.rs.
 */
@external("rand", "get_chain_randomness")
export declare function rand_get_chain_randomness(ret: usize, round: i64): u32

/**
 * Writes the randomness of the beacon (drand) at an epoch.
 *
 * `ret`: 32 bytes.
 *
 * - IllegalArgument (1): the node has none for that epoch.
 *
 * Source: FIP-0030; ref-fvm fvm/src/syscalls/rand.rs.
 */
@external("rand", "get_beacon_randomness")
export declare function rand_get_beacon_randomness(ret: usize, round: i64): u32

// gas

/**
 * Charges whole gas under a name, for work that the price list does not see.
 *
 * - IllegalArgument (1): the name leaves memory or is not UTF-8.
 *
 * Source: FIP-0032; ref-fvm sdk/src/sys/gas.rs.
 */
@external("gas", "charge")
export declare function gas_charge(name_off: usize, name_len: u32, amount: u64): u32

/**
 * Tells how much whole gas is left.
 *
 * `ret`: u64.
 *
 * Source: FIP-0032; ref-fvm sdk/src/sys/gas.rs.
 */
@external("gas", "available")
export declare function gas_available(ret: usize): u32

// send

/** Offsets in what `send_send` writes. */
export namespace SendSendResult {
  export const EXIT_CODE: usize = 0
  export const RETURN_ID: usize = 4
  export const RETURN_CODEC: usize = 8
  export const RETURN_SIZE: usize = 16
  /** Bytes in all. */
  export const BYTES: usize = 20
}
/**
 * Calls an actor. That it ended with an exit code is a result; the error numbers say that it was not called.
 *
 * `ret`: {exit_code u32 @0, return_id u32 @4, return_codec u64 @8, return_size u32 @16}, 20 bytes.
 *
 * - NotFound (6): no such actor, and none is made for such an address.
 * - InsufficientFunds (5): the balance does not cover the value.
 * - LimitExceeded (3): 1,024 calls deep.
 * - InvalidHandle (7): no such parameter block.
 * - ReadOnly (13): a value, or a new actor, in a read-only call.
 * - IllegalArgument (1): no valid address, or unknown flags.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/send.rs.
 */
@external("send", "send")
export declare function send_send(
  ret: usize,
  recipient_off: usize,
  recipient_len: u32,
  method: u64,
  params: u32,
  value_hi: u64,
  value_lo: u64,
  gas_limit: u64,
  flags: u64,
): u32

// debug

/**
 * Writes a line into the execution trace.
 *
 * - IllegalArgument (1): the message leaves memory or is not UTF-8.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/debug.rs.
 */
@external("debug", "log")
export declare function debug_log(message_off: usize, message_len: u32): u32

/**
 * Tells whether debugging is on: 0 yes, -1 no.
 *
 * `ret`: i32.
 *
 * Source: FIP-0030; ref-fvm sdk/src/sys/debug.rs.
 */
@external("debug", "enabled")
export declare function debug_enabled(ret: usize): u32

/**
 * Hands a file to the developer.
 *
 * - IllegalArgument (1): a name that is no plain file name of 1 to 256 bytes; name or data leave memory.
 *
 * Source: ref-fvm sdk/src/sys/debug.rs.
 */
@external("debug", "store_artifact")
export declare function debug_store_artifact(name_off: usize, name_len: u32, data_off: usize, data_len: u32): u32
