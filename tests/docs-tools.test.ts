import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type NodeProcess, startNodeProcess } from "./clients-e2e/node-process.ts"

const pages = new URL("../docs/tools/", import.meta.url)
const PROGRAM = /^```ts run\n(.*?)^```$/gms

/** Complete programs in the pages. */
const programs = readdirSync(pages).flatMap((page) =>
  [...readFileSync(new URL(page, pages), "utf8").matchAll(PROGRAM)].map(([, code]) => ({ page, code: code! })),
)

let node: NodeProcess
let folder: string

beforeAll(async () => {
  node = await startNodeProcess("--log-level", "warn")
  // Inside the repository, so that its packages are found.
  folder = mkdtempSync(fileURLToPath(new URL("./.docs-", import.meta.url)))
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  expect(await node.stop()).toBe(0)
})

function run(file: string): Promise<{ code: number | null; output: string }> {
  const env: NodeJS.ProcessEnv = { ...process.env }
  delete env.NODE_OPTIONS
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx", file], { env, stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text
      })
    child.on("close", (code) => resolve({ code, output }))
  })
}

describe("the programs of the pages about tools", () => {
  it("are there", () => {
    expect(programs.map(({ page }) => page)).toEqual(["ethers.md", "viem.md"])
  })

  it.each(programs)("run as they stand: $page", async ({ page, code }) => {
    const file = `${folder}/${page}.ts`
    writeFileSync(file, code.replaceAll("127.0.0.1:8545", `127.0.0.1:${node.port}`))
    const { code: exit, output } = await run(file)
    expect(exit, output).toBe(0)
    expect(output).toMatch(/^(success|1) \d+n?$/m)
  })

  it("and links between the pages lead somewhere", () => {
    const known = new Set(readdirSync(pages))
    for (const page of known)
      for (const [, target] of readFileSync(new URL(page, pages), "utf8").matchAll(/\]\(([\w-]+\.md)\)/g))
        expect(known, `${page} links to ${target}`).toContain(target)
  })
})
