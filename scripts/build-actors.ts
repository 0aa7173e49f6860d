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
import { cpSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import * as dagCbor from "@ipld/dag-cbor"
import { blake2b } from "@noble/hashes/blake2.js"
import { CID } from "multiformats/cid"
import * as digest from "multiformats/hashes/digest"
import { ActorBuildError, compileActor } from "../src/actors/compile.ts"
import { renderInterpreter } from "../src/evm-actor/dispatch.ts"

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

/** Memory of the network's placeholder at the start, in pages; its other actors have what `compileActor` gives. */
const PLACEHOLDER_PAGES = 16

/**
 * Compiles the traced build of the EVM actor, which tells its host of each instruction. It is in no bundle: a node puts it in the
 * place of a contract's code when it executes a message again for a debugger.
 *
 * @throws ActorBuildError - As {@link compileActor}.
 */
export function compileTracedEvm(): Promise<Uint8Array> {
  return compileActor("src/evm-actor/evm.ts", {
    baseDir: root,
    sources: { "src/evm-actor/interpreter.generated.ts": renderInterpreter({ traced: true }) },
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
      baseDir: root,
      ...(constants === undefined ? {} : { constants }),
      ...(name === "placeholder" ? { pages: PLACEHOLDER_PAGES } : {}),
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
  // The SDK goes with the package: actors that are compiled elsewhere stand on it.
  cpSync(join(root, "src", "actors", "sdk"), join(out, "sdk"), {
    recursive: true,
    filter: (file) => !file.endsWith(".test.ts"),
  })
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
