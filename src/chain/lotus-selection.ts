import { BLOCK_GAS_LIMIT } from "./base-fee.ts"
import type { PoolEntry } from "./mempool.ts"
import type { AttoFil, Gas } from "./types.ts"

/** Most messages in one block. @see lotus build/buildconstants (BlockMessageLimit) */
const MAX_BLOCK_MESSAGES = 10_000
/** Most messages of one kind of signature, BLS or other. @see cbor-gen (MaxLength) */
const MAX_MESSAGES_OF_KIND = 8192
/** A block with less gas left than this counts as full. @see lotus chain/messagepool/gasguess (MinGas) */
const LEAST_GAS = 1_298_450n
/** A message whose fee cap is below the base fee costs its producer this many times what is missing. */
const PENALTY = 3n
/** Above this many chains they are not put in order again after each choice: see {@link Selection}. */
const MAX_RESORTED = 2000
/** Of tickets better than this a producer expects that its block comes first. */
const GREEDY_QUALITY = 0.84
const FRACTION_BITS = 64n
const BLS = 2

/** What one sender has waiting. */
export interface Sender {
  /** By sequence without a gap, from the sender's next one on. */
  readonly entries: readonly PoolEntry[]
  readonly balance: AttoFil
}

/** Messages of one sender that are chosen together or not at all: each of them makes what they pay for a unit of gas no less. */
class Chain {
  entries: readonly PoolEntry[]
  reward: AttoFil
  gas: Gas
  /** What it pays for as much gas as a block has: a double, as in the reference, since equality decides. */
  performance: number
  /** The same together with the chains of the sender that have to go before it. */
  effective = 0
  offset = 0
  isMerged = false
  isValid = true
  previous: Chain | undefined
  next: Chain | undefined

  constructor(entry: PoolEntry, reward: AttoFil) {
    this.entries = [entry]
    this.reward = reward
    this.gas = entry.signed.message.gasLimit
    this.performance = performanceOf(reward, this.gas)
  }

  get isBls(): boolean {
    return this.entries[0]?.signed.signature.type === BLS
  }

  setEffective(): void {
    const { performance: own, previous } = this
    this.effective = own
    if (own <= 0 || previous === undefined) return
    const gas = Number(this.gas)
    const gasBefore = Number(previous.gas)
    this.effective = (own * gas + previous.effective * gasBefore) / (gas + gasBefore)
    this.offset = own - this.effective
  }

  append(entries: readonly PoolEntry[], reward: AttoFil, gas: Gas): void {
    this.entries = [...this.entries, ...entries]
    this.reward += reward
    this.gas += gas
    this.performance = performanceOf(this.reward, this.gas)
  }

  /** Takes messages off the end until it fits; what hangs on it cannot be chosen any more. */
  trim(gasLeft: Gas, roomLeft: number, baseFee: AttoFil): void {
    let count = this.entries.length
    while (count > 0 && (this.gas > gasLeft || this.performance < 0 || count > roomLeft)) {
      const last = this.entries[--count]!
      this.reward -= rewardOf(last, baseFee)
      this.gas -= last.signed.message.gasLimit
      this.performance = this.gas > 0n ? performanceOf(this.reward, this.gas) : 0
      if (this.gas > 0n) this.setEffective()
      else this.effective = 0
    }
    this.entries = this.entries.slice(0, count)
    this.isValid = count > 0
    this.next?.invalidate()
    this.next = undefined
  }

  invalidate(): void {
    this.isValid = false
    this.entries = []
    this.next?.invalidate()
    this.next = undefined
  }
}

function rewardOf({ signed: { message }, trusted }: PoolEntry, baseFee: AttoFil): AttoFil {
  const most = message.gasFeeCap - baseFee
  const perGas = most < message.gasPremium ? most : message.gasPremium
  if (perGas >= 0n) return perGas * message.gasLimit
  return trusted ? 0n : perGas * message.gasLimit * PENALTY
}

function performanceOf(reward: AttoFil, gas: Gas): number {
  return Number(((reward * BLOCK_GAS_LIMIT) << FRACTION_BITS) / gas) / 2 ** Number(FRACTION_BITS)
}

/** A sender's messages as chains, each with a better performance than the next. */
function chainsOf({ entries, balance }: Sender, baseFee: AttoFil): Chain[] {
  const chains: Chain[] = []
  let left = balance
  let gas = 0n
  for (const entry of entries.slice(0, MAX_BLOCK_MESSAGES)) {
    const { message } = entry.signed
    const required = message.gasFeeCap * message.gasLimit
    gas += message.gasLimit
    if (gas > BLOCK_GAS_LIMIT || left < required) break
    left -= required + message.value
    const reward = rewardOf(entry, baseFee)
    const last = chains.at(-1)
    if (last !== undefined && performanceOf(last.reward + reward, last.gas + message.gasLimit) >= last.performance)
      last.append([entry], reward, message.gasLimit)
    else chains.push(new Chain(entry, reward))
  }
  for (let merged = true; merged; ) {
    merged = false
    for (let i = chains.length - 1; i > 0; i--) {
      const chain = chains[i]!
      const before = chains[i - 1]!
      if (chain.performance < before.performance) continue
      before.append(chain.entries, chain.reward, chain.gas)
      chains.splice(i, 1)
      merged = true
    }
  }
  for (const [i, chain] of chains.entries()) {
    chain.previous = chains[i - 1]
    chain.next = chains[i + 1]
  }
  return chains
}

const isBefore = (a: Chain, b: Chain): boolean =>
  a.performance > b.performance || (a.performance === b.performance && a.reward > b.reward)

const isBeforeEffective = (a: Chain, b: Chain): boolean =>
  (a.isMerged && !b.isMerged) ||
  (a.performance >= 0 && b.performance < 0) ||
  a.effective > b.effective ||
  (a.effective === b.effective && isBefore(a, b))

const ordering =
  (before: (a: Chain, b: Chain) => boolean) =>
  (a: Chain, b: Chain): number =>
    before(a, b) ? -1 : before(b, a) ? 1 : 0

/** What was chosen, and what there is room for still. */
class Selection {
  readonly entries: PoolEntry[] = []
  gasLeft: Gas = BLOCK_GAS_LIMIT
  #blsLeft = MAX_MESSAGES_OF_KIND
  #othersLeft = MAX_MESSAGES_OF_KIND
  readonly #baseFee: AttoFil

  constructor(baseFee: AttoFil) {
    this.#baseFee = baseFee
  }

  get isFull(): boolean {
    return this.gasLeft < LEAST_GAS || this.entries.length >= MAX_BLOCK_MESSAGES
  }

  #roomFor({ isBls }: Chain): number {
    return Math.min(isBls ? this.#blsLeft : this.#othersLeft, MAX_BLOCK_MESSAGES - this.entries.length)
  }

  /** Takes a chain with all that has to go before it. If that does not fit the chain is trimmed, or is no more. */
  add(chain: Chain): boolean {
    const needed: Chain[] = []
    let gas = 0n
    let count = 0
    for (let before = chain.previous; before !== undefined && !before.isMerged; before = before.previous) {
      needed.unshift(before)
      gas += before.gas
      count += before.entries.length
    }
    const room = this.#roomFor(chain)
    if (gas + chain.gas > this.gasLeft || count + chain.entries.length > room) {
      if (gas > this.gasLeft || count >= room) chain.invalidate()
      else chain.trim(this.gasLeft - gas, room - count, this.#baseFee)
      return false
    }
    for (const taken of [...needed, chain]) {
      taken.isMerged = true
      this.entries.push(...taken.entries)
    }
    this.gasLeft -= gas + chain.gas
    if (chain.isBls) this.#blsLeft -= count + chain.entries.length
    else this.#othersLeft -= count + chain.entries.length
    return true
  }

  trim(chain: Chain): void {
    const room = this.#roomFor(chain)
    if (chain.gas > this.gasLeft || chain.entries.length > room) chain.trim(this.gasLeft, room, this.#baseFee)
  }
}

/**
 * The messages that a producer of Lotus puts into a block, in its order.
 *
 * With a good ticket it takes the chains that pay most for their gas. With any other it takes them so that blocks of others may hold other
 * messages; here all chains count as those of the first block. Then, after each choice, Lotus sorts the rest again, but compares with chains
 * that stand further to the front: if one has just become cheaper because the one before it was chosen, this leaves cheap chains before dear
 * ones. Whoever compares orders with a real network sees this, so it is done likewise. Equals go by arrival, where Lotus draws lots.
 *
 * @see lotus chain/messagepool/selection.go (selectMessagesGreedy, selectMessagesOptimal)
 */
export function selectAsLotus(senders: readonly Sender[], baseFee: AttoFil, ticketQuality: number): PoolEntry[] {
  const chains = senders.flatMap((sender) => chainsOf(sender, baseFee)).sort(ordering(isBefore))
  const selection = new Selection(baseFee)
  const isGreedy = ticketQuality > GREEDY_QUALITY
  if (!isGreedy) {
    for (const chain of chains) chain.setEffective()
    chains.sort(ordering(isBeforeEffective))
  }
  let isDisordered = false
  let at = 0
  for (; at < chains.length; at++) {
    const chain = chains[at]!
    if (chain.performance < 0) break
    if (chain.isMerged) continue
    if (!selection.add(chain)) break
    if (isGreedy) continue
    let { next } = chain
    if (next !== undefined && next.effective > 0) {
      isDisordered = true
      next.effective += next.offset
      for (next = next.next; next !== undefined && next.effective > 0; next = next.next) next.setEffective()
    }
    if (isDisordered && chains.length <= MAX_RESORTED) sortRest(chains, at + 1)
  }
  fillUp(chains, at, selection, isGreedy ? isBefore : isBeforeEffective)
  if (!isGreedy)
    for (const chain of chains)
      if (!selection.isFull && !chain.isMerged && chain.isValid && chain.performance >= 0)
        if (!selection.add(chain) && chain.isValid) selection.add(chain)
  return selection.entries.slice(0, MAX_BLOCK_MESSAGES)
}

/** An insertion sort of the chains from a place on that decides by the chains that stand that much further to the front. */
function sortRest(chains: Chain[], from: number): void {
  const count = chains.length - from
  for (let i = 1; i < count; i++)
    for (let j = i; j > 0 && isBeforeEffective(chains[j]!, chains[j - 1]!); j--) {
      const kept = chains[from + j]!
      chains[from + j] = chains[from + j - 1]!
      chains[from + j - 1] = kept
    }
}

/** Where the first chain does not fit as a whole: trims it, puts it where it belongs then, and goes on with what fits. */
function fillUp(chains: Chain[], from: number, selection: Selection, before: (a: Chain, b: Chain) => boolean): void {
  let last = from
  next: while (selection.gasLeft >= LEAST_GAS && last < chains.length) {
    const chain = chains[last]!
    if (!chain.isValid) {
      last++
      continue
    }
    selection.trim(chain)
    if (chain.isValid)
      for (let i = last; i < chains.length - 1 && !before(chains[i]!, chains[i + 1]!); i++) {
        const moved = chains[i]!
        chains[i] = chains[i + 1]!
        chains[i + 1] = moved
      }
    for (const candidate of chains.slice(last)) {
      if (!candidate.isValid || candidate.isMerged) continue
      if (candidate.performance < 0) return
      if (!selection.add(candidate)) continue next
    }
    return
  }
}
