import type { CID } from "multiformats/cid"
import type { Runtime } from "../fvm/call-manager/index.ts"
import type { InstrumentedCodeCache } from "../fvm/engine/index.ts"
import { V8Engine } from "../fvm/engine/v8.ts"
import { priceListOf } from "../fvm/gas/price-list.ts"
import type { Frame } from "../fvm/syscalls/frame.ts"
import { HOST_FUNCTIONS, WasmRuntime } from "../fvm/syscalls/runtime.ts"
import { cidKey } from "../ipld/cid.ts"

/**
 * What runs actors' Wasm in a worker: one for each thread, for compiled code and instances live in it.
 *
 * @param networkVersion - Sets the prices that are built into the code.
 * @param bundleCodes - Code of the chain's own bundle: made by compilers that never touch memory they have not grown, so that its
 *   instances can be used again.
 * @param cache - Keeps instrumented code for other threads and the next start.
 * @param warn - Hears of what nobody else is told.
 */
export function createRuntime(
  networkVersion: number,
  bundleCodes: readonly CID[],
  cache: InstrumentedCodeCache,
  warn: (message: string) => void,
): Runtime {
  const wellBehaved = new Set(bundleCodes.map(cidKey))
  const engine = new V8Engine<Frame>({
    prices: priceListOf(networkVersion).wasm,
    hostFunctions: HOST_FUNCTIONS,
    staysInMemory: (code) => wellBehaved.has(code),
    cache,
  })
  return new WasmRuntime(engine, { warn })
}
