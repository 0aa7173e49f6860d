import type { Bundle } from "../../../src/fvm/machine/bundle.ts"
import { decode } from "../../../src/ipld/dag-cbor.ts"
import { type EthereumCase, type Outcome, toHex } from "../../ethereum/case.ts"
import { differenceFromReference } from "../../ethereum/compare.ts"
import { runReference } from "../../ethereum/ethereumjs.ts"
import { withFreeGas } from "../../ethereum/free-gas.ts"
import { type KernelRun, runOnKernel } from "../../ethereum/kernel.ts"
import type { Oracle } from "../kernel/oracle.ts"
import type { Piece, Program } from "./program.ts"
import { differenceFromOracle } from "./reference.ts"

/** What came of a program. `unsaid`: by a rule of tests/ethereum it says nothing of @ethereumjs/evm, or does not end. */
export interface Finding {
  readonly kind: "agreed" | "unsaid" | "different"
  readonly text: string
  /** Whether the official bundle ran it too. */
  readonly official: boolean
  /** Whether the reference FVM ran it too. */
  readonly oracle: boolean
}

/** What a program is compared with, besides @ethereumjs/evm. */
export interface Authorities {
  readonly official?: Bundle | undefined
  /** The reference FVM with the official bundle. */
  readonly oracle?: Oracle | undefined
}

/** Instructions of a program: many programs say more than long ones. */
const MOST_STEPS = 4000

const returned = ({ exitCode, returnData }: KernelRun): string =>
  returnData.length === 0 ? `${exitCode}` : `${exitCode} ${toHex(decode(returnData) as Uint8Array)}`

/**
 * Runs a case on our kernel with our bundle, on @ethereumjs/evm and, if there is one, with the official bundle. Gas costs nothing, so that
 * limits of calls are equal to the unit in both bundles. The reference FVM, if there is one, runs it with gas: see `reference.ts`.
 */
export async function compareCase(test: EthereumCase, ours: Bundle, authorities: Authorities): Promise<Finding> {
  const { official, oracle } = authorities
  const bundles = official === undefined ? [ours] : [ours, official]
  const reference = await runReference(test, "filecoin", MOST_STEPS, true)
  const { outcome, returnData, excluded, readsGas, limitsGas, endless } = reference
  const unsaid = excluded
  const finding = (kind: Finding["kind"], text: string, asked: { official?: boolean; oracle?: boolean }): Finding => ({
    kind,
    text,
    official: asked.official ?? false,
    oracle: asked.oracle ?? false,
  })
  // What does not end there may not end here.
  if (endless) return finding("unsaid", excluded ?? "does not end", {})
  const here = withFreeGas(() => runOnKernel(test, ours, bundles))
  if (unsaid === undefined) {
    const found = differenceFromReference(test, outcome, here.outcome)
    if (found !== undefined) return finding("different", `ethereumjs: ${found} (exit code ${here.exitCode})`, {})
    const got = here.returnData.length === 0 ? "0x" : toHex(decode(here.returnData) as Uint8Array)
    const expected = toHex(returnData)
    // Halts show nothing on either side.
    if ((here.exitCode === 0 || here.exitCode === 33) && got !== expected)
      return finding("different", `ethereumjs: returns ${got}, expected ${expected}`, {})
  }
  if (official !== undefined) {
    const there = withFreeGas(() => runOnKernel(test, official, bundles))
    if (returned(here) !== returned(there))
      return finding("different", `official: ${returned(here)}, expected ${returned(there)}`, { official: true })
    const found =
      textOf(here.outcome) === textOf(there.outcome)
        ? undefined
        : (differenceFromReference(test, there.outcome, here.outcome) ?? "other state")
    if (found !== undefined) return finding("different", `official: ${found}`, { official: true })
    if (oracle !== undefined) {
      const far = await differenceFromOracle(oracle, test, official, readsGas || limitsGas ? undefined : ours)
      if (far !== undefined) return finding("different", far, { official: true, oracle: true })
    }
  }
  return unsaid === undefined || official !== undefined
    ? finding("agreed", unsaid ?? "", { official: official !== undefined, oracle: oracle !== undefined })
    : finding("unsaid", unsaid, {})
}

const textOf = ({ accounts, logs, succeeded }: Outcome): string =>
  JSON.stringify(
    [
      [...accounts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([address, account]) => [address, { ...account, storage: [...account.storage] }]),
      logs,
      succeeded,
    ],
    (_, value: unknown) => (typeof value === "bigint" ? `0x${value.toString(16)}` : value),
  )

/** Leaves out what a difference does not need. */
export async function shrink(program: Program, differs: (program: Program) => Promise<boolean>): Promise<Program> {
  let best = program
  for (let again = true; again; ) {
    again = false
    for (const smaller of smallerThan(best)) {
      if (!(await differs(smaller))) continue
      best = smaller
      again = true
      break
    }
  }
  return best
}

function* smallerThan(program: Program): Iterable<Program> {
  for (const [c, pieces] of program.contracts.entries())
    for (const fewer of withoutOne(pieces))
      yield { ...program, contracts: program.contracts.map((one, i) => (i === c ? fewer : one)) }
}

function* withoutOne(pieces: readonly Piece[]): Iterable<readonly Piece[]> {
  for (const [i, piece] of pieces.entries()) {
    yield [...pieces.slice(0, i), ...pieces.slice(i + 1)]
    if (piece.kind === "code") continue
    yield [...pieces.slice(0, i), ...piece.body, ...pieces.slice(i + 1)]
    for (const body of withoutOne(piece.body)) yield [...pieces.slice(0, i), { ...piece, body }, ...pieces.slice(i + 1)]
  }
}
