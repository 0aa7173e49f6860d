import { keccak_256 } from "@noble/hashes/sha3.js"
import { Address } from "../../src/address/address.ts"
import { toEthAddress, toFilecoinAddress } from "../../src/address/ethereum.ts"
import { Executor } from "../../src/fvm/executor/executor.ts"
import { type Bundle, codeOfBundles } from "../../src/fvm/machine/bundle.ts"
import { machineContext } from "../../src/fvm/machine/context.ts"
import { EMPTY_LIST_CID, Machine } from "../../src/fvm/machine/machine.ts"
import { runtimeFor } from "../../src/fvm/runtime.ts"
import { createAddressMap, storeInitState } from "../../src/fvm/state-tree/init-actor.ts"
import { StateTree } from "../../src/fvm/state-tree/state-tree.ts"
import { MemoryBlockstore, putCbor } from "../../src/ipld/blockstore.ts"
import { type CID, cidOfBlock, RAW } from "../../src/ipld/cid.ts"
import { decode, encode } from "../../src/ipld/dag-cbor.ts"
import { Kamt, uint256Codec } from "../../src/ipld/kamt.ts"
import { oracleExterns } from "../vectors/oracle-externs.ts"
import { type EthereumCase, fromHex, gasPriceOf, type Outcome, toHex, word } from "./case.ts"
import { pricesFor } from "./free-gas.ts"

type MutableAccount = Outcome["accounts"] extends ReadonlyMap<string, infer A> ? A : never

const FIRST_ID = 1000n
const SYSTEM = 0n
const INIT = 1n
const EAM = 10n
const BURNT_FUNDS = 99n
const INVOKE_EVM = 3844450837n
const CREATE_EXTERNAL = 4n
/** More than any case needs: gas is not what they test here. */
const GAS_LIMIT = 10n ** 13n
const CHAIN_ID = 1n

/** A run on our kernel. */
export interface KernelRun {
  readonly outcome: Outcome
  readonly exitCode: number
  readonly returnData: Uint8Array
  /** Units of gas that the message used. */
  readonly gasUsed: bigint
}

/**
 * Runs a case on our kernel with a bundle: its accounts as actors, its transaction as an implicit message, which pays no fees.
 *
 * @param bundles - All bundles that this thread will run, so that instances of each are used again. Default: this one.
 */
export function runOnKernel(test: EthereumCase, bundle: Bundle, bundles: readonly Bundle[] = [bundle]): KernelRun {
  const { env, tx } = test
  const store = new MemoryBlockstore()
  const stateRoot = stateOf(test, bundle, store)
  const priced = machineContext({
    networkVersion: 28,
    chainId: CHAIN_ID,
    epoch: BigInt(env.number),
    timestamp: BigInt(env.timestamp),
    baseFee: BigInt(env.baseFee),
    tracing: false,
  })
  const context = { ...priced, prices: pricesFor(priced.prices) }
  const machine = new Machine({ context, stateRoot, store, externs: oracleExterns, code: codeOfBundles([bundle]) })
  const executor = new Executor(machine, runtimeFor(context, { bundles, warn: () => undefined }))
  const creation = tx.to === "" || tx.to === "0x"
  const data = fromHex(tx.data)
  const price = gasPriceOf(test)
  const result = executor.applyMessage(
    {
      version: 0n,
      from: toFilecoinAddress(fromHex(tx.sender)),
      to: creation ? Address.id(EAM) : toFilecoinAddress(fromHex(tx.to)),
      sequence: BigInt(tx.nonce),
      value: BigInt(tx.value),
      method: creation ? CREATE_EXTERNAL : INVOKE_EVM,
      params: data.length === 0 && !creation ? new Uint8Array(0) : encode(data),
      gasLimit: GAS_LIMIT,
      gasFeeCap: price,
      gasPremium: price - BigInt(env.baseFee),
    },
    "implicit",
    100,
  )
  const root = executor.flush()
  const succeeded = result.receipt.exitCode === 0
  const tree = StateTree.load(store, root)
  const logs = result.events.map(({ emitter, entries }) => {
    const address = tree.getActor(emitter)?.delegatedAddress
    const eth = address === undefined ? undefined : toEthAddress(address)
    const topics = entries.filter(({ key }) => key.startsWith("t")).map(({ value }) => toHex(value))
    return [
      eth === undefined ? "?" : toHex(eth),
      ...topics,
      toHex(entries.find(({ key }) => key === "d")?.value ?? new Uint8Array(0)),
    ].join(" ")
  })
  return {
    outcome: { accounts: accountsOf(store, tree, bundle), logs, succeeded },
    exitCode: result.receipt.exitCode,
    returnData: result.receipt.returnData,
    gasUsed: result.receipt.gasUsed,
  }
}

/** The accounts of a case as a state tree. */
function stateOf({ pre, tx }: EthereumCase, bundle: Bundle, store: MemoryBlockstore): CID {
  const tree = StateTree.create(store)
  const { manifest } = bundle
  const emptyList = putCbor(store, [])
  const set = (id: bigint, code: CID, state: CID, balance = 0n, sequence = 0n, delegatedAddress?: Address): void =>
    tree.setActor(id, { code, state, sequence, balance, delegatedAddress })
  store.put(bundle.manifestData, bundle.blocks.get(bundle.manifestData) as Uint8Array)
  set(SYSTEM, manifest.codeOf("system"), putCbor(store, [bundle.manifestData]))
  set(EAM, manifest.codeOf("eam"), EMPTY_LIST_CID)
  set(BURNT_FUNDS, manifest.codeOf("account"), putCbor(store, [Address.id(BURNT_FUNDS).bytes]))
  set(2n, manifest.codeOf("account"), putCbor(store, [Address.id(2n).bytes]))
  const evm = manifest.find("evm")
  if (evm === undefined) throw new RangeError("the bundle has no EVM actor")
  const map = createAddressMap(store)
  let id = FIRST_ID
  const accounts = Object.entries(pre)
  if (!accounts.some(([address]) => BigInt(address) === BigInt(tx.sender))) accounts.push([tx.sender, {}])
  for (const [text, account] of accounts) {
    const address = toFilecoinAddress(fromHex(text))
    map.set(address.bytes, id)
    const code = account.code ? fromHex(account.code) : undefined
    const [balance, nonce] = [BigInt(account.balance ?? 0), BigInt(account.nonce ?? 0)]
    if (code !== undefined || account.storage !== undefined) {
      const state = contractState(store, code ?? new Uint8Array(0), nonce, account.storage ?? {})
      set(id, evm, state, balance, 0n, address)
    } else if (nonce === 0n && BigInt(text) !== BigInt(tx.sender))
      // Who has never sent is a placeholder, where a contract can still be made.
      set(id, manifest.codeOf("placeholder"), emptyList, balance, nonce, address)
    else set(id, manifest.codeOf("ethaccount"), emptyList, balance, nonce, address)
    id++
  }
  set(
    INIT,
    manifest.codeOf("init"),
    storeInitState(store, { addressMap: map.flush(), nextId: id, networkName: "ethereum-tests" }),
  )
  return tree.flush()
}

/** Puts a contract's state into a store. */
export function contractState(
  store: MemoryBlockstore,
  code: Uint8Array,
  nonce: bigint,
  slots: Readonly<Record<string, string>>,
): CID {
  const cid = cidOfBlock(RAW, code)
  store.put(cid, code)
  const storage = Kamt.create(store, uint256Codec)
  for (const [key, value] of Object.entries(slots)) if (BigInt(value) !== 0n) storage.set(word(key), BigInt(value))
  return putCbor(store, [cid, keccak_256(code), storage.flush(), null, nonce, null])
}

/** What is there, by Ethereum address. */
function accountsOf(store: MemoryBlockstore, tree: StateTree, bundle: Bundle): Outcome["accounts"] {
  const evm = String(bundle.manifest.find("evm"))
  const found = new Map<string, MutableAccount>()
  for (const [, actor] of tree.actors()) {
    const eth = actor.delegatedAddress === undefined ? undefined : toEthAddress(actor.delegatedAddress)
    if (eth === undefined) continue
    const storage = new Map<bigint, bigint>()
    let [code, nonce, dead] = ["0x", actor.sequence, false]
    if (actor.code.toString() === evm) {
      const state = decode(store.get(actor.state) as Uint8Array) as [
        CID,
        Uint8Array,
        CID,
        unknown,
        number | bigint,
        unknown,
      ]
      code = toHex(store.get(state[0]) as Uint8Array)
      nonce = BigInt(state[4])
      dead = state[5] !== null
      for (const [key, value] of Kamt.load(store, state[2], uint256Codec).entries())
        storage.set(BigInt(toHex(key)), value)
    }
    found.set(toHex(eth), { balance: actor.balance, nonce, code, storage, dead })
  }
  return found
}
