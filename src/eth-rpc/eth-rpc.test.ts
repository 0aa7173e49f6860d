import { describe, expect, it } from "vitest"
import { ChainError, FutureEpochError, MempoolError, NullRoundError } from "../chain/errors.ts"
import type { ApplyResult } from "../fvm/executor/index.ts"
import { encodeByteString } from "../fvm-bridge/cbor-bytes.ts"
import { blockRef } from "./codecs/block-ref.ts"
import { blockOverride, callObject, stateOverride } from "./codecs/call.ts"
import {
  ethAddress,
  hash32,
  parseData,
  parseQuantity,
  quantity,
  quantity64,
  toHex,
  toQuantity,
  word,
} from "./codecs/hex.ts"
import { logFilter } from "./codecs/log-filter.ts"
import { intervalMilliseconds, mineOptions } from "./codecs/mining.ts"
import { hashTypedData, hashTypedList, typedData } from "./codecs/typed-data.ts"
import { executionError, toRpcError } from "./errors.ts"
import { addressOfKey, Keyring } from "./keyring.ts"
import { matchesLog } from "./log-matcher.ts"
import { ETH_METHODS } from "./methods.gen.ts"

const A = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
const WORD = `0x${"11".repeat(32)}`
const passes = (codec: { schema: { safeParse(value: unknown): { success: boolean } } }, value: unknown) =>
  codec.schema.safeParse(value).success

describe("quantities", () => {
  it("are taken as tools write them", () => {
    for (const [given, value] of [
      ["0x10", 16n],
      ["0X1F", 31n],
      ["0x00ff", 255n],
      ["0x", 0n],
      ["12", 12n],
      [7, 7n],
    ] as const)
      expect(parseQuantity(given)).toBe(value)
    for (const given of ["", "-1", "0x-1", "0xg", "1.5", 1.5, -1, null, {}, "1e3", Number.NaN])
      expect(parseQuantity(given)).toBeUndefined()
  })

  it("have a bound", () => {
    expect(passes(quantity, `0x${"f".repeat(64)}`)).toBe(true)
    expect(passes(quantity, `0x1${"0".repeat(64)}`)).toBe(false)
    expect(passes(quantity64, `0x1${"0".repeat(16)}`)).toBe(false)
  })

  it("are written without leading zeros", () => {
    expect(toQuantity(0)).toBe("0x0")
    expect(toQuantity(255n)).toBe("0xff")
  })
})

describe("bytes", () => {
  it("are 0x and an even number of digits", () => {
    expect(toHex(parseData("0xAbCd")!)).toBe("0xabcd")
    for (const given of ["abcd", "0xabc", "0xzz", 5, null]) expect(parseData(given)).toBeUndefined()
  })

  it("have the length that they must have", () => {
    expect(passes(hash32, WORD)).toBe(true)
    expect(passes(hash32, WORD.slice(0, -2))).toBe(false)
    expect(toHex(word.schema.parse("0x1"))).toBe(`0x${"00".repeat(31)}01`)
    expect(passes(word, `${WORD}00`)).toBe(false)
  })

  it("are an address in any case", () => {
    for (const text of [A, A.toUpperCase().replace("0X", "0x"), "0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266"])
      expect(toHex(ethAddress.schema.parse(text))).toBe(A)
    for (const text of [A.slice(0, -1), A.slice(2), "", 5]) expect(passes(ethAddress, text)).toBe(false)
  })
})

describe("block references", () => {
  it.each([
    ["latest", { tag: "latest" }],
    ["earliest", { tag: "earliest" }],
    ["0x10", { epoch: 16 }],
    ["16", { epoch: 16 }],
    [16, { epoch: 16 }],
    [{ blockNumber: "0x10" }, { epoch: 16 }],
    [{ blockNumber: "safe" }, { tag: "safe" }],
  ])("may be %j", (given, expected) => {
    expect(blockRef.schema.parse(given)).toEqual(expected)
  })

  it("may be a hash, by itself or as EIP-1898 has it", () => {
    for (const given of [WORD, { blockHash: WORD }, { blockHash: WORD, requireCanonical: true }])
      expect(blockRef.schema.parse(given)).toEqual({ hash: parseData(WORD) })
  })

  it("are nothing else", () => {
    for (const given of ["Latest", "newest", {}, [], true, "0x1".padEnd(40, "0"), { blockHash: "0x12" }])
      expect(passes(blockRef, given)).toBe(false)
  })
})

describe("calls", () => {
  it("take input and data, input first, gas or gasLimit, and unknown keys", () => {
    const call = callObject.schema.parse({ from: A, to: null, data: "0x01", input: "0x02", gasLimit: "0x5", foo: 1 })
    expect(call).toMatchObject({ to: undefined, gas: 5n, value: 0n })
    expect(toHex(call.input)).toBe("0x02")
    expect(toHex(callObject.schema.parse({ data: "0x01" }).input)).toBe("0x01")
    expect(callObject.schema.parse({ to: "" }).to).toBeUndefined()
  })

  it("refuse what is none", () => {
    for (const given of [5, "x", null, { to: "0x1" }, { data: "0x1" }, { value: "-1" }])
      expect(passes(callObject, given)).toBe(false)
  })

  it("are overridden by address", () => {
    const [entry] = stateOverride.schema.parse({ [A]: { balance: "0x1", code: "0x00", stateDiff: { [WORD]: "0x2" } } })
    expect(toHex(entry!.address)).toBe(A)
    expect(entry!.override).toMatchObject({ balance: 1n, stateDiff: new Map([[BigInt(WORD), 2n]]) })
    expect(passes(stateOverride, { "0x12": {} })).toBe(false)
    expect(passes(stateOverride, { [A]: { state: { x: "0x1" } } })).toBe(false)
    expect(blockOverride.schema.parse({ number: "0x5", time: "0x6" })).toMatchObject({ epoch: 5n, timestamp: 6n })
  })
})

describe("log filters", () => {
  const parse = (given: unknown) => logFilter.schema.parse(given)
  const log = { address: parseData(A)!, topics: [parseData(WORD)!], data: new Uint8Array() }

  it("let pass what they name", () => {
    expect(matchesLog(parse({}), log)).toBe(true)
    expect(matchesLog(parse({ address: A }), log)).toBe(true)
    expect(matchesLog(parse({ address: [`0x${"22".repeat(20)}`, A] }), log)).toBe(true)
    expect(matchesLog(parse({ address: [] }), log)).toBe(true)
    expect(matchesLog(parse({ topics: [WORD] }), log)).toBe(true)
    expect(matchesLog(parse({ topics: [null, null] }), log)).toBe(true)
    expect(matchesLog(parse({ topics: [[`0x${"22".repeat(32)}`, WORD]] }), log)).toBe(true)
    expect(matchesLog(parse({ topics: [[]] }), log)).toBe(true)
    expect(matchesLog(parse({ topics: [`0x${"22".repeat(32)}`] }), log)).toBe(false)
    expect(matchesLog(parse({ topics: [WORD, WORD] }), log)).toBe(false)
  })

  it("name a block or a range, and no more topics than a log has", () => {
    expect(passes(logFilter, { blockHash: WORD, fromBlock: "0x1" })).toBe(false)
    expect(passes(logFilter, { topics: [null, null, null, null, null] })).toBe(false)
    expect(passes(logFilter, { topics: ["0x12"] })).toBe(false)
  })
})

describe("mining parameters", () => {
  it("are a time, a count or both", () => {
    expect(mineOptions.schema.parse("0x10")).toEqual({ timestampSeconds: 16 })
    expect(mineOptions.schema.parse({ blocks: 3, timestamp: 9 })).toEqual({ count: 3, timestampSeconds: 9 })
    expect(mineOptions.schema.parse({})).toEqual({})
  })

  it("of an interval are milliseconds from 500 on", () => {
    expect(intervalMilliseconds.schema.parse(5000)).toBe(5000)
    expect(intervalMilliseconds.schema.parse("0x2")).toBe(2000)
    expect(intervalMilliseconds.schema.parse([1000, 3000])).toBe(2000)
    expect(intervalMilliseconds.schema.parse(0)).toBe(0)
  })
})

describe("typed data", () => {
  const mail = {
    types: {
      EIP712Domain: [
        { name: "name", type: "string" },
        { name: "version", type: "string" },
        { name: "chainId", type: "uint256" },
        { name: "verifyingContract", type: "address" },
      ],
      Person: [
        { name: "name", type: "string" },
        { name: "wallet", type: "address" },
      ],
      Mail: [
        { name: "from", type: "Person" },
        { name: "to", type: "Person" },
        { name: "contents", type: "string" },
      ],
    },
    primaryType: "Mail",
    domain: {
      name: "Ether Mail",
      version: "1",
      chainId: 1,
      verifyingContract: "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC",
    },
    message: {
      from: { name: "Cow", wallet: "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826" },
      to: { name: "Bob", wallet: "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB" },
      contents: "Hello, Bob!",
    },
  }

  it("hash to what EIP-712 says, as an object and as text", () => {
    const hash = "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"
    expect(toHex(hashTypedData(typedData.schema.parse(mail)))).toBe(hash)
    expect(toHex(hashTypedData(typedData.schema.parse(JSON.stringify(mail))))).toBe(hash)
  })

  it("are refused where a value does not fit", () => {
    const wrong = { ...mail, message: { ...mail.message, from: { name: "Cow", wallet: "0x12" } } }
    expect(() => hashTypedData(wrong)).toThrow(/Person\.wallet|from\.wallet/)
    expect(passes(typedData, "{")).toBe(false)
  })

  it("of the first version hash packed", () => {
    const list = [
      { type: "string", name: "message", value: "Hi, Alice!" },
      { type: "uint8", name: "value", value: 10 },
    ]
    expect(toHex(hashTypedList(list))).toBe("0xf7ad23226db5c1c00ca0ca1468fd49c8f8bbc1489bc1c382de5adc557a69c229")
  })
})

describe("keys", () => {
  it("sign for their address, and for no other", () => {
    const key = parseData("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")!
    const keyring = new Keyring([{ address: addressOfKey(key), privateKey: key }])
    expect(keyring.addresses.map(toHex)).toEqual([A])
    expect(keyring.sign(parseData(A)!, parseData(WORD)!).parity).toBeTypeOf("number")
    const other = new Uint8Array(20)
    expect(() => keyring.sign(other, parseData(WORD)!)).toThrow(expect.objectContaining({ code: -32000 }))
    keyring.impersonate(other)
    expect(keyring.isImpersonated(other)).toBe(true)
    expect(keyring.stopImpersonating(other)).toBe(true)
    expect(keyring.isImpersonated(other)).toBe(false)
  })
})

describe("errors", () => {
  const failed = (exitCode: number, returnData: Uint8Array = new Uint8Array()): ApplyResult => ({
    receipt: { exitCode, returnData, gasUsed: 1n, eventsRoot: undefined },
    returnCodec: undefined,
    events: [],
    penalty: 0n,
    minerTip: 0n,
    baseFeeBurn: 0n,
    overEstimationBurn: 0n,
    refund: 0n,
    gasRefund: 0n,
    gasBurned: 0n,
    failure: undefined,
    gasWasSeen: false,
    trace: [],
  })
  const reason = parseData(`0x08c379a0${"20".padStart(64, "0")}${"3".padStart(64, "0")}${"6e6f70".padEnd(64, "0")}`)!

  it("of a revert have code 3, the reason, and the bytes", () => {
    expect(executionError(failed(33, encodeByteString(reason)))).toMatchObject({
      code: 3,
      message: "execution reverted: nop",
      data: toHex(reason),
    })
    expect(executionError(failed(33))).toMatchObject({ code: 3, message: "execution reverted", data: "0x" })
  })

  it("of other failures name the exit code, with data that tools look for", () => {
    expect(executionError(failed(7))).toMatchObject({
      code: 3,
      message: expect.stringMatching(/out of gas.*OutOfGas.*eth_estimateGas.*--skip-simulation.*--gas lenient/),
      data: "0x",
    })
    expect(executionError(failed(34))).toMatchObject({ message: expect.stringMatching(/invalid instruction/) })
  })

  it("are worded so that tools recognise them", () => {
    const refused = (name: ConstructorParameters<typeof MempoolError>[0]) =>
      toRpcError(new MempoolError(name, "said", { got: 1n, expected: 5n }))?.message
    const messages = (
      [
        "nonce-too-low",
        "nonce-gap-too-large",
        "already-known",
        "replacement-underpriced",
        "insufficient-funds",
        "gas-limit-too-low",
        "gas-limit-too-high",
        "fee-cap-too-low",
        "premium-above-fee-cap",
        "message-too-large",
        "invalid-sender",
        "invalid-receiver",
        "too-many-pending",
      ] as const
    ).map(refused)
    expect(messages).toMatchSnapshot()
  })

  it("of the chain have their codes, and faults have none", () => {
    expect(toRpcError(new NullRoundError(7))).toMatchObject({ code: 12, data: 7 })
    expect(toRpcError(new FutureEpochError(9, 7))).toMatchObject({ code: -32000 })
    expect(toRpcError(new ChainError("too-many-results", "x"))).toMatchObject({ code: -32005 })
    expect(toRpcError(new ChainError("database-write", "x"))).toBeUndefined()
    expect(toRpcError(new TypeError("x"))).toBeUndefined()
  })
})

describe("the table of methods", () => {
  it("has every name once, and each says what it is and where that is laid down", () => {
    const names = ETH_METHODS.flatMap(({ name, aliases }) => [name, ...aliases])
    expect(new Set(names).size).toBe(names.length)
    for (const { summary, source, params } of ETH_METHODS) {
      expect(summary).toMatch(/[.:]|\.$/)
      expect(source).not.toBe("")
      const required = params.map(({ optional }) => !optional)
      expect(required.toSorted((a, b) => Number(b) - Number(a))).toEqual(required)
    }
  })
})
