import { describe, expect, it } from "vitest"
import type { Activity } from "./activity-log.ts"
import { formatActivity } from "./activity-text.ts"

const HASH = `0x${"11".repeat(32)}`
const FROM = `0x${"aa".repeat(20)}`
const TO = `0x${"bb".repeat(20)}`

const transaction: Activity = {
  level: "warn",
  title: "transaction failed",
  fields: {
    hash: HASH,
    from: FROM,
    to: TO,
    contract: "Chatter",
    method: "0x01020304",
    signature: "growl(uint256)",
    value: "1.5 FIL",
    gasLimit: 10_000_000,
    gasUsed: 1_234_567,
    block: 7,
    blockHash: HASH,
    console: ["two words", "three\nlines"],
    failed: "execution reverted: go away",
    backtrace: ["f01004 (Chatter 0xbb) InvokeContract: contract reverted at 75"],
  },
}

describe("the log for people", () => {
  it("shows a transaction with everything that is known of it", () => {
    expect(formatActivity(transaction, false)).toBe(`transaction failed
  Transaction:       ${HASH}
  Contract call:     Chatter#growl(uint256)
  From:              ${FROM}
  To:                ${TO}
  Value:             1.5 FIL
  Gas used:          1,234,567 of 10,000,000
  Block #7:          ${HASH}

  console.log:
    two words
    three
    lines

  Error: execution reverted: go away
    at f01004 (Chatter 0xbb) InvokeContract: contract reverted at 75

`)
  })

  it("shows a creation, and a request without facts in one line", () => {
    const fields = { from: FROM, to: "(a new contract)", created: TO, contract: "Chatter", gasUsed: 5 }
    expect(formatActivity({ level: "info", title: "transaction", fields }, false)).toBe(`transaction
  New contract:      Chatter ${TO}
  From:              ${FROM}
  Gas used:          5 of 5

`)
    expect(formatActivity({ level: "debug", title: "eth_chainId", fields: { ms: 1 } }, false)).toBe("eth_chainId\n")
  })

  it("has colours only if they are wanted", () => {
    const esc = String.fromCharCode(27)
    expect(formatActivity(transaction, false)).not.toContain(esc)
    expect(formatActivity(transaction, true)).toContain(`${esc}[31mtransaction failed${esc}[0m`)
  })
})
