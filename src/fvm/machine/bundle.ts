import { readFileSync } from "node:fs"
import { delimiter } from "node:path"
import { type Blockstore, MemoryBlockstore } from "../../ipld/blockstore.ts"
import { type CarOptions, decodeCar } from "../../ipld/car.ts"
import { type CID, cidKey } from "../../ipld/cid.ts"
import { decode, expectArray, expectLink, expectText, expectTuple, expectUint } from "../../ipld/dag-cbor.ts"
import { BundleError, MachineError } from "../errors.ts"
import { Manifest } from "./manifest.ts"

/** The one manifest version there is. */
const MANIFEST_VERSION = 1

/**
 * A bundle of built-in actors.
 *
 * As a CARv1 its one root is the DAG-CBOR tuple `[1, manifest data]`; the manifest data is a list of `[name, code CID]`, in the
 * order of actor types; the rest of the blocks is their Wasm.
 *
 * @see builtin-actors bundler/src/lib.rs; ref-fvm fvm/src/machine/manifest.rs
 */
export interface Bundle {
  /** The CAR's root: what people call the bundle's CID. */
  readonly root: CID
  /** What the system actor's state links to. */
  readonly manifestData: CID
  readonly manifest: Manifest
  /** All blocks of the CAR. */
  readonly blocks: MemoryBlockstore
}

/**
 * Reads a bundle.
 *
 * @param options - Of reading the CAR. Default: all blocks are compared with their CIDs.
 * @throws BundleError - It is no CAR, has no manifest of version 1, or lacks the Wasm of an actor it names.
 */
export function loadBundle(car: Uint8Array, options: CarOptions = {}): Bundle {
  let root: CID | undefined
  const blocks = new MemoryBlockstore()
  try {
    const decoded = decodeCar(car, options)
    root = decoded.roots[0]
    blocks.putMany(decoded.blocks)
  } catch (cause) {
    throw new BundleError("the bundle is not a CAR file", { cause })
  }
  if (root === undefined) throw new BundleError("the bundle's CAR has no root")
  const manifestData = manifestDataOf(blocks, root)
  const manifest = loadManifest(blocks, manifestData)
  for (const [name, code] of manifest.actors)
    if (!blocks.has(code)) throw new BundleError(`the bundle has no Wasm for ${name} (${code})`)
  return { root, manifestData, manifest, blocks }
}

function manifestDataOf(blocks: Blockstore, root: CID): CID {
  const bytes = blocks.get(root)
  if (bytes === undefined) throw new BundleError(`the bundle's root ${root} is not in it`)
  try {
    const [version, data] = expectTuple(decode(bytes), 2, "manifest")
    const number = expectUint(version, "manifest.version")
    if (number !== MANIFEST_VERSION)
      throw new BundleError(`manifest version ${number} is not supported: ${MANIFEST_VERSION} is`)
    return expectLink(data, "manifest.data")
  } catch (cause) {
    if (cause instanceof BundleError) throw cause
    throw new BundleError(`the bundle's root ${root} is not a manifest`, { cause })
  }
}

/**
 * Reads manifest data, the list of names and code CIDs.
 *
 * @throws MachineError - It is missing, malformed, or lacks an actor that the kernel needs.
 */
export function loadManifest(store: Blockstore, manifestData: CID): Manifest {
  const bytes = store.get(manifestData)
  if (bytes === undefined) throw new MachineError(`the actors' manifest ${manifestData} is not in the store`)
  try {
    return new Manifest(
      expectArray(decode(bytes), "manifest data").map((row, index) => {
        const [name, code] = expectTuple(row, 2, `manifest data[${index}]`)
        return [expectText(name, "manifest data.name"), expectLink(code, "manifest data.code")] as const
      }),
    )
  } catch (cause) {
    if (cause instanceof MachineError) throw cause
    throw new MachineError(`the actors' manifest ${manifestData} cannot be read`, { cause })
  }
}

/**
 * Reads the bundle files that a list names, as `FEVM_BUNDLE` does.
 *
 * @param list - Paths, separated by `:` (`;` on Windows).
 * @throws BundleError - A file cannot be read or is no bundle.
 */
export function readBundleFiles(list: string): Bundle[] {
  return list
    .split(delimiter)
    .filter((path) => path !== "")
    .map((path) => {
      let car: Uint8Array
      try {
        car = readFileSync(path)
      } catch (cause) {
        throw new BundleError(`the bundle ${path} cannot be read`, { cause })
      }
      try {
        return loadBundle(car)
      } catch (cause) {
        throw new BundleError(`${path} is not a bundle of actors: ${cause instanceof Error ? cause.message : cause}`, {
          cause,
        })
      }
    })
}

/** Finds Wasm by its code CID in several bundles. */
export function codeOfBundles(bundles: readonly Bundle[]): (code: CID) => Uint8Array | undefined {
  const codes = new Map<string, Uint8Array>()
  for (const { manifest, blocks } of bundles)
    for (const [, code] of manifest.actors) {
      const wasm = blocks.get(code)
      if (wasm !== undefined) codes.set(cidKey(code), wasm)
    }
  return (code) => codes.get(cidKey(code))
}

/** Tells whether a code CID, as a key (`cidKey`), is that of an actor in one of the bundles. */
export function isCodeOfBundles(bundles: readonly Bundle[]): (codeKey: string) => boolean {
  const keys = new Set(bundles.flatMap(({ manifest }) => manifest.actors.map(([, code]) => cidKey(code))))
  return (codeKey) => keys.has(codeKey)
}
