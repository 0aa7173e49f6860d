import { Common, Hardfork, Mainnet } from "@ethereumjs/common"
import { createEVM, type EVM } from "@ethereumjs/evm"
import { SimpleStateManager } from "@ethereumjs/statemanager"
import { Account, type Address, createAddressFromString } from "@ethereumjs/util"
import { type EthereumCase, fromHex, gasPriceOf, type Outcome, toHex, word } from "./case.ts"

/** What @ethereumjs/evm did with a case, and why the case says nothing about Filecoin, if so. */
export interface Reference {
  readonly outcome: Outcome
  /** The rule by which the case is excluded. */
  readonly excluded: string | undefined
}

/** Instructions whose value or effect is another on Filecoin by design: see src/evm-actor/DIVERGENCES.md. */
const OTHER_BY_DESIGN: Readonly<Record<string, string>> = {
  COINBASE: "reads COINBASE (0 on Filecoin)",
  PREVRANDAO: "reads PREVRANDAO (Filecoin's beacon)",
  DIFFICULTY: "reads PREVRANDAO (Filecoin's beacon)",
  GASLIMIT: "reads GASLIMIT (10^10 on Filecoin)",
  BLOCKHASH: "reads BLOCKHASH (digest of a tipset CID on Filecoin)",
  BLOBHASH: "runs BLOBHASH (undefined on Filecoin)",
  BLOBBASEFEE: "runs BLOBBASEFEE (undefined on Filecoin)",
  CALLCODE: "runs CALLCODE (undefined on Filecoin)",
  SELFDESTRUCT: "runs SELFDESTRUCT (EIP-6780 is not in force on Filecoin)",
}
/** A call that may use less than this hangs on what gas buys. Filecoin gas buys some thousand times less. */
const ENOUGH_GAS = 10n ** 10n
/** Bytes of data that an event takes. @see FIP-0049 */
const MOST_EVENT_DATA = 8192n
/** Each level costs Filecoin gas of its own and keeps 1/64 back: how deep a recursion comes is a matter of gas. */
const DEEPEST = 200
const CALLS = new Set(["CALL", "CALLCODE", "DELEGATECALL", "STATICCALL"])

const common = new Common({ chain: Mainnet, hardfork: Hardfork.Cancun })

function addressOf(text: string): Address {
  return createAddressFromString(text as `0x${string}`)
}

/** Gas of a transaction before it runs. @see EIP-2028, EIP-2930, EIP-3860 */
function intrinsicGas({ tx }: EthereumCase): bigint {
  const data = fromHex(tx.data)
  let gas = 21000n
  for (const byte of data) gas += byte === 0 ? 4n : 16n
  if (tx.to === "" || tx.to === "0x") gas += 32000n + 2n * BigInt(Math.ceil(data.length / 32))
  for (const { storageKeys } of tx.accessList ?? []) gas += 2400n + 1900n * BigInt(storageKeys.length)
  return gas
}

/** Runs a case on @ethereumjs/evm and watches what it hangs on. */
export async function runReference(test: EthereumCase): Promise<Reference> {
  const { tx, pre } = test
  const stateManager = new SimpleStateManager({ common })
  for (const [text, account] of Object.entries(pre)) {
    const address = addressOf(text)
    await stateManager.putAccount(address, new Account(BigInt(account.nonce ?? 0), BigInt(account.balance ?? 0)))
    if (account.code) await stateManager.putCode(address, fromHex(account.code))
    for (const [key, value] of Object.entries(account.storage ?? {}))
      await stateManager.putStorage(address, word(key), fromHex(value))
  }
  const evm = await createEVM({ common, stateManager })
  const price = gasPriceOf(test)
  const gasLimit = BigInt(tx.gasLimit)
  const sender = addressOf(tx.sender)
  const account = (await stateManager.getAccount(sender)) ?? new Account()
  const intrinsic = intrinsicGas(test)
  let excluded: string | undefined
  const exclude = (reason: string): void => {
    excluded ??= reason
  }
  if (intrinsic > gasLimit) exclude("the transaction is invalid: its gas limit is below the intrinsic gas")
  if (account.balance < gasLimit * price + BigInt(tx.value))
    exclude("the transaction is invalid: the sender cannot pay")
  if (account.nonce !== BigInt(tx.nonce)) exclude("the transaction is invalid: wrong nonce")
  if (excluded !== undefined) return { outcome: { accounts: new Map(), logs: [], succeeded: false }, excluded }
  account.balance -= gasLimit * price
  await stateManager.putAccount(sender, account)

  watch(evm, test, exclude)
  const creation = tx.to === "" || tx.to === "0x"
  if (!creation) {
    account.nonce += 1n
    await stateManager.putAccount(sender, account)
  }
  const { execResult } = await evm.runCall({
    block: blockOf(test),
    caller: sender,
    gasPrice: price,
    gasLimit: gasLimit - intrinsic,
    ...(creation ? {} : { to: addressOf(tx.to) }),
    value: BigInt(tx.value),
    data: fromHex(tx.data),
  })
  if (execResult.exceptionError?.error.includes("gas")) exclude("runs out of gas")
  const accounts: Map<string, Outcome["accounts"] extends ReadonlyMap<string, infer A> ? A : never> = new Map()
  for (const text of new Set([...Object.keys(pre), ...Object.keys(test.post)])) {
    const address = addressOf(text)
    const got = await stateManager.getAccount(address)
    if (got === undefined) continue
    const storage = new Map<bigint, bigint>()
    for (const key of new Set([
      ...Object.keys(pre[text]?.storage ?? {}),
      ...Object.keys(test.post[text]?.storage ?? {}),
    ])) {
      const bytes = await stateManager.getStorage(address, word(key))
      const value = bytes.length === 0 ? 0n : BigInt(toHex(bytes))
      if (value !== 0n) storage.set(BigInt(key), value)
    }
    accounts.set(text.toLowerCase(), {
      balance: got.balance,
      nonce: got.nonce,
      code: toHex(await stateManager.getCode(address)),
      storage,
    })
  }
  for (const [text, { code }] of Object.entries(test.post)) {
    const expected = code === "=" ? pre[text]?.code : code
    if ((accounts.get(text.toLowerCase())?.code ?? "0x") !== (expected ?? "0x"))
      exclude("leaves other code on @ethereumjs/evm: what it cost decides")
  }
  const logs = (execResult.logs ?? []).map(([address, topics, data]) =>
    [toHex(address), ...topics.map(toHex), toHex(data)].join(" "),
  )
  return {
    outcome: {
      accounts,
      logs: execResult.exceptionError ? [] : logs,
      succeeded: execResult.exceptionError === undefined,
    },
    excluded,
  }
}

function blockOf({ env }: EthereumCase): never {
  return {
    header: {
      number: BigInt(env.number),
      coinbase: addressOf(env.coinbase),
      timestamp: BigInt(env.timestamp),
      difficulty: 0n,
      prevRandao: word(env.prevRandao),
      gasLimit: BigInt(env.gasLimit),
      baseFeePerGas: BigInt(env.baseFee),
      getBlobGasPrice: () => 1n,
    },
  } as never
}

/** Notes everything by which the outcome would hang on Ethereum's gas, fees or blocks. */
function watch(evm: EVM, { tx, env, pre }: EthereumCase, exclude: (reason: string) => void): void {
  const payers = new Set([BigInt(tx.sender), BigInt(env.coinbase)])
  let gasRead: number | undefined
  evm.events?.on("step", ({ opcode, stack, depth }) => {
    const { name } = opcode
    const allGas = gasRead === depth && CALLS.has(name)
    if (gasRead !== undefined) {
      if (!CALLS.has(name) || gasRead !== depth) exclude("reads GAS for other than the next call")
      gasRead = undefined
    }
    const reason = OTHER_BY_DESIGN[name]
    if (reason !== undefined) exclude(reason)
    if (CALLS.has(name) && isFilecoinPrecompile(stack.at(-2) ?? 0n))
      exclude("calls an address that is a precompile on Filecoin only")
    if (depth > DEEPEST) exclude("nests calls deeper than 1/64 of the gas for each lasts")
    if (name === "GAS") gasRead = depth
    const top = stack.at(-1) ?? 0n
    if (name === "BALANCE" && payers.has(BigInt.asUintN(160, top))) exclude("reads a balance that fees have changed")
    if (name === "EXTCODEHASH" && isPrecompile(top))
      exclude("hashes the code of a precompile (that of nothing on Filecoin, not zero)")
    if (name.startsWith("LOG") && (stack.at(-2) ?? 0n) > MOST_EVENT_DATA)
      exclude("logs more than 8,192 bytes (FIP-0049)")
    if (name === "SELFBALANCE" && pre[tx.sender]?.code) exclude("reads a balance that fees have changed")
    if (CALLS.has(name) && !allGas && top < ENOUGH_GAS && !isPrecompile(stack.at(-2) ?? 0n))
      exclude("limits the gas of a call")
    if ((name === "CREATE" || name === "CREATE2") && (stack.at(-3) ?? 0n) > 49152n)
      exclude("makes a contract of more than 49,152 bytes of initcode (no EIP-3860)")
  })
  evm.events?.on("afterMessage", ({ execResult }) => {
    const error = execResult.exceptionError?.error
    if (error?.includes("gas")) exclude("runs out of gas")
  })
}

function isPrecompile(address: bigint): boolean {
  const low = BigInt.asUintN(160, address)
  return low > 0n && low < 0x0an
}

/** BLS12-381 and P256VERIFY came after Cancun; 0xfe00...xx are Filecoin's own. */
function isFilecoinPrecompile(address: bigint): boolean {
  const low = BigInt.asUintN(160, address)
  return (low >= 0x0an && low <= 0x11n) || low === 0x100n || (low >> 8n === 0xfen << 144n && (low & 0xffn) !== 0n)
}
