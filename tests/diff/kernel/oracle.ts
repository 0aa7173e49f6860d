import { type ChildProcessByStdio, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"

/** The reference FVM as a process: a scenario a line, a vector a line. */
export class Oracle {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  constructor(binary: string, args: readonly string[] = []) {
    this.#process = spawn(binary, ["serve", ...args], { stdio: ["pipe", "pipe", "ignore"] })
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  /** What the reference makes of a scenario: a vector, or `{ error }`. */
  async ask(scenario: unknown): Promise<unknown> {
    this.#process.stdin.write(`${JSON.stringify(scenario)}\n`)
    const { value, done } = await this.#lines.next()
    return done ? { error: "the oracle has ended" } : JSON.parse(value as string)
  }

  close(): void {
    this.#process.stdin.end()
  }
}
