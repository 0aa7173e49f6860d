import { runtimeFor } from "../../../src/fvm/runtime.ts"
import { isVector } from "../../vectors/format.ts"
import { replayVector } from "../../vectors/replay.ts"
import type { Oracle } from "./oracle.ts"
import { type Scenario, scenarioJson } from "./scenario.ts"

/** What a comparison brought. */
export type Comparison =
  | { readonly kind: "same"; readonly exits: readonly number[] }
  | { readonly kind: "different"; readonly difference: string; readonly vector: unknown }
  /** The reference did not answer with a vector: it panicked, or the scenario cannot be built. */
  | { readonly kind: "no answer"; readonly error: string }

/** Runs a scenario on both kernels. */
export function compareScenario(oracle: Oracle, scenario: Scenario): Promise<Comparison> {
  return compareJson(oracle, scenarioJson(scenario))
}

/** The same for a scenario in the oracle's form. */
export async function compareJson(oracle: Oracle, scenario: unknown): Promise<Comparison> {
  const vector = await oracle.ask(scenario)
  if (!isVector(vector)) return { kind: "no answer", error: String((vector as { error?: unknown }).error) }
  let difference: string | undefined
  try {
    const outcome = replayVector(vector, { bundles: [], runtimeFor })
    if (outcome.kind === "failed") difference = outcome.difference
  } catch (error) {
    difference = `fault: ${error instanceof Error ? (error.stack ?? error.message) : error}`
  }
  if (difference !== undefined) return { kind: "different", difference, vector }
  const exits = vector.cases.flatMap(({ results }) =>
    results.map((result) => ("exit_code" in result ? result.exit_code : -1)),
  )
  return { kind: "same", exits }
}

/** Leaves out of a scenario what its difference does not need. */
export async function shrink(oracle: Oracle, scenario: Scenario): Promise<Scenario> {
  const differs = async (candidate: Scenario): Promise<boolean> =>
    (await compareScenario(oracle, candidate)).kind === "different"
  let best = scenario
  for (const sequence of scenario.sequences) {
    const candidate = { ...scenario, sequences: [sequence] }
    if (await differs(candidate)) {
      best = candidate
      break
    }
  }
  const messages = best.sequences[0]!
  for (let length = 1; length < messages.length; length++) {
    const candidate = { ...best, sequences: [messages.slice(0, length)] }
    if (best.sequences.length === 1 && (await differs(candidate))) {
      best = candidate
      break
    }
  }
  for (let progress = true; progress; ) {
    progress = false
    for (let p = 0; p < best.programs.length; p++) {
      for (let i = best.programs[p]!.program.statements.length - 1; i >= 0; i--) {
        const programs = best.programs.map((row, j) =>
          j === p
            ? { ...row, program: { ...row.program, statements: row.program.statements.filter((_, k) => k !== i) } }
            : row,
        )
        const candidate = { ...best, programs }
        if (await differs(candidate)) {
          best = candidate
          progress = true
        }
      }
    }
  }
  return best
}
