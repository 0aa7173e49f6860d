import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

/** What a contract compiles to. */
export interface Artifact {
  readonly abi: readonly unknown[]
  readonly bytecode: `0x${string}`
}

interface Compiler {
  compile(input: string): string
}

interface Output {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[]
  readonly contracts: Record<string, Record<string, { abi: unknown[]; evm: { bytecode: { object: string } } }>>
}

/** What the compiler of the npm package `solc` is given, and what it gives, for one of our contracts. */
export function compileWhole(name: string): { readonly input: unknown; readonly output: unknown } {
  const solc = createRequire(import.meta.url)("solc") as Compiler
  const file = `${name}.sol`
  const content = readFileSync(new URL(`./contracts/${file}`, import.meta.url), "utf8")
  const input = {
    language: "Solidity",
    sources: { [file]: { content } },
    settings: {
      evmVersion: "cancun",
      optimizer: { enabled: true },
      outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode"] } },
    },
  }
  return { input, output: JSON.parse(solc.compile(JSON.stringify(input))) as unknown }
}

/** Compiles one of our contracts. */
export function compile(name: string): Artifact {
  const file = `${name}.sol`
  const output = compileWhole(name).output as Output
  const failures = (output.errors ?? []).filter(({ severity }) => severity === "error")
  if (failures.length > 0) throw new Error(failures.map(({ formattedMessage }) => formattedMessage).join("\n"))
  const { abi, evm } = output.contracts[file]![name]!
  return { abi, bytecode: `0x${evm.bytecode.object}` }
}
