import { bytesToHex } from "@noble/hashes/utils.js"
import { privateKeyToAccount } from "viem/accounts"
import { afterAll, beforeAll, expect, test } from "vitest"
import { toFilecoinAddress } from "../src/address/ethereum.ts"
import { type FevmNode, startNode } from "../src/index.ts"

let node: FevmNode

beforeAll(async () => {
  node = await startNode({ port: 0, strictLotus: true, mining: { kind: "manual" } })
  await node.chain.mine({ count: 3 })
}, 60_000)
afterAll(() => node.close())

async function post(body: unknown): Promise<{ status: number; answer: { error?: unknown; result?: unknown } }> {
  const response = await fetch(`${node.url}/rpc/v1`, { method: "POST", body: JSON.stringify(body) })
  return { status: response.status, answer: (await response.json()) as { error?: unknown; result?: unknown } }
}
const ask = (method: string, ...params: unknown[]): ReturnType<typeof post> =>
  post({ jsonrpc: "2.0", id: 1, method, params })

test("latest is the parent of the head, which cannot be asked for by its number", async () => {
  const { epoch } = node.chain.head
  expect((await ask("eth_blockNumber")).answer.result).toBe(`0x${(epoch - 1).toString(16)}`)
  expect(await ask("eth_getBlockByNumber", `0x${epoch.toString(16)}`, false)).toMatchObject({
    status: 200,
    answer: { error: { code: 1, message: "requested a future epoch (beyond 'latest')" } },
  })
})

test("nothing is optional, earliest is refused, and methods of development nodes are not there", async () => {
  const address = node.accounts[0]!.ethAddress
  expect(await ask("eth_getBalance", address)).toMatchObject({ status: 500, answer: { error: { code: -32602 } } })
  expect(await ask("eth_getBalance", address, "earliest")).toMatchObject({
    status: 200,
    answer: { error: { code: 1, message: 'block param "earliest" is not supported' } },
  })
  expect(await ask("evm_mine")).toMatchObject({
    status: 500,
    answer: { error: { code: -32601, message: "method 'evm_mine' not found" } },
  })
})

test("a null round is code 12 with the epoch", async () => {
  await node.chain.mine({ nullRounds: 2, count: 1 })
  const epoch = node.chain.head.epoch - 1
  await node.chain.mine()
  expect((await ask("eth_getBlockByNumber", `${epoch}`, false)).answer.error).toEqual({
    code: 12,
    message: `requested epoch was a null round (${epoch})`,
    data: epoch,
  })
})

test("filters answer once, and are limited", async () => {
  const { result } = (await ask("eth_newBlockFilter")).answer
  await node.chain.mine()
  expect((await ask("eth_getFilterChanges", result)).answer.result).toHaveLength(1)
  expect((await ask("eth_getFilterChanges", result)).answer.result).toEqual([])
  expect((await ask("eth_getFilterLogs", result)).answer.error).toMatchObject({ message: "wrong filter type" })
  expect((await ask("eth_uninstallFilter", result)).answer.result).toBe(true)
  expect((await ask("eth_getFilterChanges", result)).answer.error).toMatchObject({ message: "filter not found" })
})

test("a gas limit below the cost of inclusion is taken: the transaction is on chain, has failed, and its nonce is free", async () => {
  const { privateKey, ethAddress } = node.accounts[1]!
  const account = privateKeyToAccount(`0x${bytesToHex(privateKey)}`)
  const raw = await account.signTransaction({
    chainId: 31_415_926,
    nonce: 0,
    to: node.accounts[0]!.ethAddress as `0x${string}`,
    gas: 400_000n,
    maxFeePerGas: 1_000_000_000n,
    maxPriorityFeePerGas: 100_000n,
  })
  const { result } = (await ask("eth_sendRawTransaction", raw)).answer
  await node.chain.mine({ count: 2 })
  expect((await ask("eth_getTransactionReceipt", result)).answer.result).toMatchObject({
    status: "0x0",
    gasUsed: "0x0",
  })
  expect((await ask("eth_getTransactionCount", ethAddress, "pending")).answer.result).toBe("0x0")
})

test("the null address is an account", async () => {
  const zero = `0x${"00".repeat(20)}`
  expect((await ask("eth_getTransactionCount", zero, "latest")).answer.result).toBe("0x0")
  const state = await node.chain.stateAt({ tag: "latest" })
  expect(await state.actor(toFilecoinAddress(new Uint8Array(20)))).toMatchObject({ id: 1001n, kind: "ethaccount" })
})
