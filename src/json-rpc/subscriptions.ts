import type { Connection } from "./connection.ts"
import { protocolError } from "./errors.ts"
import type { Json } from "./json.ts"

/** Starts something that goes on; what it pushes reaches the subscriber until the function that it returns is called. */
export type Source = (push: (result: Json) => void) => () => void

interface Subscription {
  readonly connection: number
  readonly stop: () => void
}

/** The subscriptions of all connections: each ends by its id, or with its connection. */
export class Subscriptions {
  readonly #byId = new Map<string, Subscription>()
  readonly #createId: () => string
  readonly #maxPerConnection: number

  /**
   * @param createId - Makes a name for a subscription that cannot be guessed.
   * @param maxPerConnection - Subscriptions at a time. Default: 1000.
   */
  constructor(createId: () => string, maxPerConnection = 1000) {
    this.#createId = createId
    this.#maxPerConnection = maxPerConnection
  }

  get size(): number {
    return this.#byId.size
  }

  /**
   * Starts a subscription; what the source pushes goes out as the notification `method` with `{ subscription, result }`.
   *
   * @returns Its id.
   * @throws RpcError - The connection cannot carry notifications, or has too many subscriptions.
   */
  subscribe(connection: Connection, method: string, source: Source): string {
    const { notify } = connection
    if (!notify) throw protocolError("noSubscriptions", { method })
    let count = 0
    for (const subscription of this.#byId.values()) if (subscription.connection === connection.id) count++
    if (count >= this.#maxPerConnection)
      throw protocolError("limitExceeded", {
        what: "number of subscriptions on this connection",
        got: count + 1,
        limit: this.#maxPerConnection,
        remedy: "end one before starting another",
      })
    const id = this.#createId()
    // Nobody may hear of a subscription before the answer with its id is out, so the first ones wait for it.
    let waiting: Json[] | undefined = []
    const deliver = (result: Json): void => notify(method, { subscription: id, result })
    const stop = source((result) => {
      if (waiting) waiting.push(result)
      else deliver(result)
    })
    setImmediate(() => {
      const held = waiting ?? []
      waiting = undefined
      if (this.#byId.has(id)) for (const result of held) deliver(result)
    })
    this.#byId.set(id, { connection: connection.id, stop })
    connection.onClose(() => this.#end(id))
    return id
  }

  /** @returns Whether this connection had a subscription of that id. */
  unsubscribe(connection: Connection, id: string): boolean {
    if (this.#byId.get(id)?.connection !== connection.id) return false
    this.#end(id)
    return true
  }

  #end(id: string): void {
    const subscription = this.#byId.get(id)
    this.#byId.delete(id)
    subscription?.stop()
  }
}
