import {
  type Abi,
  BaseError,
  type Chain,
  ContractFunctionRevertedError,
  createPublicClient,
  createTestClient,
  createWalletClient,
  defineChain,
  encodeFunctionData,
  http,
  parseEther,
  webSocket,
} from "viem"
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from "viem/accounts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Artifact, compile } from "../../clients-e2e/compile.ts"
import * as node from "../support/node.ts"

const account = mnemonicToAccount("test test test test test test test test test test test junk", { addressIndex: 4 })
const fresh = () => privateKeyToAccount(generatePrivateKey()).address

let chain: Chain
let artifact: Artifact

beforeAll(async () => {
  artifact = compile("Wallflower")
  chain = defineChain({
    id: 31_415_926,
    name: "fevm",
    nativeCurrency: { name: "FIL", symbol: "FIL", decimals: 18 },
    rpcUrls: { default: { http: [node.url] } },
  })
})

afterAll(async () => {})

const publicClient = () => createPublicClient({ chain, transport: http(), pollingInterval: 50 })
const walletClient = () => createWalletClient({ account, chain, transport: http() })

async function deploy() {
  const hash = await walletClient().deployContract({
    abi: artifact.abi as Abi,
    bytecode: artifact.bytecode,
    args: [1000n],
  })
  const receipt = await publicClient().waitForTransactionReceipt({ hash })
  return { address: receipt.contractAddress!, abi: artifact.abi as Abi }
}

async function revertOf(promise: Promise<unknown>): Promise<ContractFunctionRevertedError> {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  expect(error).toBeInstanceOf(BaseError)
  const reverted = (error as BaseError).walk((cause) => cause instanceof ContractFunctionRevertedError)
  expect(reverted).toBeInstanceOf(ContractFunctionRevertedError)
  return reverted as ContractFunctionRevertedError
}

describe("viem 2", () => {
  it("transfers FIL to an address that nobody has used", async () => {
    const to = fresh()
    const hash = await walletClient().sendTransaction({ to, value: parseEther("2") })
    const receipt = await publicClient().waitForTransactionReceipt({ hash })
    expect(receipt.status).toBe("success")
    expect(receipt.cumulativeGasUsed).toBe(receipt.gasUsed)
    expect(await publicClient().getBalance({ address: to })).toBe(parseEther("2"))
    const transaction = await publicClient().getTransaction({ hash })
    expect(transaction).toMatchObject({
      type: "eip1559",
      to: to.toLowerCase(),
      value: parseEther("2"),
      transactionIndex: 0,
    })
  })

  it("sends legacy transactions", async () => {
    const to = fresh()
    const hash = await walletClient().sendTransaction({ to, value: 3n, type: "legacy" })
    await publicClient().waitForTransactionReceipt({ hash })
    expect((await publicClient().getTransaction({ hash })).type).toBe("legacy")
  })

  it("deploys, reads, writes, and finds logs", async () => {
    const contract = await deploy()
    expect(await publicClient().readContract({ ...contract, functionName: "balanceOf", args: [account.address] })).toBe(
      1000n,
    )
    const { request, result } = await publicClient().simulateContract({
      ...contract,
      account,
      functionName: "dance",
      args: [1n, "jig"],
    })
    expect(result).toBe(1n)
    const hash = await walletClient().writeContract(request)
    await publicClient().waitForTransactionReceipt({ hash })
    const events = await publicClient().getContractEvents({ ...contract, eventName: "Danced", fromBlock: 0n })
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({ args: { who: account.address, steps: 1n, words: "jig" }, transactionHash: hash })
  })

  it("tells reasons and custom errors of reverts", async () => {
    const contract = await deploy()
    const reason = await revertOf(
      publicClient().simulateContract({ ...contract, account, functionName: "sulk", args: ["go away"] }),
    )
    expect(reason.reason).toBe("go away")
    const custom = await revertOf(
      publicClient().simulateContract({
        ...contract,
        account,
        functionName: "transfer",
        args: [account.address, 5000n],
      }),
    )
    expect(custom.data).toMatchObject({ errorName: "Shy", args: [account.address, 5000n] })
  })

  it("hears of heads and logs over WebSocket", async () => {
    const contract = await deploy()
    const client = createPublicClient({ chain, transport: webSocket(node.webSocketUrl) })
    const heads: bigint[] = []
    const head = new Promise<void>((resolve) => {
      client.watchBlockNumber({
        onBlockNumber: (number) => {
          heads.push(number)
          resolve()
        },
      })
    })
    const log = new Promise<unknown>((resolve) => {
      client.watchContractEvent({ ...contract, eventName: "Danced", onLogs: ([first]) => resolve(first) })
    })
    // Subscriptions are asked for in order before this one.
    await client.getChainId()
    const hash = await walletClient().writeContract({ ...contract, functionName: "dance", args: [8n, "reel"] })
    expect(await log).toMatchObject({ args: { steps: 8n, words: "reel" }, transactionHash: hash })
    await head
    expect(heads.length).toBeGreaterThan(0)
    ;(await client.transport.getRpcClient()).close()
  })

  it("finds a block filter and an event filter", async () => {
    const contract = await deploy()
    const blocks = await publicClient().createBlockFilter()
    const events = await publicClient().createContractEventFilter({ ...contract, eventName: "Danced" })
    await walletClient().writeContract({ ...contract, functionName: "dance", args: [2n, "polka"] })
    expect(await publicClient().getFilterChanges({ filter: blocks })).toHaveLength(1)
    expect(await publicClient().getFilterChanges({ filter: events })).toMatchObject([{ args: { words: "polka" } }])
    expect(await publicClient().getFilterChanges({ filter: events })).toEqual([])
    expect(await publicClient().uninstallFilter({ filter: events })).toBe(true)
  })

  it("estimates fees", async () => {
    const fees = await publicClient().estimateFeesPerGas()
    expect(fees.maxFeePerGas).toBeGreaterThan(fees.maxPriorityFeePerGas)
    const history = await publicClient().getFeeHistory({ blockCount: 4, rewardPercentiles: [25, 75] })
    expect(history.baseFeePerGas.length).toBe(history.gasUsedRatio.length + 1)
    expect(history.reward?.[0]).toHaveLength(2)
  })

  it.each(["anvil", "hardhat"] as const)("controls the node as its test client does in mode %s", async (mode) => {
    const client = createTestClient({ chain, mode, transport: http() })
    const address = fresh()
    const id = await client.snapshot()
    await client.setBalance({ address, value: 12n })
    await client.setNonce({ address, nonce: 3 })
    expect(await publicClient().getBalance({ address })).toBe(12n)
    const before = await publicClient().getBlockNumber()
    await client.mine({ blocks: 3 })
    expect(await publicClient().getBlockNumber({ cacheTime: 0 })).toBe(before + 3n)
    await client.setCode({ address, bytecode: "0x00" })
    await client.setStorageAt({ address, index: 1, value: `0x${"00".repeat(31)}07` })
    expect(await publicClient().getStorageAt({ address, slot: "0x1" })).toBe(`0x${"00".repeat(31)}07`)
    await client.revert({ id })
    expect(await publicClient().getBalance({ address })).toBe(0n)
  })

  it("simulates calls one after the other", async () => {
    const contract = await deploy()
    const to = fresh()
    const { address, abi } = contract
    const call = (functionName: string, args: readonly unknown[]) => ({
      account: account.address,
      to: address,
      data: encodeFunctionData({ abi, functionName, args }),
    })
    const [block] = await publicClient().simulateBlocks({
      blocks: [{ calls: [call("transfer", [to, 7n]), call("balanceOf", [to]), call("transfer", [to, 5000n])] }],
    })
    expect(block!.calls.map(({ status }) => status)).toEqual(["success", "success", "failure"])
    expect(block!.calls[0]!.logs).toHaveLength(1)
    expect(BigInt(block!.calls[1]!.data)).toBe(7n)
    expect(await publicClient().readContract({ ...contract, functionName: "balanceOf", args: [to] })).toBe(0n)
  })

  it("traces a transaction", async () => {
    const contract = await deploy()
    const hash = await walletClient().writeContract({ ...contract, functionName: "dance", args: [1n, "x"] })
    const ask = (method: string, params: unknown[]) =>
      publicClient().request({ method, params } as never) as Promise<never>
    const to = contract.address.toLowerCase()
    const from = account.address.toLowerCase()
    expect(await ask("trace_transaction", [hash])).toMatchObject([
      { type: "call", action: { from, to }, transactionHash: hash },
    ])
    expect(await ask("debug_traceTransaction", [hash, { tracer: "callTracer" }])).toMatchObject({
      type: "CALL",
      from,
      to,
    })
    const sulk = encodeFunctionData({ abi: contract.abi, functionName: "sulk", args: ["no"] })
    expect(await ask("debug_traceCall", [{ to, data: sulk }, "latest", { tracer: "callTracer" }])).toMatchObject({
      error: "execution reverted",
      revertReason: "no",
    })
  })

  it("overrides state in a call", async () => {
    const contract = await deploy()
    const nobody = fresh()
    const { result } = await publicClient().simulateContract({
      ...contract,
      account: nobody,
      functionName: "dance",
      args: [1n, "x"],
      stateOverride: [
        { address: contract.address, stateDiff: [{ slot: `0x${"00".repeat(31)}01`, value: `0x${"00".repeat(31)}29` }] },
      ],
    })
    expect(result).toBe(42n)
  })
})
