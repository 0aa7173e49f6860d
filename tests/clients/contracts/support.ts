import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import {
  type BaseContract,
  Contract,
  ContractFactory,
  HDNodeWallet,
  type InterfaceAbi,
  isError,
  JsonRpcProvider,
  type Signer,
} from "ethers"
import { MNEMONIC, url } from "../support/node.ts"

const require = createRequire(import.meta.url)

/** What a package publishes of a contract. */
export interface Artifact {
  readonly abi: InterfaceAbi
  /** What deploys it, 0x and hex. */
  readonly bytecode: string
  /** Where addresses of libraries belong, by file and name. */
  readonly linkReferences?: Record<string, Record<string, readonly { readonly start: number }[]>>
}

/** Reads an artifact from a package, whatever tool made it. */
export function artifact(path: string): Artifact {
  const { abi, bytecode, evm, linkReferences } = JSON.parse(
    readFileSync(new URL(`node_modules/${path}.json`, import.meta.url), "utf8"),
  )
  const code: string = bytecode ?? evm.bytecode.object
  return { abi, bytecode: code.startsWith("0x") ? code : `0x${code}`, linkReferences }
}

/** Puts the addresses of libraries in their places. */
export function link(
  { abi, bytecode, linkReferences = {} }: Artifact,
  libraries: Readonly<Record<string, string>>,
): Artifact {
  let linked = bytecode
  for (const places of Object.values(linkReferences))
    for (const [name, positions] of Object.entries(places))
      for (const { start } of positions) {
        const from = 2 + 2 * start
        linked = linked.slice(0, from) + libraries[name]!.slice(2).toLowerCase() + linked.slice(from + 40)
      }
  return { abi, bytecode: linked }
}

interface Compiler {
  compile(input: string, callbacks: { import: (path: string) => { contents: string } | { error: string } }): string
}

/** Compiles a file of this folder; what it imports comes from the packages. */
export function compile(file: string): Record<string, Artifact> {
  const solc = require("solc") as Compiler
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8")
  const input = {
    language: "Solidity",
    sources: { [file]: { content: read(file) } },
    settings: {
      evmVersion: "cancun",
      optimizer: { enabled: true, runs: 200 },
      outputSelection: { [file]: { "*": ["abi", "evm.bytecode.object"] } },
    },
  }
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), { import: (path) => ({ contents: read(`node_modules/${path}`) }) }),
  )
  const failure = (output.errors ?? []).find(({ severity }: { severity: string }) => severity === "error")
  if (failure) throw new Error(failure.formattedMessage)
  return Object.fromEntries(
    Object.entries<{ abi: InterfaceAbi; evm: { bytecode: { object: string } } }>(output.contracts[file]).map(
      ([name, { abi, evm }]) => [name, { abi, bytecode: `0x${evm.bytecode.object}` }],
    ),
  )
}

/** Asks every 20 ms and remembers nothing: blocks come at once. */
export const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 20 })

/** Signs itself: the node sees raw transactions only. */
export const wallet = (index: number): HDNodeWallet =>
  HDNodeWallet.fromPhrase(MNEMONIC, undefined, `m/44'/60'/0'/0/${index}`).connect(provider)

/** An address that nobody has used before. */
export const fresh = (): string => HDNodeWallet.createRandom().address

/** Deploys as ethers does: estimate, send, wait. Its methods have no types: they are those of the artifact. */
export async function deploy({ abi, bytecode }: Artifact, signer: Signer, ...args: readonly unknown[]): Promise<Any> {
  const made = await new ContractFactory(abi, bytecode, signer).deploy(...args)
  return (await made.waitForDeployment()) as Any
}

/** A contract whose methods are called by name. */
export type Any = BaseContract & Omit<Contract, keyof BaseContract>

/** The contract at an address. */
export const at = (address: string, { abi }: Pick<Artifact, "abi">, signer: Signer): Any =>
  new Contract(address, abi, signer) as Any

interface Sent {
  wait(): Promise<{
    readonly status: number | null
    readonly gasUsed: bigint
    readonly logs: readonly unknown[]
  } | null>
}

/** Waits for a transaction, and gives the events in it that a contract's artifact knows, by name. */
export async function events(
  sent: Promise<Sent>,
  ...known: readonly { readonly interface: Contract["interface"] }[]
): Promise<Record<string, readonly Any[]>> {
  const receipt = await (await sent).wait()
  if (receipt?.status !== 1) throw new Error("it failed")
  const found: Record<string, Any[]> = {}
  for (const log of receipt.logs as { topics: string[]; data: string }[])
    for (const { interface: abi } of known) {
      const parsed = parse(abi, log)
      if (!parsed) continue
      found[parsed.name] = [...(found[parsed.name] ?? []), parsed.args as unknown as Any]
      break
    }
  return found
}

/** Undefined too for an event of the same name with other indexed fields: an ERC-20 transfer is no ERC-721 transfer. */
function parse(abi: Contract["interface"], log: { topics: string[]; data: string }) {
  try {
    return abi.parseLog(log)
  } catch (error) {
    if (isError(error, "BUFFER_OVERRUN") || isError(error, "INVALID_ARGUMENT")) return undefined
    throw error
  }
}

/**
 * The error that a call ends with: the reason of a revert, or the name of the error, if one of these contracts has it. What ethers hears from an estimate it
 * does not look up itself.
 */
export async function refusal(
  call: Promise<unknown>,
  ...known: readonly { readonly interface: Contract["interface"] }[]
): Promise<string> {
  try {
    await call
  } catch (error) {
    const { data, reason, shortMessage } = error as { data?: string | null; reason?: string; shortMessage?: string }
    for (const { interface: abi } of known) {
      const name = data && data.length >= 10 ? abi.parseError(data)?.name : undefined
      if (name !== undefined) return name
    }
    return reason ?? shortMessage ?? `${error}`
  }
  return "none"
}
