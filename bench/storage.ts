/**
 * What logs cost in the database and how fast they are found: a chain of tipsets with one ERC-20 transfer each, straight into the store.
 *
 *     node --import tsx bench/storage.ts [LOGS] [FOLDER]
 *
 * Prints a JSON object: bytes of each table for one log, and medians in milliseconds of processor time (the
 * machine may be shared) of searches over the whole chain, from the question to the JSON text. A folder that was filled before is used
 * as it is.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Address } from "../src/address/address.ts"
import type { LogSearch } from "../src/chain/log-index.ts"
import type { StoredLog } from "../src/chain/log-rows.ts"
import { ChainStore } from "../src/chain/store.ts"
import { TipsetKey } from "../src/chain/tipset-key.ts"
import { LogWriter } from "../src/eth-rpc/log-writer.ts"
import { cidOfBlock, DAG_CBOR } from "../src/ipld/cid.ts"

const LOGS = Number(process.argv[2] ?? 1_000_000)
const folder = process.argv[3] ?? mkdtempSync(join(tmpdir(), "fevm-bench-"))
mkdirSync(folder, { recursive: true })
const ROUNDS = 21
const TOKENS = 20
const HOLDERS = 50_000
/** Every so many logs one of the rare token. */
const RARE = Math.max(1, Math.floor(LOGS / 3000))
const RARE_TOKEN = 999n

const word = (seed: number, zeros: number): Uint8Array => {
  const bytes = new Uint8Array(32)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < 32; at += 4) view.setUint32(at, Math.imul(seed + at, 0x9e3779b1) ^ (seed >>> 3))
  bytes.fill(0, 0, zeros)
  return bytes
}
const TRANSFER = word(7, 0)
const holder = (n: number): Uint8Array => word(1000 + (n % HOLDERS), 12)
const cid = (n: number) => cidOfBlock(DAG_CBOR, word(n, 0))
const entry = (key: string, value: Uint8Array) => ({ flags: 3n, key, codec: 0x55n, value })
let state = 12345
const draw = (below: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}

function transfer(n: number): StoredLog {
  const emitter = n % RARE === 0 ? RARE_TOKEN : BigInt(1000 + draw(TOKENS))
  return {
    messageIndex: 0,
    emitter,
    emitterAddress: Address.delegated(10n, word(Number(emitter), 0).subarray(0, 20)),
    entries: [
      entry("t1", TRANSFER),
      entry("t2", holder(draw(HOLDERS))),
      entry("t3", holder(draw(HOLDERS))),
      entry("d", word(n, 24)),
    ],
  }
}

const store = new ChainStore({ path: folder, durable: false })
const started = performance.now()
for (let epoch = (store.lastAtOrBefore(LOGS)?.epoch ?? 0) + 1; epoch <= LOGS; )
  store.transaction(() => {
    for (const end = Math.min(LOGS, epoch + 999); epoch <= end; epoch++) {
      const messages = [{ cid: cid(epoch), alias: word(epoch + 77, 0) }]
      const row = {
        key: new TipsetKey([cid(-epoch)]),
        stateRoot: cid(1),
        receiptsRoot: cid(2),
        gasUsed: 5_000_000n,
        gasLimit: 10_000_000n,
        eventCount: 1,
        circulatingSupply: 10n ** 26n,
        messages,
      }
      store.addTipset(epoch, row, [transfer(epoch)])
    }
  })
const seconds = (performance.now() - started) / 1000

function measure(search: Omit<LogSearch, "from" | "to">, from: number = 0, to: number = LOGS) {
  const times: number[] = []
  let found = 0
  for (let i = 0; i < ROUNDS; i++) {
    const start = process.cpuUsage()
    found = 0
    const writer = new LogWriter()
    store.visitLogs({ from, to, ...search }, ({ chunk, epoch, positions }) => {
      found += positions.length
      writer.write(chunk, epoch, positions)
    })
    writer.finish()
    const { user, system } = process.cpuUsage(start)
    times.push((user + system) / 1000)
    store.refresh()
  }
  times.sort((a, b) => a - b)
  const round = (ms: number): number => Math.round(ms * 100) / 100
  return { found, medianMs: round(times[times.length >> 1]!), worstMs: round(times.at(-1)!) }
}
const searches = {
  "3,000 logs of one contract among all": measure({ emitters: [RARE_TOKEN] }),
  "one holder's payments": measure({ fields: [{ key: "t2", values: [holder(17)] }] }),
  "one holder's payments in one of 20 tokens": measure({
    emitters: [1003n],
    fields: [
      { key: "t1", values: [TRANSFER] },
      { key: "t2", values: [holder(17)] },
    ],
  }),
  "nothing to be found": measure({ emitters: [5n] }),
  "all logs of the last 100 epochs": measure({}, LOGS - 99),
  "all logs of 3,000 epochs in the middle": measure({}, LOGS / 2, LOGS / 2 + 2999),
}
const usage = Object.fromEntries(
  Object.entries(store.usage()).map(([name, { entries, bytes }]) => [name, { entries, bytesPerLog: bytes / LOGS }]),
)
await store.close()
const fileBytes = statSync(join(folder, "data.mdb")).size
process.stdout.write(
  `${JSON.stringify({ logs: LOGS, writeSeconds: seconds, microsecondsPerTipset: (seconds * 1e6) / LOGS, fileBytesPerLog: fileBytes / LOGS, usage, searches }, undefined, 2)}\n`,
)
if (process.argv[3] === undefined) rmSync(folder, { recursive: true, force: true })
