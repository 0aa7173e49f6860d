import { bytesToHex } from "@noble/hashes/utils.js"
import { knownMethod, selectorOf } from "./known-methods.ts"

/** Positions in code, in bytes. */
interface Hole {
  readonly start: number
  readonly length: number
}

interface CompiledContract {
  readonly name: string
  /** Hex digits; what is filled in later are zeros. */
  readonly code: string
  readonly holes: readonly Hole[]
}

/** One parameter, as solc describes it. */
interface AbiParameter {
  readonly type: string
  readonly components?: readonly AbiParameter[]
}

interface AbiItem {
  readonly type: string
  readonly name?: string
  readonly inputs?: readonly AbiParameter[]
}

/** Most contracts that are remembered; a devnet with more has no people reading along. */
const MAX_CONTRACTS = 10_000
/** `__$34 digits$__`, where a library's address comes. */
const LIBRARY = /__\$[0-9a-f]{34}\$__/g

/** What is known of contracts by name: those that a chain begins with, and those whose compiler output somebody gave. */
export class ContractBook {
  /** By address, 40 hex digits; undefined: was looked at, and is not known. */
  readonly #names: Map<string, string | undefined>
  /** By length of their code in bytes. */
  readonly #compiled = new Map<number, CompiledContract[]>()
  readonly #methods = new Map<string, string>()
  readonly #errors = new Map<string, string>()
  #count = 0

  /** @param names - By address, 40 hex digits. */
  constructor(names: Map<string, string | undefined>) {
    this.#names = names
  }

  /**
   * Learns names from what solc gave out (standard JSON).
   *
   * @returns Whether there was any contract in it.
   */
  add(output: unknown): boolean {
    const files = entries(field(output, "contracts"))
    let found = false
    for (const [, contracts] of files)
      for (const [name, contract] of entries(contracts)) {
        found = true
        if (this.#count++ < MAX_CONTRACTS) this.#learn(name, contract)
      }
    // Whoever was not known may be so now.
    for (const [address, name] of this.#names) if (name === undefined) this.#names.delete(address)
    return found
  }

  #learn(name: string, contract: unknown): void {
    const evm = field(contract, "evm")
    const abi = field(contract, "abi")
    for (const item of Array.isArray(abi) ? (abi as AbiItem[]) : []) {
      if (item.name === undefined || (item.type !== "function" && item.type !== "error")) continue
      const signature = `${item.name}(${(item.inputs ?? []).map(typeOf).join(",")})`
      const map = item.type === "function" ? this.#methods : this.#errors
      map.set(selectorOf(signature), signature)
    }
    const deployed = field(evm, "deployedBytecode")
    const code = field(deployed, "object")
    if (typeof code !== "string" || code === "") return
    const holes: Hole[] = entries(field(deployed, "immutableReferences")).flatMap(([, list]) => list as Hole[])
    for (const { index } of code.matchAll(LIBRARY)) holes.push({ start: index / 2, length: 20 })
    // Code of a library begins with its own address.
    if (code.startsWith(`73${"00".repeat(20)}`)) holes.push({ start: 1, length: 20 })
    const length = code.length / 2
    const compiled = { name, code: code.replace(LIBRARY, "0".repeat(40)), holes }
    this.#compiled.set(length, [compiled, ...(this.#compiled.get(length) ?? [])])
  }

  /**
   * Name of the contract at an address; undefined if there is none, or nobody gave it one.
   *
   * @param readCode - Asked once for each address, and only if there are names to be found.
   */
  nameOf(address: Uint8Array, readCode: () => Promise<Uint8Array>): Promise<string | undefined> | string | undefined {
    const key = bytesToHex(address)
    if (this.#compiled.size === 0 || this.#names.has(key)) return this.#names.get(key)
    return this.#find(key, readCode)
  }

  async #find(key: string, readCode: () => Promise<Uint8Array>): Promise<string | undefined> {
    const code = await readCode()
    const name = this.#compiled.get(code.length)?.find((one) => isSame(bytesToHex(code), one))?.name
    if (this.#names.size > MAX_CONTRACTS) this.#names.clear()
    // Where there is no code yet there may be some later.
    if (code.length > 0) this.#names.set(key, name)
    return name
  }

  /** `transfer(address,uint256)`; undefined for an input without a selector that is known. */
  methodOf(input: Uint8Array): string | undefined {
    if (input.length < 4) return undefined
    const selector = bytesToHex(input.subarray(0, 4))
    return this.#methods.get(selector) ?? knownMethod(selector)
  }

  /** `InsufficientBalance(address,uint256)`; undefined for data without a selector that is known. */
  errorOf(data: Uint8Array): string | undefined {
    return data.length < 4 ? undefined : this.#errors.get(bytesToHex(data.subarray(0, 4)))
  }
}

function isSame(code: string, { code: pattern, holes }: CompiledContract): boolean {
  let masked = code
  for (const { start, length } of holes)
    masked = masked.slice(0, 2 * start) + "0".repeat(2 * length) + masked.slice(2 * (start + length))
  return masked === pattern
}

function typeOf({ type, components }: AbiParameter): string {
  return type.startsWith("tuple") ? `(${(components ?? []).map(typeOf).join(",")})${type.slice(5)}` : type
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : []
}
