// viem's public and wallet actions that viem.test.ts does not tell a story with, one by one.
import {
  type Abi,
  createPublicClient,
  createWalletClient,
  custom,
  defineChain,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  hashMessage,
  http,
  keccak256,
  parseEventLogs,
  toHex,
  webSocket,
  zeroHash,
} from "viem"
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from "viem/accounts"
import { beforeAll, describe, expect, it } from "vitest"
import { compile } from "../../clients-e2e/compile.ts"
import { CHAIN_ID, MNEMONIC, url, webSocketUrl } from "../support/node.ts"

const MULTICALL3 = "0xcA11bde05977b3631167028862bE2a173976CA11"
const chain = defineChain({
  id: CHAIN_ID,
  name: "fevm",
  nativeCurrency: { name: "FIL", symbol: "FIL", decimals: 18 },
  rpcUrls: { default: { http: [url], webSocket: [webSocketUrl] } },
  contracts: { multicall3: { address: MULTICALL3 } },
})
const account = mnemonicToAccount(MNEMONIC, { addressIndex: 7 })
const reader = createPublicClient({ chain, transport: http(), pollingInterval: 50, cacheTime: 0 })
const writer = createWalletClient({ account, chain, transport: http(), pollingInterval: 50 })
/** Without a key: the node signs. */
const keyless = createWalletClient({ chain, transport: http(), pollingInterval: 50 })
const fresh = () => privateKeyToAccount(generatePrivateKey()).address

const { abi: untyped, bytecode } = compile("Wallflower")
const abi = untyped as Abi
let address: Hex
let deployment: Hex
let danced: Hex

beforeAll(async () => {
  deployment = await writer.deployContract({ abi, bytecode, args: [1000n] })
  address = (await reader.waitForTransactionReceipt({ hash: deployment })).contractAddress!
  danced = await writer.writeContract({ address, abi, functionName: "dance", args: [3n, "jig"] })
  await reader.waitForTransactionReceipt({ hash: danced })
})

describe("viem's public actions", () => {
  it("getBlock by number, hash and tag, with and without transactions", async () => {
    const receipt = await reader.getTransactionReceipt({ hash: danced })
    const block = await reader.getBlock({ blockNumber: receipt.blockNumber, includeTransactions: true })
    expect(block.transactions).toMatchObject([{ hash: danced, blockHash: receipt.blockHash, typeHex: "0x2" }])
    expect(await reader.getBlock({ blockHash: receipt.blockHash })).toMatchObject({ transactions: [danced] })
    for (const blockTag of ["latest", "safe", "finalized", "earliest", "pending"] as const)
      expect((await reader.getBlock({ blockTag })).parentHash).toMatch(/^0x[0-9a-f]{64}$/)
    await expect(reader.getBlock({ blockHash: zeroHash })).rejects.toMatchObject({ name: "BlockNotFoundError" })
    await expect(reader.getBlock({ blockNumber: 10n ** 9n })).rejects.toMatchObject({ name: "BlockNotFoundError" })
  })

  it("getBlockTransactionCount, getBlockReceipts", async () => {
    const { blockNumber, blockHash } = await reader.getTransactionReceipt({ hash: danced })
    expect(await reader.getBlockTransactionCount({ blockNumber })).toBe(1)
    expect(await reader.getBlockTransactionCount({ blockHash })).toBe(1)
    expect(await reader.getBlockReceipts({ blockNumber })).toMatchObject([
      { transactionHash: danced, status: "success" },
    ])
  })

  it("getTransaction by hash, index in a block, sender and nonce; getRawTransaction", async () => {
    const transaction = await reader.getTransaction({ hash: danced })
    const { blockHash, blockNumber, nonce } = transaction
    expect(await reader.getTransaction({ blockHash: blockHash!, index: 0 })).toEqual(transaction)
    expect(await reader.getTransaction({ blockNumber: blockNumber!, index: 0 })).toEqual(transaction)
    expect(await reader.getTransaction({ sender: account.address, nonce })).toMatchObject({ hash: danced })
    const raw = await reader.getRawTransaction({ hash: danced })
    expect(keccak256(raw)).toBe(danced)
    await expect(reader.getTransaction({ hash: zeroHash })).rejects.toMatchObject({ name: "TransactionNotFoundError" })
    await expect(reader.getTransactionReceipt({ hash: zeroHash })).rejects.toMatchObject({
      name: "TransactionReceiptNotFoundError",
    })
  })

  it("getTransactionConfirmations, getTransactionCount, getBalance, getCode, getStorageAt, getStorageValues", async () => {
    expect(await reader.getTransactionConfirmations({ hash: danced })).toBeGreaterThanOrEqual(1n)
    expect(await reader.getTransactionCount({ address: account.address })).toBeGreaterThanOrEqual(2)
    expect(await reader.getTransactionCount({ address, blockTag: "pending" })).toBe(1)
    expect(await reader.getCode({ address })).toMatch(/^0x60/)
    expect(await reader.getCode({ address: fresh() })).toBeUndefined()
    expect(BigInt((await reader.getStorageAt({ address, slot: "0x1" }))!)).toBe(1n)
    const { blockNumber } = await reader.getTransactionReceipt({ hash: deployment })
    expect(BigInt((await reader.getStorageAt({ address, slot: "0x1", blockNumber }))!)).toBe(0n)
    const values = await reader.getStorageValues({ requests: { [address]: ["0x1", toHex(9, { size: 32 })] } } as never)
    expect(JSON.stringify(values)).toContain(toHex(1, { size: 32 }))
    expect(await reader.getDelegation({ address: account.address })).toBeUndefined()
  })

  it("getChainId, getGasPrice, estimateMaxPriorityFeePerGas, estimateFeesPerGas, getFeeHistory", async () => {
    expect(await reader.getChainId()).toBe(CHAIN_ID)
    expect(await reader.getGasPrice()).toBeGreaterThan(0n)
    expect(await reader.estimateMaxPriorityFeePerGas()).toBeGreaterThan(0n)
    expect((await reader.estimateFeesPerGas({ type: "legacy" })).gasPrice).toBeGreaterThan(0n)
    expect((await reader.estimateFeesPerGas()).maxFeePerGas).toBeGreaterThan(0n)
    const history = await reader.getFeeHistory({ blockCount: 2, rewardPercentiles: [50] })
    expect(history.gasUsedRatio.length).toBeGreaterThan(0)
  })

  it("what Filecoin has not: getProof says so, blobs cost nothing", async () => {
    await expect(reader.getProof({ address, storageKeys: [] })).rejects.toThrow(/proof/i)
    expect(await reader.getBlobBaseFee()).toBe(0n)
  })

  it("call: with data, from code, from a factory, at an older block, with overrides of state and block", async () => {
    const data = encodeFunctionData({ abi, functionName: "dances" })
    expect(BigInt((await reader.call({ to: address, data })).data!)).toBe(1n)
    const { blockNumber } = await reader.getTransactionReceipt({ hash: deployment })
    expect(BigInt((await reader.call({ to: address, data, blockNumber })).data!)).toBe(0n)
    const code = encodeDeployData({ abi, bytecode, args: [1n] })
    expect(BigInt((await reader.call({ code, data })).data!)).toBe(0n)
    const stateOverride = [{ address, stateDiff: [{ slot: toHex(1, { size: 32 }), value: toHex(41, { size: 32 }) }] }]
    expect(BigInt((await reader.call({ to: address, data, stateOverride })).data!)).toBe(41n)
    const clock = { address: fresh(), code: "0x4260005260206000f3" as Hex }
    const time = await reader.call({
      to: clock.address,
      stateOverride: [clock],
      blockOverrides: { time: 4_000_000_000n },
    })
    expect(BigInt(time.data!)).toBe(4_000_000_000n)
  })

  it("call: batched through Multicall3", async () => {
    const batching = createPublicClient({ chain, transport: http(), batch: { multicall: true } })
    const results = await Promise.all(
      [account.address, fresh()].map((who) =>
        batching.readContract({ address, abi, functionName: "balanceOf", args: [who] }),
      ),
    )
    expect(results).toEqual([1000n, 0n])
  })

  it("multicall: results and failures side by side", async () => {
    const [balance, refused] = await reader.multicall({
      contracts: [
        { address, abi, functionName: "balanceOf", args: [account.address] },
        { address, abi, functionName: "sulk", args: ["not you"] },
      ],
    })
    expect(balance).toEqual({ status: "success", result: 1000n })
    expect(refused).toMatchObject({ status: "failure" })
    expect(refused.error?.message).toContain("not you")
  })

  it("estimateGas, estimateContractGas, createAccessList, fillTransaction", async () => {
    const gas = await reader.estimateContractGas({ address, abi, functionName: "dance", args: [1n, "x"], account })
    expect(gas).toBeGreaterThan(1_000_000n)
    expect(await reader.estimateGas({ account, to: fresh(), value: 1n })).toBeGreaterThan(100_000n)
    const list = await reader.createAccessList({
      account,
      to: address,
      data: encodeFunctionData({ abi, functionName: "dances" }),
    })
    // Filecoin refuses transactions with a list, so none is proposed.
    expect(list).toMatchObject({ accessList: [], gasUsed: expect.any(BigInt) })
    const filled = await reader.fillTransaction({ account, to: fresh(), value: 5n })
    expect(filled.transaction).toMatchObject({ value: 5n, chainId: CHAIN_ID })
    expect(filled.transaction.gas).toBeGreaterThan(0n)
  })

  it("getLogs, getContractEvents, filters of every kind", async () => {
    const { blockNumber, blockHash, logs } = await reader.getTransactionReceipt({ hash: danced })
    const found = await reader.getLogs({ address, fromBlock: blockNumber, toBlock: blockNumber })
    expect(found).toMatchObject([{ transactionHash: danced, blockHash, removed: false }])
    expect(await reader.getLogs({ blockHash })).toEqual(found)
    expect(parseEventLogs({ abi, logs })).toMatchObject([{ eventName: "Danced", args: { steps: 3n } }])
    const byArgs = { address, abi, eventName: "Danced", fromBlock: 0n } as const
    expect(await reader.getContractEvents({ ...byArgs, args: { steps: [3n, 4n] } })).toHaveLength(1)
    expect(await reader.getContractEvents({ ...byArgs, args: { steps: 4n } })).toHaveLength(0)
    const filter = await reader.createContractEventFilter({ ...byArgs, toBlock: "latest" })
    expect(await reader.getFilterLogs({ filter })).toHaveLength(1)
    const events = await reader.createEventFilter({ address })
    const blocks = await reader.createBlockFilter()
    const pending = await reader.createPendingTransactionFilter()
    const hash = await writer.sendTransaction({ to: fresh(), value: 1n })
    await reader.waitForTransactionReceipt({ hash })
    expect(await reader.getFilterChanges({ filter: pending })).toEqual([hash])
    expect(await reader.getFilterChanges({ filter: blocks })).toHaveLength(1)
    expect(await reader.getFilterChanges({ filter: events })).toEqual([])
    for (const each of [filter, events, blocks, pending])
      expect(await reader.uninstallFilter({ filter: each })).toBe(true)
    await expect(reader.getFilterChanges({ filter: blocks })).rejects.toThrow(/filter/)
  })

  it("simulateContract, simulateCalls, simulateBlocks", async () => {
    const { result } = await reader.simulateContract({ address, abi, functionName: "dance", args: [1n, "x"], account })
    expect(result).toBe(2n)
    const { results, assetChanges } = await reader.simulateCalls({
      account: account.address,
      calls: [
        { to: address, abi, functionName: "dance", args: [1n, "x"] },
        { to: fresh(), value: 5n },
      ],
    })
    expect(results).toMatchObject([{ status: "success", result: 2n }, { status: "success" }])
    expect(assetChanges).toEqual([])
    const blocks = await reader.simulateBlocks({
      blocks: [
        {
          blockOverrides: { number: (await reader.getBlockNumber()) + 5n },
          calls: [{ account, to: fresh(), value: 1n }],
        },
      ],
      traceTransfers: true,
    })
    expect(blocks.at(-1)!.calls[0]!.logs).toHaveLength(1)
  })

  it("simulateCalls with the changes of assets", async () => {
    const { assetChanges } = await reader.simulateCalls({
      account: account.address,
      calls: [{ to: fresh(), value: 5n }],
      traceAssetChanges: true,
    })
    expect(assetChanges[0]!.value.diff).toBe(-5n)
  })

  it("verifyMessage, verifyTypedData, verifyHash", async () => {
    const message = "a word"
    const signature = await writer.signMessage({ message })
    expect(await reader.verifyMessage({ address: account.address, message, signature })).toBe(true)
    expect(await reader.verifyHash({ address: account.address, hash: hashMessage(message), signature })).toBe(true)
    expect(await reader.verifyMessage({ address: fresh(), message, signature })).toBe(false)
  })

  it("watchBlocks, watchBlockNumber, watchEvent, watchContractEvent, watchPendingTransactions, by polling and by socket", async () => {
    for (const transport of [http(), webSocket(webSocketUrl)]) {
      const client = createPublicClient({ chain, transport, pollingInterval: 50, cacheTime: 0 })
      const heard = new Map<string, unknown>()
      const hear = (name: string) => (value: unknown) => void heard.set(name, value)
      const stops = [
        client.watchBlocks({ onBlock: hear("block") }),
        client.watchBlockNumber({ onBlockNumber: hear("number") }),
        client.watchEvent({ address, onLogs: hear("event") }),
        client.watchContractEvent({ address, abi, eventName: "Danced", onLogs: hear("contract event") }),
        client.watchPendingTransactions({ onTransactions: hear("pending") }),
      ]
      // The watchers have asked for their subscriptions or filters when an answer to a later request is here.
      for (let turn = 0; turn < 20; turn += 1) await client.getChainId()
      let hash: Hex = "0x"
      await expect
        .poll(
          async () => {
            hash = await writer.writeContract({ address, abi, functionName: "dance", args: [9n, "reel"] })
            await reader.waitForTransactionReceipt({ hash })
            return [...heard.keys()].sort()
          },
          { timeout: 20_000, interval: 300 },
        )
        .toEqual(["block", "contract event", "event", "number", "pending"])
      expect(heard.get("contract event")).toMatchObject([{ eventName: "Danced", args: { words: "reel" } }])
      for (const stop of stops) stop()
    }
  })
})

describe("viem's wallet actions", () => {
  it("with the node's own accounts: getAddresses, requestAddresses, sendTransaction, signMessage, signTypedData, signTransaction", async () => {
    const [first] = await keyless.getAddresses()
    expect((await keyless.requestAddresses())[0]).toBe(first)
    const hash = await keyless.sendTransaction({ account: first!, to: fresh(), value: 1n })
    expect((await reader.waitForTransactionReceipt({ hash })).status).toBe("success")
    const message = "signed by the node"
    const signature = await keyless.signMessage({ account: first!, message })
    expect(await reader.verifyMessage({ address: first!, message, signature })).toBe(true)
    const typed = {
      domain: { name: "fevm", chainId: CHAIN_ID, verifyingContract: address },
      types: {
        Note: [
          { name: "text", type: "string" },
          { name: "to", type: "address" },
        ],
      },
      primaryType: "Note",
      message: { text: "hello", to: address },
    } as const
    const note = await keyless.signTypedData({ account: first!, ...typed })
    expect(await reader.verifyTypedData({ address: first!, ...typed, signature: note })).toBe(true)
    expect(note).toBe(await mnemonicToAccount(MNEMONIC).signTypedData(typed))
    const unsigned = await writer.prepareTransactionRequest({ account: first!, to: fresh(), value: 2n })
    const signed = (await keyless.signTransaction(unsigned as never)) as unknown as Hex | { raw: Hex }
    expect(typeof signed === "string" ? signed : signed.raw).toMatch(/^0x02/)
  })

  it("with a key: prepareTransactionRequest, signTransaction, sendRawTransaction, sendRawTransactionSync", async () => {
    const request = await writer.prepareTransactionRequest({ to: fresh(), value: 1n })
    expect(request).toMatchObject({ chainId: CHAIN_ID, type: "eip1559" })
    const hash = await writer.sendRawTransaction({
      serializedTransaction: await writer.signTransaction(request as never),
    })
    expect((await reader.waitForTransactionReceipt({ hash })).status).toBe("success")
    const next = await writer.prepareTransactionRequest({ to: fresh(), value: 1n })
    const receipt = await writer.sendRawTransactionSync({
      serializedTransaction: await writer.signTransaction(next as never),
    })
    expect(receipt).toMatchObject({ status: "success", from: account.address.toLowerCase() })
  })

  it("sendTransactionSync, writeContractSync, deployContract", async () => {
    expect(await writer.sendTransactionSync({ to: fresh(), value: 1n })).toMatchObject({ status: "success" })
    const receipt = await writer.writeContractSync({ address, abi, functionName: "dance", args: [1n, "sync"] })
    expect(receipt.logs).toHaveLength(1)
    const hash = await writer.sendTransaction({ data: encodeDeployData({ abi, bytecode, args: [1n] }) })
    expect((await reader.waitForTransactionReceipt({ hash })).contractAddress).toMatch(/^0x/)
  })

  it("sends 20 transactions at once, with the nonces given", async () => {
    const nonce = await reader.getTransactionCount({ address: account.address, blockTag: "pending" })
    const to = fresh()
    const hashes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        writer.sendTransaction({ to, value: 1n, nonce: nonce + 19 - index, gas: 20_000_000n }),
      ),
    )
    await Promise.all(hashes.map((hash) => reader.waitForTransactionReceipt({ hash })))
    expect(await reader.getBalance({ address: to })).toBe(20n)
  })

  it("waits for a replacement", async () => {
    await reader.request({ method: "evm_setAutomine", params: [false] } as never)
    try {
      const nonce = await reader.getTransactionCount({ address: account.address, blockTag: "pending" })
      const first = await writer.prepareTransactionRequest({ to: fresh(), value: 1n, nonce })
      const hash = await writer.sendTransaction(first as never)
      const replaced = await reader.getTransaction({ hash })
      const waiting = reader.waitForTransactionReceipt({ hash, replacement: replaced as never })
      const replacement = await writer.sendTransaction({
        ...first,
        value: 2n,
        maxFeePerGas: first.maxFeePerGas! * 3n,
        maxPriorityFeePerGas: first.maxPriorityFeePerGas! * 3n,
      } as never)
      await reader.request({ method: "evm_mine", params: [] } as never)
      await reader.waitForTransactionReceipt({ hash: replacement })
      expect((await waiting).transactionHash).toBe(replacement)
    } finally {
      await reader.request({ method: "evm_setAutomine", params: [true] } as never)
    }
  })

  it("what is a wallet's and not a node's is refused with a code viem knows", async () => {
    await expect(keyless.switchChain({ id: 1 })).rejects.toMatchObject({ name: "MethodNotFoundRpcError" })
    await expect(keyless.getPermissions()).rejects.toMatchObject({ name: "MethodNotFoundRpcError" })
    await expect(keyless.getCapabilities({ account: account.address })).rejects.toThrow()
    const provider = { request: async () => [account.address] }
    expect(await createWalletClient({ chain, transport: custom(provider) }).getAddresses()).toEqual([account.address])
  })
})
