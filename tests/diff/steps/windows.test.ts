import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type FevmNode, startNode } from "../../../src/cli/start-node.ts"
import { BlockReader } from "../../../src/eth-rpc/block-reader.ts"
import type { EthContext } from "../../../src/eth-rpc/context.ts"
import { type StructLogOptions, structLogsOfTransaction } from "../../../src/eth-rpc/struct-logs.ts"
import { assemble, initCode } from "./assembler.ts"

const INNER = assemble(
  "9 :top DUP1 DUP1 SSTORE DUP1 SLOAD POP 1 SWAP1 SUB DUP1 @top JUMPI 7 0x40 MSTORE 32 0x40 RETURN",
)

let node: FevmNode
let from: string

const request = <T>(method: string, ...params: unknown[]) => node.provider.request({ method, params }) as Promise<T>

async function send(fields: object): Promise<{ hash: Uint8Array; contract: string }> {
  const hash = await request<string>("eth_sendTransaction", { from, gas: "0x3b9aca00", ...fields })
  const receipt = await request<{ contractAddress: string }>("eth_getTransactionReceipt", hash)
  return { hash: new Uint8Array(Buffer.from(hash.slice(2), "hex")), contract: receipt.contractAddress }
}

async function trace(hash: Uint8Array, options: StructLogOptions): Promise<string> {
  const context = { chain: node.chain, blocks: new BlockReader(node.chain) } as unknown as EthContext
  return (await (await structLogsOfTransaction(context, hash, options)).gather()).text
}

beforeAll(async () => {
  node = await startNode({ port: false })
  ;[from] = (await request<string[]>("eth_accounts")) as [string]
})
afterAll(() => node.close())

describe("a trace that is longer than what is recorded at once", () => {
  test.each([1, 500, 3000, 20_000])("is the same whatever the parts: %i bytes", async (maxBytes) => {
    const { contract: inner } = await send({ data: initCode(INNER) })
    const call = `32 0x40 4 0 0 ${inner} 0x5f5e100 CALL POP`
    const outer = assemble(`${call} 3 3 SSTORE 3 SLOAD POP ${call} 0x40 MLOAD POP INVALID`)
    const { contract } = await send({ data: initCode(outer) })
    const { hash } = await send({ to: contract })
    for (const options of [
      {},
      { memory: true, returnData: true },
      { stack: false },
      { stack: false, storage: false },
      { limit: 70 },
    ] satisfies StructLogOptions[]) {
      const whole = await trace(hash, options)
      expect(await trace(hash, { ...options, maxBytes })).toBe(whole)
      const { structLogs } = JSON.parse(whole) as { structLogs: unknown[] }
      expect(structLogs.length).toBe("limit" in options ? 70 : 276)
    }
  })
})

describe("a block, step by step", () => {
  test("has the trace of each of its transactions", async () => {
    const { contract } = await send({ data: initCode(INNER) })
    await request("evm_setAutomine", false)
    const send2 = () => request<string>("eth_sendTransaction", { from, to: contract, gas: "0x3b9aca00" })
    const hashes = [await send2(), await send2()]
    await request("evm_mine")
    await request("evm_setAutomine", true)
    const { hash } = await request<{ hash: string }>("eth_getBlockByNumber", "latest", false)
    const expected = []
    for (const txHash of hashes) expected.push({ txHash, result: await request("debug_traceTransaction", txHash) })
    expect(await request("debug_traceBlockByNumber", "latest")).toEqual(expected)
    expect(await request("debug_traceBlockByHash", hash)).toEqual(expected)
    expect(await request("debug_traceBlockByNumber", "0x0")).toEqual([])
  })
})
