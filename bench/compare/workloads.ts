import { performance } from "node:perf_hooks"
import { getCreateAddress, HDNodeWallet, Interface, Mnemonic, Transaction } from "ethers"
import { compileContracts, largeInitCode } from "./contracts.ts"
import type { RunningNode } from "./node-process.ts"

/** Figures of one workload in one round: latencies in milliseconds, or operations per second. */
export type Figures = Readonly<Record<string, number>>

const MNEMONIC = "test test test test test test test test test test test junk"
const SENDERS = 16
const { token, loops } = compileContracts()
const tokenInterface = new Interface(token.abi as ConstructorParameters<typeof Interface>[0])
const loopsInterface = new Interface(loops.abi as ConstructorParameters<typeof Interface>[0])

const wallets = Array.from({ length: SENDERS }, (_, i) =>
  HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(MNEMONIC), `m/44'/60'/0'/0/${i}`),
)

/** What the workloads of one node share: its fees, nonces and contracts. */
export class Session {
  readonly node: RunningNode
  readonly #nonces = new Map<string, number>()
  readonly #gas = new Map<string, bigint>()
  #chainId = 0n
  #feeCap = 0n
  #blockGasLimit = 0n
  tokenAddress = ""
  loopsAddress = ""

  constructor(node: RunningNode) {
    this.node = node
  }

  /** Funds the senders, deploys the contracts. */
  async open(): Promise<void> {
    const { client } = this.node
    this.#chainId = BigInt(await client.call<string>("eth_chainId", []))
    this.#feeCap = BigInt(await client.call<string>("eth_gasPrice", [])) * 100n + 10_000_000_000n
    const latest = await client.call<{ gasLimit: string }>("eth_getBlockByNumber", ["latest", false])
    this.#blockGasLimit = BigInt(latest.gasLimit)
    for (const { address } of wallets) {
      this.#nonces.set(address, Number(await client.call<string>("eth_getTransactionCount", [address, "latest"])))
      const balance = BigInt(await client.call<string>("eth_getBalance", [address, "latest"]))
      if (balance < 10n ** 21n) await this.#fund(address)
    }
    this.tokenAddress = await this.deploy(token.bytecode)
    this.loopsAddress = await this.deploy(loops.bytecode)
    for (const { address } of wallets.slice(1))
      await this.send(0, this.tokenAddress, tokenInterface.encodeFunctionData("transfer", [address, 10n ** 24n]))
  }

  /** Takes nonces and estimates anew, after something was sent that was not signed here. */
  async lookAgain(): Promise<void> {
    this.#gas.clear()
    for (const { address } of wallets)
      this.#nonces.set(
        address,
        Number(await this.node.client.call<string>("eth_getTransactionCount", [address, "latest"])),
      )
  }

  /** Next nonces by sender, to be put back after a revert. */
  nonces(): ReadonlyMap<string, number> {
    return new Map(this.#nonces)
  }

  setNonces(nonces: ReadonlyMap<string, number>): void {
    for (const [address, nonce] of nonces) this.#nonces.set(address, nonce)
  }

  async #fund(address: string): Promise<void> {
    await this.send(0, address, "0x", 5n * 10n ** 20n)
  }

  /** Deploys from the first account and waits until the code is there. */
  async deploy(initCode: string): Promise<string> {
    const from = wallets[0]!.address
    const address = getCreateAddress({ from, nonce: this.#nonces.get(from) ?? 0 })
    await this.send(0, undefined, initCode)
    return address
  }

  /** A signed transaction with the sender's next nonce. The gas limit is eight times the node's own
   * estimate, asked once for each kind: on Filecoin a token transfer costs more as the token's storage tree grows. */
  async sign(sender: number, to: string | undefined, data: string, value = 0n): Promise<string> {
    const wallet = wallets[sender % SENDERS]!
    // The same method costs about the same on another contract of the same code; what receives plain value is all one.
    const kind = `${data === "0x" ? "value" : to === undefined ? "create" : data.slice(0, 10)}/${data.length}`
    let gasLimit = this.#gas.get(kind)
    if (gasLimit === undefined) {
      const call = { from: wallet.address, ...(to === undefined ? {} : { to }), data, value: `0x${value.toString(16)}` }
      const ample = BigInt(await this.node.client.call<string>("eth_estimateGas", [call])) * 8n
      gasLimit = ample < this.#blockGasLimit ? ample : this.#blockGasLimit
      this.#gas.set(kind, gasLimit)
    }
    const nonce = this.#nonces.get(wallet.address) ?? 0
    this.#nonces.set(wallet.address, nonce + 1)
    const transaction = Transaction.from({
      type: 2,
      chainId: this.#chainId,
      nonce,
      ...(to === undefined ? {} : { to }),
      data,
      value,
      gasLimit,
      maxFeePerGas: this.#feeCap,
      maxPriorityFeePerGas: 100_000n,
    })
    transaction.signature = wallet.signingKey.sign(transaction.unsignedHash)
    return transaction.serialized
  }

  /** Sends and waits for the receipt. */
  async send(sender: number, to: string | undefined, data: string, value = 0n): Promise<string> {
    return this.deliver(await this.sign(sender, to, data, value))
  }

  async deliver(raw: string): Promise<string> {
    const hash = await this.node.client.call<string>("eth_sendRawTransaction", [raw])
    while (true) {
      const receipt = await this.node.client.call<{ status: string } | null>("eth_getTransactionReceipt", [hash])
      if (receipt === null) continue
      if (receipt.status !== "0x1") throw new Error(`${this.node.name}: transaction ${hash} failed`)
      return hash
    }
  }
}

/** A measurement that any node can be put to; `run` gives the figures of one round. */
export interface Workload {
  readonly name: string
  readonly unit: "ms" | "per second" | "MB"
  /** Which figure the comparison is made by. */
  readonly figure: string
  readonly run: (session: Session) => Promise<Figures>
}

let seed = 1
const fresh = (): number => seed++

const address = (seed: number): string => `0x${(BigInt(seed) + (0xbe7c4n << 120n)).toString(16).padStart(40, "0")}`
const transferData = (seed: number): string => tokenInterface.encodeFunctionData("transfer", [address(seed), 1n])

/** Slow nodes do less of what would take them minutes. */
const LIMIT_MS = 30_000

/** Repeats an operation one after the other, as often as there is time; latencies in milliseconds. */
async function latencies(most: number, operation: (i: number) => Promise<unknown>): Promise<Figures> {
  const times: number[] = []
  const end = performance.now() + LIMIT_MS
  for (let i = 0; i < most && performance.now() < end; i++) {
    const startedAt = performance.now()
    await operation(i)
    times.push(performance.now() - startedAt)
  }
  times.sort((a, b) => a - b)
  const count = times.length
  return { p50: times[Math.floor(count * 0.5)]!, p99: times[Math.min(count - 1, Math.floor(count * 0.99))]! }
}

/** Runs `count` operations by `clients` at a time; operations per second. */
async function throughput(
  count: number,
  clients: number,
  operation: (i: number) => Promise<unknown>,
): Promise<Figures> {
  let next = 0
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < count) await operation(next++)
    }),
  )
  return { rate: (count * 1000) / (performance.now() - startedAt) }
}

async function signAll(count: number, sign: (i: number) => Promise<string>): Promise<string[]> {
  const signed: string[] = []
  for (let i = 0; i < count; i++) signed.push(await sign(i))
  return signed
}

const call = (session: Session, data: string, to = session.tokenAddress): Promise<string> =>
  session.node.client.call("eth_call", [{ from: wallets[0]!.address, to, data }, "latest"])

/** Of another account each time: a node may remember what it answered. */
const balanceOf = (session: Session): Promise<string> =>
  call(session, tokenInterface.encodeFunctionData("balanceOf", [address(fresh())]))

const loop = (name: string, count: number): Workload => ({
  name: `eth_call: ${name} loop of ${count}`,
  unit: "ms",
  figure: "p50",
  run: (session) =>
    latencies(5, (i) => call(session, loopsInterface.encodeFunctionData(name, [count + i]), session.loopsAddress)),
})

/** The rows of the table. */
export const WORKLOADS: readonly Workload[] = [
  {
    name: "start until the first answer",
    unit: "ms",
    figure: "p50",
    run: async ({ node }) => ({ p50: node.startMs }),
  },
  {
    name: "memory, idle",
    unit: "MB",
    figure: "resident",
    run: async ({ node }) => ({ resident: node.residentBytes() / 1e6 }),
  },
  {
    name: "eth_chainId",
    unit: "ms",
    figure: "p50",
    run: ({ node }) => latencies(2000, () => node.client.call("eth_chainId", [])),
  },
  {
    name: "eth_chainId, 16 clients",
    unit: "per second",
    figure: "rate",
    run: ({ node }) => throughput(8000, 16, () => node.client.call("eth_chainId", [])),
  },
  {
    name: "balanceOf",
    unit: "ms",
    figure: "p50",
    run: (session) => latencies(500, () => balanceOf(session)),
  },
  {
    name: "balanceOf, asked again",
    unit: "ms",
    figure: "p50",
    run: (session) =>
      latencies(500, () => call(session, tokenInterface.encodeFunctionData("balanceOf", [wallets[0]!.address]))),
  },
  {
    name: "balanceOf, 16 clients",
    unit: "per second",
    figure: "rate",
    run: (session) => throughput(3000, 16, () => balanceOf(session)),
  },
  {
    name: "eth_estimateGas of a token transfer",
    unit: "ms",
    figure: "p50",
    run: (session) =>
      latencies(100, () =>
        session.node.client.call("eth_estimateGas", [
          { from: wallets[0]!.address, to: session.tokenAddress, data: transferData(fresh()) },
        ]),
      ),
  },
  {
    name: "token transfers, one client",
    unit: "per second",
    figure: "rate",
    run: async (session) => {
      const signed = await signAll(200, () => session.sign(0, session.tokenAddress, transferData(fresh())))
      return throughput(signed.length, 1, (i) => session.deliver(signed[i]!))
    },
  },
  {
    name: "token transfers, 16 clients",
    unit: "per second",
    figure: "rate",
    run: async (session) => {
      const perSender = 30
      const signed = await Promise.all(
        wallets.map((_, sender) =>
          signAll(perSender, () => session.sign(sender, session.tokenAddress, transferData(fresh()))),
        ),
      )
      return throughput(SENDERS, SENDERS, async (sender) => {
        for (const raw of signed[sender]!) await session.deliver(raw)
      }).then(({ rate }) => ({ rate: rate! * perSender }))
    },
  },
  {
    name: "native transfers, one client",
    unit: "per second",
    figure: "rate",
    run: async (session) => {
      const signed = await signAll(200, () => session.sign(0, address(fresh()), "0x", 1n))
      return throughput(signed.length, 1, (i) => session.deliver(signed[i]!))
    },
  },
  {
    name: "snapshot and revert",
    unit: "ms",
    figure: "p50",
    run: ({ node }) =>
      latencies(50, async () => {
        const id = await node.client.call("evm_snapshot", [])
        await node.client.call("evm_revert", [id])
      }),
  },
  {
    name: "deploy of 20 KB",
    unit: "ms",
    figure: "p50",
    run: async (session) => {
      const signed = await signAll(20, () => session.sign(0, undefined, largeInitCode(20_000)))
      return latencies(signed.length, (i) => session.deliver(signed[i]!))
    },
  },
  {
    name: "eth_getLogs of 3,000 logs",
    unit: "ms",
    figure: "p50",
    run: async (session) => {
      const from = await session.node.client.call<string>("eth_blockNumber", [])
      for (let i = 0; i < 30; i++)
        await session.send(0, session.tokenAddress, tokenInterface.encodeFunctionData("burst", [100]))
      const filter = {
        fromBlock: `0x${(BigInt(from) + 1n).toString(16)}`,
        toBlock: "latest",
        address: session.tokenAddress,
      }
      return latencies(10, async () => {
        const logs = await session.node.client.call<unknown[]>("eth_getLogs", [filter])
        if (logs.length !== 3000) throw new Error(`${session.node.name}: ${logs.length} logs instead of 3000`)
      })
    },
  },
  loop("hash", 2000),
  loop("multiply", 10_000),
  loop("sort", 100),
  {
    name: "1,000 mixed transactions of a test suite",
    unit: "per second",
    figure: "rate",
    run: testSuite,
  },
  {
    name: "reads beside four senders and two slow calls",
    unit: "ms",
    figure: "p50",
    run: mixedLoad,
  },
  {
    name: "storage loop of 100 writes",
    unit: "ms",
    figure: "p50",
    run: async (session) => {
      const data = loopsInterface.encodeFunctionData("write", [100])
      const signed = await signAll(10, () => session.sign(0, session.loopsAddress, data))
      return latencies(signed.length, (i) => session.deliver(signed[i]!))
    },
  },
]

/**
 * What a test suite does, until it has sent 1,000 transactions: snapshots around each test, deployments, transfers, approvals, calls
 * that fail, reads of balances, logs and blocks, and the clock moved.
 */
async function testSuite(session: Session): Promise<Figures> {
  const { client } = session.node
  const tests = 100
  const startedAt = performance.now()
  for (let test = 0; test < tests; test++) {
    const [owner, spender] = [0, 1]
    const own = session.nonces()
    const snapshot = await client.call<string>("evm_snapshot", [])
    const deployed = await session.deploy(token.bytecode)
    const encode = tokenInterface.encodeFunctionData.bind(tokenInterface)
    for (let i = 0; i < 3; i++) await session.send(owner, deployed, encode("transfer", [address(fresh()), 5n]))
    await session.send(owner, deployed, encode("approve", [wallets[spender]!.address, 100n]))
    for (let i = 0; i < 2; i++)
      await session.send(
        spender,
        deployed,
        encode("transferFrom", [wallets[owner]!.address, wallets[spender]!.address, 20n]),
      )
    for (let i = 0; i < 3; i++) await session.send(owner, address(fresh()), "0x", 10n ** 15n)
    const refused = { from: wallets[2]!.address, to: deployed, data: encode("transfer", [address(1), 1n]) }
    for (const method of ["eth_call", "eth_estimateGas"])
      await client.call(method, [refused]).then(
        () => Promise.reject(new Error(`${session.node.name}: a transfer without balance went through`)),
        () => undefined,
      )
    for (let i = 0; i < 4; i++) await call(session, encode("balanceOf", [wallets[i]!.address]), deployed)
    await client.call("eth_getBalance", [wallets[owner]!.address, "latest"])
    const logs = await client.call<unknown[]>("eth_getLogs", [{ fromBlock: "earliest", address: deployed }])
    if (logs.length !== 5) throw new Error(`${session.node.name}: ${logs.length} logs instead of 5`)
    await client.call("evm_increaseTime", [3600])
    await client.call("evm_mine", [])
    await client.call("eth_getBlockByNumber", ["latest", false])
    if ((await client.call<boolean>("evm_revert", [snapshot])) !== true)
      throw new Error(`${session.node.name}: a snapshot is gone`)
    session.setNonces(own)
  }
  return { rate: (tests * 10 * 1000) / (performance.now() - startedAt) }
}

/** Reads of one client while four others send transfers and two ask for what takes milliseconds. */
async function mixedLoad(session: Session): Promise<Figures> {
  let over = false
  const nonces = new Map(session.nonces())
  const signed: string[][] = []
  for (let sender = 1; sender <= 4; sender++)
    signed.push(await signAll(400, () => session.sign(sender, session.tokenAddress, transferData(fresh()))))
  const busy = [
    ...signed.map(async (raws, i) => {
      const { address } = wallets[i + 1]!
      for (const raw of raws) {
        if (over) return
        await session.deliver(raw)
        nonces.set(address, (nonces.get(address) ?? 0) + 1)
      }
    }),
    ...[0, 1].map(async (client) => {
      for (let i = 0; !over; i++) {
        const data = loopsInterface.encodeFunctionData("hash", [2000 + client + 2 * i])
        await call(session, data, session.loopsAddress)
      }
    }),
  ]
  const figures = await latencies(1000, (i) =>
    i % 2 === 0 ? session.node.client.call("eth_chainId", []) : balanceOf(session),
  )
  over = true
  await Promise.all(busy)
  // What was signed and not sent is forgotten.
  session.setNonces(nonces)
  return figures
}

/** Filters that nobody asks again: the node has to end them by itself. */
export async function abandonFilters({ node: { client }, tokenAddress }: Session): Promise<void> {
  await client.call("eth_newFilter", [{ address: tokenAddress }])
  await client.call("eth_newBlockFilter", [])
}

let snapshots = 0

/** Operations of a node in use, for a long run; each is a few requests at most. */
export const MIXED: Readonly<Record<string, (session: Session) => Promise<unknown>>> = {
  transfer: (session) => session.send(fresh(), session.tokenAddress, transferData(fresh())),
  value: (session) => session.send(fresh(), address(fresh()), "0x", 1n),
  balance: (session) => balanceOf(session),
  estimate: (session) =>
    session.node.client.call("eth_estimateGas", [
      { from: wallets[0]!.address, to: session.tokenAddress, data: transferData(fresh()) },
    ]),
  block: (session) => session.node.client.call("eth_getBlockByNumber", ["latest", true]),
  logs: async (session) => {
    const head = Number(await session.node.client.call<string>("eth_blockNumber", []))
    const fromBlock = `0x${Math.max(0, head - 100).toString(16)}`
    await session.node.client.call("eth_getLogs", [{ fromBlock, address: session.tokenAddress }])
  },
  slow: (session) =>
    call(session, loopsInterface.encodeFunctionData("hash", [500 + (fresh() % 500)]), session.loopsAddress),
  trace: async (session) => {
    const hash = await session.send(fresh(), session.tokenAddress, transferData(fresh()))
    await session.node.client.call("debug_traceTransaction", [hash, { tracer: "callTracer" }])
  },
  snapshot: async (session) => {
    const nonces = session.nonces()
    const id = await session.node.client.call<string>("evm_snapshot", [])
    await session.send(fresh(), session.tokenAddress, transferData(fresh()))
    // Half of them are never gone back to.
    if (++snapshots % 2 === 0) return
    await session.node.client.call("evm_revert", [id])
    session.setNonces(nonces)
  },
}

/** Token transfers to new holders by all senders at once, which the node signs itself: what comes before a growth measurement, in less time. */
export async function fill(session: Session, count: number): Promise<void> {
  let left = count
  await Promise.all(
    wallets.map(async ({ address: from }) => {
      while (left-- > 0) {
        const transaction = { from, to: session.tokenAddress, data: transferData(fresh()), gas: "0x11e1a300" }
        await session.node.client.call("eth_sendTransaction", [transaction])
      }
    }),
  )
  await session.lookAgain()
}

/** Token transfers in one go, for the growth measurement. */
export async function transfers(session: Session, count: number): Promise<number> {
  const signed = await signAll(count, (i) => session.sign(i % SENDERS, session.tokenAddress, transferData(fresh())))
  const { rate } = await throughput(count, 1, (i) => session.deliver(signed[i]!))
  return rate!
}

/** Single operations for the profiler: made for a session, then run by number, each number once. */
export const OPERATIONS: Readonly<
  Record<string, (session: Session, count: number) => Promise<(i: number) => Promise<unknown>>>
> = {
  chainId:
    async ({ node }) =>
    () =>
      node.client.call("eth_chainId", []),
  call: async (session) => () => balanceOf(session),
  estimate: async (session) => () =>
    session.node.client.call("eth_estimateGas", [
      { from: wallets[0]!.address, to: session.tokenAddress, data: transferData(1) },
    ]),
  transfer: async (session, count) => {
    const signed = await signAll(count, () => session.sign(0, session.tokenAddress, transferData(fresh())))
    return (i) => session.deliver(signed[i]!)
  },
  native: async (session, count) => {
    const signed = await signAll(count, () => session.sign(0, address(fresh()), "0x", 1n))
    return (i) => session.deliver(signed[i]!)
  },
  logs: async (session) => {
    for (let i = 0; i < 30; i++)
      await session.send(0, session.tokenAddress, tokenInterface.encodeFunctionData("burst", [100]))
    const filter = { fromBlock: "0x1", toBlock: "latest", address: session.tokenAddress }
    return () => session.node.client.call("eth_getLogs", [filter])
  },
  snapshot:
    async ({ node }) =>
    async () =>
      node.client.call("evm_revert", [await node.client.call("evm_snapshot", [])]),
}
