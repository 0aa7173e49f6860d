import { type DestinationStream, type Logger, pino } from "pino"
import pretty from "pino-pretty"

const STDERR = 2

/**
 * A log to stderr: JSON, or on a terminal lines for people.
 *
 * @param json - JSON on a terminal too.
 */
export function createLog(level: string, json: boolean): Logger {
  const options = { level, base: null, serializers: { error: pino.stdSerializers.err } }
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
