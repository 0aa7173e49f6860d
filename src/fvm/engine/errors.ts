/** At which step a module was refused. */
export type RefusalStep =
  /** Not the binary format. */
  | "malformed"
  /** Well formed, but not valid with the features that the FVM has switched on. */
  | "invalid"
  /** Valid, but the stack limiter or the gas metering does not know an instruction or a form in it. */
  | "uninstrumentable"
  /** Larger than an instance may be. */
  | "limits"
  /** Imports what the kernel does not export, or with another type. */
  | "link"
  /** `invoke` cannot be called with a block handle, or does not return one. */
  | "entry point"
  /** The start function called the host. */
  | "start"

/**
 * The engine cannot run a module. The message that called it ends fatally: exit code 10, the whole gas limit used.
 *
 * @see FVM-FACTS, kernel 7 and 11; ref-fvm fvm/src/engine/mod.rs (`load_raw`)
 */
export class ModuleRefused extends Error {
  override readonly name = "ModuleRefused"
  readonly step: RefusalStep
  /** Byte offset in the module, where there is one. */
  readonly offset: number | undefined

  constructor(step: RefusalStep, message: string, offset?: number) {
    super(offset === undefined ? message : `${message} (at byte ${offset})`)
    this.step = step
    this.offset = offset
  }
}

/**
 * The engine itself failed: the native stack or the host's memory was not enough. No actor can be blamed, so no receipt
 * may come of it.
 */
export class EngineFault extends Error {
  override readonly name = "EngineFault"
}
