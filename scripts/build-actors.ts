/**
 * Compiles the embedded built-in actors (AssemblyScript) to `dist/actors/<name>.wasm` and packs them into
 * `dist/actors/bundle.car`, a bundle in the form of the network's own `builtin-actors-*.car`.
 *
 *     node --import tsx scripts/build-actors.ts                    all actors and the bundle
 *     node --import tsx scripts/build-actors.ts account evm        only these actors, no bundle
 *     node --import tsx scripts/build-actors.ts --text account     their text form beside them (account.wat)
 *
 * The bundle is a CARv1. Its root is DAG-CBOR `[1, manifest data CID]`, the manifest data `[[name, code CID], ...]`, a code CID
 * raw with blake2b-256. The place of an actor in the list, counted from 1, is its type.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import * as dagCbor from "@ipld/dag-cbor"
import { blake2b } from "@noble/hashes/blake2.js"
import asc from "assemblyscript/asc"
import { CID } from "multiformats/cid"
import * as digest from "multiformats/hashes/digest"
import { GENERATED, generate } from "./gen-evm-dispatch.ts"

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Source of one actor of the manifest. */
interface ActorSource {
  readonly name: string
  /** Entry file, relative to the repository. */
  readonly entry: string
  /** Integer constants that the source declares. */
  readonly constants?: Readonly<Record<string, number>>
}

const ABSENT = "src/actors/absent.ts"

/** In the order of the network's manifests: the order gives the types. Source: builtin-actors vm_api/src/builtin.rs. */
export const ACTORS: readonly ActorSource[] = [
  { name: "system", entry: "src/actors/system.ts" },
  { name: "init", entry: "src/actors/init.ts" },
  { name: "cron", entry: "src/actors/cron.ts" },
  { name: "account", entry: "src/actors/account.ts" },
  { name: "storagepower", entry: ABSENT, constants: { ABSENT_TYPE: 5 } },
  { name: "storageminer", entry: ABSENT, constants: { ABSENT_TYPE: 6 } },
  { name: "storagemarket", entry: ABSENT, constants: { ABSENT_TYPE: 7 } },
  { name: "paymentchannel", entry: "src/actors/paych.ts" },
  { name: "multisig", entry: "src/actors/multisig.ts" },
  { name: "reward", entry: "src/actors/reward.ts" },
  { name: "verifiedregistry", entry: "src/actors/verifreg.ts" },
  { name: "datacap", entry: "src/actors/datacap.ts" },
  { name: "placeholder", entry: "src/actors/placeholder.ts" },
  { name: "evm", entry: "src/evm-actor/evm.ts" },
  { name: "eam", entry: "src/actors/eam.ts" },
  { name: "ethaccount", entry: "src/actors/ethaccount.ts" },
]

/**
 * Memory at the start, in pages of 64 KiB. The network charges 26,214.4 gas a page, and its own actors start with 17 (the
 * placeholder with 16); gas estimates made on this bundle only hold there if ours do too.
 */
const INITIAL_PAGES = 17
const PLACEHOLDER_PAGES = 16

/** A build that cannot go on: the compiler's complaint, or Wasm that an actor may not have. */
export class ActorBuildError extends Error {
  override readonly name = "ActorBuildError"
}

/**
 * Compiles one actor.
 *
 * @param entry - Path of the entry file, relative to the repository.
 * @returns The Wasm module; exports `invoke` and `memory` and nothing else, has no start function.
 * @throws ActorBuildError - The source does not compile, or the result breaks a rule for actors.
 */
export async function compileActor(
  entry: string,
  options: {
    constants?: Readonly<Record<string, number>>
    pages?: number
    textFile?: string
    /** Text to take instead of a file, by its path relative to the repository. */
    sources?: Readonly<Record<string, string>>
    /** Modules to import from besides those of syscalls. */
    hostModules?: readonly string[]
  } = {},
): Promise<Uint8Array> {
  const outputs = new Map<string, string | Uint8Array>()
  const uses = Object.entries(options.constants ?? {}).map(([name, value]) => `${name}=${value}`)
  const args = [
    entry,
    "-O3",
    "--runtime",
    "stub",
    "--noAssert",
    "--use",
    ["abort=", ...uses].join(","),
    "--disable",
    "nontrapping-f2i",
    "--initialMemory",
    String(options.pages ?? INITIAL_PAGES),
    "--baseDir",
    root,
    "--outFile",
    "actor.wasm",
  ]
  if (options.textFile !== undefined) args.push("--textFile", "actor.wat")
  let complaints = ""
  const note = {
    write(text: string | Uint8Array): void {
      complaints += typeof text === "string" ? text : new TextDecoder().decode(text)
    },
  }
  const { error } = await asc.main(args, {
    stdout: note,
    stderr: note,
    readFile: (name, baseDir) => {
      const path = join(baseDir, name)
      const given = options.sources?.[relative(root, path)]
      if (given !== undefined) return given
      return existsSync(path) && statSync(path).isFile() ? readFileSync(path, "utf8") : null
    },
    writeFile: (name, contents) => void outputs.set(name, contents),
    listFiles: (name, baseDir) => {
      const path = join(baseDir, name)
      return existsSync(path)
        ? readdirSync(path).filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
        : null
    },
  })
  const wasm = outputs.get("actor.wasm")
  if (error !== null || !(wasm instanceof Uint8Array))
    throw new ActorBuildError(`${entry} does not compile\n${complaints}`)
  if (complaints !== "") process.stderr.write(complaints)
  const text = outputs.get("actor.wat")
  if (options.textFile !== undefined && typeof text === "string") writeFileSync(options.textFile, text)
  checkModule(entry, wasm, options.hostModules ?? [])
  return wasm
}

/** What an actor's module must be, whatever the compiler thinks: see `compileActor`. */
function checkModule(entry: string, wasm: Uint8Array, hostModules: readonly string[]): void {
  const sections = new Map(sectionsOf(wasm))
  const exported = exportsOf(sections.get(7) ?? new Uint8Array([0]))
  if (exported.sort().join(", ") !== "invoke, memory")
    throw new ActorBuildError(`${entry} exports ${exported.join(", ")}`)
  if (sections.has(8)) throw new ActorBuildError(`${entry} has a start function: a global is not a constant`)
  for (const { module, name, kind } of importsOf(sections.get(2) ?? new Uint8Array([0]))) {
    if (kind !== 0 || !(SYSCALL_MODULES.includes(module) || hostModules.includes(module))) {
      throw new ActorBuildError(`${entry} imports ${module}.${name}, which is no syscall`)
    }
  }
}

/** A module's sections, in order: id and content. */
function sectionsOf(wasm: Uint8Array): Array<[number, Uint8Array]> {
  const sections: Array<[number, Uint8Array]> = []
  for (let at = 8; at < wasm.length; ) {
    const id = wasm[at]!
    const size = readVarint(wasm, at + 1)
    sections.push([id, wasm.subarray(size.next, size.next + size.value)])
    at = size.next + size.value
  }
  return sections
}

const SYSCALL_MODULES = ["actor", "crypto", "debug", "event", "gas", "ipld", "network", "rand", "self", "send", "vm"]

/** What an import section asks for, up to the first that is no function (kind 0). */
function importsOf(section: Uint8Array): Array<{ module: string; name: string; kind: number }> {
  const count = readVarint(section, 0)
  const imports: Array<{ module: string; name: string; kind: number }> = []
  let at = count.next
  const text = (): string => {
    const length = readVarint(section, at)
    at = length.next + length.value
    return new TextDecoder().decode(section.subarray(length.next, at))
  }
  for (let i = 0; i < count.value; i++) {
    const entry = { module: text(), name: text(), kind: section[at++]! }
    imports.push(entry)
    if (entry.kind !== 0) break
    at = readVarint(section, at).next
  }
  return imports
}

/** Names in an export section. */
function exportsOf(section: Uint8Array): string[] {
  const count = readVarint(section, 0)
  const names: string[] = []
  for (let at = count.next, i = 0; i < count.value; i++) {
    const length = readVarint(section, at)
    const end = length.next + length.value
    names.push(new TextDecoder().decode(section.subarray(length.next, end)))
    at = readVarint(section, end + 1).next
  }
  return names
}

function readVarint(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++]!
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return { value, next: at }
  }
}

/**
 * Compiles the traced build of the EVM actor, which tells its host of each instruction. It is in no bundle: a node puts it in the
 * place of a contract's code when it executes a message again for a debugger.
 *
 * @throws ActorBuildError - As {@link compileActor}.
 */
export function compileTracedEvm(): Promise<Uint8Array> {
  return compileActor("src/evm-actor/evm.ts", {
    pages: INITIAL_PAGES,
    sources: { [relative(root, GENERATED)]: generate({ traced: true }) },
    hostModules: ["evm_trace"],
  })
}

interface Block {
  readonly cid: CID
  readonly bytes: Uint8Array
}

function block(codec: number, bytes: Uint8Array): Block {
  return { cid: CID.createV1(codec, digest.create(0xb220, blake2b(bytes, { dkLen: 32 }))), bytes }
}

/**
 * Packs actors into a bundle.
 *
 * @param actors - Name and Wasm, in the order of their types.
 * @returns The CARv1, and the CID of its root.
 */
export function packBundle(actors: ReadonlyArray<{ name: string; wasm: Uint8Array }>): { car: Uint8Array; root: CID } {
  const codes = actors.map(({ name, wasm }) => ({ name, ...block(0x55, wasm) }))
  const data = block(0x71, dagCbor.encode(codes.map(({ name, cid }) => [name, cid])))
  const top = block(0x71, dagCbor.encode([1, data.cid]))
  const unique = new Map([top, data, ...codes].map((entry) => [entry.cid.toString(), entry]))
  const header = dagCbor.encode({ roots: [top.cid], version: 1 })
  const parts: Uint8Array[] = [varint(header.length), header]
  for (const { cid, bytes } of unique.values()) parts.push(varint(cid.bytes.length + bytes.length), cid.bytes, bytes)
  const car = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    car.set(part, at)
    at += part.length
  }
  return { car, root: top.cid }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value & 0x7f) | 0x80)
  return Uint8Array.from([...bytes, value])
}

async function main(args: readonly string[]): Promise<void> {
  const text = args.includes("--text")
  const wanted = args.filter((arg) => !arg.startsWith("--"))
  const unknown = wanted.filter((name) => !ACTORS.some((actor) => actor.name === name))
  if (unknown.length > 0)
    throw new ActorBuildError(
      `no actor named ${unknown.join(", ")}; there are ${ACTORS.map(({ name }) => name).join(", ")}`,
    )
  const out = join(root, "dist", "actors")
  mkdirSync(out, { recursive: true })
  const built: Array<{ name: string; wasm: Uint8Array }> = []
  for (const { name, entry, constants } of ACTORS) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const wasm = await compileActor(entry, {
      ...(constants === undefined ? {} : { constants }),
      pages: name === "placeholder" ? PLACEHOLDER_PAGES : INITIAL_PAGES,
      ...(text ? { textFile: join(out, `${name}.wat`) } : {}),
    })
    const file = join(out, `${name}.wasm`)
    writeFileSync(file, wasm)
    process.stderr.write(`${relative(root, file)}  ${wasm.length} bytes\n`)
    built.push({ name, wasm })
  }
  if (wanted.length === 0 || wanted.includes("evm")) {
    const wasm = await compileTracedEvm()
    writeFileSync(join(out, "evm-trace.wasm"), wasm)
    process.stderr.write(`dist/actors/evm-trace.wasm  ${wasm.length} bytes\n`)
  }
  if (wanted.length > 0) return
  const { car, root: bundleRoot } = packBundle(built)
  writeFileSync(join(out, "bundle.car"), car)
  process.stderr.write(`dist/actors/bundle.car  ${car.length} bytes  ${bundleRoot}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(
      `${error instanceof ActorBuildError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
    )
    process.exitCode = 1
  })
}
