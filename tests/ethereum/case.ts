/** One case of `ethereum-tests`: what was there, a transaction, and what is there afterwards. Format: shared/README.md. */
export interface EthereumCase {
  readonly env: {
    readonly baseFee: string
    readonly coinbase: string
    readonly gasLimit: string
    readonly gasUsed: string
    readonly number: string
    readonly prevRandao: string
    readonly timestamp: string
  }
  readonly pre: Readonly<Record<string, EthereumAccount>>
  readonly tx: {
    readonly sender: string
    /** Empty: a creation. */
    readonly to: string
    readonly data: string
    readonly value: string
    readonly nonce: string
    readonly gasLimit: string
    readonly gasPrice?: string
    readonly maxFeePerGas?: string
    readonly maxPriorityFeePerGas?: string
    readonly accessList?: ReadonlyArray<{ readonly address: string; readonly storageKeys: readonly string[] }>
  }
  readonly post: Readonly<Record<string, EthereumAccount>>
}

/** Fields that are not there are zero or empty; code `=` in a post-state is that of the pre-state. */
export interface EthereumAccount {
  readonly balance?: string
  readonly nonce?: string
  readonly code?: string
  readonly storage?: Readonly<Record<string, string>>
}

/** The bytes of 0x and hex digits. */
export function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2).padStart(2 * Math.ceil((text.length - 2) / 2), "0"), "hex"))
}

/** 0x and hex digits of bytes. */
export function toHex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString("hex")}`
}

/** A number as 32 bytes. */
export function word(text: string | bigint): Uint8Array {
  return new Uint8Array(Buffer.from(BigInt(text).toString(16).padStart(64, "0"), "hex"))
}

/** What a gas unit costs in this transaction. */
export function gasPriceOf({ tx, env }: EthereumCase): bigint {
  if (tx.gasPrice !== undefined) return BigInt(tx.gasPrice)
  const [most, tip, base] = [BigInt(tx.maxFeePerGas ?? 0), BigInt(tx.maxPriorityFeePerGas ?? 0), BigInt(env.baseFee)]
  return base + tip < most ? base + tip : most
}

/** What a run left, as far as it is compared. */
export interface Outcome {
  /** By lower-case address. Only what exists. */
  readonly accounts: ReadonlyMap<
    string,
    {
      readonly balance: bigint
      readonly nonce: bigint
      readonly code: string
      readonly storage: ReadonlyMap<bigint, bigint>
      /** Ended by SELFDESTRUCT in this transaction. */
      readonly dead: boolean
    }
  >
  /** Address, topics and data of each log, in order. */
  readonly logs: readonly string[]
  readonly succeeded: boolean
}
