import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type FevmNode, startNode } from "../src/index.ts"

const FROM = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
const GAS = "0x3b9aca00"

/** Logs as many words as the third word of its input says, under the first two as topics. */
const RUNTIME = "6040355b8015601f578060005260203560003560206000a2600190036003565b00"
/** The same, and a log of its own when it is created. */
const INIT = `0x7f${"cc".repeat(32)}60206000a1602160305f3960215ff3${RUNTIME}`

interface Log {
  readonly address: string
  readonly topics: readonly string[]
  readonly data: string
  readonly blockNumber: string
  readonly logIndex: string
  readonly removed: boolean
}

let node: FevmNode
let contracts: string[]
let firstBlock: number

const ask = <T>(method: string, ...params: unknown[]) => node.provider.request({ method, params }) as Promise<T>
const word = (value: number) => value.toString(16).padStart(64, "0")
const topic = (value: number) => `0x${word(value)}`
const quantity = (value: number) => `0x${value.toString(16)}`
const number = async () => Number(await ask<string>("eth_blockNumber"))
const send = (fields: object) => ask<string>("eth_sendTransaction", { from: FROM, gas: GAS, ...fields })
const receiptOf = (hash: string) =>
  ask<{ contractAddress: string; status: string; logs: Log[] }>("eth_getTransactionReceipt", hash)
async function deploy(): Promise<string> {
  const { contractAddress, status } = await receiptOf(await send({ data: INIT }))
  expect(status).toBe("0x1")
  return contractAddress
}
const emit = (contract: string, t1: number, t2: number, count: number) =>
  send({ to: contract, data: `0x${word(t1)}${word(t2)}${word(count)}` })
const masked = (id: number) => `0xff${id.toString(16).padStart(38, "0")}`

/** The masked ID of a contract: the one under which its code is. */
async function maskedIdOf(contract: string): Promise<string> {
  const code = await ask("eth_getCode", contract, "latest")
  for (let id = 1200; id > 100; id--) if ((await ask("eth_getCode", masked(id), "latest")) === code) return masked(id)
  throw new Error("no actor has this code")
}

beforeAll(async () => {
  node = await startNode({ port: false })
  contracts = [await deploy(), await deploy()]
  firstBlock = (await number()) + 1
  for (let i = 0; i < 60; i++) await emit(contracts[i % 2]!, 1 + (i % 3), i % 7, i % 11)
})
afterAll(() => node.close())

describe("logs", () => {
  it("are found as they stand in the receipts, by every kind of filter, folded or not", async () => {
    const all: Log[] = []
    const last = await number()
    for (let block = firstBlock; block <= last; block++)
      for (const { logs } of await ask<{ logs: Log[] }[]>("eth_getBlockReceipts", quantity(block))) all.push(...logs)
    expect(all.length).toBeGreaterThan(256)
    const meets = (given: string | string[] | null | undefined, value: string | undefined): boolean =>
      given === undefined || given === null || (value !== undefined && [given].flat().includes(value))
    for (const address of [undefined, contracts[0], contracts, [FROM]])
      for (const t1 of [null, topic(1), [topic(2), topic(3)], topic(99)])
        for (const t2 of [undefined, null, topic(4), [topic(5), topic(6), topic(77)]])
          for (const [from, to] of [
            [firstBlock, last],
            [firstBlock + 13, firstBlock + 41],
            [last - 1, last + 100],
          ] as const) {
            const topics = t2 === undefined ? [t1] : [t1, t2]
            const found = await ask<Log[]>("eth_getLogs", {
              ...(address && { address }),
              ...{ topics, fromBlock: quantity(from), toBlock: quantity(to) },
            })
            const expected = all.filter(
              (log) =>
                meets(address, log.address) &&
                topics.every((one, i) => meets(one, log.topics[i])) &&
                Number(log.blockNumber) >= from &&
                Number(log.blockNumber) <= to,
            )
            expect(found).toEqual(expected)
          }
  })

  it("are found by the masked ID of their contract, at once and as they come", async () => {
    const contract = contracts[1]!
    const address = await maskedIdOf(contract)
    const filter = await ask<string>("eth_newFilter", { address })
    const others = await ask<string>("eth_newFilter", { address: masked(4711) })
    const heard: Log[] = []
    const listener = (message: unknown) => heard.push((message as { data: { result: Log } }).data.result)
    node.provider.on("message", listener)
    const subscription = await ask<string>("eth_subscribe", "logs", { address: [masked(4711), address] })
    const { logs } = await receiptOf(await emit(contract, 1, 2, 3))
    await emit(contracts[0]!, 1, 2, 3)
    expect(logs.map((log) => log.address)).toEqual([contract, contract, contract])
    expect(await ask("eth_getFilterChanges", filter)).toEqual(logs)
    expect(await ask("eth_getFilterChanges", others)).toEqual([])
    await new Promise<void>((resolve) => setImmediate(resolve))
    expect(heard).toEqual(logs)
    const { blockNumber } = logs[0]!
    expect(await ask("eth_getLogs", { address, fromBlock: blockNumber, toBlock: blockNumber })).toEqual(logs)
    node.provider.removeListener("message", listener)
    await ask("eth_unsubscribe", subscription)
  })

  it("are taken back whole, however many blocks go at once, those of contracts that are gone too", async () => {
    const snapshot = await ask("evm_snapshot")
    const filter = await ask<string>("eth_newFilter", {})
    const contract = await deploy()
    for (let i = 0; i < 140; i++) await emit(contract, 5, i, 1)
    expect(await ask("evm_revert", snapshot)).toBe(true)
    await deploy()
    const changes = await ask<Log[]>("eth_getFilterChanges", filter)
    const told = changes.slice(0, 141)
    const takenBack = changes.slice(141, 282)
    expect(told.every((log) => log.address === contract && !log.removed)).toBe(true)
    expect(takenBack).toEqual(told.toReversed().map((log) => ({ ...log, removed: true })))
    expect(changes.slice(282)).toMatchObject([{ removed: false }])
  })
})
