/**
 * What a start costs: starts a node again and again, waits for its first answer to `eth_chainId`, and lets it idle.
 *
 *     npm run build && node --import tsx bench/start.ts [--runs 15] [--idle 2000] [--json] [-- COMMAND...]
 *
 * The command gets ` --port PORT` behind it. Default: this checkout's `node dist/cli/main.cjs node --silent`. Several commands, separated by a
 * `--` each, take turns. Medians of: milliseconds until the answer, CPU milliseconds of the process and its children until then and
 * until the end of the idle time, resident memory then, with its private and its shared part
 * (shared: pages of files, such as the node binary, that other processes may map too).
 */
import { type ChildProcess, spawn } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { Agent, request } from "node:http"
import { createServer } from "node:net"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const cut = process.argv.indexOf("--")
const { values: options } = parseArgs({
  args: process.argv.slice(2, cut < 0 ? undefined : cut),
  options: {
    runs: { type: "string", default: "15" },
    idle: { type: "string", default: "2000" },
    json: { type: "boolean", default: false },
  },
})

const commands: string[][] = [[]]
for (const word of cut < 0 ? [] : process.argv.slice(cut + 1))
  if (word === "--") commands.push([])
  else commands.at(-1)!.push(word)
if (commands[0]!.length === 0)
  commands[0] = [process.execPath, fileURLToPath(new URL("../dist/cli/main.cjs", import.meta.url)), "node", "--silent"]

const START_LIMIT_MS = 60_000
const agent = new Agent({ keepAlive: false })

type Figures = Record<string, number>

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })
}

/** One question on a connection of its own. @returns Whether it was answered. */
function asks(port: number): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] })
  return new Promise((resolve) => {
    const headers = { "content-type": "application/json", "content-length": body.length }
    const post = request({ host: "127.0.0.1", port, method: "POST", path: "/", agent, headers }, (response) => {
      let text = ""
      response.on("data", (chunk: Uint8Array) => {
        text += String(chunk)
      })
      response.on("end", () => resolve(text.includes('"result"')))
    })
    post.on("error", () => resolve(false))
    post.end(body)
  })
}

/** A process and all that it started. */
function family(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(family)]
}

/** Of all threads that are there. */
function cpuMs(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]),
  )
  return sum(nanoseconds) / 1e6
}

function megabytes(pid: number): Figures {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0) / 1000
  const resident = of("Rss")
  const own = of("Private_Dirty") + of("Private_Clean")
  return { "resident MB": resident, "private MB": own, "shared MB": resident - own }
}

const sum = (parts: readonly number[]): number => parts.reduce((total, part) => total + part, 0)

async function measure(command: readonly string[]): Promise<Figures> {
  const port = await freePort()
  const [file, ...args] = [...command, "--port", `${port}`]
  const startedAt = performance.now()
  const child = spawn(file!, args, { stdio: "ignore", detached: true })
  const pid = child.pid ?? 0
  while (!(await asks(port))) {
    if (child.exitCode !== null || performance.now() - startedAt > START_LIMIT_MS)
      throw new Error(`${command.join(" ")} gave no answer`)
    await sleep(1)
  }
  const wall = performance.now() - startedAt
  const cpu = sum(family(pid).map(cpuMs))
  await sleep(Number(options.idle))
  const all = family(pid)
  const memory = all.map(megabytes)
  const figures: Figures = {
    "wall ms": wall,
    "CPU ms": cpu,
    "CPU ms, idle": sum(all.map(cpuMs)),
    ...Object.fromEntries(Object.keys(memory[0]!).map((name) => [name, sum(memory.map((one) => one[name]!))])),
    threads: sum(all.map((one) => readdirSync(`/proc/${one}/task`).length)),
  }
  await end(child)
  return figures
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  process.kill(-(child.pid ?? 0), "SIGTERM")
  const killer = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), 5000)
  await ended
  clearTimeout(killer)
}

const runs: Figures[][] = commands.map(() => [])
for (let run = 0; run < Number(options.runs); run++)
  for (const [i, command] of commands.entries()) runs[i]!.push(await measure(command))

const names = Object.keys(runs[0]![0]!)
const at = (list: readonly Figures[], name: string, share: number): number =>
  list.map((figures) => figures[name]!).sort((a, b) => a - b)[Math.floor((list.length - 1) * share)]!
if (options.json)
  console.log(
    JSON.stringify(
      runs.map((list, i) => ({ command: commands[i], runs: list })),
      null,
      2,
    ),
  )
else {
  console.log(
    `| command | best wall | best CPU | ${names.join(" | ")} |\n|---|---:${names.map(() => "|---:").join("")}|`,
  )
  for (const [i, list] of runs.entries()) {
    const cells = [at(list, "wall ms", 0), at(list, "CPU ms", 0), ...names.map((name) => at(list, name, 0.5))]
    console.log(`| \`${commands[i]!.slice(0, 4).join(" ")}\` | ${cells.map((one) => one.toFixed(0)).join(" | ")} |`)
  }
}
