import { MessageRefused } from "../../src/fvm/errors.ts"
import { Executor } from "../../src/fvm/executor/executor.ts"
import type { ApplyResult } from "../../src/fvm/executor/index.ts"
import { PriceList } from "../../src/fvm/gas/price-list.ts"
import { type Bundle, codeOfBundles } from "../../src/fvm/machine/bundle.ts"
import { machineContext } from "../../src/fvm/machine/context.ts"
import { Machine } from "../../src/fvm/machine/machine.ts"
import { runtimeFor } from "../../src/fvm/runtime.ts"
import { StateTree } from "../../src/fvm/state-tree/state-tree.ts"
import { MemoryBlockstore } from "../../src/ipld/blockstore.ts"
import { decodeCar } from "../../src/ipld/car.ts"
import { type CID, cidOfBlock, DAG_CBOR, parseCid } from "../../src/ipld/cid.ts"
import { encode } from "../../src/ipld/dag-cbor.ts"
import type { Vector as RecordedVector, VectorMessage, VectorNetwork } from "../vectors/format.ts"
import { oracleExterns } from "../vectors/oracle-externs.ts"
import { messageOf } from "../vectors/replay.ts"
import type { Actor, Case, Result, Vector } from "./compare-results.ts"

const SYSTEM_ACTOR = 0n

/** A result with what the report wants to know besides. */
export interface RunResult extends Result {
  /** Gas of Wasm instructions and of the growth of memory. */
  readonly execution: number
}

/** A case as it ran. */
export interface RunCase extends Case {
  readonly results: readonly RunResult[]
}

/** A vector as it ran. */
export interface RunVector extends Vector {
  readonly cases: readonly RunCase[]
}

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

/** What the kernel is told beside the vector, to see what hangs on gas. */
export interface RunOptions {
  /** What a Wasm instruction costs, in percent. Default: 100. */
  readonly instructionPercent?: number
}

/** A recorded vector with another bundle in the place of its own: the same state but for the actors' code. */
export class VectorRun {
  readonly store: MemoryBlockstore = new MemoryBlockstore()
  /** State root before the first message. */
  readonly root: CID
  readonly #bundle: Bundle
  readonly #codes: ReadonlyMap<string, CID>

  constructor(vector: RecordedVector, bundle: Bundle) {
    this.#bundle = bundle
    this.store.putMany(decodeCar(new Uint8Array(Buffer.from(vector.pre.car, "base64"))).blocks)
    this.#codes = new Map(vector.pre.manifest.map(([name, code]) => [code, codeNamed(bundle, name)]))
    this.root = withCode(this.store, parseCid(vector.pre.root), this.#codes, bundle)
  }

  /** An executor that starts from a state. */
  executor(network: VectorNetwork, stateRoot: CID, { instructionPercent = 100 }: RunOptions = {}): Executor {
    const plain = contextOf(network)
    const context = instructionPercent === 100 ? plain : { ...plain, prices: slower(plain.prices, instructionPercent) }
    const bundles = [this.#bundle]
    const { store } = this
    const machine = new Machine({ context, store, stateRoot, externs: oracleExterns, code: codeOfBundles(bundles) })
    return new Executor(machine, runtimeFor(context, { bundles, warn: () => undefined }))
  }

  /** Applies a message, but for the code CIDs in its parameters. */
  apply(executor: Executor, message: VectorMessage): RunResult {
    return apply(executor, message, this.#codes)
  }
}

/** Price lists by what they were made from: compiled code is kept by them. */
const slowed = new Map<string, PriceList>()

function slower(prices: PriceList, percent: number): PriceList {
  const key = `${percent} ${prices.wasm.instructionDefault}`
  let list = slowed.get(key)
  if (list === undefined) {
    const times = (price: bigint): bigint => (price * BigInt(percent)) / 100n
    const { instructionDefault, mathDefault, jumpUnconditional, jumpConditional, jumpIndirect, call } = prices.wasm
    const wasm = {
      ...prices.wasm,
      instructionDefault: times(instructionDefault),
      mathDefault: times(mathDefault),
      jumpUnconditional: times(jumpUnconditional),
      jumpConditional: times(jumpConditional),
      jumpIndirect: times(jumpIndirect),
      call: times(call),
    }
    list = new PriceList({ ...prices.data, wasm })
    slowed.set(key, list)
  }
  return list
}

/**
 * Runs a recorded vector on our kernel with another bundle: the same state but for the actors' code, the same messages but for the
 * code CIDs in their parameters.
 */
export function runVector(vector: RecordedVector, bundle: Bundle): RunVector {
  const run = new VectorRun(vector, bundle)
  const cases = vector.cases.map((one): RunCase => {
    const executor = run.executor(one.network ?? vector.network, run.root)
    let end = run.root
    const results = one.messages.map((message): RunResult => {
      const result = run.apply(executor, message)
      end = executor.flush()
      return result
    })
    return { name: one.name, messages: one.messages, results, post: { actors: changes(run.store, run.root, end) } }
  })
  return { name: vector.name, pre: { names: (vector.pre as unknown as Vector["pre"]).names }, cases }
}

function codeNamed(bundle: Bundle, name: string): CID {
  const code = bundle.manifest.find(name)
  if (code === undefined) throw new RangeError(`the bundle has no actor ${name}`)
  return code
}

/** The tree with each built-in actor's code replaced, and with our manifest in the system actor's state. */
function withCode(store: MemoryBlockstore, root: CID, codes: ReadonlyMap<string, CID>, bundle: Bundle): CID {
  const tree = StateTree.load(store, root)
  for (const [id, actor] of [...tree.actors()]) {
    const code = codes.get(actor.code.toString()) ?? actor.code
    let { state } = actor
    if (id === SYSTEM_ACTOR) {
      const bytes = encode([bundle.manifestData])
      state = cidOfBlock(DAG_CBOR, bytes)
      store.put(state, bytes)
    }
    tree.setActor(id, { ...actor, code, state })
  }
  const manifest = bundle.blocks.get(bundle.manifestData)
  if (manifest !== undefined) store.put(bundle.manifestData, manifest)
  return tree.flush()
}

function apply(executor: Executor, message: VectorMessage, codes: ReadonlyMap<string, CID>): RunResult {
  let params = Buffer.from(message.params, "base64").toString("hex")
  for (const [from, to] of codes)
    params = params.replaceAll(Buffer.from(parseCid(from).bytes).toString("hex"), Buffer.from(to.bytes).toString("hex"))
  const translated = { ...messageOf(message), params: new Uint8Array(Buffer.from(params, "hex")) }
  try {
    return resultOf(executor.applyMessage(translated, message.implicit ? "implicit" : "explicit", message.chain_length))
  } catch (error) {
    if (!(error instanceof MessageRefused)) throw error
    return {
      refused: error.message,
      exit_code: 0,
      return: null,
      return_codec: null,
      gas_used: 0,
      events: [],
      execution: 0,
    }
  }
}

function resultOf(result: ApplyResult): RunResult {
  const { receipt } = result
  let execution = 0n
  for (const event of result.trace)
    if (event.kind === "gas" && (event.charge.name === "wasm_exec" || event.charge.name.startsWith("wasm_memory_grow")))
      execution += BigInt(event.charge.compute) + BigInt(event.charge.other)
  return {
    exit_code: receipt.exitCode,
    return: toBase64(receipt.returnData),
    return_codec: result.returnCodec ?? null,
    gas_used: Number(receipt.gasUsed),
    events: result.events.map(({ emitter, entries }) => ({
      emitter: Number(emitter),
      entries: entries.map(({ flags, key, codec, value }) => [Number(flags), key, Number(codec), toBase64(value)]),
    })),
    base_fee_burn: String(result.baseFeeBurn),
    over_estimation_burn: String(result.overEstimationBurn),
    miner_tip: String(result.minerTip),
    execution: Number(execution / 1000n),
  }
}

/** What differs between two trees, as a vector's `post.actors` shows it. */
export function changes(store: MemoryBlockstore, before: CID, after: CID): Record<string, Actor | null> {
  const [old, now] = [before, after].map((root) => new Map(StateTree.load(store, root).actors()))
  const found: Record<string, Actor | null> = {}
  for (const id of new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])) {
    const [was, is] = [old?.get(id), now?.get(id)]
    const text = (actor: typeof was): string =>
      actor === undefined ? "" : [actor.code, actor.state, actor.sequence, actor.balance, actor.delegatedAddress].join()
    if (text(was) === text(is)) continue
    found[String(id)] =
      is === undefined
        ? null
        : {
            head: is.state.toString(),
            sequence: String(is.sequence),
            balance: String(is.balance),
            ...(is.delegatedAddress === undefined ? {} : { delegated: is.delegatedAddress.toString() }),
          }
  }
  return found
}

function contextOf(network: VectorNetwork): ReturnType<typeof machineContext> {
  return machineContext({
    networkVersion: network.version,
    chainId: BigInt(network.chain_id),
    epoch: BigInt(network.epoch),
    timestamp: BigInt(network.timestamp),
    baseFee: BigInt(network.base_fee),
    circSupply: BigInt(network.circ_supply),
    tracing: true,
    actorDebugging: network.actor_debugging,
    maxCallDepth: network.max_call_depth,
    maxWasmStack: network.max_wasm_stack,
    maxInstanceMemoryBytes: network.max_inst_memory_bytes,
    maxMemoryBytes: network.max_memory_bytes,
    maxBlockSize: network.max_block_size,
  })
}
