import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { SyscallError } from "../errors.ts"

/** Names the folder into which actors' artifacts go when debugging is on. */
const FOLDER_VARIABLE = "FVM_STORE_ARTIFACT_DIR"
const MAX_NAME_LENGTH = 256

const utf8 = new TextEncoder()

/**
 * Writes what an actor hands out for debugging to `$FVM_STORE_ARTIFACT_DIR/PATH/name`. Without that variable, or when the disk
 * refuses, it is dropped with a word to `warn`: the actor cannot tell.
 *
 * @param path - Folders below: origin, nonce, actor, invocation.
 * @throws SyscallError IllegalArgument - The name is empty, longer than 256 bytes, has a separator, or begins with a dot.
 * @see ref-fvm fvm/src/kernel/default.rs (store_artifact)
 */
export function storeArtifact(
  path: readonly string[],
  name: string,
  data: Uint8Array,
  warn: (message: string) => void,
): void {
  if (utf8.encode(name).length > MAX_NAME_LENGTH || name === "" || name.includes("/") || name.startsWith(".")) {
    throw new SyscallError("IllegalArgument", "an artifact's name has 1 to 256 bytes, no separator and no leading dot")
  }
  const root = process.env[FOLDER_VARIABLE]
  if (root === undefined) {
    warn(`artifact ${name} is dropped: ${FOLDER_VARIABLE} is not set`)
    return
  }
  const folder = join(root, ...path)
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, name), data)
  } catch (error) {
    warn(`artifact ${name} is dropped: ${error instanceof Error ? error.message : String(error)}`)
  }
}
