import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { firstDifference } from "./compare.ts"
import { DIVERGENCES, divergenceOf } from "./divergences.ts"
import { momentOf } from "./moments.ts"
import { BigNumber, Names, parseExactJson } from "./names.ts"

test("null and missing are not the same; the order of fields is", () => {
  expect(firstDifference({ a: 1, b: null }, { b: null, a: 1 })).toBeUndefined()
  expect(firstDifference({ a: null }, {})).toMatchObject({ path: "a", actual: "nothing" })
})

test("volatile paths need the type only, patterns their text, ignored ones nothing", () => {
  const tolerance = { volatile: ["r.*.hash"], patterns: { m: "a {{*}} c" } }
  expect(firstDifference({ r: [{ hash: "0x1" }] }, { r: [{ hash: "0x2" }] }, tolerance)).toBeUndefined()
  expect(firstDifference({ r: [{ hash: "0x1" }] }, { r: [{ hash: null }] }, tolerance)).toBeDefined()
  expect(firstDifference({ m: "x" }, { m: "a b c" }, tolerance)).toBeUndefined()
  expect(firstDifference({ a: 1 }, { b: 2 }, { ...tolerance, ignored: new Set(["a", "b"]) })).toBeUndefined()
})

test("names stand for values, as numbers, decimals and with the other prefix too", () => {
  const names = new Names()
  names.set("n", "0x10")
  names.set("id", "t01000")
  expect(names.resolve(["{{n}}", "{{#n}}", "{{d:n}}", "{{f:id}} ok", "#int:12345678901234567890"])).toEqual([
    "0x10",
    16,
    "16",
    "f01000 ok",
    new BigNumber("12345678901234567890"),
  ])
  expect(parseExactJson('{"a":12345678901234567890}')).toEqual({ a: new BigNumber("12345678901234567890") })
})

test.each([
  ["eth_getTransactionByHash", "pending in the pool", "block 2 in the pool"],
  ["eth_getTransactionByHash", "included, not executed (head tipset)", "block 2 in the head"],
  ["eth_getTransactionByHash", "hash: included, not executed", "standstill"],
  ["eth_getFilterChanges", "logs: included, not executed", "filters"],
  ["eth_getBalance", "a placeholder", "nobody has sent"],
  ["eth_sendRawTransaction", "high s", "sending"],
  ["eth_getBalance", "the sender of too much value, some blocks later", "some blocks later"],
  ["eth_call", "good", "standstill"],
])("%s: %s is asked at its moment: %s", (file, name, moment) => {
  expect(momentOf(file, { name })).toBe(moment)
})

test("a difference that nobody wants is on no list", () => {
  const unwanted = { path: "response.result", expected: "0x1", actual: "0x2" }
  expect(divergenceOf("eth_getBalance", { name: "good", response: { result: "0x1" } }, unwanted, false)).toBeUndefined()
  const wanted = { path: "response.result.gasPrice", expected: "nothing", actual: "0x1" }
  expect(divergenceOf("eth_getTransactionByHash", { name: "good" }, wanted, false)?.what).toContain("gasPrice")
  expect(new Set(DIVERGENCES.map(({ what }) => what)).size).toBe(DIVERGENCES.length)
})

test("docs/divergences.md is made from the list", () => {
  const script = fileURLToPath(new URL("../../scripts/divergences.ts", import.meta.url))
  execFileSync(process.execPath, ["--import", "tsx", script, "--check"])
})
