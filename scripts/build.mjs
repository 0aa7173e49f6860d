// Builds what is out of date: the embedded actor bundle (AssemblyScript -> Wasm -> CAR), then the TypeScript. Plain
// JavaScript, since it has to run before anything is built. Everything it says goes to stderr.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const quiet = process.argv.includes("--quiet")

function filesUnder(path) {
  return readdirSync(join(root, path), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Hash of everything that a step reads; a step whose stamp holds this hash has nothing to do. */
function fingerprint(paths) {
  const hash = createHash("sha256")
  for (const path of paths) hash.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0")
  return hash.digest("hex")
}

function step(name, inputs, outputs, ...commands) {
  const stamp = join(root, "dist", `.${name}.stamp`)
  const wanted = fingerprint(inputs)
  const fresh =
    outputs.every((output) => existsSync(join(root, output))) &&
    existsSync(stamp) &&
    readFileSync(stamp, "utf8") === wanted
  if (fresh) return
  if (!quiet) process.stderr.write(`building ${name}\n`)
  for (const [file, ...args] of commands) {
    const result = spawnSync(file, args, { cwd: root, stdio: ["ignore", 2, 2] })
    if (result.status !== 0) {
      process.stderr.write(`build failed: ${name}\n`)
      process.exit(result.status ?? 1)
    }
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
}

const tool = (name) => join(root, "node_modules", ".bin", name)
const lock = join(root, "package-lock.json")
const isSource = (path) => path.endsWith(".ts") && !path.endsWith(".test.ts")

step(
  "actors",
  [
    ...filesUnder("src/actors").filter(isSource),
    ...filesUnder("src/evm-actor").filter(isSource),
    join(root, "scripts/build-actors.ts"),
    join(root, "scripts/gen-evm-dispatch.ts"),
    lock,
  ],
  ["dist/actors/bundle.car", "dist/actors/evm-trace.wasm"],
  [process.execPath, "--import", "tsx", join(root, "scripts/build-actors.ts")],
)
const sources = [
  ...filesUnder("src").filter(isSource),
  join(root, "tsconfig.json"),
  join(root, "tsconfig.build.json"),
  lock,
]
step(
  "prepared",
  [...sources, join(root, "dist/actors/bundle.car"), join(root, "scripts/prepare-bundle.ts")],
  ["dist/actors/prepared.cbor"],
  [process.execPath, "--import", "tsx", join(root, "scripts/prepare-bundle.ts")],
)
step("typescript", sources, ["dist/cli/main.js"], [tool("tsc"), "-p", "tsconfig.build.json"])
// Named after the version of V8, whose compiled code is a part of what is built.
step(
  `bundle-${process.versions.v8}-${process.arch}`,
  [
    ...sources,
    ...filesUnder("dist/actors").filter((path) => path.endsWith(".car")),
    ...["bundle.mjs", "deferred.cjs", "find-addon.cjs", "load.cjs", "record-code.mjs"].map((name) =>
      join(root, "scripts", name),
    ),
  ],
  ["dist/bundle/load.cjs"],
  [process.execPath, join(root, "scripts/bundle.mjs")],
  [process.execPath, join(root, "scripts/record-code.mjs")],
)
