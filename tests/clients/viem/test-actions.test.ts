// Each action of viem's test client, in each of its three modes, with what can be seen afterwards.
import {
  createTestClient,
  defineChain,
  type Hex,
  http,
  MethodNotFoundRpcError,
  parseGwei,
  publicActions,
  walletActions,
} from "viem"
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from "viem/accounts"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { CHAIN_ID, MNEMONIC, request, url } from "../support/node.ts"

const chain = defineChain({
  id: CHAIN_ID,
  name: "fevm",
  nativeCurrency: { name: "FIL", symbol: "FIL", decimals: 18 },
  rpcUrls: { default: { http: [url] } },
})
const account = mnemonicToAccount(MNEMONIC, { addressIndex: 5 })
const other = mnemonicToAccount(MNEMONIC, { addressIndex: 6 }).address
const fresh = () => privateKeyToAccount(generatePrivateKey()).address
const word = (value: number): Hex => `0x${value.toString(16).padStart(64, "0")}`

type Mode = "anvil" | "hardhat" | "ganache"
const clientOf = (mode: Mode) =>
  createTestClient({ chain, mode, account, transport: http(), pollingInterval: 50, cacheTime: 0 })
    .extend(publicActions)
    .extend(walletActions)

/** What the node that gives a mode its name does not serve either: viem asks for a name that exists nowhere. */
async function expectUnknown(action: Promise<unknown>) {
  const error = await action.then(
    () => undefined,
    (cause: { walk(test: (error: unknown) => boolean): unknown }) => cause,
  )
  expect(error?.walk((cause) => cause instanceof MethodNotFoundRpcError)).toBeInstanceOf(MethodNotFoundRpcError)
}

describe.each(["anvil", "hardhat", "ganache"] as const)("viem's test client in mode %s", (mode) => {
  const client = clientOf(mode)
  const knows = mode !== "ganache"
  let snapshot: Hex

  beforeEach(async () => {
    snapshot = await client.snapshot()
  })

  afterEach(async () => {
    await client.setAutomine(true)
    await client.setIntervalMining({ interval: 0 })
    await client.revert({ id: snapshot })
  })

  const pendingTransfer = async () => {
    await client.setAutomine(false)
    return client.sendTransaction({ to: other, value: 1n })
  }

  it("snapshot, revert: state and blocks go back, and a snapshot can be used once", async () => {
    const address = fresh()
    const height = await client.getBlockNumber()
    const id = await client.snapshot()
    await client.setBalance({ address, value: 5n })
    await client.mine({ blocks: 2 })
    await client.revert({ id })
    expect(await client.getBalance({ address })).toBe(0n)
    expect(await client.getBlockNumber()).toBe(height)
    expect(await request("evm_revert", id)).toBe(false)
  })

  it("mine: as many blocks as asked", async () => {
    const height = await client.getBlockNumber()
    await client.mine({ blocks: 5 })
    expect(await client.getBlockNumber()).toBe(height + 5n)
  })

  it("mine: with an interval, as seconds between the blocks", async () => {
    if (!knows) return // evm_mine of Ganache has no interval, and viem sends none
    await client.mine({ blocks: 1 })
    const before = await client.getBlock()
    await client.mine({ blocks: 3, interval: 60 })
    const block = await client.getBlock()
    expect(block.timestamp - before.timestamp).toBeGreaterThanOrEqual(120n)
    const parent = await client.getBlock({ blockNumber: block.number - 1n })
    expect(block.timestamp - parent.timestamp).toBe(60n)
  })

  it("setAutomine, getAutomine", async () => {
    expect(await client.getAutomine()).toBe(true)
    const hash = await pendingTransfer()
    expect(await client.getAutomine()).toBe(false)
    await expect(client.getTransactionReceipt({ hash })).rejects.toThrow(/could not be found/)
    await client.mine({ blocks: 1 })
    expect((await client.getTransactionReceipt({ hash })).status).toBe("success")
    await client.setAutomine(true)
    expect(await client.getAutomine()).toBe(true)
  })

  it("setIntervalMining: blocks come by themselves", async () => {
    await client.setAutomine(false)
    const height = await client.getBlockNumber()
    await client.setIntervalMining({ interval: 1 })
    await expect.poll(() => client.getBlockNumber(), { timeout: 10_000 }).toBeGreaterThan(height)
  })

  it("increaseTime, setNextBlockTimestamp", async () => {
    const before = await client.getBlock()
    await client.increaseTime({ seconds: 3600 })
    await client.mine({ blocks: 1 })
    const later = await client.getBlock()
    expect(later.timestamp - before.timestamp).toBeGreaterThanOrEqual(3600n)
    await client.setNextBlockTimestamp({ timestamp: later.timestamp + 777n })
    await client.mine({ blocks: 1 })
    expect((await client.getBlock()).timestamp).toBe(later.timestamp + 777n)
  })

  it("setBlockTimestampInterval, removeBlockTimestampInterval", async () => {
    if (!knows) return expectUnknown(client.setBlockTimestampInterval({ interval: 5 }))
    if (mode === "hardhat") return expectUnknown(client.setBlockTimestampInterval({ interval: 5 }))
    await client.setBlockTimestampInterval({ interval: 50 })
    await client.mine({ blocks: 1 })
    const { timestamp } = await client.getBlock()
    await client.mine({ blocks: 1 })
    expect((await client.getBlock()).timestamp).toBe(timestamp + 50n)
    await client.removeBlockTimestampInterval()
    await client.mine({ blocks: 1 })
    expect((await client.getBlock()).timestamp).toBeLessThan(timestamp + 100n)
  })

  it("setBalance, setCode", async () => {
    const address = fresh()
    await client.setBalance({ address, value: 123n })
    expect(await client.getBalance({ address })).toBe(123n)
    await client.setCode({ address, bytecode: "0x60016000526001601ff3" })
    expect(await client.getCode({ address })).toBe("0x60016000526001601ff3")
    expect((await client.call({ to: address })).data).toBe("0x01")
  })

  it("setNonce, setStorageAt", async () => {
    const address = fresh()
    if (!knows) {
      await expectUnknown(client.setNonce({ address, nonce: 9 }))
      await expectUnknown(client.setStorageAt({ address, index: 1, value: word(1) }))
      return
    }
    await client.setNonce({ address, nonce: 9 })
    expect(await client.getTransactionCount({ address })).toBe(9)
    await client.setCode({ address, bytecode: "0x60005460005260206000f3" })
    await client.setStorageAt({ address, index: 0, value: word(77) })
    expect(await client.getStorageAt({ address, slot: "0x0" })).toBe(word(77))
    expect((await client.call({ to: address })).data).toBe(word(77))
    await client.setStorageAt({ address, index: word(3), value: word(78) })
    expect(await client.getStorageAt({ address, slot: word(3) })).toBe(word(78))
  })

  it("impersonateAccount, stopImpersonatingAccount", async () => {
    const address = fresh()
    if (!knows) return expectUnknown(client.impersonateAccount({ address }))
    await client.setBalance({ address, value: 10n ** 18n })
    await client.impersonateAccount({ address })
    const hash = await client.sendTransaction({ account: address, to: other, value: 3n })
    const transaction = await client.getTransaction({ hash })
    expect(transaction).toMatchObject({ from: address.toLowerCase(), value: 3n })
    await client.stopImpersonatingAccount({ address })
    await expect(client.sendTransaction({ account: address, to: other, value: 3n })).rejects.toThrow(/unknown account/)
  })

  it("sendUnsignedTransaction", async () => {
    const from = fresh()
    if (!knows) return
    await client.setBalance({ address: from, value: 10n ** 18n })
    await client.impersonateAccount({ address: from })
    const hash = await client.sendUnsignedTransaction({ from, to: other, value: 4n })
    expect(await client.getTransaction({ hash })).toMatchObject({ from: from.toLowerCase(), value: 4n })
    await client.stopImpersonatingAccount({ address: from })
  })

  it("getTxpoolStatus, getTxpoolContent, inspectTxpool, dropTransaction", async () => {
    const hash = await pendingTransfer()
    expect(await client.getTxpoolStatus()).toEqual({ pending: 1, queued: 0 })
    const { pending } = await client.getTxpoolContent()
    const sender = Object.keys(pending).find((name) => name.toLowerCase() === account.address.toLowerCase())!
    expect(Object.values(pending[sender as Hex]!)).toMatchObject([{ hash }])
    expect(Object.keys((await client.inspectTxpool()).pending)).toHaveLength(1)
    if (knows) {
      await client.dropTransaction({ hash })
      expect(await client.getTxpoolStatus()).toEqual({ pending: 0, queued: 0 })
      await client.mine({ blocks: 1 })
      await expect(client.getTransactionReceipt({ hash })).rejects.toThrow(/could not be found/)
    } else await expectUnknown(client.dropTransaction({ hash }))
  })

  it("setBlockGasLimit", async () => {
    await client.setBlockGasLimit({ gasLimit: 50_000_000n })
    await expect(client.sendTransaction({ to: other, value: 1n, gas: 50_000_001n })).rejects.toThrow(/gas limit/)
    await client.sendTransaction({ to: other, value: 1n, gas: 50_000_000n })
    await client.setBlockGasLimit({ gasLimit: 10_000_000_000n })
  })

  it("setCoinbase, setLoggingEnabled, setMinGasPrice, setNextBlockBaseFeePerGas", async () => {
    if (!knows) {
      await expectUnknown(client.setCoinbase({ address: other }))
      await expectUnknown(client.setLoggingEnabled(true))
      await expectUnknown(client.setMinGasPrice({ gasPrice: 1n }))
      await expectUnknown(client.setNextBlockBaseFeePerGas({ baseFeePerGas: 1n }))
      return
    }
    await client.setCoinbase({ address: other })
    await client.setCoinbase({ address: "0x0000000000000000000000000000000000000000" })
    await client.setLoggingEnabled(false)
    await client.setLoggingEnabled(true)
    await client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei("2") })
    await client.mine({ blocks: 1 })
    expect((await client.getBlock()).baseFeePerGas).toBe(parseGwei("2"))
    await client.setMinGasPrice({ gasPrice: 1n })
    await client.setMinGasPrice({ gasPrice: 0n })
  })

  it("dumpState, loadState", async () => {
    if (!knows) return expectUnknown(client.dumpState())
    const address = fresh()
    await client.setBalance({ address, value: 99n })
    const state = await client.dumpState()
    await client.setBalance({ address, value: 1n })
    await client.loadState({ state })
    expect(await client.getBalance({ address })).toBe(99n)
  })

  it("setRpcUrl: refused, since this chain is not a fork", async () => {
    if (mode !== "anvil") return expectUnknown(client.setRpcUrl("http://127.0.0.1:1"))
    await expect(client.setRpcUrl("http://127.0.0.1:1")).rejects.toThrow(/not a fork/)
  })
})

describe("viem's test client", () => {
  it.each(["anvil", "hardhat"] as const)("reset in mode %s: goes back to the first block", async (mode) => {
    const client = clientOf(mode)
    const address = fresh()
    await client.setBalance({ address, value: 1n })
    await client.mine({ blocks: 2 })
    await client.reset()
    expect(await client.getBlockNumber()).toBe(0n)
    expect(await client.getBalance({ address })).toBe(0n)
  })
})
