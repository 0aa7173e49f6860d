import { afterEach, describe, expect, test } from "vitest"
import { Address } from "../address/address.ts"
import { Chain } from "./chain.ts"
import { ChainError, FutureEpochError, MempoolError, NullRoundError } from "./errors.ts"
import type { EditableState } from "./state-view.ts"
import { account, alias, BALANCE, GENESIS_TIME, testOptions, transfer } from "./testing/stand-ins.ts"
import type { ChainOptions, HeadChange, Tipset, TrialResult } from "./types.ts"

const opened: Chain[] = []
async function open(more: Partial<ChainOptions> = {}): Promise<Chain> {
  const chain = await Chain.open(testOptions(more))
  opened.push(chain)
  return chain
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((chain) => chain.close()))
})

const epochs = (tipsets: readonly Tipset[]) => tipsets.map(({ epoch }) => epoch)
const manual = { mining: { kind: "manual" } } as const

describe("genesis", () => {
  test("the same options give the same CIDs; other accounts give others", async () => {
    const [one, two] = [await open(), await open()]
    expect(one.genesis.key.toString()).toBe(two.genesis.key.toString())
    expect(one.genesis.stateRoot.equals(two.genesis.stateRoot)).toBe(true)
    const other = await open({
      genesis: { accounts: [{ address: account(1), balance: 1n }], timestampSeconds: GENESIS_TIME },
    })
    expect(other.genesis.stateRoot.equals(one.genesis.stateRoot)).toBe(false)
  })

  test("accounts are there, by IDs from 100 on; f410 as placeholders, f1 as accounts", async () => {
    const f1 = Address.secp256k1(new Uint8Array(65).fill(4))
    const chain = await open({
      genesis: {
        accounts: [
          { address: account(1), balance: 5n },
          { address: f1, balance: 7n },
        ],
      },
    })
    const state = await chain.stateAt({ tag: "latest" })
    expect(await state.resolveId(account(1))).toBe(100n)
    expect(await state.actor(account(1))).toMatchObject({ id: 100n, kind: "placeholder", balance: 5n })
    expect(await state.actor(f1)).toMatchObject({ id: 101n, kind: "account", balance: 7n })
    expect(await state.actor(Address.id(0n))).toMatchObject({ kind: "system" })
    expect(await state.actor(Address.id(99n))).toMatchObject({ kind: "account" })
    expect(await state.actor(account(8))).toBeUndefined()
    expect(await chain.circulatingSupply({ tag: "latest" })).toBe(12n)
  })

  test("no more than 900 accounts fit below the producer's ID; the rest goes on after it", async () => {
    const accounts = Array.from({ length: 902 }, (_, i) => ({
      address: Address.delegated(10n, new Uint8Array(20).fill(i & 0xff, 0, 10).fill(i >> 8, 10)),
      balance: 1n,
    }))
    const chain = await open({ genesis: { accounts } })
    const state = await chain.stateAt({ tag: "head" })
    expect(await state.actor(Address.id(1000n))).toBeUndefined()
    expect(await state.resolveId(accounts[900]!.address)).toBe(1001n)
  })

  test("an account named twice, an ID as account, a negative balance are refused", async () => {
    for (const accounts of [
      [
        { address: account(1), balance: 1n },
        { address: account(1), balance: 1n },
      ],
      [{ address: Address.id(5n), balance: 1n }],
      [{ address: account(1), balance: -1n }],
    ])
      await expect(open({ genesis: { accounts } })).rejects.toMatchObject({ code: "invalid-option" })
  })

  test("something that is no bundle is refused", async () => {
    await expect(open({ bundles: [new Uint8Array([1, 2, 3])] })).rejects.toMatchObject({ code: "bundle" })
    await expect(open({ bundles: [] })).rejects.toMatchObject({ code: "bundle" })
    await expect(open({ bundles: ["/no/such/file.car"] })).rejects.toMatchObject({ code: "bundle" })
  })
})

describe("instant mining", () => {
  test("a message is executed when its push settles", async () => {
    const chain = await open()
    const cid = await chain.push(transfer(1, 0), { alias: alias(1) })
    expect(chain.head.epoch).toBe(1)
    expect(chain.pendingMessages()).toEqual([])
    const place = await chain.findByAlias(alias(1))
    expect(place?.tipset).toBe(chain.head)
    expect(place?.message.cid.equals(cid)).toBe(true)
    expect(place?.executed?.receipt.exitCode).toBe(0)
    expect(place?.executed?.receipt.gasUsed).toBeGreaterThan(0n)
    expect((await chain.cidByAlias(alias(1)))?.equals(cid)).toBe(true)
    expect(await chain.aliasByCid(cid)).toEqual(alias(1))
    const state = await chain.stateAt({ tag: "latest" })
    expect(await state.balanceOf(account(9))).toBe(1n)
    expect(await state.sequenceOf(account(1))).toBe(1n)
    expect((await state.actor(account(1)))?.kind).toBe("ethaccount")
    const { gas } = place!.executed!
    const paid = gas.baseFeeBurn + gas.overEstimationBurn + gas.minerTip
    expect(await state.balanceOf(account(1))).toBe(BALANCE - 1n - paid)
    expect(await state.balanceOf(Address.id(99n))).toBe(gas.baseFeeBurn + gas.overEstimationBurn)
    expect(await state.balanceOf(Address.id(2n))).toBe(gas.minerTip)
  })

  test("the header chains parent, state and receipts as Filecoin does", async () => {
    const chain = await open()
    await chain.push(transfer(1, 0))
    const first = chain.head
    await chain.push(transfer(1, 1))
    const [header] = chain.head.headers
    expect(header!.parents.map(String)).toEqual(first.key.cids.map(String))
    expect(header!.parentStateRoot.equals(first.stateRoot)).toBe(true)
    expect(header!.parentMessageReceipts.equals(first.receiptsRoot)).toBe(true)
    expect(chain.head.parentHash).toEqual(first.hash)
    expect(header!.parentWeight).toBeGreaterThan(first.headers[0]!.parentWeight)
    expect((await chain.header(chain.head.key.cids[0]!))?.epoch).toBe(2)
    expect((await chain.parentOf(chain.head))?.epoch).toBe(1)
    expect((await chain.childOf(first))?.epoch).toBe(2)
    expect(await chain.block(chain.head.key.cid)).toEqual(chain.head.key.block)
  })

  test("messages behind a gap do not block their pusher, and go when the gap is filled", async () => {
    const chain = await open()
    await chain.push(transfer(1, 1))
    expect(chain.head.epoch).toBe(0)
    expect(chain.pendingMessages(account(1))).toHaveLength(1)
    expect(await chain.nextSequence(account(1))).toBe(0n)
    await chain.push(transfer(1, 0))
    expect(chain.pendingMessages()).toEqual([])
    expect(await chain.nextSequence(account(1))).toBe(2n)
  })

  test("messages that come together all get executed", async () => {
    const chain = await open()
    await Promise.all(Array.from({ length: 40 }, (_, i) => chain.push(transfer(1 + (i % 4), Math.floor(i / 4)))))
    const state = await chain.stateAt({ tag: "latest" })
    expect(await state.balanceOf(account(9))).toBe(40n)
    for (let epoch = 1; epoch <= chain.head.epoch; epoch++) {
      const tipset = await chain.resolve({ epoch })
      const executed = await chain.executed(tipset)
      expect(executed).toHaveLength(tipset.messageCount)
      expect(executed.every(({ receipt }) => receipt.exitCode === 0)).toBe(true)
    }
  })

  test("a message that fails has a receipt too", async () => {
    const chain = await open()
    await chain.push(transfer(1, 0, account(9), { value: BALANCE - 10n ** 10n }))
    await chain.push(transfer(2, 0, Address.actor(new Uint8Array([1])), { value: 0n, method: 2n }))
    const [executed] = await chain.executed(chain.head)
    expect(executed?.receipt.exitCode).not.toBe(0)
  })

  test("refusals come through", async () => {
    const chain = await open()
    await chain.push(transfer(1, 0))
    await expect(chain.push(transfer(1, 0))).rejects.toBeInstanceOf(MempoolError)
    await expect(chain.push(transfer(8, 0))).rejects.toMatchObject({ reason: "insufficient-funds" })
  })

  test("a native signature that is not the sender's is refused", async () => {
    const chain = await open()
    const signed = transfer(1, 0)
    await expect(chain.push({ ...signed, signature: { type: 1, data: new Uint8Array(65) } })).rejects.toMatchObject({
      reason: "invalid-signature",
    })
  })
})

describe("manual mining", () => {
  test("messages wait, in order of premium, until a tipset is asked for", async () => {
    const chain = await open(manual)
    await chain.push(transfer(1, 0, account(9), { gasPremium: 1n }))
    await chain.push(transfer(2, 0, account(9), { gasPremium: 500n }))
    expect(chain.head.epoch).toBe(0)
    const pending = await chain.pending()
    expect(pending.messages).toHaveLength(2)
    expect(pending.response.results.map(({ receipt }) => receipt.exitCode)).toEqual([0, 0])
    expect(pending.response.epoch).toBe(1)
    expect(chain.head.epoch).toBe(0)
    const [tipset] = await chain.mine()
    const messages = await chain.messages(tipset!)
    expect(messages.map(({ signed }) => signed.message.from.toString())).toEqual([
      account(2).toString(),
      account(1).toString(),
    ])
  })

  test("several tipsets with an interval; the mempool can be left alone", async () => {
    const chain = await open(manual)
    await chain.push(transfer(1, 0))
    const mined = await chain.mine({
      count: 3,
      intervalSeconds: 60,
      timestampSeconds: GENESIS_TIME + 5000,
      empty: true,
    })
    expect(epochs(mined)).toEqual([1, 2, 3])
    expect(mined.map(({ timestamp }) => timestamp - GENESIS_TIME)).toEqual([5000, 5060, 5120])
    expect(chain.pendingMessages()).toHaveLength(1)
    await chain.setMining({ kind: "instant" })
    expect(chain.pendingMessages()).toHaveLength(0)
  })

  test("a dropped message is not mined", async () => {
    const chain = await open(manual)
    const cid = await chain.push(transfer(1, 0))
    expect(chain.drop(cid)).toBe(true)
    expect(chain.drop(cid)).toBe(false)
    expect((await chain.mine())[0]!.messageCount).toBe(0)
  })
})

describe("the clock", () => {
  test("increase, set, next timestamp, interval", async () => {
    const chain = await open(manual)
    const stamp = async () => (await chain.mine())[0]!.timestamp - GENESIS_TIME
    expect(await stamp()).toBe(1000)
    expect(await stamp()).toBe(1001)
    chain.increaseTime(3600)
    expect(chain.nextTimestamp - GENESIS_TIME).toBe(4601)
    expect(await stamp()).toBe(4601)
    chain.setNextTimestamp(GENESIS_TIME + 9000)
    expect(await stamp()).toBe(9000)
    expect(() => chain.setNextTimestamp(GENESIS_TIME + 9000)).toThrow(
      expect.objectContaining({ code: "timestamp-too-low" }),
    )
    chain.setTimestampInterval(12)
    expect(await stamp()).toBe(9012)
  })
})

describe("null rounds", () => {
  test("epochs without a block, by each policy", async () => {
    const chain = await open(manual)
    await chain.mine()
    const [after] = await chain.mine({ nullRounds: 3 })
    expect(after!.epoch).toBe(5)
    await expect(chain.resolve({ epoch: 3 })).rejects.toBeInstanceOf(NullRoundError)
    expect((await chain.resolve({ epoch: 3 }, "previous")).epoch).toBe(1)
    expect((await chain.resolve({ epoch: 3 }, "next")).epoch).toBe(5)
    expect(await chain.tipsetAt(4)).toBeUndefined()
    await expect(chain.resolve({ epoch: 6 })).rejects.toBeInstanceOf(FutureEpochError)
    await expect(chain.resolve({ hash: new Uint8Array(32) })).rejects.toMatchObject({ code: "unknown-tipset" })
    expect((await chain.parentOf(after!))?.epoch).toBe(1)
  })

  test("on demand, once", async () => {
    const chain = await open(manual)
    chain.skipRounds(2)
    expect(epochs(await chain.mine({ count: 2 }))).toEqual([3, 4])
  })

  test("by rate: some, and the same on every chain alike", async () => {
    const mined = async () => epochs(await (await open({ ...manual, nullRoundRate: 0.5 })).mine({ count: 30 }))
    const first = await mined()
    expect(first.at(-1)).toBeGreaterThan(35)
    expect(await mined()).toEqual(first)
  })
})

describe("timing lotus", () => {
  test("the head is included, its parent is executed", async () => {
    const chain = await open({ ...manual, timing: "lotus", blockDelaySeconds: 4 })
    const changes: HeadChange[] = []
    chain.onHead((change) => changes.push(change))
    await chain.push(transfer(1, 0), { alias: alias(1) })
    const [tipset] = await chain.mine()
    expect(chain.head).toBe(tipset)
    expect(chain.latest).toBe(chain.genesis)
    expect(chain.isExecuted(tipset!)).toBe(false)
    await expect(chain.executed(tipset!)).rejects.toMatchObject({ code: "not-executed" })
    const included = await chain.findByAlias(alias(1))
    expect(included?.tipset).toBe(tipset)
    expect(included?.executed).toBeUndefined()
    expect(await (await chain.stateAt({ tag: "latest" })).balanceOf(account(9))).toBe(0n)
    expect(await (await chain.stateAt({ tag: "pending" })).balanceOf(account(9))).toBe(1n)
    await chain.mine()
    expect(chain.latest).toBe(tipset)
    expect((await chain.findByAlias(alias(1)))?.executed?.receipt.exitCode).toBe(0)
    expect(await (await chain.stateAt({ tag: "latest" })).balanceOf(account(9))).toBe(1n)
    expect(changes.map(({ executed, applied }) => [epochs(executed), epochs(applied)])).toEqual([
      [[0], [1]],
      [[1], [2]],
    ])
  })

  test("epochs and timestamps are tied", async () => {
    const chain = await open({ ...manual, timing: "lotus", blockDelaySeconds: 4 })
    const mined = [...(await chain.mine()), ...(await chain.mine({ nullRounds: 2 }))]
    expect(mined.map(({ epoch, timestamp }) => [epoch, timestamp - GENESIS_TIME])).toEqual([
      [1, 4],
      [4, 16],
    ])
  })

  test("safe and finalized lie 30 and 900 epochs behind latest", async () => {
    const chain = await open({ ...manual, timing: "lotus" })
    await chain.mine({ count: 40 })
    expect((await chain.resolve({ tag: "safe" })).epoch).toBe(9)
    expect((await chain.resolve({ tag: "finalized" })).epoch).toBe(0)
  })
})

describe("snapshots", () => {
  test("bring back state, mempool, clock and settings, and tell of it", async () => {
    const chain = await open(manual)
    await chain.push(transfer(1, 0), { alias: alias(1) })
    const id = await chain.snapshot()
    const before = chain.head
    const next = chain.nextTimestamp
    await chain.mine()
    chain.increaseTime(10_000)
    chain.setNextBaseFee(5000n)
    await chain.push(transfer(2, 0))
    await chain.mine({ count: 2 })
    const gone = chain.head
    const changes: HeadChange[] = []
    chain.onHead((change) => changes.push(change))
    expect(await chain.revert(id)).toBe(true)
    expect(chain.head.key.equals(before.key)).toBe(true)
    expect(chain.nextTimestamp).toBe(next)
    expect(chain.nextBaseFee).toBe(100n)
    expect(chain.pendingMessages().map(({ alias }) => alias)).toEqual([alias(1)])
    expect(await chain.findByAlias(alias(1))).toBeUndefined()
    expect(await chain.tipsetByHash(gone.hash)).toBeUndefined()
    expect(await chain.tipsetAt(1)).toBeUndefined()
    expect(changes.map(({ reverted, applied }) => [epochs(reverted), epochs(applied)])).toEqual([[[3, 2, 1], []]])
    expect(await chain.revert(id)).toBe(false)
    await chain.mine()
    expect((await chain.findByAlias(alias(1)))?.tipset.epoch).toBe(1)
  })

  test("a reverted tipset's messages can still be read by who holds it", async () => {
    const chain = await open()
    const id = await chain.snapshot()
    await chain.push(transfer(1, 0))
    const gone = chain.head
    await chain.revert(id)
    expect(await chain.messages(gone)).toHaveLength(1)
  })

  test("undo an edit of the state even if no tipset was made", async () => {
    const chain = await open()
    const id = await chain.snapshot()
    await chain.editState((state) => {
      const actor = state.actor(account(1))!
      state.setActor({ ...actor, balance: 1n })
    })
    expect(await (await chain.stateAt({ tag: "latest" })).balanceOf(account(1))).toBe(1n)
    await chain.revert(id)
    expect(await (await chain.stateAt({ tag: "latest" })).balanceOf(account(1))).toBe(BALANCE)
  })

  test("bring back the state as it was edited before, whatever was edited and made since", async () => {
    const chain = await open()
    const setBalance = (balance: bigint): Promise<unknown> =>
      chain.editState((state) => {
        const actor = state.actor(account(1))!
        state.setActor({ ...actor, balance })
      })
    await chain.push(transfer(1, 0), { alias: alias(1) })
    await setBalance(5n)
    const id = await chain.snapshot()
    await setBalance(6n)
    await chain.mine({ count: 2 })
    await chain.revert(id)
    expect(chain.head.messageCount).toBe(1)
    expect(await (await chain.stateAt({ tag: "latest" })).balanceOf(account(1))).toBe(5n)
    expect((await chain.findByAlias(alias(1)))?.tipset.epoch).toBe(1)
    await chain.mine()
    expect(await (await chain.stateAt({ tag: "latest" })).balanceOf(account(1))).toBe(5n)
  })

  test("a later snapshot ends with an earlier one", async () => {
    const chain = await open()
    const [one, two] = [await chain.snapshot(), await chain.snapshot()]
    expect(await chain.revert(one)).toBe(true)
    expect(await chain.revert(two)).toBe(false)
  })
})

describe("going back by depth", () => {
  test("takes tipsets off, keeps the mempool, and snapshots of what is left", async () => {
    const chain = await open(manual)
    const early = await chain.snapshot()
    await chain.push(transfer(1, 0), { alias: alias(1) })
    await chain.mine()
    const kept = chain.head
    await chain.mine()
    const late = await chain.snapshot()
    await chain.push(transfer(2, 0), { alias: alias(2) })
    const changes: HeadChange[] = []
    chain.onHead((change) => changes.push(change))
    expect(epochs(await chain.rollback(1))).toEqual([2])
    expect(chain.head.key.equals(kept.key)).toBe(true)
    expect(changes.map(({ reverted, unexecuted }) => [epochs(reverted), epochs(unexecuted)])).toEqual([[[2], [2]]])
    expect(chain.pendingMessages().map((message) => message.alias)).toEqual([alias(2)])
    expect([chain.hasSnapshot(early), chain.hasSnapshot(late)]).toEqual([true, false])
    expect(await chain.findByAlias(alias(1))).toBeDefined()
    expect(await chain.rollback(0)).toEqual([])
    await expect(chain.rollback(2)).rejects.toMatchObject({ code: "invalid-option" })
    await chain.mine()
    expect((await chain.findByAlias(alias(2)))?.tipset.epoch).toBe(2)
    expect(await chain.revert(early)).toBe(true)
    expect(chain.head.epoch).toBe(0)
  })
})

describe("states on copies", () => {
  test("an edit can stand on an edit, and be read from", async () => {
    const chain = await open()
    const set = (n: number, balance: bigint) => (state: EditableState) =>
      state.setActor({ ...state.actor(account(n))!, balance })
    const one = await chain.overlay({ tag: "head" }, set(1, 5n))
    const two = await chain.overlay({ tag: "head" }, set(2, 6n), one)
    const state = await chain.stateOf(two)
    expect([await state.balanceOf(account(1)), await state.balanceOf(account(2))]).toEqual([5n, 6n])
    expect(await (await chain.stateOf(one)).balanceOf(account(2))).toBe(BALANCE)
    expect(await (await chain.stateAt({ tag: "head" })).balanceOf(account(1))).toBe(BALANCE)
  })

  test("a replay gives the states around a message", async () => {
    const chain = await open(manual)
    await chain.push(transfer(1, 0))
    await chain.push(transfer(1, 1))
    await chain.mine()
    const { before, after, response } = await chain.replayStates(chain.head, 1)
    expect(response.results).toHaveLength(2)
    expect(await (await chain.stateOf(before)).sequenceOf(account(1))).toBe(1n)
    expect(await (await chain.stateOf(after)).sequenceOf(account(1))).toBe(2n)
    expect(after.root.equals(chain.head.stateRoot)).toBe(true)
  })
})

describe("state control", () => {
  test("an edit shows at once and the next tipset stands on it", async () => {
    const chain = await open()
    await chain.push(transfer(1, 0))
    const edited = await chain.editState((state) => {
      const id = state.registerAddress(account(77))
      state.setActor({
        id,
        code: state.codes.get("placeholder")!,
        head: state.actor(account(2))!.head,
        sequence: 0n,
        balance: 5n * 10n ** 18n,
        delegatedAddress: account(77),
      })
    })
    expect(edited).toBe(chain.head)
    await chain.push(transfer(77, 0))
    expect(chain.head.headers[0]!.parentStateRoot.equals(edited.stateRoot)).toBe(true)
    expect(await (await chain.stateAt({ tag: "latest" })).sequenceOf(account(77))).toBe(1n)
  })

  test("an edit on a copy is seen by the trial that is given it, and by nobody else", async () => {
    const chain = await open()
    const overlay = await chain.overlay({ tag: "latest" }, (state) => {
      state.setActor({ ...state.actor(account(1))!, balance: 10n * BALANCE })
    })
    const message = { ...transfer(1, 0).message, value: 5n * BALANCE, gasFeeCap: 0n, gasPremium: 0n }
    const plain = await chain.call({ message, kind: "explicit" }, { tag: "latest" })
    expect(plain.receipt.exitCode).toBe(6) // SYS_INSUFFICIENT_FUNDS
    const rich = await chain.call({ message, kind: "explicit" }, { tag: "latest" }, { overlay })
    expect(rich.receipt.exitCode).toBe(0)
    expect(await (await chain.stateAt({ tag: "latest" })).balanceOf(account(1))).toBe(BALANCE)
  })

  test("a whole state can be taken from one chain to another", async () => {
    const [from, to] = [await open(), await open()]
    await from.push(transfer(1, 0))
    const blocks = []
    for await (const block of from.stateBlocks({ tag: "latest" })) blocks.push(block)
    expect(blocks[0]!.cid.equals(from.head.stateRoot)).toBe(true)
    await to.setState({ root: from.head.stateRoot, blocks })
    expect(await (await to.stateAt({ tag: "latest" })).balanceOf(account(9))).toBe(1n)
    await to.push(transfer(1, 1))
    expect(await (await to.stateAt({ tag: "latest" })).balanceOf(account(9))).toBe(2n)
    const lean = []
    for await (const block of from.stateBlocks({ tag: "latest" }, false)) lean.push(block)
    expect(lean.length).toBeLessThan(blocks.length)
  })

  test("base fee and producer of the next tipset", async () => {
    const chain = await open(manual)
    chain.setNextBaseFee(777n)
    chain.setMiner(Address.id(1234n))
    const [one, two] = await chain.mine({ count: 2 })
    expect(one!.baseFee).toBe(777n)
    expect(two!.baseFee).toBe(679n)
    expect(one!.headers[0]!.miner.actorId).toBe(1234n)
    expect(() => chain.setMiner(account(1))).toThrow(ChainError)
  })

  test("randomness: each epoch its own, kept for null rounds, overridden once", async () => {
    const chain = await open(manual)
    const predicted = await chain.beaconDigest(1)
    await chain.mine()
    expect(await chain.beaconDigest(1)).toEqual(predicted)
    await chain.mine({ nullRounds: 1 })
    expect(await chain.beaconDigest(2)).toEqual(predicted)
    expect(await chain.beaconDigest(3)).not.toEqual(predicted)
    chain.setNextBeaconData(new Uint8Array([1]))
    await chain.mine()
    expect(chain.head.headers[0]!.beaconEntries[0]!.data).toEqual(new Uint8Array([1]))
  })
})

test("a trusted message can come from any actor", async () => {
  const chain = await open()
  await chain.editState((state) => {
    state.setActor({ ...state.actor(account(3))!, code: state.codes.get("evm")!, sequence: 1n })
  })
  await expect(chain.push(transfer(3, 1))).rejects.toMatchObject({ reason: "invalid-sender" })
  await chain.push(transfer(3, 1, account(9), { gasFeeCap: 0n, gasPremium: 0n }), { trusted: true })
  const [executed] = await chain.executed(chain.head)
  expect(executed?.receipt.exitCode).toBe(0)
  expect((await (await chain.stateAt({ tag: "latest" })).actor(account(3)))?.kind).toBe("evm")
  expect((await chain.replay(chain.head)).results[0]?.receipt.gasUsed).toBe(executed?.receipt.gasUsed)
})

describe("trials", () => {
  test("keep nothing, run in order, and give the state back if asked", async () => {
    const chain = await open()
    const message = { ...transfer(1, 0).message, gasFeeCap: 0n, gasPremium: 0n }
    const response = await chain.trial({
      at: { tag: "latest" },
      messages: [
        { message, kind: "explicit" },
        { message, kind: "explicit" },
      ],
      keepState: true,
    })
    expect(response.results.map(({ receipt }) => receipt.exitCode)).toEqual([0, 0])
    expect(response.baseFee).toBe(0n)
    expect(chain.head.epoch).toBe(0)
    const again = await chain.call(
      { message: { ...message, value: 0n } },
      { tag: "latest" },
      { overlay: response.state! },
    )
    expect(again.receipt.exitCode).toBe(0)
    expect(response.state!.root.equals(chain.head.stateRoot)).toBe(false)
  })

  test("after another in the same state finds nothing of it, before and after a tipset", async () => {
    const chain = await open()
    const send = (value: bigint): Promise<TrialResult> =>
      chain.call({ message: { ...transfer(1, 0, account(51)).message, gasFeeCap: 0n, gasPremium: 0n, value } }, latest)
    const latest = { tag: "latest" } as const
    const first = await send(1n)
    expect(first.receipt.exitCode).toBe(0)
    expect(await (await chain.stateAt(latest)).resolveId(account(51))).toBeUndefined()
    // Of an address that had become known the second would cost less.
    expect((await send(2n)).receipt.gasUsed).toBe(first.receipt.gasUsed)
    await chain.push(transfer(2, 0))
    expect((await send(3n)).receipt.gasUsed).toBe(first.receipt.gasUsed)
    expect((await send(4n)).receipt.gasUsed).toBe(first.receipt.gasUsed)
    await chain.push(transfer(1, 0, account(51)))
    expect(await (await chain.stateAt(latest)).resolveId(account(51))).toBeDefined()
    expect((await send(5n)).receipt.gasUsed).toBeLessThan(first.receipt.gasUsed)
  })

  test("an unknown sender can be assumed", async () => {
    const chain = await open()
    const message = { ...transfer(50, 0).message, value: 0n, gasFeeCap: 0n, gasPremium: 0n }
    const without = await chain.call({ message, kind: "explicit" }, { tag: "latest" })
    expect(without.failure?.kind).toBe("prevalidation")
    const assumed = await chain.call({ message, kind: "explicit", assumeSender: true }, { tag: "latest" })
    expect(assumed.receipt.exitCode).toBe(0)
  })

  test("the estimate is enough, and a little less is not", async () => {
    const chain = await open()
    const message = { ...transfer(1, 0).message, gasLimit: 0n, gasFeeCap: 0n, gasPremium: 0n }
    const { gasLimit, result } = await chain.estimate({ message, chainLength: 150 }, { tag: "latest" })
    expect(gasLimit).toBe(result.receipt.gasUsed)
    const run = (limit: bigint) =>
      chain.call({ message: { ...message, gasLimit: limit }, kind: "explicit", chainLength: 150 }, { tag: "latest" })
    expect((await run(gasLimit!)).receipt.exitCode).toBe(0)
    expect((await run(gasLimit! - 1n)).receipt.exitCode).not.toBe(0)
  })

  test("a replay gives the receipts that are on chain, with traces", async () => {
    const chain = await open(manual)
    await chain.push(transfer(1, 0))
    await chain.push(transfer(2, 0))
    const [tipset] = await chain.mine()
    const executed = await chain.executed(tipset!)
    const replayed = await chain.replay(tipset!)
    expect(replayed.results.map(({ receipt }) => receipt.gasUsed)).toEqual(
      executed.map(({ receipt }) => receipt.gasUsed),
    )
    expect(replayed.results.every(({ trace }) => trace.length > 0)).toBe(true)
    expect((await chain.replay(tipset!, 0)).results).toHaveLength(1)
  })
})

test("after closing everything says so", async () => {
  const chain = await open()
  await chain.close()
  await chain.close()
  await expect(chain.push(transfer(1, 0))).rejects.toMatchObject({ code: "closed" })
  await expect(chain.resolve({ tag: "head" })).rejects.toMatchObject({ code: "closed" })
})

test("interval mining makes tipsets by itself", async () => {
  const chain = await open({ mining: { kind: "interval", seconds: 0.01 } })
  await new Promise<void>((resolve) => {
    const stop = chain.onHead(({ head }) => {
      if (head.epoch < 3) return
      stop()
      resolve()
    })
  })
  expect(chain.head.epoch).toBeGreaterThanOrEqual(3)
})
