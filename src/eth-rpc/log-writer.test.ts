import { expect, test } from "vitest"
import { Address } from "../address/address.ts"
import { toEthAddress } from "../address/ethereum.ts"
import { encodeLogs, LogChunk, type StoredLog } from "../chain/log-rows.ts"
import { logFromEvent } from "../fvm-bridge/logs.ts"
import { ethAddressOfActor } from "../fvm-bridge/transaction-view.ts"
import { cidOfBlock, DAG_CBOR } from "../ipld/cid.ts"
import { encodeLog } from "./codecs/block.ts"
import { LogWriter, logText } from "./log-writer.ts"

const word = (n: number): Uint8Array => new Uint8Array(32).fill(n, 20)
const entry = (key: string, value: Uint8Array, codec = 0x55n, flags = 3n) => ({ flags, key, codec, value })
const token = Address.delegated(10n, new Uint8Array(20).fill(0xab))
const from = (
  emitter: bigint,
  emitterAddress: Address | undefined,
  messageIndex: number,
  entries: object[],
): StoredLog => ({ emitter, emitterAddress, messageIndex, entries }) as StoredLog
const cid = cidOfBlock(DAG_CBOR, word(1))
const names = {
  hash: new Uint8Array(32).fill(0xbb),
  messages: [
    { cid, alias: word(0x71) },
    { cid, alias: undefined },
    { cid, alias: word(0x72) },
  ],
}
const EPOCH = 0x1234

const transfer = [entry("t1", word(1)), entry("t2", word(2)), entry("t3", word(3)), entry("d", word(4))]
const logs: readonly StoredLog[] = [
  from(100n, token, 0, transfer),
  from(100n, token, 0, transfer.slice(0, 1)),
  // No topics, no data: Lotus' index does not know it.
  from(101n, undefined, 0, []),
  from(100n, token, 2, [entry("d", new Uint8Array(0))]),
  // Data before the topics, keys that are passed over, other flags: logs all the same.
  from(101n, undefined, 2, [entry("d", word(9)), entry("t1", word(8))]),
  from(100n, token, 2, [entry("t1", word(8), 0x55n, 1n), entry("x", word(7)), entry("d", new Uint8Array(500).fill(5))]),
  from(100n, token, 2, [entry("t2", word(2)), entry("t1", word(1))]),
  // No logs: CBOR, a gap, a repetition, a short topic.
  from(102n, undefined, 2, [entry("$type", word(1), 0x51n)]),
  from(100n, token, 2, [entry("t2", word(1))]),
  from(100n, token, 2, [entry("t1", word(1)), entry("t1", word(1))]),
  from(100n, token, 2, [entry("d", word(1)), entry("d", word(1))]),
  from(100n, token, 2, [entry("t1", new Uint8Array(31))]),
  from(100n, token, 1, transfer),
]

/** What the objects are by the slow way. */
function expected(positions: readonly number[], indexedOnly: boolean): unknown[] {
  return positions.flatMap((logIndex) => {
    const { entries, emitter, emitterAddress, messageIndex } = logs[logIndex]!
    const content = logFromEvent(entries)
    if (!content || (indexedOnly && content.topics.length === 0 && content.data.length === 0)) return []
    const { alias } = names.messages[messageIndex]!
    const address = ethAddressOfActor(emitter, { delegatedAddress: () => emitterAddress })
    const log = { ...content, address, emitter, eventIndex: 0, logIndex, transactionIndex: messageIndex }
    return [
      JSON.parse(
        JSON.stringify(
          encodeLog({ ...log, transactionHash: alias ?? cid.multihash.digest }, { hash: names.hash, epoch: EPOCH }),
        ),
      ),
    ]
  })
}

test.each([
  false,
  true,
])("the text of logs is that of their objects, member by member (indexed only: %s)", (indexedOnly) => {
  const chunk = new LogChunk(encodeLogs(logs, names))
  const all = [...logs.keys()]
  for (const positions of [all, [], [2], [7, 8, 9], [0, 12], [3, 5, 6], ...all.map((one) => [one])]) {
    const writer = new LogWriter(indexedOnly)
    writer.write(chunk, EPOCH, positions)
    const { text } = writer.finish()
    expect(text).toBe(JSON.stringify(expected(positions, indexedOnly)))
  }
})

test("logs of several tipsets are one list", () => {
  const chunk = new LogChunk(encodeLogs(logs, names))
  const writer = new LogWriter()
  expect(new LogWriter().finish().text).toBe("[]")
  for (let i = 0; i < 200; i++) writer.write(chunk, EPOCH, [i % 2 === 0 ? 7 : 0])
  expect(writer.finish().toJSON()).toEqual(Array.from({ length: 100 }, () => expected([0], false)[0]))
  expect(toEthAddress(token)).toEqual(new Uint8Array(20).fill(0xab))
})

test("the text of one log is that of its object, taken back or not", () => {
  const log = {
    address: new Uint8Array(20).fill(0xab),
    emitter: 100n,
    eventIndex: 0,
    logIndex: 17,
    transactionIndex: 2,
  }
  const block = { hash: names.hash, epoch: EPOCH }
  for (const topics of [[], [word(1)], [word(1), word(2), word(3), word(4)]])
    for (const data of [new Uint8Array(0), new Uint8Array(3000).fill(7)])
      for (const removed of [false, true]) {
        const placed = { ...log, topics, data, transactionHash: word(9) }
        expect(logText(placed, block, removed).text).toBe(JSON.stringify(encodeLog(placed, block, removed)))
      }
})
