// Puts our modules and what they use from npm into few files under dist/bundle, and leaves at the places in dist/ that users,
// exports and worker threads name a line that leads there: half of a start from single modules is finding and reading them.
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, "src")
const dist = join(root, "dist")
const out = join(dist, "bundle")

/** Modules that are named from outside: by package.json, by a user, or when a thread is started. */
const ENTRIES = {
  "index.js": "library",
  "address/index.js": "library",
  "ipld/index.js": "library",
  "fvm/index.js": "library",
  "cli/main.js": "program",
  "chain/worker.js": "program",
  "chain/replay/worker.js": "program",
}

/** A module that asks where it lies shall hear of its own place in dist/, not of the bundle's. */
const places = {
  name: "places",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!path.startsWith(source + sep)) return undefined
      const text = readFileSync(path, "utf8")
      if (!text.includes("import.meta.url")) return undefined
      const compiled = join(dist, relative(source, path).replace(/ts$/, "js"))
      const place = JSON.stringify(relative(out, compiled).split(sep).join("/"))
      return { loader: "ts", contents: text.replaceAll("import.meta.url", `new URL(${place}, import.meta.url).href`) }
    })
  },
}

rmSync(out, { recursive: true, force: true })
const result = await build({
  entryPoints: Object.keys(ENTRIES).map((entry) => ({
    in: join(source, entry.replace(/js$/, "ts")),
    out: entry.slice(0, -".js".length).replaceAll("/", "-"),
  })),
  outdir: out,
  bundle: true,
  splitting: true,
  chunkNames: "[name]-[hash]",
  format: "esm",
  platform: "node",
  target: "node20.19",
  // Native code, and worker scripts of their own.
  external: ["lmdb", "pino", "pino-pretty", "tsx", "tsx/*", "bufferutil", "utf-8-validate"],
  banner: {
    js: 'import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);',
  },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "linked",
  metafile: true,
  plugins: [places],
  logLevel: "warning",
})

for (const [entry, kind] of Object.entries(ENTRIES)) {
  const path = relative(dirname(join(dist, entry)), join(out, entry.replaceAll("/", "-")))
    .split(sep)
    .join("/")
  const from = JSON.stringify(path.startsWith(".") ? path : `./${path}`)
  const shebang = entry === "cli/main.js" ? "#!/usr/bin/env node\n" : ""
  writeFileSync(join(dist, entry), `${shebang}${kind === "library" ? `export * from ${from}` : `import ${from}`}\n`)
}
if (process.argv.includes("--sizes"))
  for (const [path, { bytes, inputs }] of Object.entries(result.metafile.outputs)) {
    const largest = Object.entries(inputs)
      .sort((a, b) => b[1].bytesInOutput - a[1].bytesInOutput)
      .slice(0, 4)
    console.error(`${path} ${bytes}: ${largest.map(([name, one]) => `${name} ${one.bytesInOutput}`).join(", ")}`)
  }
