/**
 * Stands in the manifest for a built-in actor that this bundle does not have (the storage actors), so that the types of the
 * others keep their numbers. It refuses every method with exit code 22 and says why, and, as there, contracts that call what is
 * not exported with 18; a bare transfer needs no code and works.
 */
import { restrictInternalApi } from "./sdk/actor"
import { begin, methodNumber } from "./sdk/context"
import { abort } from "./sdk/exit"
import { ExitCode } from "./sdk/exit-code"

// ABSENT_TYPE, the actor's type, is a constant that the build sets: each has code, and so a code CID, of its own.

export function invoke(_id: u32): u32 {
  begin()
  restrictInternalApi(methodNumber())
  // @ts-ignore: set by the build
  if (ABSENT_TYPE == 5) return abort(ExitCode.USR_UNHANDLED_MESSAGE, "storagepower is not in this bundle")
  // @ts-ignore: set by the build
  if (ABSENT_TYPE == 6) return abort(ExitCode.USR_UNHANDLED_MESSAGE, "storageminer is not in this bundle")
  // @ts-ignore: set by the build
  if (ABSENT_TYPE == 7) return abort(ExitCode.USR_UNHANDLED_MESSAGE, "storagemarket is not in this bundle")
  return abort(ExitCode.USR_UNHANDLED_MESSAGE, "actor is not in this bundle")
}
