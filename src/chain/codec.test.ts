import { existsSync, readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { CarReader } from "@ipld/car"
import { CID } from "multiformats/cid"
import { describe, expect, test } from "vitest"
import { Address } from "../address/address.ts"
import { ChainError } from "./errors.ts"
import { decodeHeader, encodeHeader, headerCid } from "./header-codec.ts"
import {
  decodeSignedMessage,
  encodeSignedMessage,
  fromChainMessage,
  messageCid,
  toChainMessage,
} from "./message-codec.ts"
import { TipsetKey } from "./tipset-key.ts"
import type { SignedMessage } from "./types.ts"

const LOTUS = new URL("../../../shared/vectors/lotus/", import.meta.url)
const absent = !existsSync(LOTUS)
if (absent) console.warn("SKIPPED: ../shared/vectors/lotus is not here, encodings are not compared with Lotus")

const signed: SignedMessage = {
  message: {
    version: 0n,
    from: Address.delegated(10n, new Uint8Array(20).fill(1)),
    to: Address.id(10n),
    sequence: 7n,
    value: 10n ** 18n,
    method: 4n,
    params: new Uint8Array([0x41, 0xff]),
    gasLimit: 30_000_000n,
    gasFeeCap: 100n,
    gasPremium: 0n,
  },
  signature: { type: 3, data: new Uint8Array(65).fill(9) },
}

test("a signed message comes back as it was", () => {
  expect(decodeSignedMessage(encodeSignedMessage(signed))).toEqual(signed)
  expect(fromChainMessage(toChainMessage(signed).bytes)).toEqual(signed)
})

test("of a BLS message the chain holds the bare message", () => {
  const bls: SignedMessage = { ...signed, signature: { type: 2, data: new Uint8Array(96) } }
  const { cid, bytes } = toChainMessage(bls)
  expect(cid.equals(messageCid(bls.message))).toBe(true)
  expect(fromChainMessage(bytes)).toEqual({ message: bls.message, signature: { type: 2, data: new Uint8Array(0) } })
})

test("bytes that are no message are refused with a code", () => {
  for (const bytes of [new Uint8Array(0), new Uint8Array([0x80]), new Uint8Array([0x82, 0x01, 0x02])])
    expect(() => decodeSignedMessage(bytes)).toThrow(ChainError)
})

describe.skipIf(absent)("as Lotus encodes", () => {
  const read = (name: string) => JSON.parse(readFileSync(new URL(name, LOTUS), "utf8"))

  test("signed messages and their CIDs", () => {
    let compared = 0
    for (const row of read("transactions.json")) {
      if (row.signedMessageCbor === undefined) continue
      const bytes = new Uint8Array(Buffer.from(row.signedMessageCbor, "base64"))
      const message = decodeSignedMessage(bytes)
      expect(new Uint8Array(encodeSignedMessage(message)), row.name).toEqual(bytes)
      if (row.message?.CID) expect(messageCid(message.message).toString(), row.name).toBe(row.message.CID["/"])
      compared++
    }
    expect(compared).toBeGreaterThan(50)
  })

  test("block headers and tipset keys of a recorded chain", async () => {
    const replay = read("chain/replay.json")
    const car = await CarReader.fromBytes(gunzipSync(readFileSync(new URL("chain/chain.car.gz", LOTUS))))
    for (const tipset of replay.tipsets) {
      for (const text of tipset.key) {
        const cid = CID.parse(text)
        const block = await car.get(cid as never)
        const header = decodeHeader(block!.bytes)
        expect(header.epoch).toBe(tipset.height)
        expect(header.timestamp).toBe(tipset.timestamp)
        expect(new Uint8Array(encodeHeader(header))).toEqual(new Uint8Array(block!.bytes))
        expect(headerCid(header).equals(cid)).toBe(true)
        expect(header.parents.map(String)).toEqual(tipset.parents)
      }
    }
  })

  test("the hash of a tipset key is Ethereum's block hash", () => {
    // symbols.json knows both names of a tipset.
    const symbols = read("symbols.json")
    const key = symbols["latest.key"] ?? symbols.symbols?.["latest.key"]
    const hash = symbols["latest.hash"] ?? symbols.symbols?.["latest.hash"]
    expect(key).toBeDefined()
    const cids = (typeof key === "string" ? JSON.parse(key) : key).map((link: { "/": string }) => CID.parse(link["/"]))
    expect(`0x${Buffer.from(new TipsetKey(cids).hash).toString("hex")}`).toBe(hash)
    expect(TipsetKey.fromBytes(new TipsetKey(cids).bytes).equals(new TipsetKey(cids))).toBe(true)
  })
})
