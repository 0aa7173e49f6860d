import { readFileSync } from "node:fs"
import { type Bundle, loadBundle } from "../fvm/machine/bundle.ts"
import { ChainError } from "./errors.ts"

/**
 * Reads bundles from files or memory.
 *
 * @param isVerified - Whether this file's blocks are known to be what their CIDs say. Default: none are
 * @throws ChainError - `bundle`: a file cannot be read, is no CAR, or has no manifest.
 */
export function loadBundleFiles(
  sources: readonly (string | Uint8Array)[],
  isVerified: (car: Uint8Array) => boolean = () => false,
): Bundle[] {
  return sources.map((source) => {
    const name = typeof source === "string" ? source : "the bundle"
    let car: Uint8Array
    try {
      car = typeof source === "string" ? readFileSync(source) : source
    } catch (cause) {
      throw new ChainError("bundle", `cannot read the bundle ${name}: ${(cause as Error).message}`, { cause })
    }
    try {
      return loadBundle(car, { verify: !isVerified(car) })
    } catch (cause) {
      throw new ChainError("bundle", `${name} is not a bundle of actors: ${(cause as Error).message}`, { cause })
    }
  })
}
