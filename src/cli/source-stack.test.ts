import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { transformSync } from "esbuild"
import { expect, it } from "vitest"
import { sourceStack } from "./source-stack.ts"

it("places of a bundle become those of the source; all others stay", () => {
  const folder = mkdtempSync(join(tmpdir(), "fevm-stack-"))
  try {
    const { code, map } = transformSync("interface A {}\n\n\nexport function fail(): never {\n  throw boom()\n}\n", {
      loader: "ts",
      sourcemap: "external",
      sourcefile: "../../src/somewhere.ts",
    })
    const file = join(folder, "program.cjs")
    writeFileSync(file, code)
    writeFileSync(`${file}.map`, map)
    const line = code.split("\n").findIndex((text) => text.includes("throw")) + 1
    const stack = [
      "Error: x",
      `    at fail (${file}:${line}:3)`,
      `    at ${folder}/other.cjs:1:1`,
      "    at node:internal/x:1:2",
    ]
    expect(sourceStack(stack.join("\n"))).toBe(
      ["Error: x", "    at fail (src/somewhere.ts:5:3)", ...stack.slice(2)].join("\n"),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
