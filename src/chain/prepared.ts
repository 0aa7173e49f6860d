import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { loadBundle } from "../fvm/machine/bundle.ts"
import { cidKey } from "../ipld/cid.ts"
import { decode, encode, expectBytes, expectList, expectText, expectTuple } from "../ipld/dag-cbor.ts"
import { createEngine } from "./runtime.ts"

/**
 * What the build works out of the embedded bundle of actors, so that a start does not: that its blocks are what their CIDs say, and the
 * instrumented code of its actors. As a file: DAG-CBOR `[SHA-256 of the bundle, [[key, instrumented module], ...]]`.
 */
export interface Prepared {
  /** SHA-256 of the bundle's CAR file: nothing here means anything for another one. */
  readonly bundle: Uint8Array
  /** Instrumented modules under the keys that the kernel's engine looks for. */
  readonly code: readonly (readonly [key: string, module: Uint8Array])[]
}

/**
 * Prepares a bundle.
 *
 * @param networkVersion - Whose prices are built into the code.
 * @throws BundleError - It is none, or a block does not hash to its CID. ModuleRefused - An actor's code.
 */
export function prepareBundle(car: Uint8Array, networkVersion: number): Uint8Array {
  const { manifest, blocks } = loadBundle(car)
  const code: [string, Uint8Array][] = []
  const cache = { get: () => undefined, put: (key: string, module: Uint8Array) => void code.push([key, module]) }
  const engine = createEngine(networkVersion, [], cache)
  for (const cid of new Set(manifest.actors.map(([, cid]) => cid))) engine.load(cidKey(cid), () => blocks.get(cid))
  return encode([sha256(car), code])
}

/** Reads what was prepared; undefined if it is not there, or is something else: a start works it out again. */
export function readPrepared(path: string): Prepared | undefined {
  try {
    const [bundle, code] = expectTuple(decode(new Uint8Array(readFileSync(path))), 2, "prepared")
    return {
      bundle: expectBytes(bundle, "prepared.bundle"),
      code: expectList(code, "prepared.code", (row, name) => {
        const [key, module] = expectTuple(row, 2, name)
        return [expectText(key, `${name}.key`), expectBytes(module, `${name}.module`)] as const
      }),
    }
  } catch {
    return undefined
  }
}

/** Whether it was made of this bundle. */
export function isPreparedFrom(prepared: Prepared, car: Uint8Array): boolean {
  const digest = sha256(car)
  return prepared.bundle.length === digest.length && prepared.bundle.every((byte, i) => byte === digest[i])
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest())
}
