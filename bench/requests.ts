/**
 * CPU time of requests inside the node, without HTTP and without a client: `node --import tsx bench/requests.ts [NAME ...]
 * [--count N] [--rounds N] [--profile] [--data]`.
 *
 * CPU time of the thread as the operating system counts it, so that a loaded machine matters little. With `--profile`, a tree of
 * where V8's profiler found it, in microseconds of one operation.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { Session } from "node:inspector"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { HDNodeWallet, Interface, Mnemonic, Transaction } from "ethers"
import { startNode } from "../src/cli/start-node.ts"
import { compileContracts } from "./compare/contracts.ts"

const { values: options, positionals } = parseArgs({
  options: {
    count: { type: "string", default: "400" },
    rounds: { type: "string", default: "5" },
    profile: { type: "boolean", default: false },
    least: { type: "string", default: "2" },
    data: { type: "boolean", default: false },
  },
  allowPositionals: true,
})
const count = Number(options.count)
const rounds = Number(options.rounds)
/** Percent of the whole below which a branch of the tree is not shown. */
const least = Number(options.least)

const folder = options.data ? mkdtempSync(join(tmpdir(), "fevm-bench-")) : undefined
const node = await startNode({ port: false, ...(folder && { dataDir: folder }) })
const call = <T>(method: string, ...params: unknown[]): Promise<T> =>
  node.provider.request({ method, params }) as Promise<T>
const wallet = HDNodeWallet.fromMnemonic(
  Mnemonic.fromPhrase("test test test test test test test test test test test junk"),
  "m/44'/60'/0'/0/0",
)
const { token, loops } = compileContracts()
const tokenInterface = new Interface(token.abi as ConstructorParameters<typeof Interface>[0])
const loopsInterface = new Interface(loops.abi as ConstructorParameters<typeof Interface>[0])
let nonce = 0
let seed = 1
const limits = new Map<string, bigint>()

async function sign(to: string | null, data: string, value = 0n): Promise<string> {
  const kind = `${to}${data.slice(0, 10)}`
  let gasLimit = limits.get(kind)
  if (gasLimit === undefined) {
    gasLimit = BigInt(await call<string>("eth_estimateGas", { from: wallet.address, to, data })) * 8n
    if (gasLimit > 10_000_000_000n) gasLimit = 10_000_000_000n
    limits.set(kind, gasLimit)
  }
  const transaction = Transaction.from({
    type: 2,
    chainId: node.chain.chainId,
    nonce: nonce++,
    to,
    data,
    value,
    gasLimit,
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 100_000n,
  })
  transaction.signature = wallet.signingKey.sign(transaction.unsignedHash)
  return transaction.serialized
}

async function deliver(raw: string): Promise<{ contractAddress: string }> {
  const hash = await call<string>("eth_sendRawTransaction", raw)
  const receipt = await call<{ status: string; contractAddress: string } | null>("eth_getTransactionReceipt", hash)
  if (receipt?.status !== "0x1") throw new Error(`${hash}: ${JSON.stringify(receipt)}`)
  return receipt
}

const { contractAddress: tokenAddress } = await deliver(await sign(null, token.bytecode))
const { contractAddress: loopsAddress } = await deliver(await sign(null, loops.bytecode))
const anybody = (): string => `0x${(BigInt(seed++) + (0xbe7c4n << 120n)).toString(16).padStart(40, "0")}`
const transferData = (): string => tokenInterface.encodeFunctionData("transfer", [anybody(), 1n])

/** Each makes what is to be measured, outside of the measurement. */
const OPERATIONS: Record<string, () => Promise<() => Promise<unknown>>> = {
  chainId: async () => () => call("eth_chainId"),
  call: async () => {
    const data = tokenInterface.encodeFunctionData("balanceOf", [anybody()])
    return () => call("eth_call", { from: wallet.address, to: tokenAddress, data }, "latest")
  },
  again: async () => {
    const data = tokenInterface.encodeFunctionData("balanceOf", [wallet.address])
    return () => call("eth_call", { from: wallet.address, to: tokenAddress, data }, "latest")
  },
  balance: async () => () => call("eth_getBalance", wallet.address, "latest"),
  estimate: async () => () => call("eth_estimateGas", { from: wallet.address, to: tokenAddress, data: transferData() }),
  transfer: async () => {
    const raw = await sign(tokenAddress, transferData())
    return () => deliver(raw)
  },
  send: async () => {
    const raw = await sign(tokenAddress, transferData())
    return () => call("eth_sendRawTransaction", raw)
  },
  native: async () => {
    const raw = await sign(anybody(), "0x", 1n)
    return () => deliver(raw)
  },
  snapshot: async () => async () => call("evm_revert", await call("evm_snapshot")),
  /** A test of a suite: snapshot, deployment, five transactions, three reads, back. */
  suite: async () => async () => {
    const before = nonce
    const snapshot = await call("evm_snapshot")
    const { contractAddress } = await deliver(await sign(null, token.bytecode))
    for (let i = 0; i < 5; i++) await deliver(await sign(contractAddress, transferData()))
    const data = tokenInterface.encodeFunctionData("balanceOf", [wallet.address])
    await call("eth_call", { from: wallet.address, to: contractAddress, data }, "latest")
    await call("eth_getLogs", { fromBlock: "earliest", address: contractAddress })
    await call("evm_increaseTime", 3600)
    await call("evm_mine")
    await call("evm_revert", snapshot)
    nonce = before
  },
  block: async () => () => call("eth_getBlockByNumber", "latest", false),
  multiply: async () => {
    const data = loopsInterface.encodeFunctionData("multiply", [10_000 + seed++])
    return () => call("eth_call", { from: wallet.address, to: loopsAddress, data }, "latest")
  },
}

const cpuMicroseconds = (): number => Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1000

const names = positionals.length > 0 ? positionals : Object.keys(OPERATIONS)
for (const name of names) {
  const make = OPERATIONS[name]
  if (make === undefined) throw new Error(`no operation ${name}: ${Object.keys(OPERATIONS).join(", ")}`)
  const results: number[] = []
  for (let round = 0; round < rounds; round++) {
    const operations: (() => Promise<unknown>)[] = []
    for (let i = 0; i < count; i++) operations.push(await make())
    const profiler = options.profile && round === rounds - 1 ? new Session() : undefined
    profiler?.connect()
    profiler?.post("Profiler.enable")
    profiler?.post("Profiler.setSamplingInterval", { interval: 100 })
    profiler?.post("Profiler.start")
    const before = cpuMicroseconds()
    for (const operation of operations) await operation()
    results.push((cpuMicroseconds() - before) / count)
    profiler?.post("Profiler.stop", (_, result) => printTree(result?.profile as unknown as Profile))
    profiler?.disconnect()
  }
  process.stdout.write(
    `${name}: CPU us of one, by round of ${count}: ${results.map((one) => one.toFixed(0)).join(", ")}\n`,
  )
}
await node.close()
if (folder) rmSync(folder, { recursive: true })

interface ProfileNode {
  readonly id: number
  readonly hitCount: number
  readonly children?: readonly number[]
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
}

interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly startTime: number
  readonly endTime: number
}

/** Calls of the same function from the same place as one row, the costly first. */
function printTree({ nodes, startTime, endTime }: Profile): void {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const hits = nodes.reduce((sum, node) => sum + node.hitCount, 0)
  const unit = (endTime - startTime) / hits / count
  const totals = new Map<number, number>()
  const total = (node: ProfileNode): number => {
    const known = totals.get(node.id)
    if (known !== undefined) return known
    const sum = node.hitCount + (node.children ?? []).reduce((all, id) => all + total(byId.get(id)!), 0)
    totals.set(node.id, sum)
    return sum
  }
  const show = (node: ProfileNode, depth: number): void => {
    const all = total(node)
    if ((all * 100) / hits < least) return
    const { functionName, url, lineNumber } = node.callFrame
    const file = url.split("/").at(-1)
    process.stdout.write(
      `${(all * unit).toFixed(0).padStart(6)} ${(node.hitCount * unit).toFixed(0).padStart(5)} ${"  ".repeat(depth)}${functionName || "(anonymous)"} ${file}:${lineNumber + 1}\n`,
    )
    const children = (node.children ?? []).map((id) => byId.get(id)!)
    for (const child of children.sort((a, b) => total(b) - total(a))) show(child, depth + 1)
  }
  process.stdout.write("   all  self\n")
  show(nodes[0]!, 0)
}
