import { readFileSync } from "node:fs"
import { type Bundle, loadBundle } from "../fvm/machine/bundle.ts"
import { ChainError } from "./errors.ts"

/**
 * Reads bundles from files or memory.
 *
 * @throws ChainError - `bundle`: a file cannot be read, is no CAR, or has no manifest.
 */
export function loadBundleFiles(sources: readonly (string | Uint8Array)[]): Bundle[] {
  return sources.map((source) => {
    const name = typeof source === "string" ? source : "the bundle"
    let car: Uint8Array
    try {
      car = typeof source === "string" ? readFileSync(source) : source
    } catch (cause) {
      throw new ChainError("bundle", `cannot read the bundle ${name}: ${(cause as Error).message}`, { cause })
    }
    try {
      return loadBundle(car)
    } catch (cause) {
      throw new ChainError("bundle", `${name} is not a bundle of actors: ${(cause as Error).message}`, { cause })
    }
  })
}
