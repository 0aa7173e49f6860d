import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { delimiter } from "node:path"
import { fileURLToPath } from "node:url"
import type { Logger } from "pino"
import { Chain } from "../chain/chain.ts"
import type { GenesisAccount, MiningMode, Timing } from "../chain/types.ts"
import { BlockReader } from "../eth-rpc/block-reader.ts"
import type { EthContext, EthNode } from "../eth-rpc/context.ts"
import { toRpcError } from "../eth-rpc/errors.ts"
import type { FailureAnswer } from "../eth-rpc/failures.ts"
import { DEFAULT_FILTER_LIMITS, Filters } from "../eth-rpc/filters.ts"
import { Keyring } from "../eth-rpc/keyring.ts"
import type { LotusContext } from "../eth-rpc/lotus/context.ts"
import { lotusError } from "../eth-rpc/lotus/errors.ts"
import { createLotusId, LotusFilters } from "../eth-rpc/lotus/filters.ts"
import { LOTUS_METHODS } from "../eth-rpc/lotus/methods.ts"
import { TipsetResolver } from "../eth-rpc/lotus/tipsets.ts"
import { ETH_METHODS } from "../eth-rpc/methods.gen.ts"
import type { NodeState } from "../eth-rpc/node-state.ts"
import { Dispatcher } from "../json-rpc/dispatcher.ts"
import { GoDispatcher } from "../json-rpc/go/dispatcher.ts"
import type { Json } from "../json-rpc/json.ts"
import type { Method } from "../json-rpc/method.ts"
import { createDiscover } from "../json-rpc/openrpc.ts"
import { Subscriptions } from "../json-rpc/subscriptions.ts"
import { Metrics } from "../server/metrics.ts"
import { isLoopbackHost } from "../server/origins.ts"
import { type RunningServer, type ServerLimits, startServer } from "../server/server.ts"
import { type Account, DEFAULT_MNEMONIC, deriveAccounts } from "./accounts.ts"
import { type Activity, ActivityLog, CONSOLE } from "./activity-log.ts"
import { ContractBook } from "./contract-book.ts"
import { CommandError } from "./errors.ts"
import { PREDEPLOYED, type Predeployed, predeployedActors, predeployedNames } from "./predeployed/index.ts"
import { createProvider, type Provider } from "./provider.ts"
import { packageVersion } from "./version.ts"

/** What one client may ask for and keep. */
export interface QueryLimits {
  /** Epochs of one question for logs. Default: any number */
  readonly logRange?: number
  /** Logs of one answer. Default: any number */
  readonly logResults?: number
  /** Filters at a time; one that nobody asks for 5 minutes ends. Default: 10000 */
  readonly filters?: number
  /** Filters at a time of one address over HTTP, of one connection over WebSocket. Default: 2000 */
  readonly filtersPerClient?: number
  /** Bytes, about, of what all filters keep; above it the one that was not asked for the longest time ends. Default: 64 MiB */
  readonly filterBytes?: number
  /** Subscriptions of one connection at a time. Default: 1000 */
  readonly subscriptions?: number
}

/** How to start a node. Everything may be left out. */
export interface NodeOptions {
  /** Address to listen on. Default: 127.0.0.1 */
  readonly host?: string
  /** Port to listen on; 0 takes any free one, false listens nowhere: the node is reached by its provider only. Default: 8545 */
  readonly port?: number | false
  /** Default: 31415926, as Lotus' devnet */
  readonly chainId?: bigint | number
  /** Words of the accounts. Default: `test test test test test test test test test test test junk` */
  readonly mnemonic?: string
  /** Number of accounts. Default: 10 */
  readonly accounts?: number
  /** attoFIL of each account. Default: 10,000 FIL */
  readonly balance?: bigint
  /** How blocks come about. Default: one for each transaction, at once */
  readonly mining?: MiningMode
  /** When a tipset counts as executed. Default: instant */
  readonly timing?: Timing
  /** Chance that a round stays without a block, 0 to below 1. Default: 0 */
  readonly nullRoundRate?: number
  /** Folder of the database. Default: a temporary one, removed at the end */
  readonly dataDir?: string
  /** CAR files of actor bundles: paths or their bytes. Default: the embedded bundle */
  readonly bundles?: readonly (string | Uint8Array)[]
  /** Default: 28 */
  readonly networkVersion?: number
  /** Whether actors of a new chain can log and know it, as on Lotus' 2k networks; it costs them gas. Default: false */
  readonly actorDebugging?: boolean
  /** Whether a new chain takes the storage proofs of Lotus' mock prover. Default: false */
  readonly mockProofs?: boolean
  /** Time of the first block in seconds since 1970. Default: now */
  readonly timestampSeconds?: number
  /** Origins of web pages that may call, beside those on this machine; `*` for all. Default: Remix */
  readonly corsOrigins?: readonly string[]
  /** Names that may stand in the Host header, beside IP addresses and localhost. Default: none */
  readonly allowedHosts?: readonly string[]
  /** Whether the node's keys and its control may be used when it listens beyond this machine. Default: false */
  readonly unlocked?: boolean
  readonly limits?: Partial<ServerLimits>
  readonly queries?: QueryLimits
  /** `lenient` raises a gas limit that is too low to the estimate, and says so in the log. Default: strict */
  readonly gas?: "strict" | "lenient"
  /** Requests in one batch. Default: 1000 */
  readonly maxBatch?: number
  /** Arrays and objects inside each other in a request. Default: 64 */
  readonly maxDepth?: number
  /** Answers the Ethereum API as Lotus does, refusals and their texts included, and no method that Lotus has not. Default: false */
  readonly strictLotus?: boolean
  /** attoFIL per gas that a new chain begins with. Default: 100, the least */
  readonly baseFee?: bigint
  /** Contracts that a new chain begins with. Default: all there are, with `strictLotus` none */
  readonly predeployed?: readonly Predeployed[]
  /** Accounts of a new chain beside those of the mnemonic: f410, f1 or f3. Default: none */
  readonly genesisAccounts?: readonly GenesisAccount[]
  /** What a client is told of its transaction that failed: `hash`, `error`, or `auto`, by who it is. Default: auto */
  readonly failedTransactions?: FailureAnswer
  /** Where it says what happens. Default: nowhere */
  readonly log?: Logger
  /** Shows calls and transactions in place of the log, if that is open for `info`. Default: they go into the log */
  readonly onActivity?: (activity: Activity) => void
}

/** A node that runs. */
export interface FevmNode {
  readonly chain: Chain
  /** With private keys. */
  readonly accounts: readonly Account[]
  /** Of each account, attoFIL. */
  readonly balance: bigint
  /** Reaches it without a socket. */
  readonly provider: Provider
  /** `http://HOST:PORT`; undefined if it listens nowhere. */
  readonly url: string | undefined
  readonly port: number | undefined
  /** What the actors come from: a path, or `embedded`. */
  readonly bundleName: string
  /** Milliseconds since somebody asked it something over the network, or since its start. */
  readonly quietMilliseconds: number
  /** Ends it; a database stays. A second call does nothing. */
  close(): Promise<void>
}

const DEFAULT_CHAIN_ID = 31_415_926n
/** Clients that ask one thing after the other use two connections in turn. */
const LONE_CONNECTIONS = 2
const DEFAULT_BALANCE = 10_000n * 10n ** 18n
const MINIMUM_BASE_FEE = 100n

/** What is built of our actors with this package, found from src/cli and from dist/cli alike; undefined if it is not there. */
function builtActors(name: string): string | undefined {
  const candidates = [`../actors/${name}`, `../../dist/actors/${name}`].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  )
  return candidates.find((path) => existsSync(path))
}

/** The bundle of our own actors. */
function embeddedBundle(): string {
  const found = builtActors("bundle.car")
  if (!found)
    throw new CommandError("the embedded actor bundle is not built: run npm run build, or give one with --bundle")
  return found
}

/**
 * Starts a node in this process: opens or makes the chain, and listens.
 *
 * @throws ChainError - The database or the bundle. ListenError - The port. UsageError - The mnemonic.
 */
export async function startNode(options: NodeOptions = {}): Promise<FevmNode> {
  const { log } = options
  const host = options.host ?? "127.0.0.1"
  const balance = options.balance ?? DEFAULT_BALANCE
  const accounts = deriveAccounts(options.mnemonic ?? DEFAULT_MNEMONIC, options.accounts ?? 10)
  const bundles = options.bundles ?? [embeddedBundle()]
  const chainId = BigInt(options.chainId ?? DEFAULT_CHAIN_ID)
  const tracedEvm = builtActors("evm-trace.wasm")
  const prepared = builtActors("prepared.cbor")
  let server: RunningServer | undefined
  const chain = await Chain.open({
    bundles,
    // In this process everybody waits for everybody anyway.
    alone: () => (server?.busyConnections ?? 0) <= LONE_CONNECTIONS,
    ...(tracedEvm !== undefined && { tracedActors: { evm: tracedEvm } }),
    ...(prepared !== undefined && { prepared }),
    genesis: {
      accounts: [
        ...accounts.map(({ filecoinAddress }) => ({ address: filecoinAddress, balance })),
        ...(options.genesisAccounts ?? []),
      ],
      actors: predeployedActors(options.predeployed ?? (options.strictLotus ? [] : PREDEPLOYED), chainId),
      chainId,
      ...(options.networkVersion !== undefined && { networkVersion: options.networkVersion }),
      ...(options.actorDebugging !== undefined && { actorDebugging: options.actorDebugging }),
      ...(options.mockProofs !== undefined && { mockProofs: options.mockProofs }),
      ...(options.timestampSeconds !== undefined && { timestampSeconds: options.timestampSeconds }),
      baseFee: options.baseFee ?? MINIMUM_BASE_FEE,
    },
    ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
    ...(options.mining && { mining: options.mining }),
    ...((options.timing || options.strictLotus) && { timing: options.timing ?? "lotus" }),
    ...(options.strictLotus && { lotusMempool: true }),
    ...(log?.isLevelEnabled("info") && !options.strictLotus && { listenTo: CONSOLE }),
    ...(options.nullRoundRate !== undefined && { nullRoundRate: options.nullRoundRate }),
    ...(log && { log: ({ level, message, error }) => log[level]({ error }, message) }),
  })
  try {
    const unlocked = options.unlocked ?? (options.port === false || isLoopbackHost(host))
    const book = new ContractBook(log ? predeployedNames(chain.chainId) : new Map())
    const node = await createEthNode(chain, accounts, unlocked, options, book)
    const metrics = new Metrics({
      fevm_head_epoch: { help: "Epoch of the newest tipset", value: () => chain.head.epoch },
      fevm_mempool_messages: { help: "Messages that wait", value: () => chain.pendingMessages().length },
      fevm_filters: { help: "Filters that are installed", value: () => node.filters.size },
      fevm_subscriptions: { help: "Subscriptions that run", value: () => node.subscriptions.size },
      fevm_websockets: { help: "WebSocket connections", value: () => server?.webSockets ?? 0 },
    })
    const strict = options.strictLotus ?? false
    const dispatcher = strict
      ? createLotusDispatcher(node, options, metrics)
      : createDispatcher(node, options, metrics, book)
    if (options.port !== false)
      server = await startServer({
        handler: dispatcher,
        ...(strict && { manners: "go", paths: ["/rpc/v0", "/rpc/v1", "/rpc/v2"] }),
        host,
        ...(options.port !== undefined && { port: options.port }),
        health: () => ({ ok: true, version: packageVersion(), head: chain.head.epoch, chainId: Number(chain.chainId) }),
        metrics: () => metrics.text(),
        ...(options.corsOrigins && { corsOrigins: options.corsOrigins }),
        ...(options.allowedHosts && { allowedHosts: options.allowedHosts }),
        ...(options.limits && { limits: options.limits }),
        onFault: (error) => log?.error({ error }, "a request went wrong outside of any method"),
      })
    let closed: Promise<void> | undefined
    return {
      chain,
      accounts,
      balance,
      provider: createProvider(dispatcher),
      url: server?.url,
      port: server?.port,
      get quietMilliseconds() {
        return server?.quietMilliseconds ?? 0
      },
      bundleName: options.bundles === undefined ? "embedded" : options.bundles.map(nameOf).join(delimiter),
      close: () => {
        closed ??= (async () => {
          await server?.close()
          await chain.close()
        })()
        return closed
      },
    }
  } catch (error) {
    await chain.close()
    throw error
  }
}

function nameOf(bundle: string | Uint8Array): string {
  return typeof bundle === "string" ? bundle : `${bundle.length} bytes`
}

const createId = (): string => `0x${randomBytes(32).toString("hex")}`

async function createEthNode(
  chain: Chain,
  accounts: readonly Account[],
  unlocked: boolean,
  options: NodeOptions,
  book: ContractBook,
): Promise<EthNode> {
  const limits = options.queries ?? {}
  const version = packageVersion()
  const blocks = new BlockReader(chain)
  const state: NodeState = {
    version,
    clientVersion: `anvil/v${version} (fevm/v${version}; FEVM nv${chain.networkVersion})`,
    unlocked,
    logLimits: {
      ...(limits.logRange !== undefined && { range: limits.logRange }),
      ...(limits.logResults !== undefined && { results: limits.logResults }),
    },
    lenientGas: options.gas === "lenient",
    failureAnswer: options.failedTransactions ?? "auto",
    addCompilation: (output) => book.add(output),
    warn: (fields, message) => options.log?.warn(fields, message),
    instanceId: randomBytes(32),
    initialSnapshot: await chain.snapshot(),
    loggingEnabled: true,
    minGasPrice: 0n,
    blockGasLimit: undefined,
  }
  return {
    chain,
    keyring: new Keyring(accounts),
    blocks,
    filters: new Filters(chain, blocks, createId, {
      ...DEFAULT_FILTER_LIMITS,
      ...(limits.filters !== undefined && { filters: limits.filters }),
      ...(limits.filtersPerClient !== undefined && { filtersPerClient: limits.filtersPerClient }),
      ...(limits.filterBytes !== undefined && { newsBytes: limits.filterBytes }),
    }),
    subscriptions: new Subscriptions(createId, limits.subscriptions),
    state,
  }
}

/** What `web3_clientVersion` answers in place of Lotus, whose API this is the one of. */
const LOTUS_VERSION = "v1.36.2-dev+2k"

function createLotusDispatcher(node: EthNode, { log }: NodeOptions, metrics: Metrics): GoDispatcher<LotusContext> {
  const { chain, blocks } = node
  const tipsets = new TipsetResolver(chain)
  const lotusFilters = new LotusFilters(chain, blocks, node.filters, tipsets)
  const shared = {
    ...node,
    tipsets,
    lotusFilters,
    encodedBlocks: new Map<string, Json>(),
    version: LOTUS_VERSION,
    subscriptions: new Subscriptions(createLotusId),
  }
  return new GoDispatcher<LotusContext>({
    methods: LOTUS_METHODS,
    contextOf: (connection) => ({ ...shared, connection }),
    toRpcError: (error) => {
      const known = toRpcError(error)
      return known && lotusError(known.message)
    },
    onFault: (id, error, method) => log?.error({ id, method, error }, "internal error"),
    onCall: (call) => metrics.observe(call),
  })
}

function createDispatcher(
  node: EthNode,
  { log, maxBatch, maxDepth, onActivity }: NodeOptions,
  metrics: Metrics,
  book: ContractBook,
): Dispatcher<EthContext> {
  const version = packageVersion()
  const activity = log && new ActivityLog(node, log, book, onActivity)
  const { chain, keyring, blocks, filters, subscriptions, state } = node
  const methods: Method<EthContext>[] = [...ETH_METHODS]
  methods.push(createDiscover(methods, { title: "fevm JSON-RPC", version }))
  return new Dispatcher<EthContext>({
    methods,
    // Member by member: made for each request.
    contextOf: (connection) => ({ chain, keyring, blocks, filters, subscriptions, state, connection }),
    toRpcError,
    onFault: (id, error, method) => log?.error({ id, method, error }, "internal error"),
    onCall: (call) => {
      metrics.observe(call)
      activity?.onCall(call)
    },
    ...(maxBatch !== undefined && { maxBatch }),
    ...(maxDepth !== undefined && { maxDepth }),
  })
}
