import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { isAbandoned, lockFolder } from "./lock.ts"

const PREFIX = "fevm-"
/** What mkdtemp makes of the prefix. */
const NAME = /^fevm-[A-Za-z0-9]{6}$/

/** Folders of this process that have to go when it ends. */
const open = new Map<string, () => void>()
let sweepsAtExit = false

/**
 * Makes a folder for a chain that nobody wants to keep. It goes with the process, unless that is killed: then a later process removes it, see
 * {@link sweepTemporaryFolders}.
 *
 * @returns The folder, and what removes it.
 */
export function makeTemporaryFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), PREFIX))
  const unlock = lockFolder(folder)
  const remove = (): void => {
    open.delete(folder)
    unlock()
    rmSync(folder, { recursive: true, force: true })
  }
  open.set(folder, remove)
  if (!sweepsAtExit) {
    sweepsAtExit = true
    process.once("exit", () => {
      for (const removeOne of [...open.values()]) removeOne()
    })
  }
  return { folder, remove }
}

/**
 * Removes what killed processes have left in the folder for temporary files. Only folders that such a process says it held: on this machine, in
 * the same container, and surely gone. Failures are nobody's concern.
 *
 * @returns Number of folders removed.
 */
export async function sweepTemporaryFolders(parent: string = tmpdir()): Promise<number> {
  let removed = 0
  for (const name of await readdir(parent).catch(() => [])) {
    const folder = join(parent, name)
    if (!NAME.test(name) || !isAbandoned(folder) || !holdsDatabase(folder)) continue
    await rm(folder, { recursive: true, force: true }).then(
      () => removed++,
      () => undefined,
    )
  }
  return removed
}

/** Whether there is nothing in a folder but what we put there. */
function holdsDatabase(folder: string): boolean {
  try {
    return readdirSync(folder).every((name) => ["fevm.lock", "data.mdb", "lock.mdb"].includes(name))
  } catch {
    return false // somebody else has removed it
  }
}
