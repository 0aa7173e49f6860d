import type { CID } from "multiformats/cid"
import { cidEquals, cidKey } from "../../ipld/cid.ts"
import { MachineError } from "../errors.ts"

/** Actors that the kernel must be able to tell apart. */
const REQUIRED = ["account", "system", "init", "placeholder", "eam", "ethaccount"] as const
type Required = (typeof REQUIRED)[number]

/**
 * Which code CID is which built-in actor. All that the kernel knows of actors' names.
 *
 * @see ref-fvm fvm/src/machine/manifest.rs
 */
export class Manifest {
  /** Name and code CID in the bundle's order: the n-th has actor type n, counted from 1. */
  readonly actors: readonly (readonly [name: string, code: CID])[]
  readonly #typeByCode = new Map<string, number>()
  readonly #codeByName = new Map<string, CID>()

  /** @throws MachineError - One of account, system, init, placeholder, eam, ethaccount is missing. */
  constructor(actors: readonly (readonly [name: string, code: CID])[]) {
    this.actors = actors
    for (const [index, [name, code]] of actors.entries()) {
      this.#typeByCode.set(cidKey(code), index + 1)
      this.#codeByName.set(name, code)
    }
    for (const name of REQUIRED)
      if (!this.#codeByName.has(name)) throw new MachineError(`the manifest has no ${name} actor`)
  }

  /** The actor type of a code CID, from 1; 0 if it is not a built-in actor. */
  typeOf(code: CID): number {
    return this.#typeByCode.get(cidKey(code)) ?? 0
  }

  /** The code CID of an actor type; undefined if there is none. */
  codeOfType(type: number): CID | undefined {
    return type < 1 ? undefined : this.actors[type - 1]?.[1]
  }

  /** The code CID of an actor that every manifest has. */
  codeOf(name: Required): CID {
    return this.#codeByName.get(name) as CID // the constructor has checked it
  }

  /** The code CID of any actor, by name; undefined if the manifest does not have it. */
  find(name: string): CID | undefined {
    return this.#codeByName.get(name)
  }

  /** Whether this is the code of the named actor. */
  is(name: Required, code: CID): boolean {
    return cidEquals(this.codeOf(name), code)
  }
}
