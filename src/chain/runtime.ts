import type { CID } from "multiformats/cid"
import type { Runtime } from "../fvm/call-manager/index.ts"
import type { InstrumentedCodeCache } from "../fvm/engine/index.ts"
import { V8Engine } from "../fvm/engine/v8.ts"
import { priceListOf } from "../fvm/gas/price-list.ts"
import type { Frame } from "../fvm/syscalls/frame.ts"
import { hashShortcut } from "../fvm/syscalls/hash-shortcut.ts"
import { HOST_FUNCTIONS, WasmRuntime } from "../fvm/syscalls/runtime.ts"
import { cidKey } from "../ipld/cid.ts"
import { StepRecorder } from "./steps/recorder.ts"

/**
 * The engine for a network's actors.
 *
 * @param networkVersion - Sets the prices that are built into the code.
 * @param bundleCodes - See {@link createRuntime}.
 * @param cache - See {@link createRuntime}.
 */
export function createEngine(
  networkVersion: number,
  bundleCodes: readonly CID[],
  cache: InstrumentedCodeCache,
): V8Engine<Frame> {
  const wellBehaved = new Set(bundleCodes.map(cidKey))
  const prices = priceListOf(networkVersion)
  return new V8Engine<Frame>({
    prices: prices.wasm,
    hostFunctions: HOST_FUNCTIONS,
    hashShortcut: hashShortcut(prices),
    staysInMemory: (code) => wellBehaved.has(code),
    cache,
  })
}

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
  return new WasmRuntime(createEngine(networkVersion, bundleCodes, cache), { warn })
}

/** A runtime in which other code stands in for that of some actors, and what its calls to the host are written down by. */
export interface TracingRuntime {
  readonly runtime: Runtime
  readonly recorder: StepRecorder
  /** Wasm that stands in for a code CID; undefined for all other code. */
  readonly code: (code: CID) => Uint8Array | undefined
}

/**
 * What runs messages again for a debugger. Compiled code and instances are its own: nothing of it is seen by {@link createRuntime}'s.
 *
 * @param standIns - Wasm by the code CID that it stands in for.
 */
export function createTracingRuntime(
  networkVersion: number,
  bundleCodes: readonly CID[],
  standIns: readonly { readonly code: CID; readonly wasm: Uint8Array }[],
  warn: (message: string) => void,
): TracingRuntime {
  const wellBehaved = new Set(bundleCodes.map(cidKey))
  const wasms = new Map(standIns.map(({ code, wasm }) => [cidKey(code), wasm]))
  const recorder = new StepRecorder()
  const engine = new V8Engine<Frame>({
    prices: priceListOf(networkVersion).wasm,
    hostFunctions: HOST_FUNCTIONS,
    staysInMemory: (code) => wellBehaved.has(code),
    probes: { functions: recorder.functions, allowed: (code) => wasms.has(code) },
  })
  const runtime = recorder.around(new WasmRuntime(engine, { warn }))
  return { runtime, recorder, code: (code) => wasms.get(cidKey(code)) }
}
