import type { Json } from "./json.ts"

/**
 * Where a request came from, as far as a method may know: an HTTP request, a WebSocket, or a caller in this process.
 *
 * One object lives as long as the connection. For HTTP that is the request.
 */
export interface Connection {
  /** Different for every connection of this process. */
  readonly id: number
  /** Whom limits for each client hold to account: the address that an HTTP request came from, or the connection where it stays. */
  readonly client: string
  /** What the program at the other side calls itself (User-Agent); undefined if it does not say. */
  readonly program?: string | undefined
  /**
   * Sends a notification (a request without id) to the other side. Undefined where nothing can be pushed: HTTP.
   * After the end of the connection it does nothing.
   */
  readonly notify: ((method: string, params: Json) => void) | undefined
  /** Calls the listener once, when the connection ends. */
  onClose(listener: () => void): void
}

let lastId = 0

/**
 * A connection that nothing can be pushed to and that nobody waits for the end of: one HTTP request.
 *
 * @param client - Told when a method asks. Default: one for all
 * @param program - What it calls itself.
 */
export function createRequestConnection(
  client: () => string | undefined = () => undefined,
  program?: string,
): Connection {
  return {
    id: ++lastId,
    program,
    get client() {
      return client() ?? "unknown"
    },
    notify: undefined,
    onClose: () => {},
  }
}

/**
 * A connection that stays.
 *
 * @param send - Takes one notification to the other side.
 * @returns The connection, and `close`, which has to be called once when it ends.
 */
export function createPushConnection(send: (method: string, params: Json) => void): {
  connection: Connection
  close: () => void
} {
  const listeners = new Set<() => void>()
  const id = ++lastId
  let open = true
  return {
    connection: {
      id,
      client: `connection ${id}`,
      notify: (method, params) => {
        if (open) send(method, params)
      },
      onClose: (listener) => {
        if (open) listeners.add(listener)
        else listener()
      },
    },
    close: () => {
      open = false
      for (const listener of listeners) listener()
      listeners.clear()
    },
  }
}
