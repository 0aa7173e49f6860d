import { Interface } from "ethers"
import { pino } from "pino"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type FevmNode, startNode } from "../src/index.ts"
import { compile, compileWhole } from "./clients-e2e/compile.ts"

const FROM = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
const GAS = "0x5f5e100"
const chatter = new Interface(["function say(uint256)", "function grumble()", "function growl(uint256)"])

const lines: Record<string, unknown>[] = []
let node: FevmNode
let contract: string

const ask = <T>(method: string, ...params: unknown[]) => node.provider.request({ method, params }) as Promise<T>
/** Sends a transaction, and waits until the log has told of it. */
async function send(fields: object): Promise<string> {
  const hash = await ask<string>("eth_sendTransaction", { from: FROM, gas: GAS, ...fields })
  while (!lines.some((line) => line.hash === hash && line.block !== undefined))
    await new Promise((resolve) => setImmediate(resolve))
  return hash
}
const told = (hash: string) => lines.find((line) => line.hash === hash && line.block !== undefined)

beforeAll(async () => {
  const log = pino({ level: "info" }, { write: (line: string) => lines.push(JSON.parse(line)) })
  node = await startNode({ port: false, log, gas: "lenient" })
  const { bytecode } = compile("Chatter")
  const hash = await send({ data: bytecode })
  contract = (await ask<{ contractAddress: string }>("eth_getTransactionReceipt", hash)).contractAddress
  expect(told(hash)).toMatchObject({ msg: "transaction", to: "(a new contract)", created: contract })
})
afterAll(() => node.close())

describe("the log", () => {
  it("tells of a transaction, and of what its contract prints", async () => {
    const hash = await send({ to: contract, data: chatter.encodeFunctionData("say", [3]), value: "0x0" })
    expect(told(hash)).toMatchObject({
      msg: "transaction",
      from: FROM,
      to: contract,
      method: chatter.getFunction("say")!.selector,
      gasLimit: Number(GAS),
      console: ["3 words"],
    })
  })

  it("says why a transaction failed, and where", async () => {
    const hash = await send({ to: contract, data: chatter.encodeFunctionData("grumble") })
    expect(told(hash)).toMatchObject({ msg: "transaction failed", failed: "execution reverted: go away" })
    expect(told(hash)!.backtrace).toEqual([
      expect.stringMatching(`^f0\\d+ \\(evm ${contract}\\) InvokeContract: contract reverted at \\d+$`),
    ])
  })

  it("tells of calls, and not of the questions that wallets ask every second", async () => {
    const before = lines.length
    await ask("eth_blockNumber")
    await ask("eth_call", { from: FROM, to: contract, data: chatter.encodeFunctionData("grumble") }).catch(() => {})
    expect(lines.slice(before)).toMatchObject([
      { msg: "eth_call", from: FROM, to: contract, code: 3, error: "execution reverted: go away" },
    ])
  })

  it("shows what calls and estimates print, each its own", async () => {
    const before = lines.length
    const call = (count: number) => ({ from: FROM, to: contract, data: chatter.encodeFunctionData("say", [count]) })
    await Promise.all([ask("eth_call", call(1)), ask("eth_call", call(2)), ask("eth_estimateGas", call(4))])
    expect(lines.slice(before)).toMatchObject([
      { msg: "eth_call", console: ["1 words"] },
      { msg: "eth_call", console: ["2 words"] },
      { msg: "eth_estimateGas", console: ["4 words"] },
    ])
  })

  it("tells of calls that are none without stumbling over them", async () => {
    const before = lines.length
    const odd = [
      null,
      7,
      [],
      { to: 7 },
      { gas: 1.5 },
      { gas: "x", to: "0xzz", data: "0x1" },
      { value: -1, to: contract },
    ]
    for (const call of odd) await ask("eth_call", call).catch(() => {})
    expect(lines.slice(before)).toHaveLength(odd.length)
  })

  it("says that a request was refused, whatever it was", async () => {
    const before = lines.length
    await ask("eth_sendRawTransaction", "0x00").catch(() => {})
    expect(lines.slice(before)).toMatchObject([{ msg: "eth_sendRawTransaction", code: -32000 }])
  })

  it("knows contracts, functions and errors by name once their compiler's output was given", async () => {
    const { input, output } = compileWhole("Chatter")
    expect(await ask("hardhat_addCompilationResult", "0.8.28", input, output)).toBe(true)
    expect(await ask("hardhat_addCompilationResult", "0.8.28", {}, {})).toBe(false)
    const hash = await send({ to: contract, data: chatter.encodeFunctionData("say", [3]) })
    expect(told(hash)).toMatchObject({ contract: "Chatter", signature: "say(uint256)" })
    const failed = await send({ to: contract, data: chatter.encodeFunctionData("growl", [7]) })
    expect(told(failed)).toMatchObject({
      failed: "execution reverted: Growl(uint256)",
      backtrace: [expect.stringMatching(`^f0\\d+ \\(Chatter ${contract}\\) InvokeContract: contract reverted at`)],
    })
    const multicall = "0xca11bde05977b3631167028862be2a173976ca11"
    const other = await send({ to: multicall, data: "0x42cbb15c" })
    expect(told(other)).toMatchObject({ contract: "Multicall3" })
  })

  it("is silent after hardhat_setLoggingEnabled", async () => {
    await ask("hardhat_setLoggingEnabled", false)
    const before = lines.length
    await ask("eth_call", { to: contract, data: chatter.encodeFunctionData("say", [1]) })
    await ask("hardhat_setLoggingEnabled", true)
    expect(lines.slice(before)).toEqual([])
  })
})

describe("lenient gas", () => {
  it("raises a limit in Ethereum's gas, keeps the hash that the client knows, and says so", async () => {
    const { Wallet, Transaction } = await import("ethers")
    const wallet = new Wallet("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
    const signed = await wallet.signTransaction({
      type: 2,
      chainId: 31415926,
      nonce: Number(await ask("eth_getTransactionCount", FROM)),
      to: contract,
      data: chatter.encodeFunctionData("say", [1]),
      gasLimit: 50_000,
      maxFeePerGas: 2_000_000_000,
      maxPriorityFeePerGas: 200_000,
    })
    const hash = await ask<string>("eth_sendRawTransaction", signed)
    expect(hash).toBe(Transaction.from(signed).hash)
    const receipt = await ask<{ transactionHash: string; status: string }>("eth_getTransactionReceipt", hash)
    expect(receipt).toMatchObject({ transactionHash: hash, status: "0x1" })
    expect(await ask("eth_getTransactionByHash", hash)).toMatchObject({ hash })
    const said = lines.find((line) => line.hash === hash && line.asked === 50_000)
    expect(said).toMatchObject({ level: 40, msg: expect.stringContaining("--gas lenient") })
    expect(Number(said!.raised)).toBeGreaterThan(1_000_000)
  })
})
