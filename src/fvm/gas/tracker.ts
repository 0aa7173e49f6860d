import { Fatal, OutOfGas } from "../errors.ts"
import type { WorkBudget } from "./budget.ts"
import { type Charge, type Cost, MILLIGAS_PER_GAS, type Milligas } from "./charge.ts"

/** The most milligas a tracker counts: the counter inside Wasm is a signed 64-bit integer. */
const MAX_MILLIGAS = (1n << 63n) - 1n

/**
 * What is left is counted by a double as soon as it is no more than this. It and every amount that is taken off it are integers up to 2^53,
 * which doubles hold exactly, and so is their difference.
 */
const MAX_NEAR = 2 ** 52
const MAX_NEAR_BIGINT = BigInt(MAX_NEAR)

interface Snapshot {
  readonly limit: Milligas
  readonly used: Milligas
}

/**
 * What a message has used of its gas. Counted by doubles, exactly, where there is less than 2^52 milligas left, which is what all messages
 * but those of the system have; else by bigints.
 *
 * @see ref-fvm fvm/src/gas/mod.rs (GasTracker)
 */
export class GasTracker {
  #limit: Milligas
  /** Milligas left, unless `#far` says it. */
  #near = 0
  /** Milligas left, if they are more than {@link MAX_NEAR}. */
  #far: Milligas | undefined
  #wasSeen = false
  readonly #snapshots: Snapshot[] = []
  readonly #onCharge: ((charge: Charge) => void) | undefined
  readonly #budget: WorkBudget | undefined

  /**
   * @param gasLimit - Whole units of gas; anything above 2^63 - 1 milligas is cut to that.
   * @param onCharge - Hears of every charge, also of the one that does not fit. Default: nobody, and nothing is allocated.
   * @param budget - Pays for all compute gas beside the limit; charging throws BudgetExceeded when it is used up.
   */
  constructor(gasLimit: bigint, onCharge?: (charge: Charge) => void, budget?: WorkBudget) {
    const limit = gasLimit * MILLIGAS_PER_GAS
    this.#limit = limit < MAX_MILLIGAS ? limit : MAX_MILLIGAS
    this.#available = this.#limit
    this.#onCharge = onCharge
    this.#budget = budget
  }

  /** The limit that is in force now. */
  get limit(): Milligas {
    return this.#limit
  }

  /** Used under the limit that is in force now. */
  get used(): Milligas {
    return this.#limit - this.available
  }

  get available(): Milligas {
    return this.#far ?? BigInt(this.#near)
  }

  /** What is available, or 2^52 if it is more: enough to tell whether an amount below that fits. */
  get availableNearby(): number {
    return this.#far === undefined ? this.#near : MAX_NEAR
  }

  /** What is available, for an actor that asks. */
  show(): Milligas {
    this.#wasSeen = true
    return this.available
  }

  /**
   * Whether an actor has asked what is available, or a call had a limit of its own. Otherwise nothing but running out of gas can come of
   * another gas limit.
   */
  get wasSeen(): boolean {
    return this.#wasSeen
  }

  /** The most that may be used before the next charge: what is available, or what is left of the budget. */
  get allowance(): Milligas {
    const { available } = this
    const left = this.#budget?.left
    return left !== undefined && left < available ? BigInt(left) : available
  }

  /** The same as a number; -1 if more than 2^52 milligas are available. */
  get allowanceNearby(): number {
    if (this.#far !== undefined) return -1
    const near = this.#near
    if (this.#budget === undefined) return near
    const { left } = this.#budget
    return left < near ? left : near
  }

  /** @throws OutOfGas - It does not fit; the tracker stays at its limit. */
  charge(charge: Cost): void {
    const { compute, other } = charge
    if (this.#onCharge !== undefined) {
      this.#onCharge({ name: charge.name, compute: BigInt(compute), other: BigInt(other) })
    }
    if (typeof compute === "number" && typeof other === "number") {
      if (this.#budget !== undefined) this.#budget.spend(compute)
      this.#use(compute + other)
    } else {
      this.#budget?.spend(Number(compute))
      this.#useExactly(BigInt(compute) + BigInt(other))
    }
  }

  /**
   * Charges compute gas under a name.
   *
   * @param compute - As a number: an integer up to 2^53.
   * @throws OutOfGas - It does not fit; the tracker stays at its limit.
   */
  chargeCompute(name: string, compute: Milligas | number): void {
    if (this.#onCharge !== undefined) this.#onCharge({ name, compute: BigInt(compute), other: 0n })
    this.#budget?.spend(Number(compute))
    if (typeof compute === "number") this.#use(compute)
    else this.#useExactly(compute)
  }

  /**
   * Charges for code that ran, and for the syscall that it makes: `wasm_exec` and `OnSyscall`, at once if nobody listens.
   *
   * @param executed - No more than was allowed, and like `syscall` an integer: their sum is at most 2^53.
   * @throws OutOfGas - They do not fit; the tracker stays at its limit.
   */
  chargeSyscall(executed: number, syscall: number): void {
    if (this.#onCharge !== undefined) {
      this.chargeCompute("wasm_exec", executed)
      this.chargeCompute("OnSyscall", syscall)
      return
    }
    const sum = executed + syscall
    if (this.#budget !== undefined) this.#budget.spend(sum)
    this.#use(sum)
  }

  /** Begins to count under a limit of its own, which is never more than what is available. */
  pushLimit(limit: Milligas): void {
    this.#wasSeen = true
    const { available, used } = this
    this.#snapshots.push({ limit: this.#limit, used })
    this.#limit = limit < available ? limit : available
    this.#available = this.#limit
  }

  /** Goes back to the limit before, and adds what was used since. */
  popLimit(): void {
    const snapshot = this.#snapshots.pop()
    if (snapshot === undefined) throw new Fatal("no gas limit to pop")
    const { used } = this
    this.#limit = snapshot.limit
    this.#available = snapshot.limit - snapshot.used - used
  }

  set #available(milligas: Milligas) {
    if (milligas > MAX_NEAR_BIGINT) {
      this.#far = milligas
    } else {
      this.#far = undefined
      this.#near = Number(milligas)
    }
  }

  #use(amount: number): void {
    if (this.#far !== undefined) {
      this.#useExactly(BigInt(amount))
      return
    }
    const left = this.#near - amount
    if (left < 0) {
      this.#near = 0
      throw new OutOfGas()
    }
    this.#near = left
  }

  #useExactly(amount: Milligas): void {
    const left = this.available - amount
    this.#available = left < 0n ? 0n : left
    if (left < 0n) throw new OutOfGas()
  }
}
