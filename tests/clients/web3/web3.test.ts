import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Contract, ETH_DATA_FORMAT, eth, HttpProvider, Web3 } from "web3"
import { compile } from "../../clients-e2e/compile.ts"
import { CHAIN_ID, request, url, webSocketUrl } from "../support/node.ts"

const KEY = "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba" // m/44'/60'/0'/0/9
const { abi, bytecode } = compile("Wallflower")
const TYPED = {
  types: {
    EIP712Domain: [
      { name: "name", type: "string" },
      { name: "chainId", type: "uint256" },
    ],
    Note: [
      { name: "text", type: "string" },
      { name: "to", type: "address" },
    ],
  },
  primaryType: "Note",
  domain: { name: "fevm", chainId: CHAIN_ID },
  message: { text: "hello", to: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" },
}

const web3 = new Web3(url)
const contractOf = (address?: string) =>
  new Contract(abi as never, address, web3) as Contract<never[]> & { methods: never }
type Methods = Record<
  string,
  (...args: unknown[]) => {
    call(options?: object): Promise<unknown>
    send(options: object): Promise<{
      transactionHash: string
      blockNumber: bigint
      events?: Record<string, { returnValues: Record<string, unknown> }>
    }>
    estimateGas(options?: object): Promise<bigint>
    createAccessList(options?: object): Promise<{ accessList: unknown[]; gasUsed: unknown }>
  }
>
let accounts: string[]
let from: string
let address: string
const methods = () => contractOf(address).methods as unknown as Methods
const fresh = () => web3.eth.accounts.create().address

beforeAll(async () => {
  accounts = await web3.eth.getAccounts()
  from = accounts[8]!
  const deployed = await contractOf()
    .deploy({ data: bytecode, arguments: [1000n] as never })
    .send({ from })
  address = deployed.options.address!
})

describe("web3.js 4: the chain", () => {
  it("says which chain and node it is", async () => {
    expect(await web3.eth.getChainId()).toBe(BigInt(CHAIN_ID))
    expect(await web3.eth.net.getId()).toBe(BigInt(CHAIN_ID))
    expect(await web3.eth.net.isListening()).toBe(true)
    expect(await web3.eth.net.getPeerCount()).toBe(0n)
    expect(await web3.eth.getNodeInfo()).toMatch(/^anvil\//)
    expect(await web3.eth.isSyncing()).toBe(false)
    expect(await web3.eth.isMining()).toBe(true)
    expect(await web3.eth.getHashRate()).toBe(0n)
    expect(await web3.eth.getProtocolVersion()).toBeDefined()
    expect(await web3.eth.getCoinbase()).toMatch(/^0x/)
  })

  it("gives blocks, whole and by parts", async () => {
    const number = await web3.eth.getBlockNumber()
    const block = await web3.eth.getBlock(number, true)
    expect(block).toMatchObject({ number, gasLimit: 10_000_000_000n })
    expect(await web3.eth.getBlock(block.hash!)).toMatchObject({ hash: block.hash })
    expect(await web3.eth.getBlock("pending")).toMatchObject({ number: number + 1n })
    expect(await web3.eth.getBlockTransactionCount(number)).toBe(1n)
    expect(await web3.eth.getBlockUncleCount(number)).toBe(0n)
    expect(await web3.eth.getUncle(number, 0)).toBeNull()
    for (const tag of ["earliest", "safe", "finalized", "latest"] as const)
      expect((await web3.eth.getBlock(tag)).baseFeePerGas).toBeGreaterThan(0n)
  })

  it("gives fees: gas price, priority fee, history, both kinds of fee data", async () => {
    expect(await web3.eth.getGasPrice()).toBeGreaterThan(0n)
    expect(await web3.eth.getMaxPriorityFeePerGas()).toBeGreaterThan(0n)
    const history = await web3.eth.getFeeHistory(4n, "latest", [25, 50])
    expect(history.baseFeePerGas).toHaveLength(history.gasUsedRatio.length + 1)
    expect((history.reward as unknown as bigint[][])[0]).toHaveLength(2)
    const fees = await web3.eth.calculateFeeData()
    expect(fees.maxFeePerGas).toBeGreaterThan(fees.maxPriorityFeePerGas!)
  })

  it("gives state: balance, nonce, code, slots", async () => {
    expect(await web3.eth.getBalance(from)).toBeGreaterThan(0n)
    expect(await web3.eth.getTransactionCount(address)).toBe(1n)
    expect(await web3.eth.getCode(address)).toMatch(/^0x60/)
    expect(await web3.eth.getCode(fresh())).toBe("0x")
    expect(BigInt(await web3.eth.getStorageAt(address, 1))).toBe(0n)
    await expect(web3.eth.getProof(address, [`0x${"00".repeat(32)}`])).rejects.toThrow(/proof/i)
  })
})

describe("web3.js 4: transactions", () => {
  it("sends from the node's account, and tells hash, receipt and confirmation", async () => {
    const to = fresh()
    const told: string[] = []
    const receipt = await web3.eth
      .sendTransaction({ from, to, value: 5n })
      .on("sending", () => told.push("sending"))
      .on("sent", () => told.push("sent"))
      .on("transactionHash", () => told.push("hash"))
      .on("receipt", () => told.push("receipt"))
    expect(told).toEqual(["sending", "sent", "hash", "receipt"])
    expect(receipt).toMatchObject({ status: 1n, from: from.toLowerCase(), to: to.toLowerCase(), type: 2n })
    expect(await web3.eth.getBalance(to)).toBe(5n)
    const transaction = await web3.eth.getTransaction(receipt.transactionHash)
    expect(transaction).toMatchObject({ hash: receipt.transactionHash, value: 5n, chainId: BigInt(CHAIN_ID) })
    expect(await web3.eth.getTransactionFromBlock(receipt.blockNumber, 0n)).toMatchObject({ hash: transaction.hash })
    expect(await web3.eth.getTransactionReceipt(receipt.transactionHash)).toMatchObject({ status: 1n })
    await expect(web3.eth.getTransactionReceipt(`0x${"00".repeat(32)}`)).rejects.toThrow(/not found/i)
  })

  it("signs with a local wallet: EIP-1559 and legacy", async () => {
    const local = new Web3(url)
    local.eth.accounts.wallet.add(KEY)
    const wallet = local.eth.accounts.wallet[0]!.address
    await web3.eth.sendTransaction({ from, to: wallet, value: 10n ** 18n })
    const to = fresh()
    const receipt = await local.eth.sendTransaction({ from: wallet, to, value: 1n })
    expect(receipt).toMatchObject({ status: 1n, type: 2n })
    const legacy = await local.eth.sendTransaction({
      from: wallet,
      to,
      value: 1n,
      type: 0n,
      gasPrice: await local.eth.getGasPrice(),
    })
    expect(legacy).toMatchObject({ status: 1n, type: 0n })
    expect(await web3.eth.getBalance(to)).toBe(2n)
    const signed = await local.eth.accounts.signTransaction(
      {
        to,
        value: 1n,
        gas: 20_000_000n,
        maxFeePerGas: 10n ** 9n,
        maxPriorityFeePerGas: 100_000n,
        nonce: await local.eth.getTransactionCount(wallet),
        chainId: CHAIN_ID,
      },
      KEY,
    )
    expect(await web3.eth.sendSignedTransaction(signed.rawTransaction)).toMatchObject({
      transactionHash: signed.transactionHash,
    })
  })

  it("signs messages, transactions and typed data by the node", async () => {
    const signature = (await web3.eth.sign(web3.utils.utf8ToHex("hello"), from)) as string
    expect(web3.eth.accounts.recover("hello", signature)).toBe(from)
    const typed = (await web3.eth.signTypedData(from, TYPED as never, false)) as string
    expect(typed).toMatch(/^0x[0-9a-f]{130}$/)
    const signed = await web3.eth.signTransaction({
      from,
      to: fresh(),
      value: 1n,
      gas: 20_000_000n,
      gasPrice: 10n ** 9n,
      nonce: await web3.eth.getTransactionCount(from),
      chainId: CHAIN_ID,
    })
    expect(signed.raw).toMatch(/^0x/)
  })

  it("says what is wrong: too little balance, a nonce that was used", async () => {
    const poor = accounts[7]!
    await expect(
      web3.eth.sendTransaction({ from: poor, to: from, value: 10n ** 24n, gas: 10_000_000n }),
    ).rejects.toMatchObject({ reason: expect.stringMatching(/insufficient funds/i) })
    await expect(web3.eth.sendTransaction({ from, to: poor, value: 1n, nonce: 0n, gas: 10_000_000n })).rejects.toThrow(
      /nonce/i,
    )
  })
})

describe("web3.js 4: contracts", () => {
  it("calls, estimates, sends, and reads events", async () => {
    expect(await methods().balanceOf!(from).call()).toBe(1000n)
    expect(await methods().dance!(1, "x").estimateGas({ from })).toBeGreaterThan(1_000_000n)
    const receipt = await methods().dance!(2, "jig").send({ from })
    expect(receipt.events!.Danced!.returnValues).toMatchObject({ who: from, steps: 2n, words: "jig" })
    const past = await (
      contractOf(address) as never as { getPastEvents(...args: unknown[]): Promise<{ returnValues: object }[]> }
    ).getPastEvents("Danced", { fromBlock: "earliest", filter: { steps: 2 } })
    expect(past).toHaveLength(1)
    expect(past[0]).toMatchObject({ event: "Danced", returnValues: { words: "jig" } })
    expect(await methods().dance!(1, "x").createAccessList({ from })).toMatchObject({ accessList: [] })
  })

  it("tells reasons and custom errors, of calls, estimates and transactions", async () => {
    await expect(methods().sulk!("leave me").call()).rejects.toMatchObject({
      innerError: { message: expect.stringContaining("leave me") },
    })
    const contract = contractOf(address)
    contract.handleRevert = true
    const transfer = (contract.methods as unknown as Methods).transfer!(from, 5000)
    await expect(transfer.call({ from: accounts[1] })).rejects.toMatchObject({
      innerError: { errorName: "Shy", errorArgs: { who: accounts[1], amount: 5000n } },
    })
    await expect(transfer.send({ from, gas: 100_000_000n })).rejects.toMatchObject({
      name: expect.stringMatching(/Transaction.*Revert|ContractExecution/),
    })
  })

  it("finds logs", async () => {
    const logs = await web3.eth.getPastLogs({ address, fromBlock: "earliest", toBlock: "latest" })
    expect(logs.length).toBeGreaterThan(0)
    const [log] = logs as unknown as { blockHash: string; logIndex: bigint; topics: string[] }[]
    expect(log!.logIndex).toBe(0n)
    expect(await web3.eth.getPastLogs({ blockHash: log!.blockHash, topics: [log!.topics[0]!] })).toHaveLength(1)
    const filter = await request("eth_newFilter", { address, fromBlock: "0x0" })
    expect(await request("eth_getFilterLogs", filter)).toHaveLength(logs.length)
  })
})

describe("web3.js 4: batches", () => {
  it("are answered in their order, with errors in their place", async () => {
    const batch = new web3.BatchRequest()
    const number = batch.add({ method: "eth_blockNumber", params: [] })
    const balance = batch.add({ method: "eth_getBalance", params: [from, "latest"] })
    const nothing = batch.add({ method: "eth_nope" as never, params: [] as never }).catch((error: unknown) => error)
    const answers = await batch.execute()
    expect(answers).toHaveLength(3)
    expect(await number).toMatch(/^0x/)
    expect(await balance).toMatch(/^0x/)
    expect(await nothing).toMatchObject({ code: -32601 })
  })

  it("work through web3's own request manager and data formats", async () => {
    const own = new eth.Web3Eth(new HttpProvider(url))
    expect(await own.getBlockNumber(ETH_DATA_FORMAT)).toMatch(/^0x/)
  })
})

describe("web3.js 4 over WebSocket", () => {
  const socket = new Web3(webSocketUrl)
  const heads: unknown[] = []

  afterAll(() => socket.currentProvider?.disconnect())

  it("hears of heads, logs, pending transactions and contract events", async () => {
    const blocks = await socket.eth.subscribe("newBlockHeaders")
    const logs = await socket.eth.subscribe("logs", { address })
    const pending = await socket.eth.subscribe("newPendingTransactions")
    blocks.on("data", (head) => heads.push(head))
    const log = new Promise<unknown>((resolve, reject) => {
      logs.on("data", resolve)
      logs.on("error", reject)
    })
    const waiting = new Promise<unknown>((resolve) => pending.on("data", resolve))
    const contract = new Contract(abi as never, address, socket)
    const danced = (
      contract.events as unknown as Record<
        string,
        (options: object) => { on(name: string, handler: (value: unknown) => void): void }
      >
    ).Danced!({ filter: { steps: 7 } })
    const event = new Promise<unknown>((resolve) => danced.on("data", resolve))
    await new Promise<void>((resolve) => danced.on("connected", () => resolve()))
    const receipt = await (contract.methods as unknown as Methods).dance!(7, "tango").send({ from })
    expect(await log).toMatchObject({ transactionHash: receipt.transactionHash, blockNumber: receipt.blockNumber })
    expect(await event).toMatchObject({ event: "Danced", returnValues: { words: "tango" } })
    expect(await waiting).toBe(receipt.transactionHash)
    await expect.poll(() => heads).toContainEqual(expect.objectContaining({ number: receipt.blockNumber }))
    await socket.eth.clearSubscriptions()
  })

  it("answers calls on the same connection, and syncing can be subscribed to", async () => {
    expect(await socket.eth.getChainId()).toBe(BigInt(CHAIN_ID))
    const syncing = await socket.eth.subscribe("syncing")
    expect(await syncing.unsubscribe()).toBeUndefined()
  })
})
