import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, expect, onTestFinished, test } from "vitest"

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url))
const hasActors = existsSync(fileURLToPath(new URL("../../dist/actors/bundle.car", import.meta.url)))
if (!hasActors) console.warn("SKIPPED: the embedded bundle is not built: npm run build")

const root = mkdtempSync(join(tmpdir(), "fevm-process-test-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let counter = 0
function folder(): string {
  const path = join(root, String(counter++))
  mkdirSync(path)
  return path
}

const ALICE = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
const BOB = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"

interface Node {
  readonly child: ChildProcess
  readonly rpc: (method: string, ...params: unknown[]) => Promise<unknown>
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>
}

/** Starts `fevm node` with a folder for temporary files of its own. */
async function start(temporary: string, ...flags: string[]): Promise<Node> {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, "node", "--port", "0", ...flags], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "inherit"],
  })
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve))
  onTestFinished(() => void child.kill("SIGKILL"))
  const port = await new Promise<string>((resolve, reject) => {
    let text = ""
    child.stdout!.on("data", (chunk: Buffer) => {
      text += chunk.toString()
      const found = /Listening on 127\.0\.0\.1:(\d+)/.exec(text)
      if (found) resolve(found[1]!)
    })
    void closed.then(() => reject(new Error(`the node ended: ${text}`)))
  })
  const rpc = async (method: string, ...params: unknown[]): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    })
    const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } }
    if (error) throw new Error(error.message)
    return result
  }
  const end = (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    return closed
  }
  return { child, rpc, end }
}

function fevm(...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, ["--import", "tsx", MAIN, ...args], { encoding: "utf8" })
}

const chainFolders = (path: string): string[] => readdirSync(path).filter((name) => /^fevm-[A-Za-z0-9]{6}$/.test(name))

test.skipIf(!hasActors)("a node without --data takes its folder along, also after SIGTERM and SIGINT", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const temporary = folder()
    const node = await start(temporary, "--no-warm-up")
    await node.rpc("eth_sendTransaction", { from: ALICE, to: BOB, value: "0x1" })
    expect(chainFolders(temporary)).toHaveLength(1)
    expect(await node.end(signal)).toBe(0)
    expect(chainFolders(temporary)).toEqual([])
  }
})

test.skipIf(!hasActors)("a node that warms up takes both folders along", async () => {
  const temporary = folder()
  const node = await start(temporary)
  while (chainFolders(temporary).length < 2) await new Promise((resolve) => setImmediate(resolve))
  expect(await node.end("SIGTERM")).toBe(0)
  expect(chainFolders(temporary)).toEqual([])
})

test.skipIf(!hasActors)("what a killed node left is removed by a later one, and nobody else's", async () => {
  const temporary = folder()
  const killed = await start(temporary, "--no-warm-up")
  const living = await start(temporary, "--no-warm-up")
  const [before] = [chainFolders(temporary)]
  expect(before).toHaveLength(2)
  mkdirSync(join(temporary, "fevm-abcdef"))
  await killed.end("SIGKILL")
  const later = await start(temporary, "--no-warm-up")
  while (chainFolders(temporary).length > 3) await later.rpc("eth_chainId")
  expect(chainFolders(temporary)).toContain("fevm-abcdef")
  await living.rpc("eth_sendTransaction", { from: ALICE, to: BOB, value: "0x1" })
  expect(await living.end("SIGTERM")).toBe(0)
  expect(await later.end("SIGTERM")).toBe(0)
  expect(chainFolders(temporary)).toEqual(["fevm-abcdef"])
})

test.skipIf(!hasActors)(
  "one folder has one process: whoever else comes is told its number, and the exported chain answers as the first",
  async () => {
    const data = join(folder(), "data")
    const car = join(folder(), "chain.car")
    const first = await start(folder(), "--data", data)
    const hash = await first.rpc("eth_sendTransaction", { from: ALICE, to: BOB, value: "0x10" })
    for (const args of [
      ["node", "--port", "0", "--data", data],
      ["export", car, "--data", data],
      ["db", "check", "--data", data],
      ["db", "gc", "--keep", "1", "--data", data],
      ["import", car, "--data", data],
    ]) {
      const { status, stderr } = fevm(...args)
      if (args[0] === "import") expect(stderr).toContain("there is no file")
      else expect(stderr).toContain(`in use by process ${first.child.pid}`)
      expect(status).toBe(1)
    }
    const questions: [string, ...unknown[]][] = [
      ["eth_getTransactionByHash", hash],
      ["eth_getTransactionReceipt", hash],
      ["eth_getBlockByNumber", "latest", true],
      ["eth_getBlockByNumber", "0x0", false],
      ["eth_getBalance", BOB, "latest"],
      ["eth_getBalance", BOB, "0x0"],
    ]
    const ask = (node: Node): Promise<unknown[]> =>
      Promise.all(questions.map(([name, ...params]) => node.rpc(name, ...params)))
    const answers = await ask(first)
    expect(await first.end("SIGTERM")).toBe(0)

    const copy = join(folder(), "copy")
    expect(fevm("export", car, "--data", data, "--json")).toMatchObject({ status: 0 })
    const imported = fevm("import", car, "--data", copy, "--json")
    expect(JSON.parse(imported.stdout)).toMatchObject({ epoch: 1, messages: 1, chainId: "31415926" })
    expect(JSON.parse(fevm("db", "check", "--data", copy, "--json").stdout)).toMatchObject({ aliases: 1, offChain: 0 })
    const second = await start(folder(), "--data", copy)
    expect(await ask(second)).toEqual(answers)
    expect(await second.end("SIGTERM")).toBe(0)
    expect(JSON.parse(fevm("db", "gc", "--keep", "1", "--data", copy, "--json").stdout)).toMatchObject({
      firstState: 1,
    })
    expect(fevm("import", car, "--data", copy)).toMatchObject({ status: 1 })
    expect(fevm("db", "check", "--data", join(root, "nowhere")).status).toBe(1)
  },
  240_000,
)
