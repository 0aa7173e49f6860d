import { BudgetExceeded } from "../errors.ts"
import { MILLIGAS_PER_GAS } from "./charge.ts"

/**
 * Work that may be done before the execution is given up: for threads that must not be held up by a long one. Compute gas stands for
 * time (10 gas are about a nanosecond of the network's own nodes); actors see nothing of it. One budget can serve several messages.
 */
export class WorkBudget {
  /** Actors on the call stack: a thread with a small stack cannot hold as many as the network allows. */
  readonly maxCallDepth: number
  #left: number

  /** @param computeGas - Whole units, of which no more count than a double does exactly. */
  constructor(computeGas: bigint, maxCallDepth: number) {
    const milligas = Number(computeGas * MILLIGAS_PER_GAS)
    this.#left = milligas < Number.MAX_SAFE_INTEGER ? milligas : Number.MAX_SAFE_INTEGER
    this.maxCallDepth = maxCallDepth
  }

  /** Milligas, at most 2^53 - 1. */
  get left(): number {
    return this.#left
  }

  /** @param compute - Milligas. @throws BudgetExceeded */
  spend(compute: number): void {
    this.#left -= compute
    if (this.#left < 0n) throw new BudgetExceeded("the work allowed for this execution is used up")
  }
}
