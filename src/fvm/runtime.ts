import type { Runtime } from "./call-manager/index.ts"
import { V8Engine } from "./engine/v8.ts"
import type { PriceList } from "./gas/price-list.ts"
import { type Bundle, isCodeOfBundles } from "./machine/bundle.ts"
import type { MachineContext } from "./machine/index.ts"
import { hashShortcut } from "./syscalls/hash-shortcut.ts"
import { HOST_FUNCTIONS, type RuntimeOptions, WasmRuntime } from "./syscalls/runtime.ts"

/** What a runtime can be told. */
export interface RuntimeForOptions extends RuntimeOptions {
  /** Bundles whose actors are known to be compiled from safe code; see `V8EngineOptions.staysInMemory`. Default: none. */
  readonly bundles?: readonly Bundle[]
}

interface Kept {
  readonly prices: PriceList
  readonly maxWasmStack: number
  readonly maxInstanceMemoryBytes: number
  readonly runtime: Runtime
}

const runtimes: Kept[] = []

/**
 * The runtime for a machine's prices and limits, on V8's WebAssembly. Made once for the same values in each thread, so that all
 * machines share compiled code and instances.
 *
 * @param options - Count when the runtime is made, that is the first time for these values in this thread.
 */
export function runtimeFor(
  context: Pick<MachineContext, "prices" | "maxWasmStack" | "maxInstanceMemoryBytes">,
  options: RuntimeForOptions = {},
): Runtime {
  const { prices, maxWasmStack, maxInstanceMemoryBytes } = context
  const kept = runtimes.find(
    (one) =>
      one.prices.wasm === prices.wasm &&
      one.prices.data.hashingCost === prices.data.hashingCost &&
      one.maxWasmStack === maxWasmStack &&
      one.maxInstanceMemoryBytes === maxInstanceMemoryBytes,
  )
  if (kept !== undefined) return kept.runtime
  const engine = new V8Engine({
    prices: prices.wasm,
    hostFunctions: HOST_FUNCTIONS,
    hashShortcut: hashShortcut(prices),
    maxWasmStack,
    maxInstanceMemoryBytes,
    staysInMemory: isCodeOfBundles(options.bundles ?? []),
  })
  const runtime = new WasmRuntime(engine, options)
  runtimes.push({ prices, maxWasmStack, maxInstanceMemoryBytes, runtime })
  return runtime
}
