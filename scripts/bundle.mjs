// Puts our modules and what they use from npm into few files under dist/bundle, and leaves at the places in dist/ that users,
// exports and worker threads name a line that leads there: half of a start from single modules is finding and reading them.
//
// What is imported stays ES modules, with what they share in common files. What is run (the command, the threads) is a script each,
// CommonJS in one file, because V8 can keep compiled code of scripts only: load.cjs.
import { createHash } from "node:crypto"
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, "src")
const dist = join(root, "dist")
const out = join(dist, "bundle")

/** Modules that are named from outside by an import: package.json's exports. */
const LIBRARY = ["index.js", "address/index.js", "ipld/index.js", "fvm/index.js"]
/** Modules that are started: by a user, or as a thread. */
const PROGRAMS = ["cli/main.js", "chain/worker.js", "chain/replay/worker.js"]
/** Packages that a program loads when they are needed first, from a file of their own. */
const SELDOM = ["express", "cors", "prom-client"]
/** What our modules and the transactions' library import from packages and a start does not need: loaded at the first use. */
const DEFERRED = {
  "@noble/curves/bls12-381.js": ["bls12_381"],
  "@noble/curves/secp256k1.js": ["secp256k1"],
  "@scure/bip39": ["validateMnemonic"],
  "pino-pretty": ["default"],
  ws: ["WebSocketServer"],
}
/** Modules of Node that packages require and a start does not need. */
const DEFERRED_OF_NODE = ["assert", "child_process", "https", "tls", "zlib"]
/** Never bundled: development, and optional helpers that are not installed. */
const NEVER = ["tsx", "tsx/*", "bufferutil", "utf-8-validate"]

const slashes = (path) => path.split(sep).join("/")

/** A module that asks where it lies shall hear of its own place in dist/, not of the bundle's. */
function places(bundleUrl) {
  return {
    name: "places",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!path.startsWith(source + sep)) return undefined
        let text = readFileSync(path, "utf8")
        const compiled = join(dist, relative(source, path).replace(/ts$/, "js"))
        const place = JSON.stringify(slashes(relative(out, compiled)))
        // Only a checkout has a loader to find.
        text = text.replaceAll("import.meta.resolve", "String")
        text = text.replaceAll("import.meta.url", `new URL(${place}, ${bundleUrl}).href`)
        // As a namespace the bundler sees which parts of it are used: a third of zod is messages in 50 languages.
        text = text.replace(/^import \{ z \} from "zod"$/m, 'import * as z from "zod"')
        return { loader: "ts", contents: text }
      })
    },
  }
}

/** Changes a package's file; the build fails when it is not what we know. */
function patch(filter, changes) {
  return {
    name: `patch ${filter.source}`,
    setup({ onLoad }) {
      onLoad({ filter }, ({ path }) => {
        let contents = readFileSync(path, "utf8")
        for (const [from, to] of changes) {
          if (!contents.includes(from)) throw new Error(`${path} has changed: ${from} is not in it`)
          contents = contents.replaceAll(from, to)
        }
        return { contents, loader: "js" }
      })
    },
  }
}

/** lmdb in the bundle of a program. */
const lmdb = [
  // Its native part, found without the dozen of files and folders that its own search reads.
  patch(/[\\/]lmdb[\\/]native\.js$/, [
    ["import loadNAPI from 'node-gyp-build-optional-packages';", "import { loadLmdbAddon } from './find-addon.cjs';"],
    ["let dirName = dirname(fileURLToPath(import.meta.url)).replace(/dist$/, '');", ""],
    ["loadNAPI(dirName)", "loadLmdbAddon(programRequire)"],
  ]),
  patch(/[\\/]lmdb[\\/]node-index\.js$/, [
    ["let require = createRequire(import.meta.url);", "let require = programRequire;"],
  ]),
  // All our tables are bytes: its encoder does not need its native part.
  patch(/[\\/]msgpackr[\\/]node-index\.js$/, [["if (!nativeAccelerationDisabled) {", "if (false) {"]]),
  {
    name: "find-addon",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\/find-addon\.cjs$/ }, () => ({ path: join(root, "scripts", "find-addon.cjs") }))
    },
  },
]

/** {@link DEFERRED}, wherever our own modules import it. */
const deferred = {
  name: "deferred",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[@a-z]/ }, ({ path, importer, kind }) =>
      Object.hasOwn(DEFERRED, path) &&
      kind === "import-statement" &&
      (importer.startsWith(source + sep) || /[\\/]@ethereumjs[\\/]/.test(importer))
        ? { path, namespace: "deferred" }
        : undefined,
    )
    onLoad({ filter: /./, namespace: "deferred" }, ({ path }) => ({
      resolveDir: root,
      contents: [
        'import { deferred } from "./scripts/deferred.cjs"',
        ...DEFERRED[path].map((name) => {
          const real = `deferred(() => require(${JSON.stringify(path)}).${name})`
          return name === "default" ? `export default ${real}` : `export const ${name} = ${real}`
        }),
      ].join("\n"),
    }))
    onResolve({ filter: new RegExp(`^(node:)?(${DEFERRED_OF_NODE.join("|")})$`) }, ({ path, kind }) =>
      kind === "require-call" ? { path: path.replace("node:", ""), namespace: "deferred-of-node" } : undefined,
    )
    onLoad({ filter: /./, namespace: "deferred-of-node" }, ({ path }) => ({
      resolveDir: root,
      contents: `module.exports = require("./scripts/deferred.cjs").deferred(() => programRequire("node:${path}"))`,
    }))
  },
}

const common = {
  bundle: true,
  platform: "node",
  target: "node20.19",
  minifySyntax: true,
  legalComments: "linked",
  metafile: true,
  logLevel: "warning",
}
const sizes = []
rmSync(out, { recursive: true, force: true })

const library = await build({
  ...common,
  entryPoints: LIBRARY.map((entry) => ({
    in: join(source, entry.replace(/js$/, "ts")),
    out: entry.slice(0, -".js".length).replaceAll("/", "-"),
  })),
  outdir: out,
  splitting: true,
  chunkNames: "[name]-[hash]",
  format: "esm",
  // Native code, and worker scripts of their own.
  external: [...NEVER, "lmdb", "pino", "pino-pretty"],
  banner: {
    js: 'import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);',
  },
  minifyWhitespace: true,
  plugins: [places("import.meta.url")],
})
sizes.push(library)
for (const entry of LIBRARY) {
  const path = slashes(relative(dirname(join(dist, entry)), join(out, entry.replaceAll("/", "-"))))
  writeFileSync(join(dist, entry), `export * from ${JSON.stringify(path.startsWith(".") ? path : `./${path}`)}\n`)
}

for (const name of SELDOM)
  sizes.push(
    await build({
      ...common,
      stdin: { contents: `module.exports = require(${JSON.stringify(name)})`, resolveDir: root },
      outfile: join(out, `${name}.cjs`),
      format: "cjs",
      minifyWhitespace: true,
    }),
  )

copyFileSync(join(root, "scripts", "load.cjs"), join(out, "load.cjs"))
for (const entry of PROGRAMS) {
  const name = entry.slice(0, -".js".length).replaceAll("/", "-")
  const result = await build({
    ...common,
    entryPoints: [join(source, entry.replace(/js$/, "ts"))],
    outfile: join(out, `${name}.cjs`),
    format: "cjs",
    // A script is no module, so that V8 can keep its code: imports of what is not in it are `require`.
    supported: { "dynamic-import": false },
    external: NEVER,
    // On the line of the first module, so that lines are those of the source map. Spaces and names stay, for those who read a stack.
    banner: {
      js: "(function (require, module, exports, programUrl, __filename, __dirname) { const programRequire = require;",
    },
    footer: { js: "\n})" },
    sourcemap: "external",
    sourcesContent: false,
    write: false,
    plugins: [
      places("programUrl"),
      ...lmdb,
      deferred,
      {
        name: "seldom",
        setup({ onResolve }) {
          onResolve({ filter: new RegExp(`^(${SELDOM.join("|")})$`) }, ({ path }) => ({
            path: `./${path}.cjs`,
            external: true,
          }))
        },
      },
    ],
  })
  sizes.push(result)
  const text = (ending) => result.outputFiles.find(({ path }) => path.endsWith(ending))?.text
  const script = text(".cjs").replace(/^#!.*\n/, "")
  const hash = createHash("sha256").update(script).digest("hex").slice(0, 12)
  writeFileSync(join(out, `${name}-${hash}.cjs`), script, { encoding: "latin1" })
  writeFileSync(join(out, `${name}-${hash}.cjs.map`), text(".map"))
  if (text(".LEGAL.txt")) writeFileSync(join(out, `${name}-${hash}.cjs.LEGAL.txt`), text(".LEGAL.txt"))
  // As an ES module for the names that it always had; as a script it is there 10 ms earlier, for Node's loader of modules stays away.
  const shebang = entry === "cli/main.js" ? "#!/usr/bin/env node\n" : ""
  const loader = slashes(relative(dirname(join(dist, entry)), join(out, "load.cjs")))
  const run = `(${JSON.stringify(loader)}).load(${JSON.stringify(`${name}-${hash}`)})\n`
  writeFileSync(
    join(dist, entry),
    `${shebang}import { createRequire } from "node:module"\ncreateRequire(import.meta.url)${run}`,
  )
  writeFileSync(join(dist, entry.replace(/js$/, "cjs")), `${shebang}require${run}`)
}

if (process.argv.includes("--sizes"))
  for (const { metafile } of sizes)
    for (const [path, { bytes, inputs }] of Object.entries(metafile.outputs)) {
      const largest = Object.entries(inputs)
        .sort((a, b) => b[1].bytesInOutput - a[1].bytesInOutput)
        .slice(0, 6)
      console.error(`${path} ${bytes}: ${largest.map(([name, one]) => `${name} ${one.bytesInOutput}`).join(", ")}`)
    }
