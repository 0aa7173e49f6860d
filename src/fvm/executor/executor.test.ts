import { describe, expect, test } from "vitest"
import { createWorld, testCode, testMessage, type World } from "../../../tests/support/kernel-world.ts"
import { Address } from "../../address/address.ts"
import { Fatal, MessageRefused } from "../errors.ts"
import { EXIT_CODES } from "../exit-code.ts"
import type { Message } from "../message.ts"
import type { ApplyResult } from "./index.ts"

const LENGTH = 100
const eth = Address.delegated(10n, new Uint8Array(20).fill(7))
const balance = ({ machine }: World, id: bigint): bigint | undefined => machine.stateTree.getActor(id)?.balance
const apply = (world: World, more: Partial<Message> = {}): ApplyResult =>
  world.executor.applyMessage(testMessage(more), "explicit", LENGTH)

describe("preflight", () => {
  test.each([
    ["gas limit 0", { gasLimit: 0n }],
    ["gas limit above 2^63 - 1", { gasLimit: 1n << 63n }],
  ])("%s is refused without a receipt, before anything ran", (_, more) => {
    const world = createWorld({ 1000: {}, 1001: {} })
    const root = world.executor.flush().toString()
    expect(() => apply(world, more)).toThrow(MessageRefused)
    expect(world.executor.flush().toString()).toBe(root)
  })

  test.each([
    ["below the inclusion cost", { gasLimit: 690_662n }, EXIT_CODES.SYS_OUT_OF_GAS, 690_663n * 100n],
    ["a sender that does not exist", { from: Address.id(4711) }, EXIT_CODES.SYS_SENDER_INVALID, 10n ** 10n],
    ["a sender that is no account", { from: Address.id(1) }, EXIT_CODES.SYS_SENDER_INVALID, 10n ** 10n],
    ["another sequence", { sequence: 1n }, EXIT_CODES.SYS_SENDER_STATE_INVALID, 10n ** 10n],
    ["too little balance", { gasFeeCap: 10n ** 11n }, EXIT_CODES.SYS_SENDER_STATE_INVALID, 10n ** 10n],
  ])("%s: exit code, no gas, no change, and the penalty", (_, more, exitCode, penalty) => {
    const world = createWorld({ 1000: {}, 1001: {} })
    const root = world.executor.flush().toString()
    const result = apply(world, more)
    expect([result.receipt.exitCode, result.receipt.gasUsed, result.penalty]).toEqual([exitCode, 0n, penalty])
    expect(result.failure?.kind).toBe("prevalidation")
    expect(world.executor.flush().toString()).toBe(root)
  })

  test("a placeholder with an f410 address becomes an Ethereum account with its first message, even one that fails", () => {
    const placeholder = { code: testCode("placeholder"), delegatedAddress: eth, address: eth }
    const world = createWorld({ 1000: placeholder, 1001: {} })
    world.runtime.behaviours.set(1001n, () => ({ exit: 33 }))
    expect(apply(world, { from: eth }).receipt.exitCode).toBe(33)
    const sender = world.machine.stateTree.getActor(1000n)
    expect(sender?.code.toString()).toBe(testCode("ethaccount").toString())
    expect(sender?.sequence).toBe(1n)
  })

  test("a placeholder in another namespace may not send", () => {
    const other = Address.delegated(11n, new Uint8Array(20))
    const world = createWorld({ 1000: { code: testCode("placeholder"), delegatedAddress: other }, 1001: {} })
    expect(apply(world).receipt.exitCode).toBe(EXIT_CODES.SYS_SENDER_INVALID)
  })
})

describe("fees", () => {
  test("burn, tip and refund leave the sender with what it did not use", () => {
    const world = createWorld({ 1000: {}, 1001: {} })
    const result = apply(world, { gasLimit: 2_000_000n, value: 5n })
    const paid = result.baseFeeBurn + result.overEstimationBurn + result.minerTip
    expect(balance(world, 1000n)).toBe(10n ** 18n - paid - 5n)
    expect(balance(world, 1001n)).toBe(10n ** 18n + 5n)
    expect(balance(world, 99n)).toBe(result.baseFeeBurn + result.overEstimationBurn)
    expect(balance(world, 2n)).toBe(result.minerTip)
    expect(result.minerTip).toBe(2_000_000n)
  })

  test("a negative premium is refused after the message ran", () => {
    const world = createWorld({ 1000: {}, 1001: {} })
    expect(() => apply(world, { gasPremium: -1n })).toThrow(
      expect.objectContaining({ name: "MessageRefused", afterExecution: true }) as Error,
    )
  })

  test("an implicit message needs no account, checks no sequence and pays nothing", () => {
    const world = createWorld({ 1001: {} })
    const message = testMessage({ from: Address.id(0), sequence: 77n, gasFeeCap: 0n, gasPremium: 0n })
    const result = world.executor.applyMessage(message, "implicit", 0)
    expect(result.receipt.exitCode).toBe(EXIT_CODES.OK)
    expect(result.receipt.gasUsed).toBeGreaterThan(0n)
    expect([result.minerTip, result.baseFeeBurn, result.refund, result.penalty]).toEqual([0n, 0n, 0n, 0n])
  })
})

describe("ends of a message", () => {
  test("a fatal error is exit code 10 and uses the whole gas limit", () => {
    const world = createWorld({ 1000: {}, 1001: {} })
    world.runtime.behaviours.set(1001n, () => {
      throw new Fatal("broken")
    })
    const { receipt, failure } = apply(world)
    expect([receipt.exitCode, receipt.gasUsed]).toEqual([EXIT_CODES.SYS_ASSERTION_FAILED, 100_000_000n])
    expect(failure).toMatchObject({ kind: "backtrace", frames: [{ source: 1001n }], cause: { kind: "fatal" } })
  })

  test.each([
    ["a receiver that cannot be created", { to: Address.actor(new Uint8Array(1)) }, EXIT_CODES.SYS_INVALID_RECEIVER],
    ["a value above the balance", { value: 2n * 10n ** 18n }, EXIT_CODES.SYS_INSUFFICIENT_FUNDS],
    ["a negative value", { value: -1n }, EXIT_CODES.SYS_ASSERTION_FAILED],
  ])("%s: the call is not made, the sequence counts all the same", (_, more, exitCode) => {
    const world = createWorld({ 1000: {}, 1001: {} })
    expect(apply(world, more).receipt.exitCode).toBe(exitCode)
    expect(world.machine.stateTree.getActor(1000n)?.sequence).toBe(1n)
  })

  test("return data and its codec are in the result, and cost 1,300 gas a byte", () => {
    const world = createWorld({ 1000: {}, 1001: {} })
    const before = apply(world).receipt.gasUsed
    const data = new Uint8Array(10)
    world.runtime.behaviours.set(1001n, () => ({ codec: 0x55, data, links: [] }))
    const result = apply(world, { sequence: 1n })
    expect([result.returnCodec, result.receipt.returnData.length]).toEqual([0x55, 10])
    expect(result.receipt.gasUsed - before).toBe(13_000n)
  })

  test("a fault of ours is no receipt: it comes out as it is", () => {
    const world = createWorld({ 1000: {}, 1001: {} })
    world.runtime.behaviours.set(1001n, () => {
      throw new TypeError("ours")
    })
    expect(() => apply(world)).toThrow(TypeError)
  })
})
