import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import {
  type BaseContract,
  Contract,
  ContractFactory,
  type InterfaceAbi,
  JsonRpcProvider,
  type JsonRpcSigner,
  parseEther,
  Signature,
} from "ethers"
import { compile, NODE_URL } from "../compile.ts"

const { abi, bytecode } = compile(new URL("./Token.sol", import.meta.url), "Token")
const provider = new JsonRpcProvider(NODE_URL, undefined, { cacheTimeout: -1, pollingInterval: 50 })

describe("a token", () => {
  let owner: JsonRpcSigner
  let friend: JsonRpcSigner
  let token: Contract
  const as = (signer: JsonRpcSigner): Contract => token.connect(signer) as Contract
  const send = async (from: JsonRpcSigner, method: string, ...args: unknown[]) =>
    (
      await as(from)
        .getFunction(method)
        .send(...args)
    ).wait()

  before(async () => {
    owner = await provider.getSigner(0)
    friend = await provider.getSigner(1)
    const factory = new ContractFactory(abi as InterfaceAbi, bytecode, owner)
    const deployed: BaseContract = await factory.deploy("Example", "EXA", parseEther("1000"))
    await deployed.waitForDeployment()
    token = new Contract(await deployed.getAddress(), abi as InterfaceAbi, owner)
  })
  after(() => provider.destroy())

  it("belongs to whoever deployed it", async () => {
    assert.equal(await token.getFunction("name").staticCall(), "Example")
    assert.equal(await token.getFunction("balanceOf").staticCall(owner.address), parseEther("1000"))
  })

  it("moves, tells of it in an event, and takes Filecoin's gas", async () => {
    const receipt = await send(owner, "transfer", friend.address, parseEther("10"))
    assert.equal(await token.getFunction("balanceOf").staticCall(friend.address), parseEther("10"))
    const [event] = await token.queryFilter("Transfer", receipt!.blockNumber)
    assert.deepEqual(
      [...(event as unknown as { args: unknown[] }).args],
      [owner.address, friend.address, parseEther("10")],
    )
    // About 50,000 on Ethereum: contracts must not count on such numbers.
    assert.ok(receipt!.gasUsed > 1_000_000n)
  })

  it("refuses to move what is not there, and says why", async () => {
    await assert.rejects(as(friend).getFunction("transfer").send(owner.address, parseEther("11")), (error) => {
      const reason = token.interface.parseError((error as { data: string }).data)
      assert.equal(reason?.name, "InsufficientBalance")
      assert.deepEqual([...reason.args], [friend.address, parseEther("10"), parseEther("11")])
      return true
    })
  })

  it("is spent by others with an allowance only", async () => {
    await assert.rejects(as(friend).getFunction("transferFrom").send(owner.address, friend.address, 1n))
    await send(owner, "approve", friend.address, 5n)
    await send(friend, "transferFrom", owner.address, friend.address, 3n)
    assert.equal(await token.getFunction("allowance").staticCall(owner.address, friend.address), 2n)
  })

  it("takes an allowance by a signature that the node makes for its account (EIP-712)", async () => {
    const { chainId } = await provider.getNetwork()
    const domain = { name: "Example", version: "1", chainId, verifyingContract: await token.getAddress() }
    const fields = ["owner", "spender", "value", "nonce", "deadline"] as const
    const types = { Permit: fields.map((name) => ({ name, type: fields.indexOf(name) < 2 ? "address" : "uint256" })) }
    const message = { owner: owner.address, spender: friend.address, value: 77n, nonce: 0n, deadline: 2n ** 40n }
    const { v, r, s } = Signature.from(await owner.signTypedData(domain, types, message))
    await send(friend, "permit", message.owner, message.spender, message.value, message.deadline, v, r, s)
    assert.equal(await token.getFunction("allowance").staticCall(owner.address, friend.address), 77n)
    await assert.rejects(
      as(friend).getFunction("permit").send(message.owner, message.spender, 78n, message.deadline, v, r, s),
    )
  })
})
