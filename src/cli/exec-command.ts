import { replayFolders } from "../chain/replay/run.ts"
import { UsageError } from "./errors.ts"

/** Flags of `fevm exec`. */
export interface ExecFlags {
  readonly bundle?: string
  readonly limit?: string
}

/**
 * `fevm exec DIR...`: executes recorded chains again and compares.
 *
 * @throws UsageError - `--limit` is no positive number. ChainError - A recording or a bundle cannot be read.
 */
export async function runExec(folders: readonly string[], flags: ExecFlags): Promise<void> {
  const { limit } = flags
  if (limit !== undefined && !/^[1-9][0-9]*$/.test(limit))
    throw new UsageError(`--limit must be a positive number, got "${limit}"`)
  const bundles = flags.bundle ?? process.env.FEVM_BUNDLE ?? ""
  const options = { bundles, ...(limit === undefined ? {} : { limit: Number(limit) }) }
  const ok = await replayFolders(folders, options, (line) => process.stdout.write(`${line}\n`))
  if (!ok) process.exitCode = 1
}
