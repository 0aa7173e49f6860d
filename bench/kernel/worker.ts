import { readFileSync, writeFileSync } from "node:fs"
import { Session } from "node:inspector"
import { performance } from "node:perf_hooks"
import { parentPort, workerData } from "node:worker_threads"
import { Executor } from "../../src/fvm/executor/executor.ts"
import { codeOfBundles, readBundleFiles } from "../../src/fvm/machine/bundle.ts"
import { machineContext } from "../../src/fvm/machine/context.ts"
import { Machine } from "../../src/fvm/machine/machine.ts"
import type { Message } from "../../src/fvm/message.ts"
import { runtimeFor } from "../../src/fvm/runtime.ts"
import { MemoryBlockstore } from "../../src/ipld/blockstore.ts"
import { decodeCar } from "../../src/ipld/car.ts"
import { parseCid } from "../../src/ipld/cid.ts"
import type { Vector } from "../../tests/vectors/format.ts"
import { oracleExterns } from "../../tests/vectors/oracle-externs.ts"
import { messageOf } from "../../tests/vectors/replay.ts"

/** What the worker is told. */
export interface BenchInput {
  /** A vector with one case: its last message is repeated. */
  readonly vector: string
  readonly bundles: string
  readonly rounds: number
  /** Messages in a round. */
  readonly repeat: number
  readonly flushEvery: number
  /** Where to write a CPU profile of all rounds but the first. Default: nowhere */
  readonly profile?: string
}

/** Microseconds a message, by round, and the gas of one. */
export interface BenchOutput {
  readonly microseconds: readonly number[]
  readonly gas: number
}

/** Samples this thread every 100 us. */
function startProfile(session: Session): void {
  session.connect()
  session.post("Profiler.enable")
  session.post("Profiler.setSamplingInterval", { interval: 100 })
  session.post("Profiler.start")
}

const { vector: file, bundles, rounds, repeat, flushEvery, profile } = workerData as BenchInput
const vector = JSON.parse(readFileSync(file, "utf8")) as Vector
const [one] = vector.cases
const { network } = vector
const store = new MemoryBlockstore()
store.putMany(decodeCar(new Uint8Array(Buffer.from(vector.pre.car, "base64"))).blocks)
const context = machineContext({
  networkVersion: network.version,
  chainId: BigInt(network.chain_id),
  epoch: BigInt(network.epoch),
  timestamp: BigInt(network.timestamp),
  baseFee: BigInt(network.base_fee),
  circSupply: BigInt(network.circ_supply),
})
const loaded = readBundleFiles(bundles)
const machine = new Machine({
  context,
  store,
  stateRoot: parseCid(vector.pre.root),
  externs: oracleExterns,
  code: codeOfBundles(loaded),
})
const executor = new Executor(machine, runtimeFor(context, { bundles: loaded }))
let last: { message: Message; length: number } | undefined
for (const message of one?.messages ?? []) {
  last = { message: messageOf(message), length: message.chain_length }
  executor.applyMessage(last.message, "explicit", last.length)
}
if (last !== undefined) {
  let { sequence } = last.message
  const microseconds: number[] = []
  let gas = 0
  const session = new Session()
  for (let round = 0; round < rounds; round++) {
    if (profile !== undefined && round === 1) startProfile(session)
    const start = performance.now()
    for (let index = 1; index <= repeat; index++) {
      sequence++
      const { receipt } = executor.applyMessage({ ...last.message, sequence }, "explicit", last.length)
      if (receipt.exitCode !== 0) throw new RangeError(`the repeated message fails with exit code ${receipt.exitCode}`)
      gas = Number(receipt.gasUsed)
      if (index % flushEvery === 0) executor.flush()
    }
    microseconds.push(((performance.now() - start) * 1000) / repeat)
  }
  if (profile !== undefined)
    session.post("Profiler.stop", (_, answer) => writeFileSync(profile, JSON.stringify(answer.profile)))
  parentPort?.postMessage({ microseconds, gas } satisfies BenchOutput)
}
