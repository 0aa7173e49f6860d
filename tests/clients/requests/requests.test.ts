import { beforeAll, describe, expect, it } from "vitest"
import { compile } from "../../clients-e2e/compile.ts"
import { CHAIN_ID, request, url } from "../support/node.ts"

const HASH = /^0x[0-9a-f]{64}$/
const QUANTITY = /^0x(0|[1-9a-f][0-9a-f]*)$/
const DANCED = "0xb421e36daf921a5df6b940607c65aea9a89777db6b492b3b7af35278d4c320aa"
const word = (value: number | string) =>
  (typeof value === "number" ? value.toString(16) : value.replace("0x", "")).padStart(64, "0")

interface Block {
  readonly hash: string
  readonly parentHash: string
  readonly number: string
  readonly transactions: readonly { readonly hash: string }[]
  readonly [field: string]: unknown
}
interface Receipt {
  readonly contractAddress: string
  readonly blockHash: string
  readonly blockNumber: string
  readonly transactionHash: string
  readonly logs: readonly { readonly logIndex: string }[]
}

let from: string
let contract: string
const sent: Receipt[] = []

async function send(fields: object): Promise<Receipt> {
  const hash = await request("eth_sendTransaction", { from, ...fields })
  const receipt = (await request("eth_getTransactionReceipt", hash)) as Receipt
  sent.push(receipt)
  return receipt
}

async function batch(calls: readonly (readonly [string, ...unknown[]])[]): Promise<unknown[]> {
  const body = calls.map(([method, ...params], id) => ({ jsonrpc: "2.0", id, method, params }))
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  })
  const answers = (await response.json()) as { id: number; result?: unknown; error?: { message: string } }[]
  expect(answers.every(({ error }) => error === undefined)).toBe(true)
  return answers.sort((a, b) => a.id - b.id).map(({ result }) => result)
}

beforeAll(async () => {
  from = ((await request("eth_accounts")) as string[])[9]!
  const deployment = await send({ data: compile("Wallflower").bytecode + word(1000) })
  contract = deployment.contractAddress
  // transfer(address,uint256)
  for (const amount of [1, 2, 3])
    await send({ to: contract, data: `0xa9059cbb${word(`0x${"33".repeat(20)}`)}${word(amount)}` })
})

describe("The Graph's graph-node", () => {
  it("finds out which chain it is: net_version and the genesis block", async () => {
    expect(await request("net_version")).toBe(`${CHAIN_ID}`)
    expect(await request("web3_clientVersion")).toEqual(expect.any(String))
    expect(await request("eth_getBlockByNumber", "0x0", false)).toMatchObject({
      number: "0x0",
      hash: expect.stringMatching(HASH),
      parentHash: expect.stringMatching(HASH),
    })
  })

  it("finds out that receipts of a block and traces can be had", async () => {
    const [{ blockHash }] = sent as [Receipt]
    expect(await request("eth_getBlockReceipts", blockHash)).toHaveLength(1)
    expect(await request("eth_getBlockReceipts", { blockHash })).toHaveLength(1)
    expect(await request("trace_filter", { fromBlock: "0x1", toBlock: "0x1" })).toEqual(expect.any(Array))
  })

  it("ingests blocks from the head down by hash, whole, each the parent of the next", async () => {
    let block = (await request("eth_getBlockByNumber", "latest", false)) as Block
    for (let depth = 0; depth < 4 && block.number !== "0x0"; depth += 1) {
      const whole = (await request("eth_getBlockByHash", block.hash, true)) as Block
      expect(whole).toMatchObject({ hash: block.hash, number: block.number, uncles: [] })
      for (const field of ["gasUsed", "gasLimit", "timestamp", "size", "baseFeePerGas", "difficulty"])
        expect(whole[field]).toMatch(QUANTITY)
      for (const field of ["author", "miner"].filter((name) => whole[name] !== undefined))
        expect(whole[field]).toMatch(/^0x[0-9a-f]{40}$/)
      const receipts = (await batch(
        whole.transactions.map(({ hash }) => ["eth_getTransactionReceipt", hash] as const),
      )) as Receipt[]
      expect(receipts.every(({ blockHash }) => blockHash === whole.hash)).toBe(true)
      const parent = (await request("eth_getBlockByHash", block.parentHash, false)) as Block
      expect(Number(parent.number)).toBe(Number(block.number) - 1)
      block = parent
    }
  })

  it("finds triggers: logs by range, addresses and topics, the same as in the receipts", async () => {
    const range = { fromBlock: sent[0]!.blockNumber, toBlock: sent.at(-1)!.blockNumber }
    const logs = (await request("eth_getLogs", { ...range, address: [contract], topics: [[DANCED]] })) as {
      transactionHash: string
      logIndex: string
      blockHash: string
    }[]
    expect(logs.map(({ transactionHash }) => transactionHash)).toEqual(
      sent.slice(1).map(({ transactionHash }) => transactionHash),
    )
    expect(await request("eth_getLogs", { blockHash: logs[0]!.blockHash, topics: [DANCED] })).toEqual([logs[0]])
    expect(await request("eth_getLogs", { ...range, topics: [[`0x${"ab".repeat(32)}`]] })).toEqual([])
    const traces = (await request("trace_filter", { ...range, toAddress: [contract] })) as { transactionHash: string }[]
    // The creation is one of them: its result is the address.
    expect(new Set(traces.map(({ transactionHash }) => transactionHash))).toEqual(
      new Set(sent.map(({ transactionHash }) => transactionHash)),
    )
  })

  it("calls at the block of an event, named by its hash, and sees the state of that block", async () => {
    const call = { to: contract, data: `0x70a08231${word(`0x${"33".repeat(20)}`)}` }
    const balances = await batch(
      sent.slice(1).map(({ blockHash }) => ["eth_call", call, { blockHash, requireCanonical: false }] as const),
    )
    expect(balances.map((balance) => Number(balance))).toEqual([1, 3, 6])
    const [{ blockHash }] = sent as [Receipt]
    expect(await request("eth_getBalance", from, { blockHash })).toMatch(QUANTITY)
    expect(await request("eth_getCode", contract, { blockHash })).toMatch(/^0x60/)
  })

  it("is told of a call that reverts in a way that it takes for a revert", async () => {
    const call = { to: contract, data: `0xa9059cbb${word(from)}${word("ff".repeat(32))}` }
    await expect(request("eth_call", call, "latest")).rejects.toThrow(/revert/i)
  })
})

describe("Blockscout's fetchers", () => {
  it("ask for blocks, receipts, balances and codes in batches", async () => {
    const latest = Number(await request("eth_blockNumber"))
    const numbers = Array.from({ length: Math.min(latest + 1, 5) }, (_, index) => `0x${(latest - index).toString(16)}`)
    const blocks = (await batch(numbers.map((number) => ["eth_getBlockByNumber", number, true] as const))) as Block[]
    expect(blocks.map(({ number }) => number)).toEqual(numbers)
    const balances = await batch(numbers.map((number) => ["eth_getBalance", from, number] as const))
    expect(balances.every((balance) => QUANTITY.test(balance as string))).toBe(true)
    expect(
      await batch([
        ["eth_getCode", contract, "latest"],
        ["eth_getUncleByBlockHashAndIndex", blocks[0]!.hash, "0x0"],
      ]),
    ).toEqual([expect.stringMatching(/^0x60/), null])
  })

  it("ask for internal transactions in both dialects", async () => {
    const { transactionHash, blockNumber } = sent[1]!
    expect(
      await request("debug_traceTransaction", transactionHash, { tracer: "callTracer", timeout: "5s" }),
    ).toMatchObject({
      type: "CALL",
      to: contract,
    })
    expect(await request("debug_traceBlockByNumber", blockNumber, { tracer: "callTracer" })).toMatchObject([
      { txHash: transactionHash, result: { type: "CALL" } },
    ])
    expect(await request("trace_replayBlockTransactions", blockNumber, ["trace"])).toMatchObject([{ transactionHash }])
    expect(await request("trace_block", blockNumber)).toMatchObject([{ transactionHash, type: "call" }])
  })

  it("ask for the pool", async () => {
    expect(await request("txpool_content")).toEqual({ pending: {}, queued: {} })
  })
})

describe("The Remix IDE's environment `External HTTP Provider`", () => {
  it("looks around, as it does every few seconds", async () => {
    expect(await request("net_version")).toBe(`${CHAIN_ID}`)
    expect(await request("eth_getBlockByNumber", "latest", false)).toMatchObject({ gasLimit: "0x2540be400" })
    expect(await request("eth_accounts")).toHaveLength(10)
    expect(await request("personal_listAccounts")).toHaveLength(10)
    expect(await request("eth_gasPrice")).toMatch(QUANTITY)
  })

  it("signs with a password, and sends transactions of type 0", async () => {
    expect(await request("personal_sign", "0x68656c6c6f", from, "")).toMatch(/^0x[0-9a-f]{130}$/)
    const gas = await request("eth_estimateGas", {
      from,
      to: contract,
      data: `0xa9059cbb${word(from)}${word(1)}`,
      value: "0x0",
    })
    const receipt = await send({
      type: "0x0",
      to: contract,
      data: `0xa9059cbb${word(from)}${word(1)}`,
      value: "0x0",
      gas,
    })
    expect(receipt).toMatchObject({ status: "0x1", type: "0x0" })
  })

  it("asks from the browser: the preflight is answered", async () => {
    const response = await fetch(url, {
      method: "OPTIONS",
      headers: {
        origin: "https://remix.ethereum.org",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
        "access-control-request-private-network": "true",
      },
    })
    expect(response.ok).toBe(true)
    expect(response.headers.get("access-control-allow-origin")).toMatch(/^\*$|remix/)
    expect(response.headers.get("access-control-allow-private-network")).toBe("true")
  })
})
