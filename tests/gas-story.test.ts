import { Wallet } from "ethers"
import { afterAll, describe, expect, test } from "vitest"
import { type FevmNode, startNode } from "../src/cli/start-node.ts"

const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
const CHAIN_ID = 31_415_926
/** Puts the call's first word into slot 0, or reverts without a reason if it is 0. */
const RUNTIME = "5f35806009575f5ffd5b5f5500"
const INIT = `0x6c${RUNTIME}5f52600d6013f3`
const word = (value: number): string => `0x${value.toString(16).padStart(64, "0")}`

const nodes: FevmNode[] = []
afterAll(() => Promise.all(nodes.map((node) => node.close())))

/** A node, and one that asks it. */
async function start(gas: "strict" | "lenient"): Promise<<T>(method: string, ...params: unknown[]) => Promise<T>> {
  const node = await startNode({ port: false, gas })
  nodes.push(node)
  return <T>(method: string, ...params: unknown[]) => node.provider.request({ method, params }) as Promise<T>
}

const wallet = new Wallet(KEY)
const sign = (nonce: number, gasLimit: number, data: string, to?: string): Promise<string> =>
  wallet.signTransaction({
    type: 2,
    chainId: CHAIN_ID,
    nonce,
    ...(to !== undefined && { to }),
    data,
    gasLimit,
    maxFeePerGas: 100_400,
    maxPriorityFeePerGas: 100_000,
  })

describe("gas that is told honestly", () => {
  test("a limit below the charge for being on chain is refused, and the answer names the remedies", async () => {
    const ask = await start("strict")
    await expect(ask("eth_sendRawTransaction", await sign(0, 100_000, INIT))).rejects.toMatchObject({
      code: -32000,
      message: expect.stringMatching(
        /intrinsic gas too low.*eth_estimateGas.*--skip-simulation.*--gas-estimate-multiplier.*--gas lenient/,
      ),
    })
  })

  test("the estimate is the least limit that works times 1.25", async () => {
    const ask = await start("strict")
    const hash = await ask("eth_sendRawTransaction", await sign(0, 30_000_000, INIT))
    const { contractAddress: to } = await ask<{ contractAddress: string }>("eth_getTransactionReceipt", hash)
    const estimate = Number(await ask<string>("eth_estimateGas", { from: wallet.address, to, data: word(5) }))
    const resultWith = async (gas: number): Promise<{ status: string; gasUsed: string }> => {
      const before = await ask("evm_snapshot")
      const sent = await ask("eth_sendRawTransaction", await sign(1, gas, word(5), to))
      const receipt = await ask<{ status: string; gasUsed: string }>("eth_getTransactionReceipt", sent)
      await ask("evm_revert", before)
      return receipt
    }
    const least = Number((await resultWith(estimate)).gasUsed)
    expect(await resultWith(least)).toMatchObject({ status: "0x1" })
    expect(await resultWith(least - 1)).toMatchObject({ status: "0x0" })
    // The limit and the fees of the signed message take some bytes more than those of the call, at 1300 gas each.
    expect(least - (estimate * 4) / 5).toBeGreaterThanOrEqual(0)
    expect(least - (estimate * 4) / 5).toBeLessThan(10 * 1300)
  })
})

test("callTracer's first call has the limit and the gas of the transaction, also when it ran out", async () => {
  const ask = await start("strict")
  for (const [nonce, limit] of [30_000_000, 5_000_000].entries()) {
    const hash = await ask("eth_sendRawTransaction", await sign(nonce, limit, INIT))
    const { gasUsed } = await ask<{ gasUsed: string }>("eth_getTransactionReceipt", hash)
    const trace = await ask("debug_traceTransaction", hash, { tracer: "callTracer" })
    expect(trace).toMatchObject({ gas: `0x${limit.toString(16)}`, gasUsed })
  }
})

describe("--gas lenient", () => {
  test("transactions of one sender that come in the wrong order all get enough", async () => {
    const ask = await start("lenient")
    const made = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
    const raw = [await sign(0, 100_000, INIT)]
    for (let nonce = 1; nonce < 24; nonce++) raw.push(await sign(nonce, 30_000, word(nonce), made))
    const hashes = []
    for (const transaction of raw.reverse()) hashes.push(await ask("eth_sendRawTransaction", transaction))
    for (const hash of hashes)
      expect(await ask("eth_getTransactionReceipt", hash)).toMatchObject({
        status: "0x1",
        from: wallet.address.toLowerCase(),
      })
    expect(await ask("eth_getStorageAt", made, "0x0", "latest")).toBe(word(23))
  })

  test("and those that come at once", async () => {
    const ask = await start("lenient")
    const made = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
    const raw = [await sign(0, 100_000, INIT)]
    for (let nonce = 1; nonce < 12; nonce++) raw.push(await sign(nonce, 30_000, word(nonce), made))
    const hashes = await Promise.all(raw.map((transaction) => ask("eth_sendRawTransaction", transaction)))
    for (const hash of hashes) expect(await ask("eth_getTransactionReceipt", hash)).toMatchObject({ status: "0x1" })
  })

  test("no limit is raised beyond what the sender can pay", async () => {
    const ask = await start("lenient")
    // 20 million gas at the fee cap.
    await ask("hardhat_setBalance", wallet.address, `0x${(20_000_000n * 100_400n).toString(16)}`)
    const made = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
    const second = await ask("eth_sendRawTransaction", await sign(1, 30_000, word(1), made))
    const first = await ask("eth_sendRawTransaction", await sign(0, 100_000, INIT))
    expect(await ask("eth_getTransactionReceipt", first)).toMatchObject({ status: "0x1" })
    const { gas } = await ask<{ gas: string }>("eth_getTransactionByHash", second)
    expect(Number(gas)).toBeLessThanOrEqual(20_000_000)
  })

  test("a transaction that reverts with any limit reverts, and does not run out of gas", async () => {
    const ask = await start("lenient")
    const made = await ask("eth_sendRawTransaction", await sign(0, 100_000, INIT))
    const { contractAddress: to } = await ask<{ contractAddress: string }>("eth_getTransactionReceipt", made)
    const hash = await ask("eth_sendRawTransaction", await sign(1, 30_000, word(0), to))
    expect(await ask("eth_getTransactionReceipt", hash)).toMatchObject({ status: "0x0" })
    const { gasUsed } = await ask<{ gasUsed: string }>("eth_getTransactionReceipt", hash)
    expect(Number(gasUsed)).toBeGreaterThan(1_000_000)
    const [frame] = await ask<{ error: string }[]>("trace_transaction", hash)
    expect(frame).toMatchObject({ error: "Reverted" })
  })
})
