import { type DestinationStream, type Logger, pino } from "pino"
import pretty from "pino-pretty"
import { sourceStack } from "./source-stack.ts"

const STDERR = 2

/** Errors, or stacks that came from another thread as text. */
function describeError(error: unknown): unknown {
  if (typeof error === "string") return sourceStack(error)
  if (!(error instanceof Error)) return error
  const described = pino.stdSerializers.err(error)
  return { ...described, stack: sourceStack(described.stack) }
}

/**
 * A log to stderr: JSON, or on a terminal lines for people.
 *
 * @param json - JSON on a terminal too.
 */
export function createLog(level: string, json: boolean): Logger {
  const options = { level, base: null, serializers: { error: describeError } }
  if (json || level === "silent") return pino(options, pino.destination({ dest: STDERR, sync: true }))
  // Made for the first line: a start has nothing to say there.
  let lines: DestinationStream | undefined
  const write = (line: string): void => {
    lines ??= pretty({
      destination: STDERR,
      sync: true,
      colorize: process.stderr.isTTY === true,
      translateTime: "SYS:HH:MM:ss.l",
    })
    lines.write(line)
  }
  return pino(options, { write })
}
