// Writes the actors' declarations of the syscalls from the kernel's table. A test fails when the file is stale.
//
//     node --import tsx scripts/gen-syscalls.ts
import { writeFileSync } from "node:fs"
import { renderActorDeclarations } from "../src/fvm/syscalls/actor-declarations.ts"
import { SYSCALLS } from "../src/fvm/syscalls/table.ts"

writeFileSync(new URL("../src/actors/sdk/syscalls.ts", import.meta.url), renderActorDeclarations(SYSCALLS))
