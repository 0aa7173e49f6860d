import { afterEach, expect, test } from "vitest"
import wabt from "wabt"
import { Address } from "../address/address.ts"
import { Chain } from "./chain.ts"
import { account, standInBundle, testOptions, transfer } from "./testing/stand-ins.ts"
import type { TrialMessage } from "./types.ts"

const { parseWat } = await wabt()
/** Counts to a number: eight instructions a round. */
const counting = (rounds: number): Uint8Array =>
  parseWat(
    "counting.wat",
    `(module (memory (export "memory") 1) (func (export "invoke") (param i32) (result i32) (local $i i32)
      (loop $again (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $again (i32.lt_u (local.get $i) (i32.const ${rounds}))))
      (i32.const 0)))`,
  ).toBinary({}).buffer

/** Gas: 32 a round. The reward actor counts past the budget of a tipset, the system actor has little to do. */
const bundle = standInBundle({ reward: counting(16_000_000), system: counting(10) })
const LONG = Address.id(2n)
const SHORT = Address.id(0n)

let chain: Chain
afterEach(() => chain.close())

const message = (to: Address, method = 7n): TrialMessage => ({
  message: { ...transfer(1, 0, to, { method, gasLimit: 9_000_000_000n }).message, value: 0n },
  assumeSender: true,
})

test("a call that takes too long for the node's thread is executed in a worker, and ends as it would have here", async () => {
  chain = await Chain.open(testOptions({ bundles: [bundle] }))
  const first = await chain.call(message(LONG), { tag: "latest" })
  const again = await chain.call(message(LONG, 8n), { tag: "latest" })
  expect(first.receipt.exitCode).toBe(0)
  expect(first.receipt.gasUsed).toBeGreaterThan(400_000_000n)
  expect(again.receipt.gasUsed).toBe(first.receipt.gasUsed)
})

test("a tipset that takes too long is made by the writer, and the next one here goes on from it", async () => {
  chain = await Chain.open(testOptions({ bundles: [bundle] }))
  const sent = { method: 7n, gasLimit: 1_000_000_000n, value: 0n }
  await chain.push(transfer(1, 0, SHORT, sent))
  await chain.push(transfer(1, 1, LONG, sent))
  await chain.push(transfer(1, 2, SHORT, sent))
  expect(chain.head.epoch).toBe(3)
  const results = []
  for (let epoch = 1; epoch <= 3; epoch++) {
    const [executed] = await chain.executed(await chain.resolve({ epoch }))
    results.push(executed!.receipt)
  }
  expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
  expect(results[1]!.gasUsed).toBeGreaterThan(400_000_000n)
  expect(results[2]!.gasUsed).toBe(results[0]!.gasUsed)
  // All of it can be executed again, from what is in the store.
  const { results: replayed } = await chain.replay(await chain.resolve({ epoch: 2 }))
  expect(replayed[0]!.receipt.gasUsed).toBe(results[1]!.gasUsed)
})

test("a short call is not held up by a long one", async () => {
  chain = await Chain.open(testOptions({ bundles: [bundle] }))
  const order: string[] = []
  const long = chain.call(message(LONG), { tag: "latest" }).then(() => order.push("long"))
  const short = chain.call(message(SHORT), { tag: "latest" }).then(() => order.push("short"))
  await Promise.all([long, short])
  expect(order).toEqual(["short", "long"])
})

test("a call is answered anew when the state has changed, and when anything of it is different", async () => {
  chain = await Chain.open(testOptions({ bundles: [bundle] }))
  const pay = (value: bigint): TrialMessage => ({
    message: { ...transfer(1, 0, account(2)).message, gasLimit: 0n, value },
    exactSequence: false,
  })
  const most = 1000n * 10n ** 18n
  const ask = async (value: bigint): Promise<number> =>
    (await chain.call(pay(value), { tag: "latest" })).receipt.exitCode
  expect([await ask(most), await ask(most), await ask(most + 1n)]).toEqual([0, 0, 6])
  await chain.push(transfer(1, 0))
  expect(await ask(most)).toBe(6)
  await chain.editState((state) => state.setActor({ ...state.actor(account(1))!, balance: most }))
  expect(await ask(most)).toBe(0)
})
