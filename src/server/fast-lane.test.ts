import { connect } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import { type RunningServer, startServer } from "./server.ts"

let server: RunningServer
afterEach(() => server.close())

/** Says which requests came in, and answers with what it was asked. */
async function start(): Promise<string[]> {
  const asked: string[] = []
  server = await startServer({
    port: 0,
    health: () => ({ ok: true }),
    handler: {
      receive: async (text) => {
        asked.push(text)
        return `"${text}"`
      },
    },
  })
  return asked
}

/** Sends the pieces one after the other, each when something came back or some time went by, and gives all that came back. */
function exchange(...pieces: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1")
    let got = ""
    let timer: NodeJS.Timeout | undefined
    const step = (): void => {
      const piece = pieces.shift()
      if (piece === undefined) socket.end()
      else {
        socket.write(piece)
        timer = setTimeout(step, 100)
      }
    }
    socket.on("connect", step)
    socket.on("data", (chunk) => {
      got += chunk.toString()
      clearTimeout(timer)
      timer = setTimeout(step, 20)
    })
    socket.on("error", reject)
    socket.on("close", () => {
      clearTimeout(timer)
      resolve(got)
    })
  })
}

const post = (body: string, headers = "", path = "/"): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`
const statuses = (answers: string): string[] =>
  [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status!)

describe("a connection with plain requests", () => {
  it("has each answered in turn, with what pages and tools need of headers", async () => {
    const asked = await start()
    const answers = await exchange(post("a"), post("b", "Origin: http://localhost:3000\r\n"))
    expect(asked).toEqual(["a", "b"])
    expect(statuses(answers)).toEqual(["200", "200"])
    expect(answers).toContain("access-control-allow-origin: *\r\n")
    expect(answers).toContain("access-control-allow-origin: http://localhost:3000\r\n")
    expect(answers).toMatch(/content-length: 3\r\n/)
  })

  it("reads a head like the last one by its length alone", async () => {
    const asked = await start()
    const euros = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n€€"
    const answers = await exchange(post("a"), post("b".repeat(1234)), euros, post("c"), post("d", "X-More: 1\r\n"))
    expect(statuses(answers)).toEqual(["200", "200", "200", "200", "200"])
    expect(asked).toEqual(["a", "b".repeat(1234), "€€", "c", "d"])
  })

  it("waits for the rest of a head like the last one, and of its body", async () => {
    const asked = await start()
    const [half, rest] = [post("bcd").slice(0, 30), post("bcd").slice(30)]
    expect(statuses(await exchange(post("a"), half, rest.slice(0, -2), rest.slice(-2)))).toEqual(["200", "200"])
    expect(asked).toEqual(["a", "bcd"])
  })

  it("waits for a body that comes later, in bytes and not in letters", async () => {
    const asked = await start()
    const head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
    expect(statuses(await exchange(head, "\r\n€", "x"))).toEqual(["200"])
    expect(asked).toEqual(["€x"])
  })
})

describe("a connection goes on, whatever comes after a plain request", () => {
  it.each([
    ["another method", "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", "200"],
    ["another path", post("b", "", "/nowhere"), "404"],
    [
      "a chunked body",
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n",
      "200",
    ],
    ["a large body", post("b".repeat(100_000)), "200"],
    ["a compressed body", post("b", "Content-Encoding: gzip\r\n"), "415"],
    [
      "a form",
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data\r\nContent-Length: 1\r\n\r\nb",
      "415",
    ],
    ["a foreign page", post("b", "Origin: https://evil.example\r\n"), "403"],
    ["two lengths", post("b", "Content-Length: 1\r\n"), "400"],
    ["a length that is none", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +1\r\n\r\nb", "400"],
    ["a name with a space", post("b", "X-Odd : 1\r\n"), "400"],
    ["a folded header", post("b", "X-Odd: 1\r\n 2\r\n"), "400"],
    ["no HTTP at all", "hello\r\n\r\n", "400"],
  ])("%s", async (_, request, status) => {
    await start()
    expect(statuses(await exchange(post("a"), request))).toEqual(["200", status])
  })

  it("requests sent without waiting are all answered, in order", async () => {
    const asked = await start()
    const answers = await exchange(post("a") + post("b") + post("c"), post("d") + post("e"))
    expect(statuses(answers)).toEqual(["200", "200", "200", "200", "200"])
    expect(asked).toEqual(["a", "b", "c", "d", "e"])
    expect([...answers.matchAll(/"([a-e])"/g)].map(([, letter]) => letter)).toEqual(asked)
  })

  it("a request that never becomes whole is not answered, and others are", async () => {
    const asked = await start()
    const held = connect(server.port, "127.0.0.1")
    held.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Le")
    expect(statuses(await exchange(post("a")))).toEqual(["200"])
    held.destroy()
    expect(asked).toEqual(["a"])
  })
})
