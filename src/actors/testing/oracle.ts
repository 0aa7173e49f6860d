/**
 * Our actors on the reference FVM: vectors of the official bundle become scenarios for `fvm-oracle`, which then runs the same
 * messages from the same pre-state with another bundle. A developer's tool; tests use it when `FEVM_ORACLE` names the program.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { CarReader } from "@ipld/car"
import * as dagCbor from "@ipld/dag-cbor"
import { CID } from "multiformats/cid"
import { Address } from "../../address/address.ts"

/** What a vector file holds, as far as it is needed here. Format: shared/oracle/README.md. */
export interface Vector {
  readonly name: string
  readonly network: Readonly<Record<string, unknown>>
  readonly pre: {
    readonly car: string
    readonly root: string
    readonly manifest: ReadonlyArray<readonly [string, string]>
  }
  readonly cases: readonly VectorCase[]
}

export interface VectorCase {
  readonly name: string
  readonly network?: Readonly<Record<string, unknown>>
  readonly messages: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly results: readonly VectorResult[]
  readonly post: null | { readonly actors: Readonly<Record<string, null | PostActor>>; readonly new_blocks: string }
}

export interface PostActor {
  readonly code: string
  readonly head: string
  readonly sequence: number | string
  readonly balance: string
  readonly delegated?: string
}

export interface VectorResult {
  readonly refused?: string
  readonly exit_code: number
  readonly return: string | null
  readonly return_codec: number | null
  readonly gas_used: number
  readonly events: unknown
  readonly failure: unknown
  readonly trace?: ReadonlyArray<readonly unknown[]>
}

/** An actor of a state tree. */
interface StateActor {
  readonly id: bigint
  readonly code: CID
  readonly head: CID
  readonly sequence: number | bigint
  readonly balance: Uint8Array
  readonly delegated: Uint8Array | null
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

/** The code CIDs of a bundle by actor name. */
export async function codesOf(bundle: Uint8Array): Promise<ReadonlyMap<string, CID>> {
  const car = await CarReader.fromBytes(bundle)
  const [root] = await car.getRoots()
  const read = async (cid: CID): Promise<unknown> => dagCbor.decode((await car.get(cid))!.bytes)
  const [, data] = (await read(root!)) as [number, CID]
  return new Map((await read(data)) as Array<[string, CID]>)
}

/**
 * Turns a vector of the official bundle into a scenario that starts from the same state with another bundle.
 *
 * @param codes - Code CIDs of the other bundle. Parameters that name code of the official one (init's Exec) name this instead.
 */
export async function toScenario(vector: Vector, codes: ReadonlyMap<string, CID>): Promise<Record<string, unknown>> {
  const translate = (params: string): string => {
    for (const [name, cid] of vector.pre.manifest) {
      params = params.replaceAll(hex(CID.parse(cid).bytes), hex(codes.get(name)!.bytes))
    }
    return params
  }
  const car = await CarReader.fromBytes(Buffer.from(vector.pre.car, "base64"))
  const blocks: Array<Record<string, unknown>> = []
  const byCid = new Map<string, Uint8Array>()
  for await (const { cid, bytes } of car.blocks()) {
    byCid.set(cid.toString(), bytes)
    const codec = cid.code === 0x71 ? "dag-cbor" : cid.code === 0x51 ? "cbor" : cid.code === 0x55 ? "raw" : cid.code
    const hash = cid.multihash.code === 0x12 ? "sha2-256" : "blake2b-256"
    blocks.push({ name: cid.toString(), codec, hash, hex: hex(bytes) })
  }
  const read = (cid: CID): unknown => dagCbor.decode(byCid.get(cid.toString())!)
  const [, actorsRoot] = read(CID.parse(vector.pre.root)) as [number, CID, CID]
  const names = new Map(vector.pre.manifest.map(([name, cid]) => [cid, name]))
  const actors: Array<Record<string, unknown>> = []
  const tree = [...stateActors(actorsRoot, read)]
  const [mapRoot] = read(tree.find(({ id }) => id === 1n)!.head) as [CID]
  const addresses = new Map([...entries(mapRoot, read)].map(([key, id]) => [Number(id), Address.fromBytes(key)]))
  for (const actor of tree) {
    // The oracle makes the state of system and init itself.
    if (actor.id < 2n) continue
    const address = addresses.get(Number(actor.id))
    const name = names.get(actor.code.toString())
    actors.push({
      id: Number(actor.id),
      code: name === undefined ? { cid: actor.code.toString() } : { builtin: name },
      state: { cid: actor.head.toString() },
      sequence: Number(actor.sequence),
      balance: actor.balance.length === 0 ? "0" : BigInt(`0x${hex(actor.balance)}`).toString(),
      ...(address === undefined ? {} : { address: address.toString() }),
      ...(actor.delegated === null ? {} : { delegated_address: Address.fromBytes(actor.delegated).toString() }),
    })
  }
  const { price_list: _, ...network } = vector.network
  return {
    name: vector.name,
    bundle: true,
    network,
    actors,
    blocks,
    variants: vector.cases.map(({ name, network: own, messages }) => ({
      name,
      network: own === undefined ? {} : Object.fromEntries(Object.entries(own).filter(([key]) => key !== "price_list")),
      messages: messages.map((message) => toMessage(message, translate)),
    })),
  }
}

function toMessage(
  message: Readonly<Record<string, unknown>>,
  translate: (params: string) => string,
): Record<string, unknown> {
  const { from, to, sequence, value, method, params, gas_limit, gas_fee_cap, gas_premium, implicit, chain_length } =
    message
  return {
    from,
    to,
    sequence,
    value,
    method,
    params: translate(hex(Buffer.from(String(params ?? ""), "base64"))),
    gas_limit,
    gas_fee_cap,
    gas_premium,
    implicit,
    raw_length: chain_length,
  }
}

function* stateActors(root: CID, read: (cid: CID) => unknown): Generator<StateActor> {
  for (const [key, value] of entries(root, read)) {
    const [code, head, sequence, balance, delegated] = value as [CID, CID, number, Uint8Array, Uint8Array | null]
    yield { id: Address.fromBytes(key).actorId, code, head, sequence, balance, delegated }
  }
}

/** What a HAMT holds. */
function* entries(root: CID, read: (cid: CID) => unknown): Generator<[Uint8Array, unknown]> {
  const [, pointers] = read(root) as [Uint8Array, Array<CID | Array<[Uint8Array, unknown]>>]
  for (const pointer of pointers) {
    const link = CID.asCID(pointer)
    if (link === null) yield* pointer as Array<[Uint8Array, unknown]>
    else yield* entries(link, read)
  }
}

/** A running `fvm-oracle serve`. */
export class Oracle {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting: Array<{ resolve: (answer: unknown) => void; reject: (reason: unknown) => void }> = []

  /** @param program - Path of `fvm-oracle`. @param bundle - CAR file of the bundle to run. */
  constructor(program: string, bundle: string) {
    this.#child = spawn(program, ["serve", "--bundle", bundle])
    createInterface({ input: this.#child.stdout }).on("line", (line) =>
      this.#waiting.shift()?.resolve(JSON.parse(line)),
    )
    this.#child.stderr.resume()
    this.#child.on("exit", () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error("the oracle ended"))
    })
  }

  /** Runs one scenario. */
  async run(scenario: Record<string, unknown>): Promise<Vector> {
    const answer = await new Promise<unknown>((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#child.stdin.write(`${JSON.stringify(scenario)}\n`)
    })
    const { error } = answer as { error?: string }
    if (error !== undefined) throw new Error(`oracle: ${error}`)
    return answer as Vector
  }

  close(): void {
    this.#child.stdin.end()
  }
}
