/**
 * A node in this process:
 *
 *     import { startNode } from "fevm"
 *     const node = await startNode({ port: false })
 *     await node.provider.request({ method: "eth_chainId" })
 *     await node.close()
 */
export { type Account, DEFAULT_MNEMONIC, deriveAccounts } from "./cli/accounts.ts"
export { createProvider, type Provider, type RequestArguments } from "./cli/provider.ts"
export { type FevmNode, type NodeOptions, startNode } from "./cli/start-node.ts"
export { RpcError } from "./json-rpc/errors.ts"
