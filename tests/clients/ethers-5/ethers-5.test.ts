import { type BigNumber, type Contract, ContractFactory, ethers, providers, utils, Wallet } from "ethers"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { compile } from "../../clients-e2e/compile.ts"
import { CHAIN_ID, MNEMONIC, url, webSocketUrl } from "../support/node.ts"

const provider = new providers.JsonRpcProvider(url)
provider.pollingInterval = 50
const wallet = Wallet.fromMnemonic(MNEMONIC, "m/44'/60'/0'/0/3").connect(provider)
const { abi, bytecode } = compile("Wallflower")
let contract: Contract

beforeAll(async () => {
  contract = await new ContractFactory(abi as never, bytecode, wallet).deploy(1000)
  await contract.deployed()
})

afterAll(() => provider.removeAllListeners())

describe("ethers 5", () => {
  it("sees network, accounts, blocks and fees", async () => {
    expect((await provider.getNetwork()).chainId).toBe(CHAIN_ID)
    expect(await provider.listAccounts()).toHaveLength(10)
    const block = await provider.getBlockWithTransactions(contract.deployTransaction.blockNumber ?? "latest")
    expect(block.transactions.length).toBeGreaterThan(0)
    const fees = await provider.getFeeData()
    expect(fees.maxFeePerGas?.gt(0)).toBe(true)
    expect(fees.gasPrice?.gt(0)).toBe(true)
    expect((await new providers.StaticJsonRpcProvider(url).getBlock("earliest")).number).toBe(0)
  })

  it("transfers FIL from a wallet and from the node's account, EIP-1559 and legacy", async () => {
    const to = Wallet.createRandom().address
    await (await wallet.sendTransaction({ to, value: 3 })).wait()
    await (await provider.getSigner(0).sendTransaction({ to, value: 4 })).wait()
    const legacy = await wallet.sendTransaction({ to, value: 5, type: 0, gasPrice: await provider.getGasPrice() })
    expect((await legacy.wait()).type).toBe(0)
    expect((await provider.getBalance(to)).toNumber()).toBe(12)
  })

  it("calls, sends, estimates, and finds logs", async () => {
    expect(((await contract.balanceOf(wallet.address)) as BigNumber).toNumber()).toBe(1000)
    expect((await contract.estimateGas.dance!(1, "x")).gt(1_000_000)).toBe(true)
    const receipt = await (await contract.dance(2, "jig")).wait()
    expect(receipt.events[0]).toMatchObject({ event: "Danced", args: expect.objectContaining({ words: "jig" }) })
    expect(await contract.queryFilter(contract.filters.Danced!(wallet.address, 2))).toHaveLength(1)
    expect((await contract.callStatic.dance!(1, "x")).toNumber()).toBe(2)
  })

  it("tells reasons and custom errors", async () => {
    await expect(contract.sulk("leave me")).rejects.toMatchObject({ code: "CALL_EXCEPTION", reason: "leave me" })
    await expect(contract.callStatic.transfer!(wallet.address, 5000)).rejects.toMatchObject({
      code: "CALL_EXCEPTION",
      errorName: "Shy",
    })
    await expect(contract.transfer(wallet.address, 5000)).rejects.toMatchObject({ code: "UNPREDICTABLE_GAS_LIMIT" })
    const failing = await contract.transfer(wallet.address, 5000, { gasLimit: 100_000_000 })
    await expect(failing.wait()).rejects.toMatchObject({ code: "CALL_EXCEPTION", receipt: { status: 0 } })
    const nonce = (await wallet.getTransactionCount()) - 1
    await expect(wallet.sendTransaction({ to: wallet.address, nonce, gasLimit: 10_000_000 })).rejects.toMatchObject({
      code: "NONCE_EXPIRED",
    })
    await expect(
      wallet.sendTransaction({ to: wallet.address, value: utils.parseEther("1000000"), gasLimit: 10_000_000 }),
    ).rejects.toMatchObject({ code: "INSUFFICIENT_FUNDS" })
  })

  it("hears of events by polling and over WebSocket", async () => {
    const socket = new providers.WebSocketProvider(webSocketUrl)
    // By its steps, too: ethers polls from a block number that may be an eighth of a second old, so it may tell of the dance before.
    const tango = contract.filters.Danced!(null, 6)
    const polled = new Promise((resolve) => contract.once(tango, (_who, _steps, words) => resolve(words)))
    const listening = contract.connect(socket)
    const heard = new Promise((resolve) => listening.once(tango, (_who, _steps, words) => resolve(words)))
    const block = new Promise<number>((resolve) => socket.once("block", resolve))
    await socket.getBlockNumber()
    await socket.send("eth_chainId", [])
    await (await contract.dance(6, "tango")).wait()
    expect(await polled).toBe("tango")
    expect(await heard).toBe("tango")
    expect(await block).toBeGreaterThan(0)
    await socket.destroy()
  })

  it("signs messages and typed data, by key and by the node", async () => {
    const signer = provider.getSigner(3)
    expect(utils.verifyMessage("hello", await signer.signMessage("hello"))).toBe(wallet.address)
    const domain = { name: "fevm", chainId: CHAIN_ID }
    const types = { Note: [{ name: "text", type: "string" }] }
    const typed = await signer._signTypedData(domain, types, { text: "hi" })
    expect(typed).toBe(await wallet._signTypedData(domain, types, { text: "hi" }))
    expect(ethers.version).toMatch(/5\./)
  })
})
