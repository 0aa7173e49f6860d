import type { CID } from "multiformats/cid"
import { decodeCid } from "../../ipld/cid.ts"
import { CidSet } from "../../ipld/cid-set.ts"
import { SyscallError } from "../errors.ts"
import { LINK_LENGTH, type Links, NO_LINKS } from "./links.ts"

/** The handle that means "no data": nothing was passed or returned. */
export const NO_DATA_BLOCK_ID = 0

/** Most blocks that one invocation may hold open. */
const MAX_BLOCKS = 0x7fff_ffff

/**
 * An immutable IPLD block as actors pass it around: parameters, return data, opened and created blocks.
 *
 * Sharing one between invocations is sharing the bytes: nobody may write to `data`.
 */
export class Block {
  /** IPLD codec: 0x55 raw, 0x51 cbor, 0x71 dag-cbor. */
  readonly codec: number
  readonly data: Uint8Array
  /** Links whose targets become reachable with the block; only dag-cbor has any. */
  readonly found: Links

  constructor(codec: number, data: Uint8Array, found: Links = NO_LINKS) {
    this.codec = codec
    this.data = data
    this.found = found
  }

  get links(): readonly CID[] {
    const { starts, others } = this.found
    return [...starts.map((start) => decodeCid(this.data.slice(start, start + LINK_LENGTH))), ...others]
  }

  /** A block as it comes from the call manager, which searches none. */
  static from({ codec, data, links }: Pick<Block, "codec" | "data" | "links">): Block {
    return new Block(codec, data, links.length === 0 ? NO_LINKS : { ...NO_LINKS, others: links })
  }
}

/**
 * The blocks that one invocation has open, by handle from 1, and the CIDs that it may open.
 *
 * Handles are never reused and never cross into another invocation.
 *
 * @see FIP-0030; ref-fvm fvm/src/kernel/blocks.rs
 */
export class BlockRegistry {
  private readonly blocks: Block[] = []
  private readonly reachable = new CidSet()

  /**
   * Adds a block whose links become reachable: parameters, return data, a block read from the store.
   *
   * @returns Its handle.
   * @throws SyscallError LimitExceeded - 2^31-1 blocks are open.
   */
  putReachable(block: Block): number {
    this.refuseWhenFull()
    const { data, found } = block
    for (let i = 0; i < found.starts.length; i++) {
      const start = found.starts[i]!
      this.reachable.add(data, start, start + LINK_LENGTH)
    }
    for (const cid of found.others) this.reachable.add(cid.bytes)
    return this.blocks.push(block)
  }

  /**
   * Adds a block that the actor made up: its links must be reachable already.
   *
   * @returns Its handle.
   * @throws SyscallError LimitExceeded - 2^31-1 blocks are open. NotFound - It links to what the actor never reached.
   */
  putChecked(block: Block): number {
    this.refuseWhenFull()
    const { data, found } = block
    for (let i = 0; i < found.starts.length; i++) {
      const start = found.starts[i]!
      if (!this.reachable.has(data, start, start + LINK_LENGTH)) throw unreachable(block.links[i]!)
    }
    for (const cid of found.others) if (!this.reachable.has(cid.bytes)) throw unreachable(cid)
    return this.blocks.push(block)
  }

  /** Lets the actor open `cid` from now on. */
  markReachable(cid: CID): void {
    this.reachable.add(cid.bytes)
  }

  /**
   * Says whether the actor may open `cid`. An inline block (identity hash) is not reachable by itself: it could name
   * children that are not.
   */
  isReachable(cid: CID): boolean {
    return this.reachable.has(cid.bytes)
  }

  /**
   * The block behind a handle.
   *
   * @param id - An unsigned 32-bit handle; 0 is never one.
   * @throws SyscallError InvalidHandle - No such block.
   */
  get(id: number): Block {
    const block = this.blocks[id - 1]
    if (block === undefined) throw new SyscallError("InvalidHandle", `there is no block with the handle ${id}`)
    return block
  }

  /** The block behind a handle, or undefined; for the call manager, where a bad handle is not a syscall's error. */
  find(id: number): Block | undefined {
    return this.blocks[id - 1]
  }

  /** Says whether no further handle can be given. */
  get isFull(): boolean {
    return this.blocks.length === MAX_BLOCKS
  }

  private refuseWhenFull(): void {
    if (this.isFull) throw new SyscallError("LimitExceeded", `more than ${MAX_BLOCKS} blocks are open`)
  }
}

function unreachable(cid: CID): SyscallError {
  return new SyscallError("NotFound", `the new block links to ${cid}, which is not reachable`)
}
