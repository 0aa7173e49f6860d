import { afterAll, beforeAll, describe, expect, it } from "vitest"
import Web3 from "web3"
import { compile } from "../../clients-e2e/compile.ts"
import { CHAIN_ID, url, webSocketUrl } from "../support/node.ts"

const web3 = new Web3(url)
const socket = new Web3(webSocketUrl)
const { abi, bytecode } = compile("Wallflower")
let accounts: string[]
let contract: InstanceType<typeof web3.eth.Contract>
let from: string

beforeAll(async () => {
  accounts = await web3.eth.getAccounts()
  from = accounts[6]!
  const factory = new web3.eth.Contract(abi as never)
  const deployment = factory.deploy({ data: bytecode, arguments: [1000] })
  contract = await deployment.send({ from, gas: await deployment.estimateGas({ from }) })
})

afterAll(() =>
  (socket.currentProvider as unknown as { disconnect(code: number, reason: string): void }).disconnect(1000, "done"),
)

describe("web3.js 1", () => {
  it("formats what the node says", async () => {
    expect(await web3.eth.getChainId()).toBe(CHAIN_ID)
    expect(await web3.eth.net.getId()).toBe(CHAIN_ID)
    expect(await web3.eth.isSyncing()).toBe(false)
    expect(await web3.eth.getNodeInfo()).toMatch(/^anvil/)
    const block = await web3.eth.getBlock("latest", true)
    expect(block).toMatchObject({ gasLimit: 10_000_000_000, number: expect.any(Number), timestamp: expect.any(Number) })
    expect(Number(await web3.eth.getGasPrice())).toBeGreaterThan(0)
    expect(await web3.eth.getUncle(0, 0)).toBeNull()
    const history = await web3.eth.getFeeHistory(2, "latest", [50])
    expect(history.baseFeePerGas.length).toBe(history.gasUsedRatio.length + 1)
    expect(await web3.eth.getPendingTransactions()).toEqual([])
  })

  it("sends, with promise events, and a local account too", async () => {
    const account = web3.eth.accounts.create()
    const told: string[] = []
    const receipt = await web3.eth
      .sendTransaction({ from, to: account.address, value: web3.utils.toWei("1") })
      .on("transactionHash", () => told.push("hash"))
      .on("receipt", () => told.push("receipt"))
    expect(told).toEqual(["hash", "receipt"])
    expect(receipt).toMatchObject({ status: true, blockNumber: expect.any(Number) })
    const signed = await account.signTransaction({ to: from, value: "1", gas: 20_000_000 })
    expect(await web3.eth.sendSignedTransaction(signed.rawTransaction!)).toMatchObject({ status: true })
    expect(await web3.eth.getTransaction(signed.transactionHash!)).toMatchObject({ value: "1", transactionIndex: 0 })
  })

  it("calls contracts, and says why one refuses", async () => {
    expect(await contract.methods.balanceOf!(from).call()).toBe("1000")
    const receipt = await contract.methods.dance!(2, "jig").send({ from, gas: 100_000_000 })
    expect(receipt.events!.Danced!.returnValues.words).toBe("jig")
    await expect(contract.methods.sulk!("leave me").call()).rejects.toThrow(/leave me/)
    await expect(contract.methods.sulk!("leave me").estimateGas({ from })).rejects.toThrow(/leave me/)
    web3.eth.handleRevert = true
    await expect(
      web3.eth.call({ to: contract.options.address, data: contract.methods.sulk!("no").encodeABI() }),
    ).rejects.toMatchObject({ reason: "no" })
    web3.eth.handleRevert = false
    const past = await contract.getPastEvents("Danced", { fromBlock: 0, filter: { steps: "2" } })
    expect(past.map(({ returnValues }) => returnValues.words)).toEqual(["jig"])
  })

  it("hears of heads, logs and events over WebSocket", async () => {
    const listening = new socket.eth.Contract(abi as never, contract.options.address)
    const event = new Promise<{ returnValues: { words: string } }>((resolve) =>
      listening.events.Danced!({}).on("data", resolve),
    )
    const head = new Promise<{ number: number }>(
      (resolve) => void socket.eth.subscribe("newBlockHeaders").on("data", resolve as never),
    )
    const log = new Promise<{ transactionHash: string }>(
      (resolve) =>
        void socket.eth.subscribe("logs", { address: contract.options.address }).on("data", resolve as never),
    )
    await socket.eth.getBlockNumber()
    await socket.eth.getChainId()
    const { transactionHash, blockNumber } = await contract.methods.dance!(3, "reel").send({ from, gas: 100_000_000 })
    expect((await event).returnValues.words).toBe("reel")
    expect((await head).number).toBeLessThanOrEqual(blockNumber)
    expect((await log).transactionHash).toBe(transactionHash)
  })

  it("batches, signs, and uses personal accounts", async () => {
    const batch = new web3.BatchRequest()
    const answers = Promise.all(
      [0, 1].map(
        (index) =>
          new Promise((resolve, reject) => {
            const ask = web3.eth.getBalance as unknown as { request(...args: unknown[]): never }
            batch.add(
              ask.request(accounts[index]!, "latest", (error: unknown, value: string) =>
                error ? reject(error) : resolve(value),
              ),
            )
          }),
      ),
    )
    batch.execute()
    expect((await answers).every((value) => Number(value) > 0)).toBe(true)
    const signature = await web3.eth.sign("hello", from)
    expect(web3.eth.accounts.recover("hello", signature)).toBe(from)
    const account = await web3.eth.personal.newAccount("secret")
    expect(await web3.eth.personal.unlockAccount(account, "secret", 60)).toBe(true)
    await web3.eth.sendTransaction({ from, to: account, value: web3.utils.toWei("1") })
    const hash = await web3.eth.personal.sendTransaction(
      { from: account, to: from, value: "1", gas: 20_000_000 },
      "secret",
    )
    expect(hash).toMatch(/^0x/)
    expect(await web3.eth.personal.sign("hello", account, "secret")).toMatch(/^0x[0-9a-f]{130}$/)
  })
})
