import { z } from "zod"
import type { MineOptions } from "../../chain/types.ts"
import type { Decoder } from "../../json-rpc/method.ts"
import { smallQuantity } from "./hex.ts"

/** Parameter of `evm_mine`: the time of the block, or an object of time and number of blocks. */
export const mineOptions: Decoder<MineOptions> = {
  expected: "a time in seconds since 1970, or {timestamp, blocks}",
  schema: z.union([
    smallQuantity.schema.transform((timestampSeconds): MineOptions => ({ timestampSeconds })),
    z.looseObject({ timestamp: smallQuantity.schema.nullish(), blocks: smallQuantity.schema.nullish() }).transform(
      ({ timestamp, blocks }): MineOptions => ({
        ...(typeof timestamp === "number" && { timestampSeconds: timestamp }),
        ...(typeof blocks === "number" && { count: blocks }),
      }),
    ),
  ]),
}

/** Below this a number means seconds, as Anvil has it; from here on milliseconds, as Hardhat has it. */
const LEAST_MILLISECONDS = 500

/** Parameter of `evm_setIntervalMining`; of Hardhat's `[from, to]` the middle. */
export const intervalMilliseconds: Decoder<number> = {
  expected: "an interval: milliseconds (500 and more), seconds (less), or [from, to] in milliseconds",
  schema: z.union([
    smallQuantity.schema.transform((value) => (value < LEAST_MILLISECONDS ? value * 1000 : value)),
    z.tuple([smallQuantity.schema, smallQuantity.schema]).transform(([from, to]) => (from + to) / 2),
  ]),
}
