/**
 * Where the time of one operation of fevm goes: CPU microseconds a thread, and the functions that take them.
 *
 *     npx tsx profile.ts [--only transfer,call] [--count 400] [--top 25] [--clients 1] [--no-functions]
 *
 * CPU time is the kernel's own count for each thread, so that a loaded machine does not matter; the functions come from V8's sampling
 * profiler, cut to the time of the measurement.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { performance } from "node:perf_hooks"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { startContender } from "./node-process.ts"
import { OPERATIONS, Session } from "./workloads.ts"

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(OPERATIONS).join(",") },
    count: { type: "string", default: "400" },
    clients: { type: "string", default: "1" },
    top: { type: "string", default: "25" },
    functions: { type: "boolean", default: true },
    bundle: { type: "string" },
    "node-options": { type: "string", default: "" },
  },
  allowNegative: true,
})
const count = Number(options.count)
const warmUp = Math.min(100, count)
const clients = Number(options.clients)
const fevm = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url))

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly children?: readonly number[]
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly startTime: number
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const now = (): number => Number(process.hrtime.bigint() / 1000n)

/** CPU milliseconds by thread; threads are named by V8 or by their number. */
function threadTimes(pid: number): Map<string, number> {
  const times = new Map<string, number>()
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8")
    times.set(task, Number(stat.split(" ")[0]) / 1e6)
  }
  return times
}

for (const name of options.only.split(",")) {
  const make = OPERATIONS[name]
  if (make === undefined) throw new Error(`no operation ${name}: ${Object.keys(OPERATIONS).join(", ")}`)
  const folder = mkdtempSync(join(tmpdir(), "fevm-profile-"))
  let pid = 0
  const node = await startContender({
    name: "fevm",
    command: (port) => [
      process.execPath,
      ...options["node-options"].split(" ").filter((option) => option !== ""),
      ...(options.functions ? ["--cpu-prof", "--cpu-prof-interval", "200", `--cpu-prof-dir=${folder}`] : []),
      fevm,
      "node",
      "--port",
      `${port}`,
      "--accounts",
      "16",
      "--silent",
      ...(options.bundle === undefined ? [] : ["--bundle", options.bundle]),
    ],
    started: (child) => {
      pid = child
    },
  })
  const session = new Session(node)
  await session.open()
  const run = await make(session, count + warmUp)
  for (let i = 0; i < warmUp; i++) await run(i)
  const before = threadTimes(pid)
  const from = now()
  const wall = performance.now()
  let next = warmUp
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < count + warmUp) await run(next++)
    }),
  )
  const elapsed = performance.now() - wall
  const to = now()
  const after = threadTimes(pid)
  const rss = node.residentBytes()
  await node.stop()
  console.log(
    `\n${name}: ${count} operations, ${clients} at a time: ${((1000 * elapsed) / count).toFixed(0)} us of wall time each; ${(rss / 1e6).toFixed(0)} MB resident`,
  )
  const rows = [...after].map(([task, ms]) => [task, ((ms - (before.get(task) ?? 0)) * 1000) / count] as const)
  const shown = rows.filter(([, us]) => us >= 5).sort((a, b) => b[1] - a[1])
  console.log(
    `CPU us each by thread: ${shown.map(([task, us]) => `${task === `${pid}` ? "main" : task} ${us.toFixed(0)}`).join(", ")}`,
  )
  if (options.functions) for (const file of readdirSync(folder).sort()) report(join(folder, file), from, to)
  rmSync(folder, { recursive: true })
}

function report(file: string, from: number, to: number): void {
  const profile = JSON.parse(readFileSync(file, "utf8")) as Profile
  const places = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || "(anonymous)"} ${basename(url)}:${lineNumber + 1}`,
    ]),
  )
  const parents = new Map(profile.nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id])))
  const self = new Map<string, number>()
  const whole = new Map<string, number>()
  const add = (to: Map<string, number>, place: string, us: number): void =>
    void to.set(place, (to.get(place) ?? 0) + us)
  let at = profile.startTime
  let total = 0
  profile.samples.forEach((id, i) => {
    const delta = profile.timeDeltas[i] ?? 0
    at += delta
    const place = places.get(id)!
    if (at < from || at > to || place.startsWith("(idle)") || place.startsWith("(program)")) return
    add(self, place, delta)
    total += delta
    const seen = new Set<string>()
    for (let node: number | undefined = id; node !== undefined; node = parents.get(node)) seen.add(places.get(node)!)
    for (const one of seen) add(whole, one, delta)
  })
  if (total === 0) return
  console.log(
    `-- thread ${basename(file).split(".")[4]}: ${(total / count).toFixed(0)} us each; self, and with what it calls`,
  )
  const most = (map: Map<string, number>): [string, number][] =>
    [...map].sort((a, b) => b[1] - a[1]).slice(0, Number(options.top))
  const right = most(whole)
  most(self).forEach(([place, us], i) => {
    const [name = "", all = 0] = right[i] ?? []
    const cell = (value: number, text: string): string => `${(value / count).toFixed(1).padStart(8)}  ${text}`
    console.log(`${cell(us, place).padEnd(60)}${cell(all, name)}`)
  })
}
