import { closeSync, linkSync, openSync, readFileSync, readlinkSync, renameSync, unlinkSync, writeSync } from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { ChainError } from "./errors.ts"

const LOCK_FILE = "fevm.lock"

/** Says which process holds a folder. A process ID is used again after a while, so the start of the process is kept too. */
interface Holder {
  readonly pid: number
  /** Start time in clock ticks since boot, where the system tells it (Linux); else empty. */
  readonly started: string
  /** Where its number means something: the machine's name and, on Linux, the space of process IDs. */
  readonly place: string
}

function startOf(pid: number): string {
  try {
    // The 22nd field; the second one is a name in brackets that may hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""
  } catch {
    // Not Linux, or no such process: then only the ID counts.
    return ""
  }
}

function here(): string {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`
  } catch {
    return hostname() // not Linux: no containers
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, but is somebody else's.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false
  }
  const now = startOf(pid)
  return now === "" || started === "" || now === started
}

function parse(text: string): Holder | undefined {
  const [pid, started, place] = text.split("\n")
  return Number.isSafeInteger(Number(pid)) && Number(pid) > 0
    ? { pid: Number(pid), started: started ?? "", place: place ?? "" }
    : undefined
}

/** Whether a folder was held by a process of this machine that is gone without giving it free. */
export function isAbandoned(folder: string): boolean {
  try {
    const holder = parse(readFileSync(join(folder, LOCK_FILE), "utf8"))
    return holder !== undefined && holder.place === here() && !isAlive(holder)
  } catch {
    return false // no lock, or not ours to read
  }
}

/**
 * Takes a data folder for this process, by a file that names it. A file left behind by a process that was killed does not count.
 *
 * @returns Gives the folder free again.
 * @throws ChainError - `database-in-use`: a living process holds it, possibly this one.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, LOCK_FILE)
  const own = `${process.pid}\n${startOf(process.pid)}\n${here()}\n`
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      const file = openSync(path, "wx")
      writeSync(file, own)
      closeSync(file)
      return () => {
        try {
          if (readFileSync(path, "utf8") === own) unlinkSync(path)
        } catch {
          // Gone already: then it is free.
        }
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST")
        throw new ChainError("database-write", `cannot write to ${folder}: ${(error as Error).message}`, {
          cause: error,
        })
    }
    takeAwayIfStale(folder, path)
  }
  throw new ChainError("database-in-use", `${path} changes hands too fast: another process wants ${folder} too`)
}

function takeAwayIfStale(folder: string, path: string): void {
  let text: string
  try {
    text = readFileSync(path, "utf8")
  } catch {
    return // it was given free just now
  }
  const holder = parse(text)
  // An empty file is one that is being written, or was when its process died: only a second look can tell.
  if (holder !== undefined && isAlive(holder))
    throw new ChainError(
      "database-in-use",
      `${folder} is in use by process ${holder.pid}: stop that one, or choose another folder`,
    )
  // Renaming is atomic: of two processes that find the file stale one gets it. If it was not stale any more, it goes back.
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
  } catch {
    return // somebody else took it away
  }
  if (readFileSync(aside, "utf8") !== text) {
    try {
      linkSync(aside, path)
    } catch {
      // A third process has it by now; the one we robbed finds out by its lock at the next start.
    }
  }
  unlinkSync(aside)
}
