import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = new URL("../../", import.meta.url)

/** A node that was started by the built command, as a user starts it. */
export interface NodeProcess {
  readonly url: string
  readonly webSocketUrl: string
  readonly port: number
  /** All that it printed to stdout before it listened. */
  readonly banner: string
  readonly process: ChildProcess
  stderr(): string
  /** Sends SIGTERM. @returns Its exit code. */
  stop(): Promise<number | null>
}

/** The file that `bin` of package.json names, or that of another build, which `FEVM_MAIN` names. */
export const MAIN: string = process.env.FEVM_MAIN || fileURLToPath(new URL("dist/cli/main.js", root))

/** A line that ends the banner. */
const LISTENING = /^Listening on 127\.0\.0\.1:(\d+)$/m

/** Starts `fevm node --port 0` and waits until it listens. */
export async function startNodeProcess(...args: string[]): Promise<NodeProcess> {
  if (!existsSync(MAIN)) throw new Error("dist/cli/main.js is missing: run npm run build")
  const env: NodeJS.ProcessEnv = { ...process.env }
  // Workers of the tests load TypeScript; the built command must not need that.
  delete env.NODE_OPTIONS
  const child = spawn(process.execPath, [MAIN, "node", "--port", "0", ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  })
  let stdout = ""
  let stderr = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text
  })
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)))
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text
      const match = LISTENING.exec(stdout)
      if (match) resolve(Number(match[1]))
    })
    void exited.then((code) => reject(new Error(`the node ended with ${code}: ${stderr}`)))
  })
  return {
    url: `http://127.0.0.1:${port}`,
    webSocketUrl: `ws://127.0.0.1:${port}`,
    port,
    banner: stdout,
    process: child,
    stderr: () => stderr,
    stop: () => {
      child.kill("SIGTERM")
      return exited
    },
  }
}

/** The answer to one request, as it came. */
export async function ask(
  url: string,
  method: string,
  params: readonly unknown[] = [],
): Promise<{ readonly result?: unknown; readonly error?: { code: number; message: string; data?: unknown } }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  })
  return (await response.json()) as never
}

/** The result of one request. */
export async function request(url: string, method: string, params: readonly unknown[] = []): Promise<unknown> {
  const { result, error } = await ask(url, method, params)
  if (error) throw new Error(`${method}: ${error.message} (${error.code})`)
  return result
}
