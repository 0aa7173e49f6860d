import { BudgetExceeded } from "../errors.ts"
import { MILLIGAS_PER_GAS, type Milligas } from "./charge.ts"

/**
 * Work that may be done before the execution is given up: for threads that must not be held up by a long one. Compute gas stands for
 * time (10 gas are about a nanosecond of the network's own nodes); actors see nothing of it. One budget can serve several messages.
 */
export class WorkBudget {
  /** Actors on the call stack: a thread with a small stack cannot hold as many as the network allows. */
  readonly maxCallDepth: number
  #left: Milligas

  /** @param computeGas - Whole units. */
  constructor(computeGas: bigint, maxCallDepth: number) {
    this.#left = computeGas * MILLIGAS_PER_GAS
    this.maxCallDepth = maxCallDepth
  }

  get left(): Milligas {
    return this.#left
  }

  /** @throws BudgetExceeded */
  spend(compute: Milligas): void {
    this.#left -= compute
    if (this.#left < 0n) throw new BudgetExceeded("the work allowed for this execution is used up")
  }
}
