import { createRequire } from "node:module"

const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string }

/** A contract as solc gives it. */
export interface Compiled {
  readonly abi: readonly unknown[]
  /** Init code. */
  readonly bytecode: string
  readonly runtime: string
  /** Of the runtime code. @see solidity docs/internals/source_mappings.rst */
  readonly sourceMap: string
}

/** Compiles one source file; throws what the compiler complains of. */
export function compile(source: string): Record<string, Compiled> {
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: "Solidity",
        sources: { "test.sol": { content: source } },
        settings: {
          evmVersion: "prague",
          // Merged code has one place in the source where there were several.
          optimizer: { enabled: false },
          outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode"] } },
        },
      }),
    ),
  ) as {
    errors?: { severity: string; formattedMessage: string }[]
    contracts: Record<
      string,
      Record<string, { abi: unknown[]; evm: Record<string, { object: string; sourceMap: string }> }>
    >
  }
  const errors = output.errors?.filter(({ severity }) => severity === "error") ?? []
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join("\n"))
  return Object.fromEntries(
    Object.entries(output.contracts["test.sol"]!).map(([name, { abi, evm }]) => [
      name,
      {
        abi,
        bytecode: `0x${evm.bytecode!.object}`,
        runtime: `0x${evm.deployedBytecode!.object}`,
        sourceMap: evm.deployedBytecode!.sourceMap,
      },
    ]),
  )
}

/** The line of the source, counted from 1, that the instruction at `pc` comes from; undefined for what the compiler added itself. */
export function lineAt({ runtime, sourceMap }: Compiled, source: string, pc: number): number | undefined {
  const code = Buffer.from(runtime.slice(2), "hex")
  let instruction = 0
  for (let at = 0; at < pc; instruction++) {
    const op = code[at]!
    at += op >= 0x60 && op <= 0x7f ? op - 0x5e : 1
  }
  // A field that is empty is as in the entry before.
  let start = 0
  let file = 0
  for (const entry of sourceMap.split(";").slice(0, instruction + 1)) {
    const fields = entry.split(":")
    if (fields[0]) start = Number(fields[0])
    if (fields[2]) file = Number(fields[2])
  }
  return file === 0 ? source.slice(0, start).split("\n").length : undefined
}
