import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

/** What a contract compiles to. */
export interface Artifact {
  readonly abi: readonly unknown[]
  readonly bytecode: `0x${string}`
}

interface Output {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[]
  readonly contracts: Record<string, Record<string, { abi: unknown[]; evm: { bytecode: { object: string } } }>>
}

/**
 * Compiles a contract by the compiler of the npm package `solc`.
 *
 * @param file - The source.
 * @param name - Of the contract in it.
 * @throws SyntaxError - It does not compile.
 */
export function compile(file: URL, name: string): Artifact {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string }
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: "Solidity",
        sources: { source: { content: readFileSync(file, "utf8") } },
        settings: {
          evmVersion: "cancun",
          optimizer: { enabled: true },
          outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
        },
      }),
    ),
  ) as Output
  const failures = (output.errors ?? []).filter(({ severity }) => severity === "error")
  if (failures.length > 0) throw new SyntaxError(failures.map(({ formattedMessage }) => formattedMessage).join("\n"))
  const { abi, evm } = output.contracts.source![name]!
  return { abi, bytecode: `0x${evm.bytecode.object}` }
}

/** The node that the examples talk to: `FEVM_URL`, or the default of `fevm node`. */
export const NODE_URL: string = process.env.FEVM_URL ?? "http://127.0.0.1:8545"
