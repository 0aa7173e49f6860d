import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type FevmNode, startNode } from "../src/index.ts"
import { compile } from "./clients-e2e/compile.ts"

const FROM = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
const TO = "0x00000000000000000000000000000000000000aa"
const GAS = "0x1312d00"

let node: FevmNode
let contract: string

const ask = <T>(method: string, ...params: unknown[]) => node.provider.request({ method, params }) as Promise<T>
const send = (fields: object) => ask<string>("eth_sendTransaction", { from: FROM, gas: GAS, ...fields })
beforeAll(async () => {
  node = await startNode({ port: false })
  const { bytecode } = compile("Wallflower")
  const hash = await ask<string>("eth_sendTransaction", { from: FROM, data: bytecode + "3e8".padStart(64, "0") })
  contract = (await ask<{ contractAddress: string }>("eth_getTransactionReceipt", hash)).contractAddress
})

afterAll(() => node.close())

/** A transfer of one token: one log. */
const transfer = () =>
  send({ to: contract, data: `0xa9059cbb${TO.slice(2).padStart(64, "0")}${"1".padStart(64, "0")}` })

describe("a node in the process", () => {
  it("tells of logs, and takes them back when their block is gone", async () => {
    const filter = await ask<string>("eth_newFilter", { address: contract })
    const snapshot = await ask("evm_snapshot")
    const hash = await transfer()
    expect(await ask("eth_getFilterChanges", filter)).toMatchObject([{ transactionHash: hash, removed: false }])
    expect(await ask("evm_revert", snapshot)).toBe(true)
    expect(await ask("eth_getFilterChanges", filter)).toMatchObject([{ transactionHash: hash, removed: true }])
    expect(await ask("eth_getTransactionReceipt", hash)).toBeNull()
    expect(await ask("eth_uninstallFilter", filter)).toBe(true)
    await expect(ask("eth_getFilterChanges", filter)).rejects.toMatchObject({ code: -32000 })
  })

  it("tells subscribers of heads, logs and pending transactions", async () => {
    const heard: { subscription: string; result: unknown }[] = []
    const listener = (message: unknown) => heard.push((message as { data: (typeof heard)[number] }).data)
    node.provider.on("message", listener)
    const heads = await ask<string>("eth_subscribe", "newHeads")
    const logs = await ask<string>("eth_subscribe", "logs", { address: contract })
    const pending = await ask<string>("eth_subscribe", "newPendingTransactions")
    const hash = await transfer()
    // News wait for the answer of their subscription and for one another: asking for changes waits for them too.
    await ask("eth_getFilterChanges", await ask("eth_newBlockFilter"))
    await new Promise<void>((resolve) => setImmediate(resolve))
    expect(heard.filter(({ subscription }) => subscription === pending).map(({ result }) => result)).toEqual([hash])
    expect(heard.find(({ subscription }) => subscription === heads)?.result).toMatchObject({
      number: await ask("eth_blockNumber"),
    })
    expect(heard.find(({ subscription }) => subscription === logs)?.result).toMatchObject({ transactionHash: hash })
    for (const id of [heads, logs, pending]) expect(await ask("eth_unsubscribe", id)).toBe(true)
    node.provider.removeListener("message", listener)
  })

  it("queues transactions behind a nonce gap, and includes them when it closes", async () => {
    const nonce = Number(await ask("eth_getTransactionCount", FROM, "latest"))
    const fields = { to: TO, value: "0x1" }
    const later = await send({ ...fields, nonce: `0x${(nonce + 1).toString(16)}` })
    expect(await ask("eth_getTransactionReceipt", later)).toBeNull()
    expect(await ask("txpool_status")).toEqual({ pending: "0x0", queued: "0x1" })
    expect(await ask("eth_getTransactionByHash", later)).toMatchObject({ hash: later, blockHash: null })
    await send({ ...fields, nonce: `0x${nonce.toString(16)}` })
    expect(await ask("eth_getTransactionReceipt", later)).toMatchObject({ status: "0x1" })
    expect(await ask("txpool_status")).toEqual({ pending: "0x0", queued: "0x0" })
  })

  it("drops what waits", async () => {
    await ask("evm_setAutomine", false)
    const hash = await send({ to: TO, value: "0x1" })
    expect(await ask("txpool_content")).toMatchObject({ pending: expect.any(Object) })
    expect(await ask("hardhat_dropTransaction", hash)).toBe(true)
    expect(await ask("hardhat_dropTransaction", hash)).toBe(false)
    expect(await ask("eth_getTransactionByHash", hash)).toBeNull()
    await ask("evm_setAutomine", true)
  })

  it("calls on top of the mempool where pending is asked for", async () => {
    await ask("evm_setAutomine", false)
    const call = { to: contract, data: `0x70a08231${TO.slice(2).padStart(64, "0")}` }
    const before = BigInt(await ask<string>("eth_call", call, "latest"))
    await transfer()
    expect(BigInt(await ask<string>("eth_call", call, "latest"))).toBe(before)
    expect(BigInt(await ask<string>("eth_call", call, "pending"))).toBe(before + 1n)
    await ask("evm_setAutomine", true)
    expect(BigInt(await ask<string>("eth_call", call, "latest"))).toBe(before + 1n)
  })

  it("answers by block hash (EIP-1898) and for the past", async () => {
    const block = await ask<{ hash: string }>("eth_getBlockByNumber", "latest", false)
    const balance = await ask("eth_getBalance", TO, "latest")
    await send({ to: TO, value: "0x64" })
    expect(await ask("eth_getBalance", TO, { blockHash: block.hash })).toBe(balance)
    expect(await ask("eth_getBalance", TO, "latest")).not.toBe(balance)
    expect(await ask("eth_getBlockByHash", `0x${"11".repeat(32)}`, false)).toBeNull()
    expect(await ask("eth_getBlockByNumber", "0xffffff", false)).toBeNull()
    await expect(ask("eth_getBalance", TO, { blockHash: `0x${"11".repeat(32)}` })).rejects.toMatchObject({
      code: -32000,
    })
  })

  it("goes back to the beginning", async () => {
    const { instanceId } = await ask<{ instanceId: string }>("hardhat_metadata")
    await ask("hardhat_reset")
    expect(await ask("eth_blockNumber")).toBe("0x0")
    expect(await ask("eth_getCode", contract)).toBe("0x")
    expect(await ask("hardhat_metadata")).not.toMatchObject({ instanceId })
  })

  it("says why it cannot", async () => {
    await expect(ask("eth_getProof", FROM, [], "latest")).rejects.toMatchObject({
      code: -32004,
      message: expect.stringContaining("HAMT"),
    })
    await expect(ask("eth_sendTransaction", { from: TO, to: FROM })).rejects.toMatchObject({ code: -32000 })
  })
})
