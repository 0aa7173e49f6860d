import { expect } from "vitest"
import type { Address } from "../../../address/address.ts"
import { MemoryBlockstore } from "../../../ipld/blockstore.ts"
import { type CID, cidOfBlock, DAG_CBOR, RAW } from "../../../ipld/cid.ts"
import { encode } from "../../../ipld/dag-cbor.ts"
import type { Call, CallManager, InvocationResult } from "../../call-manager/index.ts"
import type { Ending, Instance } from "../../engine/index.ts"
import { Fatal } from "../../errors.ts"
import type { Externs } from "../../externs/index.ts"
import type { Charge } from "../../gas/charge.ts"
import { GasTracker } from "../../gas/tracker.ts"
import { DefaultKernel } from "../../kernel/default-kernel.ts"
import { machineContext } from "../../machine/context.ts"
import type { MachineContext } from "../../machine/index.ts"
import { Manifest } from "../../machine/manifest.ts"
import type { StampedEvent } from "../../receipt.ts"
import type { ActorState } from "../../state-tree/actor-state.ts"
import { Frame } from "../frame.ts"
import { HOST_FUNCTIONS } from "../runtime.ts"

/** What the memory holds where nobody wrote. */
export const SENTINEL = 0xa5
/** Bytes of the actor's memory. */
export const MEMORY_SIZE = 65536
/** The actor that runs. */
export const SELF = 1001n
/** What the instance pretends to have used before each syscall. */
export const EXEC_MILLIGAS = 4000n

const MANIFEST_NAMES = ["system", "init", "account", "placeholder", "evm", "eam", "ethaccount"]

/** The code CID of a name in the test manifest. */
export function codeOf(name: string): CID {
  return cidOfBlock(RAW, new TextEncoder().encode(name))
}

/** What a test may set. */
export interface BenchOptions {
  readonly readOnly?: boolean
  readonly receiver?: bigint
  readonly gasLimit?: bigint
  readonly context?: Partial<MachineContext>
  readonly externs?: Partial<Externs>
  readonly value?: bigint
  readonly gasPremium?: bigint
}

/**
 * An actor's memory and a kernel, without an actor: a test plays the Wasm. The call manager keeps actors in a map and charges what
 * the price list says, and nothing more; it writes down what it is asked.
 */
export class Bench {
  readonly bytes: Uint8Array = new Uint8Array(MEMORY_SIZE).fill(SENTINEL)
  readonly view: DataView = new DataView(this.bytes.buffer)
  readonly store: MemoryBlockstore = new MemoryBlockstore()
  readonly actors: Map<bigint, ActorState> = new Map<bigint, ActorState>()
  readonly addresses: Map<string, bigint> = new Map<string, bigint>()
  readonly charges: Charge[] = []
  readonly trace: string[] = []
  readonly events: StampedEvent[] = []
  readonly calls: Call[] = []
  readonly warnings: string[] = []
  readonly kernel: DefaultKernel
  readonly frame: Frame
  readonly instance: Instance
  readonly gas: GasTracker
  /** What a send answers. */
  answer: InvocationResult | Error = { exitCode: 0, value: undefined }
  nextAddress: Address | undefined
  private written: [start: number, end: number][] = []

  constructor(options: BenchOptions = {}) {
    const gas = new GasTracker(options.gasLimit ?? 10_000_000_000n, (charge) => this.charges.push(charge))
    this.gas = gas
    const context = {
      ...machineContext({
        networkVersion: 28,
        chainId: 31415926n,
        epoch: 100n,
        timestamp: 1_700_000_000n,
        baseFee: 100n,
        circSupply: 10n ** 27n,
      }),
      ...options.context,
    }
    const externs: Externs = {
      getChainRandomness: () => new Uint8Array(32).fill(1),
      getBeaconRandomness: () => new Uint8Array(32).fill(2),
      getTipsetCid: (epoch) => cidOfBlock(DAG_CBOR, encode(["tipset", epoch])),
      verifyConsensusFault: () => undefined,
      ...options.externs,
    }
    const { store, actors, addresses, events, calls, trace } = this
    const bench = this
    const callManager: CallManager = {
      machine: {
        context,
        externs,
        manifest: new Manifest(MANIFEST_NAMES.map((name) => [name, codeOf(name)] as const)),
        store,
        budget: undefined,
        onUnreached: undefined,
        code: () => undefined,
        get stateTree(): never {
          throw new Fatal("the kernel asks the call manager, not the state tree")
        },
      },
      gas,
      origin: 1000n,
      nonce: 41n,
      gasPremium: options.gasPremium ?? 7n,
      limiter: { memoryUsed: MEMORY_SIZE, growMemory: () => true },
      invocationCount: 1,
      tracing: true,
      charge: (charge) => gas.charge(charge),
      send(call): InvocationResult {
        calls.push(call)
        if (bench.answer instanceof Error) throw bench.answer
        return bench.answer
      },
      nextActorAddress(): Address {
        if (bench.nextAddress === undefined) throw new Fatal("no test set the next address")
        return bench.nextAddress
      },
      createActor: (code, id, delegatedAddress) => {
        actors.set(id, { code, state: EMPTY, sequence: 0n, balance: 0n, delegatedAddress })
      },
      resolveAddress: (address) => (address.protocol === 0 ? address.actorId : addresses.get(address.key)),
      getActor: (id) => actors.get(id),
      setActor: (id, state) => void actors.set(id, state),
      deleteActor: (id) => void actors.delete(id),
      transfer(from, to, value): void {
        trace.push(`transfer ${from} ${to} ${value}`)
        const sender = actors.get(from)!
        actors.set(from, { ...sender, balance: sender.balance - value })
      },
      appendEvent: (event) => void events.push(event),
      log: (message) => void trace.push(`log ${message}`),
      traceIpld: (operation, cid, size) => void trace.push(`${operation} ${cid} ${size}`),
    }
    this.kernel = new DefaultKernel(
      callManager,
      {
        caller: 1000n,
        receiver: options.receiver ?? SELF,
        method: 2n,
        value: options.value ?? 0n,
        readOnly: options.readOnly ?? false,
        params: undefined,
        code: codeOf("evm"),
      },
      (message) => this.warnings.push(message),
    )
    this.instance = {
      memory: { bytes: this.bytes, length: MEMORY_SIZE },
      gas: 0n,
      readGas: (): number => Number(this.instance.gas),
      writeGas: (milligas: number): void => {
        this.instance.gas = BigInt(milligas)
      },
      allowShortcuts: () => undefined,
      invoke: (): Ending => ({ kind: "returned", block: 0 }),
      release: () => undefined,
    }
    this.frame = new Frame(this.kernel, context.prices)
    this.frame.attach(this.instance)
    this.frame.refreshGas()
    this.addActor(SELF, { balance: 5n })
  }

  /** Puts an actor into the tree. */
  addActor(id: bigint, state: Partial<ActorState> = {}): void {
    this.actors.set(id, {
      code: codeOf("evm"),
      state: EMPTY,
      sequence: 0n,
      balance: 0n,
      delegatedAddress: undefined,
      ...state,
    })
  }

  /** Writes the actor's own data; it may stay as it is or be overwritten where `allow` says so. */
  put(at: number, bytes: Uint8Array): number {
    this.bytes.set(bytes, at)
    return bytes.length
  }

  /** Stores a block and lets the actor open it. */
  reachable(cid: CID, data: Uint8Array): void {
    this.store.put(cid, data)
    this.kernel.blocks.markReachable(cid)
  }

  /** The next call may write `length` bytes at `at`. */
  allow(at: number, length: number): void {
    this.written.push([at, at + length])
  }

  /**
   * Makes a syscall, and expects that nothing was written but where {@link allow} said, that the gas counter is what the tracker has
   * left, and that `wasm_exec` and `OnSyscall` come first.
   *
   * @returns The error number; the charges that came after those two are in `charges`.
   */
  call(module: string, name: string, ...args: (number | bigint)[]): number {
    const before = this.bytes.slice()
    this.charges.length = 0
    this.instance.gas -= EXEC_MILLIGAS
    const { call } = HOST_FUNCTIONS[module]![name]!
    try {
      return Number(call(this.frame, ...args))
    } finally {
      const allowed = this.written
      this.written = []
      for (let at = 0; at < before.length; at++) {
        if (before[at] !== this.bytes[at] && !allowed.some(([start, end]) => at >= start && at < end)) {
          expect.fail(`${module}.${name} wrote to byte ${at}`)
        }
      }
      const [exec, syscall] = this.charges.splice(0, 2)
      expect(exec).toEqual({ name: "wasm_exec", compute: EXEC_MILLIGAS, other: 0n })
      if (syscall !== undefined) expect(syscall).toEqual({ name: "OnSyscall", compute: 14_000_000n, other: 0n })
      expect(this.instance.gas).toBe(this.gas.available)
    }
  }

  /** Makes a syscall with a result of `size` bytes at 8; it must not be written unless the call succeeds. */
  ask(size: number, module: string, name: string, ...args: (number | bigint)[]): number {
    const before = this.bytes.slice(RESULT, RESULT + size)
    this.allow(RESULT, size)
    const errorNumber = this.call(module, name, RESULT, ...args)
    if (errorNumber !== 0) expect(this.bytes.slice(RESULT, RESULT + size)).toEqual(before)
    return errorNumber
  }

  /** The charges of the last call, as `name compute other` in milligas. */
  get charged(): string[] {
    return this.charges.map(({ name, compute, other }) => `${name} ${compute} ${other}`)
  }
}

/** Where {@link Bench.ask} has its result written. Unaligned on purpose. */
export const RESULT = 9

const EMPTY: CID = cidOfBlock(DAG_CBOR, encode([]))

/** Bytes of hex digits. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
