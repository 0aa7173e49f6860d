import type { Chain } from "../chain/chain.ts"
import type { Connection } from "../json-rpc/connection.ts"
import { type Argument, defineMethod, type Method, type MethodSpec, type UnsupportedSpec } from "../json-rpc/method.ts"
import type { Subscriptions } from "../json-rpc/subscriptions.ts"
import type { BlockReader } from "./block-reader.ts"
import type { Filters } from "./filters.ts"
import type { Keyring } from "./keyring.ts"
import type { NodeState } from "./node-state.ts"

/** What the methods work with; one for the whole node. */
export interface EthNode {
  readonly chain: Chain
  readonly keyring: Keyring
  readonly blocks: BlockReader
  readonly filters: Filters
  readonly subscriptions: Subscriptions
  readonly state: NodeState
}

/** What a method is called with. */
export interface EthContext extends EthNode {
  readonly connection: Connection
}

/** A method of this room. */
export type EthMethod = Method<EthContext>

/** {@link defineMethod} for the methods of this room. */
export function defineEthMethod<const A extends readonly Argument<unknown>[], R>(
  spec: MethodSpec<EthContext, A, R>,
): EthMethod
export function defineEthMethod(spec: UnsupportedSpec): EthMethod
export function defineEthMethod<const A extends readonly Argument<unknown>[], R>(
  spec: MethodSpec<EthContext, A, R> | UnsupportedSpec,
): EthMethod {
  return "unsupported" in spec ? defineMethod<EthContext>(spec) : defineMethod<EthContext, A, R>(spec)
}
