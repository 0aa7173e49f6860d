// The lending pool is in hardhat.test.ts, with the packages that it shares with that project.
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type NodeProcess, startNodeProcess } from "./clients-e2e/node-process.ts"

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url))
const MINUTES = 60_000

let node: NodeProcess

beforeAll(async () => {
  node = await startNodeProcess("--log-level", "warn")
})
afterAll(async () => {
  expect(await node.stop()).toBe(0)
})

function run(command: string, args: readonly string[], cwd: string): Promise<{ code: number | null; output: string }> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    FEVM_URL: node.url,
    HARDHAT_DISABLE_TELEMETRY_PROMPT: "true",
    CI: "true",
  }
  delete env.NODE_OPTIONS
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

describe("the examples", () => {
  it.each(["erc20/token", "nft/collection", "data-dao/data-dao"])(
    "run as their README says: %s",
    async (name) => {
      const args = ["--import", "tsx", "--test", `examples/${name}.test.ts`]
      const { code, output } = await run(process.execPath, args, path("."))
      expect(output).toMatch(/^# pass [1-9]/m)
      expect(output).toMatch(/^# fail 0$/m)
      expect(code, output).toBe(0)
    },
    2 * MINUTES,
  )
})
