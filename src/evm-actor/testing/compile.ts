import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import asc from "assemblyscript/asc"
import { type WasmModule, WebAssembly } from "../../fvm/engine/js-api.ts"

const room = fileURLToPath(new URL("..", import.meta.url))

/** What asc said when a module of this room did not compile. */
export class CompileError extends Error {}

/**
 * Compiles one AssemblyScript file of this room to Wasm, with the flags that the actors are built with.
 *
 * @param entry - Path below `src/evm-actor`; its exports become the module's.
 */
export async function compileModule(entry: string): Promise<WasmModule> {
  const out = mkdtempSync(join(tmpdir(), "evm-actor-"))
  try {
    const { error, stderr } = await asc.main([
      join(room, entry),
      ...["--outFile", join(out, "module.wasm")],
      ...["--runtime", "stub", "--optimizeLevel", "3", "--shrinkLevel", "0", "--converge", "--noAssert"],
    ])
    if (error) throw new CompileError(`${entry}: ${stderr.toString()}`, { cause: error })
    return new WebAssembly.Module(readFileSync(join(out, "module.wasm")))
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
