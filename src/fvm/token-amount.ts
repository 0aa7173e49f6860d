const DECIMALS = 18

/**
 * An amount in FIL as failures of messages say it, and clients of the network show it: `9999.5`, `0.0`, `-0.000000000000000005`.
 *
 * @param amount - In attoFIL.
 * @see ref-fvm shared/src/econ/mod.rs
 */
export function formatTokenAmount(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(DECIMALS + 1, "0")
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, "")
  return `${amount < 0n ? "-" : ""}${digits.slice(0, -DECIMALS)}.${fraction === "" ? "0" : fraction}`
}
