import type { CID } from "multiformats/cid"
import { cidKey } from "../../ipld/cid.ts"
import type { Block, CallManager, Invocation, InvocationEnd, InvocationRun, Runtime } from "../call-manager/index.ts"
import { ModuleRefused } from "../engine/errors.ts"
import type { Ending, Engine, HostFunctions, LoadedModule } from "../engine/index.ts"
import { ActorExit, Fatal, MachineError, OutOfGas, SyscallError } from "../errors.ts"
import { EXIT_CODES } from "../exit-code.ts"
import { NO_DATA_BLOCK_ID } from "../kernel/blocks.ts"
import { DefaultKernel } from "../kernel/default-kernel.ts"
import type { MachineView } from "../machine/index.ts"
import { Frame } from "./frame.ts"
import { linkSyscalls } from "./linker.ts"
import { SYSCALLS } from "./table.ts"

/** The syscalls as an engine wants them; to be given to it when it is made. */
export const HOST_FUNCTIONS: HostFunctions<Frame> = linkSyscalls(SYSCALLS)

/** Different warnings that a process hears of. */
const MAX_WARNINGS = 100

/** What a runtime can be told. */
export interface RuntimeOptions {
  /** Hears of what nobody else is told: proofs that cannot be judged, artifacts that are dropped. Default: a process warning, once each. */
  readonly warn?: (message: string) => void
}

/**
 * Runs actors' code on an engine that was made with {@link HOST_FUNCTIONS}.
 *
 * @see ref-fvm fvm/src/call_manager/default.rs (call_actor_resolved), fvm/src/engine/mod.rs (instantiate)
 */
export class WasmRuntime implements Runtime {
  private readonly engine: Engine<Frame>
  private readonly warn: (message: string) => void

  constructor(engine: Engine<Frame>, options: RuntimeOptions = {}) {
    this.engine = engine
    this.warn = options.warn ?? warnOnce()
  }

  run(callManager: CallManager, invocation: Invocation): InvocationRun {
    const kernel = new DefaultKernel(callManager, invocation, this.warn)
    const { params } = invocation
    const paramsId = params === undefined ? NO_DATA_BLOCK_ID : kernel.takeParams(params)
    const frame = new Frame(kernel, callManager.machine.context.prices, !callManager.tracing)
    let end: InvocationEnd
    try {
      end = this.execute(callManager, invocation.code, frame, paramsId)
    } catch (error) {
      end = endOf(error)
    }
    return { end, lastError: frame.lastError, block: (id): Block | undefined => kernel.blocks.find(id) }
  }

  preload(machine: MachineView): void {
    for (const [name, code] of machine.manifest.actors) {
      let module: LoadedModule | undefined
      try {
        module = this.engine.load(cidKey(code), () => machine.code(code))
      } catch (cause) {
        if (!(cause instanceof ModuleRefused)) throw cause
        throw new MachineError(`the code ${code} of the actor ${name} is refused: ${cause.message}`, { cause })
      }
      if (module === undefined) throw new MachineError(`the code ${code} of the actor ${name} is missing`)
    }
  }

  private execute(callManager: CallManager, code: CID, frame: Frame, paramsId: number): InvocationEnd {
    const module = this.load(callManager.machine, code)
    if (module.exportedMemoryBytes === undefined) throw new Fatal("the actor exports no memory")
    frame.chargeForInit(module.exportedMemoryBytes, module.exportedTableElements)

    const instantiated = this.engine.instantiate(module, frame, callManager.limiter, frame.resume())
    if (instantiated.kind === "trapped") {
      frame.chargeForExec(instantiated.gas)
      return exit(EXIT_CODES.SYS_ILLEGAL_INSTRUCTION, `failed to instantiate module: ${instantiated.message}`)
    }
    const { instance } = instantiated
    try {
      frame.chargeForExec(instance.gas)
      frame.attach(instance)
      if (module.entryPoint === "absent") {
        return exit(EXIT_CODES.SYS_INVALID_RECEIVER, `the code ${code} has no invoke`)
      }
      frame.refreshGas()
      let ending: Ending
      try {
        ending = instance.invoke(paramsId)
      } catch (error) {
        if (!isAbort(error)) throw error
        // What ran before the actor was unwound has to be paid, and running out of gas at that goes before.
        frame.chargeForExec(instance.gas)
        throw error
      }
      frame.chargeForExec(instance.gas)
      return ending.kind === "returned"
        ? { kind: "return", blockId: ending.block }
        : exit(EXIT_CODES.SYS_ILLEGAL_INSTRUCTION, ending.message)
    } finally {
      instance.release()
    }
  }

  private load(machine: MachineView, code: CID): LoadedModule {
    const module = this.engine.load(cidKey(code), () => machine.code(code))
    if (module === undefined) throw new Fatal(`the code ${code} is missing`)
    return module
  }
}

/** A process warning for each message, the first time only: an actor must not be able to fill the log. */
function warnOnce(): (message: string) => void {
  const seen = new Set<string>()
  return (message) => {
    if (seen.has(message) || seen.size >= MAX_WARNINGS) return
    seen.add(message)
    process.emitWarning(message)
  }
}

function exit(exitCode: number, message: string): InvocationEnd {
  return { kind: "exit", exitCode, message, blockId: NO_DATA_BLOCK_ID }
}

/** Says whether an actor was ended on purpose, rather than by a fault of ours. */
function isAbort(error: unknown): boolean {
  return (
    error instanceof ActorExit || error instanceof OutOfGas || error instanceof Fatal || error instanceof ModuleRefused
  )
}

function endOf(error: unknown): InvocationEnd {
  if (error instanceof ActorExit) {
    return { kind: "exit", exitCode: error.exitCode, message: error.message, blockId: error.blockId }
  }
  if (error instanceof OutOfGas) return { kind: "outOfGas" }
  if (error instanceof Fatal) return { kind: "fatal", error }
  if (error instanceof ModuleRefused) return { kind: "fatal", error: new Fatal(error.message, { cause: error }) }
  if (error instanceof SyscallError) {
    return { kind: "fatal", error: new Fatal(`unexpected syscall error: ${error.message}`, { cause: error }) }
  }
  throw error
}
