// Foundry's own binaries before a node: what a user types, and what it must say.
import { execFile } from "node:child_process"
import { rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type NodeProcess, startNodeProcess } from "../../clients-e2e/node-process.ts"
import { request, url, webSocketUrl } from "../support/node.ts"

const folder = fileURLToPath(new URL(".", import.meta.url))
// The packages for this platform themselves: those around them, which choose one, bring nothing else.
const binary = (tool: string) => `${folder}node_modules/@foundry-rs/${tool}-linux-amd64/bin/${tool}`

const KEYS = [
  "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
  "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
] as const
const KEY = KEYS[0]
const SENDER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
const NOBODY = "0x00000000000000000000000000000000000000aa"
const WFIL = "0x60E1773636CF5E4A227d9AC24F20fEca034ee25A"

interface Ran {
  readonly code: number
  /** What it printed, both streams. */
  readonly output: string
  readonly stdout: string
}

function run(tool: "forge" | "cast", args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...process.env, ETH_RPC_URL: url, NO_COLOR: "1", ...env }, timeout: 60_000 }
    execFile(binary(tool), args, options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, output: stdout + stderr }),
    )
  })
}

/** What cast prints, trimmed. */
async function cast(...args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await run("cast", args)
  if (code !== 0) throw new Error(`cast ${args.join(" ")}: ${output}`)
  return stdout.trim()
}
const json = async (...args: readonly string[]) => JSON.parse(await cast(...args, "--json"))

/** The counter that `forge create` made. */
let counter: string

describe("Foundry", () => {
  beforeAll(async () => {
    for (const path of ["broadcast", "cache", "out"]) rmSync(`${folder}${path}`, { recursive: true, force: true })
    expect(await run("forge", ["build"])).toMatchObject({ code: 0 })
    const { stdout, output } = await run("forge", [
      ...["create", "--broadcast", "--json", "--private-key", KEY, "--value", "3"],
      ...["src/Counter.sol:Counter", "--constructor-args", "41"],
    ])
    const made = /\{[^{}]*"deployedTo"[^{}]*\}/.exec(stdout)
    if (!made) throw new Error(output)
    counter = JSON.parse(made[0]).deployedTo
    await cast("send", counter, "set(uint256)", "42", "--private-key", KEY)
  }, 120_000)

  describe("forge create", () => {
    it("estimates, deploys with arguments and value, and finds its contract", async () => {
      expect(await cast("code", counter)).toMatch(/^0x6080/)
      expect(await cast("balance", counter)).toBe("3")
    })

    it("takes a key of the node as well as its own", async () => {
      const { code, output } = await run("forge", [
        ...["create", "--broadcast", "--unlocked", "--from", SENDER],
        ...["src/Counter.sol:Counter", "--constructor-args", "1"],
      ])
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("Deployed to: 0x") })
    })
  })

  describe("cast reads", () => {
    it("the chain", async () => {
      expect(await cast("chain-id")).toBe("31415926")
      expect(await cast("client")).toMatch(/^anvil\/v/)
      expect(Number(await cast("block-number"))).toBeGreaterThan(1)
      expect(await cast("block-number", "--rpc-url", webSocketUrl)).toBe(await cast("block-number"))
      expect(Number(await cast("gas-price"))).toBeGreaterThanOrEqual(Number(await cast("base-fee")))
      const block = await json("block", "1", "--full")
      expect(block).toMatchObject({
        number: "0x1",
        transactions: [expect.objectContaining({ from: expect.anything() })],
      })
      expect(await cast("block", "1", "--field", "hash")).toBe(block.hash)
      expect(await cast("find-block", `${Number(block.timestamp)}`)).toMatch(/^\d+$/)
      expect(await cast("age", "1")).toMatch(/UTC/)
    })

    it("accounts and contracts", async () => {
      expect(Number(await cast("nonce", SENDER))).toBeGreaterThan(1)
      expect(Number(await cast("balance", SENDER))).toBeGreaterThan(0)
      expect(Number(await cast("codesize", counter))).toBe(((await cast("code", counter)).length - 2) / 2)
      expect(await cast("codehash", counter).catch((error: Error) => error.message)).toMatch(
        // It asks for a Merkle proof, which Filecoin's state has not.
        /eth_getProof is not supported/,
      )
      expect(BigInt(await cast("storage", counter, "0"))).toBe(42n)
      expect(await cast("implementation", counter)).toBe("0x0000000000000000000000000000000000000000")
      expect(await cast("erc20-token", "balance", WFIL, NOBODY)).toBe("0")
    })

    it("calls, also of the past, with overrides, and traced", async () => {
      expect(await cast("call", counter, "number()(uint256)")).toBe("42")
      expect(await cast("call", WFIL, "name()(string)", "--block", "0")).toBe('"Wrapped FIL"')
      const over = ["--override-state-diff", `${counter}:0:0x${"7".padStart(64, "0")}`]
      expect(await cast("call", counter, "number()(uint256)", ...over)).toBe("7")
      expect(await cast("call", counter, "set(uint256)", "9", "--trace")).toMatch(/emit|topic/)
      const { output } = await run("cast", ["call", counter, "set(uint256)", "7000"])
      // TooMany(uint256,uint256)
      expect(output).toMatch(/execution reverted.*0x[0-9a-f]{8}0{60}1b58/s)
    })

    it("logs", async () => {
      const logs = await json("logs", "--from-block", "0", "--address", counter, "Counted(address indexed,uint256)")
      expect(logs).toMatchObject([{ address: counter.toLowerCase(), blockHash: expect.any(String), logIndex: "0x0" }])
      const none = await json("logs", "--from-block", "0", "--address", counter, "Nothing()")
      expect(none).toEqual([])
    })
  })

  describe("cast sends", () => {
    it("a transaction, and finds it, its receipt and its trace", async () => {
      const receipt = await json("send", counter, "set(uint256)", "42", "--value", "2", "--private-key", KEY)
      expect(receipt).toMatchObject({ status: "0x1", type: "0x2" })
      const hash = receipt.transactionHash
      expect(await json("tx", hash)).toMatchObject({ hash, to: counter.toLowerCase(), value: "0x2" })
      expect(await json("receipt", hash)).toMatchObject({ transactionHash: hash, logs: [expect.anything()] })
      expect(await cast("receipt", hash, "gasUsed")).toBe(`${BigInt(receipt.gasUsed)}`)
      // The raw transaction, from which the hash comes.
      expect(await cast("keccak", await cast("tx", hash, "--raw"))).toBe(hash)
      const { code, output } = await run("cast", ["run", hash])
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("successfully executed") })
      const trace = JSON.parse(await cast("rpc", "debug_traceTransaction", hash, '{"tracer":"callTracer"}'))
      expect(trace).toMatchObject({ type: "CALL", to: counter.toLowerCase() })
    })

    it("a revert, which the estimate refuses with the error's bytes", async () => {
      const { code, output } = await run("cast", ["send", counter, "set(uint256)", "7000", "--private-key", KEY])
      expect(code).not.toBe(0)
      expect(output).toMatch(/reverted/)
    })

    it("what reverts on chain, and its replay says so", async () => {
      const gas = ["--gas-limit", "30000000"]
      const sent = await run("cast", ["send", counter, "set(uint256)", "7000", "--private-key", KEY, "--json", ...gas])
      const found = /"transactionHash":"(0x[0-9a-f]{64})"/.exec(sent.output)
      expect(found, sent.output).toBeTruthy()
      expect(await json("receipt", found![1]!)).toMatchObject({ status: "0x0" })
      expect((await run("cast", ["run", found![1]!])).output).toMatch(/Revert/)
    })

    it("legacy, created, published, unlocked, without waiting", async () => {
      expect(await json("send", SENDER, "--value", "1", "--legacy", "--private-key", KEY)).toMatchObject({
        type: "0x0",
      })
      const init = "0x67602a5f5260205ff35f5260086018f3"
      const { contractAddress } = await json("send", "--private-key", KEY, "--create", init)
      expect(BigInt(await cast("call", contractAddress, "0x"))).toBe(42n)
      const raw = await cast("mktx", WFIL, "deposit()", "--value", "7", "--private-key", KEYS[1])
      expect(JSON.parse(await cast("publish", raw))).toMatchObject({ status: "0x1" })
      expect(await json("send", SENDER, "--value", "1", "--from", SENDER, "--unlocked")).toMatchObject({
        status: "0x1",
      })
      expect(await cast("send", SENDER, "--value", "1", "--private-key", KEY, "--async")).toMatch(/^0x[0-9a-f]{64}$/)
      expect(await cast("tx-pool", "status")).toMatch(/"pending": "0x0"/)
    })

    it("estimates and access lists", async () => {
      const estimate = Number(await cast("estimate", counter, "set(uint256)", "7", "--from", SENDER))
      expect(estimate).toBeGreaterThan(1_000_000)
      const { output } = await run("cast", ["estimate", counter, "set(uint256)", "7000"])
      expect(output).toMatch(/execution reverted/)
      expect(await cast("access-list", counter, "set(uint256)", "7", "--from", SENDER)).toMatch(/gas used: \d+/)
    })

    it("Ethereum's gas, and the refusal names the remedies", async () => {
      const { code, output } = await run("cast", [
        "send",
        SENDER,
        "--value",
        "1",
        "--gas-limit",
        "21000",
        "--private-key",
        KEY,
      ])
      expect(code).not.toBe(0)
      expect(output).toMatch(/intrinsic gas too low.*eth_estimateGas.*--skip-simulation.*--gas lenient/)
    })
  })

  describe("cast rpc controls the node as it does anvil", () => {
    it("balance, code, storage, nonce, time, snapshots, impersonation", async () => {
      const snapshot = JSON.parse(await cast("rpc", "evm_snapshot"))
      await cast("rpc", "anvil_setBalance", NOBODY, "0xde0b6b3a7640000")
      expect(await cast("balance", NOBODY)).toBe("1000000000000000000")
      await cast("rpc", "anvil_setStorageAt", counter, "0x0", `0x${"5".padStart(64, "0")}`)
      expect(await cast("call", counter, "number()(uint256)")).toBe("5")
      await cast("rpc", "anvil_setNonce", NOBODY, "0x9")
      expect(await cast("nonce", NOBODY)).toBe("9")
      await cast("rpc", "anvil_impersonateAccount", NOBODY)
      const sent = await json("send", WFIL, "deposit()", "--value", "5", "--from", NOBODY, "--unlocked")
      expect(sent).toMatchObject({ status: "0x1" })
      expect(await cast("erc20-token", "balance", WFIL, NOBODY)).toBe("5")
      await cast("rpc", "anvil_stopImpersonatingAccount", NOBODY)
      const before = Number(await cast("block-number"))
      await cast("rpc", "anvil_mine", "0x3")
      expect(Number(await cast("block-number"))).toBe(before + 3)
      await cast("rpc", "anvil_setCode", NOBODY, "0x602a5f5260205ff3")
      expect(BigInt(await cast("call", NOBODY, "0x"))).toBe(42n)
      expect(await cast("rpc", "evm_revert", snapshot)).toBe("true")
      expect(await cast("call", counter, "number()(uint256)")).toBe("42")
      expect(JSON.parse(await cast("rpc", "anvil_nodeInfo"))).toMatchObject({ environment: { chainId: 31415926 } })
    })
  })

  describe("forge script --broadcast", () => {
    const script = (argument: number, key: string, rpc: string, ...more: readonly string[]) =>
      run("forge", [
        ...["script", "script/Deploy.s.sol", "--sig", "run(uint256)", `${argument}`, "--broadcast"],
        ...["--rpc-url", rpc, "--private-key", key, ...more],
      ])
    /** Sent a hundred at a time, which come in any order. */
    const many = (key: string, rpc: string, ...more: readonly string[]) =>
      run("forge", [
        ...["script", "script/Many.s.sol", "--sig", "run(uint256)", "120", "--broadcast"],
        ...["--rpc-url", rpc, "--private-key", key, ...more],
      ])

    it("sends Ethereum's gas if it is let, and the refusal names the remedies", async () => {
      const { code, output } = await script(1, KEYS[1], url)
      expect(code).not.toBe(0)
      expect(output).toMatch(/intrinsic gas too low.*--skip-simulation.*--gas-estimate-multiplier.*--gas lenient/)
    })

    it("works with --skip-simulation", async () => {
      const { code, output } = await script(2, KEYS[1], url, "--skip-simulation")
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("COMPLETE & SUCCESSFUL") })
    })

    it("works with --gas-estimate-multiplier", async () => {
      const { code, output } = await script(3, KEYS[1], url, "--gas-estimate-multiplier", "30000")
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("COMPLETE & SUCCESSFUL") })
    })

    it("sends a hundred transactions at once", async () => {
      const { code, output } = await many(KEYS[2], url, "--gas-estimate-multiplier", "30000")
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("COMPLETE & SUCCESSFUL") })
    })

    describe("with --gas lenient at the node", () => {
      let lenient: NodeProcess
      beforeAll(async () => {
        lenient = await startNodeProcess("--gas", "lenient", "--log-level", "warn")
      })
      afterAll(async () => {
        expect(await lenient.stop()).toBe(0)
      })

      it("works as it is, and the log says what was raised", async () => {
        const { code, output } = await script(4, KEYS[1], lenient.url)
        expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("COMPLETE & SUCCESSFUL") })
        expect(lenient.stderr().match(/--gas lenient/g)).toHaveLength(7)
      })

      it("a hundred at once", async () => {
        const { code, output } = await many(KEYS[0], lenient.url)
        expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("COMPLETE & SUCCESSFUL") })
      })

      it("one by one", async () => {
        const { code, output } = await script(5, KEYS[2], lenient.url, "--slow")
        expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("COMPLETE & SUCCESSFUL") })
      })
    })
  })

  describe("forge test --fork-url", () => {
    it("runs over the node's state", async () => {
      const { code, output } = await run("forge", ["test", "--fork-url", url, "-vv"], {
        COUNTER: counter,
        FEVM_URL: url,
      })
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("5 passed; 0 failed") })
    })
  })

  describe("anvil --fork-url", () => {
    it("goes on from the node's state", async () => {
      const { spawn } = await import("node:child_process")
      const anvil = spawn(binary("anvil"), ["--fork-url", url, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] })
      try {
        const fork = await new Promise<string>((resolve, reject) => {
          let text = ""
          anvil.stdout.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk
            const port = /Listening on 127\.0\.0\.1:(\d+)/.exec(text)
            if (port) resolve(`http://127.0.0.1:${port[1]}`)
          })
          anvil.once("exit", () => reject(new Error(text)))
        })
        const there = ["--rpc-url", fork]
        expect(await cast("call", counter, "number()(uint256)", ...there)).toBe("42")
        const sent = await json("send", counter, "set(uint256)", "11", "--private-key", KEY, ...there)
        expect(sent).toMatchObject({ status: "0x1" })
        expect(await cast("call", counter, "number()(uint256)", ...there)).toBe("11")
        expect(await cast("call", counter, "number()(uint256)")).toBe("42")
        const past = await request("eth_getBlockByNumber", "0x1", false)
        expect((await json("block", "1", ...there)).hash).toBe((past as { hash: string }).hash)
      } finally {
        anvil.kill()
      }
    })
  })
})
