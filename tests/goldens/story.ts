import { keccak_256 } from "@noble/hashes/sha3.js"
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import { getContractAddress } from "viem"
import { Address } from "../../src/address/address.ts"
import { maskedIdAddress, parseEthAddress, toEthAddress, toFilecoinAddress } from "../../src/address/ethereum.ts"
import type { MiningMode, Tipset } from "../../src/chain/types.ts"
import { deriveAccounts } from "../../src/cli/accounts.ts"
import { type FevmNode, startNode } from "../../src/cli/start-node.ts"
import type { Message } from "../../src/fvm/message.ts"
import { putCbor } from "../../src/ipld/blockstore.ts"
import { type Answer, askMethod } from "./ask.ts"
import { type Goldens, type LotusMessage, nameOf, type RecordedTipset, type StoryTransaction } from "./files.ts"
import { Names } from "./names.ts"
import { blsWallet, secpWallet, type Wallet } from "./wallets.ts"

const FIL = 10n ** 18n
/** Owner of the block producer: its message in epoch 1, which names the producer's peer, is what every chain of Lotus begins with. */
const MINER_OWNER = blsWallet(new Uint8Array(32).fill(0x55))
const CHANGE_PEER_ID: Partial<Message> = {
  method: 4n,
  params: hexToBytes(`815826002408011220${"00".repeat(32)}`),
  gasLimit: 0x5ed8a2n,
  gasFeeCap: 0x3ed8d37bn,
  gasPremium: 0x18850n,
}
const MINER_ID = 1000n
/** Epoch of the first group, as on the recorded chains: so far behind the head that `safe` and `finalized` are tipsets of their own. */
const FIRST_EPOCH = 985
/** Epoch in which the accounts get their money. */
const FUNDING_EPOCH = 20
/** attoFIL per gas at the beginning of every chain of Lotus; empty tipsets bring it down to 100. */
const INITIAL_BASE_FEE = 100_000_000n
const NULL_ROUNDS = 4
const MANUAL: MiningMode = { kind: "manual" }
const toHex = (bytes: Uint8Array): string => `0x${bytesToHex(bytes)}`
const toQuantity = (value: number): string => `0x${value.toString(16)}`

/** What the node of a story is made of. */
export interface StoryOptions {
  /** CAR files; empty for the embedded bundle. */
  readonly bundles: readonly string[]
  readonly strictLotus: boolean
}

/**
 * The story that the goldens were recorded along, played on a node of ours: see the README beside the goldens.
 *
 * The genesis of a devnet has no block producer; it is put into the state before anybody sends, as a chain of Lotus has it: the miner
 * actor with an empty state (nothing here looks into it). Tickets are drawn by lot: they are as good as those of the recorded chain.
 */
export class Story {
  readonly node: FevmNode
  readonly goldens: Goldens
  readonly names: Names = new Names()
  /** Answers to the transactions of the story as they were sent, by name. */
  readonly sent: Map<string, Answer> = new Map()
  readonly #f1: Wallet = secpWallet(new Uint8Array(32).fill(1))
  readonly #f3: Wallet = blsWallet(new Uint8Array(32).fill(0x33))
  readonly #nonces = new Map<Wallet, number>()

  private constructor(node: FevmNode, goldens: Goldens) {
    this.node = node
    this.goldens = goldens
  }

  /** A node on which nothing has happened but that the accounts have money. */
  static async begin(goldens: Goldens, { bundles, strictLotus }: StoryOptions): Promise<Story> {
    const holder = blsWallet(new Uint8Array(32).fill(0x44))
    const f1 = secpWallet(new Uint8Array(32).fill(1))
    const f3 = blsWallet(new Uint8Array(32).fill(0x33))
    const node = await startNode({
      port: 0,
      accounts: 0,
      timing: "lotus",
      mining: MANUAL,
      strictLotus,
      actorDebugging: true,
      baseFee: INITIAL_BASE_FEE,
      genesisAccounts: [
        { address: f1.address, balance: 1_000_000n * FIL },
        { address: holder.address, balance: 1_000_000n * FIL },
        { address: f3.address, balance: 50_000_000n * FIL },
        { address: MINER_OWNER.address, balance: 1_000_000n * FIL },
      ],
      ...(bundles.length > 0 && { bundles }),
    })
    const story = new Story(node, goldens)
    try {
      await story.#prepare()
    } catch (error) {
      await node.close()
      throw error
    }
    return story
  }

  get url(): string {
    return this.node.url ?? ""
  }

  ask(method: string, params: unknown): Promise<Answer> {
    return askMethod(this.url, method, params)
  }

  async #prepare(): Promise<void> {
    const { chain } = this.node
    await chain.editState((state) => {
      const empty = putCbor(state.store, [])
      const blank = { head: empty, sequence: 0n, balance: 0n }
      const miner = state.codes.get("storageminer")
      if (miner) state.setActor({ ...blank, id: MINER_ID, code: miner, delegatedAddress: undefined })
    })
    this.#nameAccounts()
    await this.#push(MINER_OWNER, { to: Address.id(MINER_ID), value: 0n, ...CHANGE_PEER_ID })
    await this.mine()
    await this.mine(FUNDING_EPOCH - 1 - chain.head.epoch)
    const accounts = deriveAccounts("test test test test test test test test test test test junk", 10)
    for (const { filecoinAddress } of accounts)
      await this.#push(this.#f3, { to: filecoinAddress, value: 10_000n * FIL })
    await this.mine()
    await this.mine(FIRST_EPOCH - 2 - chain.head.epoch)
    this.#nameTransactions()
  }

  #nameAccounts(): void {
    const { names } = this
    names.set("wallet.f1", this.#f1.address.toString("t"))
    names.set("wallet.f3", this.#f3.address.toString("t"))
    names.set("miner", Address.id(MINER_ID).toString("t"))
    names.set("unused.fil", toFilecoinAddress(parseEthAddress(`0xcafe${"0".repeat(34)}99`)).toString("t"))
    const accounts = deriveAccounts("test test test test test test test test test test test junk", 20)
    for (const [i, { address }] of accounts.entries()) this.#nameAddress(`account.${i}`, address)
    for (let i = 1; i < 100; i++)
      this.#nameAddress(`fresh.${i}`, parseEthAddress(`0xcafe${i.toString(16).padStart(36, "0")}`))
  }

  #nameAddress(name: string, address: Uint8Array): void {
    this.names.set(name, toHex(address))
    this.names.set(`${name}.fil`, toFilecoinAddress(address).toString("t"))
  }

  /** Hashes and addresses of contracts follow from the signed bytes alone. */
  #nameTransactions(): void {
    for (const { transactions } of this.goldens.scenario)
      for (const { name, sender, nonce, raw } of transactions) {
        this.names.set(`tx.${name}.hash`, toHex(keccak_256(hexToBytes(raw.slice(2)))))
        const from = this.names.resolve(sender) as `0x${string}`
        this.#nameAddress(`contract.${name}`, parseEthAddress(getContractAddress({ from, nonce: BigInt(nonce) })))
      }
    const creator = this.names.has("contract.deployKitchen") ? String(this.names.get("contract.deployKitchen")) : ""
    if (creator)
      this.#nameAddress(
        "contract.child1",
        parseEthAddress(getContractAddress({ from: creator as `0x${string}`, nonce: 1n })),
      )
    for (const { request, response } of this.goldens.files.get("eth_sendRawTransaction") ?? []) {
      const name = /^\{\{(tx\.\w+\.hash)\}\}$/.exec(String(response?.result))?.[1]
      const raw = (request?.params as unknown[] | undefined)?.[0]
      if (name !== undefined && typeof raw === "string" && !this.names.has(name))
        this.names.set(name, toHex(keccak_256(hexToBytes(raw.slice(2)))))
    }
  }

  /** Tipsets with whatever waits in the pool. */
  async mine(count = 1, nullRounds = 0): Promise<readonly Tipset[]> {
    const { chain } = this.node
    const [recorded] = this.#recordedTipsets()
    return chain.mine({ count, nullRounds, ...(recorded && { ticketQuality: recorded.ticketQuality }) })
  }

  /** Those of the recorded chain that hold what waits now. */
  #recordedTipsets(): RecordedTipset[] {
    return this.node.chain
      .pendingMessages()
      .flatMap(({ signed }) => this.goldens.recordedTipsets.get(nameOf(signed)) ?? [])
  }

  /** Messages that were sent by requests that are not here or not asked, and came into one tipset with what waits now. */
  async sendTheRest(): Promise<void> {
    const [recorded] = this.#recordedTipsets()
    const waiting = new Set(this.node.chain.pendingMessages().map(({ signed }) => nameOf(signed)))
    for (const signed of recorded?.messages ?? []) if (!waiting.has(nameOf(signed))) await this.node.chain.push(signed)
  }

  /** Sends a group without making a tipset. */
  async send(group: string, only?: readonly string[]): Promise<void> {
    for (const transaction of this.transactionsOf(group))
      if (only?.includes(transaction.name) ?? true) await this.#send(transaction)
  }

  transactionsOf(group: string): readonly StoryTransaction[] {
    return this.goldens.scenario.find((one) => one.group === group)?.transactions ?? []
  }

  async #send({ name, raw }: StoryTransaction): Promise<void> {
    this.sent.set(name, await this.ask("eth_sendRawTransaction", [raw]))
  }

  /** A group's tipset and a name for it. */
  async #tipsetOf(group: string): Promise<Tipset> {
    const [tipset] = await this.mine()
    const name = group.replace(/^block (\d+)$/, "block$1")
    if (name !== group) this.#nameTipset(name, tipset!)
    return tipset!
  }

  #nameTipset(name: string, { epoch, hash, key }: Tipset): void {
    this.names.set(`${name}.number`, toQuantity(epoch))
    this.names.set(`${name}.hash`, toHex(hash))
    this.names.set(`${name}.cid`, key.cids[0]?.toString())
    this.names.set(
      `${name}.key`,
      key.cids.map((cid) => ({ "/": cid.toString() })),
    )
  }

  /**
   * From the first group to where the chain stands still.
   *
   * @param at - Called at the moments in between.
   */
  async play(
    at: (moment: "nobody has sent" | "block 2 in the pool" | "block 2 in the head") => Promise<void>,
  ): Promise<void> {
    await at("nobody has sent")
    await this.mine()
    for (const { group } of this.goldens.scenario.filter(({ group }) => group.startsWith("block "))) {
      await this.send(group)
      const second = group === "block 2"
      if (second) await at("block 2 in the pool")
      await this.#tipsetOf(group)
      if (second) {
        await this.#nameWhereabouts()
        await at("block 2 in the head")
        await this.mine(2)
      }
      await this.mine()
    }
    await this.#pushNative((message) => message.From === "{{wallet.f3}}" || message.Nonce < 8)
    await this.mine(1)
    const [, beforeNull] = await this.mine(2)
    this.#nameTipset("beforeNull", beforeNull!)
    this.names.set("null.epoch", toQuantity(beforeNull!.epoch + 1))
    const [afterNull] = await this.mine(1, NULL_ROUNDS)
    this.#nameTipset("afterNull", afterNull!)
    const [parent] = await this.mine()
    this.#nameTipset("parent", parent!)
    await this.send("latest")
    await this.#pushNative((message) => message.From === "{{wallet.f1}}" && message.Nonce >= 8)
    const latest = await this.#tipsetOf("latest")
    await this.send("head")
    const head = await this.#tipsetOf("head")
    await this.send("mempool")
    this.#nameTipset("latest", latest)
    this.#nameTipset("head", head)
    this.names.set("beyond.number", toQuantity(head.epoch + 1))
    this.names.set("future.number", toQuantity(head.epoch + 1000))
    await this.#nameWhereabouts()
    await this.#nameIds()
  }

  /** Where transactions and messages are, as far as they are anywhere. */
  async #nameWhereabouts(): Promise<void> {
    const { chain } = this.node
    for (const { transactions } of this.goldens.scenario)
      for (const { name } of transactions) {
        const hash = hexToBytes(String(this.names.get(`tx.${name}.hash`)).slice(2))
        const pending = chain.pendingByAlias(hash)
        if (pending) this.names.set(`tx.${name}.cid`, pending.cid.toString())
        const found = await chain.findByAlias(hash)
        if (!found) continue
        this.names.set(`tx.${name}.cid`, found.message.cid.toString())
        this.names.set(`tx.${name}.blockHash`, toHex(found.tipset.hash))
        this.names.set(`tx.${name}.blockNumber`, toQuantity(found.tipset.epoch))
      }
  }

  async #nameIds(): Promise<void> {
    const state = await this.node.chain.stateAt({ tag: "latest" })
    const named = Object.keys(this.goldens.symbols).filter((name) => /\.(id|masked)$/.test(name))
    for (const name of named) {
      const [subject] = name.split(/\.(?=id$|masked$)/)
      if (!subject || !this.names.has(subject)) continue
      const text = String(this.names.get(subject))
      const address = text.startsWith("0x") ? toFilecoinAddress(parseEthAddress(text)) : Address.parse(text)
      const id = await state.resolveId(address)
      if (id === undefined) continue
      const value = name.endsWith(".id") ? Address.id(id).toString("t") : toHex(maskedIdAddress(id))
      this.names.set(name, value)
    }
  }

  /** The native messages of the story, those of one sender in the order of their nonces. */
  async #pushNative(which: (message: LotusMessage) => boolean): Promise<void> {
    for (const { name, message } of this.#nativeMessages())
      if (which(message)) {
        const cid = await this.#push(this.#walletOf(message.From), {
          to: this.#addressOf(message.To),
          value: BigInt(message.Value),
          method: BigInt(message.Method),
          params: Uint8Array.from(Buffer.from(message.Params ?? "", "base64")),
          gasLimit: BigInt(message.GasLimit),
          gasPremium: BigInt(message.GasPremium),
        })
        if (name !== undefined) this.names.set(`msg.${name}.cid`, cid)
      }
  }

  /** Those that have a name; where one of a sender is left out, the one that the recorded chain has. */
  #nativeMessages(): { name: string | undefined; message: LotusMessage }[] {
    const named = this.goldens.nativeMessages.map(({ name, signed }) => ({ name, message: signed.Message }))
    const seen = new Set(named.map(({ message: { From, Nonce } }) => `${From} ${Nonce}`))
    const own = named.filter(({ message }) => message.From === "{{wallet.f1}}")
    const last = Math.max(...own.map(({ message }) => message.Nonce), ...Object.keys(LEFT_OUT).map(Number))
    const rest = this.goldens.recorded.flatMap((message) => {
      const wallet = [this.#f1].find(({ address }) => address.toString("t") === message.From)
      if (!wallet || message.Nonce > last || seen.has(`{{wallet.f1}} ${message.Nonce}`)) return []
      const { [message.Nonce]: name } = LEFT_OUT
      return [{ name, message: { ...message, From: "{{wallet.f1}}" } }]
    })
    return [...named, ...rest].toSorted((a, b) => a.message.Nonce - b.message.Nonce)
  }

  #walletOf(from: string): Wallet {
    return from === "{{wallet.f3}}" ? this.#f3 : this.#f1
  }

  #addressOf(text: string): Address {
    const address = Address.parse(String(this.names.resolve(text)))
    return toEthAddress(address) && address.protocol !== 0 ? toFilecoinAddress(toEthAddress(address)!) : address
  }

  async #push(wallet: Wallet, fields: Pick<Message, "to" | "value"> & Partial<Message>): Promise<string> {
    const nonce = this.#nonces.get(wallet) ?? 0
    this.#nonces.set(wallet, nonce + 1)
    const message: Message = {
      version: 0n,
      from: wallet.address,
      sequence: BigInt(nonce),
      method: 0n,
      params: new Uint8Array(),
      gasLimit: 50_000_000n,
      gasFeeCap: 1_000_000_000n,
      gasPremium: 90_000n,
      ...fields,
    }
    return (await this.node.chain.push(wallet.sign(message))).toString()
  }

  close(): Promise<void> {
    return this.node.close()
  }
}

/** Names of messages of the f1 account by nonce, for those that the list of native messages may lack. */
const LEFT_OUT: Readonly<Record<number, string>> = {
  0: "sendF1ToEth",
  1: "sendF1ToF3",
  2: "invokeFromF1",
  3: "sendF1ToContract",
  4: "createFromF1",
  5: "revertFromF1",
  6: "unknownMethodFromF1",
  7: "sendF1ToMiner",
  8: "lastNative",
}
