import { describe, expect, test } from "vitest"
import { createWorld, testCode, testMessage, type World } from "../../../tests/support/kernel-world.ts"
import { Address } from "../../address/address.ts"
import { OutOfGas, SyscallError } from "../errors.ts"
import type { ApplyResult } from "../executor/index.ts"
import { EXIT_CODES } from "../exit-code.ts"
import type { Message } from "../message.ts"
import type { StampedEvent } from "../receipt.ts"
import type { Call, CallManager, InvocationResult } from "./index.ts"

const apply = (world: World, more: Partial<Message> = {}): ApplyResult =>
  world.executor.applyMessage(testMessage(more), "explicit", 100)
const event = (emitter: bigint): StampedEvent => ({
  emitter,
  entries: [{ flags: 1n, key: "k", codec: 0x55n, value: new Uint8Array([1]) }],
})

/** A call of f01002, method 3. */
const call = (callManager: CallManager, more: Partial<Call> = {}): InvocationResult =>
  callManager.send({
    from: 1001n,
    to: Address.id(1002),
    method: 3n,
    params: undefined,
    value: 0n,
    gasLimit: undefined,
    readOnly: false,
    ...more,
  })

/** Runs `inside` as f01001's code and gives back what it returned. */
function within<T>(world: World, inside: (callManager: CallManager) => T, more: Partial<Message> = {}): T {
  let answer: { value: T } | undefined
  world.runtime.behaviours.set(1001n, (callManager) => {
    answer = { value: inside(callManager) }
    return undefined
  })
  expect(apply(world, more).receipt.exitCode).toBe(EXIT_CODES.OK)
  return answer!.value
}

const errorOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof SyscallError) return error.errorNumber
    throw error
  }
  return "none"
}

const three = { 1000: {}, 1001: {}, 1002: {} }

describe("rollback", () => {
  test("a call that exits with a code takes back its state and events, not those of its caller", () => {
    const world = createWorld(three)
    world.runtime.behaviours.set(1002n, (callManager) => {
      callManager.appendEvent(event(1002n))
      callManager.transfer(1002n, 1001n, 1n)
      return { exit: 42 }
    })
    world.runtime.behaviours.set(1001n, (callManager) => {
      callManager.appendEvent(event(1001n))
      expect(call(callManager, { value: 5n }).exitCode).toBe(42)
      return undefined
    })
    const result = apply(world)
    expect(result.events.map(({ emitter }) => emitter)).toEqual([1001n])
    expect(result.receipt.eventsRoot).toBeDefined()
    expect(world.machine.stateTree.getActor(1002n)?.balance).toBe(10n ** 18n)
  })

  test("without events there is no events root", () => {
    expect(apply(createWorld(three)).receipt.eventsRoot).toBeUndefined()
  })
})

describe("limits", () => {
  test("depth counts every call, bare sends too; one too many is LimitExceeded", () => {
    const world = createWorld(three, { maxCallDepth: 3 })
    let deepest = 0
    world.runtime.behaviours.set(1002n, (callManager) => {
      const level = ++deepest
      const method = level === 2 ? 0n : 3n
      expect(errorOf(() => call(callManager, { from: 1002n, method }))).toBe(level === 2 ? "LimitExceeded" : "none")
      return undefined
    })
    within(world, (callManager) => call(callManager))
    expect(deepest).toBe(2)
  })

  test("out of a limit of its own is exit code 7 for the caller; what was used counts", () => {
    const world = createWorld(three)
    world.runtime.behaviours.set(1002n, (callManager) => {
      callManager.gas.chargeCompute("test", 1n << 60n)
      return undefined
    })
    within(world, (callManager) => {
      const before = callManager.gas.used
      expect(call(callManager, { gasLimit: 1_000_000_000n })).toEqual({ exitCode: 7, value: undefined })
      expect(callManager.gas.used - before).toBe(1_000_000_000n)
    })
  })

  test("out of all gas ends the message with exit code 7 and the whole limit used", () => {
    const world = createWorld(three)
    world.runtime.behaviours.set(1001n, (callManager) => {
      callManager.gas.chargeCompute("test", 1n << 60n)
      throw new OutOfGas()
    })
    const { receipt } = apply(world)
    expect([receipt.exitCode, receipt.gasUsed]).toEqual([7, 100_000_000n])
  })

  test("memory that a call took is given back when it ends", () => {
    const world = createWorld(three, { maxMemoryBytes: 100 })
    world.runtime.behaviours.set(1002n, (callManager) => {
      expect(callManager.limiter.growMemory(60)).toBe(true)
      expect(callManager.limiter.growMemory(60)).toBe(false)
      return undefined
    })
    within(world, (callManager) => {
      call(callManager)
      call(callManager)
      expect(callManager.limiter.memoryUsed).toBe(0)
    })
  })
})

describe("new actors", () => {
  const eth = Address.delegated(10n, new Uint8Array(20).fill(1))
  const key = Address.secp256k1(new Uint8Array(65).fill(4))

  test("a send to a fresh f410 address makes a placeholder, to a fresh key address an account", () => {
    const world = createWorld(three)
    const ids = within(world, (callManager) =>
      [eth, key].map((to) => {
        expect(call(callManager, { to, method: 0n, value: 3n }).exitCode).toBe(0)
        return callManager.resolveAddress(to)
      }),
    )
    expect(ids).toEqual([5000n, 5001n])
    const [placeholder, account] = ids.map((id) => world.machine.stateTree.getActor(id!))
    expect(placeholder?.code.toString()).toBe(testCode("placeholder").toString())
    expect(placeholder?.delegatedAddress?.key).toBe(eth.key)
    expect(account?.code.toString()).toBe(testCode("account").toString())
    expect([placeholder?.balance, account?.balance]).toEqual([3n, 3n])
  })

  test("an account's constructor gets its address from the system actor; its exit code is ignored, its events stay", () => {
    const world = createWorld(three)
    world.runtime.behaviours.set(5000n, (callManager, { caller, method, params }) => {
      expect([caller, method]).toEqual([0n, 1n])
      expect(params?.data.subarray(1)).toEqual(key.bytes)
      callManager.appendEvent(event(5000n))
      return { exit: 20 }
    })
    within(world, (callManager) => expect(call(callManager, { to: key, method: 0n }).exitCode).toBe(0))
    expect(world.machine.stateTree.getActor(5000n)).toBeDefined()
  })

  test("nothing is created in a read-only call, nor for f2, f4 elsewhere, and the key of infinity", () => {
    const infinity = Address.bls(Uint8Array.from([0xc0, ...new Uint8Array(47)]))
    within(createWorld(three), (callManager) => {
      expect(errorOf(() => call(callManager, { to: eth, readOnly: true }))).toBe("ReadOnly")
      expect(errorOf(() => call(callManager, { to: key, readOnly: true }))).toBe("ReadOnly")
      expect(errorOf(() => call(callManager, { to: Address.actor(new Uint8Array(3)) }))).toBe("NotFound")
      expect(errorOf(() => call(callManager, { to: Address.delegated(11n, new Uint8Array(2)) }))).toBe("NotFound")
      expect(errorOf(() => call(callManager, { to: infinity }))).toBe("IllegalArgument")
      expect(callManager.resolveAddress(eth)).toBeUndefined()
    })
  })

  test("create_actor replaces a placeholder of the same delegated address and nothing else", () => {
    const world = createWorld({
      ...three,
      1003: { code: testCode("placeholder"), delegatedAddress: eth, balance: 9n },
    })
    within(world, (callManager) => {
      const evm = testCode("evm")
      expect(errorOf(() => callManager.createActor(testCode("placeholder"), 1004n, undefined))).toBe("Forbidden")
      expect(errorOf(() => callManager.createActor(evm, 1002n, undefined))).toBe("Forbidden")
      expect(errorOf(() => callManager.createActor(evm, 1003n, undefined))).toBe("Forbidden")
      const first = callManager.nextActorAddress()
      callManager.createActor(evm, 1003n, eth)
      expect(callManager.getActor(1003n)).toMatchObject({ balance: 9n, delegatedAddress: eth })
      expect(callManager.nextActorAddress().equals(first)).toBe(false)
    })
  })
})

describe("gas and trace", () => {
  test("looking an actor up is charged once a message, and again after the call that paid was taken back", () => {
    const world = createWorld(three)
    world.runtime.behaviours.set(1002n, () => ({ exit: 16 }))
    within(world, (callManager) => {
      const cost = (run: () => void): bigint => {
        const before = callManager.gas.used
        run()
        return callManager.gas.used - before
      }
      const failing = cost(() => call(callManager))
      expect(cost(() => call(callManager))).toBe(failing)
      expect(cost(() => callManager.getActor(1002n))).toBe(500_000_000n)
      expect(cost(() => callManager.getActor(1002n))).toBe(0n)
      expect(cost(() => callManager.setActor(1002n, callManager.getActor(1002n)!))).toBe(475_000_000n)
    })
  })

  test("a call is traced as call, invoke, charges, return; nothing is when tracing is off", () => {
    const world = createWorld(three, { tracing: true })
    world.runtime.behaviours.set(1001n, (callManager) => {
      callManager.log("hello")
      expect(errorOf(() => call(callManager, { to: Address.id(4711) }))).toBe("NotFound")
      return undefined
    })
    const kinds = apply(world).trace.map((one) => (one.kind === "gas" ? one.charge.name : one.kind))
    expect(kinds).toEqual([
      "OnChainMessage",
      "call",
      "invoke",
      "OnMethodInvocation",
      "log",
      "call",
      "OnActorLookup",
      "error",
      "return",
    ])
    expect(apply(createWorld(three)).trace).toEqual([])
  })

  test("the backtrace runs from the innermost actor outwards", () => {
    const world = createWorld(three)
    world.runtime.behaviours.set(1002n, () => ({ exit: 50, message: "inner" }))
    world.runtime.behaviours.set(1001n, (callManager) => {
      call(callManager)
      return { exit: 51, message: "outer" }
    })
    expect(apply(world).failure).toMatchObject({
      frames: [
        { source: 1002n, method: 3n, exitCode: 50, message: "inner" },
        { source: 1001n, method: 2n, exitCode: 51, message: "outer" },
      ],
    })
  })
})
