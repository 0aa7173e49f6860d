import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { type FevmNode, startNode } from "../../src/cli/start-node.ts"

/** A node that requests can be sent to. */
export interface DevNode {
  readonly url: string
  close(): Promise<void>
}

/** An answer: the result, or the code of an error. */
export type Reply =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } }

const ANVIL = fileURLToPath(new URL("../../bench/compare/node_modules/.bin/anvil", import.meta.url))

/** Whether Anvil is installed (`npm install` in bench/compare). */
export const hasAnvil: boolean = existsSync(ANVIL)

/** A node of ours as a developer starts it. */
export async function startFevm(): Promise<DevNode> {
  const node: FevmNode = await startNode({ port: 0 })
  return { url: node.url ?? "", close: () => node.close() }
}

/** Anvil with the same accounts. */
export async function startAnvil(): Promise<DevNode> {
  const port = await freePort()
  const child: ChildProcess = spawn(ANVIL, ["--port", `${port}`, "--balance", "10000"], {
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  })
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`anvil ended with status ${code}`)))
    child.stdout?.on("data", (chunk: Uint8Array) => {
      if (new TextDecoder().decode(chunk).includes("Listening on")) resolve()
    })
  })
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve())
        process.kill(-(child.pid ?? 0))
      }),
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })
}

/** One request. */
export async function ask(url: string, method: string, params: readonly unknown[]): Promise<Reply> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  })
  return (await response.json()) as Reply
}
