import { z } from "zod"
import type { Decoder } from "../../json-rpc/method.ts"
import { type BlockRef, blockRef } from "./block-ref.ts"
import { ethAddress, hash32 } from "./hex.ts"

/** Which logs are meant. */
export interface LogFilter {
  /** Undefined: with `blockHash` that block, else latest. */
  readonly fromBlock: BlockRef | undefined
  readonly toBlock: BlockRef | undefined
  readonly blockHash: Uint8Array | undefined
  /** Any of these; undefined for all. */
  readonly addresses: readonly Uint8Array[] | undefined
  /** By position: any of these; undefined for all, this topic missing included. */
  readonly topics: readonly (readonly Uint8Array[] | undefined)[]
}

/** More positions than an EVM log can have topics. */
const MAX_TOPICS = 4

const oneOrMore = z
  .union([ethAddress.schema, z.array(ethAddress.schema)], ethAddress.expected)
  .nullish()
  .transform((value) => {
    if (value === undefined || value === null) return undefined
    // As everywhere on Ethereum an empty list lets everything pass.
    if (Array.isArray(value)) return value.length === 0 ? undefined : value
    return [value]
  })

const topic = z
  .union([hash32.schema, z.array(hash32.schema.nullable())], "a topic: 32 bytes, null, or a list of alternatives")
  .nullish()
  .transform((value) => {
    if (value === undefined || value === null) return undefined
    const alternatives = Array.isArray(value) ? value : [value]
    // An empty list, or null among the alternatives, lets everything pass.
    return alternatives.length === 0 || alternatives.includes(null) ? undefined : (alternatives as Uint8Array[])
  })

const block = blockRef.schema.nullish().transform((value) => value ?? undefined)

/** The filter object of `eth_getLogs` and `eth_newFilter`. */
export const logFilter: Decoder<LogFilter> = {
  expected: "a log filter: fromBlock, toBlock, blockHash, address, topics",
  schema: z
    .looseObject({
      fromBlock: block,
      toBlock: block,
      blockHash: hash32.schema.nullish().transform((value) => value ?? undefined),
      address: oneOrMore,
      topics: z.array(topic).max(MAX_TOPICS, `at most ${MAX_TOPICS} topics`).nullish(),
    })
    .transform(({ fromBlock, toBlock, blockHash, address, topics }, context): LogFilter => {
      if (blockHash && (fromBlock || toBlock))
        context.issues.push({
          code: "custom",
          message: "either blockHash or fromBlock and toBlock, not both",
          input: { blockHash },
        })
      return { fromBlock, toBlock, blockHash, addresses: address, topics: topics ?? [] }
    }),
}
