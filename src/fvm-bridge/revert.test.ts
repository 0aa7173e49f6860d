import { AbiCoder } from "ethers"
import { describe, expect, it } from "vitest"
import { decodeRevertReason, describeRevert, describeRevertAsLotus, revertData } from "./revert.ts"

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replace(/^0x/, ""), "hex"))
const abi = AbiCoder.defaultAbiCoder()
const error = (text: string): Uint8Array => bytes(`08c379a0${abi.encode(["string"], [text]).slice(2)}`)
const panic = (code: number): Uint8Array => bytes(`4e487b71${abi.encode(["uint256"], [code]).slice(2)}`)

describe("a revert is described", () => {
  it.each([
    [new Uint8Array(), "", "none"],
    [error("no funds"), "no funds", "Error(no funds)"],
    [error(""), "", "Error()"],
    [panic(1), "panic: assertion failed (0x1)", "Assert()"],
    [panic(0x11), "panic: arithmetic underflow or overflow (0x11)", "ArithmeticOverflow()"],
    [panic(0x77), "panic: unknown code 0x77", "Panic(0x77)"],
    [bytes("deadbeef"), "custom error 0xdeadbeef", "0xdeadbeef"],
    [
      error("cut").subarray(0, 40),
      `custom error 0x${Buffer.from(error("cut").subarray(0, 40)).toString("hex")}`,
      `0x${Buffer.from(error("cut").subarray(0, 40)).toString("hex")}`,
    ],
  ])("%#", (data, text, lotus) => {
    expect(describeRevert(decodeRevertReason(data))).toBe(text)
    expect(describeRevertAsLotus(decodeRevertReason(data))).toBe(lotus)
  })
})

describe("revert data is the content of one CBOR byte string", () => {
  it("as the EVM actor returns it", () => expect(revertData(bytes("43010203"))).toEqual(Uint8Array.of(1, 2, 3)))
  it("nothing for nothing", () => expect(revertData(new Uint8Array())).toEqual(new Uint8Array()))
  it("nothing for another actor's return data", () => expect(revertData(bytes("820102"))).toEqual(new Uint8Array()))
})
