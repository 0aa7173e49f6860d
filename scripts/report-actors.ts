/**
 * Our embedded actors beside the network's: runs vectors of the official bundle on our kernel with our bundle, and compares exit codes,
 * return data, events, value transfers and the state of actors; then what each message costs.
 *
 *     npm run report:actors [-- DIR...] [--bundle FILE.car] [--all]
 *
 * Prints differences by name, the messages outside of the bounds, a table of gas by class, what common messages cost (deploys, an ERC-20
 * transfer, a mint, a swap, a loop of hashing; `tests/actors/yardstick.ts`), and the sizes of the actors. The last line is
 * `N passed, M failed, K skipped`.
 *
 * A vector that differs is run again with gas followed, by two rules that its run decides (`tests/support/follow-vector.ts`): words that change
 * when GAS answers one less are not compared, and a message may do what the official actors did with instructions that cost another share
 * of their price. It passes if nothing else differs; the line says what was taken for gas. Skipped is a vector that differs even so but whose
 * outcome hangs on the price of gas itself: it has a message that the official actors ended out of gas (7) or that used more than three
 * quarters of its limit, or it runs code in which a GAS instruction is not there to feed a call (CALL, DELEGATECALL, STATICCALL next).
 */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { parseArgs } from "node:util"
import { startKernelWorker, workerScript } from "../src/fvm/kernel-worker.ts"
import { YARDSTICK } from "../tests/actors/yardstick.ts"
import { type Vector as Comparable, differences, type Result } from "../tests/support/compare-results.ts"
import type { RunResult, RunVector } from "../tests/support/run-vector.ts"
import { isVector, type Vector } from "../tests/vectors/format.ts"
import { vectorFiles } from "../tests/vectors/runner.ts"
import type { ReportAnswer, ReportInput } from "./actors/report-worker.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { bundle: { type: "string", default: "dist/actors/bundle.car" }, all: { type: "boolean" } },
})
const folders = positionals.length > 0 ? positionals : ["../shared/vectors/official"]

/** Kinds of messages; `compute`: the official actors spend a quarter of the gas or more on instructions. */
type Kind = "transfer" | "deploy" | "token" | "storage" | "call" | "compute"

/** Ours / official that a message may have. */
const BOUNDS: Record<Kind, readonly [least: number, most: number]> = {
  transfer: [0.8, 1.25],
  deploy: [0.8, 1.25],
  token: [0.8, 1.25],
  storage: [0.8, 1.25],
  call: [0.8, 1.25],
  compute: [0, 1.25],
}
/** A precompile may cost twice what it costs there. */
const PRECOMPILE_BOUND = 2
const COMPUTE_SHARE = 0.25
const TRANSFER_TOPIC = "3fJSrRviyJtpwrBo/DeNqpUrp/FjxKEWKPVaTfUjs+8="
const EAM = "f010"

interface Row {
  readonly name: string
  readonly kind: Kind
  readonly official: number
  readonly ours: number
  readonly precompile: boolean
}

function kindOf(vector: Vector & Comparable, at: number, official: Result, ours: RunResult): Kind {
  const message = vector.cases[0]?.messages[at]
  if (String(message?.method) === "0") return "transfer"
  if (message?.to === EAM) return "deploy"
  if (JSON.stringify(official.events ?? []).includes(TRANSFER_TOPIC)) return "token"
  if (vector.name.startsWith("storage") || vector.name.startsWith("transient")) return "storage"
  const share = 1 - (ours.gas_used - ours.execution) / official.gas_used
  return share >= COMPUTE_SHARE ? "compute" : "call"
}

/** Whether a GAS instruction in the code is followed by anything but a call. Data of PUSH is skipped. */
function showsGas(code: Uint8Array): boolean {
  for (let at = 0; at < code.length; at++) {
    const op = code[at] as number
    if (op >= 0x60 && op <= 0x7f) at += op - 0x5f
    else if (op === 0x5a && ![0xf1, 0xf4, 0xfa].includes(code[at + 1] ?? 0)) return true
  }
  return false
}

function hangsOnGas(vector: Vector): boolean {
  return vector.cases.some(({ messages, results }) =>
    messages.some((message, i) => {
      const result = results[i]
      if (result !== undefined && !("refused" in result)) {
        if (result.exit_code === 7) return true
        if (Number(result.gas_used) > 0.75 * Number(message.gas_limit)) return true
      }
      return message.to === EAM && showsGas(new Uint8Array(Buffer.from(message.params, "base64")).subarray(3))
    }),
  )
}

async function run(files: readonly string[], onAnswer: (answer: ReportAnswer) => void): Promise<void> {
  const input: ReportInput = { files, bundle: values.bundle }
  const worker = startKernelWorker(workerScript("actors/report-worker", import.meta.url), { workerData: input })
  worker.on("message", onAnswer)
  await new Promise<void>((resolve, reject) => {
    worker.on("error", reject)
    worker.on("exit", () => resolve())
  })
}

const counts = { passed: 0, failed: 0, skipped: 0 }
const rows: Row[] = []
let measured: ReportAnswer["yardstick"]

function take({ file, ran, followed, error, yardstick }: ReportAnswer): void {
  if (yardstick !== undefined) {
    measured = yardstick
    return
  }
  const name = basename(file, ".json")
  if (ran === undefined) {
    counts.failed++
    process.stdout.write(`FAILED ${name}: ${error}\n`)
    return
  }
  const vector: unknown = JSON.parse(readFileSync(file, "utf8"))
  if (!isVector(vector)) return
  const official = vector as unknown as Vector & Comparable
  const found = differences(official, ran)
  if (found.length === 0) counts.passed++
  else if (followed !== undefined && differences(official, followed.ran).length === 0) {
    counts.passed++
    process.stdout.write(`passed with gas followed ${name}: ${followed.notes.join("; ").slice(0, 400)}\n`)
  } else if (hangsOnGas(vector)) {
    counts.skipped++
    const messages = vector.cases.reduce((sum, { messages }) => sum + messages.length, 0)
    const other = found.filter((text) => text.startsWith("message ")).length
    process.stdout.write(
      `skipped ${name}: its outcome hangs on gas; ${messages - other} of ${messages} messages end the same (${found[0]?.slice(0, 100)})\n`,
    )
  } else {
    counts.failed++
    process.stdout.write(`FAILED ${name}: ${found[0]}${found.length > 1 ? ` and ${found.length - 1} more` : ""}\n`)
  }
  weigh(official, ran)
}

/** Takes the gas of the messages that did the same here and there. */
function weigh(official: Vector & Comparable, ran: RunVector): void {
  official.cases.forEach(({ results }, c) => {
    results.forEach((expected, i) => {
      const got = ran.cases[c]?.results[i]
      if (got === undefined || "refused" in expected || got.refused !== undefined) return
      if (expected.exit_code !== got.exit_code || expected.exit_code === 7 || Number(expected.gas_used) === 0) return
      if (expected.return !== got.return) return
      const result = expected as unknown as Result
      const kind = kindOf(official, i, result, got)
      const precompile = official.theme === "precompiles"
      rows.push({ name: `${official.name}#${i}`, kind, official: result.gas_used, ours: got.gas_used, precompile })
    })
  })
}

const mean = (list: readonly Row[]): number =>
  Math.exp(list.reduce((sum, { official, ours }) => sum + Math.log(ours / official), 0) / Math.max(1, list.length))

function printGas(): void {
  const outside = rows.filter(({ kind, official, ours, precompile }) => {
    const [least, most] = BOUNDS[kind]
    return ours / official < least || ours / official > (precompile ? PRECOMPILE_BOUND : most)
  })
  for (const { name, kind, official, ours } of outside)
    process.stdout.write(`OUTSIDE ${kind} ${name}: ${(ours / official).toFixed(3)} (${ours} / ${official})\n`)
  const computing = rows.filter(({ kind }) => kind === "compute")
  for (const { name, official, ours } of values.all ? rows : computing)
    process.stdout.write(`${name.padEnd(40)} ${(ours / official).toFixed(3)} ${ours} / ${official}\n`)
  process.stdout.write(`\n${"class".padEnd(10)} messages   mean    min    max\n`)
  for (const kind of Object.keys(BOUNDS) as Kind[]) {
    const own = rows.filter((row) => row.kind === kind)
    if (own.length === 0) continue
    const ratios = own.map(({ official, ours }) => ours / official)
    const cells = [mean(own), Math.min(...ratios), Math.max(...ratios)].map((x) => x.toFixed(3).padStart(6))
    process.stdout.write(`${kind.padEnd(10)} ${String(own.length).padStart(8)} ${cells.join(" ")}\n`)
  }
  process.stdout.write(
    `geometric mean of ours / official over ${rows.length} messages: ${mean(rows).toFixed(3)} (0.9 to 1.1); ${outside.length} outside of their bounds\n\n`,
  )
}

function printYardstick(): void {
  process.stdout.write(`${"message".padEnd(34)} ${"ours".padStart(10)} ${"official".padStart(10)}  ratio\n`)
  for (const [i, name] of YARDSTICK.entries()) {
    const [ours, official] = [measured?.ours[i] ?? 0, measured?.official[i] ?? 0]
    const cells = `${String(ours).padStart(10)} ${String(official).padStart(10)}  ${(ours / official).toFixed(3)}`
    process.stdout.write(`${name.padEnd(34)} ${cells}\n`)
  }
  process.stdout.write("\n")
}

function printSizes(): void {
  const folder = "dist/actors"
  const sizes = readdirSync(folder)
    .filter((file) => file.endsWith(".wasm"))
    .map((file) => `${basename(file, ".wasm")} ${statSync(join(folder, file)).size}`)
  process.stdout.write(`bytes of Wasm: ${sizes.join(", ")}\n`)
}

await run(vectorFiles(folders), take)
printGas()
printYardstick()
printSizes()
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
process.exitCode = counts.failed > 0 ? 1 : 0
