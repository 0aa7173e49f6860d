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
  /** The ids of each connection that ever had a subscription and is still there. */
  readonly #byConnection = new Map<number, Set<string>>()
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
    const own = this.#of(connection)
    if (own.size >= this.#maxPerConnection)
      throw protocolError("limitExceeded", {
        what: "number of subscriptions on this connection",
        got: own.size + 1,
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
    own.add(id)
    // The connection was closed before this was its turn.
    if (!this.#byConnection.has(connection.id)) this.#end(id)
    return id
  }

  /** One listener a connection, however many subscriptions come and go on it. */
  #of(connection: Connection): Set<string> {
    const known = this.#byConnection.get(connection.id)
    if (known !== undefined) return known
    const own = new Set<string>()
    this.#byConnection.set(connection.id, own)
    connection.onClose(() => {
      this.#byConnection.delete(connection.id)
      for (const id of own) this.#end(id)
    })
    return own
  }

  /** @returns Whether this connection had a subscription of that id. */
  unsubscribe(connection: Connection, id: string): boolean {
    if (this.#byId.get(id)?.connection !== connection.id) return false
    this.#end(id)
    return true
  }

  #end(id: string): void {
    const subscription = this.#byId.get(id)
    if (subscription === undefined) return
    this.#byId.delete(id)
    this.#byConnection.get(subscription.connection)?.delete(id)
    subscription.stop()
  }
}
