import type { CallManager, Invocation, InvocationEnd, InvocationRun, Runtime } from "../../fvm/call-manager/index.ts"
import type { HostFunctions } from "../../fvm/engine/index.ts"
import { EXIT_CODES } from "../../fvm/exit-code.ts"
import { MILLIGAS_PER_GAS } from "../../fvm/gas/charge.ts"
import type { MachineView } from "../../fvm/machine/index.ts"
import type { Frame } from "../../fvm/syscalls/frame.ts"
import { STEP_FIELDS, STEP_WIDTH, type StepFrame, type StepOptions, type StepTrace } from "./types.ts"

/** Host module of the traced build of the EVM actor. @see src/evm-actor/trace.ts */
const TRACE_MODULE = "evm_trace"

/**
 * Milligas that a call of each adds to the actor: reading the arguments, and the call. Given back, the traced
 * build uses the gas of the ordinary one to the last unit (tests/diff/steps/struct-logs.test.ts holds them to it).
 */
const STEP_MILLIGAS = 32_000n
const LANDING_MILLIGAS = 28_000n
const ENTER_MILLIGAS = 16_000n
/** Given back where interpretation is to be free: more than there can be. */
const ALL = 1n << 62n

const WORD = 32
const WORD_U32S = 8
const STACK_WORDS = 1024
/** An instruction changes nothing below this many words (SWAP16 reaches deepest). */
const REACH = 17

/** Bytes that one trace holds, about; it exists in three threads' heaps at worst. */
const MAX_BYTES = 64 << 20
const ROW_BYTES = STEP_WIDTH * 8
const SLOAD = 0x54

/** Instructions that may write to the EVM's memory; others only lengthen it. */
const WRITES_MEMORY = new Set([0x37, 0x39, 0x3c, 0x3e, 0x52, 0x53, 0x5e, 0xf0, 0xf1, 0xf2, 0xf4, 0xf5, 0xfa])
/** Instructions that replace the return data. */
const REPLACES_RETURN_DATA = new Set([0xf0, 0xf1, 0xf2, 0xf4, 0xf5, 0xfa])

/** A frame that is being written down. */
interface Live {
  readonly position: number
  readonly code: number
  readonly stack: number
  /** The stack as it was at the last step. */
  readonly shadow: Uint32Array
  height: number
  lastOp: number
  memory: number
  memorySize: number
  returned: number
  /** Where the last step is written down; -1 if it is not. */
  row: number
  /** Gas before the last step. */
  gas: number
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** One invocation of an actor, contract or not. */
interface Level {
  /** Set once it runs a contract's code. */
  live: Live | undefined
  readonly depth: number
}

/** A byte array that grows. */
class ByteList {
  bytes = new Uint8Array(4096)
  length = 0

  room(count: number): void {
    if (this.length + count <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
  }
}

/**
 * Writes down what the traced build of the EVM actor tells: one for each thread, used for one message after the other.
 *
 * It stands between the call manager and the runtime, to learn how frames nest and end, and it is what the traced code calls.
 */
export class StepRecorder {
  readonly functions: HostFunctions<Frame>
  #options: Required<StepOptions> = {
    stack: true,
    memory: false,
    returnData: false,
    limit: 0,
    from: 0,
    maxBytes: MAX_BYTES,
  }
  #free = false
  #levels: Level[] = []
  #frames: Mutable<StepFrame>[] = []
  #rows = new Float64Array(STEP_WIDTH * 256)
  #count = 0
  #words = new ByteList()
  #memories: Uint8Array[] = []
  #returns: Uint8Array[] = []
  #bytes = 0
  /** Steps so far, written down or not. */
  #seen = 0
  #full = false

  constructor() {
    this.functions = {
      [TRACE_MODULE]: {
        enter: {
          params: ["i32", "i32", "i32", "i32"],
          result: undefined,
          call: (frame: Frame, code: number, _length: number, stack: number, receiver: number): undefined =>
            this.#enter(frame, code >>> 0, stack >>> 0, receiver >>> 0),
        },
        step: {
          params: ["i32", "i32", "i32", "i32", "i32", "i32"],
          result: undefined,
          call: (frame: Frame, pc: number, sp: number, at: number, size: number, returned: number, length: number) =>
            this.#step(frame, pc >>> 0, sp >>> 0, at >>> 0, size >>> 0, returned >>> 0, length >>> 0, STEP_MILLIGAS),
        },
        landing: {
          params: ["i32", "i32", "i32", "i32", "i32", "i32"],
          result: undefined,
          call: (frame: Frame, pc: number, sp: number, at: number, size: number, returned: number, length: number) =>
            this.#step(
              frame,
              (pc >>> 0) - 1,
              sp >>> 0,
              at >>> 0,
              size >>> 0,
              returned >>> 0,
              length >>> 0,
              LANDING_MILLIGAS,
            ),
        },
      },
    }
  }

  /**
   * Begins anew.
   *
   * @param free - Interpreting code costs no gas, what it asks of the kernel does: for a message that has too little for this build.
   */
  begin(options: StepOptions, free: boolean): void {
    const { stack = true, memory = false, returnData = false, limit = 0, from = 0, maxBytes = MAX_BYTES } = options
    this.#options = { stack, memory, returnData, limit, from, maxBytes }
    this.#free = free
    this.#levels = []
    this.#frames = []
    this.#rows = new Float64Array(STEP_WIDTH * 256)
    this.#count = 0
    this.#words = new ByteList()
    this.#memories = []
    this.#returns = []
    this.#bytes = 0
    this.#seen = 0
    this.#full = false
  }

  /** What was written down since {@link begin}. */
  finish(agrees: StepTrace["agrees"], gasUsed: bigint): StepTrace {
    const trace: StepTrace = {
      count: this.#count,
      rows: this.#rows.subarray(0, this.#count * STEP_WIDTH),
      words: this.#words.bytes.slice(0, this.#words.length),
      memories: this.#memories,
      returns: this.#returns,
      frames: this.#frames,
      gasUsed,
      more: this.#seen > this.#options.from + this.#count,
      agrees,
    }
    this.begin({}, false)
    return trace
  }

  /** A runtime that tells the recorder of each invocation. */
  around(runtime: Runtime): Runtime {
    return {
      run: (callManager, invocation) => this.#run(runtime, callManager, invocation),
      preload: (machine: MachineView) => runtime.preload(machine),
    }
  }

  #run(runtime: Runtime, callManager: CallManager, invocation: Invocation): InvocationRun {
    const outer = this.#levels.at(-1)
    const level: Level = { live: undefined, depth: outer ? outer.depth + (outer.live ? 1 : 0) : 0 }
    this.#levels.push(level)
    try {
      const run = runtime.run(callManager, invocation)
      const { live } = level
      if (live) {
        const frame = this.#frames[live.position]!
        close(frame, run.end, callManager.gas.available)
        this.#setCost(live, Number(frame.gasLeft))
      }
      return run
    } finally {
      this.#levels.pop()
    }
  }

  #enter(frame: Frame, code: number, stack: number, receiver: number): undefined {
    const level = this.#levels.at(-1)
    if (!level) return
    this.#giveBack(frame, ENTER_MILLIGAS)
    const { bytes } = frame.memory
    level.live = {
      position: this.#frames.length,
      code,
      stack,
      shadow: new Uint32Array(this.#options.stack ? STACK_WORDS * WORD_U32S : 0),
      height: 0,
      lastOp: -1,
      memory: -1,
      memorySize: -1,
      returned: -1,
      row: -1,
      gas: 0,
    }
    this.#frames.push({
      depth: level.depth + 1,
      address: bytes.slice(receiver, receiver + 20).reverse(),
      gasLeft: 0n,
      lastStep: -1,
      exitCode: 0,
      message: "",
      outOfGas: false,
    })
  }

  #step(
    frame: Frame,
    pc: number,
    sp: number,
    memory: number,
    memorySize: number,
    returned: number,
    returnedLength: number,
    cost: bigint,
  ): undefined {
    this.#giveBack(frame, cost)
    const live = this.#levels.at(-1)?.live
    if (!live) return
    const gas = Number(frame.gasLeft / MILLIGAS_PER_GAS)
    this.#setCost(live, gas)
    const step = this.#seen++
    this.#frames[live.position]!.lastStep = step
    const { limit, from, stack } = this.#options
    if (step < from || this.#full || (limit > 0 && this.#count >= limit)) return
    const { bytes } = frame.memory
    const op = bytes[pc]!
    const height = (sp + WORD - live.stack) / WORD
    const kept = stack ? this.#stack(live, bytes, height) : 0
    if (this.#options.memory) this.#memory(live, bytes, memory, memorySize)
    if (this.#options.returnData) this.#returnData(live, bytes, returned, returnedLength)

    const at = this.#count * STEP_WIDTH
    if (at === this.#rows.length) {
      const grown = new Float64Array(this.#rows.length * 2)
      grown.set(this.#rows)
      this.#rows = grown
    }
    const rows = this.#rows
    rows[at] = live.position
    rows[at + 1] = pc - live.code
    rows[at + 2] = op
    rows[at + 3] = gas
    rows[at + 4] = height
    rows[at + 5] = kept
    rows[at + 6] = live.memory
    rows[at + 7] = live.returned
    live.lastOp = op
    live.row = this.#count++
    live.gas = gas
    this.#bytes += ROW_BYTES
    // What SLOAD finds is on the stack of the step behind it, which has to be in the same trace.
    if (this.#bytes + this.#words.length > this.#options.maxBytes && op !== SLOAD) this.#full = true
  }

  /** What the frame's last step cost, now that it is known what is left after it. */
  #setCost(live: Live, left: number): void {
    if (live.row >= 0) this.#rows[live.row * STEP_WIDTH + STEP_FIELDS.cost] = Math.max(0, live.gas - left)
    live.row = -1
  }

  #giveBack(frame: Frame, milligas: bigint): void {
    frame.giveBack(this.#free ? ALL : milligas)
  }

  /** Notes the words that have changed. @returns How many from the bottom have not */
  #stack(live: Live, bytes: Uint8Array, height: number): number {
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset + live.stack, height * WORD_U32S)
    const { shadow } = live
    const known = Math.min(live.height, height)
    let at = Math.max(0, known - REACH) * WORD_U32S
    const end = known * WORD_U32S
    while (at < end && words[at] === shadow[at]) at++
    const kept = Math.min(known, Math.floor(at / WORD_U32S))
    live.height = height
    if (kept === height) return kept
    shadow.set(words.subarray(kept * WORD_U32S), kept * WORD_U32S)
    const list = this.#words
    const count = (height - kept) * WORD
    list.room(count)
    const start = live.stack + kept * WORD
    for (let word = start; word < start + count; word += WORD)
      for (let i = WORD - 1; i >= 0; i--) list.bytes[list.length++] = bytes[word + i]!
    return kept
  }

  #memory(live: Live, bytes: Uint8Array, at: number, size: number): void {
    if (live.memory >= 0 && live.memorySize === size && !WRITES_MEMORY.has(live.lastOp)) return
    live.memory = this.#memories.push(bytes.slice(at, at + size)) - 1
    this.#bytes += size
    live.memorySize = size
  }

  #returnData(live: Live, bytes: Uint8Array, at: number, length: number): void {
    if (live.returned >= 0 && !REPLACES_RETURN_DATA.has(live.lastOp)) return
    live.returned = this.#returns.push(bytes.slice(at, at + length)) - 1
    this.#bytes += length
  }
}

function close(frame: Mutable<StepFrame>, end: InvocationEnd, gasLeft: bigint): void {
  frame.gasLeft = gasLeft / MILLIGAS_PER_GAS
  if (end.kind === "exit") {
    frame.exitCode = end.exitCode
    frame.message = end.message
  } else if (end.kind === "outOfGas") {
    frame.exitCode = EXIT_CODES.SYS_OUT_OF_GAS
    frame.outOfGas = true
  } else if (end.kind === "fatal") {
    frame.exitCode = EXIT_CODES.SYS_ASSERTION_FAILED
    frame.message = end.error.message
  }
}
