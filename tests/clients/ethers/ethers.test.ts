import {
  Contract,
  ContractFactory,
  HDNodeWallet,
  type InterfaceAbi,
  JsonRpcProvider,
  parseEther,
  Wallet,
  WebSocketProvider,
} from "ethers"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Artifact, compile } from "../../clients-e2e/compile.ts"
import * as node from "../support/node.ts"

const MNEMONIC = "test test test test test test test test test test test junk"

let provider: JsonRpcProvider
let artifact: Artifact
let wallet: HDNodeWallet

beforeAll(async () => {
  artifact = compile("Wallflower")
  provider = new JsonRpcProvider(node.url, undefined, { pollingInterval: 50, cacheTimeout: -1 })
  wallet = HDNodeWallet.fromPhrase(MNEMONIC, undefined, "m/44'/60'/0'/0/3").connect(provider)
})

afterAll(async () => {
  provider.destroy()
})

async function deploy() {
  const factory = new ContractFactory(artifact.abi as InterfaceAbi, artifact.bytecode, wallet)
  const contract = await factory.deploy(1000n)
  await contract.waitForDeployment()
  return new Contract(await contract.getAddress(), artifact.abi as InterfaceAbi, wallet)
}

describe("ethers 6", () => {
  it("sees the network and the accounts", async () => {
    expect((await provider.getNetwork()).chainId).toBe(31_415_926n)
    expect(await provider.getBalance("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")).toBe(parseEther("10000"))
    expect((await provider.listAccounts()).length).toBe(10)
  })

  it("transfers FIL to an address that nobody has used", async () => {
    const fresh = Wallet.createRandom().address
    const before = await provider.getBalance(wallet.address)
    const transaction = await wallet.sendTransaction({ to: fresh, value: parseEther("1.5") })
    const receipt = await transaction.wait()
    expect(receipt?.status).toBe(1)
    expect(await provider.getBalance(fresh)).toBe(parseEther("1.5"))
    // All that it cost, tip and over-estimation included, is in the effective gas price.
    const fees = before - (await provider.getBalance(wallet.address)) - parseEther("1.5")
    expect(fees / receipt!.gasUsed).toBe(receipt!.gasPrice)
    expect(await provider.getCode(fresh)).toBe("0x")
    expect((await provider.getTransaction(transaction.hash))?.blockNumber).toBe(receipt?.blockNumber)
  })

  it("deploys, calls, transacts, and reads logs", async () => {
    const contract = await deploy()
    expect(await contract.getFunction("balanceOf")(wallet.address)).toBe(1000n)
    const other = Wallet.createRandom().address
    const transaction = await contract.getFunction("transfer")(other, 10n)
    const receipt = await transaction.wait()
    expect(receipt.logs).toHaveLength(1)
    expect(receipt.logs[0].args.toArray()).toEqual([other, 10n, "paid"])
    expect(await contract.getFunction("balanceOf")(other)).toBe(10n)
    const logs = await contract.queryFilter(contract.filters.Danced!(other))
    expect(logs).toHaveLength(1)
    expect(logs[0]!.transactionHash).toBe(transaction.hash)
    expect(await contract.getFunction("dance").staticCall(3n, "x")).toBe(1n)
  })

  it("tells a revert with its reason, and a custom error with its arguments", async () => {
    const contract = await deploy()
    await expect(contract.getFunction("sulk").staticCall("leave me")).rejects.toMatchObject({
      code: "CALL_EXCEPTION",
      reason: "leave me",
    })
    const tooMuch = [wallet.address, 5000n] as const
    await expect(contract.getFunction("transfer").staticCall(...tooMuch)).rejects.toMatchObject({
      code: "CALL_EXCEPTION",
      revert: { name: "Shy", args: [...tooMuch] },
    })
    // Not sent: the estimate fails before, with the same data.
    await expect(contract.getFunction("transfer")(...tooMuch)).rejects.toMatchObject({
      code: "CALL_EXCEPTION",
      action: "estimateGas",
      data: contract.interface.encodeErrorResult("Shy", tooMuch),
    })
    const failed = await contract.getFunction("transfer")(wallet.address, 5000n, { gasLimit: 50_000_000n })
    await expect(failed.wait()).rejects.toMatchObject({ code: "CALL_EXCEPTION", receipt: { status: 0 } })
  })

  it("recognises refusals", async () => {
    const to = Wallet.createRandom().address
    const nonce = await wallet.getNonce()
    await expect(wallet.sendTransaction({ to, nonce: nonce - 1, gasLimit: 10_000_000n })).rejects.toMatchObject({
      code: "NONCE_EXPIRED",
    })
    await expect(
      wallet.sendTransaction({ to, value: parseEther("20000"), gasLimit: 10_000_000n }),
    ).rejects.toMatchObject({
      code: "INSUFFICIENT_FUNDS",
    })
  })

  it("hears of blocks and logs by polling", async () => {
    const contract = await deploy()
    const heard = new Promise<unknown[]>((resolve) => {
      void contract.on("Danced", (...args: unknown[]) => resolve(args.slice(0, 3)))
    })
    const block = new Promise<number>((resolve) => void provider.once("block", resolve))
    await (await contract.getFunction("dance")(4n, "waltz")).wait()
    expect(await heard).toEqual([wallet.address, 4n, "waltz"])
    expect(await block).toBeGreaterThan(0)
    await contract.removeAllListeners()
  })

  it("hears of heads and logs over WebSocket", async () => {
    const contract = await deploy()
    const sockets = new WebSocketProvider(node.webSocketUrl)
    const listening = contract.connect(sockets) as Contract
    const heads: number[] = []
    await sockets.on("block", (number: number) => heads.push(number))
    const heard = new Promise<unknown[]>((resolve) => {
      void listening.on("Danced", (...args: unknown[]) => resolve(args.slice(0, 3)))
    })
    // Both subscriptions are asked for before this answer comes, since one connection is answered in order.
    await sockets.getBlockNumber()
    await sockets.send("eth_chainId", [])
    const receipt = await (await contract.getFunction("dance")(5n, "tango")).wait()
    expect(await heard).toEqual([wallet.address, 5n, "tango"])
    expect(heads).toContain(receipt.blockNumber)
    await sockets.destroy()
  })

  it("uses the node's own accounts", async () => {
    const signer = await provider.getSigner(1)
    const fresh = Wallet.createRandom().address
    await (await signer.sendTransaction({ to: fresh, value: 7n })).wait()
    expect(await provider.getBalance(fresh)).toBe(7n)
    const signature = await signer.signMessage("hello")
    expect(signature).toMatch(/^0x[0-9a-f]{130}$/)
  })
})
