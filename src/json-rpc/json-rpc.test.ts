import { describe, expect, it } from "vitest"
import { z } from "zod"
import { type Connection, createPushConnection, createRequestConnection } from "./connection.ts"
import { Dispatcher } from "./dispatcher.ts"
import { protocolError, RpcError } from "./errors.ts"
import { isDeeperThan, type Json, RawJson } from "./json.ts"
import { JsonStream } from "./json-stream.ts"
import { arg, type Codec, defineMethod, type Method, optionalArg } from "./method.ts"
import { createOpenRpc } from "./openrpc.ts"
import { notificationText, plainNotification } from "./raw-json.ts"
import { Subscriptions } from "./subscriptions.ts"

interface Context {
  readonly log: string[]
}

const text: Codec<string> = { expected: "a text", schema: z.string(), encode: (value) => value }
const numbers: Codec<number[]> = {
  expected: "a list of numbers",
  schema: z.array(z.number("a number")),
  encode: (value) => value,
}

const wholeNumber = { expected: "a number", schema: z.number() }

const tick = () => new Promise<void>((resolve) => setImmediate(resolve))

const textOf = async (answer: string | Uint8Array | JsonStream): Promise<string> => {
  if (answer instanceof JsonStream) return (await answer.gather()).text
  return typeof answer === "string" ? answer : new TextDecoder().decode(answer)
}

function createMethods(): Method<Context>[] {
  return [
    defineMethod({
      name: "written",
      summary: "A list of as many letters ä, as text or as its bytes.",
      params: [arg("count", wholeNumber), arg("bytes", text, "no")],
      result: { expected: "a list", schema: z.array(z.string()), encode: (value: RawJson) => value },
      source: "here",
      handle: (_: Context, count, bytes) => {
        const written = JSON.stringify(Array.from({ length: count }, () => "ä"))
        return new RawJson(bytes === "yes" ? new TextEncoder().encode(written) : written)
      },
    }),
    defineMethod({
      name: "streamed",
      summary: "Numbers from 0, made one by one; none below 0.",
      params: [arg("count", wholeNumber)],
      result: { expected: "a list", schema: z.array(z.number()), encode: (value: JsonStream) => value },
      source: "here",
      handle(_: Context, count) {
        async function* write(): AsyncGenerator<string> {
          yield "["
          if (count < 0) throw new RangeError("below 0")
          for (let i = 0; i < count; i++) yield i === 0 ? "0" : `,${i}`
          yield "]"
        }
        return new JsonStream(write())
      },
    }),
    defineMethod({
      name: "echo",
      summary: "The text again.",
      params: [arg("text", text), optionalArg("suffix", text), arg("prefix", text, "> ")],
      result: text,
      source: "here",
      aliases: ["repeat"],
      handle: (_: Context, value, suffix, prefix) => `${prefix}${value}${suffix ?? "."}`,
    }),
    defineMethod({
      name: "sum",
      summary: "Their sum as a text.",
      params: [arg("numbers", numbers)],
      result: text,
      source: "here",
      handle: (_: Context, values) => `${values.reduce((a, b) => a + b, 0)}`,
    }),
    defineMethod({
      name: "write",
      summary: "Writes.",
      params: [arg("text", text)],
      result: text,
      source: "here",
      writes: true,
      async handle({ log }: Context, value) {
        await tick()
        log.push(value)
        return log.join("")
      },
    }),
    defineMethod({
      name: "read",
      summary: "Reads.",
      params: [],
      result: text,
      source: "here",
      handle: ({ log }: Context) => log.join(""),
    }),
    defineMethod({
      name: "fail",
      summary: "Fails.",
      params: [arg("how", text)],
      result: text,
      source: "here",
      handle: (_: Context, how) => {
        if (how === "known") throw new RpcError(3, "execution reverted", "0x01")
        throw new TypeError("secret path /etc/passwd")
      },
    }),
    defineMethod<Context>({ name: "never", summary: "No.", source: "here", unsupported: "there are no blobs" }),
  ]
}

function createDispatcher(options: { maxBatch?: number; maxDepth?: number } = {}) {
  const log: string[] = []
  const faults: { id: string; error: unknown }[] = []
  const dispatcher = new Dispatcher<Context>({
    methods: createMethods(),
    contextOf: () => ({ log }),
    onFault: (id, error) => faults.push({ id, error }),
    ...options,
  })
  const send = async (body: unknown): Promise<Json | undefined> => {
    const answer = await dispatcher.receive(
      typeof body === "string" ? body : JSON.stringify(body),
      createRequestConnection(),
    )
    return answer === undefined ? undefined : (JSON.parse(await textOf(answer)) as Json)
  }
  const ask = (method: string, params?: unknown) => send({ jsonrpc: "2.0", id: 1, method, params })
  return { dispatcher, send, ask, log, faults }
}

const errorCode = (code: number) => expect.objectContaining({ error: expect.objectContaining({ code }) })

describe("dispatch", () => {
  it("answers a request under its id, be it a number, a string or null", async () => {
    const { send } = createDispatcher()
    for (const id of [1, 0, -7, 1.5, "abc", null])
      expect(await send({ jsonrpc: "2.0", id, method: "read" })).toEqual({ jsonrpc: "2.0", id, result: "" })
  })

  it("puts a result that is text already into the answer as it is", async () => {
    const { dispatcher, send, ask } = createDispatcher()
    const letters = (count: number) => Array.from({ length: count }, () => "ä")
    for (const bytes of ["no", "yes"])
      for (const count of [0, 3, 50_000])
        expect(await ask("written", [count, bytes])).toEqual({ jsonrpc: "2.0", id: 1, result: letters(count) })
    const one = (id: string) => ({ id, method: "written", params: [20_000, "yes"] })
    expect(await send([one('a"'), { id: 2, method: "read" }, { method: "nope" }, one("c")])).toEqual([
      { jsonrpc: "2.0", id: 'a"', result: letters(20_000) },
      { jsonrpc: "2.0", id: 2, result: "" },
      { jsonrpc: "2.0", id: "c", result: letters(20_000) },
    ])
    expect(await dispatcher.call("written", [2, "yes"], createRequestConnection())).toEqual(["ä", "ä"])
  })

  it("makes a result while it goes out, if it is the only one of an HTTP request", async () => {
    const { dispatcher, send, ask } = createDispatcher()
    const request = { id: 1, method: "streamed", params: [3] }
    const receive = (body: object, connection = createRequestConnection()) =>
      dispatcher.receive(JSON.stringify(body), connection)
    expect(await receive(request)).toBeInstanceOf(JsonStream)
    expect(await ask("streamed", [3])).toEqual({ jsonrpc: "2.0", id: 1, result: [0, 1, 2] })
    expect(await send([request, { ...request, id: 2 }])).toEqual([
      { jsonrpc: "2.0", id: 1, result: [0, 1, 2] },
      { jsonrpc: "2.0", id: 2, result: [0, 1, 2] },
    ])
    const { connection } = createPushConnection(() => {})
    expect(await receive(request, connection)).toBe('{"jsonrpc":"2.0","id":1,"result":[0,1,2]}')
    expect(await dispatcher.call("streamed", [2], connection)).toEqual([0, 1])
    // What comes up on the way is an error where the answer is not out yet.
    expect(await receive({ ...request, params: [-1] }, connection)).toContain('"error":{"code":-32603')
  })

  it("puts it into a notification too, and hands it to callers in this process as a value", () => {
    const value = { a: [1, "ä"], b: null }
    for (const result of [new RawJson(JSON.stringify(value)), value]) {
      const params = { subscription: '0x1"', result }
      expect(notificationText("sub", params)).toBe(
        JSON.stringify({ jsonrpc: "2.0", method: "sub", params: { ...params, result: value } }),
      )
      expect(plainNotification(params)).toEqual({ ...params, result: value })
    }
  })

  it("forgives a missing jsonrpc member and unknown members", async () => {
    const { send } = createDispatcher()
    expect(await send({ id: 1, method: "read", foo: 1 })).toEqual({ jsonrpc: "2.0", id: 1, result: "" })
  })

  it("gives a notification no answer, and carries it out", async () => {
    const { send, log } = createDispatcher()
    expect(await send({ jsonrpc: "2.0", method: "write", params: ["a"] })).toBeUndefined()
    expect(await send({ jsonrpc: "2.0", method: "nope" })).toBeUndefined()
    expect(log).toEqual(["a"])
  })

  it("refuses what is no request with -32600", async () => {
    const { send } = createDispatcher()
    for (const body of [5, "x", null, {}, { id: [1], method: "read" }, { id: true, method: "read" }, { id: 1 }])
      expect(await send(JSON.stringify(body))).toEqual(errorCode(-32600))
    expect(await send({ jsonrpc: 2, id: 1, method: "read" })).toEqual(errorCode(-32600))
    expect(await send({ jsonrpc: "2.0", id: 1, method: 5 })).toEqual(errorCode(-32600))
    expect(await send([])).toEqual(errorCode(-32600))
  })

  it("refuses malformed JSON with -32700", async () => {
    const { send } = createDispatcher()
    for (const body of ["", " ", "hello", '{"jsonrpc":"2.0","id":1,"meth', "{}x"])
      expect(await send(body)).toEqual(errorCode(-32700))
  })

  it("says -32601 for an unknown method and -32004 with the reason for one that cannot be served", async () => {
    const { ask } = createDispatcher()
    expect(await ask("nope")).toEqual(errorCode(-32601))
    expect(await ask("__proto__")).toEqual(errorCode(-32601))
    expect(await ask("never")).toMatchObject({ error: { code: -32004, message: expect.stringMatching("no blobs") } })
  })

  it("answers every member of a batch, rubbish too, in order", async () => {
    const { send } = createDispatcher()
    expect(await send([{ id: 1, method: "read" }, 1, { method: "read" }, { id: "b", method: "nope" }])).toEqual([
      { jsonrpc: "2.0", id: 1, result: "" },
      errorCode(-32600),
      errorCode(-32601),
    ])
    expect(await send([{ method: "read" }])).toBeUndefined()
  })

  it("answers a batch of one by a batch of one", async () => {
    expect(await createDispatcher().send([{ id: 1, method: "read" }])).toEqual([{ jsonrpc: "2.0", id: 1, result: "" }])
  })

  it("runs a writing member of a batch between those before and after it", async () => {
    const { send } = createDispatcher()
    const batch = [
      { id: 0, method: "read" },
      { id: 1, method: "write", params: ["a"] },
      { id: 2, method: "read" },
      { id: 3, method: "write", params: ["b"] },
      { id: 4, method: "read" },
    ]
    const answers = (await send(batch)) as { result: string }[]
    expect(answers.map(({ result }) => result)).toEqual(["", "a", "a", "ab", "ab"])
  })

  it("limits batches and depth", async () => {
    const { send } = createDispatcher({ maxBatch: 2, maxDepth: 4 })
    const one = { id: 1, method: "read" }
    expect(await send([one, one])).toHaveLength(2)
    expect(await send([one, one, one])).toEqual(errorCode(-32005))
    expect(await send(`{"id":1,"method":"read","params":${"[".repeat(9)}${"]".repeat(9)}}`)).toEqual(errorCode(-32600))
  })

  it("answers what a handler throws: a known error as it is, a fault by an id that the log has too", async () => {
    const { ask, faults } = createDispatcher()
    expect(await ask("fail", ["known"])).toMatchObject({
      error: { code: 3, message: "execution reverted", data: "0x01" },
    })
    const answer = (await ask("fail", ["fault"])) as { error: { code: number; message: string } }
    expect(answer.error.code).toBe(-32603)
    expect(faults).toHaveLength(1)
    expect(answer.error.message).toContain(faults[0]!.id)
    expect(answer.error.message).not.toContain("secret")
    expect(faults[0]!.error).toBeInstanceOf(TypeError)
  })

  it("can be called without text", async () => {
    const { dispatcher } = createDispatcher()
    expect(await dispatcher.call("repeat", ["x"], createRequestConnection())).toBe("> x.")
    await expect(dispatcher.call("nope", [], createRequestConnection())).rejects.toMatchObject({ code: -32601 })
  })
})

describe("parameters", () => {
  it("may be missing or null where they are optional, and superfluous ones are ignored", async () => {
    const { ask } = createDispatcher()
    expect(await ask("echo", ["x"])).toMatchObject({ result: "> x." })
    expect(await ask("echo", ["x", null, null])).toMatchObject({ result: "> x." })
    expect(await ask("echo", ["x", "!", "", "more", {}])).toMatchObject({ result: "x!" })
    expect(await ask("read", null)).toMatchObject({ result: "" })
  })

  it("may be given by name", async () => {
    expect(await createDispatcher().ask("echo", { text: "x", prefix: "= " })).toMatchObject({ result: "= x." })
  })

  it("name the parameter, its position, what came and what is expected when they are wrong", async () => {
    const { ask } = createDispatcher()
    expect(await ask("echo")).toMatchObject({
      error: { code: -32602, message: "missing value for required argument 0 (text): expected a text" },
    })
    expect(await ask("echo", [5])).toMatchObject({
      error: { code: -32602, message: "invalid argument 0 (text): got 5, expected a text" },
    })
    expect(await ask("sum", [[1, "x"]])).toMatchObject({
      error: { code: -32602, message: 'invalid argument 0 (numbers[1]): got "x", expected a number' },
    })
    expect(await ask("echo", "x")).toEqual(errorCode(-32602))
  })
})

describe("depth", () => {
  it("counts brackets outside of strings only", () => {
    expect(isDeeperThan('["[[[[[[", "\\"[[["]', 1)).toBe(false)
    expect(isDeeperThan('[{"a":[1]}]', 3)).toBe(false)
    expect(isDeeperThan('[{"a":[1]}]', 2)).toBe(true)
    expect(isDeeperThan("[][][]".repeat(100), 1)).toBe(false)
  })
})

describe("subscriptions", () => {
  it("deliver nothing before the answer with the id is out, and end with the connection", async () => {
    const sent: Json[] = []
    const { connection, close } = createPushConnection((method, params) => sent.push({ method, params }))
    const subscriptions = new Subscriptions(() => "0x1")
    let stopped = 0
    let push: (value: Json) => void = () => {}
    const id = subscriptions.subscribe(connection, "eth_subscription", (given) => {
      push = given
      push("first")
      return () => {
        stopped++
      }
    })
    expect(sent).toEqual([])
    await tick()
    push("second")
    expect(sent).toEqual([
      { method: "eth_subscription", params: { subscription: id, result: "first" } },
      { method: "eth_subscription", params: { subscription: id, result: "second" } },
    ])
    close()
    expect(stopped).toBe(1)
    expect(subscriptions.size).toBe(0)
  })

  it("can be ended by the connection that has them only", () => {
    const { connection } = createPushConnection(() => {})
    const { connection: other } = createPushConnection(() => {})
    const subscriptions = new Subscriptions(() => "0x1")
    const id = subscriptions.subscribe(connection, "s", () => () => {})
    expect(subscriptions.unsubscribe(other, id)).toBe(false)
    expect(subscriptions.unsubscribe(connection, id)).toBe(true)
    expect(subscriptions.unsubscribe(connection, id)).toBe(false)
  })

  it("that come and go leave nothing behind on their connection", () => {
    let listeners = 0
    const connection: Connection = { id: 1, client: "one", notify: () => {}, onClose: () => listeners++ }
    let next = 0
    const subscriptions = new Subscriptions(() => `${++next}`, 1)
    for (let i = 0; i < 100; i++)
      subscriptions.unsubscribe(
        connection,
        subscriptions.subscribe(connection, "s", () => () => {}),
      )
    expect([listeners, subscriptions.size]).toEqual([1, 0])
  })

  it("end at once on a connection that is closed already", () => {
    const { connection, close } = createPushConnection(() => {})
    close()
    let stopped = 0
    const subscriptions = new Subscriptions(() => "1")
    subscriptions.subscribe(connection, "s", () => () => stopped++)
    expect([stopped, subscriptions.size]).toEqual([1, 0])
  })

  it("are refused where nothing can be pushed, and beyond the limit", () => {
    const subscriptions = new Subscriptions(() => "0x1", 1)
    expect(() => subscriptions.subscribe(createRequestConnection(), "s", () => () => {})).toThrow(RpcError)
    const { connection } = createPushConnection(() => {})
    subscriptions.subscribe(connection, "s", () => () => {})
    expect(() => subscriptions.subscribe(connection, "s", () => () => {})).toThrow(
      expect.objectContaining({ code: -32005 }),
    )
  })
})

describe("OpenRPC", () => {
  it("has an entry for every name, with the shapes of parameters and result", () => {
    const document = createOpenRpc(createMethods(), { title: "t", version: "1" }) as {
      methods: { name: string; params: { name: string; required: boolean; schema: Json }[] }[]
    }
    expect(document.methods.map(({ name }) => name)).toEqual([
      "echo",
      "fail",
      "never",
      "read",
      "repeat",
      "streamed",
      "sum",
      "write",
      "written",
    ])
    expect(document.methods[0]!.params).toMatchObject([
      { name: "text", required: true, schema: { type: "string" } },
      { name: "suffix", required: false },
      { name: "prefix", required: false, schema: { default: "> " } },
    ])
  })
})

describe("messages", () => {
  it("read as they are meant to", () => {
    expect([
      protocolError("methodNotFound", { method: "eth_x" }).message,
      protocolError("unsupported", { method: "eth_getProof", reason: "because" }).message,
      protocolError("limitExceeded", { what: "batch size", got: 3, limit: 2, remedy: "send less" }).message,
      protocolError("noSubscriptions", { method: "eth_subscribe" }).message,
      protocolError("internal", { id: "1" }).message,
    ]).toMatchInlineSnapshot(`
      [
        "the method eth_x does not exist/is not available",
        "the method eth_getProof is not supported: because",
        "batch size 3 is above the limit of 2: send less",
        "eth_subscribe needs a connection that can carry notifications: use WebSocket",
        "internal error 1: the log of the node has it under this id",
      ]
    `)
  })
})
