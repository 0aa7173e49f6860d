import { hexToBytes } from "@noble/hashes/utils.js"
import { keccak256 } from "../address/keccak256.ts"
import type { Tipset } from "../chain/types.ts"
import { joinBlooms } from "./logs.ts"

/** Gas limit of one Filecoin block, in FVM units; a tipset may have it several times over. */
export const BLOCK_GAS_LIMIT = 10_000_000_000n

/** keccak-256 of the RLP of nothing: what Ethereum gives as the root of a trie without entries. */
export const EMPTY_TRIE_ROOT: Uint8Array = keccak256(Uint8Array.of(0x80))

/** keccak-256 of the RLP of an empty list: the hash of no uncles. */
export const EMPTY_UNCLES_HASH: Uint8Array = hexToBytes(
  "1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
)

/**
 * A tipset as Ethereum's tools see a block, without its transactions. Fields that Filecoin has nothing to put into are left to
 * the encoder: miner, mixHash, nonce, stateRoot, receiptsRoot and size are zero.
 */
export interface BlockView {
  /** Digest of the tipset key's CID. */
  readonly hash: Uint8Array
  readonly parentHash: Uint8Array
  /** The epoch; it jumps over null rounds. */
  readonly number: bigint
  /** Seconds since 1970. */
  readonly timestampSeconds: bigint
  /** attoFIL per unit of gas. */
  readonly baseFeePerGas: bigint
  readonly gasUsed: bigint
  /** 10^10 for each block of the tipset. */
  readonly gasLimit: bigint
  readonly logsBloom: Uint8Array
  /** {@link EMPTY_TRIE_ROOT} without messages, else zero: Filecoin has no such trie. */
  readonly transactionsRoot: Uint8Array
}

/**
 * Shows a tipset as a block.
 *
 * @param blooms - Those of the receipts of its messages.
 * @see lotus node/impl/eth/utils.go (newEthBlockFromFilecoinTipSet)
 */
export function viewBlock(tipset: Tipset, blooms: readonly Uint8Array[]): BlockView {
  return {
    hash: tipset.hash,
    parentHash: tipset.parentHash,
    number: BigInt(tipset.epoch),
    timestampSeconds: BigInt(tipset.timestamp),
    baseFeePerGas: tipset.baseFee,
    gasUsed: tipset.gasUsed,
    gasLimit: BLOCK_GAS_LIMIT * BigInt(Math.max(1, tipset.headers.length)),
    logsBloom: joinBlooms(blooms),
    transactionsRoot: tipset.messageCount === 0 ? EMPTY_TRIE_ROOT : new Uint8Array(32),
  }
}
