import { BrowserProvider, Contract, ContractFactory, type Eip1193Provider, Interface, type JsonRpcSigner } from "ethers"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { compileCaller, compileCounter, installActor } from "../../examples/native-actor/install.ts"
import { type FevmNode, startNode } from "../../src/index.ts"

describe("an actor of one's own, called from Solidity", () => {
  let node: FevmNode
  let actor: bigint
  let signer: JsonRpcSigner
  let caller: Contract

  beforeAll(async () => {
    node = await startNode({ port: false })
    actor = await installActor(node, "counter", await compileCounter())
    signer = await new BrowserProvider(node.provider as unknown as Eip1193Provider).getSigner()
    const { abi, bytecode } = compileCaller()
    const deployed = await new ContractFactory(abi as never, bytecode, signer).deploy()
    await deployed.waitForDeployment()
    caller = new Contract(await deployed.getAddress(), abi as never, signer)
  })
  afterAll(() => node?.close())

  test("is created with its state empty", async () => {
    expect(await caller.getFunction("count").staticCall(actor)).toBe(0n)
  })

  test("keeps its state between messages", async () => {
    await (await caller.getFunction("increment")(actor, 40)).wait()
    await (await caller.getFunction("increment")(actor, 2)).wait()
    expect(await caller.getFunction("count").staticCall(actor)).toBe(42n)
  })

  test("refuses with its own exit codes", async () => {
    const errors = new Interface(["error ActorFailed(int256 exitCode)"])
    const exitCodeOf = async (by: bigint): Promise<bigint> => {
      const error = await caller
        .getFunction("increment")
        .staticCall(actor, by)
        .catch((thrown: unknown) => thrown)
      return errors.parseError((error as { data: string }).data)!.args[0] as bigint
    }
    expect(await exitCodeOf(0n)).toBe(16n) // USR_ILLEGAL_ARGUMENT
    expect(await exitCodeOf((1n << 64n) - 1n)).toBe(32n) // its own: the count overflows
    expect(await caller.getFunction("count").staticCall(actor)).toBe(42n)
  })
})
