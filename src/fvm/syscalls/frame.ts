import type { Cause } from "../call-manager/index.ts"
import type { Instance, MemoryLimiter } from "../engine/index.ts"
import { Fatal } from "../errors.ts"
import type { PriceList } from "../gas/price-list.ts"
import type { GasTracker } from "../gas/tracker.ts"
import type { Kernel } from "../kernel/index.ts"
import { ActorMemory } from "./memory.ts"

/** What the counter inside an instance can hold. */
const MAX_COUNTER = (1n << 63n) - 1n
/** Up to this the counter is read and set as a double, which is exact, and cheaper than a bigint. */
const MAX_NEAR = 1n << 52n

/**
 * One invocation between its instance and its kernel: keeps the gas counter inside the instance and the tracker of the message in
 * step. While Wasm runs, the instance counts; while the kernel works, the tracker does.
 *
 * @see ref-fvm fvm/src/syscalls/mod.rs (InvocationData, charge_for_exec, update_gas_available)
 */
export class Frame {
  readonly kernel: Kernel
  /** The last syscall error, unless another syscall has succeeded since. */
  lastError: Cause | undefined = undefined
  /** Whether the instance may answer syscalls itself: not where charges are listened to, nor while an error is to be forgotten. */
  private readonly shortcuts: boolean
  private readonly prices: PriceList
  private attached: Instance | undefined = undefined
  private attachedMemory: ActorMemory | undefined = undefined
  /** Milligas that the instance was given when it last went on, if a double counts them exactly; else `lastGasFar` does. */
  private lastGas = 0
  private lastGasFar: bigint | undefined = undefined
  /** Bytes of memory in use when the instance last went on, or was charged for. */
  private lastMemory: number
  private readonly gas: GasTracker
  private readonly limiter: MemoryLimiter
  /** Milligas for a syscall, whichever it is. */
  private readonly syscallCost: number

  /** @param shortcuts - Whether syscalls may be answered in the instance, their charges unseen. Default: false. */
  constructor(kernel: Kernel, prices: PriceList, shortcuts: boolean = false) {
    this.kernel = kernel
    this.prices = prices
    this.shortcuts = shortcuts
    this.gas = kernel.gas
    this.limiter = kernel.limiter
    this.lastMemory = this.limiter.memoryUsed
    this.syscallCost = prices.syscallCost
  }

  /** Charges for the memory and table that an instance begins with. @throws OutOfGas */
  chargeForInit(memoryBytes: number, tableElements: number | undefined): void {
    this.lastMemory += memoryBytes
    if (tableElements !== undefined) this.gas.chargeCompute("wasm_table_init", this.prices.tableGas(tableElements))
    this.gas.chargeCompute("wasm_memory_init", this.prices.memoryGas(memoryBytes))
  }

  /** Gives the frame its instance: from now on it can make syscalls. */
  attach(instance: Instance): void {
    this.attached = instance
    this.attachedMemory = new ActorMemory(instance.memory)
    if (this.shortcuts) instance.allowShortcuts(true)
  }

  /** Notes the error of a syscall. */
  noteError(cause: Cause): void {
    this.lastError = cause
    // One that succeeds has to be seen.
    if (this.shortcuts) this.attached?.allowShortcuts(false)
  }

  /** A syscall has succeeded after one that did not. */
  forgetError(): void {
    this.lastError = undefined
    if (this.shortcuts) this.attached?.allowShortcuts(true)
  }

  /**
   * The actor's memory as it is now.
   *
   * @throws Fatal - A start function makes a syscall.
   */
  get memory(): ActorMemory {
    const memory = this.attachedMemory
    if (memory === undefined) throw new Fatal("the start function of an actor makes a syscall")
    memory.refresh()
    return memory
  }

  /**
   * Notes what the instance may use, before it goes on.
   *
   * @returns Milligas for its counter.
   */
  resume(): bigint {
    const available = this.gas.allowance
    if (available > MAX_COUNTER) throw new Fatal(`${available} milligas do not fit the counter`)
    const isNear = available <= MAX_NEAR
    this.lastGas = isNear ? Number(available) : 0
    this.lastGasFar = isNear ? undefined : available
    this.lastMemory = this.limiter.memoryUsed
    return available
  }

  /** Sets the counter of the instance before it goes on. */
  refreshGas(): void {
    const available = this.gas.allowanceNearby
    const instance = this.attached
    if (available < 0 || instance === undefined) {
      const all = this.resume()
      if (instance !== undefined) instance.gas = all
      return
    }
    this.lastGas = available
    this.lastGasFar = undefined
    this.lastMemory = this.limiter.memoryUsed
    instance.writeGas(available)
  }

  /**
   * Charges for what the instance used since it last went on; memory that grew apart from the rest.
   *
   * @param counter - Milligas; negative if the metering code ran out.
   * @throws OutOfGas
   */
  chargeForExec(counter: bigint): void {
    let used = (this.lastGasFar ?? BigInt(this.lastGas)) - counter
    if (used < 0n) used = 0n
    const grown = this.limiter.memoryUsed - this.lastMemory
    if (grown <= 0) {
      this.gas.chargeCompute("wasm_exec", used)
      return
    }
    let growth = this.prices.memoryGas(grown)
    if (growth > used) growth = used
    this.gas.chargeCompute("wasm_exec", used - growth)
    if (growth !== 0n) this.gas.chargeCompute("wasm_memory_grow", growth)
  }

  /** Milligas that are left while the actor's code runs. For probes. */
  get gasLeft(): bigint {
    return this.attached?.gas ?? 0n
  }

  /** Takes back up to `milligas` of what the instance was charged since it last went on: a probe is not to cost anything. */
  giveBack(milligas: bigint): void {
    const instance = this.attached
    if (instance === undefined) return
    const gas = instance.gas + milligas
    const most = this.lastGasFar ?? BigInt(this.lastGas)
    instance.gas = gas < most ? gas : most
  }

  /**
   * Charges for what the instance used, then for the syscall that it makes.
   *
   * @returns The actor's memory as it is now.
   * @throws OutOfGas
   */
  enterSyscall(): ActorMemory {
    const instance = this.attached
    if (instance === undefined) throw new Fatal("the start function of an actor makes a syscall")
    if (this.lastGasFar === undefined && this.limiter.memoryUsed <= this.lastMemory) {
      const used = this.lastGas - instance.readGas()
      this.gas.chargeSyscall(used > 0 ? used : 0, this.syscallCost)
      // Nothing has grown, so the actor's memory is where it was.
      return this.attachedMemory!
    }
    this.chargeForExec(instance.gas)
    this.gas.chargeCompute("OnSyscall", this.syscallCost)
    return this.memory
  }
}
