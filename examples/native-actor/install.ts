import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { compileActor } from "../../src/actors/compile.ts"
import { Address } from "../../src/address/address.ts"
import type { FevmNode } from "../../src/index.ts"
import { cidOfBlock, DAG_CBOR, RAW } from "../../src/ipld/cid.ts"

const EMPTY_STATE = Uint8Array.of(0x80)

/** The counter's Wasm, compiled now. */
export function compileCounter(): Promise<Uint8Array> {
  return compileActor("assembly/counter.ts", { baseDir: fileURLToPath(new URL(".", import.meta.url)) })
}

/**
 * Puts an actor on a node's chain: its code into the store, and a new actor with that code and an empty state into the state.
 *
 * A network takes new actors by upgrade only, with its bundle; a devnet of one's own takes them like this.
 *
 * @param name - Any text; the actor gets an f2 address of it.
 * @returns The actor's ID.
 */
export async function installActor(node: FevmNode, name: string, wasm: Uint8Array): Promise<bigint> {
  let id = 0n
  await node.chain.editState((state) => {
    const code = cidOfBlock(RAW, wasm)
    const head = cidOfBlock(DAG_CBOR, EMPTY_STATE)
    state.store.put(code, wasm)
    state.store.put(head, EMPTY_STATE)
    id = state.registerAddress(Address.actor(new TextEncoder().encode(name)))
    state.setActor({ id, code, head, sequence: 0n, balance: 0n, delegatedAddress: undefined })
  })
  return id
}

/** ABI and bytecode of the contract that calls the counter. */
export function compileCaller(): { readonly abi: readonly unknown[]; readonly bytecode: `0x${string}` } {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string }
  const content = readFileSync(fileURLToPath(new URL("./CounterCaller.sol", import.meta.url)), "utf8")
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: "Solidity",
        sources: { "CounterCaller.sol": { content } },
        settings: { evmVersion: "cancun", outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } },
      }),
    ),
  ) as {
    contracts?: { "CounterCaller.sol": { CounterCaller: { abi: unknown[]; evm: { bytecode: { object: string } } } } }
    errors?: ReadonlyArray<{ formattedMessage: string }>
  }
  const contract = output.contracts?.["CounterCaller.sol"].CounterCaller
  if (contract === undefined)
    throw new SyntaxError(output.errors?.map(({ formattedMessage }) => formattedMessage).join("\n"))
  return { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` }
}
