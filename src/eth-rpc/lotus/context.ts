import type { Json } from "../../json-rpc/json.ts"
import type { EthContext } from "../context.ts"
import type { LotusFilters } from "./filters.ts"
import type { TipsetResolver } from "./tipsets.ts"

/** What the methods of the strict dialect work with, beside what all have. */
export interface LotusContext extends EthContext {
  readonly tipsets: TipsetResolver
  readonly lotusFilters: LotusFilters
  /** Blocks as they were given once, by hash and form. */
  readonly encodedBlocks: Map<string, Json>
  /** Answer of `web3_clientVersion`. */
  readonly version: string
}
