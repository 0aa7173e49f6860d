/**
 * fevm beside Anvil, Hardhat's node and Ganache: the same client, the same machine, interleaved rounds; medians and one table.
 *
 *     npm run bench -- [--rounds 5] [--only NAME,NAME] [--nodes fevm,anvil] [--json FILE] [--growth 10000]
 *         [--passes 2]
 *
 * With several passes each node does all of it as often, and the last pass counts: what is left when everything is compiled.
 *
 * Lower is better for times and memory, higher for rates; the ratio is always "how many times as good as Anvil".
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { type Contender, startContender } from "./node-process.ts"
import { type Figures, fill, Session, transfers, WORKLOADS, type Workload } from "./workloads.ts"

const here = fileURLToPath(new URL(".", import.meta.url))
const bin = (name: string): string => join(here, "node_modules", ".bin", name)
const fevm = fileURLToPath(new URL("../../dist/cli/main.cjs", import.meta.url))

const hardhatFolder = join(here, "hardhat-node")

const CONTENDERS: readonly Contender[] = [
  {
    name: "fevm",
    command: (port) => [process.execPath, fevm, "node", "--port", `${port}`, "--accounts", "16", "--silent"],
  },
  { name: "anvil", command: (port) => [bin("anvil"), "--port", `${port}`, "--accounts", "16", "--silent"] },
  {
    name: "hardhat",
    command: (port) => [
      process.execPath,
      join(here, "node_modules/hardhat/internal/cli/cli.js"),
      "node",
      "--port",
      `${port}`,
    ],
    cwd: hardhatFolder,
  },
  {
    name: "ganache",
    command: (port) => [
      bin("ganache"),
      "--server.port",
      `${port}`,
      "--wallet.totalAccounts",
      "16",
      "--wallet.mnemonic",
      "test test test test test test test test test test test junk",
      "--logging.quiet",
    ],
  },
]

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    nodes: { type: "string", default: "fevm,anvil,hardhat,ganache" },
    json: { type: "string" },
    growth: { type: "string" },
    passes: { type: "string", default: "1" },
  },
})

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const chosen = options.nodes.split(",")
const contenders = CONTENDERS.filter(({ name }) => chosen.includes(name))
const workloads = WORKLOADS.filter(
  ({ name }) => options.only === undefined || options.only.split(",").some((part) => name.includes(part)),
)

/** Workload -> node -> figures of each round. */
const results = new Map<string, Map<string, Figures[]>>()

for (let round = 0; round < Number(options.rounds); round++) {
  // The client gets faster while V8 compiles it: who goes first must not always be the same.
  for (const contender of round % 2 === 0 ? contenders : [...contenders].reverse()) {
    const node = await startContender(contender)
    try {
      const session = new Session(node)
      await session.open()
      for (let pass = 1; pass < Number(options.passes); pass++)
        for (const workload of workloads) await workload.run(session)
      for (const workload of workloads) {
        const figures = await workload.run(session)
        const perNode = results.get(workload.name) ?? new Map<string, Figures[]>()
        perNode.set(contender.name, [...(perNode.get(contender.name) ?? []), figures])
        results.set(workload.name, perNode)
      }
    } finally {
      await node.stop()
    }
    process.stderr.write(`round ${round + 1}: ${contender.name} done\n`)
  }
}

const middle = (workload: Workload, node: string, figure: string = workload.figure): number =>
  median((results.get(workload.name)?.get(node) ?? []).map((figures) => figures[figure] ?? Number.NaN))

/** The median over the rounds, and in brackets that of the p99, where there is one. */
const cell = (workload: Workload, node: string): string => {
  const p99 = middle(workload, node, "p99")
  return `${format(middle(workload, node))}${Number.isNaN(p99) ? "" : ` (${format(p99)})`}`
}

const better = (workload: Workload, node: string): number => {
  const own = middle(workload, node)
  const anvil = middle(workload, "anvil")
  return workload.unit === "per second" ? own / anvil : anvil / own
}

const names = contenders.map(({ name }) => name)
const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`
const format = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

if (results.size > 0) {
  console.log(line(["workload", "unit", ...names.flatMap((name) => [name, `${name} / anvil`])]))
  console.log(line(["---", "---", ...names.flatMap(() => ["---:", "---:"])]))
  for (const workload of workloads)
    console.log(
      line([
        workload.name,
        workload.unit,
        ...names.flatMap((name) => [cell(workload, name), better(workload, name).toFixed(2)]),
      ]),
    )
  const geometricMean = (name: string): number =>
    Math.exp(workloads.reduce((sum, workload) => sum + Math.log(better(workload, name)), 0) / workloads.length)
  console.log(line(["**geometric mean**", "", ...names.flatMap((name) => ["", geometricMean(name).toFixed(2)])]))
}

if (options.growth !== undefined) {
  const total = Number(options.growth)
  console.log(`\ntoken transfers per second after N transactions, and resident memory, with and without pages of files`)
  for (const contender of contenders) {
    const node = await startContender(contender)
    try {
      const session = new Session(node)
      await session.open()
      const row: string[] = []
      let done = 0
      for (let mark = 10; mark <= total; mark = mark < 100_000 ? mark * 10 : mark + 100_000) {
        // What is measured is signed and sent by one client, one after the other.
        const batch = Math.min(1000, mark / 10)
        const before = mark - done - 3 * batch
        if (before > 0) await fill(session, before)
        const rates: number[] = []
        for (let i = 0; i < 3; i++) rates.push(await transfers(session, batch))
        done = mark
        const [resident, own] = [node.residentBytes(), node.ownBytes()].map((bytes) => (bytes / 1e6).toFixed(0))
        row.push(`${mark}: ${median(rates).toFixed(0)} (${resident} MB, ${own} of its own)`)
      }
      console.log(line([contender.name, ...row]))
    } finally {
      await node.stop()
    }
  }
}

if (options.json !== undefined)
  writeFileSync(
    options.json,
    JSON.stringify(
      Object.fromEntries([...results].map(([name, perNode]) => [name, Object.fromEntries(perNode)])),
      null,
      2,
    ),
  )
