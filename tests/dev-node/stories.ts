import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { type Abi, decodeFunctionResult, encodeFunctionData, type Hex } from "viem"
import { ask } from "./nodes.ts"

/** Of the accounts of the usual mnemonic, as the two after it. */
export const ALICE: Hex = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
const BOB: Hex = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
const CAROL: Hex = "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc"
/** Addresses that nobody has a key of. */
const STRANGER = "0x00000000000000000000000000000000000c0ffe" as const
const OTHER = "0x00000000000000000000000000000000000c0fff" as const
const FIL = "0xde0b6b3a7640000"
const VALUE_SLOT = "0x2"

interface Compiled {
  readonly abi: Abi
  readonly bytecode: Hex
  readonly runtime: Hex
}

/** Compiles the contract of the stories. */
export function compileToken(): Compiled {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string }
  const content = readFileSync(new URL("Token.sol", import.meta.url), "utf8")
  const outputSelection = { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } }
  const settings = { evmVersion: "cancun", outputSelection }
  const input = { language: "Solidity", sources: { "Token.sol": { content } }, settings }
  const { Token } = JSON.parse(solc.compile(JSON.stringify(input))).contracts["Token.sol"]
  const { bytecode, deployedBytecode } = Token.evm
  return { abi: Token.abi, bytecode: `0x${bytecode.object}`, runtime: `0x${deployedBytecode.object}` }
}

/** A node with the contract on it, and short words for what the stories do. */
export class Stage {
  readonly #url: string
  readonly compiled: Compiled
  token: Hex = "0x"

  constructor(url: string, compiled: Compiled) {
    this.#url = url
    this.compiled = compiled
  }

  /** The result of a request. @throws Error - It was refused. */
  async get<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T> {
    const reply = await ask(this.#url, method, params)
    if ("error" in reply) throw new Error(`${method}: ${reply.error.message}`)
    return reply.result as T
  }

  /** Whether a request is refused. */
  async refuses(method: string, ...params: readonly unknown[]): Promise<boolean> {
    return "error" in (await ask(this.#url, method, params))
  }

  input(functionName: string, args: readonly unknown[] = []): Hex {
    return encodeFunctionData({ abi: this.compiled.abi, functionName, args })
  }

  /** Sends and waits for the receipt. */
  async send(transaction: object): Promise<{ status: string; from: string; blockNumber: string; logs: unknown[] }> {
    const hash = await this.get("eth_sendTransaction", transaction)
    for (;;) {
      const receipt = await this.get<Awaited<ReturnType<Stage["send"]>> | null>("eth_getTransactionReceipt", hash)
      if (receipt) return receipt
    }
  }

  /** What a view function gives. */
  async view(
    name: string,
    args: readonly unknown[] = [],
    at: readonly unknown[] = ["latest"],
    to?: Hex,
  ): Promise<unknown> {
    const data = await this.get<Hex>(
      "eth_call",
      { from: ALICE, to: to ?? this.token, data: this.input(name, args) },
      ...at,
    )
    return decodeFunctionResult({ abi: this.compiled.abi, functionName: name, data })
  }

  set(value: bigint, from: Hex = ALICE): ReturnType<Stage["send"]> {
    return this.send({ from, to: this.token, data: this.input("set", [value]) })
  }

  async deploy(): Promise<void> {
    const receipt = await this.send({ from: ALICE, data: this.compiled.bytecode })
    this.token = (receipt as unknown as { contractAddress: Hex }).contractAddress
  }

  async number(): Promise<number> {
    return Number(await this.get("eth_blockNumber"))
  }

  async block(
    tag: string = "latest",
  ): Promise<{ timestamp: string; baseFeePerGas: string; miner: string; number: string }> {
    return this.get("eth_getBlockByNumber", tag, false)
  }

  async time(): Promise<number> {
    return Number((await this.block()).timestamp)
  }

  async balance(address: string, block = "latest"): Promise<bigint> {
    return BigInt(await this.get<string>("eth_getBalance", address, block))
  }

  async nonce(address: string, block = "latest"): Promise<number> {
    return Number(await this.get("eth_getTransactionCount", address, block))
  }
}

/** Something that developers do, what they see then, and where Anvil shows something else. */
export interface Story {
  readonly name: string
  readonly play: (on: Stage) => Promise<unknown>
  readonly expected: unknown
  /** What Anvil shows instead, and why we do not. */
  readonly anvil?: { readonly expected: unknown; readonly because: string }
}

/** Each is played on a chain with the contract, and undone after it. */
export const STORIES: readonly Story[] = [
  {
    name: "a snapshot brings everything back, once",
    expected: { after: 0n, first: true, again: false, unknown: false },
    async play(on) {
      const id = await on.get("evm_snapshot")
      await on.set(5n)
      const first = await on.get("evm_revert", id)
      const after = await on.view("value")
      return { after, first, again: await on.get("evm_revert", id), unknown: await on.get("evm_revert", "0xffff") }
    },
  },
  {
    name: "going back to a snapshot ends those that were taken after it",
    expected: [true, false],
    async play(on) {
      const [first, second] = [await on.get("evm_snapshot"), await on.get("evm_snapshot")]
      return [await on.get("evm_revert", first), await on.get("evm_revert", second)]
    },
  },
  {
    name: "a snapshot brings back the mempool and the nonce with `pending`",
    expected: [1, 0],
    async play(on) {
      await on.get("evm_setAutomine", false)
      const id = await on.get("evm_snapshot")
      const before = await on.nonce(BOB, "pending")
      await on.get("eth_sendTransaction", { from: BOB, to: CAROL, value: "0x1" })
      const waiting = await on.nonce(BOB, "pending")
      await on.get("evm_revert", id)
      const after = await on.nonce(BOB, "pending")
      await on.get("evm_setAutomine", true)
      return [waiting - before, after - before]
    },
    anvil: {
      expected: [1, 1],
      because: "what was sent after the snapshot is gone: the same transaction can be sent again",
    },
  },
  {
    name: "a dump of the state can be loaded again",
    expected: [7n, 7n, true],
    async play(on) {
      await on.set(7n)
      const before = await on.view("value")
      const dump = await on.get("anvil_dumpState")
      await on.set(8n)
      const loaded = await on.get("anvil_loadState", dump)
      return [before, await on.view("value"), loaded]
    },
  },
  {
    name: "setBalance, addBalance, in hex and as a number",
    expected: [null, 100n, 101n, 102n],
    async play(on) {
      const answer = await on.get("anvil_setBalance", STRANGER, "0x64")
      const first = await on.balance(STRANGER)
      await on.get("anvil_addBalance", STRANGER, "0x1")
      const second = await on.balance(STRANGER)
      await on.get("hardhat_setBalance", STRANGER, 102)
      return [answer, first, second, await on.balance(STRANGER)]
    },
  },
  {
    name: "setCode on nobody, on an account and on a contract; taken away, an account sends again",
    expected: { nobody: 0n, account: ALICE, contract: "0x6001", none: "0x", sent: "0x1" },
    async play(on) {
      const { runtime } = on.compiled
      await on.get("anvil_setCode", STRANGER, runtime)
      const nobody = await on.view("value", [], ["latest"], STRANGER)
      await on.get("anvil_setCode", CAROL, runtime)
      const account = String(await on.view("sender", [], ["latest"], CAROL)).toLowerCase()
      await on.get("anvil_setCode", CAROL, "0x")
      const { status: sent } = await on.send({ from: CAROL, to: BOB, value: "0x1" })
      await on.get("anvil_setCode", on.token, "0x6001")
      const contract = await on.get("eth_getCode", on.token, "latest")
      await on.get("anvil_setCode", on.token, "0x")
      return { nobody, account, contract, none: await on.get("eth_getCode", on.token, "latest"), sent }
    },
  },
  {
    name: "an account of the node that was given code can send still",
    expected: "0x1",
    async play(on) {
      await on.get("anvil_setCode", CAROL, on.compiled.runtime)
      return (await on.send({ from: CAROL, to: BOB, value: "0x1" })).status
    },
  },
  {
    name: "setNonce upwards: the next transaction has it, also of an account that never sent",
    expected: [32, 33],
    async play(on) {
      await on.get("anvil_setNonce", CAROL, "0x20")
      const set = await on.nonce(CAROL)
      await on.send({ from: CAROL, to: BOB, value: "0x1" })
      return [set, await on.nonce(CAROL)]
    },
  },
  {
    name: "setNonce downwards",
    expected: [0, 1],
    async play(on) {
      await on.send({ from: BOB, to: CAROL, value: "0x1" })
      await on.get("anvil_setNonce", BOB, "0x0")
      const set = await on.nonce(BOB)
      await on.send({ from: BOB, to: CAROL, value: "0x2" })
      return [set, await on.nonce(BOB)]
    },
  },
  {
    name: "setStorageAt",
    expected: [true, 9n],
    async play(on) {
      const done = await on.get("anvil_setStorageAt", on.token, VALUE_SLOT, `0x${"9".padStart(64, "0")}`)
      return [done, await on.view("value")]
    },
  },
  {
    name: "an impersonated stranger sends, and does not when it is over",
    expected: ["0x1", STRANGER, true],
    async play(on) {
      await on.get("anvil_setBalance", STRANGER, FIL)
      await on.get("anvil_impersonateAccount", STRANGER)
      const { status, from } = await on.set(3n, STRANGER)
      await on.get("anvil_stopImpersonatingAccount", STRANGER)
      return [status, from, await on.refuses("eth_sendTransaction", { from: STRANGER, to: BOB, value: "0x1" })]
    },
  },
  {
    name: "an impersonated contract pays and calls",
    expected: ["0x1", "0x1", 11n],
    async play(on) {
      await on.get("anvil_setBalance", on.token, FIL)
      await on.get("hardhat_impersonateAccount", on.token)
      const paid = await on.send({ from: on.token, to: STRANGER, value: "0x1" })
      const called = await on.set(11n, on.token)
      await on.get("hardhat_stopImpersonatingAccount", on.token)
      return [paid.status, called.status, await on.view("value")]
    },
  },
  {
    name: "everybody may send with autoImpersonateAccount",
    expected: ["0x1", true],
    async play(on) {
      await on.get("anvil_setBalance", OTHER, FIL)
      await on.get("anvil_autoImpersonateAccount", true)
      const { status } = await on.send({ from: OTHER, to: BOB, value: "0x1" })
      await on.get("anvil_autoImpersonateAccount", false)
      return [status, await on.refuses("eth_sendTransaction", { from: OTHER, to: BOB, value: "0x1" })]
    },
  },
  {
    name: "dealERC20, setERC20Allowance",
    expected: [123n, 45n],
    async play(on) {
      await on.get("anvil_dealERC20", CAROL, on.token, "0x7b")
      await on.get("anvil_setERC20Allowance", CAROL, BOB, on.token, "0x2d")
      return [await on.view("balanceOf", [CAROL]), await on.view("allowance", [CAROL, BOB])]
    },
  },
  {
    name: "setNextBlockTimestamp: the next block has it exactly, and calls see it; the past is refused",
    expected: [1000, true],
    async play(on) {
      const before = await on.time()
      await on.get("evm_setNextBlockTimestamp", before + 1000)
      await on.get("evm_mine")
      return [(await on.time()) - before, await on.refuses("evm_setNextBlockTimestamp", before)]
    },
  },
  {
    name: "increaseTime moves the clock for good",
    expected: [true, true],
    async play(on) {
      const before = await on.time()
      await on.get("evm_increaseTime", 5000)
      await on.get("evm_mine")
      const first = await on.time()
      await on.get("evm_mine")
      const isAbout = (time: number): boolean => time >= before + 5000 && time < before + 5060
      return [isAbout(first), isAbout(await on.time())]
    },
  },
  {
    name: "a timestamp interval",
    expected: [7, 14, true, false],
    async play(on) {
      const before = await on.time()
      await on.get("anvil_setBlockTimestampInterval", 7)
      await on.get("evm_mine")
      const first = (await on.time()) - before
      await on.get("evm_mine")
      const second = (await on.time()) - before
      const ended = await on.get("anvil_removeBlockTimestampInterval")
      return [first, second, ended, await on.get("anvil_removeBlockTimestampInterval")]
    },
  },
  {
    name: "evm_mine with a time, anvil_mine and hardhat_mine with number and interval",
    expected: [
      [1, 500],
      [5, 40],
      [3, 120],
      [1, true],
    ],
    async play(on) {
      const seen: unknown[] = []
      const step = async (method: string, ...params: unknown[]): Promise<void> => {
        const [number, time] = [await on.number(), await on.time()]
        await on.get(method, ...params)
        seen.push([(await on.number()) - number, (await on.time()) - time])
      }
      await step("evm_mine", { timestamp: (await on.time()) + 500 })
      // The first one comes by the clock, which is at the last block's time or after it; the others by the interval.
      const between = async (method: string, count: string, interval: string): Promise<void> => {
        const number = await on.number()
        await on.get(method, count, interval)
        const times = await Promise.all(
          Array.from({ length: (await on.number()) - number }, (_, i) =>
            on.block(`0x${(number + 1 + i).toString(16)}`),
          ),
        )
        seen.push([times.length, Number(times.at(-1)!.timestamp) - Number(times[0]!.timestamp)])
      }
      await between("anvil_mine", "0x5", "0xa")
      await between("hardhat_mine", "0x3", "0x3c")
      const number = await on.number()
      await on.get("hardhat_mine")
      seen.push([(await on.number()) - number, true])
      return seen
    },
  },
  {
    name: "without automine transactions wait, in order, until a block is asked for",
    expected: { automine: false, waiting: 2, receipt: null, mined: ["0x0", "0x1"], pending: 0 },
    async play(on) {
      await on.get("evm_setAutomine", false)
      const automine = await on.get("hardhat_getAutomine")
      const hashes = [
        await on.get("eth_sendTransaction", { from: BOB, to: CAROL, value: "0x1" }),
        await on.get("eth_sendTransaction", { from: BOB, to: CAROL, value: "0x2" }),
      ]
      const count = async (): Promise<number> => Number((await on.get<{ pending: string }>("txpool_status")).pending)
      const waiting = await count()
      const receipt = await on.get("eth_getTransactionReceipt", hashes[0])
      await on.get("evm_mine")
      const mined: unknown[] = []
      for (const hash of hashes)
        mined.push((await on.get<{ transactionIndex: string }>("eth_getTransactionReceipt", hash)).transactionIndex)
      const pending = await count()
      await on.get("evm_setAutomine", true)
      return { automine, waiting, receipt, mined, pending }
    },
  },
  {
    name: "`pending`: nonce, balance and block show what waits",
    expected: [1, 5n, 1],
    async play(on) {
      await on.get("evm_setAutomine", false)
      const nonce = await on.nonce(BOB)
      await on.get("eth_sendTransaction", { from: BOB, to: STRANGER, value: "0x5" })
      const block = await on.get<{ transactions: unknown[] }>("eth_getBlockByNumber", "pending", true)
      const seen = [
        (await on.nonce(BOB, "pending")) - nonce,
        await on.balance(STRANGER, "pending"),
        block.transactions.length,
      ]
      await on.get("anvil_dropAllTransactions")
      await on.get("evm_setAutomine", true)
      return seen
    },
  },
  {
    name: "transactions are dropped one by one, by sender, all",
    expected: [true, null, 0, 0],
    async play(on) {
      await on.get("evm_setAutomine", false)
      const send = (): Promise<string> => on.get("eth_sendTransaction", { from: BOB, to: CAROL, value: "0x1" })
      const hash = await send()
      const dropped = (await on.get("anvil_dropTransaction", hash)) === hash
      const again = await on.get("anvil_dropTransaction", hash)
      const count = async (): Promise<number> => Number((await on.get<{ pending: string }>("txpool_status")).pending)
      await send()
      await on.get("anvil_removePoolTransactions", BOB)
      const bySender = await count()
      await send()
      await on.get("anvil_dropAllTransactions")
      const all = await count()
      await on.get("evm_setAutomine", true)
      return [dropped, again, bySender, all]
    },
  },
  {
    name: "setNextBlockBaseFeePerGas holds for one block, and the contract sees it",
    expected: [2_000_000_000n, true],
    async play(on) {
      await on.get("anvil_setNextBlockBaseFeePerGas", "0x77359400")
      await on.get("evm_mine")
      const set = BigInt((await on.block()).baseFeePerGas)
      await on.get("evm_mine")
      return [set, BigInt((await on.block()).baseFeePerGas) < set]
    },
  },
  {
    name: "setCoinbase shows in the next block",
    expected: [STRANGER, STRANGER],
    async play(on) {
      await on.get("anvil_setCoinbase", STRANGER)
      await on.get("evm_mine")
      return [(await on.block()).miner, await on.get("eth_coinbase")]
    },
  },
  {
    name: "rollback takes blocks away",
    expected: [-2, 0n],
    async play(on) {
      await on.set(5n)
      await on.get("evm_mine")
      const number = await on.number()
      await on.get("anvil_rollback", 2)
      return [(await on.number()) - number, await on.view("value")]
    },
  },
  {
    name: "reorg puts other blocks in their place, of the same number",
    expected: [0, true],
    async play(on) {
      await on.get("evm_mine")
      await on.get("evm_mine")
      const number = await on.number()
      const before = (await on.get<{ hash: string }>("eth_getBlockByNumber", `0x${number.toString(16)}`, false)).hash
      await on.get("anvil_reorg", 2, [])
      const after = (await on.get<{ hash: string }>("eth_getBlockByNumber", `0x${number.toString(16)}`, false)).hash
      return [(await on.number()) - number, before !== after]
    },
  },
  {
    name: "overrides of state and block in eth_call",
    expected: [7n, [100n, 2_000_000_000n, 5n]],
    async play(on) {
      const { runtime } = on.compiled
      const slot = `0x${"2".padStart(64, "0")}`
      const state = { [STRANGER]: { code: runtime, stateDiff: { [slot]: `0x${"7".padStart(64, "0")}` } } }
      const block = { number: "0x64", time: "0x77359400", baseFeePerGas: "0x5" }
      return [await on.view("value", [], ["latest", state], STRANGER), await on.view("time", [], ["latest", {}, block])]
    },
  },
  {
    name: "simulateV1: calls see each other; transfers of value as logs; a revert has its data",
    expected: { returned: 5n, logs: [1, 0], transfers: 2, failed: ["0x0", 3] },
    async play(on) {
      const simulate = async (calls: readonly object[], more: object = {}): Promise<SimulatedCall[]> => {
        const payload = { blockStateCalls: [{ calls }], ...more }
        const [block] = await on.get<[{ calls: SimulatedCall[] }]>("eth_simulateV1", payload, "latest")
        return block.calls
      }
      const to = on.token
      const calls = await simulate([
        { from: ALICE, to, data: on.input("set", [5n]) },
        { from: ALICE, to, data: on.input("value") },
      ])
      const [transfer] = await simulate([{ from: ALICE, to, value: "0x5", data: on.input("pay", [BOB]) }], {
        traceTransfers: true,
      })
      const [failed] = await simulate([{ from: ALICE, to, data: on.input("fail") }])
      return {
        returned: BigInt(calls[1]!.returnData),
        logs: calls.map(({ logs }) => logs.length),
        transfers: transfer!.logs.length,
        failed: [failed!.status, failed!.error?.code],
      }
    },
    anvil: {
      expected: { returned: 5n, logs: [1, 0], transfers: 2, failed: ["0x0", -3200] },
      because: "a revert has the code 3, as everywhere",
    },
  },
  {
    name: "reset leaves nothing but the accounts",
    expected: [0, 0, "0x", 10_000n * 10n ** 18n],
    async play(on) {
      await on.get("anvil_reset")
      const seen = [await on.number(), await on.nonce(ALICE), await on.get("eth_getCode", on.token, "latest")]
      return [...seen, await on.balance(ALICE)]
    },
  },
]

interface SimulatedCall {
  readonly status: string
  readonly returnData: Hex
  readonly logs: readonly unknown[]
  readonly error?: { readonly code: number }
}
