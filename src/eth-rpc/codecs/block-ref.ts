import { z } from "zod"
import type { TipsetRef } from "../../chain/types.ts"
import type { Codec } from "../../json-rpc/method.ts"
import { createCodec, parseData, parseQuantity, toHex, toQuantity } from "./hex.ts"

/** A block as a client names it: a tag, an epoch, or a hash. */
export type BlockRef =
  | { readonly tag: "latest" | "pending" | "safe" | "finalized" | "earliest" }
  | { readonly epoch: number }
  | { readonly hash: Uint8Array }

const TAGS = ["latest", "pending", "safe", "finalized", "earliest"] as const

function parseEpoch(value: unknown): BlockRef | undefined {
  const parsed = parseQuantity(value)
  return parsed === undefined || parsed > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : { epoch: Number(parsed) }
}

function parseHash(value: unknown): BlockRef | undefined {
  const hash = parseData(value)
  return hash?.length === 32 ? { hash } : undefined
}

function parseBlockRef(value: unknown): BlockRef | undefined {
  if (typeof value === "object" && value !== null) {
    // EIP-1898; requireCanonical needs no look: only the chain that leads to the head is known.
    const { blockNumber, blockHash } = value as { blockNumber?: unknown; blockHash?: unknown }
    if (blockHash !== undefined && blockHash !== null) return parseHash(blockHash)
    return blockNumber === undefined ? undefined : parseBlockRef(blockNumber)
  }
  if (value === "") return { tag: "latest" }
  const tag = TAGS.find((name) => name === value)
  if (tag) return { tag }
  return typeof value === "string" && value.length === 66 ? parseHash(value) : parseEpoch(value)
}

function encodeBlockRef(ref: BlockRef): string {
  if ("tag" in ref) return ref.tag
  return "hash" in ref ? toHex(ref.hash) : toQuantity(ref.epoch)
}

/** A block number, tag or hash, or an EIP-1898 object of one of them. */
export const blockRef: Codec<BlockRef> = createCodec(
  `a block: a number, ${TAGS.join(", ")}, a block hash, or {"blockHash"} or {"blockNumber"}`,
  z.union([z.string(), z.number(), z.looseObject({})]).meta({ title: "block" }),
  parseBlockRef,
  encodeBlockRef,
)

/** Whether the mempool counts too. */
export function isPending(ref: BlockRef): boolean {
  return "tag" in ref && ref.tag === "pending"
}

/** The reference as the chain takes it. */
export function toTipsetRef(ref: BlockRef): TipsetRef {
  return ref
}
