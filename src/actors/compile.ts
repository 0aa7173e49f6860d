/**
 * The compiler of native actors: AssemblyScript on the SDK in `sdk/`, with the options that an actor must have. Runs under Node, from
 * the sources and from the package (`fevm/actors`); everything else in this room is compiled by it.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"

/**
 * Memory at the start, in pages of 64 KiB. The network charges 26,214.4 gas a page, and its own actors start with 17; gas estimates
 * made with ours only hold there if ours do too.
 */
const INITIAL_PAGES = 17

/** A build that cannot go on: the compiler's complaint, or Wasm that an actor may not have. */
export class ActorBuildError extends Error {
  override readonly name = "ActorBuildError"
}

/**
 * Compiles one actor.
 *
 * Its source imports the SDK as `fevm/actor-sdk/<file>`, or by a relative path where it lies beside it.
 *
 * @param entry - Path of the entry file, relative to `baseDir`.
 * @returns The Wasm module; exports `invoke` and `memory` and nothing else, has no start function.
 * @throws ActorBuildError - The source does not compile, the result breaks a rule for actors, or the package `assemblyscript`,
 *   which this one does not bring along, is not installed.
 */
export async function compileActor(
  entry: string,
  options: {
    /** Default: the working directory. */
    baseDir?: string
    /** Integer constants that the source declares. */
    constants?: Readonly<Record<string, number>>
    /** Memory at the start, in pages of 64 KiB. Default: 17, as the network's actors. */
    pages?: number
    /** Where the text form of the module is written, if at all. */
    textFile?: string
    /** Text to take instead of a file, by its path relative to `baseDir`. */
    sources?: Readonly<Record<string, string>>
    /** Modules to import from besides those of syscalls. */
    hostModules?: readonly string[]
  } = {},
): Promise<Uint8Array> {
  const asc = await assemblyScript()
  const baseDir = resolve(options.baseDir ?? ".")
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
    baseDir,
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
    readFile: (name, from) => {
      const path = sourcePath(join(from, name))
      const given = options.sources?.[relative(baseDir, path)]
      if (given !== undefined) return given
      return existsSync(path) && statSync(path).isFile() ? readFileSync(path, "utf8") : null
    },
    writeFile: (name, contents) => void outputs.set(name, contents),
    listFiles: (name, from) => {
      const path = join(from, name)
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

/** The compiler. It is asked for by those who compile actors only. */
async function assemblyScript(): Promise<typeof import("assemblyscript/asc")> {
  try {
    return await import("assemblyscript/asc")
  } catch (cause) {
    throw new ActorBuildError("compiling an actor takes the package assemblyscript: npm install assemblyscript", {
      cause,
    })
  }
}

/** The folder of the SDK, beside this file in the sources as in the package. */
const SDK = fileURLToPath(new URL("./sdk/", import.meta.url))
/** Where the compiler looks for a package's files: in every `node_modules` upwards. */
const SDK_IMPORT = /(?:^|[\\/])node_modules[\\/]fevm[\\/]actor-sdk[\\/](.+)$/

/** The file that stands for a path that the compiler asks for. */
function sourcePath(path: string): string {
  const name = SDK_IMPORT.exec(path)?.[1]
  return name === undefined ? path : join(SDK, name)
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
