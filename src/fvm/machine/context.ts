import { priceListOf } from "../gas/price-list.ts"
import type { MachineContext, MachineLimits } from "./index.ts"

/** The limits of the live network. */
export const DEFAULT_LIMITS: MachineLimits = {
  maxCallDepth: 1024,
  maxWasmStack: 2048,
  maxInstanceMemoryBytes: 512 * 2 ** 20,
  maxMemoryBytes: 2 * 2 ** 30,
  maxBlockSize: 2 ** 20,
}

/** What must be said of a tipset; all else has a default. */
export interface MachineOptions extends Partial<MachineLimits> {
  /** 21 to 29. */
  readonly networkVersion: number
  /** EIP-155 chain ID. */
  readonly chainId: bigint
  readonly epoch: bigint
  /** Unix seconds. */
  readonly timestamp: bigint
  /** attoFIL per unit of gas. Default: 0. */
  readonly baseFee?: bigint
  /** attoFIL. Default: 0. */
  readonly circSupply?: bigint
  /** Default: false. */
  readonly tracing?: boolean
  /** Default: false. */
  readonly actorDebugging?: boolean
}

/**
 * Completes a machine context.
 *
 * @throws MachineError - The network version is not supported.
 */
export function machineContext(options: MachineOptions): MachineContext {
  const { maxCallDepth, maxWasmStack, maxInstanceMemoryBytes, maxMemoryBytes, maxBlockSize } = DEFAULT_LIMITS
  // Field by field: made for each call, and spreading objects costs more than all else here.
  return {
    maxCallDepth: options.maxCallDepth ?? maxCallDepth,
    maxWasmStack: options.maxWasmStack ?? maxWasmStack,
    maxInstanceMemoryBytes: options.maxInstanceMemoryBytes ?? maxInstanceMemoryBytes,
    maxMemoryBytes: options.maxMemoryBytes ?? maxMemoryBytes,
    maxBlockSize: options.maxBlockSize ?? maxBlockSize,
    networkVersion: options.networkVersion,
    chainId: options.chainId,
    epoch: options.epoch,
    timestamp: options.timestamp,
    baseFee: options.baseFee ?? 0n,
    circSupply: options.circSupply ?? 0n,
    tracing: options.tracing ?? false,
    actorDebugging: options.actorDebugging ?? false,
    prices: priceListOf(options.networkVersion),
  }
}
