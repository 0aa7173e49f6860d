import type { CID } from "multiformats/cid"
import { Address } from "../address/address.ts"
import { cidKey } from "../ipld/cid.ts"
import { BLOCK_GAS_LIMIT, effectivePremium } from "./base-fee.ts"
import { hex } from "./bytes.ts"
import { MempoolError } from "./errors.ts"
import { selectAsLotus } from "./lotus-selection.ts"
import { type ChainMessage, encodeSignedMessage } from "./message-codec.ts"
import type { AttoFil, Gas, MempoolChange, PendingMessage, SignedMessage } from "./types.ts"

/** Most bytes of a signed message. @see lotus chain/messagepool/messagepool.go (MaxMessageSize) */
export const MAX_MESSAGE_SIZE: number = 64 * 1024
/** Most messages in one tipset. @see lotus build/buildconstants (BlockMessageLimit) */
export const MAX_TIPSET_MESSAGES = 10_000
/** Most messages of one sender that wait. */
export const MAX_PENDING_PER_SENDER = 100_000
/** How far a sequence may be ahead of what the sender has used. */
export const MAX_SEQUENCE_GAP = 1_000_000n
/** attoFIL that can ever exist: 2 x 10^9 FIL. */
export const TOTAL_SUPPLY: AttoFil = 2_000_000_000n * 10n ** 18n

/** A replacement has to offer this much more premium. @see lotus messagepool.go (ComputeMinRBF) */
const REPLACE_NUMERATOR = 110n
const REPLACE_DENOMINATOR = 100n

/** What the mempool has to know of a sender, at the head. */
export interface SenderAccount {
  readonly id: bigint
  readonly sequence: bigint
  readonly balance: AttoFil
  /** Whether the kernel lets this actor send: an account, an Ethereum account, or a placeholder that may become one. */
  readonly maySend: boolean
}

/** Rules that the node's owner may choose. */
export interface MempoolRules {
  /** attoFIL per unit of gas. */
  readonly minimumFeeCap: AttoFil
  /** Whether value and gas of a message have to be there when it comes; else only the gas. */
  readonly checkFunds: boolean
  /** Gas charged for the inclusion of a message of so many bytes. */
  readonly inclusionCost: (chainLength: number) => Gas
  /** How far a sequence may be ahead of the sender's. Default: 1,000,000 */
  readonly maxSequenceGap?: bigint
  /** Which messages make the next tipset, in which order: the highest premium first, or as producers of Lotus choose. Default: premium */
  readonly selection?: "premium" | "lotus"
  /**
   * What a replacement has to offer: a tenth more premium, as geth wants and wallets send when they speed a transaction up, or 1
   * attoFIL above that, as Lotus wants. Default: tenth
   */
  readonly replacement?: "tenth" | "lotus"
}

/** A message as it lies in the pool. */
export interface PoolEntry {
  readonly cid: CID
  readonly bytes: Uint8Array
  readonly alias: Uint8Array | undefined
  readonly signed: SignedMessage
  readonly senderId: bigint
  readonly arrival: number
  /** Its sender may be any actor and its fee cap below the base fee. */
  readonly trusted: boolean
}

/** One sender's messages. Knows how far they go without a gap, so that nobody has to count. */
class SenderQueue {
  readonly entries = new Map<bigint, PoolEntry>()
  /** Sequences from here ... */
  #from = 0n
  /** ... up to before here are all there. */
  #end = 0n

  add(entry: PoolEntry): void {
    const { sequence } = entry.signed.message
    this.entries.set(sequence, entry)
    if (sequence === this.#end) this.#extend()
  }

  remove(sequence: bigint): void {
    this.entries.delete(sequence)
    if (sequence === this.#from && this.#from < this.#end) this.#from++
    else if (sequence > this.#from && sequence < this.#end) this.#end = sequence
  }

  /** First sequence from `next` (what the sender has not used) on that is missing. */
  end(next: bigint): bigint {
    if (next < this.#from || next > this.#end) {
      this.#end = next
      this.#extend()
    }
    this.#from = next
    return this.#end
  }

  #extend(): void {
    while (this.entries.has(this.#end)) this.#end++
  }
}

/** Messages of one sender that are looked at together when the next one is chosen. */
const MAX_RUN = 32

/** The least premium with which a message with this premium is replaced. It is never the same premium. */
export function replacementPremium(premium: AttoFil, rule: MempoolRules["replacement"] = "tenth"): AttoFil {
  const raised = (premium * REPLACE_NUMERATOR) / REPLACE_DENOMINATOR
  return rule === "lotus" || raised === premium ? raised + 1n : raised
}

/** A sender's next messages that go together, with what the sender has left before them. */
interface Head {
  readonly queue: SenderQueue
  /** The first of them. */
  readonly entry: PoolEntry
  readonly balance: AttoFil
  /** How many. */
  readonly count: number
  /** attoFIL per unit of gas that they pay together. */
  readonly premium: AttoFil
}

/** Heads by premium, the highest first, of equals the one that came first: a binary heap. */
class HeadHeap {
  readonly #heads: Head[] = []

  push(head: Head): void {
    const heads = this.#heads
    let at = heads.length
    heads.push(head)
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!goesBefore(head, heads[above]!)) break
      heads[at] = heads[above]!
      at = above
    }
    heads[at] = head
  }

  pop(): Head | undefined {
    const heads = this.#heads
    const [top] = heads
    const last = heads.pop()
    if (last === undefined || heads.length === 0) return top
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heads.length) break
      if (below + 1 < heads.length && goesBefore(heads[below + 1]!, heads[below]!)) below++
      if (!goesBefore(heads[below]!, last)) break
      heads[at] = heads[below]!
      at = below
    }
    heads[at] = last
    return top
  }
}

function goesBefore(a: Head, b: Head): boolean {
  // A dear message pulls the cheap ones before it along, so that they count as one.
  return a.premium === b.premium ? a.entry.arrival < b.entry.arrival : a.premium > b.premium
}

/**
 * Messages that wait for a tipset, by sender and sequence.
 *
 * Knows no chain: it is told what the senders have at the head.
 */
export class Mempool {
  readonly #rules: MempoolRules
  readonly #account: (address: Address) => SenderAccount | undefined
  readonly #bySender = new Map<bigint, SenderQueue>()
  readonly #byCid = new Map<string, PoolEntry>()
  readonly #byAlias = new Map<string, PoolEntry>()
  readonly #notify: (change: MempoolChange) => void
  #arrivals = 0

  /** @param account - The sender at the head; undefined if it does not exist. */
  constructor(
    rules: MempoolRules,
    account: (address: Address) => SenderAccount | undefined,
    notify: (change: MempoolChange) => void = () => undefined,
  ) {
    this.#rules = rules
    this.#account = account
    this.#notify = notify
  }

  get size(): number {
    return this.#byCid.size
  }

  /**
   * Takes a message.
   *
   * @param chained - The message as it will stand on chain.
   * @param trusted - The sender may be any actor, and the fee cap as low as it likes.
   * @throws MempoolError - It is refused; nothing was changed.
   */
  add(signed: SignedMessage, chained: ChainMessage, alias: Uint8Array | undefined, trusted: boolean): PoolEntry {
    const { message } = signed
    this.#checkShape(signed, chained, trusted)
    if (this.#byCid.has(cidKey(chained.cid)))
      throw new MempoolError("already-known", `message ${chained.cid} is in the mempool already`)
    const account = this.#account(message.from)
    const needed = message.gasFeeCap * message.gasLimit + (this.#rules.checkFunds ? message.value : 0n)
    if (account === undefined)
      throw new MempoolError(
        needed > 0n ? "insufficient-funds" : "invalid-sender",
        `the sender ${message.from} does not exist yet: send funds to it first (${needed} attoFIL are needed)`,
        { got: 0n, expected: needed },
      )
    if (!account.maySend && !trusted)
      throw new MempoolError("invalid-sender", `the sender ${message.from} is not an account and cannot send messages`)
    if (message.sequence < account.sequence)
      throw new MempoolError(
        "nonce-too-low",
        `nonce ${message.sequence} was used already: the next nonce of ${message.from} is ${account.sequence}`,
        { got: message.sequence, expected: account.sequence },
      )
    const { maxSequenceGap = MAX_SEQUENCE_GAP } = this.#rules
    if (message.sequence > account.sequence + maxSequenceGap)
      throw new MempoolError(
        "nonce-gap-too-large",
        `nonce ${message.sequence} is too far ahead: the next nonce of ${message.from} is ${account.sequence}`,
        { got: message.sequence, expected: account.sequence },
      )
    if (account.balance < needed)
      throw new MempoolError(
        "insufficient-funds",
        `the sender ${message.from} has ${account.balance} attoFIL, gas${this.#rules.checkFunds ? " and value" : ""} can cost ${needed}`,
        { got: account.balance, expected: needed },
      )
    const queue = this.#bySender.get(account.id)
    const old = queue?.entries.get(message.sequence)
    if (old !== undefined) {
      const least = replacementPremium(old.signed.message.gasPremium, this.#rules.replacement)
      if (message.gasPremium < least)
        throw new MempoolError(
          "replacement-underpriced",
          `nonce ${message.sequence} waits already with premium ${old.signed.message.gasPremium}: give a premium of at least ${least}`,
          { got: message.gasPremium, expected: least },
        )
    } else if (queue !== undefined && queue.entries.size >= MAX_PENDING_PER_SENDER)
      throw new MempoolError("too-many-pending", `${queue.entries.size} messages of ${message.from} wait already`, {
        got: BigInt(queue.entries.size),
        expected: BigInt(MAX_PENDING_PER_SENDER),
      })

    const entry: PoolEntry = {
      cid: chained.cid,
      bytes: chained.bytes,
      alias,
      signed,
      senderId: account.id,
      arrival: this.#arrivals++,
      trusted,
    }
    if (old !== undefined) this.#forget(old)
    this.#insert(entry)
    if (old !== undefined) this.#notify({ kind: "replaced", message: this.#show(old, false) })
    this.#notify({ kind: "added", message: this.#show(entry, this.#isReady(entry)) })
    return entry
  }

  #checkShape({ message, signature }: SignedMessage, chained: ChainMessage, trusted: boolean): void {
    if (message.version !== 0n)
      throw new MempoolError("invalid-version", `message version is ${message.version}, expected 0`, {
        got: message.version,
        expected: 0n,
      })
    const size = signature.type === 2 ? encodeSignedMessage({ message, signature }).length : chained.bytes.length
    if (size > MAX_MESSAGE_SIZE)
      throw new MempoolError(
        "message-too-large",
        `the message has ${size} bytes, at most ${MAX_MESSAGE_SIZE} are allowed`,
        {
          got: BigInt(size),
          expected: BigInt(MAX_MESSAGE_SIZE),
        },
      )
    for (const [name, amount] of [
      ["value", message.value],
      ["fee cap", message.gasFeeCap],
      ["premium", message.gasPremium],
    ] as const)
      if (amount < 0n)
        throw new MempoolError("negative-amount", `the ${name} is negative`, { got: amount, expected: 0n })
    if (message.value >= TOTAL_SUPPLY)
      throw new MempoolError("value-above-supply", `the value ${message.value} is more than all FIL there can be`, {
        got: message.value,
        expected: TOTAL_SUPPLY - 1n,
      })
    // f3 with 48 zero bytes is the address that Filecoin forbids; the kernel's own rule (c0 00...) is another one.
    if (message.to.protocol === 3 && message.to.payload.every((byte) => byte === 0))
      throw new MempoolError("invalid-receiver", `${message.to} cannot receive messages`)
    if (message.gasPremium > message.gasFeeCap)
      throw new MempoolError(
        "premium-above-fee-cap",
        `the premium ${message.gasPremium} is above the fee cap ${message.gasFeeCap}`,
        { got: message.gasPremium, expected: message.gasFeeCap },
      )
    if (message.gasFeeCap < this.#rules.minimumFeeCap && !trusted)
      throw new MempoolError(
        "fee-cap-too-low",
        `the fee cap ${message.gasFeeCap} attoFIL is below the least base fee ${this.#rules.minimumFeeCap}`,
        { got: message.gasFeeCap, expected: this.#rules.minimumFeeCap },
      )
    if (message.gasLimit > BLOCK_GAS_LIMIT)
      throw new MempoolError(
        "gas-limit-too-high",
        `the gas limit ${message.gasLimit} is above that of a block, ${BLOCK_GAS_LIMIT}`,
        { got: message.gasLimit, expected: BLOCK_GAS_LIMIT },
      )
    const inclusion = this.#rules.inclusionCost(chained.bytes.length)
    if (message.gasLimit < inclusion)
      throw new MempoolError(
        "gas-limit-too-low",
        `the gas limit ${message.gasLimit} does not cover the cost of storing the message on chain, ${inclusion}`,
        { got: message.gasLimit, expected: inclusion },
      )
  }

  #insert(entry: PoolEntry): void {
    let queue = this.#bySender.get(entry.senderId)
    if (queue === undefined) {
      queue = new SenderQueue()
      this.#bySender.set(entry.senderId, queue)
    }
    queue.add(entry)
    this.#byCid.set(cidKey(entry.cid), entry)
    if (entry.alias !== undefined) this.#byAlias.set(hex(entry.alias), entry)
  }

  #forget(entry: PoolEntry): void {
    const queue = this.#bySender.get(entry.senderId)
    queue?.remove(entry.signed.message.sequence)
    if (queue?.entries.size === 0) this.#bySender.delete(entry.senderId)
    this.#byCid.delete(cidKey(entry.cid))
    if (entry.alias !== undefined) this.#byAlias.delete(hex(entry.alias))
  }

  /** Whether nothing is missing between what the sender has used and this message. */
  #isReady(entry: PoolEntry): boolean {
    const queue = this.#bySender.get(entry.senderId)
    const account = this.#account(entry.signed.message.from)
    if (queue === undefined || account === undefined) return false
    const { sequence } = entry.signed.message
    return sequence >= account.sequence && sequence < queue.end(account.sequence)
  }

  #show(entry: PoolEntry, ready: boolean): PendingMessage {
    return {
      cid: entry.cid,
      alias: entry.alias,
      signed: entry.signed,
      sender: Address.id(entry.senderId),
      chainLength: entry.bytes.length,
      arrival: entry.arrival,
      ready,
    }
  }

  byCid(cid: CID): PendingMessage | undefined {
    const entry = this.#byCid.get(cidKey(cid))
    return entry && this.#show(entry, this.#isReady(entry))
  }

  byAlias(alias: Uint8Array): PendingMessage | undefined {
    const entry = this.#byAlias.get(hex(alias))
    return entry && this.#show(entry, this.#isReady(entry))
  }

  /** All messages (of a sender), senders in order of their first arrival, each by sequence. */
  list(sender?: Address): PendingMessage[] {
    const shown: PendingMessage[] = []
    const only = sender === undefined ? undefined : this.#account(sender)?.id
    if (sender !== undefined && only === undefined) return shown
    for (const [id, queue] of this.#bySender) {
      if (only !== undefined && id !== only) continue
      const entries = sorted(queue)
      let next = entries[0] && this.#account(entries[0].signed.message.from)?.sequence
      for (const entry of entries) {
        const ready = entry.signed.message.sequence === next
        if (ready) next = entry.signed.message.sequence + 1n
        shown.push(this.#show(entry, ready))
      }
    }
    return shown
  }

  /** First sequence that the sender has neither used nor waiting without a gap. */
  nextSequence(sender: Address): bigint {
    const account = this.#account(sender)
    if (account === undefined) return 0n
    return this.#bySender.get(account.id)?.end(account.sequence) ?? account.sequence
  }

  /** Removes a message; false if it was not there. */
  drop(cid: CID): boolean {
    return this.#remove(cid, "dropped")
  }

  /** Removes a message that a tipset holds now. */
  included(cid: CID): boolean {
    return this.#remove(cid, "included")
  }

  #remove(cid: CID, kind: "dropped" | "included"): boolean {
    const entry = this.#byCid.get(cidKey(cid))
    if (entry === undefined) return false
    const shown = this.#show(entry, true)
    this.#forget(entry)
    this.#notify({ kind, message: shown })
    return true
  }

  /** Removes all messages (of a sender). @returns How many. */
  dropAll(sender?: Address): number {
    const entries = this.list(sender)
    for (const { cid } of entries) this.drop(cid)
    return entries.length
  }

  /** Removes messages whose sequence their sender has used by now. */
  prune(senders: Iterable<bigint> = this.#bySender.keys()): void {
    for (const id of [...senders]) {
      const queue = this.#bySender.get(id)
      const first = queue?.entries.values().next().value
      if (queue === undefined || first === undefined) continue
      const account = this.#account(first.signed.message.from)
      for (const entry of [...queue.entries.values()])
        if (account === undefined || entry.signed.message.sequence < account.sequence) this.drop(entry.cid)
    }
  }

  /**
   * The messages of the next tipset: highest premium first (a sender's messages together, where a later one pays more), each sender's in sequence, as many as fit; then BLS messages before the
   * others, as a tipset executes them.
   *
   * A sender's messages end at a gap, at a fee cap below the base fee, and where its balance ends.
   *
   * @param ticketQuality - From 0 to 1, of the producer's ticket; counts with the selection `lotus` only.
   * @see lotus chain/messagepool/selection.go, chain/store/messages.go
   */
  select(baseFee: AttoFil, ticketQuality = 0): PoolEntry[] {
    return this.#rules.selection === "lotus"
      ? blsFirst(this.#selectAsLotus(baseFee, ticketQuality))
      : this.#selectByPremium(baseFee)
  }

  #selectAsLotus(baseFee: AttoFil, ticketQuality: number): PoolEntry[] {
    const senders = [...this.#bySender.values()].flatMap((queue) => {
      const first = queue.entries.values().next().value
      const account = first && this.#account(first.signed.message.from)
      if (account === undefined) return []
      const entries: PoolEntry[] = []
      let next = queue.entries.get(account.sequence)
      for (; next !== undefined; next = queue.entries.get(next.signed.message.sequence + 1n)) entries.push(next)
      return entries.length === 0 ? [] : [{ entries, balance: account.balance }]
    })
    return selectAsLotus(senders, baseFee, ticketQuality)
  }

  #selectByPremium(baseFee: AttoFil): PoolEntry[] {
    const heads = new HeadHeap()
    let gasLeft = BLOCK_GAS_LIMIT
    /** Whether a message can be paid for from what its sender has. */
    const isAffordable = ({ signed: { message }, trusted }: PoolEntry, balance: AttoFil): boolean =>
      (message.gasFeeCap >= baseFee || trusted) && balance >= message.gasFeeCap * message.gasLimit
    /** Puts a sender's next messages up for choice: as many as make the best price together. */
    const offer = (queue: SenderQueue, sequence: bigint, balance: AttoFil): void => {
      const entry = queue.entries.get(sequence)
      if (entry === undefined || !isAffordable(entry, balance)) return
      let premium = effectivePremium(entry.signed.message, baseFee)
      let count = 1
      let reward = 0n
      let gas = 0n
      let left = balance
      for (let i = 0; i < MAX_RUN; i++) {
        const next = queue.entries.get(sequence + BigInt(i))
        if (next === undefined || !isAffordable(next, left)) break
        const { message } = next.signed
        reward += effectivePremium(message, baseFee) * message.gasLimit
        gas += message.gasLimit
        left -= message.gasFeeCap * message.gasLimit + message.value
        if (reward > premium * gas) {
          premium = reward / gas
          count = i + 1
        }
      }
      heads.push({ queue, entry, balance, premium, count })
    }
    for (const queue of this.#bySender.values()) {
      const first = queue.entries.values().next().value
      const account = first && this.#account(first.signed.message.from)
      if (account !== undefined) offer(queue, account.sequence, account.balance)
    }
    const chosen: PoolEntry[] = []
    for (let best = heads.pop(); best !== undefined; best = heads.pop()) {
      if (chosen.length >= MAX_TIPSET_MESSAGES) break
      const { queue, entry, count } = best
      let { balance } = best
      let { sequence } = entry.signed.message
      for (let i = 0; i < count && chosen.length < MAX_TIPSET_MESSAGES; i++) {
        const next = queue.entries.get(sequence)
        if (next === undefined || next.signed.message.gasLimit > gasLeft) break
        const { message } = next.signed
        chosen.push(next)
        gasLeft -= message.gasLimit
        balance -= message.gasFeeCap * message.gasLimit + message.value
        sequence++
      }
      if (sequence === entry.signed.message.sequence + BigInt(count)) offer(queue, sequence, balance)
    }
    return blsFirst(chosen)
  }

  /** Everything in it, for a snapshot. */
  dump(): readonly PoolEntry[] {
    return [...this.#byCid.values()]
  }

  /** Replaces the content by that of a snapshot, without a word to listeners of what was there before and still is. */
  restore(entries: readonly PoolEntry[]): void {
    const kept = new Set(entries.map((entry) => cidKey(entry.cid)))
    const gone = [...this.#byCid.values()].filter((entry) => !kept.has(cidKey(entry.cid)))
    const had = new Set(this.#byCid.keys())
    this.#bySender.clear()
    this.#byCid.clear()
    this.#byAlias.clear()
    for (const entry of entries) this.#insert(entry)
    for (const entry of gone) this.#notify({ kind: "dropped", message: this.#show(entry, false) })
    for (const entry of entries)
      if (!had.has(cidKey(entry.cid))) this.#notify({ kind: "added", message: this.#show(entry, this.#isReady(entry)) })
  }
}

function blsFirst(chosen: readonly PoolEntry[]): PoolEntry[] {
  const isBls = (entry: PoolEntry): boolean => entry.signed.signature.type === 2
  return [...chosen.filter(isBls), ...chosen.filter((entry) => !isBls(entry))]
}

function sorted(queue: SenderQueue): PoolEntry[] {
  return [...queue.entries.values()].sort((a, b) => (a.signed.message.sequence < b.signed.message.sequence ? -1 : 1))
}
