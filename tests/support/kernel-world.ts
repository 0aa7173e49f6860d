import { Address } from "../../src/address/address.ts"
import type {
  CallManager,
  Invocation,
  InvocationEnd,
  InvocationRun,
  Block as KernelBlock,
  Runtime,
} from "../../src/fvm/call-manager/index.ts"
import { Fatal, OutOfGas } from "../../src/fvm/errors.ts"
import { Executor } from "../../src/fvm/executor/executor.ts"
import type { Externs } from "../../src/fvm/externs/index.ts"
import { type MachineOptions, machineContext } from "../../src/fvm/machine/context.ts"
import { EMPTY_LIST_CID, Machine } from "../../src/fvm/machine/machine.ts"
import type { Message } from "../../src/fvm/message.ts"
import type { ActorState } from "../../src/fvm/state-tree/actor-state.ts"
import { createAddressMap, storeInitState } from "../../src/fvm/state-tree/init-actor.ts"
import { StateTree } from "../../src/fvm/state-tree/state-tree.ts"
import { MemoryBlockstore } from "../../src/ipld/blockstore.ts"
import { type CID, cidOfBlock, DAG_CBOR, RAW } from "../../src/ipld/cid.ts"
import { encode, type Ipld } from "../../src/ipld/dag-cbor.ts"

/** Names of the actors in the manifest of a test world, in order. */
export const TEST_ACTORS = ["system", "init", "account", "placeholder", "eam", "ethaccount", "evm"] as const

/** The code CID that a test world gives to an actor's name. */
export const testCode = (name: string): CID => cidOfBlock(RAW, new TextEncoder().encode(`test code ${name}`))

/** An actor's behaviour in place of Wasm. Returns data, an exit code, or nothing; what it throws ends the actor as the kernel would. */
export type Behaviour = (
  callManager: CallManager,
  invocation: Invocation,
) => KernelBlock | { readonly exit: number; readonly message?: string } | undefined

/** A runtime whose actors are functions, by actor ID. Actors without one succeed and return nothing. */
export class FunctionRuntime implements Runtime {
  readonly behaviours: Map<bigint, Behaviour> = new Map()

  run(callManager: CallManager, invocation: Invocation): InvocationRun {
    const blocks: KernelBlock[] = []
    const end = ((): InvocationEnd => {
      try {
        const answer = this.behaviours.get(invocation.receiver)?.(callManager, invocation)
        if (answer === undefined) return { kind: "return", blockId: 0 }
        if ("exit" in answer) return { kind: "exit", exitCode: answer.exit, message: answer.message ?? "", blockId: 0 }
        return { kind: "return", blockId: blocks.push(answer) }
      } catch (error) {
        if (error instanceof OutOfGas) return { kind: "outOfGas" }
        if (error instanceof Fatal) return { kind: "fatal", error }
        throw error
      }
    })()
    return { end, lastError: undefined, block: (id) => blocks[id - 1] }
  }

  preload(): void {}
}

const noExterns: Externs = {
  getChainRandomness: () => new Uint8Array(32),
  getBeaconRandomness: () => new Uint8Array(32),
  getTipsetCid: () => EMPTY_LIST_CID,
  verifyConsensusFault: () => undefined,
}

/** An actor of a test world. Default: an account with 10^18 attoFIL and no address but its ID. */
export interface TestActor extends Partial<ActorState> {
  readonly address?: Address
}

/** A small state with an executor on it. */
export interface World {
  readonly store: MemoryBlockstore
  readonly machine: Machine
  readonly executor: Executor
  readonly runtime: FunctionRuntime
}

/** Makes a world: the singletons that the kernel needs, and these actors by ID. */
export function createWorld(actors: Readonly<Record<string, TestActor>>, options: Partial<MachineOptions> = {}): World {
  const store = new MemoryBlockstore()
  const put = (value: Ipld): CID => {
    const bytes = encode(value)
    const cid = cidOfBlock(DAG_CBOR, bytes)
    store.put(cid, bytes)
    return cid
  }
  const tree = StateTree.create(store)
  const actor = (code: string, more: Partial<ActorState> = {}): ActorState => ({
    code: testCode(code),
    state: EMPTY_LIST_CID,
    sequence: 0n,
    balance: 0n,
    delegatedAddress: undefined,
    ...more,
  })
  const map = createAddressMap(store)
  for (const [id, { address, ...state }] of Object.entries(actors)) {
    if (address !== undefined) map.set(address.bytes, BigInt(id))
    tree.setActor(BigInt(id), actor("account", { balance: 10n ** 18n, ...state }))
  }
  const manifest = put(TEST_ACTORS.map((name) => [name, testCode(name)]))
  tree.setActor(0n, actor("system", { state: put([manifest]) }))
  const state = storeInitState(store, { addressMap: map.flush(), nextId: 5000n, networkName: "test" })
  tree.setActor(1n, actor("init", { state }))
  tree.setActor(2n, actor("account"))
  tree.setActor(99n, actor("account"))
  const context = machineContext({
    networkVersion: 28,
    chainId: 31415926n,
    epoch: 100n,
    timestamp: 1_700_000_000n,
    baseFee: 100n,
    ...options,
  })
  const machine = new Machine({ context, store, stateRoot: tree.flush(), externs: noExterns })
  const runtime = new FunctionRuntime()
  return { store, machine, executor: new Executor(machine, runtime), runtime }
}

/** A message from f01000 to f01001; 10^8 gas, fee cap 200, premium 1, method 2. */
export function testMessage(more: Partial<Message> = {}): Message {
  return {
    version: 0n,
    from: Address.id(1000),
    to: Address.id(1001),
    sequence: 0n,
    value: 0n,
    method: 2n,
    params: new Uint8Array(0),
    gasLimit: 100_000_000n,
    gasFeeCap: 200n,
    gasPremium: 1n,
    ...more,
  }
}
