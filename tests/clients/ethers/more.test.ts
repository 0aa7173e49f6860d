// What ethers.test.ts does not tell a story with: the rest of the provider, signers, managers, failures.
import {
  BrowserProvider,
  Contract,
  ContractFactory,
  FallbackProvider,
  FetchRequest,
  HDNodeWallet,
  type InterfaceAbi,
  id,
  JsonRpcProvider,
  keccak256,
  NonceManager,
  Transaction,
  verifyMessage,
  verifyTypedData,
  Wallet,
  WebSocketProvider,
  ZeroHash,
} from "ethers"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { compile } from "../../clients-e2e/compile.ts"
import { CHAIN_ID, MNEMONIC, request, url, webSocketUrl } from "../support/node.ts"

const { abi, bytecode } = compile("Wallflower")
const provider = new JsonRpcProvider(url, CHAIN_ID, { staticNetwork: true, pollingInterval: 50, cacheTimeout: -1 })
const wallet = HDNodeWallet.fromPhrase(MNEMONIC, undefined, "m/44'/60'/0'/0/4").connect(provider)
let contract: Contract

beforeAll(async () => {
  const deployed = await new ContractFactory(abi as InterfaceAbi, bytecode, wallet).deploy(1000n)
  await deployed.waitForDeployment()
  contract = new Contract(await deployed.getAddress(), abi as InterfaceAbi, wallet)
})

afterAll(() => provider.destroy())

describe("ethers 6: the provider", () => {
  it("gives blocks by number, hash and tag, with their transactions, and null for none", async () => {
    const { hash, blockNumber } = (await (await contract.getFunction("dance")(1n, "x")).wait()) as {
      hash: string
      blockNumber: number
    }
    const block = (await provider.getBlock(blockNumber, true))!
    expect(block.prefetchedTransactions.map((transaction) => transaction.hash)).toEqual([hash])
    expect(block.baseFeePerGas).toBeGreaterThan(0n)
    expect((await provider.getBlock(block.hash!))!.number).toBe(blockNumber)
    for (const tag of ["earliest", "safe", "finalized", "pending"]) expect(await provider.getBlock(tag)).not.toBeNull()
    expect(await provider.getBlock(10 ** 9)).toBeNull()
    expect(await provider.getBlock(ZeroHash)).toBeNull()
    expect((await block.getTransaction(0)).hash).toBe(hash)
  })

  it("gives transactions, receipts and their raw form, and null for none", async () => {
    const transaction = await wallet.sendTransaction({ to: Wallet.createRandom().address, value: 1n })
    const receipt = (await transaction.wait())!
    expect((await provider.getTransactionReceipt(transaction.hash))!.index).toBe(0)
    expect((await receipt.getTransaction()).signature.serialized).toBe(transaction.signature!.serialized)
    expect((await receipt.getBlock()).number).toBe(receipt.blockNumber)
    expect(await receipt.confirmations()).toBeGreaterThanOrEqual(1)
    expect(await provider.getTransaction(ZeroHash)).toBeNull()
    expect(await provider.getTransactionReceipt(ZeroHash)).toBeNull()
    expect(keccak256((await request("eth_getRawTransactionByHash", transaction.hash)) as string)).toBe(transaction.hash)
  })

  it("waits for confirmations", async () => {
    const transaction = await wallet.sendTransaction({ to: wallet.address, value: 1n })
    const early = await provider.waitForTransaction(transaction.hash, 3, 100).catch((error: unknown) => error)
    expect(early).toMatchObject({ code: "TIMEOUT" })
    // One block after the other: ethers does not count those between its first look and its listening to blocks.
    const mining = setInterval(() => void request("hardhat_mine", "0x1"), 50)
    const receipt = await provider.waitForTransaction(transaction.hash, 3).finally(() => clearInterval(mining))
    expect(receipt!.hash).toBe(transaction.hash)
    expect(await receipt!.confirmations()).toBeGreaterThanOrEqual(3)
  })

  it("gives fee data, state, and a batch of answers in one request", async () => {
    const fees = await provider.getFeeData()
    expect(fees.maxFeePerGas).toBeGreaterThan(fees.maxPriorityFeePerGas!)
    const [balance, count, code, slot, number] = await Promise.all([
      provider.getBalance(wallet.address),
      provider.getTransactionCount(wallet.address, "pending"),
      provider.getCode(contract),
      provider.getStorage(contract, 1),
      provider.getBlockNumber(),
    ])
    expect(balance).toBeGreaterThan(0n)
    expect(count).toBeGreaterThan(0)
    expect(code).toMatch(/^0x60/)
    expect(BigInt(slot)).toBe(1n)
    expect(number).toBeGreaterThan(0)
    await expect(provider.send("eth_getProof", [wallet.address, [], "latest"])).rejects.toMatchObject({
      error: { code: expect.any(Number) },
    })
  })

  it("filters logs by topics and by block hash", async () => {
    const receipt = (await (await contract.getFunction("dance")(77n, "y")).wait())!
    const topics = [id("Danced(address,uint256,string)"), null, `0x${(77).toString(16).padStart(64, "0")}`]
    const logs = await provider.getLogs({ address: contract, topics, fromBlock: 0 })
    expect(logs.map(({ transactionHash }) => transactionHash)).toEqual([receipt.hash])
    expect(await provider.getLogs({ blockHash: receipt.blockHash })).toHaveLength(1)
  })

  it("works behind a fallback provider, a browser's provider, and a request of its own", async () => {
    const fallback = new FallbackProvider(
      [new JsonRpcProvider(url, CHAIN_ID), new JsonRpcProvider(new FetchRequest(url), CHAIN_ID)],
      CHAIN_ID,
      {
        quorum: 2,
      },
    )
    expect((await fallback.getNetwork()).chainId).toBe(BigInt(CHAIN_ID))
    expect(await fallback.getBalance(contract)).toBe(0n)
    const browser = new BrowserProvider({
      request: ({ method, params }) => request(method, ...((params as unknown[]) ?? [])),
    })
    expect(await (await browser.getSigner()).getAddress()).toMatch(/^0x/)
    fallback.destroy()
  })
})

describe("ethers 6: signers", () => {
  it("a nonce manager sends many at once", async () => {
    const manager = new NonceManager(wallet)
    const to = Wallet.createRandom().address
    const sent = await Promise.all(
      Array.from({ length: 10 }, () => manager.sendTransaction({ to, value: 1n, gasLimit: 20_000_000n })),
    )
    await Promise.all(sent.map((transaction) => transaction.wait()))
    expect(await provider.getBalance(to)).toBe(10n)
  })

  it("signs transactions, messages and typed data by key and by the node, with the same result", async () => {
    const node = await provider.getSigner(wallet.address)
    expect(verifyMessage("hello", await node.signMessage("hello"))).toBe(wallet.address)
    const domain = { name: "fevm", chainId: CHAIN_ID, verifyingContract: await contract.getAddress() }
    const types = { Note: [{ name: "text", type: "string" }] }
    const signature = await node.signTypedData(domain, types, { text: "hi" })
    expect(signature).toBe(await wallet.signTypedData(domain, types, { text: "hi" }))
    expect(verifyTypedData(domain, types, { text: "hi" }, signature)).toBe(wallet.address)
    const filled = await wallet.populateTransaction({ to: wallet.address, value: 1n })
    const signed = await wallet.signTransaction(filled)
    const sent = await provider.broadcastTransaction(signed)
    expect(sent.hash).toBe(Transaction.from(signed).hash)
    await sent.wait()
  })

  it("a replaced transaction is told as replaced", async () => {
    await request("evm_setAutomine", false)
    try {
      const first = await wallet.sendTransaction({ to: wallet.address, value: 1n })
      const waiting = first.wait()
      await wallet.sendTransaction({
        to: wallet.address,
        value: 2n,
        nonce: first.nonce,
        maxFeePerGas: first.maxFeePerGas! * 2n,
        maxPriorityFeePerGas: first.maxPriorityFeePerGas! * 2n,
      })
      // ethers looks for a replacement when a block comes after the one that it saw first.
      let told: unknown
      waiting.catch((error: unknown) => {
        told = error
      })
      await expect
        .poll(() => request("evm_mine").then(() => told), { timeout: 20_000, interval: 100 })
        .toMatchObject({ code: "TRANSACTION_REPLACED", receipt: { status: 1 } })
    } finally {
      await request("evm_setAutomine", true)
    }
  })

  it("replacements that offer too little, and limits that are too low, are recognised", async () => {
    await request("evm_setAutomine", false)
    try {
      const first = await wallet.sendTransaction({ to: wallet.address, value: 1n })
      const again = { to: wallet.address, value: 2n, nonce: first.nonce, gasLimit: first.gasLimit }
      const fees = { maxFeePerGas: first.maxFeePerGas!, maxPriorityFeePerGas: first.maxPriorityFeePerGas! }
      await expect(wallet.sendTransaction({ ...again, ...fees })).rejects.toMatchObject({
        code: "REPLACEMENT_UNDERPRICED",
      })
      await request("evm_mine")
    } finally {
      await request("evm_setAutomine", true)
    }
    await expect(wallet.sendTransaction({ to: wallet.address, gasLimit: 21_000n })).rejects.toThrow(
      /intrinsic gas too low/,
    )
  })
})

describe("ethers 6 over WebSocket", () => {
  it("subscribes to pending transactions and to logs, and stops", async () => {
    const socket = new WebSocketProvider(webSocketUrl)
    const pending = new Promise<string>((resolve) => void socket.once("pending", resolve))
    const log = new Promise<{ transactionHash: string }>(
      (resolve) => void socket.once({ address: contract.target as string }, resolve),
    )
    await socket.getBlockNumber()
    await socket.send("eth_chainId", [])
    const { hash } = (await (await contract.getFunction("dance")(5n, "z")).wait()) as { hash: string }
    expect(await pending).toBe(hash)
    expect((await log).transactionHash).toBe(hash)
    await socket.destroy()
  })
})
