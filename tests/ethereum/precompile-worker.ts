import { readFileSync } from "node:fs"
import { basename } from "node:path"
import { parentPort, workerData } from "node:worker_threads"
import { gunzipSync } from "node:zlib"
import { readBundleFiles } from "../../src/fvm/machine/bundle.ts"
import { callPrecompile } from "./precompile-call.ts"
import { bls12381Shapes, bn254Shapes, hashShapes, modexpShapes, signatureShapes } from "./precompile-shapes.ts"

/** What the command hands to its worker. */
export interface PrecompileInput {
  readonly files: readonly string[]
  /** Whether to compare the shapes of `precompile-shapes.ts` too. */
  readonly shapes: boolean
  readonly bundle: string
  /** Another bundle, to compare with; empty for none. */
  readonly beside: string
}

/** What came of a case. */
export interface PrecompileAnswer {
  readonly file: string
  readonly name: string
  readonly kind: "passed" | "failed" | "skipped"
  readonly text: string
  /** Gas of the message here and with the other bundle. */
  readonly gas?: readonly [ours: bigint, other: bigint]
}

/** Names of files of cases, up to a dash or dot, and the precompile that each is for. */
const ADDRESSES: ReadonlyArray<readonly [pattern: RegExp, address: number]> = [
  [/ecrecover/i, 0x01],
  [/sha256/i, 0x02],
  [/ripemd/i, 0x03],
  [/identity/i, 0x04],
  [/modexp/i, 0x05],
  [/bn256Add|ecAdd/i, 0x06],
  [/bn256(Scalar)?Mul|ecMul/i, 0x07],
  [/bn256Pairing|ecPairing/i, 0x08],
  [/blake2f/i, 0x09],
  [/blsG1Add/i, 0x0b],
  [/blsG1(Mul|MultiExp|Msm)/i, 0x0c],
  [/blsG2Add/i, 0x0d],
  [/blsG2(Mul|MultiExp|Msm)/i, 0x0e],
  [/blsPairing/i, 0x0f],
  [/blsMapG1/i, 0x10],
  [/blsMapG2/i, 0x11],
  [/p256/i, 0x100],
]
interface Case {
  readonly name?: string
  readonly Name?: string
  readonly input?: string
  readonly Input?: string
  readonly expected?: string
  readonly Expected?: string
  readonly error?: string
  readonly ExpectedError?: string
}

const { files, shapes, bundle: list, beside } = workerData as PrecompileInput
const [bundle] = readBundleFiles(list)
const [other] = beside === "" ? [] : readBundleFiles(beside)

type Judgement = Pick<PrecompileAnswer, "kind" | "text" | "gas">

function judge(test: Case, address: number): Judgement {
  if (bundle === undefined) return { kind: "failed", text: "no bundle" }
  const input = (test.input ?? test.Input ?? "").replace(/^0x/, "")
  const { got, gasUsed, exitCode } = callPrecompile(address, input, bundle)
  const judged = compare(test, got, exitCode)
  if (other === undefined) return judged
  const there = callPrecompile(address, input, other)
  const gas = [gasUsed, there.gasUsed] as const
  return there.got === got
    ? { ...judged, gas }
    : { kind: "failed", text: `${got ?? exitCode}, beside ${there.got ?? there.exitCode}`, gas }
}

function compare(test: Case, got: string | undefined, exitCode: number): Judgement {
  // A case of ours that says nothing of the result is for comparing alone.
  if ((test.expected ?? test.Expected ?? test.error ?? test.ExpectedError) === undefined)
    return { kind: "passed", text: "" }
  const expected = (test.expected ?? test.Expected)?.replace(/^0x/, "")
  if (expected === undefined)
    return got === undefined
      ? { kind: "passed", text: "" }
      : { kind: "failed", text: `succeeded, expected: ${test.error ?? test.ExpectedError}` }
  return got === expected
    ? { kind: "passed", text: "" }
    : { kind: "failed", text: `${got?.slice(0, 80) ?? `exit code ${exitCode}`}, expected ${expected.slice(0, 80)}` }
}

for (const file of files) {
  const bytes = readFileSync(file)
  const cases = JSON.parse((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString()) as Case[]
  const address = ADDRESSES.find(([pattern]) => pattern.test(basename(file)))?.[1]
  for (const [i, test] of cases.entries()) {
    const name = test.name ?? test.Name ?? String(i)
    let answer: Judgement
    try {
      answer =
        address === undefined ? { kind: "skipped", text: "no precompile has this file's name" } : judge(test, address)
    } catch (error) {
      answer = { kind: "failed", text: `fault: ${error instanceof Error ? error.message : error}` }
    }
    parentPort?.postMessage({ file, name, ...answer } satisfies PrecompileAnswer)
  }
}

if (shapes)
  for (const list of [hashShapes(), signatureShapes(), modexpShapes(), bn254Shapes(), bls12381Shapes()])
    for (const { address, name, input } of list) {
      const file = `shapes of ${name.split(" ")[0]}`
      parentPort?.postMessage({ file, name, ...judge({ input }, address) } satisfies PrecompileAnswer)
    }
