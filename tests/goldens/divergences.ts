import type { GoldenCase } from "./case.ts"
import type { Difference } from "./compare.ts"

/** A case that came out differently, as the rules look at it. */
interface Finding {
  readonly file: string
  readonly name: string
  /** What Lotus answered, if it was an error. */
  readonly error: { readonly code: number; readonly message: string } | undefined
  readonly difference: Difference
  /** Whether our answer is an error too. */
  readonly refused: boolean
}

/** One thing in which the default dialect differs from Lotus on purpose. */
export interface Divergence {
  readonly what: string
  /** What Lotus does. */
  readonly lotus: string
  readonly why: string
  readonly covers: (finding: Finding) => boolean
}

/** Errors of Lotus whose message fits. */
const lotusSays =
  (message: RegExp, more: (finding: Finding) => boolean = () => true) =>
  (finding: Finding): boolean =>
    message.test(finding.error?.message ?? "") && more(finding)

const answers = ({ refused }: Finding): boolean => !refused

/** Every deliberate difference, once. The first rule that covers a case is the one that it counts under; `docs/divergences.md` is made from this list. */
export const DIVERGENCES: readonly Divergence[] = [
  {
    what: "Names of methods that Lotus does not have are served",
    lotus: "-32601, `method 'x' not found`",
    why: "Hardhat, Foundry, MetaMask and others ask for them",
    covers: ({ file }) => file === "no-such-method",
  },
  {
    what: "HTTP and the JSON-RPC envelope are those of Ethereum's nodes: status 200 for errors, CORS, GET refused, ids of null answered, batches over WebSocket",
    lotus:
      "status 500 or 400 for what the protocol refuses, an empty answer to an id of null, no CORS, no batches over WebSocket",
    why: "clients read the error from the body, and take other statuses for a broken connection",
    covers: ({ file, difference: { path } }) => file === "transport" || path === "httpStatus",
  },
  {
    what: "`earliest` is taken wherever a block is named",
    lotus: '`block param "earliest" is not supported` everywhere but in the range of `eth_getLogs` and `eth_newFilter`',
    why: "tools send it",
    covers: lotusSays(/"earliest" is not supported/),
  },
  {
    what: "Parameters may be missing, null or too many where they are optional; call objects, filters and block names are read in every form that tools send",
    lotus:
      "all of them, exactly, and of Go's types; else -32602, -32700, or code 1 where a method reads its parameters itself",
    why: "Ethereum's tools leave out `latest`, add overrides, send numbers for quantities",
    covers: ({ error, refused }) => error !== undefined && !refused && isParameterError(error),
  },
  {
    what: "Wrong parameters are -32602, with the parameter's name, what came and what is expected",
    lotus: "-32602 with a count, -32700 with Go's words, or code 1 where a method reads its parameters itself",
    why: "the message is for people; -32700 says that the request is no JSON",
    covers: ({ error, refused }) => error !== undefined && refused && isParameterError(error),
  },
  {
    what: "A failed call is `execution reverted: REASON` with the revert bytes, or what the EVM would call it, with exit code",
    lotus:
      "`message execution failed (exit=[33], revert reason=[Error(REASON)], vm error=[message failed with backtrace: ...])`",
    why: "ethers, viem and Hardhat parse geth's words",
    covers: ({ error, refused }) =>
      refused && /message execution failed|call ran out of gas/.test(error?.message ?? ""),
  },
  {
    what: "An unknown block, an index beyond the block, an unknown transaction are null",
    lotus:
      "errors of code 1: `failed to get tipset by hash`, `requested a future epoch`, `index 7 out of range`, `transaction not found`",
    why: "tools wait for something that is not null",
    covers: lotusSays(
      /failed to get tipset|requested a future epoch|out of range|transaction not found|could not find transaction|no trace for pending/,
      answers,
    ),
  },
  {
    what: "The head counts by its number and hash as a block: its state and its transactions can be asked for",
    lotus: "`requested a future epoch`, `events for the requested block are not yet available`",
    why: "a block that is announced can be read",
    covers: lotusSays(/not yet available|future epoch/, answers),
  },
  {
    what: "The nonce of an address that nobody has used is 0, of a masked ID that of its actor, with `pending` too",
    lotus: "`failed to get nonce from mpool: ...`",
    why: "wallets ask for the nonce of new accounts",
    covers: ({ file, error }) =>
      file === "eth_getTransactionCount" && (error === undefined || /nonce from mpool/.test(error.message)),
  },
  {
    what: "`eth_syncing` is false",
    lotus: "an error until it has synced with somebody",
    why: "a node that makes its own blocks is always up to date",
    covers: ({ file }) => file === "eth_syncing",
  },
  {
    what: "No limits of ranges, results and filters, unless they are set; `eth_getLogs` reaches into the future and takes all names of blocks",
    lotus: "2880 epochs, 10,000 results, 100 filters; `safe` and `finalized` are no hex",
    why: "a development chain is short, and its owner the only user",
    covers: lotusSays(/block range|is not a hex|maximum number of filters|maximum supported/),
  },
  {
    what: "Errors have geth's codes and words: -32000 for what the node cannot do, -32602 for what the caller did wrong",
    lotus: "code 1",
    why: "tools look for `nonce too low`, `already known`, `filter not found`",
    covers: ({ error, refused }) => refused && error?.code === 1,
  },
  {
    what: "A null round is an error where a block is asked for by that number, in our words",
    lotus: "the same code 12, with the epoch as data",
    why: "names what to do",
    covers: ({ error }) => error?.code === 12,
  },
  {
    what: "Transactions have `gasPrice`, `accessList` and `yParity` as Ethereum's have",
    lotus: "no `gasPrice` on type 2, `accessList` null on all but native messages, no `yParity`",
    why: "ethers, viem and Hardhat's fork read them",
    covers: ({ difference }) => isKnownField(difference) && !difference.path.endsWith("cumulativeGasUsed"),
  },
  {
    what: "`cumulativeGasUsed` is the sum over the block so far",
    lotus: "0x0",
    why: "it is what the field means",
    covers: ({ difference: { path } }) => path.endsWith("cumulativeGasUsed"),
  },
  {
    what: "`eth_estimateGas` is 1.25 times the least gas that suffices, on the state that is asked for, fees aside",
    lotus:
      "1.25 times what was used, on the head with the sender's messages in the pool before it; the sender has to afford the fee",
    why: "the same figure for the same state, whatever waits in the pool",
    covers: ({ file }) => file === "eth_estimateGas",
  },
  {
    what: "`eth_feeHistory` ends with the base fee of the next block; percentiles weigh exactly; the chain begins at 0",
    lotus: "repeats the last base fee, begins at epoch 1",
    why: "wallets compute their fee from the next one",
    covers: ({ file }) => file === "eth_feeHistory",
  },
  {
    what: "`web3_clientVersion` names this node, in a form by which Foundry and Hardhat know a development node",
    lotus: "`v1.36.2-dev+2k`",
    why: "scripts switch by it",
    covers: ({ file }) => file === "web3_clientVersion",
  },
  {
    what: "A log without topics and data counts",
    lotus: "its index loses events without entries",
    why: "it was emitted",
    covers: ({ file, name, difference: { path, expected, actual } }) =>
      (/^eth_get(Logs|FilterLogs|FilterChanges)$/.test(file) ||
        (file === "eth_getBlockReceipts" && /block2/.test(name))) &&
      path.endsWith(".length") &&
      Number(actual) - Number(expected) >= 1,
  },
  {
    what: "`eth_call` without recipient gives the code that would be deployed",
    lotus: "0x",
    why: "deployless calls of viem and of Hardhat",
    covers: ({ file, difference: { expected } }) => file === "eth_call" && expected === "0x",
  },
  {
    what: "`eth_getCode` of a native actor is 0xfe, as EXTCODECOPY gives it; genesis may be asked",
    lotus: "0x; an error for genesis",
    why: "contracts see the same byte",
    covers: ({ file }) => file === "eth_getCode",
  },
  {
    what: "Values are written as Ethereum's tools write them: hex with 0x in pairs of digits",
    lotus: "takes them without 0x, with 0X and of odd length, bare hash and key texts, negative amounts",
    why: "what looks like a mistake is named instead of guessed",
    covers: ({ error, refused }) => error === undefined && refused,
  },
  {
    what: "`pending` is the block that would come now: the mempool executed on top of the head, without a hash",
    lotus: "the head tipset, its bloom all ones until it is executed, and for ever in the cache",
    why: "tools look for their transactions there",
    covers: ({ file, name, difference: { path } }) =>
      /pending/i.test(name) ||
      (/^eth_getBlock/.test(file) && (/logsBloom|\.hash$/.test(path) || /head/.test(name))) ||
      /head/.test(name),
  },
  {
    what: "The genesis block has no parent",
    lotus: "names a block that nobody has",
    why: "tools walk back until zero",
    covers: ({ difference: { path } }) => path.endsWith("parentHash"),
  },
  {
    what: "`eth_getFilterLogs` gives all logs that pass the filter, and a filter begins to collect when it is made",
    lotus: "what came since the last question, by either method; the first answer has the logs before the filter, too",
    why: "as geth has it",
    covers: ({ file }) => /^eth_(getFilter|uninstallFilter|newFilter|newBlockFilter)/.test(file),
  },
  {
    what: "Subscriptions: `newHeads` gives headers, `newPendingTransactions` whole transactions if asked, `syncing` is there; no trace context",
    lotus: "`newHeads` gives blocks with transactions; every notification carries `meta`",
    why: "as geth has it",
    covers: ({ file }) => /^eth_(subscribe|subscription|unsubscribe)$/.test(file),
  },
  {
    what: "`eth_sendRawTransaction` refuses what Ethereum's nodes refuse: integers with leading zeros, a high s, value beyond the balance, more than a million nonces ahead",
    lotus: "takes them",
    why: "a transaction that cannot succeed, or whose hash changes, is a mistake of its sender",
    covers: ({ file, name }) =>
      file === "eth_sendRawTransaction" || /some blocks later|highS|tx of the pool/.test(name),
  },
  {
    what: "The traces of a message that ended before any actor ran are an empty list; the head's can be asked for",
    lotus: "null",
    why: "tools walk over a list",
    covers: ({ file }) => file.startsWith("trace_"),
  },
]

/** Fields that are meant to differ wherever they stand: the rest of the answer has to be as recorded all the same. */
export function isKnownField({ path }: Difference): boolean {
  return /\.(gasPrice|accessList|yParity|cumulativeGasUsed)$/.test(path)
}

function isParameterError({ code, message }: { readonly code: number; readonly message: string }): boolean {
  if (code === -32602 || code === -32700 || code === 0) return true
  return /decoding params|parse block number|invalid block param|cannot parse|failed to parse eth filter|invalid epoch|must not specify|too many topics|reward percentile|block count|class 4|storage key is too long|only 'trace'|unsupported event type|invalid response count|is not a hex/.test(
    message,
  )
}

/** The rule that covers a case of the default dialect; undefined: it differs without anybody wanting it. */
export function divergenceOf(
  file: string,
  { name, response }: GoldenCase,
  difference: Difference,
  refused: boolean,
): Divergence | undefined {
  const error = response?.error as Finding["error"]
  return DIVERGENCES.find(({ covers }) => covers({ file, name, error, difference, refused }))
}
