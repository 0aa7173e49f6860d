import { AssetsContractController } from "@metamask/assets-controllers"
import EthQuery from "@metamask/eth-query"
import { GasFeeController } from "@metamask/gas-fee-controller"
import { Messenger } from "@metamask/messenger"
import { NetworkController, NetworkStatus, RpcEndpointType } from "@metamask/network-controller"
import { TransactionController, TransactionStatus, TransactionType } from "@metamask/transaction-controller"
import { encodeFunctionData, type Hex } from "viem"
import { mnemonicToAccount } from "viem/accounts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { compile } from "../../clients-e2e/compile.ts"
import { CHAIN_ID, MNEMONIC, request, url } from "../support/node.ts"

const CHAIN: Hex = `0x${CHAIN_ID.toString(16)}`
const account = mnemonicToAccount(MNEMONIC, { addressIndex: 2 })
const from = account.address.toLowerCase() as Hex
const to = "0x1111111111111111111111111111111111111111"
const { abi, bytecode } = compile("Coin")

// biome-ignore lint/suspicious/noExplicitAny: the messenger's types name every action of the whole wallet
type Loose = any
const root: Loose = new Messenger({ namespace: "Root" as never })
const child = (namespace: string, actions: string[], events: string[] = []): Loose => {
  const messenger: Loose = new Messenger({ namespace: namespace as never, parent: root })
  root.delegate({ messenger, actions, events })
  return messenger
}
/** What the rest of the wallet would answer. */
const rest = (namespace: string, handlers: Record<string, (...args: never[]) => unknown>) => {
  const messenger: Loose = new Messenger({ namespace: namespace as never, parent: root })
  for (const [name, handler] of Object.entries(handlers))
    messenger.registerActionHandler(`${namespace}:${name}`, handler)
}

let networks: Loose
let fees: Loose
let transactions: Loose
let assets: Loose
let clientId: string
let coin: Hex
const asked: string[] = []
const elsewhere: string[] = []
const { fetch } = globalThis

/** Every request of the wallet goes through here: that to our node is written down, any other is refused. */
const watched: typeof fetch = async (input, init) => {
  const where = input instanceof Request ? input.url : `${input}`
  if (!where.startsWith(url)) {
    elsewhere.push(where)
    throw new TypeError(`no way to ${where}`)
  }
  if (typeof init?.body === "string") asked.push(JSON.parse(init.body).method)
  return fetch(input, init)
}

beforeAll(async () => {
  globalThis.fetch = watched
  const selected = {
    address: from,
    id: "account-2",
    type: "eip155:eoa",
    metadata: {},
    options: {},
    methods: [],
    scopes: ["eip155:0"],
  }
  rest("ErrorReportingService", { captureException: (error: unknown) => console.error(error) })
  rest("AccountsController", {
    getSelectedAccount: () => selected,
    getState: () => ({ internalAccounts: { selectedAccount: selected.id, accounts: { [selected.id]: selected } } }),
  })
  rest("ApprovalController", { addRequest: async () => ({ resultCallbacks: { success() {}, error() {} } }) })
  rest("RemoteFeatureFlagController", { getState: () => ({ remoteFeatureFlags: {}, cacheTimestamp: 0 }) })
  rest("PreferencesController", {})

  networks = new NetworkController({
    messenger: child("NetworkController", ["ErrorReportingService:captureException"]),
    infuraProjectId: "0".repeat(32),
    getRpcServiceOptions: () => ({ fetch: watched, btoa }),
    getBlockTrackerOptions: () => ({ pollingInterval: 200 }),
  } as Loose)
  networks.initializeProvider({ lookupNetwork: false })
  const added = networks.addNetwork({
    chainId: CHAIN,
    name: "fevm",
    nativeCurrency: "tFIL",
    blockExplorerUrls: [],
    defaultRpcEndpointIndex: 0,
    rpcEndpoints: [{ type: RpcEndpointType.Custom, url, name: "fevm" }],
  })
  clientId = added.rpcEndpoints[0].networkClientId
  await networks.setActiveNetwork(clientId)
  const networkActions = [
    "getState",
    "getNetworkClientById",
    "getEIP1559Compatibility",
    "findNetworkClientIdByChainId",
    "getNetworkConfigurationByNetworkClientId",
    "getSelectedNetworkClient",
  ].map((name) => `NetworkController:${name}`)
  const networkEvents = ["NetworkController:stateChange", "NetworkController:networkDidChange"]
  fees = new GasFeeController({
    messenger: child("GasFeeController", networkActions, networkEvents),
    getProvider: () => networks.getProviderAndBlockTracker().provider,
    getChainId: () => CHAIN,
    onNetworkDidChange: () => {},
    getCurrentNetworkEIP1559Compatibility: () => networks.getEIP1559Compatibility(),
    getCurrentNetworkLegacyGasAPICompatibility: () => false,
    // MetaMask's own service does not know the chain either and answers 404, so the node is asked.
    EIP1559APIEndpoint: `${url}/nothing/networks/<chain_id>/suggestedGasFees`,
  } as Loose)
  transactions = new TransactionController({
    messenger: child(
      "TransactionController",
      [
        ...networkActions,
        "AccountsController:getSelectedAccount",
        "AccountsController:getState",
        "ApprovalController:addRequest",
        "RemoteFeatureFlagController:getState",
      ],
      networkEvents,
    ),
    disableHistory: true,
    disableSendFlowHistory: true,
    disableSwaps: true,
    getCurrentNetworkEIP1559Compatibility: () => networks.getEIP1559Compatibility(),
    getGasFeeEstimates: (options: Loose) => fees.fetchGasFeeEstimates(options),
    getNetworkClientRegistry: () => networks.getNetworkClientRegistry(),
    getNetworkState: () => networks.state,
    getPermittedAccounts: async () => [from],
    incomingTransactions: { isEnabled: () => false },
    isSimulationEnabled: () => false,
    isFirstTimeInteractionEnabled: () => false,
    transactionHistoryLimit: 100,
    pendingTransactions: { isResubmitEnabled: () => false },
    sign: async (transaction: Loose) => transaction.sign(account.getHdKey().privateKey),
    hooks: {},
  } as Loose)
  assets = new AssetsContractController({
    messenger: child("AssetsContractController", networkActions, [
      ...networkEvents,
      "PreferencesController:stateChange",
    ]),
    chainId: CHAIN,
  } as Loose)
  assets.setProvider(networks.getProviderAndBlockTracker().provider)
})

afterAll(() => {
  transactions?.stopAllPolling?.()
  transactions?.destroy?.()
  fees?.destroy()
  networks?.destroy()
  globalThis.fetch = fetch
})

/** Adds a transaction as a dapp's request, with the user's approval, and waits until the wallet holds it for done. */
async function submit(fields: Record<string, unknown>): Promise<Loose> {
  const { transactionMeta, result } = await transactions.addTransaction(
    { from, ...fields },
    { networkClientId: clientId, origin: "metamask" },
  )
  const hash = await result
  const done = () => transactions.state.transactions.find(({ id }: Loose) => id === transactionMeta.id)
  await expect
    .poll(() => done().status, { timeout: 40_000, interval: 100 })
    .toSatisfy((status) => [TransactionStatus.confirmed, TransactionStatus.failed].includes(status))
  expect(done().hash).toBe(hash)
  return done()
}

describe("MetaMask's network controller", () => {
  it("finds the network available, with the fees of EIP-1559", async () => {
    await networks.lookupNetwork(clientId)
    expect(networks.state.selectedNetworkClientId).toBe(clientId)
    expect(networks.state.networksMetadata[clientId]).toMatchObject({
      status: NetworkStatus.Available,
      EIPS: { 1559: true },
    })
    expect(await networks.getEIP1559Compatibility(clientId)).toBe(true)
  })

  it("passes requests through its middleware, and counts blocks", async () => {
    const { provider, blockTracker } = networks.getProviderAndBlockTracker()
    const query = new EthQuery(provider)
    const ask = (method: string, params: unknown[] = []) =>
      new Promise((resolve, reject) =>
        query.sendAsync({ method, params } as never, (error: unknown, result: unknown) =>
          error ? reject(error) : resolve(result),
        ),
      )
    expect(await ask("eth_chainId")).toBe(CHAIN)
    expect(await ask("net_version")).toBe(`${CHAIN_ID}`)
    expect(await ask("eth_getBalance", [from, "latest"])).toMatch(/^0x/)
    expect(await ask("eth_getBlockByNumber", ["latest", false])).toMatchObject({
      baseFeePerGas: expect.stringMatching(/^0x/),
    })
    await expect(ask("eth_nope")).rejects.toMatchObject({ data: { code: -32601 } })
    await expect(ask("eth_call", [{ to, data: "0x" }, "0xffffffff"])).rejects.toMatchObject({
      message: expect.any(String),
    })
    const before = Number(await blockTracker.getLatestBlock())
    const next = new Promise<string>((resolve) =>
      blockTracker.on("latest", (number: string) => Number(number) > before && resolve(number)),
    )
    await request("evm_mine")
    expect(Number(await next)).toBe(before + 1)
  })
})

describe("MetaMask's gas fee controller", () => {
  it("takes the node's gas price, as for every network that MetaMask's service does not know", async () => {
    const state = await fees.fetchGasFeeEstimates({ networkClientId: clientId })
    expect(state.gasEstimateType).toBe("eth_gasPrice")
    expect(Number(state.gasFeeEstimates.gasPrice)).toBeGreaterThan(0)
  })
})

describe("MetaMask's transaction controller", () => {
  it("sends FIL until it is confirmed", async () => {
    const done = await submit({ to, value: "0xde0b6b3a7640000" })
    expect(done.error).toBeUndefined()
    expect(done).toMatchObject({
      status: TransactionStatus.confirmed,
      type: TransactionType.simpleSend,
      chainId: CHAIN,
      txParams: { type: "0x2", gas: expect.stringMatching(/^0x/), nonce: expect.stringMatching(/^0x/) },
      txReceipt: { status: "0x1" },
    })
    // 21000, which wallets know by heart, would not do here.
    expect(Number(done.txParams.gas)).toBeGreaterThan(1_000_000)
    expect(await request("eth_getBalance", to, "latest")).toBe("0xde0b6b3a7640000")
  })

  it("deploys a contract and sends its token", async () => {
    const supply = 1_000_000n.toString(16).padStart(64, "0")
    const deployment = await submit({ data: `${bytecode}${supply}` })
    expect(deployment).toMatchObject({ status: TransactionStatus.confirmed, type: TransactionType.deployContract })
    coin = deployment.txReceipt.contractAddress
    const data = encodeFunctionData({ abi: abi as never, functionName: "transfer" as never, args: [to, 250n] as never })
    const transfer = await submit({ to: coin, data })
    expect(transfer).toMatchObject({ status: TransactionStatus.confirmed, type: TransactionType.tokenMethodTransfer })
    expect(transfer.txReceipt.logs).toHaveLength(1)
  })

  it("takes the nonces of several transactions at once", async () => {
    const all = await Promise.all([1, 2, 3].map((value) => submit({ to, value: `0x${value}` })))
    const nonces = all.map(({ txParams }) => Number(txParams.nonce)).sort((a, b) => a - b)
    expect(nonces[2]! - nonces[0]!).toBe(2)
    expect(all.every(({ status }) => status === TransactionStatus.confirmed)).toBe(true)
  })

  it("knows before sending that a transaction would fail", async () => {
    const data = encodeFunctionData({
      abi: abi as never,
      functionName: "transfer" as never,
      args: [to, 10n ** 18n] as never,
    })
    const estimate = await transactions.estimateGas({ from, to: coin, data }, clientId)
    expect(estimate.simulationFails).toBeDefined()
  })

  it("shows a transaction that fails on chain as failed", async () => {
    const data = encodeFunctionData({
      abi: abi as never,
      functionName: "transfer" as never,
      args: [to, 10n ** 18n] as never,
    })
    const done = await submit({ to: coin, data, gas: "0x5f5e100" })
    expect(done).toMatchObject({ status: TransactionStatus.failed })
  })

  it("speeds up a transaction that waits, and drops the one it replaced", async () => {
    await request("evm_setAutomine", false)
    try {
      const { transactionMeta, result } = await transactions.addTransaction(
        { from, to, value: "0x9" },
        { networkClientId: clientId, origin: "metamask" },
      )
      await result
      await transactions.speedUpTransaction(transactionMeta.id)
      await request("evm_mine")
      const of = (test: (one: Loose) => boolean) => transactions.state.transactions.find(test)?.status
      await expect
        .poll(() => of(({ type }) => type === TransactionType.retry), { timeout: 40_000, interval: 100 })
        .toBe(TransactionStatus.confirmed)
      expect(of(({ id }) => id === transactionMeta.id)).toBe(TransactionStatus.dropped)
    } finally {
      await request("evm_setAutomine", true)
    }
  })
})

describe("MetaMask's asset controllers", () => {
  it("read a token: kind, name, decimals, balances", async () => {
    expect(await assets.getTokenStandardAndDetails(coin, from, undefined, clientId)).toMatchObject({
      standard: "ERC20",
      symbol: "COIN",
      decimals: "6",
    })
    expect((await assets.getERC20BalanceOf(coin, to, clientId)).toString(10)).toBe("250")
    expect(await assets.getERC20TokenDecimals(coin, clientId)).toBe("6")
    expect(await assets.getERC20TokenName(coin, clientId)).toBe("Coin")
  })
})

describe("the wallet as a whole", () => {
  it("asked our node, and elsewhere only whether MetaMask's gas service knows the chain", () => {
    expect(new Set(elsewhere)).toEqual(new Set(["https://gas.api.cx.metamask.io/v1/supportedNetworks"]))
    for (const method of [
      "eth_blockNumber",
      "eth_getBlockByNumber",
      "eth_estimateGas",
      "eth_gasPrice",
      "eth_sendRawTransaction",
      "eth_getTransactionReceipt",
    ])
      expect(asked).toContain(method)
  })
})
