import { spawn } from "node:child_process"
import { existsSync, rmSync, symlinkSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type NodeProcess, startNodeProcess } from "./clients-e2e/node-process.ts"

const PROJECT = fileURLToPath(new URL("../hardhat-tests", import.meta.url))
const MINUTES = 60_000

function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string = PROJECT,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text
      })
    child.on("close", (code) => resolve({ code, output }))
  })
}

let node: NodeProcess

beforeAll(async () => {
  if (!existsSync(`${PROJECT}/node_modules/hardhat`)) {
    const { code, output } = await run("npm", ["ci", "--no-audit", "--no-fund"], process.env)
    if (code !== 0) throw new Error(`npm ci in hardhat-tests failed: ${output}`)
  }
  node = await startNodeProcess("--log-level", "warn")
}, 5 * MINUTES)

afterAll(async () => {
  expect(await node.stop()).toBe(0)
})

/** Runs a project's tests against the node. */
async function runTests(cwd: string): Promise<void> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    FEVM_URL: node.url,
    HARDHAT_DISABLE_TELEMETRY_PROMPT: "true",
    CI: "true",
  }
  delete env.NODE_OPTIONS
  const { code, output } = await run("npx", ["hardhat", "test", "--network", "fevm"], env, cwd)
  expect(output).not.toMatch(/\d+ failing/)
  expect(output).toMatch(/\d+ passing/)
  expect(code).toBe(0)
}

describe("Hardhat 2", () => {
  it("runs its project against the node", () => runTests(PROJECT), 5 * MINUTES)

  it(
    "runs the lending pool of the examples, with the same packages",
    async () => {
      const folder = fileURLToPath(new URL("../examples/lending-pool", import.meta.url))
      const link = `${folder}/node_modules`
      const linked = !existsSync(link)
      if (linked) symlinkSync(`${PROJECT}/node_modules`, link)
      try {
        await runTests(folder)
      } finally {
        if (linked) rmSync(link)
      }
    },
    5 * MINUTES,
  )
})
