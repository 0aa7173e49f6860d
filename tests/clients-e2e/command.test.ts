import { spawnSync } from "node:child_process"
import { Wallet } from "ethers"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { compile } from "./compile.ts"
import { ask, MAIN, type NodeProcess, request, startNodeProcess } from "./node-process.ts"

const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
const FROM = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
const CHAIN_ID = 31_415_926

let node: NodeProcess

beforeAll(async () => {
  node = await startNodeProcess("--log-level", "warn")
})

afterAll(async () => {
  expect(await node.stop()).toBe(0)
})

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" })
  return { status, stdout, stderr }
}

describe("the command", () => {
  it("says what it is before it listens, and that last", () => {
    const { banner } = node
    expect(banner).toContain("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 (10000 FIL)")
    expect(banner).toContain("f410f6op5nzi2vwepn5gonk4ie4tzz773sitggxp4hiy")
    expect(banner).toContain(KEY)
    expect(banner).toContain("test test test test test test test test test test test junk")
    expect(banner).toContain("31415926")
    expect(banner).toMatch(/Actor bundle: +embedded/)
    expect(banner.trimEnd().split("\n").at(-1)).toBe(`Listening on 127.0.0.1:${node.port}`)
  })

  it("says that a port is in use, and ends", () => {
    const { status, stdout, stderr } = run("node", "--port", `${node.port}`)
    expect(status).toBe(1)
    expect(stdout).toBe("")
    expect(stderr).toMatch(/^fevm: port \d+ on 127\.0\.0\.1 is in use/)
  })

  it.each([
    ["--no-such-flag"],
    ["--port", "99999"],
    ["node", "--block-time", "-1"],
    ["--mnemonic", "not a mnemonic"],
    ["--no-mining", "--block-time", "1"],
    ["address"],
    ["address", "0x12"],
  ])("answers a wrong command line by one line and exit code 2: %s %s", (...args) => {
    const { status, stdout, stderr } = run(...args.filter((arg) => typeof arg === "string"))
    expect(status).toBe(2)
    expect(stdout).toBe("")
    expect(stderr).toMatch(/^fevm: [^\n]+\n$/)
  })

  it("calls a running node", () => {
    const result = run("rpc", "eth_chainId", "--url", node.url)
    expect(result).toEqual({ status: 0, stdout: "0x1df5e76\n", stderr: "" })
    expect(run("rpc", "eth_getBalance", FROM, "latest", "--url", node.url).stdout).toMatch(/^0x[0-9a-f]+\n$/)
    expect(run("rpc", "eth_nope", "--url", node.url)).toMatchObject({ status: 1, stdout: "" })
  })

  it("shows an address in every form", () => {
    expect(run("address", FROM).stdout).toContain("f410f6op5nzi2vwepn5gonk4ie4tzz773sitggxp4hiy")
  })
})

describe("MetaMask's sequence", () => {
  it("adds the network, shows the balance, sends FIL, deploys, and sends a token", async () => {
    const { url } = node
    expect(await request(url, "eth_chainId")).toBe("0x1df5e76")
    expect(await request(url, "net_version")).toBe("31415926")
    const number = await request(url, "eth_blockNumber")
    const block = (await request(url, "eth_getBlockByNumber", [number, false])) as Record<string, string>
    expect(block).toMatchObject({ number, baseFeePerGas: expect.stringMatching(/^0x/), gasLimit: "0x2540be400" })
    expect(BigInt((await request(url, "eth_getBalance", [FROM, "latest"])) as string)).toBeGreaterThan(0n)
    const wallet = new Wallet(KEY)
    const to = Wallet.createRandom().address

    const send = async (fields: { to?: string; data?: string; value?: string }) => {
      if (fields.to) await request(url, "eth_getCode", [fields.to, "latest"])
      const gas = (await request(url, "eth_estimateGas", [{ from: FROM, ...fields }])) as string
      expect(await request(url, "eth_gasPrice")).toMatch(/^0x/)
      const tip = (await request(url, "eth_maxPriorityFeePerGas")) as string
      const history = (await request(url, "eth_feeHistory", ["0x5", "latest", [10, 20, 30]])) as {
        baseFeePerGas: string[]
        reward: string[][]
        oldestBlock: string
      }
      expect(history.baseFeePerGas.length).toBe(history.reward.length + 1)
      const nonce = (await request(url, "eth_getTransactionCount", [FROM, "pending"])) as string
      const raw = await wallet.signTransaction({
        ...fields,
        type: 2,
        chainId: CHAIN_ID,
        nonce: Number(nonce),
        gasLimit: gas,
        maxPriorityFeePerGas: tip,
        maxFeePerGas: BigInt(history.baseFeePerGas.at(-1)!) * 2n + BigInt(tip),
      })
      const hash = await request(url, "eth_sendRawTransaction", [raw])
      const receipt = (await request(url, "eth_getTransactionReceipt", [hash])) as Record<string, unknown>
      expect(receipt).toMatchObject({ status: "0x1", transactionHash: hash, from: FROM })
      expect(await request(url, "eth_getTransactionByHash", [hash])).toMatchObject({
        hash,
        blockHash: receipt.blockHash,
        gasPrice: expect.stringMatching(/^0x/),
      })
      return receipt
    }

    await send({ to, value: "0xde0b6b3a7640000" })
    expect(await request(url, "eth_getBalance", [to, "latest"])).toBe("0xde0b6b3a7640000")
    const { bytecode } = compile("Wallflower")
    const word = (value: string) => value.replace("0x", "").toLowerCase().padStart(64, "0")
    const { contractAddress } = await send({ data: bytecode + word("0x3e8") })
    await send({ to: contractAddress as string, data: `0xa9059cbb${word(to)}${word("0x5")}` })
    const call = { to: contractAddress, data: `0x70a08231${word(to)}` }
    expect(await request(url, "eth_call", [call, "latest"])).toBe(`0x${word("0x5")}`)
  })
})

describe("bad input", () => {
  const wallet = new Wallet(KEY)
  const to = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
  const sign = async (fields: Record<string, unknown>) =>
    wallet.signTransaction({
      to,
      value: 1,
      type: 2,
      chainId: CHAIN_ID,
      nonce: Number(await request(node.url, "eth_getTransactionCount", [FROM, "latest"])),
      gasLimit: 10_000_000,
      maxFeePerGas: 1_000_000,
      maxPriorityFeePerGas: 100_000,
      ...fields,
    })
  const send = async (fields: Record<string, unknown>) => ask(node.url, "eth_sendRawTransaction", [await sign(fields)])

  it("is malformed JSON, an unknown method, a wrong parameter", async () => {
    const response = await fetch(node.url, {
      method: "POST",
      body: "{",
      headers: { "content-type": "application/json" },
    })
    expect(await response.json()).toMatchObject({ error: { code: -32700 } })
    expect(await ask(node.url, "eth_nope")).toMatchObject({ error: { code: -32601 } })
    expect(await ask(node.url, "eth_getBalance", ["0x12"])).toMatchObject({
      error: { code: -32602, message: expect.stringContaining("argument 0 (address)") },
    })
    expect(await ask(node.url, "eth_getBalance")).toMatchObject({ error: { code: -32602 } })
  })

  it("is RLP with trailing bytes", async () => {
    const raw = await sign({})
    expect(await ask(node.url, "eth_sendRawTransaction", [`${raw}00`])).toMatchObject({
      error: { code: -32000, message: expect.stringMatching(/rlp/) },
    })
    expect(await ask(node.url, "eth_sendRawTransaction", ["0x"])).toMatchObject({ error: { code: -32000 } })
    expect(await ask(node.url, "eth_sendRawTransaction", ["0xzz"])).toMatchObject({ error: { code: -32602 } })
  })

  it.each([
    ["another chain id", { chainId: 1 }, /invalid chain id/],
    ["more value than there is", { value: 10n ** 24n }, /insufficient funds/],
    ["a gas limit below what inclusion costs", { gasLimit: 21_000 }, /intrinsic gas too low/],
    ["more gas than a block has", { gasLimit: 10_000_000_001 }, /exceeds block gas limit/],
    [
      "a fee cap below the least",
      { maxFeePerGas: 1, maxPriorityFeePerGas: 1 },
      /max fee per gas less than block base fee/,
    ],
    ["an access list", { accessList: [{ address: to, storageKeys: [] }] }, /access list/],
    [
      "type 1",
      { type: 1, maxFeePerGas: undefined, maxPriorityFeePerGas: undefined, gasPrice: 1_000_000 },
      /not supported/,
    ],
  ])("is a transaction with %s", async (_, fields, message) => {
    expect(await send(fields)).toMatchObject({ error: { code: -32000, message: expect.stringMatching(message) } })
  })

  it("is a transaction with a tip above the fee cap", async () => {
    const fields = { from: FROM, to, gas: "0x989680", maxFeePerGas: "0x186a0", maxPriorityFeePerGas: "0x186a1" }
    expect(await ask(node.url, "eth_sendTransaction", [fields])).toMatchObject({
      error: {
        code: -32000,
        message: expect.stringMatching(/max priority fee per gas higher than max fee per gas/),
      },
    })
  })

  it("is a nonce that was used", async () => {
    expect(await send({})).toMatchObject({ result: expect.stringMatching(/^0x/) })
    expect(await send({ nonce: 0 })).toMatchObject({
      error: { code: -32000, message: expect.stringMatching(/nonce too low/) },
    })
  })

  it("leaves the node unharmed", async () => {
    expect(await request(node.url, "eth_chainId")).toBe("0x1df5e76")
    expect(node.stderr()).toBe("")
  })
})
