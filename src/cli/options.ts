import { type Command, InvalidArgumentError, Option } from "commander"
import type { MiningMode } from "../chain/types.ts"
import { FAILURE_ANSWERS, type FailureAnswer } from "../eth-rpc/failures.ts"
import { DEFAULT_MNEMONIC } from "./accounts.ts"
import { parseFil } from "./amounts.ts"
import { UsageError } from "./errors.ts"
import { isPredeployed, PREDEPLOYED, type Predeployed } from "./predeployed/index.ts"
import type { NodeOptions } from "./start-node.ts"

/** How much the node says while it runs. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const

/** The flags of `fevm node`, read. */
export interface NodeFlags {
  readonly host: string
  readonly port: number
  readonly chainId: bigint
  readonly mnemonic: string
  readonly accounts: number
  readonly balance: bigint
  readonly blockTime?: number
  readonly mining: boolean
  readonly timing: "instant" | "lotus"
  readonly strictLotus: boolean
  readonly nullRounds?: number
  readonly timestamp?: number
  readonly data?: string
  readonly bundle?: string
  readonly predeploy?: readonly Predeployed[]
  readonly networkVersion: number
  readonly actorDebugging?: boolean
  readonly mockProofs?: boolean
  readonly cors?: readonly string[]
  readonly allowedHosts?: readonly string[]
  readonly unlocked: boolean
  readonly maxBody?: number
  readonly maxBatch?: number
  readonly maxDepth?: number
  readonly maxConnections?: number
  readonly maxInFlight?: number
  readonly gas: "strict" | "lenient"
  readonly failedTransactions: FailureAnswer
  readonly maxLogRange?: number
  readonly maxLogResults?: number
  readonly maxFilters?: number
  readonly maxFiltersPerClient?: number
  readonly maxFilterBytes?: number
  readonly clientTimeout?: number
  readonly maxSubscriptions?: number
  readonly warmUp: boolean
  readonly silent: boolean
  readonly json: boolean
  readonly logLevel: (typeof LOG_LEVELS)[number]
}

/** Reads a whole number. @throws InvalidArgumentError - Something else, or out of range. */
export function integer(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < from || value > to)
      throw new InvalidArgumentError(`A whole number from ${from} to ${to} is expected.`)
    return value
  }
}

function positive(text: string): number {
  const value = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || !(value > 0)) throw new InvalidArgumentError("A number above 0 is expected.")
  return value
}

/** Reads a chain id. @throws InvalidArgumentError */
export function chainId(text: string): bigint {
  if (!/^[1-9]\d{0,15}$/.test(text) || Number(text) > Number.MAX_SAFE_INTEGER)
    throw new InvalidArgumentError("A whole number from 1 to 2^53-1 is expected.")
  return BigInt(text)
}

function fil(text: string): bigint {
  const value = parseFil(text)
  if (value === undefined) throw new InvalidArgumentError("An amount in FIL is expected, such as 10000 or 0.5.")
  return value
}

function rate(text: string): number {
  const value = Number(text)
  if (!/^\d*\.?\d+$/.test(text) || !(value < 1))
    throw new InvalidArgumentError("A chance from 0 to below 1 is expected.")
  return value
}

/** Reads names of contracts. @throws InvalidArgumentError */
function predeployed(text: string): Predeployed[] {
  if (text === "none") return []
  const names = list(text)
  const unknown = names.find((name) => !isPredeployed(name))
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no ${unknown}: there are ${PREDEPLOYED.join(", ")}, and none.`)
  return names.filter(isPredeployed)
}

const list = (text: string): string[] => text.split(",").map((item) => item.trim())
const MAX_PORT = 65_535
const MAX_COUNT = 1_000_000_000
const MAX_BYTES = Number.MAX_SAFE_INTEGER

/** Adds the flags of `fevm node` to a command. */
export function addNodeOptions(command: Command): Command {
  return command
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 takes any free one", integer(0, MAX_PORT), 8545)
    .addOption(
      new Option("--chain-id <number>", "chain id of a new chain").argParser(chainId).default(31_415_926n, "31415926"),
    )
    .option("--mnemonic <words>", "words of the accounts", DEFAULT_MNEMONIC)
    .option("--accounts <number>", "number of accounts", integer(0, 10_000), 10)
    .addOption(
      new Option("--balance <fil>", "FIL of each account of a new chain")
        .argParser(fil)
        .default(10_000n * 10n ** 18n, "10000"),
    )
    .option(
      "--block-time <seconds>",
      "make a block every so many seconds, instead of one for each transaction",
      positive,
    )
    .option("--no-mining", "make blocks only when asked (evm_mine)")
    .addOption(
      new Option("--timing <kind>", "when a tipset counts as executed: at once, or by the next one as on the network")
        .choices(["instant", "lotus"])
        .default("instant"),
    )
    .option("--strict-lotus", "answer the Ethereum API as Lotus does, refusals included; timing is then lotus", false)
    .option("--null-rounds <rate>", "chance that a round stays without a block, 0 to below 1", rate)
    .option(
      "--timestamp <seconds>",
      "time of a new chain's first block, since 1970",
      integer(0, Number.MAX_SAFE_INTEGER),
    )
    .option("--data <dir>", "folder of the database; without it the chain is gone at the end")
    .addOption(
      new Option("--bundle <file>", "CAR file of the actor bundle, instead of the embedded one").env("FEVM_BUNDLE"),
    )
    .option("--network-version <number>", "Filecoin network version of a new chain", integer(25, 28), 28)
    .option(
      "--actor-debugging",
      "let actors of a new chain log and know it, as on Lotus' 2k networks; it costs them gas",
    )
    .option("--mock-proofs", "take the storage proofs of Lotus' mock prover on a new chain")
    .option("--cors <origins>", "origins of web pages that may call, separated by commas; * for all", list)
    .option("--allowed-hosts <names>", "names allowed in the Host header, separated by commas; * for all", list)
    .option("--unlocked", "let everybody who can reach the node use its keys and control it", false)
    .option("--max-body <bytes>", "bytes of one request", integer(1, MAX_COUNT))
    .option(
      "--predeploy <names>",
      `contracts that a new chain begins with: ${PREDEPLOYED.join(", ")}, or none (default: all)`,
      predeployed,
    )
    .option("--max-batch <number>", "requests in one batch", integer(1, MAX_COUNT))
    .option("--max-depth <number>", "arrays and objects inside each other in a request", integer(1, 1000))
    .option("--max-connections <number>", "connections at a time", integer(1, MAX_COUNT))
    .addOption(
      new Option(
        "--gas <rule>",
        "lenient raises gas limits that are too low to the estimate, for tools that count EVM gas",
      )
        .choices(["strict", "lenient"])
        .default("strict"),
    )
    .addOption(
      new Option(
        "--failed-transactions <answer>",
        "what the sender of a transaction that fails is told: its hash, an error as by Hardhat's node, or by who it is",
      )
        .choices(FAILURE_ANSWERS)
        .default("auto"),
    )
    .option("--max-in-flight <number>", "requests of a connection that wait for answers", integer(1, MAX_COUNT))
    .option(
      "--client-timeout <seconds>",
      "time to send one request, and to take something of an answer (default: 30)",
      integer(1, 86_400),
    )
    .option("--max-log-range <epochs>", "epochs of one eth_getLogs (default: no limit)", integer(0, MAX_COUNT))
    .option("--max-log-results <number>", "logs in one answer (default: no limit)", integer(1, MAX_COUNT))
    .option("--max-filters <number>", "filters at a time (default: 10000)", integer(0, MAX_COUNT))
    .option(
      "--max-filters-per-client <number>",
      "filters of one address over HTTP, of one WebSocket (default: 2000)",
      integer(0, MAX_COUNT),
    )
    .option("--max-filter-bytes <bytes>", "what all filters keep for who asks (default: 64 MiB)", integer(0, MAX_BYTES))
    .option("--max-subscriptions <number>", "subscriptions of one WebSocket", integer(0, MAX_COUNT))
    .option("--no-warm-up", "do not get V8 to compile the node's code while nobody asks anything")
    .option("--silent", "print nothing", false)
    .option("--json", "log in JSON, one object in a line", false)
    .addOption(new Option("--log-level <level>", "how much to log, to stderr").choices([...LOG_LEVELS]).default("info"))
}

/** The node that the flags ask for. @throws UsageError - Two of them contradict each other. */
export function toNodeOptions(flags: NodeFlags): NodeOptions {
  return {
    host: flags.host,
    port: flags.port,
    chainId: flags.chainId,
    mnemonic: flags.mnemonic,
    accounts: flags.accounts,
    balance: flags.balance,
    mining: miningOf(flags),
    timing: flags.strictLotus ? "lotus" : flags.timing,
    ...(flags.strictLotus && { strictLotus: true }),
    networkVersion: flags.networkVersion,
    ...(flags.actorDebugging && { actorDebugging: true }),
    ...(flags.mockProofs && { mockProofs: true }),
    ...(flags.unlocked && { unlocked: true }),
    ...(flags.nullRounds !== undefined && { nullRoundRate: flags.nullRounds }),
    ...(flags.timestamp !== undefined && { timestampSeconds: flags.timestamp }),
    ...(flags.data !== undefined && { dataDir: flags.data }),
    ...(flags.bundle && { bundles: [flags.bundle] }),
    ...(flags.predeploy && { predeployed: flags.predeploy }),
    ...(flags.cors && { corsOrigins: flags.cors }),
    ...(flags.allowedHosts && { allowedHosts: flags.allowedHosts.map((name) => name.toLowerCase()) }),
    ...(flags.maxBatch !== undefined && { maxBatch: flags.maxBatch }),
    ...(flags.maxDepth !== undefined && { maxDepth: flags.maxDepth }),
    gas: flags.gas,
    failedTransactions: flags.failedTransactions,
    limits: {
      ...(flags.maxBody !== undefined && { bodyBytes: flags.maxBody }),
      ...(flags.maxConnections !== undefined && { connections: flags.maxConnections }),
      ...(flags.maxInFlight !== undefined && { inFlight: flags.maxInFlight }),
      ...(flags.clientTimeout !== undefined && { requestMilliseconds: flags.clientTimeout * 1000 }),
    },
    queries: {
      ...(flags.maxLogRange !== undefined && { logRange: flags.maxLogRange }),
      ...(flags.maxLogResults !== undefined && { logResults: flags.maxLogResults }),
      ...(flags.maxFilters !== undefined && { filters: flags.maxFilters }),
      ...(flags.maxFiltersPerClient !== undefined && { filtersPerClient: flags.maxFiltersPerClient }),
      ...(flags.maxFilterBytes !== undefined && { filterBytes: flags.maxFilterBytes }),
      ...(flags.maxSubscriptions !== undefined && { subscriptions: flags.maxSubscriptions }),
    },
  }
}

function miningOf({ mining, blockTime }: NodeFlags): MiningMode {
  if (!mining && blockTime !== undefined)
    throw new UsageError("--no-mining and --block-time contradict each other: give one of them")
  if (!mining) return { kind: "manual" }
  return blockTime === undefined ? { kind: "instant" } : { kind: "interval", seconds: blockTime }
}
