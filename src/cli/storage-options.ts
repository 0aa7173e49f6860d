import type { Command } from "commander"
import { chainId, integer } from "./options.ts"
import type { ExportFlags, GcFlags, ImportFlags } from "./storage-commands.ts"

const MAX_EPOCH = 0xffff_fffe

/** Adds `fevm export`, `fevm import`, `fevm db check` and `fevm db gc`. */
export function addStorageCommands(program: Command): void {
  onDatabase(program.command("export"))
    .description("write chain and state of a stopped node into a CAR, in the layout of Filecoin's own exports")
    .argument("<file>", "the CAR file to write")
    .option("--tipset <epoch>", "end at this epoch instead of the head", integer(0, MAX_EPOCH))
    .option(
      "--recent-stateroots <number>",
      "states and receipts of so many last epochs only (and the state of the genesis); default: all",
      integer(1, MAX_EPOCH),
    )
    .option("--skip-old-msgs", "with --recent-stateroots: leave out the messages before those, too", false)
    .action(async (file: string, flags: ExportFlags) => (await commands()).runExport(file, flags))
  onDatabase(program.command("import"))
    .description("make a new database of a chain in a CAR, with its index of transactions and logs")
    .argument("<file>", "a CAR file, as fevm export or lotus chain export writes it")
    .option("--chain-id <number>", "chain id; needed for files that are not fevm's", chainId)
    .option("--network-version <number>", "Filecoin network version, for files that are not fevm's", integer(25, 28))
    .action(async (file: string, flags: ImportFlags) => (await commands()).runImport(file, flags))
  const db = program.command("db").description("look after the database of a stopped node")
  onDatabase(db.command("check"))
    .description("look at every block, link and row of the index; exit code 1 and the first fault if there is one")
    .action(async (flags: ImportFlags) => (await commands()).runCheck(flags))
  onDatabase(db.command("gc"))
    .description("remove the states before the last tipsets; headers, messages, receipts and logs stay")
    .requiredOption("--keep <tipsets>", "tipsets whose states stay", integer(1, MAX_EPOCH))
    .option("--no-compact", "leave the file as large as it is, for use by later blocks")
    .action(async (flags: GcFlags) => (await commands()).runGc(flags))
  for (const command of db.commands) command.exitOverride().configureOutput({ outputError: () => {} })
}

function onDatabase(command: Command): Command {
  return command
    .requiredOption("--data <dir>", "folder of the database, as given to fevm node")
    .option("--json", "print JSON", false)
}

const commands = (): Promise<typeof import("./storage-commands.ts")> => import("./storage-commands.ts")
