/** attoFIL in a FIL. */
const DECIMALS = 18

/**
 * attoFIL of an amount in FIL, written in decimals: `10000`, `0.5`.
 *
 * @returns undefined for anything else, and for more than 18 decimals.
 */
export function parseFil(text: string): bigint | undefined {
  const match = /^(\d+)(?:\.(\d{1,18}))?$/.exec(text)
  return match ? BigInt(match[1]! + (match[2] ?? "").padEnd(DECIMALS, "0")) : undefined
}

/** An amount in FIL without trailing zeros: `10000`, `0.5`. */
export function formatFil(attoFil: bigint): string {
  const digits = attoFil.toString().padStart(DECIMALS + 1, "0")
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, "")
  return digits.slice(0, -DECIMALS) + (fraction && `.${fraction}`)
}
