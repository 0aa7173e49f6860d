import type { IncomingMessage } from "node:http"
import type { Socket } from "node:net"

/** Requests of one connection that are being answered. */
interface Slots {
  taken: number
  readonly waiting: (() => void)[]
}

/**
 * Bounds how many requests of one HTTP connection are answered at the same time. A client may send many without waiting (pipelining):
 * what is over the bound waits, and the connection is not read any further until there is room.
 */
export class InFlight {
  readonly #limit: number
  readonly #bySocket = new WeakMap<Socket, Slots>()

  /** @param limit - Requests at a time, at least 1. */
  constructor(limit: number) {
    this.#limit = Math.max(1, limit)
  }

  /** Calls `answer` as soon as there is room for it. The request has to have come in whole: else nobody would read the rest. */
  async run<T>({ socket }: IncomingMessage, answer: () => T | Promise<T>): Promise<T> {
    let slots = this.#bySocket.get(socket)
    if (slots === undefined) {
      slots = { taken: 0, waiting: [] }
      this.#bySocket.set(socket, slots)
    }
    if (slots.taken < this.#limit) slots.taken++
    else {
      socket.pause()
      const { waiting } = slots
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    try {
      return await answer()
    } finally {
      const next = slots.waiting.shift()
      if (next === undefined) slots.taken--
      else next()
      if (slots.waiting.length === 0 && socket.isPaused()) socket.resume()
    }
  }
}
