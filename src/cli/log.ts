import { type Logger, pino } from "pino"

const STDERR = 2

/**
 * A log to stderr: JSON, or on a terminal lines for people.
 *
 * @param json - JSON on a terminal too.
 */
export async function createLog(level: string, json: boolean): Promise<Logger> {
  const options = { level, base: null, serializers: { error: pino.stdSerializers.err } }
  if (json || level === "silent") return pino(options, pino.destination({ dest: STDERR, sync: true }))
  const { default: pretty } = await import("pino-pretty")
  return pino(
    options,
    pretty({
      destination: STDERR,
      sync: true,
      colorize: process.stderr.isTTY === true,
      translateTime: "SYS:HH:MM:ss.l",
    }),
  )
}
