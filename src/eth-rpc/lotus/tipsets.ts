import type { Chain } from "../../chain/chain.ts"
import { ChainError } from "../../chain/errors.ts"
import type { Tipset } from "../../chain/types.ts"
import { cidOfDigest, DAG_CBOR } from "../../ipld/cid.ts"
import { GoDecodeError } from "../../json-rpc/go/values.ts"
import { lotusError, nullRound } from "./errors.ts"
import { BLOCK_TAGS, type LotusBlockRef, parseEthUint64 } from "./eth-types.ts"

/** Epochs that `safe` lies behind the head. @see lotus chain/types/ethtypes (SafeEpochDelay) */
export const SAFE_DELAY = 30
const FINALITY = 900

/** Number 9223372036854775808 and up are negative epochs in Go. */
const toEpoch = (number: bigint): bigint => BigInt.asIntN(64, number)

/**
 * Lotus' ways of naming a tipset.
 *
 * @see lotus node/impl/eth/tipsetresolver.go
 */
export class TipsetResolver {
  readonly #chain: Chain

  constructor(chain: Chain) {
    this.#chain = chain
  }

  async #byTag(tag: string): Promise<Tipset> {
    const { head } = this.#chain
    const behind = (epochs: number): Promise<Tipset> =>
      this.#chain.resolve({ epoch: Math.max(0, head.epoch - epochs) }, "previous")
    switch (tag) {
      case "pending":
        return head
      case "latest":
        return (await this.#chain.parentOf(head)) ?? head
      case "safe":
        return behind(SAFE_DELAY)
      case "finalized":
        return behind(FINALITY)
      default:
        throw lotusError(`block param "${tag}" is not supported`)
    }
  }

  /** @param shown - How the number is printed if there cannot be such a tipset. */
  async #byEpoch(epoch: bigint, shown: bigint, strict: boolean): Promise<Tipset> {
    if (epoch > BigInt(this.#chain.head.epoch - 1)) throw lotusError("requested a future epoch (beyond 'latest')")
    if (epoch < 0n) throw lotusError(`failed to get tipset at height: ${shown}`)
    const tipset = await this.#chain.resolve({ epoch: Number(epoch) }, "previous")
    if (strict && tipset.epoch !== Number(epoch)) throw nullRound(Number(epoch))
    return tipset
  }

  /** By a tag or a number, where a method takes a mere text. @param strict - Refuse null rounds; else take the one before. */
  async byNumber(text: string, strict: boolean): Promise<Tipset> {
    if (BLOCK_TAGS.includes(text)) return this.#byTag(text)
    let number: bigint
    try {
      number = parseEthUint64(text)
    } catch (error) {
      if (error instanceof GoDecodeError) throw lotusError(`failed to parse block number: ${error.message}`)
      throw error
    }
    return this.#byEpoch(toEpoch(number), number, strict)
  }

  async byNumberOrHash({ tag, number, hash }: LotusBlockRef, strict: boolean): Promise<Tipset> {
    if (tag !== undefined) return this.#byTag(tag)
    if (number !== undefined) return this.#byEpoch(toEpoch(number), toEpoch(number), strict)
    if (hash !== undefined) return this.byHash(hash)
    throw lotusError("invalid block param")
  }

  async byHash(hash: Uint8Array): Promise<Tipset> {
    return this.byCid(hash, "failed to get tipset by hash")
  }

  /** @param doing - What goes before the error. */
  async byCid(hash: Uint8Array, doing: string): Promise<Tipset> {
    try {
      return await this.#chain.resolve({ hash })
    } catch (error) {
      if (!(error instanceof ChainError && error.code === "unknown-tipset")) throw error
      const cid = cidOfDigest(DAG_CBOR, hash).toString()
      throw lotusError(`${doing}: cannot find tipset with cid ${cid}: ipld: could not find ${cid}`)
    }
  }
}
