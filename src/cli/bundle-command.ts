import { readFileSync } from "node:fs"
import { BundleError } from "../fvm/errors.ts"
import { loadBundle } from "../fvm/machine/bundle.ts"
import { CommandError } from "./errors.ts"

/** `fevm bundle FILE.car`: what it holds. @throws CommandError - It cannot be read, or is no bundle. */
export function runBundle(path: string, { json }: { readonly json: boolean }): void {
  let car: Uint8Array
  try {
    car = readFileSync(path)
  } catch (cause) {
    throw new CommandError(`${path} cannot be read: ${(cause as Error).message}`, { cause })
  }
  let bundle: ReturnType<typeof loadBundle>
  try {
    bundle = loadBundle(car)
  } catch (cause) {
    if (cause instanceof BundleError) throw new CommandError(`${path}: ${cause.message}`, { cause })
    throw cause
  }
  const actors = bundle.manifest.actors.map(([name, code]) => ({
    name,
    code: `${code}`,
    bytes: bundle.blocks.get(code)?.length ?? 0,
  }))
  if (json) {
    process.stdout.write(`${JSON.stringify({ root: `${bundle.root}`, bytes: car.length, actors })}\n`)
    return
  }
  const width = Math.max(...actors.map(({ name }) => name.length))
  const lines = actors.map(({ name, code, bytes }) => `${name.padEnd(width)}  ${code}  ${`${bytes}`.padStart(8)} bytes`)
  process.stdout.write(`root ${bundle.root}, ${actors.length} actors, ${car.length} bytes\n${lines.join("\n")}\n`)
}
