import { type Program, Programmer, programText } from "./program.ts"
import { Random } from "./random.ts"

/** A message of a scenario, in the oracle's words. */
export type ScenarioMessage = {
  readonly from: string
  readonly to: string
  readonly method: number
  readonly value: string
  readonly params: string
  readonly gas_limit: number
  readonly gas_fee_cap: string
  readonly gas_premium: string
}

/** Actors, and sequences of messages that each begin with the same state. */
export type Scenario = {
  readonly seed: number
  readonly programs: readonly { readonly name: string; readonly program: Program; readonly balance: string }[]
  readonly sequences: readonly (readonly ScenarioMessage[])[]
}

/** Makes the scenario of a seed. */
export function makeScenario(seed: number, sequences: number = 10): Scenario {
  const random = new Random(seed)
  const programs = ["a", "b"].map((name) => ({
    name,
    program: new Programmer(random).program(14),
    balance: random.pick(["0", "1000", "1000000000000000000"]),
  }))
  return {
    seed,
    programs,
    sequences: random.times(sequences, () => random.times(1 + random.below(3), () => message(random))),
  }
}

function message(random: Random): ScenarioMessage {
  const limit = random.below(10)
  return {
    from: "alice",
    to: random.pick(["a", "a", "b"]),
    method: random.pick([1, 2, 2, 3, 2_000_000_000]),
    value: random.pick(["0", "0", "7", "1000000"]),
    params: random.times(random.below(40), () => random.below(256).toString(16).padStart(2, "0")).join(""),
    // Most messages have enough; the others stop somewhere.
    gas_limit:
      limit < 5
        ? 1_000_000_000
        : limit < 9
          ? 1_500_000 + random.below(12_000_000)
          : 1_000_000 + random.below(100_000_000),
    gas_fee_cap: random.pick(["200", "200", "50"]),
    gas_premium: random.pick(["1", "0"]),
  }
}

/** The scenario as the oracle wants it. */
export function scenarioJson(scenario: Scenario): unknown {
  return {
    name: `fuzz-${scenario.seed}`,
    description: `Random actors and messages of seed ${scenario.seed}.`,
    blocks: [
      { name: "leaf", codec: "raw", hex: "00112233" },
      { name: "node", codec: "dag-cbor", json: [1, { block: "leaf" }] },
    ],
    actors: [
      { name: "alice", code: { builtin: "account" }, balance: "1000000000000000000000" },
      ...scenario.programs.map(({ name, program, balance }) => ({
        name,
        code: { wat_text: programText(program) },
        balance,
        address: { actor: Buffer.from(`actor ${name}`).toString("hex") },
        state: { json: [1, { block: "node" }, { block: "leaf" }] },
      })),
    ],
    variants: scenario.sequences.map((messages, i) => ({ name: `sequence ${i}`, messages })),
  }
}
