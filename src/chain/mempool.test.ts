import { expect, test } from "vitest"
import { Address } from "../address/address.ts"
import { MempoolError, type MempoolRefusal } from "./errors.ts"
import { MAX_SEQUENCE_GAP, Mempool, replacementPremium, type SenderAccount, TOTAL_SUPPLY } from "./mempool.ts"
import { toChainMessage } from "./message-codec.ts"
import type { SignedMessage } from "./types.ts"

const FIL = 10n ** 18n
const alice = Address.delegated(10n, new Uint8Array(20).fill(1))
const bob = Address.delegated(10n, new Uint8Array(20).fill(2))
const bls = Address.bls(new Uint8Array(48).fill(3))

function setup(rules: { checkFunds?: boolean; replacement?: "tenth" | "lotus" } = {}) {
  const accounts = new Map<string, SenderAccount>([
    [alice.key, { id: 100n, sequence: 0n, balance: 10n * FIL, maySend: true }],
    [bob.key, { id: 101n, sequence: 5n, balance: 10n * FIL, maySend: true }],
    [bls.key, { id: 102n, sequence: 0n, balance: 10n * FIL, maySend: true }],
    [Address.id(200n).key, { id: 200n, sequence: 1n, balance: 10n * FIL, maySend: false }],
  ])
  const heard: string[] = []
  const pool = new Mempool(
    { minimumFeeCap: 100n, checkFunds: true, inclusionCost: (length) => 500_000n + 1300n * BigInt(length), ...rules },
    (address) => accounts.get(address.key),
    (change) => heard.push(`${change.kind} ${change.message.signed.message.sequence}`),
  )
  const push = (fields: Partial<SignedMessage["message"]>, options: { alias?: number; trusted?: boolean } = {}) => {
    const signed: SignedMessage = {
      message: {
        version: 0n,
        from: alice,
        to: bob,
        sequence: 0n,
        value: 0n,
        method: 0n,
        params: new Uint8Array(0),
        gasLimit: 10_000_000n,
        gasFeeCap: 1000n,
        gasPremium: 100n,
        ...fields,
      },
      signature: { type: fields.from === bls ? 2 : 3, data: new Uint8Array(65) },
    }
    const alias = options.alias === undefined ? undefined : new Uint8Array(32).fill(options.alias)
    return pool.add(signed, toChainMessage(signed), alias, options.trusted ?? false)
  }
  const order = (baseFee = 100n) => pool.select(baseFee).map((e) => `${e.senderId}:${e.signed.message.sequence}`)
  return { pool, push, heard, order, accounts }
}

const refusals: [MempoolRefusal, Partial<SignedMessage["message"]>][] = [
  ["nonce-too-low", { from: bob, sequence: 4n }],
  ["nonce-gap-too-large", { sequence: MAX_SEQUENCE_GAP + 1n }],
  ["insufficient-funds", { value: 10n * FIL }],
  ["insufficient-funds", { gasFeeCap: FIL }],
  ["insufficient-funds", { from: Address.delegated(10n, new Uint8Array(20).fill(9)) }],
  ["gas-limit-too-low", { gasLimit: 500_000n }],
  ["gas-limit-too-low", { gasLimit: 0n }],
  ["gas-limit-too-high", { gasLimit: 10_000_000_001n }],
  ["fee-cap-too-low", { gasFeeCap: 99n, gasPremium: 0n }],
  ["premium-above-fee-cap", { gasPremium: 1001n }],
  ["negative-amount", { value: -1n }],
  ["value-above-supply", { value: TOTAL_SUPPLY }],
  ["message-too-large", { params: new Uint8Array(65_537) }],
  ["invalid-receiver", { to: Address.bls(new Uint8Array(48)) }],
  ["invalid-sender", { from: Address.id(200n), sequence: 1n }],
  ["invalid-version", { version: 1n }],
]
test.each(refusals)("%s: refused, nothing kept", (reason, fields) => {
  const { pool, push, heard } = setup()
  let caught: unknown
  try {
    push(fields)
  } catch (error) {
    caught = error
  }
  expect(caught).toBeInstanceOf(MempoolError)
  expect((caught as MempoolError).reason).toBe(reason)
  expect(pool.size).toBe(0)
  expect(heard).toEqual([])
})

test("Lotus' rule: the value need not be there when the message comes", () => {
  const { push, pool } = setup({ checkFunds: false })
  push({ value: 100n * FIL })
  expect(pool.size).toBe(1)
})

test("trusted messages may come from any actor, and cost what they like", () => {
  const { push, pool } = setup()
  push({ from: Address.id(200n), sequence: 1n, gasFeeCap: 0n, gasPremium: 0n }, { trusted: true })
  expect(pool.size).toBe(1)
})

test("the same message again is known already", () => {
  const { push } = setup()
  push({})
  expect(() => push({})).toThrow(expect.objectContaining({ reason: "already-known" }))
})

test("a replacement needs a tenth more premium, and another one where a tenth is nothing", () => {
  expect([0n, 9n, 10n, 100n, 200_100n].map((premium) => replacementPremium(premium))).toEqual([
    1n,
    10n,
    11n,
    110n,
    220_110n,
  ])
  const { push, pool } = setup()
  push({ gasPremium: 200n })
  expect(() => push({ gasPremium: 219n })).toThrow(
    expect.objectContaining({ reason: "replacement-underpriced", expected: 220n }),
  )
  push({ gasPremium: 220n })
  expect(pool.size).toBe(1)
})

test("by Lotus' rule a replacement needs a tenth more premium and one; the fee cap does not count", () => {
  const { push, pool, heard } = setup({ replacement: "lotus" })
  push({ gasPremium: 100n }, { alias: 1 })
  expect(replacementPremium(100n, "lotus")).toBe(111n)
  expect(() => push({ gasPremium: 110n, gasFeeCap: 9999n })).toThrow(
    expect.objectContaining({ reason: "replacement-underpriced", expected: 111n }),
  )
  push({ gasPremium: 111n }, { alias: 2 })
  expect(pool.size).toBe(1)
  expect(pool.byAlias(new Uint8Array(32).fill(1))).toBeUndefined()
  expect(pool.byAlias(new Uint8Array(32).fill(2))?.signed.message.gasPremium).toBe(111n)
  expect(heard).toEqual(["added 0", "replaced 0", "added 0"])
})

test("messages behind a gap wait and are not ready", () => {
  const { push, pool, order } = setup()
  push({ sequence: 2n })
  push({ sequence: 1n })
  expect(pool.list().map((m) => m.ready)).toEqual([false, false])
  expect(pool.nextSequence(alice)).toBe(0n)
  expect(order()).toEqual([])
  push({ sequence: 0n })
  expect(pool.list().map((m) => m.ready)).toEqual([true, true, true])
  expect(pool.nextSequence(alice)).toBe(3n)
  expect(order()).toEqual(["100:0", "100:1", "100:2"])
})

test("order: BLS first, then the premium, each sender's by sequence, then by arrival", () => {
  const { push, order } = setup()
  push({ sequence: 0n, gasPremium: 10n })
  push({ sequence: 1n, gasPremium: 900n })
  push({ from: bob, sequence: 5n, gasPremium: 500n })
  push({ from: bls, sequence: 0n, gasPremium: 0n })
  expect(order()).toEqual(["102:0", "101:5", "100:0", "100:1"])
})

test("what a producer gets is the premium that the fee cap leaves room for", () => {
  const { push, order } = setup()
  push({ sequence: 0n, gasFeeCap: 1000n, gasPremium: 1000n })
  push({ from: bob, sequence: 5n, gasFeeCap: 2000n, gasPremium: 300n })
  expect(order(900n)).toEqual(["101:5", "100:0"])
})

test("a fee cap below the base fee holds back the sender's later messages too", () => {
  const { push, order } = setup()
  push({ sequence: 0n, gasFeeCap: 150n })
  push({ sequence: 1n, gasFeeCap: 1000n })
  expect(order(151n)).toEqual([])
  expect(order(150n)).toEqual(["100:0", "100:1"])
})

test("a block's gas is not exceeded", () => {
  const { push, order } = setup()
  push({ sequence: 0n, gasLimit: 6_000_000_000n })
  push({ sequence: 1n, gasLimit: 6_000_000_000n })
  push({ from: bob, sequence: 5n, gasLimit: 3_000_000_000n, gasPremium: 1n })
  expect(order()).toEqual(["100:0", "101:5"])
})

test("messages end where the balance ends", () => {
  const { push, order } = setup()
  push({ sequence: 0n, value: 9n * FIL })
  push({ sequence: 1n, gasFeeCap: 10n ** 12n, gasLimit: 2_000_000n })
  expect(order()).toEqual(["100:0"])
})

test("messages of used sequences go when the sender's sequence has risen", () => {
  const { push, pool, accounts, heard } = setup()
  push({ sequence: 0n })
  push({ sequence: 1n })
  accounts.set(alice.key, { ...accounts.get(alice.key)!, sequence: 1n })
  pool.prune()
  expect(pool.list().map((m) => m.signed.message.sequence)).toEqual([1n])
  expect(heard.at(-1)).toBe("dropped 0")
})

test("a snapshot brings messages back and tells of what changed only", () => {
  const { push, pool, heard } = setup()
  push({ sequence: 0n })
  const dump = pool.dump()
  push({ sequence: 1n })
  pool.included(dump[0]!.cid)
  heard.length = 0
  pool.restore(dump)
  expect(pool.list().map((m) => m.signed.message.sequence)).toEqual([0n])
  expect(heard).toEqual(["dropped 1", "added 0"])
})

test("all of a sender's messages can be dropped", () => {
  const { push, pool } = setup()
  push({ sequence: 0n })
  push({ from: bob, sequence: 5n })
  expect(pool.dropAll(alice)).toBe(1)
  expect(pool.size).toBe(1)
  expect(pool.dropAll()).toBe(1)
})

test("readiness and selection are what counting from the sender's sequence gives, whatever comes and goes", () => {
  const { push, pool, accounts, order } = setup()
  const have = new Set<number>()
  let used = 0
  // A fixed sequence of pushes, drops and inclusions, in and out of order.
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor(seed / 65536) % below
  }
  const cids = new Map<number, ReturnType<typeof push>["cid"]>()
  for (let step = 0; step < 400; step++) {
    const sequence = used + random(8)
    if (random(3) > 0 && !have.has(sequence)) {
      cids.set(sequence, push({ sequence: BigInt(sequence), gasLimit: 2_000_000n }).cid)
      have.add(sequence)
    } else if (random(2) === 0 && have.has(sequence)) {
      pool.drop(cids.get(sequence)!)
      have.delete(sequence)
    } else if (have.has(used)) {
      accounts.set(alice.key, { ...accounts.get(alice.key)!, sequence: BigInt(used + 1) })
      pool.included(cids.get(used)!)
      have.delete(used)
      used++
    }
    let end = used
    while (have.has(end)) end++
    expect(pool.nextSequence(alice)).toBe(BigInt(end))
    expect(order()).toHaveLength(end - used)
    expect(pool.list(alice).filter(({ ready }) => ready)).toHaveLength(end - used)
    for (const one of have) expect(pool.byCid(cids.get(one)!)?.ready).toBe(one < end)
  }
  expect(used).toBeGreaterThan(20)
})

test("of many senders the highest premiums come first", () => {
  const { push, pool, accounts } = setup()
  const premiums: bigint[] = []
  for (let i = 0; i < 200; i++) {
    const from = Address.delegated(10n, new Uint8Array(20).fill(i + 10))
    accounts.set(from.key, { id: 1000n + BigInt(i), sequence: 0n, balance: 10n * FIL, maySend: true })
    const gasPremium = BigInt((i * 7919) % 501)
    premiums.push(gasPremium)
    push({ from, gasPremium, gasLimit: 2_000_000n })
  }
  premiums.sort((a, b) => Number(b - a))
  expect(pool.select(100n).map((entry) => entry.signed.message.gasPremium)).toEqual(premiums)
})
