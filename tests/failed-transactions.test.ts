import { Interface } from "ethers"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type FevmNode, type NodeOptions, startNode } from "../src/index.ts"
import { compile } from "./clients-e2e/compile.ts"

const FROM = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
const GAS = "0x5f5e100"
const HASH = /^0x[0-9a-f]{64}$/
const chatter = new Interface(["function grumble()", "function growl(uint256)", "function say(uint256)"])

interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string; readonly data: { txHash: string; data: string } }
}

const nodes = new Map<string, { node: FevmNode; contract: string }>()

async function start(failedTransactions: NonNullable<NodeOptions["failedTransactions"]>): Promise<void> {
  const node = await startNode({ port: 0, failedTransactions })
  const data = compile("Chatter").bytecode
  const hash = await node.provider.request({ method: "eth_sendTransaction", params: [{ from: FROM, data }] })
  const receipt = await node.provider.request({ method: "eth_getTransactionReceipt", params: [hash] })
  nodes.set(failedTransactions, { node, contract: (receipt as { contractAddress: string }).contractAddress })
}

async function ask(name: string, program: string, method: string, ...params: unknown[]): Promise<Answer> {
  const response = await fetch(nodes.get(name)!.node.url!, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": program },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  })
  return (await response.json()) as Answer
}

const send = (name: string, program: string, data: string): Promise<Answer> =>
  ask(name, program, "eth_sendTransaction", { from: FROM, to: nodes.get(name)!.contract, data, gas: GAS })

beforeAll(async () => {
  for (const answer of ["auto", "hash", "error"] as const) await start(answer)
})
afterAll(() => Promise.all([...nodes.values()].map(({ node }) => node.close())))

it.each([
  ["auto", "hardhat 2.29.1", "error"],
  ["auto", "Hardhat 3.12.0", "error"],
  ["auto", "ethers.js/6", "hash"],
  ["hash", "hardhat 2.29.1", "hash"],
  ["error", "ethers.js/6", "error"],
])("a transaction that fails is answered, with %s, to %s by its %s", async (name, program, expected) => {
  const { result, error } = await send(name, program, chatter.encodeFunctionData("grumble"))
  const message = "Error: VM Exception while processing transaction: reverted with reason string 'go away'"
  if (expected === "hash") expect(result).toMatch(HASH)
  else expect(error).toMatchObject({ code: -32603, message, data: { message, txHash: expect.stringMatching(HASH) } })
  const hash = (result ?? error?.data.txHash) as string
  expect(await ask(name, program, "eth_getTransactionReceipt", hash)).toMatchObject({ result: { status: "0x0" } })
})

it("the error carries the bytes of a custom error, as Hardhat's matchers read them", async () => {
  const { error } = await send("error", "hardhat", chatter.encodeFunctionData("growl", [7]))
  expect(error?.data.data).toBe(`0x${new Interface(["error Growl(uint256)"]).encodeErrorResult("Growl", [7]).slice(2)}`)
  expect(error?.message).toContain("reverted with an unrecognized custom error (return data: 0x")
})

it("a transaction that succeeds is answered by its hash, whoever sends it", async () => {
  expect((await send("error", "hardhat", chatter.encodeFunctionData("say", [1]))).result).toMatch(HASH)
})
