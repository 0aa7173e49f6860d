import { Common, Hardfork, Mainnet } from "@ethereumjs/common"
import { createEVM, type EVM, EVMError, paramsEVM } from "@ethereumjs/evm"
import { SimpleStateManager } from "@ethereumjs/statemanager"
import { Account, type Address, createAddressFromString } from "@ethereumjs/util"
import { blake2b } from "@noble/hashes/blake2.js"
import { oracleExterns } from "../vectors/oracle-externs.ts"
import { type EthereumCase, fromHex, gasPriceOf, type Outcome, toHex, word } from "./case.ts"
import { FREE_GAS } from "./free-gas.ts"

/** What @ethereumjs/evm did with a case, and why that says nothing about Filecoin, if so. */
export interface Reference {
  readonly outcome: Outcome
  readonly returnData: Uint8Array
  /** The rule by which the case is excluded. */
  readonly excluded: string | undefined
  /** Whether GAS was read for other than the next call, by Filecoin's rules. */
  readonly readsGas: boolean
  /** Whether a call was given less than all gas, and little enough to hang on it, by Filecoin's rules. */
  readonly limitsGas: boolean
  /** Whether the run was given up: it may be long elsewhere too. */
  readonly endless: boolean
}

/**
 * By which rules @ethereumjs/evm runs a case.
 *
 * `ethereum`: as a block of Cancun would, with its gas. What Filecoin has otherwise excludes a case.
 *
 * `filecoin`: gas costs nothing, and what Filecoin has otherwise is set so: no CALLCODE and no blob instructions, CLZ, SELFDESTRUCT as before
 * EIP-6780, no limit on initcode, the precompiles of the network, which ignore the gas they are given, COINBASE, GASLIMIT, PREVRANDAO and BLOCKHASH.
 */
export type Rules = "ethereum" | "filecoin"

/** Instructions whose value or effect is another on Filecoin by design: see src/evm-actor/DIVERGENCES.md. */
const OTHER_BY_DESIGN: Readonly<Record<number, string>> = {
  30: "runs CLZ",
  64: "reads BLOCKHASH",
  65: "reads COINBASE",
  68: "reads PREVRANDAO",
  69: "reads GASLIMIT",
  73: "runs BLOBHASH",
  74: "runs BLOBBASEFEE",
  242: "runs CALLCODE",
  255: "runs SELFDESTRUCT",
}
/** A call that may use less than this hangs on what gas buys. Filecoin gas buys some thousand times less. */
const ENOUGH_GAS = 10n ** 10n
/** Bytes of data that an event takes. @see FIP-0049 */
const MOST_EVENT_DATA = 8192n
/** Calls that both sides surely nest: the limits differ, since a creation takes three levels on Filecoin. */
const DEEPEST = 300
/** With gas of its own, each level keeps 1/64 back: how deep a recursion comes is a matter of gas before that. */
const DEEPEST_WITH_GAS = 200
/** Words of memory that a call may take without gas: 64 MiB. */
const MOST_MEMORY = 2n ** 21n
/** From here on a region ends the call on both sides. */
const OUT_OF_MEMORY = 2n ** 27n
/** Steps of a run without gas, of which some never end. */
const MOST_STEPS = 200_000
/** Each creation makes @ethereumjs/evm copy the state. */
const STEPS_OF_CREATION = 500
/** Accounts and slots that it copies in the time of a step. */
const ENTRIES_OF_STEP = 4
/** Bytes that are hashed or copied in the time of a step. */
const BYTES_OF_STEP = 256n
/** More than any run without gas can lose by failing calls, each of which takes what it was given. */
const ENDLESS = 2n ** 4000n
const [GAS, BALANCE, EXTCODEHASH, CALL, CALLCODE, DELEGATECALL, STATICCALL, CREATE, CREATE2, SELFDESTRUCT] = [
  0x5a, 0x31, 0x3f, 0xf1, 0xf2, 0xf4, 0xfa, 0xf0, 0xf5, 0xff,
]
const [RETURN, REVERT] = [0xf3, 0xfd]
const P256VERIFY = 0x100n
const [LOG0, LOG4] = [0xa0, 0xa4]
/** Bytes that a call may return: a block, less the head of its CBOR. */
const MOST_RETURN = 2n ** 20n - 5n
const HASH_OF_NOTHING = 0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470n
/** Reserved, but no precompile on Filecoin. */
const POINT_EVALUATION = 0x0an
/** Bytes that a block takes, less its head. */
const MOST_BLOCK = 2n ** 20n - 64n
const BLOCK_GAS_LIMIT = 10n ** 10n
const PREVRANDAO_TAG = 10n

/** Instructions that read many bytes, and where their size lies below the top of the stack. */
const SIZE_AT: Readonly<Record<number, number>> = { 32: 1, 55: 2, 57: 2, 60: 3, 62: 2, 94: 2 }

const isCall = (op: number): boolean => op === CALL || op === CALLCODE || op === DELEGATECALL || op === STATICCALL

const cancun = new Common({ chain: Mainnet, hardfork: Hardfork.Cancun })
// EIPs 1153 (transient storage), 2537 (BLS12-381), 5656 (MCOPY), 7939 (CLZ), 7951 (P-256)
const filecoin = new Common({ chain: Mainnet, hardfork: Hardfork.Shanghai, eips: [1153, 2537, 5656, 7939, 7951] })
const filecoinWithoutP256 = new Common({ chain: Mainnet, hardfork: Hardfork.Shanghai, eips: [1153, 2537, 5656, 7939] })

/** Prices of nothing. */
const FREE: typeof paramsEVM = Object.fromEntries(
  Object.entries(paramsEVM as unknown as Record<string, Record<string, unknown>>).map(([eip, params]) => [
    eip,
    Object.fromEntries(
      Object.entries(params).map(([name, value]) => {
        // SSTORE wants more than this to be left.
        if (name === "sstoreSentryEIP2200Gas") return [name, -1]
        if (name === "quadCoefficientDivGas") return [name, 2 ** 100]
        return [name, name.endsWith("Gas") && !name.toLowerCase().includes("divisor") ? 0 : value]
      }),
    ),
  ]),
) as unknown as typeof paramsEVM

/** What the wrapped instructions see: the part of the interpreter's state that is looked at. */
interface RunState {
  readonly opCode: number
  readonly stack: {
    peek(count: number): bigint[]
    pop(): bigint
    push(value: bigint): void
    readonly length: number
  }
  readonly env: { readonly depth: number; readonly address: Address; readonly isCreate?: boolean }
  readonly memory: { read(offset: number, size: number): Uint8Array }
  readonly memoryWordCount: bigint
  readonly gasLeft: bigint
  messageGasLimit?: bigint
}
type Handler = (state: RunState, common: Common) => Promise<void> | void

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

/** The beacon's word for PREVRANDAO. @see FIP-0054 */
function prevRandao(epoch: bigint): Uint8Array {
  const draw = new Uint8Array(58)
  const view = new DataView(draw.buffer)
  view.setBigInt64(0, PREVRANDAO_TAG)
  draw.set(oracleExterns.getBeaconRandomness(epoch), 8)
  view.setBigInt64(40, epoch)
  draw.set(new TextEncoder().encode("prevrandao"), 48)
  return blake2b(draw, { dkLen: 32 })
}

/** Why a transaction is no transaction on Ethereum; undefined if it is one. */
export function invalidTransaction(test: EthereumCase): string | undefined {
  const { tx, pre } = test
  const sender = Object.entries(pre).find(([address]) => BigInt(address) === BigInt(tx.sender))?.[1]
  const gasLimit = BigInt(tx.gasLimit)
  if (intrinsicGas(test) > gasLimit) return "the transaction is invalid: its gas limit is below the intrinsic gas"
  if (BigInt(sender?.balance ?? 0) < gasLimit * gasPriceOf(test) + BigInt(tx.value))
    return "the transaction is invalid: the sender cannot pay"
  if (BigInt(sender?.nonce ?? 0) !== BigInt(tx.nonce)) return "the transaction is invalid: wrong nonce"
  return undefined
}

/**
 * Runs a case on @ethereumjs/evm and watches what it hangs on.
 *
 * @param mostSteps - A run without gas that takes more instructions is given up.
 * @param onward - Goes on when a rule excludes the case, to see whether it ends.
 */
export async function runReference(
  test: EthereumCase,
  rules: Rules,
  mostSteps: number = MOST_STEPS,
  onward: boolean = false,
): Promise<Reference> {
  const { tx, pre, env } = test
  // A favourite address of test authors. The code there runs on Filecoin if a transaction calls it; a call of it is excluded.
  const codeAtP256 = Object.entries(pre).some(([address, { code }]) => code && BigInt(address) === P256VERIFY)
  const common = rules === "ethereum" ? cancun : codeAtP256 ? filecoinWithoutP256 : filecoin
  const stateManager = new SimpleStateManager({ common })
  for (const [text, account] of Object.entries(pre)) {
    const address = addressOf(text)
    await stateManager.putAccount(address, new Account(BigInt(account.nonce ?? 0), BigInt(account.balance ?? 0)))
    if (account.code) await stateManager.putCode(address, fromHex(account.code))
    for (const [key, value] of Object.entries(account.storage ?? {}))
      await stateManager.putStorage(address, word(key), fromHex(value))
  }
  // Each EVM listens to what it is made with, and would be held by it for ever.
  common.events.removeAllListeners("hardforkChanged")
  const evm = await createEVM({
    common,
    stateManager,
    ...(rules === "filecoin"
      ? {
          params: FREE,
          customOpcodes: [
            { opcode: CALLCODE },
            {
              opcode: GAS,
              opcodeName: "GAS",
              baseFee: 0,
              logicFunction: (state: unknown) => (state as RunState).stack.push(FREE_GAS),
            },
          ],
          allowUnlimitedInitCodeSize: true,
          blockchain: {
            getBlock: (number: number) =>
              Promise.resolve({ hash: () => oracleExterns.getTipsetCid(BigInt(number)).multihash.digest }),
            putBlock: () => Promise.resolve(),
            shallowCopy: () => undefined,
          } as never,
        }
      : {}),
  })
  const price = gasPriceOf(test)
  const gasLimit = BigInt(tx.gasLimit)
  const sender = addressOf(tx.sender)
  const account = (await stateManager.getAccount(sender)) ?? new Account()
  if (rules === "ethereum") account.balance -= gasLimit * price
  await stateManager.putAccount(sender, account)

  const watcher = new Watcher(test, rules, codeAtP256, stateManager, mostSteps, onward)
  watcher.watch(evm)
  const creation = tx.to === "" || tx.to === "0x"
  const header =
    rules === "ethereum"
      ? { coinbase: env.coinbase, prevRandao: word(env.prevRandao), gasLimit: BigInt(env.gasLimit) }
      : { coinbase: `0x${"00".repeat(20)}`, prevRandao: prevRandao(BigInt(env.number)), gasLimit: BLOCK_GAS_LIMIT }
  let outcome: Outcome = { accounts: new Map(), logs: [], succeeded: false }
  let returnData: Uint8Array = new Uint8Array(0)
  try {
    const { execResult } = await evm.runCall({
      block: {
        header: {
          number: BigInt(env.number),
          timestamp: BigInt(env.timestamp),
          difficulty: 0n,
          baseFeePerGas: BigInt(env.baseFee),
          getBlobGasPrice: () => 1n,
          ...header,
          coinbase: addressOf(header.coinbase),
        },
      } as never,
      caller: sender,
      gasPrice: price,
      gasLimit: rules === "ethereum" ? gasLimit - intrinsicGas(test) : ENDLESS,
      ...(creation ? {} : { to: addressOf(tx.to) }),
      value: BigInt(tx.value),
      data: fromHex(tx.data),
    })
    if (rules === "ethereum" && execResult.exceptionError?.error.includes("gas")) watcher.exclude("runs out of gas")
    if (!creation && isPrecompile(BigInt(tx.to)) && !codeAtP256) watcher.exclude("is sent to a precompile")
    const logs = (execResult.logs ?? []).map(([address, topics, data]) =>
      [toHex(address), ...topics.map(toHex), toHex(data)].join(" "),
    )
    const dead = new Set([...(execResult.selfdestruct ?? new Map()).keys()].map((address) => BigInt(address)))
    outcome = {
      accounts: accountsOf(stateManager, dead),
      logs: execResult.exceptionError ? [] : logs,
      succeeded: execResult.exceptionError === undefined,
    }
    returnData = execResult.returnValue
    if (rules === "ethereum" && !leavesCodeAsCase(test, outcome))
      watcher.exclude("leaves other code on @ethereumjs/evm than the case says")
  } catch (error) {
    // Beside its own ends, some memory that is too large is a fault of @ethereumjs/evm.
    if (!(error instanceof Enough))
      watcher.exclude(`@ethereumjs/evm faults (${error instanceof Error ? error.name : error})`)
  }
  const { excluded, readsGas, limitsGas, endless } = watcher
  return { outcome, returnData, excluded, readsGas, limitsGas, endless }
}

function leavesCodeAsCase({ pre, post }: EthereumCase, { accounts }: Outcome): boolean {
  return Object.entries(post).every(([address, { code }]) => {
    const expected = code === "=" ? pre[address]?.code : code
    return (accounts.get(address.toLowerCase())?.code ?? "0x") === (expected ?? "0x").toLowerCase()
  })
}

/** The whole state: all accounts, and the storage of each. */
function accountsOf(stateManager: SimpleStateManager, dead: ReadonlySet<bigint>): Outcome["accounts"] {
  const [accounts, codes, slots] = [stateManager.accountStack, stateManager.codeStack, stateManager.storageStack].map(
    (stack) => stack.at(-1),
  ) as unknown as [Map<string, Account | undefined>, Map<string, Uint8Array>, Map<string, Uint8Array>]
  const storages = new Map<string, Map<bigint, bigint>>()
  for (const [name, bytes] of slots) {
    // The name of a slot: address, underscore, key.
    const [address, key] = name.split("_") as [string, string]
    const value = bytes.length === 0 ? 0n : BigInt(toHex(bytes))
    if (value === 0n) continue
    const storage = storages.get(address.toLowerCase()) ?? new Map<bigint, bigint>()
    storage.set(BigInt(key.startsWith("0x") ? key : `0x${key}`), value)
    storages.set(address.toLowerCase(), storage)
  }
  const found: Map<string, Outcome["accounts"] extends ReadonlyMap<string, infer A> ? A : never> = new Map()
  for (const [text, account] of accounts) {
    if (account === undefined) continue
    const code = codes.get(text)
    found.set(text.toLowerCase(), {
      balance: account.balance,
      nonce: account.nonce,
      code: code === undefined || account.isEmpty() ? "0x" : toHex(code),
      storage: storages.get(text.toLowerCase()) ?? new Map(),
      dead: dead.has(BigInt(text)),
    })
  }
  return found
}

/** Ends a run that says nothing any more. Not an error of the EVM, so that no call catches it. */
class Enough {}

/** Notes everything by which the outcome would be another on Filecoin. */
class Watcher {
  excluded: string | undefined
  readsGas = false
  limitsGas = false
  endless = false
  readonly #rules: Rules
  readonly #pre: EthereumCase["pre"]
  readonly #payers: ReadonlySet<bigint>
  readonly #sender: string
  readonly #codeAtP256: boolean
  readonly #mostSteps: number
  readonly #onward: boolean
  #steps = 0
  /** Depth at which the last instruction was GAS. */
  #gasRead = -1
  /** Accounts that are there, or that a call may have made, on Filecoin. */
  readonly #touched: Set<bigint>
  readonly #accountOf: (address: bigint) => Account | undefined
  readonly #stateManager: SimpleStateManager

  constructor(
    { tx, env, pre }: EthereumCase,
    rules: Rules,
    codeAtP256: boolean,
    stateManager: SimpleStateManager,
    mostSteps: number,
    onward: boolean,
  ) {
    this.#stateManager = stateManager
    this.#mostSteps = mostSteps
    this.#onward = onward
    this.#touched = new Set([...Object.keys(pre), tx.sender, tx.to === "" ? tx.sender : tx.to].map(BigInt))
    this.#accountOf = (address) => stateManager.accountStack.at(-1)?.get(`0x${address.toString(16).padStart(40, "0")}`)
    this.#rules = rules
    this.#codeAtP256 = codeAtP256
    this.#pre = pre
    this.#payers = new Set([BigInt(tx.sender), BigInt(env.coinbase)])
    this.#sender = tx.sender
  }

  exclude(reason: string): void {
    this.excluded ??= reason
  }

  #stop(reason: string): void {
    this.exclude(reason)
    if (!this.#onward) throw new Enough()
  }

  /** Ends a run that may be long. */
  #giveUp(reason: string): never {
    this.endless = true
    this.exclude(reason)
    throw new Enough()
  }

  /** Puts itself before every instruction: events of @ethereumjs/evm copy stack and memory for each. */
  watch(evm: EVM): void {
    const map = (
      evm as unknown as { _opcodeMap: Array<{ opHandler: Handler; opcodeInfo: { isAsync: boolean } } | undefined> }
    )._opcodeMap
    for (let op = 0; op < 256; op++) {
      const entry = map[op]
      if (entry === undefined) continue
      const { opHandler } = entry
      map[op] = {
        ...entry,
        opHandler: (state, common) => {
          this.#step(op, state)
          if (this.#rules === "filecoin") {
            if (op === EXTCODEHASH && this.#hashAsFilecoin(state)) return
            if (op === SELFDESTRUCT && this.#isBeneficiary(state))
              return this.#keepFunds(state, () => opHandler(state, common))
          }
          return opHandler(state, common)
        },
      }
    }
    if (this.#rules === "filecoin") return
    evm.events?.on("afterMessage", ({ execResult }) => {
      if (execResult.exceptionError?.error.includes("gas")) this.#stop("runs out of gas")
    })
  }

  #step(op: number, state: RunState): void {
    const { depth } = state.env
    const { stack } = state
    const allGas = this.#gasRead === depth && isCall(op)
    if (this.#gasRead >= 0 && !allGas) {
      this.readsGas = true
      if (this.#rules === "ethereum") this.#stop("reads GAS for other than the next call")
    }
    this.#gasRead = op === GAS ? depth : -1
    this.#steps += op === CREATE || op === CREATE2 ? STEPS_OF_CREATION : 1
    // Each call makes it copy the state.
    if (op >= CREATE && op !== RETURN && this.#rules === "filecoin")
      this.#steps += this.#sizeOfState() / ENTRIES_OF_STEP
    const size = SIZE_AT[op]
    if (size !== undefined && size < stack.length)
      this.#steps += Number(BigInt.asUintN(40, stack.peek(size + 1)[size] as bigint) / BYTES_OF_STEP)
    if (this.#steps > this.#mostSteps && this.#rules === "filecoin")
      this.#giveUp(`takes more than ${this.#mostSteps} steps`)
    if (depth > (this.#rules === "ethereum" ? DEEPEST_WITH_GAS : DEEPEST))
      this.#giveUp(`nests more than ${DEEPEST} calls`)
    if (state.memoryWordCount > MOST_MEMORY && this.#rules === "filecoin") {
      if (state.memoryWordCount >= OUT_OF_MEMORY) throw new EVMError(EVMError.errorMessages.OUT_OF_GAS)
      this.#giveUp("takes more than 64 MiB of memory")
    }
    if (op < 0x31) {
      if (op === 0x1e) this.#other(op)
      return
    }
    this.#other(op)
    if (op >= LOG0 && op <= LOG4) {
      if ((stack.peek(2)[1] as bigint) > MOST_EVENT_DATA) this.#halt("logs more than 8,192 bytes (FIP-0049)")
    } else if (op === RETURN || op === REVERT) {
      // It looks for EIP-3541 in the data of a revert too.
      if (op === REVERT && state.env.isCreate && startsAsReserved(state))
        this.#stop("reverts a creation with 0xEF first, which @ethereumjs/evm takes for code")
      if ((stack.peek(2)[1] as bigint) > MOST_RETURN) this.#halt("returns more than a block takes (1 MiB)")
    } else if (op === EXTCODEHASH) this.#hash(BigInt.asUintN(160, stack.peek(1)[0] as bigint))
    else if (isCall(op)) this.#call(state, allGas)
    else if (this.#rules === "ethereum") this.#payer(op, state)
    else if (op === SELFDESTRUCT) {
      const to = BigInt.asUintN(160, stack.peek(1)[0] as bigint)
      this.#touched.add(to)
    }
  }

  /** What ends a call on Filecoin ends it in a run by its rules too; a run by Ethereum's says nothing. */
  #halt(reason: string): void {
    if (this.#rules === "filecoin") throw new EVMError(EVMError.errorMessages.OUT_OF_GAS)
    this.#stop(reason)
  }

  /** Precompiles and placeholders have the code hash of nothing. Whether that was answered. */
  #hashAsFilecoin({ stack }: RunState): boolean {
    const address = BigInt.asUintN(160, stack.peek(1)[0] as bigint)
    const account = this.#accountOf(address)
    const isPlaceholder = this.#touched.has(address) && (account === undefined || account.isEmpty())
    if (!isPrecompile(address) && !isPlaceholder) return false
    stack.pop()
    stack.push(address === POINT_EVALUATION ? 0n : HASH_OF_NOTHING)
    return true
  }

  /** Whether a contract that dies is given its own funds. Ethereum burns them, Filecoin leaves them where they are. */
  #isBeneficiary({ stack, env }: RunState): boolean {
    return BigInt.asUintN(160, stack.peek(1)[0] as bigint) === BigInt(env.address.toString())
  }

  async #keepFunds({ env }: RunState, die: () => Promise<void> | void): Promise<void> {
    const balance = this.#accountOf(BigInt(env.address.toString()))?.balance ?? 0n
    try {
      await die()
    } finally {
      await this.#stateManager.modifyAccountFields(env.address, { balance })
    }
  }

  /** Accounts and slots that are there. */
  #sizeOfState(): number {
    const { accountStack, storageStack } = this.#stateManager as unknown as Record<string, Array<Map<unknown, unknown>>>
    return (accountStack?.at(-1)?.size ?? 0) + (storageStack?.at(-1)?.size ?? 0)
  }

  #hash(address: bigint): void {
    if (this.#rules === "filecoin") return
    if (isPrecompile(address)) this.#stop("hashes the code of a precompile (that of nothing on Filecoin, not zero)")
    const account = this.#accountOf(address)
    if (this.#touched.has(address) && (account === undefined || account.isEmpty()))
      this.#stop("hashes the code of an empty account (a placeholder on Filecoin, which Ethereum forgets)")
  }

  #other(op: number): void {
    const reason = OTHER_BY_DESIGN[op]
    if (reason !== undefined && this.#rules === "ethereum") this.#stop(`${reason}, which is another on Filecoin`)
  }

  #call(state: RunState, allGas: boolean): void {
    const [gas, to] = state.stack.peek(2) as [bigint, bigint]
    this.#touched.add(BigInt.asUintN(160, to))
    if ((state.stack.peek(state.opCode === CALL ? 5 : 4).at(-1) as bigint) > MOST_BLOCK)
      this.#stop("calls with more than a block takes (1 MiB)")
    if (isFilecoinPrecompile(to)) this.#stop("calls a precompile of Filecoin")
    if (this.#codeAtP256 && BigInt.asUintN(160, to) === P256VERIFY) this.#stop("calls code at a precompile's address")
    if (this.#rules === "filecoin") {
      if (!allGas && gas < ENOUGH_GAS && !isPrecompile(to)) this.limitsGas = true
      // No limit is too low, as on the kernel; and precompiles of Filecoin ignore it.
      state.messageGasLimit = state.gasLeft - state.gasLeft / 64n
    } else {
      if (isLatePrecompile(to)) this.#stop("calls a precompile that came after Cancun, or that of blobs")
      if (!allGas && gas < ENOUGH_GAS && !isPrecompile(to)) this.#stop("limits the gas of a call")
    }
  }

  /** What Ethereum's gas and fees decide. */
  #payer(op: number, state: RunState): void {
    if (op === BALANCE && this.#payers.has(BigInt.asUintN(160, state.stack.peek(1)[0] as bigint)))
      this.#stop("reads a balance that fees have changed")
    if (op === 0x47 && this.#pre[this.#sender]?.code) this.#stop("reads a balance that fees have changed")
    if ((op === CREATE || op === CREATE2) && (state.stack.peek(3)[2] as bigint) > 49152n)
      this.#stop("makes a contract of more than 49,152 bytes of initcode (no EIP-3860)")
  }
}

/** Whether the data of a REVERT that comes starts with 0xEF. */
function startsAsReserved({ stack, memory }: RunState): boolean {
  const [offset, size] = stack.peek(2) as [bigint, bigint]
  return size > 0n && offset < MOST_BLOCK && memory.read(Number(offset), 1)[0] === 0xef
}

function isPrecompile(address: bigint): boolean {
  const low = BigInt.asUintN(160, address)
  return low > 0n && low < 0x0an ? true : isLatePrecompile(address)
}

function isLatePrecompile(address: bigint): boolean {
  const low = BigInt.asUintN(160, address)
  return (low >= 0x0an && low <= 0x11n) || low === P256VERIFY
}

/** 0xfe00...xx are Filecoin's own. */
function isFilecoinPrecompile(address: bigint): boolean {
  const low = BigInt.asUintN(160, address)
  return low >> 8n === 0xfen << 144n && (low & 0xffn) !== 0n
}
