import { type Cost, MILLIGAS_PER_GAS, type Milligas } from "../../src/fvm/gas/charge.ts"
import { PriceList } from "../../src/fvm/gas/price-list.ts"
import { GasTracker } from "../../src/fvm/gas/tracker.ts"
import { DefaultKernel } from "../../src/fvm/kernel/default-kernel.ts"

/** A price list under which Wasm and the scan of blocks cost nothing; made once for each original, as compiled code is kept by it. */
const freed = new Map<PriceList, PriceList>()
let free = false

/** What GAS answers while gas costs nothing, whatever limit a call has: the same here and on the reference EVM. */
export const FREE_GAS: bigint = 10n ** 13n

/**
 * Runs something on the kernel with gas that nothing uses up: limits of calls are carried from call to call, but none is ever too low.
 * So one can look at what code does apart from what it costs.
 */
export function withFreeGas<T>(run: () => T): T {
  free = true
  try {
    return run()
  } finally {
    free = false
  }
}

/** The prices of a machine: as they are, or none within {@link withFreeGas}. */
export function pricesFor(prices: PriceList): PriceList {
  if (!free) return prices
  let list = freed.get(prices)
  if (list === undefined) {
    const wasm = Object.fromEntries(Object.keys(prices.wasm).map((name) => [name, 0n]))
    const scan = { ipldCborScanPerCid: 0n, ipldCborScanPerField: 0n }
    list = new PriceList({ ...prices.data, ...scan, wasm: wasm as unknown as typeof prices.wasm })
    freed.set(prices, list)
  }
  return list
}

// All charges but those of Wasm and of the scan of blocks go through these three.
const { charge, chargeCompute, chargeSyscall } = GasTracker.prototype
GasTracker.prototype.charge = function (this: GasTracker, one: Cost): void {
  if (!free) charge.call(this, one)
}
GasTracker.prototype.chargeCompute = function (this: GasTracker, name: string, amount: Milligas | number): void {
  if (!free) chargeCompute.call(this, name, amount)
}
GasTracker.prototype.chargeSyscall = function (this: GasTracker, executed: number, syscall: number): void {
  if (!free) chargeSyscall.call(this, executed, syscall)
}

const { gasAvailable } = DefaultKernel.prototype
DefaultKernel.prototype.gasAvailable = function (this: DefaultKernel): Milligas {
  return free ? FREE_GAS * MILLIGAS_PER_GAS : gasAvailable.call(this)
}
