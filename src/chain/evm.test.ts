import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Address } from "../address/address.ts"
import { decode, encode, expectTuple, expectUint64 } from "../ipld/dag-cbor.ts"
import { Chain } from "./chain.ts"
import { account, alias, testOptions, transfer } from "./testing/stand-ins.ts"
import type { LogQuery, Tipset } from "./types.ts"

const METHOD_CREATE_EXTERNAL = 4n
const METHOD_INVOKE_EVM = 3844450837n
const TOPIC = new Uint8Array(32).fill(0x77)
/** Stores 42 in memory and logs it under one topic. */
const RUNTIME = [0x60, 0x2a, 0x60, 0x00, 0x52, 0x7f, ...TOPIC, 0x60, 0x20, 0x60, 0x00, 0xa1, 0x00]
/** Copies the runtime to memory and returns it. */
const INIT = [0x60, RUNTIME.length, 0x60, 0x0c, 0x60, 0x00, 0x39, 0x60, RUNTIME.length, 0x60, 0x00, 0xf3, ...RUNTIME]

const embedded = fileURLToPath(new URL("../../dist/actors/bundle.car", import.meta.url))
const bundles = [
  ["the embedded bundle", existsSync(embedded) ? embedded : undefined],
  ["the official bundle", process.env.FEVM_BUNDLE?.split(":")[0]],
] as const

describe.each(bundles)("logs of a contract, with %s", (name, file) => {
  if (file === undefined) console.warn(`SKIPPED: ${name} is not here`)

  describe.skipIf(file === undefined)("index, blocks and snapshots", () => {
    let chain: Chain
    let contract: bigint
    let deployed: Tipset
    const gas = { gasLimit: 500_000_000n, value: 0n }
    const invoke = (sequence: number) =>
      chain.push(transfer(1, sequence, Address.id(contract), { ...gas, method: METHOD_INVOKE_EVM }), {
        alias: alias(sequence),
      })
    const all: LogQuery = { from: 0, to: Number.MAX_SAFE_INTEGER }

    beforeAll(async () => {
      chain = await Chain.open(testOptions({ bundles: [file as string], stackSizeMb: 256 }))
      const params = encode(new Uint8Array(INIT))
      await chain.push(transfer(1, 0, Address.id(10n), { ...gas, method: METHOD_CREATE_EXTERNAL, params }))
      deployed = chain.head
      const [created] = await chain.executed(deployed)
      expect(created!.receipt.exitCode).toBe(0)
      const [id] = expectTuple(decode(created!.receipt.returnData), 3, "return")
      contract = expectUint64(id, "actor ID")
    })
    afterAll(() => chain?.close())

    test("an event is in the receipt's AMT, in the index by emitter and topic, and found by address", async () => {
      await invoke(1)
      const [executed] = await chain.executed(chain.head)
      expect(executed!.receipt.exitCode).toBe(0)
      expect(executed!.events).toHaveLength(1)
      expect(executed!.events[0]!.emitter).toBe(contract)
      expect(chain.head.eventCount).toBe(1)
      const address = await chain.delegatedAddress(contract)
      for (const query of [
        all,
        { ...all, emitters: [contract] },
        { ...all, emitterAddresses: [address!] },
        { ...all, fields: [{ key: "t1", values: [TOPIC] }] },
        { ...all, emitters: [contract], fields: [{ key: "t1", values: [TOPIC, new Uint8Array(32)] }] },
      ]) {
        const [log, ...more] = await chain.logs(query)
        expect(more).toEqual([])
        expect(log).toMatchObject({ epoch: chain.head.epoch, messageIndex: 0, logIndex: 0, emitter: contract })
        expect(log!.alias).toEqual(alias(1))
        expect(log!.tipsetHash).toEqual(chain.head.hash)
        expect(log!.emitterAddress?.equals(address!)).toBe(true)
        expect(log!.entries).toEqual(executed!.events[0]!.entries)
      }
      expect(await chain.logs({ ...all, emitters: [5n] })).toEqual([])
      expect(await chain.logs({ ...all, emitterAddresses: [account(99)] })).toEqual([])
      expect(await chain.logs({ ...all, fields: [{ key: "t2", values: [TOPIC] }] })).toEqual([])
      expect(await chain.logs({ from: 0, to: chain.head.epoch - 1 })).toEqual([])
    })

    test("a snapshot takes the logs of later tipsets off the index; who holds the tipset can still read them", async () => {
      const count = (await chain.logs(all)).length
      const id = await chain.snapshot()
      await invoke(2)
      const gone = chain.head
      expect(await chain.logs(all)).toHaveLength(count + 1)
      await chain.revert(id)
      expect(await chain.logs(all)).toHaveLength(count)
      const lost = await chain.executedOf(gone)
      expect(lost[0]!.events).toHaveLength(1)
    })

    test("a call sees the events, and a replay gives the receipt's gas", async () => {
      const message = { ...transfer(1, 0, Address.id(contract), gas).message, method: METHOD_INVOKE_EVM }
      const result = await chain.call(
        { message: { ...message, gasFeeCap: 0n, gasPremium: 0n }, kind: "explicit" },
        { tag: "latest" },
      )
      expect(result.receipt.exitCode).toBe(0)
      expect(result.events).toHaveLength(1)
      const replayed = await chain.replay(deployed)
      expect(replayed.results[0]!.receipt.gasUsed).toBe(deployed.gasUsed)
    })
  })
})
