import { Fatal, OutOfGas } from "../errors.ts"
import type { WorkBudget } from "./budget.ts"
import { type Charge, MILLIGAS_PER_GAS, type Milligas } from "./charge.ts"

/** The most milligas a tracker counts: the counter inside Wasm is a signed 64-bit integer. */
const MAX_MILLIGAS = (1n << 63n) - 1n

interface Snapshot {
  readonly limit: Milligas
  readonly used: Milligas
}

/**
 * What a message has used of its gas.
 *
 * @see ref-fvm fvm/src/gas/mod.rs (GasTracker)
 */
export class GasTracker {
  #limit: Milligas
  #used: Milligas = 0n
  readonly #snapshots: Snapshot[] = []
  readonly #onCharge: ((charge: Charge) => void) | undefined
  readonly #budget: WorkBudget | undefined

  /**
   * @param gasLimit - Whole units of gas; anything above 2^63 - 1 milligas is cut to that.
   * @param onCharge - Hears of every charge, also of the one that does not fit. Default: nobody, and nothing is allocated.
   * @param budget - Pays for all compute gas beside the limit; `charge` and `chargeCompute` throw BudgetExceeded when it is used up.
   */
  constructor(gasLimit: bigint, onCharge?: (charge: Charge) => void, budget?: WorkBudget) {
    const limit = gasLimit * MILLIGAS_PER_GAS
    this.#limit = limit < MAX_MILLIGAS ? limit : MAX_MILLIGAS
    this.#onCharge = onCharge
    this.#budget = budget
  }

  /** The limit that is in force now. */
  get limit(): Milligas {
    return this.#limit
  }

  /** Used under the limit that is in force now. */
  get used(): Milligas {
    return this.#used
  }

  get available(): Milligas {
    return this.#limit - this.#used
  }

  /** The most that may be used before the next charge: what is available, or what is left of the budget. */
  get allowance(): Milligas {
    const { available } = this
    const left = this.#budget?.left
    return left !== undefined && left < available ? left : available
  }

  /** @throws OutOfGas - It does not fit; the tracker stays at its limit. */
  charge(charge: Charge): void {
    this.#onCharge?.(charge)
    this.#budget?.spend(charge.compute)
    this.#use(charge.compute + charge.other)
  }

  /**
   * Charges compute gas under a name.
   *
   * @throws OutOfGas - It does not fit; the tracker stays at its limit.
   */
  chargeCompute(name: string, compute: Milligas): void {
    if (this.#onCharge !== undefined) this.#onCharge({ name, compute, other: 0n })
    this.#budget?.spend(compute)
    this.#use(compute)
  }

  /** Begins to count under a limit of its own, which is never more than what is available. */
  pushLimit(limit: Milligas): void {
    const available = this.available
    this.#snapshots.push({ limit: this.#limit, used: this.#used })
    this.#limit = limit < available ? limit : available
    this.#used = 0n
  }

  /** Goes back to the limit before, and adds what was used since. */
  popLimit(): void {
    const snapshot = this.#snapshots.pop()
    if (snapshot === undefined) throw new Fatal("no gas limit to pop")
    this.#limit = snapshot.limit
    this.#used += snapshot.used
  }

  #use(amount: Milligas): void {
    const used = this.#used + amount
    if (used > this.#limit) {
      this.#used = this.#limit
      throw new OutOfGas()
    }
    this.#used = used
  }
}
