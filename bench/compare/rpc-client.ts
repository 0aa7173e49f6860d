import { Pool } from "undici"

/** A JSON-RPC client over kept-alive connections, as thin as possible: it is the same for every node. */
export class RpcClient {
  readonly #pool: Pool
  #id = 0

  constructor(url: string) {
    this.#pool = new Pool(url, { connections: 64, pipelining: 1 })
  }

  /** @throws Error - Transport failure, or the node's JSON-RPC error. */
  async call<T>(method: string, params: readonly unknown[]): Promise<T> {
    const response = await this.#pool.request({
      method: "POST",
      path: "/",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: ++this.#id, method, params }),
    })
    const answer = (await response.body.json()) as { result: T; error?: { message: string } }
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`)
    return answer.result
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}
