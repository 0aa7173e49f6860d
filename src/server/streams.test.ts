import { once } from "node:events"
import { connect } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { JsonStream } from "../json-rpc/json-stream.ts"
import { type RunningServer, startServer } from "./server.ts"

const PIECE = `${"1".repeat(65_535)},`
let made = 0
let ended = 0
let server: RunningServer

/** A list of as many long numbers; 0 for one that breaks. */
function write(pieces: number): JsonStream {
  async function* chunks(): AsyncGenerator<string> {
    try {
      yield "["
      if (pieces === 0) throw new RangeError("broken")
      for (let i = 0; i < pieces; i++) {
        made++
        yield PIECE
      }
      yield "0]"
    } finally {
      ended++
    }
  }
  return new JsonStream(chunks())
}

const faults: unknown[] = []

beforeAll(async () => {
  server = await startServer({
    port: 0,
    handler: { receive: async (text) => write(Number(text)) },
    health: () => ({ ok: true }),
    onFault: (error) => faults.push(error),
  })
})
afterAll(() => server.close())

const post = (body: string) =>
  fetch(server.url, { method: "POST", body, headers: { "content-type": "application/json" } })

describe("an answer that is made while it goes out", () => {
  it("arrives whole", async () => {
    const response = await post("40")
    expect(response.status).toBe(200)
    expect(await response.json()).toHaveLength(41)
  })

  it("is made no faster than the client takes it, and no further once the client is gone", async () => {
    const pieces = 2000
    made = 0
    const before = ended
    const socket = connect(server.port, "127.0.0.1")
    socket.write(
      `POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\n${pieces}`,
    )
    await once(socket, "readable")
    socket.pause()
    // Whatever the buffers between the two take: not more is made once they are full.
    let last = -1
    while (made !== last) {
      last = made
      for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(made).toBeLessThan(pieces / 2)
    socket.destroy()
    while (ended === before) await new Promise((resolve) => setImmediate(resolve))
    expect(made).toBeLessThan(pieces / 2)
  })

  it("breaks off with the connection if something goes wrong on the way", async () => {
    const response = await post("0")
    await expect(response.text()).rejects.toThrow()
    expect(faults).toMatchObject([{ message: "broken" }])
    expect((await post("1")).status).toBe(200)
  })
})
