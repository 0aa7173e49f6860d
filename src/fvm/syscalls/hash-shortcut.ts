import { HASH_FUNCTIONS } from "../crypto/hashes.ts"
import type { HashShortcut } from "../engine/index.ts"
import type { PriceList } from "../gas/price-list.ts"

/** What an engine has to know to answer `crypto.hash` for Keccak-256 by itself, at these prices. */
export function hashShortcut(prices: PriceList): HashShortcut {
  const { flat, scale } = prices.data.hashingCost[HASH_FUNCTIONS.Keccak256.name]
  return { module: "crypto", name: "hash", flat: prices.wasm.hostCallCost + flat, perByte: scale }
}
