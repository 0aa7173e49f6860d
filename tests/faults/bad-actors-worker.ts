import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { parentPort, workerData } from "node:worker_threads"
import { Address } from "../../src/address/address.ts"
import { Executor } from "../../src/fvm/executor/executor.ts"
import { runtimeFor } from "../../src/fvm/runtime.ts"
import { cidOfBlock, RAW } from "../../src/ipld/cid.ts"
import { createWorld, testCode, testMessage } from "../support/kernel-world.ts"

/** An actor and how often it is called, with what gas limit. */
export interface BadActor {
  readonly name: string
  /** Its code; undefined: the code is nowhere. */
  readonly code: Uint8Array | undefined
  readonly gasLimit: bigint
  readonly messages: number
}

/** What became of one actor's messages. */
export interface BadActorReport {
  readonly name: string
  /** Exit code -> how often. */
  readonly exits: Readonly<Record<number, number>>
  /** Messages after which anything but the sender's and the payees' balances had changed. */
  readonly changed: number
  /** Messages whose fees did not come from the sender, whole. */
  readonly unpaid: number
}

/** All of it, with the resident memory of the process in bytes: after every actor was called some times, and at the end. */
export interface BadActorsReport {
  readonly actors: readonly BadActorReport[]
  readonly memoryBefore: number
  readonly memoryAfter: number
}

const SENDER = 1000n
const FIRST_ACTOR = 2000
const PAYEES = [2n, 99n]
const BALANCE = 10n ** 30n
/** Rounds before memory is measured: compiled code and pools have their size by then. */
const WARM_UP = 100

const actors = workerData as readonly BadActor[]
setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

function resident(): number {
  for (let i = 0; i < 3; i++) collect()
  return process.memoryUsage().rss
}

const codes = actors.map(({ name, code }) => (code === undefined ? testCode(`missing ${name}`) : cidOfBlock(RAW, code)))
const world = createWorld({
  [String(SENDER)]: { balance: BALANCE },
  ...Object.fromEntries(codes.map((code, i) => [FIRST_ACTOR + i, { code, balance: 7n }])),
})
for (const [i, { code }] of actors.entries()) if (code !== undefined) world.store.put(codes[i]!, code)
const { machine } = world
const executor = new Executor(machine, runtimeFor(machine.context))
const reports = actors.map(({ name }) => ({ name, exits: {} as Record<number, number>, changed: 0, unpaid: 0 }))
const balances = (ids: readonly bigint[]): bigint =>
  ids.reduce((sum, id) => sum + (machine.stateTree.getActor(id)?.balance ?? 0n), 0n)
const untouched = (): string =>
  actors
    .map((_, i) => machine.stateTree.getActor(BigInt(FIRST_ACTOR + i)))
    .map((actor) => `${actor?.code} ${actor?.state} ${actor?.sequence} ${actor?.balance}`)
    .join()
const before = untouched()

let sequence = 0n
let memoryBefore = 0
const most = Math.max(...actors.map(({ messages }) => messages))
for (let round = 0; round < most; round++) {
  if (round === WARM_UP) memoryBefore = resident()
  for (const [i, { gasLimit, messages }] of actors.entries()) {
    // The rarer ones are spread over the whole run.
    if (Math.floor(((round + 1) * messages) / most) === Math.floor((round * messages) / most)) continue
    const report = reports[i]!
    const sender = balances([SENDER])
    const payees = balances(PAYEES)
    const to = Address.id(FIRST_ACTOR + i)
    const result = executor.applyMessage(testMessage({ to, sequence: sequence++, gasLimit }), "explicit", 100)
    const { exitCode } = result.receipt
    report.exits[exitCode] = (report.exits[exitCode] ?? 0) + 1
    const paid = result.baseFeeBurn + result.overEstimationBurn + result.minerTip
    if (sender - balances([SENDER]) !== paid || balances(PAYEES) - payees !== paid || paid <= 0n) report.unpaid++
    if (untouched() !== before || machine.stateTree.getActor(SENDER)?.sequence !== sequence) report.changed++
  }
  if (round % 50 === 49) executor.flush()
}
parentPort?.postMessage({ actors: reports, memoryBefore, memoryAfter: resident() } satisfies BadActorsReport)
