import {
  connect,
  createConfig,
  deployContract,
  disconnect,
  estimateFeesPerGas,
  getAccount,
  getBalance,
  getBlock,
  http,
  mock,
  multicall,
  readContract,
  sendTransaction,
  signMessage,
  simulateContract,
  verifyMessage,
  waitForTransactionReceipt,
  watchBlockNumber,
  watchContractEvent,
  webSocket,
  writeContract,
} from "@wagmi/core"
import { type Abi, defineChain, type Hex, parseEther } from "viem"
import { mnemonicToAccount } from "viem/accounts"
import { beforeAll, describe, expect, it } from "vitest"
import { compile } from "../../clients-e2e/compile.ts"
import { CHAIN_ID, MNEMONIC, url, webSocketUrl } from "../support/node.ts"

const fevm = defineChain({
  id: CHAIN_ID,
  name: "fevm",
  nativeCurrency: { name: "FIL", symbol: "FIL", decimals: 18 },
  rpcUrls: { default: { http: [url], webSocket: [webSocketUrl] } },
  contracts: { multicall3: { address: "0xcA11bde05977b3631167028862bE2a173976CA11" } },
})
const me = mnemonicToAccount(MNEMONIC, { addressIndex: 1 }).address
const to = "0x2222222222222222222222222222222222222222"
const config = createConfig({
  chains: [fevm],
  // Passes on to the node what a wallet would ask its user for.
  connectors: [mock({ accounts: [me] })],
  pollingInterval: 50,
  transports: { [fevm.id]: http(url) },
})
const { abi: untyped, bytecode } = compile("Coin")
const abi = untyped as Abi
let address: Hex

beforeAll(async () => {
  await connect(config, { connector: config.connectors[0]! })
  const hash = await deployContract(config, { abi, bytecode, args: [1000n] })
  address = (await waitForTransactionReceipt(config, { hash })).contractAddress!
})

describe("wagmi's core", () => {
  it("is connected as the account, on the chain", async () => {
    expect(getAccount(config)).toMatchObject({
      address: me,
      chainId: CHAIN_ID,
      isConnected: true,
      chain: { id: CHAIN_ID },
    })
    expect(await getBalance(config, { address: me })).toMatchObject({ symbol: "FIL", decimals: 18 })
    expect((await getBlock(config)).gasLimit).toBe(10_000_000_000n)
    expect((await estimateFeesPerGas(config)).maxFeePerGas).toBeGreaterThan(0n)
  })

  it("sends FIL", async () => {
    const hash = await sendTransaction(config, { to, value: parseEther("1") })
    expect((await waitForTransactionReceipt(config, { hash })).status).toBe("success")
    expect((await getBalance(config, { address: to })).value).toBe(parseEther("1"))
  })

  it("reads, simulates and writes contracts", async () => {
    expect(await readContract(config, { address, abi, functionName: "balanceOf", args: [me] })).toBe(1000n)
    const { request } = await simulateContract(config, { address, abi, functionName: "transfer", args: [to, 30n] })
    const hash = await writeContract(config, request)
    await waitForTransactionReceipt(config, { hash })
    const results = await multicall(config, {
      contracts: [
        { address, abi, functionName: "balanceOf", args: [to] },
        { address, abi, functionName: "symbol" },
      ],
    })
    expect(results.map(({ result }) => result)).toEqual([30n, "COIN"])
    await expect(
      simulateContract(config, { address, abi, functionName: "transfer", args: [to, 10n ** 9n] }),
    ).rejects.toThrow(/too little/)
  })

  it.each([
    ["polling", http(url)],
    ["a socket", webSocket(webSocketUrl)],
  ])("watches blocks and events by %s", async (_, transport) => {
    const watching = createConfig({ chains: [fevm], pollingInterval: 50, transports: { [fevm.id]: transport } })
    const numbers: bigint[] = []
    const values: unknown[] = []
    const stops = [
      watchBlockNumber(watching, { onBlockNumber: (number) => void numbers.push(number) }),
      watchContractEvent(watching, {
        address,
        abi,
        eventName: "Transfer",
        onLogs: (logs) =>
          void values.push(...logs.map((log) => (log as unknown as { args: { value: bigint } }).args.value)),
      }),
    ]
    await expect
      .poll(
        async () => {
          const hash = await writeContract(config, { address, abi, functionName: "transfer", args: [to, 1n] })
          await waitForTransactionReceipt(config, { hash })
          return numbers.length > 0 && values.includes(1n)
        },
        { timeout: 20_000, interval: 200 },
      )
      .toBe(true)
    for (const stop of stops) stop()
  })

  it("signs", async () => {
    const signature = await signMessage(config, { message: "hello" })
    expect(await verifyMessage(config, { address: me, message: "hello", signature })).toBe(true)
    await disconnect(config)
    expect(getAccount(config).isConnected).toBe(false)
  })
})
