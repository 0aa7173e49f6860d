import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { expect, test } from "vitest"

const root = fileURLToPath(new URL("../../", import.meta.url))
const bundle = join(root, "dist/actors/bundle.car")
const built = existsSync(bundle)
if (!built) console.warn("SKIPPED: the program of docs/kernel.md needs dist/actors/bundle.car (npm run build)")

test.skipIf(!built)("the program of docs/kernel.md runs, and says what a transfer to a new address costs", () => {
  const [, program] = readFileSync(join(root, "docs/kernel.md"), "utf8").match(/```ts\n([\s\S]*?)```/) ?? []
  const folder = mkdtempSync(join(tmpdir(), "fevm-docs-"))
  try {
    // The package's doors, as they are in source.
    const source = program!.replace(/"fevm\/(\w+)"/g, (_, room: string) =>
      JSON.stringify(pathToFileURL(join(root, `src/${room}/index.ts`)).href),
    )
    writeFileSync(join(folder, "transfer.mts"), source)
    const loader = import.meta.resolve("tsx")
    const { stdout, stderr } = spawnSync(process.execPath, ["--import", loader, join(folder, "transfer.mts"), bundle], {
      encoding: "utf8",
    })
    expect(stderr).toBe("")
    expect(stdout).toMatch(/^OK, 4436663 gas, 443666300 attoFIL burnt, 100000000 to the miner\n/)
    expect(stdout).toContain("OnValueTransfer")
    expect(stdout).toMatch(/new state bafy2bza\w+\n$/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
