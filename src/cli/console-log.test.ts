import { hexToBytes } from "@noble/hashes/utils.js"
import { Interface } from "ethers"
import { describe, expect, it } from "vitest"
import { decodeConsoleLog } from "./console-log.ts"

const encode = (signature: string, ...values: unknown[]) =>
  hexToBytes(new Interface([`function ${signature}`]).encodeFunctionData("log", values).slice(2))

describe("a line of Hardhat's console library", () => {
  it.each([
    [encode("log()"), ""],
    [encode("log(string)", "hello"), "hello"],
    [encode("log(string,uint256)", "%d apples", 5), "5 apples"],
    [encode("log(string,address,bool)", "to", `0x${"ab".repeat(20)}`, true), `to 0x${"ab".repeat(20)} true`],
    [encode("log(uint256,string,string,bool)", 7, "a", "b", false), "7 a b false"],
    [encode("log(int256)", -3), "-3"],
    [encode("log(int)", -3), "-3"],
    [encode("log(uint)", 3), "3"],
    [encode("log(string,uint)", "old %i and %%d", 3), "old 3 and %d"],
    [encode("log(string,uint256)", "%d", 2n ** 255n), `${2n ** 255n}`],
    [encode("log(bytes)", "0x010203"), "0x010203"],
    [encode("log(bytes32)", `0x${"07".repeat(32)}`), `0x${"07".repeat(32)}`],
    [encode("log(bytes4)", "0x01020304"), "0x01020304"],
  ])("is shown as the library means it", (input, line) => {
    expect(decodeConsoleLog(input)).toBe(line)
  })

  it("is nothing for other calls, and for one that is cut off", () => {
    expect(decodeConsoleLog(hexToBytes("01020304"))).toBeUndefined()
    expect(decodeConsoleLog(encode("log(string)", "hello").subarray(0, 40))).toBeUndefined()
  })
})
