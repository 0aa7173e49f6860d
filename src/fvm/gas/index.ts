/**
 * Gas: what an operation costs (`PriceList`, data by network version) and what a message has used (`GasTracker`).
 *
 * Counted in milligas (bigint). Prices name the FIP they come from. The tracker charges at once, or throws `OutOfGas` and stays at
 * its limit. Nothing here knows Wasm: the engine's metering is handed `PriceList.wasm`.
 */
export { type Charge, MILLIGAS_PER_GAS, type Milligas } from "./charge.ts"
export { computeGasOutputs, type GasOutputs } from "./outputs.ts"
export { PriceList, priceListOf } from "./price-list.ts"
export type { HashName, PriceData, ScalingCost, StepCost, WasmGasPrices } from "./prices/price-data.ts"
export { GasTracker } from "./tracker.ts"
