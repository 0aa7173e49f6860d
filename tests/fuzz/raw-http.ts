import { connect } from "node:net"
import type { Random } from "./random.ts"

const BODY = '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}'

const REQUESTS: readonly ((random: Random) => string)[] = [
  () => "\r\n\r\n",
  () => "GET",
  () => "POST / HTTP/9.9\r\n\r\n",
  () => "POST / HTTP/1.1\r\n\r\n",
  () => `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n${BODY}`,
  () => `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n${BODY}`,
  () => `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n${BODY}`,
  () => `POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n${BODY}\r\n`,
  () => `POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  () => `POST /%zz/..//%2e HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
  () => `POST / HTTP/1.1\r\nHost: localhost\r\nX: ${"y".repeat(20_000)}\r\n\r\n`,
  () => `POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
  () => `POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
  () => `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`.repeat(3),
  () => "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
  () =>
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n",
  (random) =>
    `GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n${String.fromCharCode(random.below(256), random.below(256), random.below(256), 1, 2, 3)}`,
  () => "CONNECT / HTTP/1.1\r\nHost: localhost\r\n\r\n",
  () => "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n",
]

/** Sends something that is hardly HTTP, and goes away: at once, or when the server does. */
export function sendGarbage(port: number, random: Random): Promise<void> {
  const text = random.pick(REQUESTS)(random)
  const leave = random.chance(0.5)
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(text, "latin1")
      if (leave) socket.destroy()
      else setTimeout(() => socket.destroy(), 20)
    })
    socket.on("data", () => {})
    socket.on("error", () => {})
    socket.on("close", () => resolve())
  })
}
