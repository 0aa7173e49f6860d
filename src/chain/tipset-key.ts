import { CID } from "multiformats/cid"
import { cidOfBlock, DAG_CBOR } from "../ipld/cid.ts"
import { ChainError } from "./errors.ts"

/**
 * The CIDs of a tipset's block headers in canonical order: an immutable value.
 *
 * Its own CID is that of the CBOR byte string of the CIDs' bytes, one after the other.
 *
 * @see lotus chain/types/tipset_key.go
 */
export class TipsetKey {
  readonly cids: readonly CID[]
  #cid: CID | undefined

  constructor(cids: readonly CID[]) {
    this.cids = cids
  }

  /**
   * Reads the CIDs from their bytes, one after the other.
   *
   * @throws ChainError - `invalid-encoding`
   */
  static fromBytes(bytes: Uint8Array): TipsetKey {
    const cids: CID[] = []
    let rest = bytes
    while (rest.length > 0) {
      try {
        const [cid, remainder] = CID.decodeFirst(rest)
        cids.push(cid)
        rest = remainder
      } catch (cause) {
        throw new ChainError("invalid-encoding", "a tipset key is a sequence of CIDs", { cause })
      }
    }
    return new TipsetKey(cids)
  }

  /** The CIDs' bytes, one after the other. */
  get bytes(): Uint8Array {
    const length = this.cids.reduce((sum, cid) => sum + cid.bytes.length, 0)
    const bytes = new Uint8Array(length)
    let at = 0
    for (const cid of this.cids) {
      bytes.set(cid.bytes, at)
      at += cid.bytes.length
    }
    return bytes
  }

  /** The block that this key's CID names: the CBOR byte string of {@link bytes}. */
  get block(): Uint8Array {
    const { bytes } = this
    const head =
      bytes.length < 24
        ? [0x40 | bytes.length]
        : bytes.length < 256
          ? [0x58, bytes.length]
          : [0x59, bytes.length >> 8, bytes.length & 0xff]
    const block = new Uint8Array(head.length + bytes.length)
    block.set(head)
    block.set(bytes, head.length)
    return block
  }

  /** CID of the key itself: what BLOCKHASH and Ethereum's block hash are the digest of. */
  get cid(): CID {
    this.#cid ??= cidOfBlock(DAG_CBOR, this.block)
    return this.#cid
  }

  /** Digest of {@link cid}: 32 bytes. */
  get hash(): Uint8Array {
    return this.cid.multihash.digest
  }

  equals(other: TipsetKey): boolean {
    return this.cids.length === other.cids.length && this.cids.every((cid, i) => cid.equals(other.cids[i]!))
  }

  toString(): string {
    return `{${this.cids.join(",")}}`
  }
}
