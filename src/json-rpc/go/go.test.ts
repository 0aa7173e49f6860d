import { describe, expect, it, test } from "vitest"
import { createPushConnection, createRequestConnection } from "../connection.ts"
import { RpcError } from "../errors.ts"
import { GoDispatcher, type GoMethod, GoPanic } from "./dispatcher.ts"
import { decodeHex, goBool, goFloat64, goString, parseUint, pointerTo, sliceOf, structOf } from "./values.ts"

const methods: readonly GoMethod<undefined>[] = [
  { name: "echo", aliases: ["Filecoin.Echo"], params: [goString], call: (_, [text]) => text as string },
  { name: "none", params: [], call: () => true },
  { name: "raw", params: undefined, call: (_, [params]) => (params === undefined ? "nothing" : "something") },
  {
    name: "fails",
    params: [],
    call: () => {
      throw new RpcError(3, "reverted", "0x01")
    },
  },
  {
    name: "panics",
    params: [],
    call: () => {
      throw new GoPanic("nil pointer")
    },
  },
]

const dispatcher = new GoDispatcher<undefined>({ methods, contextOf: () => undefined, toRpcError: () => undefined })
const send = (body: unknown): ReturnType<typeof dispatcher.receive> =>
  dispatcher.receive(typeof body === "string" ? body : JSON.stringify(body), createRequestConnection())
const ask = (method: string, params?: unknown): ReturnType<typeof send> =>
  send({ jsonrpc: "2.0", id: 1, method, params })

describe("go-jsonrpc", () => {
  it.each([
    ["echo", [], "wrong param count (method 'echo'): 0 != 1", -32602],
    ["echo", ["x", null], "wrong param count (method 'echo'): 2 != 1", -32602],
    [
      "echo",
      [5],
      "unmarshaling params for 'echo' (param: *string): json: cannot unmarshal number into Go value of type string",
      -32700,
    ],
    [
      "echo",
      {},
      "unmarshaling param array: json: cannot unmarshal object into Go value of type []jsonrpc.param",
      -32700,
    ],
    ["nope", [], "method 'nope' not found", -32601],
    ["panics", [], "fatal error calling 'panics': panic in rpc method 'panics': nil pointer", 0],
  ] as const)("refuses %s with %j by status 500", async (method, params, message, code) => {
    const answer = await ask(method, params)
    expect(answer?.status).toBe(500)
    expect(JSON.parse(String(answer!.text))).toEqual({ jsonrpc: "2.0", id: 1, error: { code, message } })
  })

  it("answers what a method throws with status 200, its code and data", async () => {
    expect(await ask("fails")).toEqual({
      status: 200,
      text: '{"error":{"code":3,"message":"reverted","data":"0x01"},"id":1,"jsonrpc":"2.0"}\n',
    })
  })

  it("has aliases, and hands parameters as they came to methods that read them", async () => {
    expect((await ask("Filecoin.Echo", ["x"]))?.text).toContain('"result":"x"')
    expect((await ask("raw"))?.text).toContain("nothing")
    expect((await ask("raw", null))?.text).toContain("something")
  })

  it("takes member names in any case and what follows the first value, but no other envelope", async () => {
    expect((await send('{"ID":1,"METHOD":"none","PARAMS":[]}xyz'))?.text).toContain('"result":true')
    expect((await send({ jsonrpc: 2, id: 1, method: "none" }))?.text).toContain("Parse error")
    expect((await send({ id: [1], method: "none" }))?.text).toContain("invalid id type: []interface {}")
    expect((await send("hello"))?.status).toBe(500)
    expect((await send(" "))?.status).toBe(400)
    expect((await send("[]"))?.status).toBe(400)
  })

  it("answers nothing to an id of null, unless the protocol refuses", async () => {
    expect(await send({ id: null, method: "none" })).toEqual({ text: "", status: 200 })
    expect((await send({ method: "nope" }))?.status).toBe(500)
  })

  it("answers batches over HTTP whole, or refuses them whole", async () => {
    const one = { id: 1, method: "none" }
    expect((await send([one, { method: "none" }, { id: 2, method: "nope" }]))?.text).toBe(
      '[{"id":1,"jsonrpc":"2.0","result":true}\n,{"error":{"code":-32601,"message":"method \'nope\' not found"},"id":2,"jsonrpc":"2.0"}\n]',
    )
    expect((await send([one, 5]))?.status).toBe(500)
    const { connection } = createPushConnection(() => {})
    expect(await dispatcher.receive(JSON.stringify([one]), connection)).toBeUndefined()
  })
})

describe("encoding/json", () => {
  test("null leaves zero values, pointers and slices nil", () => {
    expect([goString.decode(null), goBool.decode(null), goFloat64.decode(null)]).toEqual(["", false, 0])
    expect([pointerTo(goString).decode(null), sliceOf(goString).decode(null)]).toEqual([undefined, undefined])
  })

  test("errors name the field within its struct", () => {
    const inner = structOf("types.Inner", { size: { type: goFloat64 } })
    const outer = structOf("types.Outer", { inner: { type: inner }, list: { type: sliceOf(goString) } })
    expect(outer.decode({ INNER: { Size: 3 }, other: 1 })).toEqual({ inner: { size: 3 }, list: undefined })
    expect(() => outer.decode({ inner: { size: "x" } })).toThrow(
      "json: cannot unmarshal string into Go struct field Outer.inner.size of type float64",
    )
    expect(() => outer.decode({ list: {} })).toThrow(
      "json: cannot unmarshal object into Go struct field Outer.list of type []string",
    )
  })

  test("numbers and hex are read as strconv and encoding/hex do", () => {
    expect(parseUint("ff", 16)).toBe(255n)
    expect(() => parseUint("", 10)).toThrow('strconv.ParseUint: parsing "": invalid syntax')
    expect(() => parseUint("1ffffffffffffffff", 16)).toThrow("value out of range")
    expect(() => decodeHex("0z")).toThrow("encoding/hex: invalid byte: U+007A 'z'")
    expect(() => decodeHex("123")).toThrow("odd length")
  })
})
