import { randomBytes } from "@noble/hashes/utils.js"
import { Address } from "../address/address.ts"
import { maskedIdAddress, toEthAddress, toFilecoinAddress } from "../address/ethereum.ts"
import type { Chain } from "../chain/chain.ts"
import type { EditableState } from "../chain/state-view.ts"
import type { MineOptions, Tipset } from "../chain/types.ts"
import type { Json } from "../json-rpc/json.ts"
import { setBalance } from "./calls.ts"
import { toHex, toQuantity } from "./codecs/hex.ts"
import type { EthNode } from "./context.ts"
import { ethError } from "./errors.ts"
import { suggestTip } from "./fees.ts"
import { requireUnlocked } from "./signing.ts"

/** Remembers where the chain is. @returns The id to come back by. */
export function takeSnapshot(node: EthNode): Promise<number> {
  requireUnlocked(node, "evm_snapshot")
  return node.chain.snapshot()
}

/** @returns False if there is no such snapshot; that of the beginning is the node's own. */
export async function revertTo(node: EthNode, id: number): Promise<boolean> {
  requireUnlocked(node, "evm_revert")
  return id !== node.state.initialSnapshot && node.chain.revert(id)
}

/** Whether anything of a chain to fork is named. viem's `reset()` sends `{forking: {blockNumber: null}}`, which names nothing. */
function namesFork(forking: unknown): boolean {
  if (typeof forking !== "object" || forking === null) return forking !== undefined && forking !== null
  return Object.values(forking).some((value) => value !== undefined && value !== null)
}

/** Back to the first block; the node forgets whom it plays and what was set. */
export async function resetChain(node: EthNode, options: { readonly forking?: unknown } | undefined): Promise<void> {
  requireUnlocked(node, "hardhat_reset")
  if (namesFork(options?.forking))
    throw ethError("invalidInput", {
      message: "invalid argument 0 (options.forking): this node cannot fork another chain yet",
    })
  const { chain, state, keyring } = node
  await chain.revert(state.initialSnapshot)
  // A message that arrived while the snapshot was taken is part of it, and the beginning has none.
  chain.dropAll()
  state.initialSnapshot = await chain.snapshot()
  state.instanceId = randomBytes(32)
  state.minGasPrice = 0n
  state.blockGasLimit = undefined
  keyring.stopImpersonatingAll()
  await chain.setMining({ kind: "instant" })
}

/** Tipsets that are made when many are asked for; the epochs between the first and the rest stay without one. */
const MOST_TIPSETS = 1000
/** Epochs that can be asked for at once. */
const MOST_EPOCHS = 1_000_000

/**
 * Makes tipsets now. Of more than a thousand the first and the last ones are made, and the epochs between them are null rounds.
 *
 * @throws RpcError - More than a million.
 */
export async function mine(node: EthNode, options: MineOptions): Promise<readonly Tipset[]> {
  requireUnlocked(node, "evm_mine")
  const { chain } = node
  const { count = 1, intervalSeconds } = options
  if (count <= MOST_TIPSETS) return chain.mine(options)
  if (count > MOST_EPOCHS)
    throw ethError("invalidInput", { message: `${count} blocks at once, at most ${MOST_EPOCHS} can be asked for` })
  const first = await chain.mine({ ...options, count: 1 })
  const nullRounds = count - MOST_TIPSETS
  const timestampSeconds = intervalSeconds && chain.head.timestamp + intervalSeconds * (nullRounds + 1)
  const jump = await chain.mine({ nullRounds, ...(timestampSeconds && { timestampSeconds }) })
  const rest = await chain.mine({ ...(intervalSeconds && { intervalSeconds }), count: MOST_TIPSETS - 2 })
  return [...first, ...jump, ...rest]
}

/** How tipsets come about from now on; interval 0 ends interval mining. */
export async function setMiningMode(
  node: EthNode,
  mode: { readonly automine: boolean } | { readonly intervalSeconds: number },
): Promise<void> {
  requireUnlocked(node, "evm_setAutomine")
  const { chain } = node
  if ("automine" in mode) {
    if (mode.automine) await chain.setMining({ kind: "instant" })
    else if (chain.mining.kind === "instant") await chain.setMining({ kind: "manual" })
  } else if (mode.intervalSeconds > 0) await chain.setMining({ kind: "interval", seconds: mode.intervalSeconds })
  else if (chain.mining.kind === "interval") await chain.setMining({ kind: "manual" })
}

/** @returns The whole offset to the wall clock in seconds. */
export function increaseTime(node: EthNode, seconds: number): number {
  requireUnlocked(node, "evm_increaseTime")
  return node.chain.increaseTime(seconds)
}

/** From here on a time is in milliseconds: the year 5138 in seconds. */
const LEAST_MILLISECONDS = 100_000_000_000

/** @returns The offset to the wall clock in seconds. */
export function setTime(node: EthNode, time: number): number {
  requireUnlocked(node, "evm_setTime")
  return node.chain.setTime(time >= LEAST_MILLISECONDS ? Math.floor(time / 1000) : time)
}

/** Changes the state after the head. */
export async function editState(node: EthNode, method: string, edit: (state: EditableState) => void): Promise<void> {
  requireUnlocked(node, method)
  await node.chain.editState(edit)
}

/** Adds attoFIL. */
export function addBalance(state: EditableState, address: Uint8Array, amount: bigint): void {
  setBalance(state, address, (state.actor(toFilecoinAddress(address))?.balance ?? 0n) + amount)
}

/** The block producer by its Ethereum address, as a masked ID if it has none. */
export async function minerOf(chain: Chain): Promise<Uint8Array> {
  const { miner } = chain
  const actor = await (await chain.stateAt({ tag: "latest" })).actor(miner)
  return (actor?.delegatedAddress && toEthAddress(actor.delegatedAddress)) ?? maskedIdAddress(miner.actorId)
}

/** Makes the actor at an address the block producer; where there is none, a placeholder comes to be. */
export async function setMiner(node: EthNode, address: Uint8Array): Promise<void> {
  requireUnlocked(node, "hardhat_setCoinbase")
  const { chain } = node
  const receiver = toFilecoinAddress(address)
  const resolve = async (): Promise<bigint | undefined> =>
    (await chain.stateAt({ hash: chain.head.hash })).resolveId(receiver)
  let id = await resolve()
  if (id === undefined) {
    await chain.editState((state) => addBalance(state, address, 0n))
    id = await resolve()
  }
  if (id !== undefined) chain.setMiner(Address.id(id))
}

/** @see hardhat `hardhat_metadata`, anvil `anvil_metadata` */
export function metadata({ chain, state }: EthNode): Json {
  const { latest } = chain
  return {
    clientVersion: state.clientVersion,
    clientSemver: state.version,
    chainId: Number(chain.chainId),
    instanceId: toHex(state.instanceId),
    latestBlockNumber: latest.epoch,
    latestBlockHash: toHex(latest.hash),
    forkedNetwork: null,
    snapshots: {},
  }
}

/** @see foundry crates/evm/core/src/opts.rs (AnvilNodeInfoProbe) */
export async function nodeInfo({ chain, blocks, state }: EthNode): Promise<Json> {
  const { latest } = chain
  const baseFee = chain.nextBaseFee
  return {
    currentBlockNumber: toQuantity(latest.epoch),
    currentBlockTimestamp: latest.timestamp,
    currentBlockHash: toHex(latest.hash),
    hardFork: "cancun",
    transactionOrder: "fees",
    environment: {
      baseFee: toQuantity(baseFee),
      chainId: Number(chain.chainId),
      gasLimit: toQuantity(state.blockGasLimit ?? chain.blockGasLimit),
      gasPrice: toQuantity(baseFee + (await suggestTip(chain, blocks))),
    },
    forkConfig: { forkUrl: null, forkBlockNumber: null, forkRetryBackoff: null },
    network: null,
  }
}
