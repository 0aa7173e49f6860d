/**
 * Fails on an import that goes the wrong way between rooms, on a cycle between files, and on a bare `Buffer` below `server`.
 * The table is the one of the design; a new room is one row.
 */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, "src")

/** Room -> rooms it may import; `types` of a room may be imported where only `import type` is allowed. */
const MAY_IMPORT: Record<string, { readonly values: readonly string[]; readonly types?: readonly string[] }> = {
  address: { values: [] },
  ipld: { values: [] },
  "json-rpc": { values: [] },
  fvm: { values: ["address", "ipld"] },
  chain: { values: ["fvm", "ipld", "address"] },
  "fvm-bridge": { values: ["address", "ipld"], types: ["chain", "fvm"] },
  "eth-rpc": { values: ["fvm-bridge", "chain", "address", "ipld", "json-rpc"], types: ["fvm"] },
  "filecoin-rpc": { values: ["fvm-bridge", "chain", "address", "ipld", "json-rpc"], types: ["fvm"] },
  server: { values: ["json-rpc"] },
  explorer: { values: [] },
  cli: {
    values: [
      "address",
      "ipld",
      "json-rpc",
      "fvm",
      "chain",
      "fvm-bridge",
      "eth-rpc",
      "filecoin-rpc",
      "server",
      "explorer",
    ],
  },
}

/** Rooms in AssemblyScript: they import each other, and no TypeScript imports them. */
const WASM_ROOMS = ["actors", "evm-actor"]

/** Rooms that run on the HTTP side, where Node's Buffer is at home. */
const MAY_USE_BUFFER = ["server", "cli", "explorer"]

const IMPORT = /^\s*(import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?["'](\.[^"']+)["']/gm
const problems: string[] = []
const graph = new Map<string, string[]>()

const files = readdirSync(source, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => join(entry.parentPath, entry.name))

for (const file of files) {
  const name = relative(source, file)
  const room = name.includes("/") ? name.slice(0, name.indexOf("/")) : undefined
  const isTest = name.endsWith(".test.ts") || name.includes("/testing/")
  if (room !== undefined && WASM_ROOMS.includes(room)) continue
  const rule = room === undefined ? undefined : MAY_IMPORT[room]
  if (room !== undefined && rule === undefined) problems.push(`${name}: room ${room} is not in the table`)
  const text = readFileSync(file, "utf8")
  const imported: string[] = []
  for (const [, , typeOnly, path] of text.matchAll(IMPORT)) {
    const target = resolve(dirname(file), path!)
    if (!target.startsWith(source)) {
      if (!isTest) problems.push(`${name}: imports ${path}, which is outside of src`)
      continue
    }
    if (typeOnly === undefined) imported.push(target)
    const targetRoom = relative(source, target).split("/")[0]!
    if (isTest || rule === undefined || targetRoom === room) continue
    const allowed =
      rule.values.includes(targetRoom) || (typeOnly !== undefined && rule.types?.includes(targetRoom) === true)
    if (!allowed) problems.push(`${name}: ${room} may not import ${typeOnly ?? ""}${targetRoom} (${path})`)
  }
  if (!isTest) graph.set(file, imported)
  if (!isTest && room !== undefined && !MAY_USE_BUFFER.includes(room) && /\bBuffer\.(from|alloc|concat)/.test(text))
    problems.push(`${name}: uses Buffer below server; Uint8Array is the type for bytes`)
}

/** Depth first; a file met again while it is still being walked closes a cycle. */
function findCycles(): void {
  const state = new Map<string, "open" | "done">()
  const walk = (file: string, path: readonly string[]): void => {
    if (state.get(file) === "done") return
    if (state.get(file) === "open") {
      const cycle = [...path.slice(path.indexOf(file)), file].map((step) => relative(source, step))
      problems.push(`import cycle: ${cycle.join(" -> ")}`)
      return
    }
    state.set(file, "open")
    for (const next of graph.get(file) ?? []) if (graph.has(next)) walk(next, [...path, file])
    state.set(file, "done")
  }
  for (const file of graph.keys()) walk(file, [])
}

findCycles()
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.stderr.write(`checked imports of ${graph.size} files: ${problems.length} problems\n`)
process.exitCode = problems.length === 0 ? 0 : 1
