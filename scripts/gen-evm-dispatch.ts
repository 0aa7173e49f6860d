// Writes the interpreter's loop from the table of opcodes. A test fails when the file is stale.
//
//     node --import tsx scripts/gen-evm-dispatch.ts
import { writeFileSync } from "node:fs"
import { renderInterpreter } from "../src/evm-actor/dispatch.ts"

writeFileSync(new URL("../src/evm-actor/interpreter.generated.ts", import.meta.url), renderInterpreter())
