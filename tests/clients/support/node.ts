/** Where the node is: `npm run test:clients` says it, `npm test` in a client's folder asks the usual port. */
export const url: string = process.env.FEVM_URL ?? "http://127.0.0.1:8545"
export const webSocketUrl: string = process.env.FEVM_WS_URL ?? url.replace(/^http/, "ws")

/** The node's chain id, and the mnemonic of its accounts at m/44'/60'/0'/0/i. */
export const CHAIN_ID = 31_415_926
export const MNEMONIC = "test test test test test test test test test test test junk"

/** The result of one request that no client has a name for. */
export async function request(method: string, ...params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  })
  const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } }
  if (error) throw new Error(`${method}: ${error.message}`)
  return result
}
