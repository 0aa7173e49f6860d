import type { Argument } from "../../src/json-rpc/method.ts"
import type { Random } from "./random.ts"

/** What exists on the node, so that requests mean something. */
export interface World {
  readonly methods: readonly { readonly name: string; readonly params: readonly Argument<unknown>[] }[]
  readonly accounts: readonly string[]
  readonly contracts: readonly string[]
  readonly transactions: readonly string[]
  readonly blocks: readonly string[]
  readonly raw: readonly string[]
  readonly selectors: readonly string[]
  readonly dump: string
}

type Make = (random: Random, world: World) => unknown

const quantity: Make = (random) =>
  random.pick(["0x0", "0x1", "0x2", 3, "7", "0x10", "0xff", "0x3e8", "0xde0b6b3a7640000", random.hex(2)])
const address: Make = (random, { accounts, contracts }) =>
  random.pick([
    ...accounts,
    ...contracts,
    `0x${"00".repeat(20)}`,
    `0x${"00".repeat(19)}01`,
    "0xfe00000000000000000000000000000000000001",
    "0xff00000000000000000000000000000000000001",
    "0xff00000000000000000000000000000000000063",
    random.hex(20),
  ])
const hash: Make = (random, { transactions, blocks }) => random.pick([...transactions, ...blocks, random.hex(32)])
const block: Make = (random, { blocks }) =>
  random.pick([
    "latest",
    "latest",
    "pending",
    "safe",
    "finalized",
    "earliest",
    "",
    "0x0",
    "0x1",
    2,
    "0x5",
    random.pick(blocks),
    { blockHash: random.pick(blocks), requireCanonical: true },
    { blockNumber: "0x1" },
  ])
const data: Make = (random, { selectors }) =>
  random.pick([
    "0x",
    `${random.pick(selectors)}${random.hex(random.below(100)).slice(2)}`,
    random.pick(selectors) + random.hex(64).slice(2),
    random.hex(random.below(200)),
  ])
const call: Make = (random, world) => ({
  from: random.pick(world.accounts),
  ...(random.chance(0.9) && { to: address(random, world) }),
  ...(random.chance(0.6) && { data: data(random, world) }),
  ...(random.chance(0.3) && { value: quantity(random, world) }),
  ...(random.chance(0.3) && { gas: random.pick(["0x5f5e100", "0x989680", "0x1", "0x2540be400"]) }),
  ...(random.chance(0.1) && { gasPrice: random.pick(["0x3b9aca00", "0x0", "0x64"]) }),
  ...(random.chance(0.1) && { maxFeePerGas: "0x77359400", maxPriorityFeePerGas: quantity(random, world) }),
  ...(random.chance(0.1) && { nonce: quantity(random, world) }),
  ...(random.chance(0.1) && { type: random.pick(["0x0", "0x1", "0x2", "0x3"]) }),
  ...(random.chance(0.05) && { accessList: [] }),
})
const stateOverrides: Make = (random, world) => ({
  [String(address(random, world))]: random.pick<object>([
    { balance: quantity(random, world) },
    { code: random.hex(random.below(60)) },
    { nonce: quantity(random, world) },
    { state: { [random.hex(32)]: random.hex(32) } },
    { stateDiff: { [random.hex(32)]: "0x1" }, balance: "0x5" },
    {},
  ]),
})
const blockOverrides: Make = (random, world) =>
  random.pick<object>([
    {},
    { number: quantity(random, world) },
    { time: "0xffffffff", baseFeePerGas: quantity(random, world) },
    { prevRandao: random.hex(32), feeRecipient: address(random, world) },
  ])
const logFilter: Make = (random, world) => ({
  ...(random.chance(0.5) && { fromBlock: block(random, world), toBlock: block(random, world) }),
  ...(random.chance(0.2) && { blockHash: random.pick(world.blocks) }),
  ...(random.chance(0.5) && { address: random.chance(0.5) ? address(random, world) : [address(random, world)] }),
  ...(random.chance(0.5) && {
    topics: random.pick<unknown[]>([[], [null], [random.hex(32)], [[random.hex(32)], null]]),
  }),
})
const typedData: Make = (random, world) => ({
  types: {
    EIP712Domain: [{ name: "name", type: "string" }],
    Mail: [
      { name: "to", type: "address" },
      { name: "amounts", type: random.pick(["uint256[]", "uint8[2]", "int64", "bytes32", "Mail", "uint7"]) },
    ],
  },
  primaryType: "Mail",
  domain: { name: "x" },
  message: { to: address(random, world), amounts: random.pick<unknown>([[1, "0x2"], 5, random.hex(32), {}]) },
})
const tracer: Make = (random) => ({
  tracer: random.pick(["callTracer", "prestateTracer", "flatCallTracer", "4byteTracer", "noopTracer", "x", undefined]),
  tracerConfig: random.pick<unknown>([undefined, { withLog: true }, { diffMode: true }, { onlyTopCall: true }]),
})
const small: Make = (random) => random.pick<unknown>(["0x0", "0x1", "0x2", 3, "0x5", "10"])

/** By the name of the parameter. */
const BY_NAME: Readonly<Record<string, Make>> = {
  address,
  token: address,
  owner: address,
  spender: address,
  sender: address,
  amount: quantity,
  balance: quantity,
  nonce: quantity,
  value: (random) => random.hex(random.pick([1, 32])),
  slot: quantity,
  hash,
  blockHash: hash,
  block,
  newestBlock: block,
  call,
  stateOverrides,
  blockOverrides,
  filter: logFilter,
  data,
  code: data,
  startKey: data,
  full: (random) => random.chance(0.5),
  enabled: (random) => random.chance(0.5),
  state: (random, { dump }) => (random.chance(0.2) ? dump : random.hex(random.below(50))),
  simulation: (random, world) => ({
    blockStateCalls: Array.from({ length: random.below(3) }, () => ({
      calls: [call(random, world)],
      ...(random.chance(0.5) && { stateOverrides: stateOverrides(random, world) }),
      ...(random.chance(0.3) && { blockOverrides: blockOverrides(random, world) }),
    })),
    validation: random.chance(0.2),
    traceTransfers: random.chance(0.3),
    returnFullTransactions: random.chance(0.3),
  }),
  bundles: (random, world) => [{ transactions: [call(random, world)], blockOverride: {} }],
  calls: (random, world) => [[call(random, world), ["trace"]]],
  types: (random) => random.pick<unknown>([["trace"], [], ["vmTrace"]]),
  typedData,
  transactions: (random, world) => [[call(random, world), 0]],
  rewardPercentiles: (random) => random.pick<unknown>([[], [25, 75], [50.5], [100]]),
  blockCount: small,
  slots: (random, world) => ({ [random.pick(world.contracts)]: ["0x0", random.hex(32)] }),
  kind: (random) => random.pick(["newHeads", "logs", "newPendingTransactions", "syncing", "x"]),
  privateKey: (random) => random.hex(32),
  path: () => ["0x0"],
  password: () => "secret",
  timeout: () => "0x5",
}

/** What a parameter can be, so that most requests are answered. */
function createValue(method: string, { name, decoder }: Argument<unknown>, random: Random, world: World): unknown {
  if (decoder.expected.startsWith("tracer options")) return tracer(random, world)
  if (decoder.expected.startsWith("a call object")) return call(random, world)
  if (name === "transaction" && decoder.expected.startsWith("data")) return random.pick(world.raw)
  if (name === "transaction") return random.chance(0.5) ? hash(random, world) : small(random, world)
  if (method === "eth_signTypedData") return name === "address" ? address(random, world) : typedData(random, world)
  if (decoder.expected.startsWith("an id")) return random.pick(["0x1", random.hex(32), random.hex(16)])
  return (BY_NAME[name] ?? small)(random, world)
}

/** A request as a tool would send it. */
export function validRequest(random: Random, world: World): { [key: string]: unknown } {
  const { name, params } = random.pick(world.methods)
  const given = params.map((param) =>
    param.optional && random.chance(0.3) ? null : createValue(name, param, random, world),
  )
  return { jsonrpc: "2.0", id: random.below(1_000_000), method: name, params: given }
}

const JUNK: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  2 ** 64,
  "",
  "0x",
  "0X",
  "0xg",
  "0x0x",
  "-0x1",
  "x".repeat(2000),
  `0x${"f".repeat(64)}`,
  `0x${"f".repeat(65)}`,
  `0x${"f".repeat(40)}`,
  `0x${"0".repeat(500)}`,
  "18446744073709551616",
  "9".repeat(90),
  "\u0000",
  "\ud800",
  "__proto__",
  "constructor",
  "ÿ𝔘",
  [],
  [[]],
  [null, null],
  {},
  { __proto__: null, toString: 1, valueOf: "x" },
  { length: 1e9 },
  { blockHash: null },
  { blockNumber: { blockNumber: { blockNumber: "0x1" } } },
]

/** The same value with something wrong in it, somewhere. */
export function mutate(value: unknown, random: Random, depth = 0): unknown {
  if (depth > 0 && random.chance(0.4)) return random.pick(JUNK)
  if (Array.isArray(value)) {
    const copy = [...value]
    const at = random.below(copy.length + 1)
    switch (random.below(5)) {
      case 0:
        copy.splice(at, 1)
        break
      case 1:
        copy.splice(at, 0, random.pick(JUNK))
        break
      case 2:
        copy.push(...copy)
        break
      default:
        if (at < copy.length) copy[at] = mutate(copy[at], random, depth + 1)
    }
    return copy
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value)
    const at = random.below(entries.length + 1)
    const entry = entries[at]
    const name = random.pick(["__proto__", "constructor", "toString", "", "to", "x".repeat(1000), "0", "length"])
    const how = random.next()
    if (!entry || how < 0.1) entries.push([name, random.pick(JUNK)])
    else if (how < 0.25) entries.splice(at, 1)
    else if (how < 0.35) entry[0] = name
    else entry[1] = mutate(entry[1], random, depth + 1)
    return Object.fromEntries(entries)
  }
  if (typeof value !== "string") return random.pick(JUNK)
  switch (random.below(6)) {
    case 0:
      return value.slice(0, random.below(value.length + 1))
    case 1:
      return value + value
    case 2:
      return value.toUpperCase()
    case 3:
      return value.replace(/[0-9a-f]/, "g")
    case 4:
      return [value]
    default:
      return random.pick(JUNK)
  }
}

/** The same text with something wrong in it that JSON does not allow, or does. */
export function mutateText(text: string, random: Random): string {
  const at = random.below(text.length + 1)
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return (
        text.slice(0, at) + random.pick(['"', "{", "]", "\\", "\u0000", "\ufeff", ",", "1e999", "//"]) + text.slice(at)
      )
    case 2:
      return `${"[".repeat(random.below(300))}${text}`
    case 3:
      return text.replace('"params"', '"params":[],"params"')
    case 4:
      return `${text}${text}`
    case 5:
      return text.replaceAll(":", " : ")
    case 6:
      return random.pick(["", " ", "null", "[]", "[1]", "[[]]", '"x"', "NaN", "{}", '{"id":{}}', '[{"method":1}]'])
    default:
      return text.replace(/\d/, "-")
  }
}
