import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest"

const ROOT = fileURLToPath(new URL("../../", import.meta.url))
const isBuilt = existsSync(join(ROOT, "dist/bundle/load.cjs"))
if (!isBuilt) console.warn("SKIPPED: the package is not built: npm run build")

/** A project that has the packed package installed, with its dependencies and nothing else of this checkout. */
let project: string
let main: string
let bundle: string
const env: NodeJS.ProcessEnv = { ...process.env }
// The installed command must not need what loads TypeScript here.
delete env.NODE_OPTIONS
delete env.FEVM_BUNDLE

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8" })
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}`)
  return stdout
}

beforeAll(() => {
  if (!isBuilt) return
  project = mkdtempSync(join(tmpdir(), "fevm-package-"))
  const [packed] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", project], ROOT),
  ) as { filename: string }[]
  run("tar", ["-xzf", packed!.filename], project)
  const modules = join(project, "node_modules")
  mkdirSync(modules)
  run("mv", ["package", "node_modules/fevm"], project)
  const { bin, dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(modules, "fevm/package.json"), "utf8"),
  ) as Record<string, Record<string, string>>
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const installed = join(ROOT, "node_modules", name)
    if (!existsSync(installed)) continue
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(installed, join(modules, name))
  }
  main = join(modules, "fevm", bin!.fevm!)
  bundle = join(modules, "fevm/dist/bundle")
})
afterAll(() => {
  if (isBuilt) rmSync(project, { recursive: true, force: true })
})

interface Node {
  readonly url: string
  readonly complaints: () => string
  readonly child: ChildProcess
}

async function start(...args: string[]): Promise<Node> {
  const child = spawn(process.execPath, [...args, main, "node", "--port", "0"], { cwd: project, env })
  onTestFinished(() => void child.kill("SIGKILL"))
  let complaints = ""
  child.stderr.on("data", (chunk: Uint8Array) => {
    complaints += String(chunk)
  })
  let said = ""
  for await (const chunk of child.stdout) {
    said += String(chunk)
    const url = /Listening on (127\.0\.0\.1:\d+)/.exec(said)?.[1]
    if (url !== undefined) return { url: `http://${url}`, complaints: () => complaints, child }
  }
  throw new Error(`the node did not start: ${complaints}`)
}

async function ask(url: string, method: string, ...params: unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  })
  const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } }
  if (error) throw new Error(error.message)
  return result
}

const MULTICALL3 = "0xcA11bde05977b3631167028862bE2a173976CA11"
const GET_BLOCK_NUMBER = "0x42cbb15c"
const FROM = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"

/** Init code that never ends: too long for the node's own thread. */
const ENDLESS = "0x5b600056"

const codeFiles = (): string[] => readdirSync(bundle).filter((name) => name.endsWith(".code"))

describe.skipIf(!isBuilt)("the packed package, installed elsewhere", () => {
  it("serves calls, transactions, WebSockets, health and metrics, and says nothing but what happens", async () => {
    const { url, complaints, child } = await start()
    expect(await ask(url, "eth_chainId")).toBe("0x1df5e76")
    expect(await ask(url, "eth_call", { to: MULTICALL3, data: GET_BLOCK_NUMBER }, "latest")).toBe(`0x${"0".repeat(64)}`)
    const hash = await ask(url, "eth_sendTransaction", { from: FROM, to: MULTICALL3, data: GET_BLOCK_NUMBER })
    expect(await ask(url, "eth_getTransactionReceipt", hash)).toMatchObject({ status: "0x1" })
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ ok: true, head: 1 })
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("fevm_head_epoch 1")
    // Node 20 has no WebSocket client: the library's is a dependency of the package.
    const client = `import("ws").then(({ default: WebSocket }) => { const s = new WebSocket("${url.replace("http", "ws")}"); s.on("open", () => s.send('{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}')); s.on("message", (m) => { console.log(String(m)); s.close() }) })`
    expect(JSON.parse(run(process.execPath, ["-e", client], project))).toMatchObject({ result: "0x1" })
    child.kill("SIGTERM")
    await new Promise((resolve) => child.once("exit", resolve))
    expect(complaints()).not.toMatch(/warning|error/i)
  })

  it("brings the compiled code of its programs for the Node that built it", () => {
    const mine = `-${process.versions.v8}-${process.arch}.code`
    expect(
      codeFiles()
        .filter((name) => name.endsWith(mine))
        .map((name) => name.split("-").slice(0, 2).join("-")),
    ).toEqual(["chain-worker", "cli-main"])
  })

  it("starts with compiled code that is of no use: other flags, damaged, missing, and a folder that cannot be written", async () => {
    const started = async (...flags: string[]): Promise<unknown> => ask((await start(...flags)).url, "eth_chainId")
    expect(await started("--no-opt")).toBe("0x1df5e76")
    for (const name of codeFiles())
      writeFileSync(join(bundle, name), readFileSync(join(bundle, name)).subarray(0, 1000))
    expect(await started()).toBe("0x1df5e76")
    for (const name of codeFiles()) writeFileSync(join(bundle, name), "")
    expect(await started()).toBe("0x1df5e76")
    for (const name of codeFiles()) rmSync(join(bundle, name))
    chmodSync(bundle, 0o555)
    expect(await started()).toBe("0x1df5e76")
    chmodSync(bundle, 0o755)
  })

  it("takes the compiled code that an earlier start left, in its worker too", async () => {
    for (const name of codeFiles()) rmSync(join(bundle, name))
    const written = (): Map<string, number> =>
      new Map(codeFiles().map((name) => [name, statSync(join(bundle, name)).mtimeMs]))
    /** Runs until the code would have been left: five seconds after the start of the node and of its worker. */
    const leave = async (isLeft: () => boolean): Promise<void> => {
      const { url, child } = await start()
      await ask(url, "eth_call", { data: ENDLESS, gas: "0x2540be400" }, "latest").catch(() => {})
      await vi.waitFor(() => expect(isLeft()).toBe(true), { timeout: 30_000, interval: 100 })
      child.kill("SIGTERM")
      await new Promise((resolve) => child.once("exit", resolve))
    }
    await leave(() => codeFiles().length === 2)
    const first = written()
    const from = Date.now()
    await leave(() => Date.now() > from + 8_000)
    expect(written()).toEqual(first)
  })

  it("is a library that starts a node in the process", () => {
    writeFileSync(
      join(project, "library.mjs"),
      `import { startNode } from "fevm"
      const node = await startNode({ port: false })
      const { provider } = node
      const block = await provider.request({ method: "eth_call", params: [{ to: "${MULTICALL3}", data: "${GET_BLOCK_NUMBER}" }, "latest"] })
      console.log(await provider.request({ method: "eth_chainId" }), BigInt(block))
      await node.close()`,
    )
    expect(run(process.execPath, ["library.mjs"], project)).toBe("0x1df5e76 0n\n")
  })

  it("names the places in its sources when something of ours goes wrong", () => {
    // The bundled program, with a fault put in where options are read.
    const program = readdirSync(bundle).find((name) => /^cli-main-[0-9a-f]+\.cjs$/.test(name))!
    const path = join(bundle, program)
    const text = readFileSync(path, "latin1")
    const broken = text.replace(/(\nfunction miningOf\([^\n]*\{)/, '$1 throw new TypeError("put in by a test");')
    expect(broken).not.toBe(text)
    for (const name of codeFiles()) rmSync(join(bundle, name))
    writeFileSync(path, broken, "latin1")
    const { status, stderr } = spawnSync(process.execPath, [main, "node", "--port", "0"], {
      cwd: project,
      env,
      encoding: "utf8",
    })
    writeFileSync(path, text, "latin1")
    expect(status).toBe(1)
    expect(stderr).toMatch(
      /internal error\nTypeError: put in by a test\n\s+at miningOf \(src\/cli\/options\.ts:\d+:\d+\)/,
    )
  })
})
