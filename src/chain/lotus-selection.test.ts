import { CID } from "multiformats/cid"
import { describe, expect, test } from "vitest"
import { Address } from "../address/address.ts"
import { type Sender, selectAsLotus } from "./lotus-selection.ts"
import type { PoolEntry } from "./mempool.ts"

const FIL = 10n ** 18n
const BASE_FEE = 100n
const NO_CID = CID.parse("bafkqaaa")

/** A sender's messages as `[premium, gas limit]`. */
function sender(
  id: number,
  messages: readonly (readonly [premium: bigint, gasLimit: bigint])[],
  balance = FIL,
): Sender {
  const entries = messages.map(
    ([gasPremium, gasLimit], i): PoolEntry => ({
      cid: NO_CID,
      bytes: new Uint8Array(),
      alias: undefined,
      senderId: BigInt(id),
      arrival: id,
      trusted: false,
      signed: {
        message: {
          version: 0n,
          from: Address.id(BigInt(id)),
          to: Address.id(1n),
          sequence: BigInt(i),
          value: 0n,
          method: 0n,
          params: new Uint8Array(),
          gasLimit,
          gasFeeCap: gasPremium + BASE_FEE,
          gasPremium,
        },
        signature: { type: 3, data: new Uint8Array() },
      },
    }),
  )
  return { entries, balance }
}

const order = (senders: readonly Sender[], ticketQuality = 0): string[] =>
  selectAsLotus(senders, BASE_FEE, ticketQuality).map((entry) => `${entry.senderId}:${entry.signed.message.sequence}`)

describe("as Lotus chooses messages", () => {
  test("the highest premium first, of equals the larger reward", () => {
    const senders = [sender(1, [[100n, 10n ** 7n]]), sender(2, [[100n, 10n ** 8n]]), sender(3, [[101n, 10n ** 6n]])]
    expect(order(senders)).toEqual(["3:0", "2:0", "1:0"])
  })

  test("a dear message pulls the cheap ones before it along", () => {
    const senders = [
      sender(1, [[150n, 10n ** 7n]]),
      sender(2, [
        [0n, 10n ** 7n],
        [400n, 10n ** 7n],
      ]),
    ]
    expect(order(senders)).toEqual(["2:0", "2:1", "1:0"])
  })

  // As a live Lotus did it: a tipset of seven senders at height 1010 of the recorded story, its ticket's quality 0.23.
  test("when a sender's dear message was taken, its cheap one and others that were cheaper come before dear ones", () => {
    const gas = 10_000_000n
    const senders = [
      sender(0, [[200_000n, 50_000_000n]]),
      sender(1, [
        [400_000n, gas],
        [100_000n, gas],
      ]),
      sender(2, [[100_000n, gas]]),
      sender(3, [[100_000n, gas]]),
      sender(4, [[100_000n, gas]]),
      sender(5, [[100_000n, 400_000n]]),
      sender(9, [[125_001n, 5_000_000n]]),
    ]
    expect(order(senders)).toEqual(["1:0", "1:1", "2:0", "3:0", "4:0", "5:0", "9:0", "0:0"])
  })

  // Height 991, quality 0.91.
  test("with a good ticket just by premium", () => {
    const gas = 50_000_000n
    const senders = [
      sender(0, [[100_000n, gas]]),
      sender(1, [
        [1_001_000_000n, gas],
        [101_000n, gas],
      ]),
      sender(3, [[103_000n, gas]]),
      sender(5, [[105_000n, gas]]),
    ]
    expect(order(senders, 0.909)).toEqual(["1:0", "5:0", "3:0", "1:1", "0:0"])
  })

  test("a chain that does not fit is cut, and the room is filled with what fits", () => {
    const half = 5_000_000_000n
    const senders = [
      sender(1, [
        [300n, half],
        [300n, 4_000_000_000n],
      ]),
      sender(2, [
        [200n, half],
        [200n, 1_000_000_000n],
      ]),
      sender(3, [[100n, 500_000_000n]]),
    ]
    expect(order(senders)).toEqual(["1:0", "1:1", "3:0"])
    expect(
      order([
        sender(1, [
          [300n, half],
          [300n, 6_000_000_000n],
        ]),
        sender(3, [[100n, half]]),
      ]),
    ).toEqual(["1:0", "3:0"])
  })

  test("a sender's messages end where its balance ends, and below the base fee nobody is taken", () => {
    expect(
      order([
        sender(
          1,
          [
            [100n, 10n ** 7n],
            [100n, 10n ** 7n],
          ],
          3n * 10n ** 9n,
        ),
      ]),
    ).toEqual(["1:0"])
    const cheap = sender(2, [[-50n, 10n ** 7n]])
    expect(order([cheap])).toEqual([])
  })
})
