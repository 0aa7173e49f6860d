/**
 * What a transaction costs on disk, table by table, and what a read at an old epoch costs beside one at the head.
 *
 *     npm run build && node --import tsx bench/archive.ts [TRANSACTIONS]
 *
 * One tipset for each transaction: half of them transfers between 10 accounts, half calls of a contract that logs. Prints a JSON object.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Address } from "../src/address/address.ts"
import { Chain } from "../src/chain/chain.ts"
import { ChainStore } from "../src/chain/store.ts"
import type { SignedMessage } from "../src/chain/types.ts"
import { decode, encode, expectTuple, expectUint64 } from "../src/ipld/dag-cbor.ts"

const COUNT = Number(process.argv[2] ?? 2000)
const EPOCHS_READ = 200
const METHOD_INVOKE_EVM = 3844450837n
/** Logs one word under one topic. */
const RUNTIME = [
  0x60,
  0x2a,
  0x60,
  0x00,
  0x52,
  0x7f,
  ...new Uint8Array(32).fill(0x77),
  0x60,
  0x20,
  0x60,
  0x00,
  0xa1,
  0x00,
]
const INIT = [0x60, RUNTIME.length, 0x60, 0x0c, 0x60, 0x00, 0x39, 0x60, RUNTIME.length, 0x60, 0x00, 0xf3, ...RUNTIME]
const account = (n: number): Address => Address.delegated(10n, new Uint8Array(20).fill(n))
const bundle = new URL("../dist/actors/bundle.car", import.meta.url).pathname

const folder = mkdtempSync(join(tmpdir(), "fevm-bench-"))
const accounts = Array.from({ length: 10 }, (_, i) => ({ address: account(i + 1), balance: 10n ** 24n }))
const chain = await Chain.open({ dataDir: folder, bundles: [bundle], genesis: { accounts } })
let sequence = 0n
const push = (to: Address, method: bigint, params: Uint8Array, value: bigint) => {
  const message: SignedMessage["message"] = {
    ...{ version: 0n, from: account(1), to, sequence, value, method, params },
    ...{ gasLimit: 500_000_000n, gasFeeCap: 1000n, gasPremium: 100n },
  }
  const alias = new Uint8Array(32)
  crypto.getRandomValues(alias)
  sequence++
  return chain.push({ message, signature: { type: 3, data: new Uint8Array(65) } }, { alias })
}
await push(Address.id(10n), 4n, encode(new Uint8Array(INIT)), 0n)
const [created] = await chain.executed(chain.head)
const contract = Address.id(expectUint64(expectTuple(decode(created!.receipt.returnData), 3, "return")[0], "actor ID"))

const usageOf = async (): Promise<ReturnType<ChainStore["usage"]>> => {
  const store = new ChainStore({ path: folder, durable: false })
  const usage = store.usage()
  await store.close()
  return usage
}
const before = await usageOf()
for (let i = 0; i < COUNT; i++)
  await (i % 2 === 0
    ? push(account(2 + (i % 9)), 0n, new Uint8Array(0), 1n)
    : push(contract, METHOD_INVOKE_EVM, new Uint8Array(0), 0n))
const after = await usageOf()

async function timed(read: (epoch: number) => Promise<unknown>, epochOf: (i: number) => number): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < EPOCHS_READ; i++) {
    const start = performance.now()
    await read(epochOf(i))
    times.push((performance.now() - start) * 1000)
  }
  times.sort((a, b) => a - b)
  return Math.round(times[times.length >> 1]!)
}
const balance = async (epoch: number) => (await chain.stateAt({ epoch })).balanceOf(account(1))
const message = {
  ...{ version: 0n, from: account(2), to: contract, sequence: 0n, value: 0n, method: METHOD_INVOKE_EVM },
  ...{ params: new Uint8Array(0), gasLimit: 10n ** 9n, gasFeeCap: 0n, gasPremium: 0n },
}
const call = (epoch: number) => chain.call({ message }, { epoch })
const head = chain.head.epoch
const latest = (): number => head
const spread = (i: number): number => 2 + ((i * 7919) % (head - 2))
await timed(call, latest)
await timed(balance, latest)
const reads = {
  balanceAtHead: await timed(balance, latest),
  balanceAtOldEpochs: await timed(balance, spread),
  callAtHead: await timed(call, latest),
  callAtOldEpochs: await timed(call, spread),
}
await chain.close()
const bytesPerTransaction = Object.fromEntries(
  Object.entries(after).map(([name, { bytes }]) => [name, Math.round((bytes - before[name]!.bytes) / COUNT)]),
)
const blocksPerTransaction = (after.places!.entries - before.places!.entries) / COUNT
const fileBytes = statSync(join(folder, "data.mdb")).size
process.stdout.write(
  `${JSON.stringify({ transactions: COUNT, bytesPerTransaction, blocksPerTransaction, fileBytes, medianMicroseconds: reads }, undefined, 2)}\n`,
)
rmSync(folder, { recursive: true, force: true })
