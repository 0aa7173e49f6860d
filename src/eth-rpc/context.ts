import type { Chain } from "../chain/chain.ts"
import type { Connection } from "../json-rpc/connection.ts"
import { type Argument, defineMethod, type Method, type MethodSpec, type UnsupportedSpec } from "../json-rpc/method.ts"
import type { Subscriptions } from "../json-rpc/subscriptions.ts"
import type { BlockReader } from "./block-reader.ts"
import { nothing } from "./codecs/hex.ts"
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

/**
 * The same method under a name of Anvil's, which answers null: clients that read the answer by its type (alloy) take no `true` for it.
 *
 * @param aliases - Other names of the same thing that answer null. Default: none
 */
export function answeringNull(name: string, method: EthMethod, aliases: readonly string[] = []): EthMethod {
  return {
    ...method,
    name,
    aliases,
    source: `anvil ${name}`,
    result: nothing,
    async call(context, params) {
      await method.call(context, params)
      return null
    },
  }
}
