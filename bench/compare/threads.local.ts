import { startContender } from "/work/main/bench/compare/node-process.ts"
import { Session, OPERATIONS } from "/work/main/bench/compare/workloads.ts"
import { readdirSync, readFileSync } from "node:fs"
import { execSync, spawn } from "node:child_process"
const root = process.argv[2]!, ops = process.argv[3]!.split(","), total = Number(process.argv[4] ?? 3000)
let pid = 0
const node = await startContender({ name: "fevm", started: (p) => { pid = p }, command: (p: number) => [process.execPath, ...(process.env.NODEFLAGS?.split(" ") ?? []), `${root}/dist/cli/main.cjs`, "node", "--port", `${p}`, "--accounts", "16", "--silent", ...(process.env.DATA ? ["--data", process.env.DATA] : [])] as any })
const s = new Session(node)
await s.open()
const times = () => new Map(readdirSync(`/proc/${pid}/task`).map((t) => [t, { us: Number(readFileSync(`/proc/${pid}/task/${t}/schedstat`, "utf8").split(" ")[0]) / 1e3, name: readFileSync(`/proc/${pid}/task/${t}/comm`, "utf8").trim() }]))
for (const op of ops) {
  const run = await OPERATIONS[op]!(s, total * 2)
  for (let i = 0; i < total; i++) await run(i)
  const before = times(), t = performance.now(), own = process.cpuUsage()
  const perf = process.env.PERF ? spawn("perf", ["record", "-F", "4000", "-g", "-o", process.env.PERF, "-p", `${pid}`], { stdio: "ignore" }) : undefined
  for (let i = 0; i < total; i++) await run(total + i)
  const wall = (performance.now() - t) * 1000 / total
  perf?.kill("SIGINT")
  const used = process.cpuUsage(own)
  const row = [...times()].map(([t, { us, name }]) => [name, t, (us - (before.get(t)?.us ?? 0)) / total] as const).filter(([, , us]) => us > 1)
  console.log(op, `wall ${wall.toFixed(0)} client ${((used.user + used.system) / total).toFixed(0)}`, row.map(([n, t, us]) => `${n}:${us.toFixed(0)}`).join(" "))
}
await node.stop()
