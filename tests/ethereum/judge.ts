import type { Bundle } from "../../src/fvm/machine/bundle.ts"
import type { EthereumCase } from "./case.ts"
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
  const { outcome, excluded } = await runReference(test, "filecoin")
  if (excluded !== undefined) return { kind: "excluded", text: `${plain.excluded}; without gas ${excluded}` }
  const ours = withFreeGas(() => runOnKernel(test, bundle))
  const found = differenceFromReference(test, outcome, ours.outcome)
  return found === undefined
    ? { kind: "agreed", text: plain.excluded }
    : { kind: "failed", text: `without gas: ${found} (exit code ${ours.exitCode})` }
}
