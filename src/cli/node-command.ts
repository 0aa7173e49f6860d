import { isLoopbackHost } from "../server/origins.ts"
import { createActivityWriter } from "./activity-text.ts"
import { describeNode } from "./banner.ts"
import { createLog } from "./log.ts"
import { type NodeFlags, toNodeOptions } from "./options.ts"
import { type FevmNode, startNode } from "./start-node.ts"
import { warmUp } from "./warm-up.ts"

/** `fevm node`: runs until SIGINT or SIGTERM. */
export async function runNode(flags: NodeFlags): Promise<void> {
  const options = toNodeOptions(flags)
  const log = createLog(flags.silent ? "silent" : flags.logLevel, flags.json)
  let node: FevmNode | undefined
  const stop = (signal: NodeJS.Signals): void => {
    log.info({ signal }, "shutting down")
    // A second signal finds no handler and ends the process at once.
    process.off("SIGINT", stop)
    process.off("SIGTERM", stop)
    // While it starts nothing has been promised to anybody; what lies in temporary folders goes at the exit.
    if (node === undefined) process.exit(0)
    node.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ error }, "could not shut down cleanly")
        process.exit(1)
      },
    )
  }
  process.on("SIGINT", stop)
  process.on("SIGTERM", stop)
  const people = !flags.json && !flags.silent
  node = await startNode({ ...options, log, ...(people && { onActivity: createActivityWriter(process.stderr) }) })
  describe(node, flags)
  if (!flags.warmUp) return
  const served = node
  warmUp({ start: startNode, quietMilliseconds: () => served.quietMilliseconds }).catch((error: unknown) =>
    log.debug({ error }, "the warm-up ended before its time"),
  )
}

function describe(node: FevmNode, flags: NodeFlags): void {
  if (flags.silent) return
  if (!isLoopbackHost(flags.host)) process.stderr.write(describeExposure(flags))
  process.stdout.write(describeNode(node, flags.mnemonic))
  process.stdout.write(`Listening on ${flags.host}:${node.port}\n`)
}

/** What a node says that listens where other machines can reach it. */
export function describeExposure({ host, unlocked }: Pick<NodeFlags, "host" | "unlocked">): string {
  const keys = unlocked
    ? "Everybody who can reach it can use the node's keys, change the state and stop blocks (--unlocked)."
    : "The node's keys and the methods that control it are locked; --unlocked opens them to everybody."
  return `Warning: listening on ${host} opens this node to other machines. ${keys}\n`
}
