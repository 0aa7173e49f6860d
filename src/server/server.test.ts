import { request as httpRequest } from "node:http"
import { connect, type Socket } from "node:net"
import { afterEach, describe, expect, it, vi } from "vitest"
import { WebSocket } from "ws"
import type { Connection } from "../json-rpc/connection.ts"
import { ListenError } from "./errors.ts"
import { Metrics } from "./metrics.ts"
import { hostnameOf, isHostAllowed, isOriginAllowed } from "./origins.ts"
import { type RunningServer, type ServerOptions, startServer } from "./server.ts"

const running: RunningServer[] = []

async function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({
    handler: { receive: async (text) => (text === "nothing" ? undefined : JSON.stringify({ echo: text })) },
    port: 0,
    health: () => ({ ok: true, head: 7 }),
    ...options,
  })
  running.push(server)
  return server
}

afterEach(async () => {
  for (const server of running.splice(0)) await server.close()
})

const post = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: "POST", body, headers: { "content-type": "application/json", ...headers } })

/** fetch sets Host and Origin itself; this does not. */
function rawPost(port: number, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, method: "POST", path: "/", headers }, (response) => {
      let body = ""
      response.on("data", (chunk: Uint8Array) => {
        body += new TextDecoder().decode(chunk)
      })
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }))
    })
    request.on("error", reject)
    request.end("{}")
  })
}

describe("HTTP", () => {
  it("hands POST to / and /rpc/v1 to the handler, and answers what it says", async () => {
    const { url } = await start()
    for (const path of ["/", "/rpc/v1"]) {
      const response = await post(url + path, "hello")
      expect(response.status).toBe(200)
      expect(response.headers.get("content-type")).toBe("application/json")
      expect(await response.json()).toEqual({ echo: "hello" })
    }
  })

  it("answers 204 when there is nothing to answer", async () => {
    const { url } = await start()
    expect((await post(url, "nothing")).status).toBe(204)
  })

  it.each([
    ["another path", "/rpc/v9", "POST", {}, 404],
    ["GET", "/", "GET", {}, 405],
    ["PUT", "/rpc/v1", "PUT", {}, 405],
    ["a form", "/", "POST", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["a compressed body", "/", "POST", { "content-type": "application/json", "content-encoding": "gzip" }, 415],
  ])("refuses %s by a status and a JSON-RPC error", async (_, path, method, headers, status) => {
    const { url } = await start()
    const response = await fetch(url + path, { method, headers, ...(method === "GET" ? {} : { body: "{}" }) })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ jsonrpc: "2.0", id: null, error: { code: -32600 } })
  })

  it("refuses a body above the limit with 413, declared or not", async () => {
    const { url, port } = await start({ limits: { bodyBytes: 100 } })
    const response = await post(url, "x".repeat(101))
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining("100 bytes") } })
    const status = await new Promise((resolve) => {
      const request = httpRequest({ host: "127.0.0.1", port, method: "POST", path: "/" }, (answer) =>
        resolve(answer.statusCode),
      )
      request.on("error", () => {})
      request.write("y".repeat(60))
      request.write("y".repeat(60))
      request.end()
    })
    expect(status).toBe(413)
    expect((await post(url, "x".repeat(100))).status).toBe(200)
  })

  it("tells its health, and 503 when it is not well", async () => {
    let ok = true
    const { url } = await start({ health: () => ({ ok, head: 7 }) })
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ ok: true, head: 7 })
    ok = false
    expect((await fetch(`${url}/health`)).status).toBe(503)
  })

  it("serves metrics in Prometheus' format, unknown methods under one label", async () => {
    const metrics = new Metrics({ fevm_head_epoch: { help: "Epoch of the head", value: () => 5 } })
    metrics.observe({ method: "eth_chainId", known: true, milliseconds: 1, error: undefined })
    metrics.observe({ method: "x1", known: false, milliseconds: 1, error: { code: -32601 } })
    metrics.observe({ method: "x2", known: false, milliseconds: 1, error: { code: -32601 } })
    const { url } = await start({ metrics: () => metrics.text() })
    const text = await (await fetch(`${url}/metrics`)).text()
    expect(text).toContain("fevm_head_epoch 5")
    expect(text).toContain('fevm_rpc_duration_seconds_count{method="eth_chainId"} 1')
    expect(text).toContain('fevm_rpc_errors_total{method="unknown",code="-32601"} 2')
    expect(text).toContain("process_cpu_seconds_total")
  })

  it("answers so many requests of one connection at a time, however many were sent without waiting", async () => {
    let now = 0
    let most = 0
    const { port } = await start({
      limits: { inFlight: 3 },
      handler: {
        receive: async (text) => {
          most = Math.max(most, ++now)
          await new Promise((resolve) => setImmediate(resolve))
          now--
          return JSON.stringify({ echo: text })
        },
      },
    })
    const count = 2000
    const answers = await new Promise<string>((resolve, reject) => {
      let got = ""
      const socket = connect(port, "127.0.0.1")
      socket.on("error", reject)
      socket.on("data", (chunk: Uint8Array) => {
        got += new TextDecoder().decode(chunk)
        if (got.includes(`{"echo":"${count - 1}"}`)) {
          socket.destroy()
          resolve(got)
        }
      })
      for (let i = 0; i < count; i++)
        socket.write(`POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${String(i).length}\r\n\r\n${i}`)
    })
    const order = [...answers.matchAll(/\{"echo":"(\d+)"\}/g)].map(([, i]) => Number(i))
    expect(order).toEqual(Array.from({ length: count }, (_, i) => i))
    expect(most).toBe(3)
  })

  it("cuts off a client that takes nothing of its answer", async () => {
    const { port, url } = await start({
      // Nobody else gets in before it is gone.
      limits: { requestMilliseconds: 50, connections: 1 },
      handler: { receive: async () => "x".repeat(64 << 20) },
    })
    const socket = connect(port, "127.0.0.1")
    socket.on("error", () => {})
    socket.pause()
    socket.write("POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}")
    await new Promise<void>((resolve) => socket.once("connect", () => resolve()))
    await vi.waitFor(async () => expect((await fetch(`${url}/health`)).status).toBe(200), { timeout: 30_000 })
    expect(socket.bytesRead).toBeLessThan(64 << 20)
    socket.destroy()
  })

  it("takes so many connections at a time, and a next one when one has ended", async () => {
    const { port, url } = await start({ limits: { connections: 2 } })
    const hold = () =>
      new Promise<Socket>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => resolve(socket))
        socket.on("error", () => {})
      })
    const held = [await hold(), await hold()]
    const refused = await hold()
    await new Promise<void>((resolve) => refused.on("close", () => resolve()))
    held[0]!.destroy()
    await vi.waitFor(async () => expect((await post(url, "x")).status).toBe(200))
    held[1]!.destroy()
  })

  it("tells the handler whom a request came from", async () => {
    const clients: string[] = []
    const { url } = await start({
      handler: {
        receive: async (_, { client }) => {
          clients.push(client)
          return "{}"
        },
      },
    })
    await post(url, "a")
    await post(url, "b")
    expect(clients).toEqual(["127.0.0.1", "127.0.0.1"])
  })

  it("lives on when a client goes away in the middle of a request", async () => {
    const { url, port } = await start()
    await new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.write("POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\nabc")
        socket.destroy()
        resolve()
      })
    })
    expect((await post(url, "x")).status).toBe(200)
  })

  it("says which port is in use, and what to do", async () => {
    const { port } = await start()
    await expect(start({ port })).rejects.toThrow(ListenError)
    await expect(start({ port })).rejects.toThrow(/port \d+ on 127\.0\.0\.1 is in use.*--port/)
  })
})

describe("hostile pages", () => {
  it("get nothing when their name was rebound to the loopback address", async () => {
    const { port } = await start()
    expect(await rawPost(port, { host: "evil.example:8545" })).toMatchObject({ status: 403 })
    expect(await rawPost(port, { host: `localhost:${port}` })).toMatchObject({ status: 200 })
    expect(await rawPost(port, { host: "[::1]:1" })).toMatchObject({ status: 200 })
  })

  it("get nothing when their origin is not allowed, not even by a request without preflight", async () => {
    const { port } = await start()
    const headers = { host: "localhost", "content-type": "text/plain" }
    expect(await rawPost(port, { ...headers, origin: "https://evil.example" })).toMatchObject({ status: 403 })
    expect(await rawPost(port, { ...headers, origin: "null" })).toMatchObject({ status: 403 })
    expect(await rawPost(port, { ...headers, origin: "http://localhost:3000" })).toMatchObject({ status: 200 })
    expect(await rawPost(port, { ...headers, origin: "chrome-extension://abc" })).toMatchObject({ status: 200 })
  })

  it("are told apart by rules that a reader can follow", () => {
    const rules = { corsOrigins: ["https://a.example"], allowedHosts: ["devbox"], loopback: true }
    expect(isHostAllowed("devbox:8545", rules)).toBe(true)
    expect(isHostAllowed("127.0.0.1", rules)).toBe(true)
    expect(isHostAllowed("localhost.evil.example", rules)).toBe(false)
    expect(isHostAllowed(undefined, rules)).toBe(false)
    expect(isHostAllowed("anything", { ...rules, loopback: false })).toBe(true)
    expect(isOriginAllowed("https://a.example", rules)).toBe(true)
    expect(isOriginAllowed("https://a.example.evil.example", rules)).toBe(false)
    expect(isOriginAllowed(undefined, rules)).toBe(true)
    expect(isOriginAllowed("https://b.example", { ...rules, corsOrigins: ["*"] })).toBe(true)
    expect(hostnameOf("[::1]:80")).toBe("[::1]")
    expect(hostnameOf("a b")).toBeUndefined()
  })

  it("cannot read what an allowed origin can: preflight and answers name the origin", async () => {
    const { url } = await start({ corsOrigins: ["https://dapp.example"] })
    const preflight = await fetch(url, {
      method: "OPTIONS",
      headers: {
        origin: "https://dapp.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
        "access-control-request-private-network": "true",
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get("access-control-allow-origin")).toBe("https://dapp.example")
    expect(preflight.headers.get("access-control-allow-private-network")).toBe("true")
    const answer = await post(url, "x", { origin: "https://dapp.example" })
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://dapp.example")
    expect((await post(url, "x", { origin: "https://evil.example" })).status).toBe(403)
  })
})

describe("WebSocket", () => {
  const open = (url: string, options: { origin?: string } = {}) =>
    new Promise<WebSocket>((resolve, reject) => {
      const socket = new WebSocket(url.replace("http", "ws"), options)
      socket.on("open", () => resolve(socket))
      socket.on("error", reject)
    })
  const next = (socket: WebSocket) =>
    new Promise<unknown>((resolve) => socket.once("message", (data) => resolve(JSON.parse(`${data}`))))

  it("answers on the same paths, and pushes notifications", async () => {
    let connection: Connection | undefined
    const { url } = await start({
      handler: {
        receive: async (text, from) => {
          connection = from
          return JSON.stringify({ echo: text })
        },
      },
    })
    const socket = await open(`${url}/rpc/v1`)
    const answer = next(socket)
    socket.send("hello")
    expect(await answer).toEqual({ echo: "hello" })
    const notification = next(socket)
    connection!.notify!("eth_subscription", { subscription: "0x1", result: 5 })
    expect(await notification).toEqual({
      jsonrpc: "2.0",
      method: "eth_subscription",
      params: { subscription: "0x1", result: 5 },
    })
    const ended = new Promise<void>((resolve) => connection!.onClose(resolve))
    socket.close()
    await ended
  })

  it("is refused to other paths and foreign origins", async () => {
    const { url } = await start()
    await expect(open(`${url}/other`)).rejects.toThrow("404")
    await expect(open(url, { origin: "https://evil.example" })).rejects.toThrow("403")
  })

  it("refuses requests beyond those in flight, and goes on", async () => {
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const { url } = await start({
      limits: { inFlight: 1 },
      handler: {
        receive: async (text) => {
          await held
          return JSON.stringify({ echo: text })
        },
      },
    })
    const socket = await open(url)
    socket.send("a")
    const refused = next(socket)
    socket.send("b")
    expect(await refused).toMatchObject({ error: { code: -32005 } })
    const answer = next(socket)
    release()
    expect(await answer).toEqual({ echo: "a" })
    socket.close()
  })

  it.each([
    ["has too much unread", { unreadBytes: 8 << 20 }],
    ["takes nothing for too long", { requestMilliseconds: 1 }],
  ])("cuts off a client that never reads when it %s, and forgets what it was to read", async (_, limits) => {
    const big = "x".repeat(1 << 20)
    let connection: Connection | undefined
    const ended: string[] = []
    const server = await start({
      limits,
      handler: {
        receive: async (_, from) => {
          connection = from
          from.onClose(() => ended.push("closed"))
          return "{}"
        },
      },
    })
    const socket = connect(server.port, "127.0.0.1")
    socket.on("error", () => {})
    socket.write(
      "GET / HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    )
    socket.pause()
    const mask = Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0x7b, 0x7d) // the text {}
    await new Promise((resolve) => setImmediate(resolve))
    socket.write(mask)
    while (connection === undefined) await new Promise((resolve) => setImmediate(resolve))
    let sent = 0
    // The kernel of the machine takes some megabytes before anything waits here.
    while (ended.length === 0 && sent < 200) {
      connection.notify!("eth_subscription", big)
      sent++
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(ended).toEqual(["closed"])
    expect(sent).toBeLessThan(60)
    expect(server.webSockets).toBe(0)
    socket.destroy()
  })

  it("closes a client that sends a frame above the limit", async () => {
    const { url } = await start({ limits: { bodyBytes: 100 } })
    const socket = await open(url)
    const closed = new Promise<number>((resolve) => socket.on("close", resolve))
    socket.send("x".repeat(101))
    expect(await closed).toBe(1009)
  })
})
