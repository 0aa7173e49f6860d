import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { createServer } from "node:net"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { RpcClient } from "./rpc-client.ts"

/** How a node is started, given the port it has to listen on. */
export interface Contender {
  readonly name: string
  readonly command: (port: number) => readonly [string, ...string[]]
  readonly cwd?: string
  /** Told the process's number. */
  readonly started?: (pid: number) => void
}

/** A node under test. */
export interface RunningNode {
  readonly name: string
  readonly client: RpcClient
  /** Milliseconds from the start of the process until it answered its first request. */
  readonly startMs: number
  /** Resident memory of the process and its children, in bytes. */
  residentBytes(): number
  /** The same without pages of files. */
  ownBytes(): number
  stop(): Promise<void>
}

const START_LIMIT_MS = 60_000

/** Starts a node and waits for its first answer. */
export async function startContender(contender: Contender): Promise<RunningNode> {
  const port = await freePort()
  const [file, ...args] = contender.command(port)
  const startedAt = performance.now()
  const child = spawn(file, args, { cwd: contender.cwd, stdio: "ignore", detached: true })
  contender.started?.(child.pid ?? 0)
  const client = new RpcClient(port)
  while (true) {
    try {
      await client.call("eth_chainId", [])
      break
    } catch (error) {
      if (child.exitCode !== null)
        throw new Error(`${contender.name} ended with status ${child.exitCode}`, { cause: error })
      if (performance.now() - startedAt > START_LIMIT_MS)
        throw new Error(`${contender.name} did not answer in ${START_LIMIT_MS} ms`, { cause: error })
      await sleep(1)
    }
  }
  const startMs = performance.now() - startedAt
  return {
    name: contender.name,
    client,
    startMs,
    residentBytes: () => memoryOf(child.pid ?? 0, "VmRSS"),
    ownBytes: () => memoryOf(child.pid ?? 0, "RssAnon"),
    stop: () => stop(child, client),
  }
}

async function stop(child: ChildProcess, client: RpcClient): Promise<void> {
  client.close()
  if (child.exitCode !== null || child.pid === undefined) return
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  process.kill(-child.pid, "SIGTERM")
  const killer = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), 5_000)
  await ended
  clearTimeout(killer)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** Sums a kind of memory over a process and all that it started. */
function memoryOf(pid: number, kind: "VmRSS" | "RssAnon"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8")
  const own = Number(new RegExp(`${kind}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim()
  return children === "" ? own : children.split(" ").reduce((sum, child) => sum + memoryOf(Number(child), kind), own)
}
