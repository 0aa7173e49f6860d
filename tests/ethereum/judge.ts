import type { Bundle } from "../../src/fvm/machine/bundle.ts"
import type { EthereumCase, Outcome } from "./case.ts"
import { differenceFromCase, differenceFromReference } from "./compare.ts"
import { invalidTransaction, runReference } from "./ethereumjs.ts"
import { withFreeGas } from "./free-gas.ts"
import { runOnKernel } from "./kernel.ts"
import { byDesign } from "./rules.ts"

/**
 * What came of a case. `passed`: as the case says, with gas as it is on both sides. `agreed`: its outcome hangs on Ethereum's gas or on what
 * Filecoin has otherwise (`text` says what); run by Filecoin's rules without gas, it does the same here and on @ethereumjs/evm.
 */
export interface Verdict {
  readonly kind: "passed" | "agreed" | "failed" | "excluded"
  readonly text: string
}

/** Runs a case on our kernel and on @ethereumjs/evm. */
export async function judge(test: EthereumCase, bundle: Bundle): Promise<Verdict> {
  const never = byDesign(test) ?? invalidTransaction(test)
  if (never !== undefined) return { kind: "excluded", text: never }
  const plain = await runReference(test, "ethereum")
  if (plain.excluded === undefined) {
    const { outcome, exitCode } = runOnKernel(test, bundle)
    const found = differenceFromCase(test, plain.outcome, outcome)
    return found === undefined
      ? { kind: "passed", text: "" }
      : { kind: "failed", text: `${found} (exit code ${exitCode})` }
  }
  const { outcome, excluded, readsGas } = await runReference(test, "filecoin")
  if (excluded !== undefined) return { kind: "excluded", text: `${plain.excluded}; without gas ${excluded}` }
  if (readsGas && (await hangsOnGas(test, outcome)))
    return { kind: "excluded", text: `${plain.excluded}; without gas what GAS answers decides` }
  const ours = withFreeGas(() => runOnKernel(test, bundle))
  const found = differenceFromReference(test, outcome, ours.outcome)
  return found === undefined
    ? { kind: "agreed", text: plain.excluded }
    : { kind: "failed", text: `without gas: ${found} (exit code ${ours.exitCode})` }
}

/** Answers of GAS that have little in common with each other, or with what our kernel would answer. */
const OTHER_GAS = [6_123_456_789_013n, 81_000_000_000_001n, 2n ** 33n + 12_345n]

/** Whether another answer of GAS gives another outcome. */
async function hangsOnGas(test: EthereumCase, outcome: Outcome): Promise<boolean> {
  for (const gas of OTHER_GAS) {
    const other = await runReference(test, "filecoin", gas)
    if (other.excluded !== undefined || textOf(other.outcome) !== textOf(outcome)) return true
  }
  return false
}

const textOf = ({ accounts, logs, succeeded }: Outcome): string =>
  JSON.stringify(
    [
      [...accounts].map(([address, account]) => [address, { ...account, storage: [...account.storage] }]),
      logs,
      succeeded,
    ],
    (_, value: unknown) => (typeof value === "bigint" ? `0x${value.toString(16)}` : value),
  )
