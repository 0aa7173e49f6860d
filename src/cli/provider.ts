import { EventEmitter } from "node:events"
import { type Connection, createPushConnection } from "../json-rpc/connection.ts"
import type { Json } from "../json-rpc/json.ts"
import { plainNotification } from "../json-rpc/raw-json.ts"

/** A request as EIP-1193 has it. */
export interface RequestArguments {
  readonly method: string
  readonly params?: readonly unknown[] | Readonly<Record<string, unknown>>
}

/**
 * Reaches a node without a socket, as EIP-1193 has it: `request` rejects with an error of `code`, `message` and `data`;
 * subscriptions come as the event `message`.
 */
export interface Provider {
  request(args: RequestArguments): Promise<unknown>
  on(event: string, listener: (payload: unknown) => void): this
  removeListener(event: string, listener: (payload: unknown) => void): this
  /** Ends its subscriptions. */
  disconnect(): void
}

/** What a provider asks. */
export interface Callable {
  call(method: string, params: unknown, connection: Connection): Promise<Json>
}

class InProcessProvider extends EventEmitter implements Provider {
  readonly #target: Callable
  readonly #connection: Connection
  readonly #close: () => void

  constructor(target: Callable) {
    super()
    this.#target = target
    const { connection, close } = createPushConnection((method, params) => {
      this.emit("message", { type: method, data: plainNotification(params) })
    })
    this.#connection = connection
    this.#close = close
  }

  request({ method, params }: RequestArguments): Promise<unknown> {
    return this.#target.call(method, params, this.#connection)
  }

  disconnect(): void {
    this.#close()
  }
}

/** An EIP-1193 provider over a node in this process. */
export function createProvider(target: Callable): Provider {
  return new InProcessProvider(target)
}
