#!/usr/bin/env node
import { Command, CommanderError } from "commander"
import { CommandError, UsageError } from "./errors.ts"
import { addNodeOptions, type NodeFlags } from "./options.ts"
import { sourceStack } from "./source-stack.ts"
import { addStorageCommands } from "./storage-options.ts"
import { packageVersion } from "./version.ts"

const EXIT_FAILED = 1
const EXIT_USAGE = 2

function createProgram(): Command {
  const program = new Command("fevm")
    .description("A Filecoin EVM node for one machine")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .configureOutput({ outputError: () => {} }) // main says it, in one line
    .exitOverride()
    .showSuggestionAfterError()
  addNodeOptions(program.command("node", { isDefault: true }).description("run a node (the default command)"))
    .configureOutput({ outputError: () => {} })
    .allowExcessArguments(false)
    .action(async (flags: NodeFlags) => (await import("./node-command.ts")).runNode(flags))
  program
    .command("address")
    .description("every form of one address: 0x, f410, masked ID, f0 to f4")
    .argument("<address>", "0x..., f... or t..., or an actor ID")
    .option("--json", "print JSON", false)
    .action(async (address: string, flags: { json: boolean }) =>
      (await import("./address-command.ts")).runAddress(address, flags),
    )
  program
    .command("bundle")
    .description("what an actor bundle holds: actors, code CIDs, sizes")
    .argument("<file>", "a CAR file")
    .option("--json", "print JSON", false)
    .action(async (file: string, flags: { json: boolean }) =>
      (await import("./bundle-command.ts")).runBundle(file, flags),
    )
  program
    .command("exec")
    .description("execute recorded chains again (replay.json and chain.car.gz) and compare states, receipts and gas")
    .argument("<folders...>", "folders with a recording each")
    .option("--bundle <files>", "bundles with the code of its actors, separated by : (default: FEVM_BUNDLE)")
    .option("--limit <n>", "stop after that many tipsets of each")
    .action(async (folders: string[], flags: { bundle?: string; limit?: string }) =>
      (await import("./exec-command.ts")).runExec(folders, flags),
    )
  program
    .command("rpc")
    .description("one JSON-RPC call to a running node")
    .argument("<method>", "name of the method")
    .argument("[params...]", "parameters: JSON, or plain text")
    .option("--url <url>", "where the node listens", "http://127.0.0.1:8545")
    .action(async (method: string, params: string[], flags: { url: string }) =>
      (await import("./rpc-command.ts")).runRpc(method, params, flags),
    )
  addStorageCommands(program)
  for (const command of program.commands) command.exitOverride().configureOutput({ outputError: () => {} })
  return program
}

/** Whether an error is one that the user can do something about: then its message is enough. */
function isExpected(error: unknown): error is Error {
  return (
    error instanceof CommandError ||
    (error instanceof Error &&
      ["ChainError", "CarError", "ListenError", "BundleError", "MachineError"].includes(error.name))
  )
}

// No `await` at this level: the bundle of the program is a script, for which V8 can keep compiled code.
createProgram().parseAsync().catch(fail)

function fail(error: unknown): never {
  if (error instanceof CommanderError || error instanceof UsageError) {
    const isWrong = error instanceof UsageError || error.exitCode !== 0
    if (isWrong) process.stderr.write(`fevm: ${oneLine(error.message)}\n`)
    process.exit(isWrong ? EXIT_USAGE : 0)
  }
  process.stderr.write(
    isExpected(error)
      ? `fevm: ${error.message}\n`
      : `fevm: internal error\n${sourceStack(String((error as Error).stack))}\n`,
  )
  process.exit(EXIT_FAILED)
}

/** Commander begins with "error:" and puts suggestions on a line of their own. */
function oneLine(message: string): string {
  return message
    .replace(/^error: /, "")
    .replaceAll(/\s*\n\s*/g, " ")
    .trim()
}
