import { readFileSync } from "node:fs"
import { basename } from "node:path"
import { parentPort, workerData } from "node:worker_threads"
import { gunzipSync } from "node:zlib"
import { type Bundle, readBundleFiles } from "../../src/fvm/machine/bundle.ts"
import { decode } from "../../src/ipld/dag-cbor.ts"
import { toHex } from "./case.ts"
import { runOnKernel } from "./kernel.ts"

/** What the command hands to its worker. */
export interface PrecompileInput {
  readonly files: readonly string[]
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
const CALLER = `0x${"c0".repeat(20)}`
const SENDER = `0x${"aa".repeat(20)}`

/** Copies the call data to memory, calls the address with it, and returns what came back or reverts. */
const proxy = (address: number): string =>
  `0x365f5f375f5f365f61${address.toString(16).padStart(4, "0")}5afa3d5f5f3e6017573d5ffd5b3d5ff3`

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

const { files, bundle: list, beside } = workerData as PrecompileInput
const [bundle] = readBundleFiles(list)
const [other] = beside === "" ? [] : readBundleFiles(beside)

type Judgement = Pick<PrecompileAnswer, "kind" | "text" | "gas">

function run(
  input: string,
  address: number,
  on: Bundle,
): { readonly got: string | undefined; readonly gasUsed: bigint; readonly exitCode: number } {
  const { exitCode, returnData, gasUsed } = runOnKernel(
    {
      env: {
        baseFee: "0x0",
        coinbase: SENDER,
        gasLimit: "0x0",
        gasUsed: "0x0",
        number: "0x1",
        prevRandao: "0x0",
        timestamp: "0x1",
      },
      pre: { [SENDER]: { balance: "0x1" }, [CALLER]: { code: proxy(address), nonce: "0x1" } },
      tx: {
        sender: SENDER,
        to: CALLER,
        data: `0x${input}`,
        value: "0x0",
        nonce: "0x0",
        gasLimit: "0x0",
        gasPrice: "0x0",
      },
      post: {},
    },
    on,
  )
  return { got: exitCode === 0 ? toHex(decode(returnData) as Uint8Array).slice(2) : undefined, gasUsed, exitCode }
}

function judge(test: Case, address: number): Judgement {
  if (bundle === undefined) return { kind: "failed", text: "no bundle" }
  const input = (test.input ?? test.Input ?? "").replace(/^0x/, "")
  const { got, gasUsed, exitCode } = run(input, address, bundle)
  const judged = compare(test, got, exitCode)
  if (other === undefined) return judged
  const there = run(input, address, other)
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
