import type { Runtime } from "../fvm/call-manager/index.ts"
import { ChainError } from "./errors.ts"

/**
 * What runs actors' Wasm in a worker.
 *
 * @param _networkVersion - Sets the prices that are built into the code.
 */
export function createRuntime(_networkVersion: number): Runtime {
  const missing = (): never => {
    throw new ChainError("execution-fault", "no Wasm engine is built in yet: only messages that run no code work")
  }
  return { run: missing, preload: missing }
}
