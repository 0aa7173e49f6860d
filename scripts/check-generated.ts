/** Fails if a generated file is not what its generator would write now. Leaves all files as they are. */
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const GENERATORS: readonly (readonly [script: string, ...args: string[]])[] = [
  ["scripts/gen-syscalls.ts"],
  ["scripts/gen-evm-dispatch.ts"],
  ["scripts/gen-curves.ts"],
  ["scripts/gen-predeployed.ts"],
  ["scripts/gen-rpc.ts", "--docs"],
  ["scripts/gen-command.ts"],
]

/** All that says of itself that it is generated, and what is written beside the sources. */
const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(gen|generated)\.ts$/.test(name))
  .map((name) => join(root, "src", name))
  .concat(join(root, "src/actors/sdk/syscalls.ts"), join(root, "docs/rpc.md"), join(root, "docs/command.md"))
const before = new Map(files.map((file) => [file, readFileSync(file)]))
for (const [script, ...args] of GENERATORS) {
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", script, ...args], { cwd: root })
  if (status !== 0) process.stderr.write(`${script} failed:\n${stderr}\n`)
  if (status !== 0) process.exitCode = 1
}
for (const [file, content] of before) {
  if (readFileSync(file).equals(content)) continue
  process.stderr.write(`${file.slice(root.length)} is stale: run npm run gen and commit it\n`)
  writeFileSync(file, content)
  process.exitCode = 1
}
