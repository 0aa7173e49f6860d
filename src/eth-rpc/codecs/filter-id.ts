import { z } from "zod"
import type { Codec } from "../../json-rpc/method.ts"
import { createCodec, parseQuantity } from "./hex.ts"

/** Name of a filter or subscription: 0x and hex digits, as the node gave it. */
export const filterId: Codec<string> = createCodec(
  "an id as the node gave it: 0x and hex digits",
  z.union([z.string(), z.number()]).meta({ title: "id" }),
  (value) => {
    if (typeof value === "string" && /^0[xX][0-9a-fA-F]{64}$/.test(value)) return value.toLowerCase()
    const parsed = parseQuantity(value)
    return parsed === undefined ? undefined : `0x${parsed.toString(16)}`
  },
  (value) => value,
)
