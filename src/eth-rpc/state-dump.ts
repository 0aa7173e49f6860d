import { gunzipSync, gzipSync } from "node:zlib"
import { Address } from "../address/address.ts"
import type { StateOverlay } from "../chain/types.ts"
import type { Block } from "../ipld/blockstore.ts"
import { type Car, decodeCar, encodeCar } from "../ipld/car.ts"
import { cidKey, DAG_CBOR, FIL_COMMITMENT_SEALED, FIL_COMMITMENT_UNSEALED, IDENTITY } from "../ipld/cid.ts"
import { linksOf } from "../ipld/links.ts"
import type { EthNode } from "./context.ts"
import { ethError } from "./errors.ts"
import { requireUnlocked } from "./signing.ts"

const GZIP_MAGIC: readonly number[] = [0x1f, 0x8b]
/** Bytes of a dump, unpacked: what keeps a small request from filling the memory. */
const MAX_DUMP = 1 << 30

/** The whole state after the head as a compressed CAR file: its root is the state root. The actors' Wasm is not in it. */
export async function dumpState(node: EthNode): Promise<Uint8Array> {
  requireUnlocked(node, "anvil_dumpState")
  const { chain } = node
  const blocks: Block[] = []
  for await (const block of chain.stateBlocks({ tag: "head" }, false)) blocks.push(block)
  return gzipSync(encodeCar([chain.head.stateRoot], blocks))
}

/**
 * Replaces the state after the head by one of {@link dumpState}; blocks, receipts and logs of the other chain do not come along.
 *
 * @throws RpcError - It is no such file, lacks blocks, or is of a node with other actors.
 */
export async function loadState(node: EthNode, dump: Uint8Array): Promise<void> {
  requireUnlocked(node, "anvil_loadState")
  const { chain } = node
  const { roots, blocks } = readDump(dump)
  const [root] = roots
  if (!root || roots.length !== 1) throw wrong(`a file with one root, the state root; this one has ${roots.length}`)
  const state: StateOverlay = { root, blocks: await closure(node, { roots, blocks }) }
  const system = Address.id(0n)
  const theirs = await (await chain.stateOf(state)).actor(system)
  const ours = await (await chain.stateAt({ tag: "head" })).actor(system)
  if (!theirs || !ours || !theirs.head.equals(ours.head))
    throw wrong(
      `a state with the actors of this node (bundle ${chain.bundle.manifest}): start it with the same --bundle`,
    )
  await chain.setState(state)
}

function readDump(dump: Uint8Array): Car {
  try {
    return decodeCar(GZIP_MAGIC.every((byte, i) => dump[i] === byte) ? unzip(dump) : dump)
  } catch (cause) {
    throw wrong(`a CAR file as anvil_dumpState gives it (${(cause as Error).message})`)
  }
}

function unzip(bytes: Uint8Array): Uint8Array {
  return gunzipSync(bytes, { maxOutputLength: MAX_DUMP })
}

/** The blocks below the root that are in the file. @throws RpcError - One is neither there nor here. */
async function closure({ chain }: EthNode, { roots, blocks }: Car): Promise<Block[]> {
  const given = new Map(blocks.map((block) => [cidKey(block.cid), block]))
  const found = new Map<string, Block>()
  const stack = [...roots]
  for (let cid = stack.pop(); cid !== undefined; cid = stack.pop()) {
    const { code, multihash } = cid
    if (code === FIL_COMMITMENT_SEALED || code === FIL_COMMITMENT_UNSEALED) continue
    if (multihash.code === IDENTITY) {
      if (code === DAG_CBOR) stack.push(...linksOf(multihash.digest))
      continue
    }
    const key = cidKey(cid)
    if (found.has(key)) continue
    const block = given.get(key)
    if (!block) {
      // What this node has in its store already, it has with all below it.
      if ((await chain.block(cid)) === undefined) throw wrong(`a whole state; block ${cid} is missing`)
      continue
    }
    found.set(key, block)
    if (code === DAG_CBOR) stack.push(...linksOf(block.bytes))
  }
  return [...found.values()]
}

function wrong(expected: string): Error {
  return ethError("invalidInput", { message: `invalid argument 0 (state): expected ${expected}` })
}
