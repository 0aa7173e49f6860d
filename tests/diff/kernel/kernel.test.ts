import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

/** Seeds that the test runs; the long run is `run.ts` itself. */
const SEEDS = 20

const binary = process.env.FEVM_ORACLE
if (binary === undefined)
  console.warn("SKIPPED: FEVM_ORACLE names no fvm-oracle, so nothing is compared with the reference")

it.skipIf(binary === undefined)(
  "random actors do on our kernel what they do on the reference, charge by charge",
  () => {
    const script = fileURLToPath(new URL("./run.ts", import.meta.url))
    const { stdout, status } = spawnSync(
      process.execPath,
      ["--import", "tsx", script, "--count", String(SEEDS), "--keep", "/dev/null"],
      { encoding: "utf8" },
    )
    expect(stdout).toContain(", 0 differences")
    expect(status).toBe(0)
  },
)
