import type { Blockstore } from "../../ipld/blockstore.ts"
import type { CID } from "../../ipld/cid.ts"
import { ChainError } from "../errors.ts"
import { decodeHeader } from "../header-codec.ts"
import { TipsetKey } from "../tipset-key.ts"
import type { BlockHeader } from "../types.ts"

/** A tipset as its headers tell it. */
export interface HeaderTipset {
  readonly epoch: bigint
  readonly key: TipsetKey
  /** In the order of the key. */
  readonly headers: readonly BlockHeader[]
  /** The header with the least ticket: the first. */
  readonly first: BlockHeader
}

/** Tipsets from a head back to the oldest header that a store has, by epoch. */
export class HeaderChain {
  readonly #tipsets: readonly HeaderTipset[]

  /** @param head - CIDs of the newest tipset's headers. */
  constructor(store: Pick<Blockstore, "get">, head: readonly CID[]) {
    const tipsets: HeaderTipset[] = []
    for (let key = head; key.length > 0; ) {
      const tipset = readTipset(store, key)
      if (tipset === undefined) break
      tipsets.push(tipset)
      key = tipset.first.parents
    }
    this.#tipsets = tipsets.reverse()
  }

  get head(): HeaderTipset | undefined {
    return this.#tipsets.at(-1)
  }

  /**
   * The tipset at an epoch.
   *
   * @param nullRound - For an epoch without tipset: the one before it, or the one after it.
   * @throws ChainError - `missing-block`: the epoch is outside of the headers at hand.
   */
  at(epoch: bigint, nullRound: "previous" | "next"): HeaderTipset {
    const tipsets = this.#tipsets
    // The first tipset that is not before the epoch.
    let low = 0
    let high = tipsets.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (tipsets[middle]!.epoch < epoch) low = middle + 1
      else high = middle
    }
    const found = tipsets[low]?.epoch === epoch || nullRound === "next" ? tipsets[low] : tipsets[low - 1]
    if (found === undefined) throw new ChainError("missing-block", `there is no header for epoch ${epoch}`)
    return found
  }

  /** The tipset before another one. @throws ChainError - `missing-block` */
  parentOf(tipset: HeaderTipset): HeaderTipset {
    const parent = this.at(tipset.epoch - 1n, "previous")
    if (!new TipsetKey(tipset.first.parents).equals(parent.key))
      throw new ChainError("missing-block", `the parents of the tipset at epoch ${tipset.epoch} are missing`)
    return parent
  }
}

function readTipset(store: Pick<Blockstore, "get">, key: readonly CID[]): HeaderTipset | undefined {
  const headers: BlockHeader[] = []
  for (const cid of key) {
    const bytes = store.get(cid)
    if (bytes === undefined) return undefined
    headers.push(decodeHeader(bytes))
  }
  const first = headers[0]
  return first === undefined ? undefined : { epoch: BigInt(first.epoch), key: new TipsetKey(key), headers, first }
}
