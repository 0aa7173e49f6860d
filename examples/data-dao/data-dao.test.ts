import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import {
  BrowserProvider,
  type Contract,
  ContractFactory,
  type Eip1193Provider,
  type InterfaceAbi,
  type JsonRpcSigner,
  Wallet,
} from "ethers"
import { type FevmNode, startNode } from "../../src/index.ts"
import { compile } from "../compile.ts"
import { addVerifier } from "./verifier.ts"

const MEBIBYTE = 1n << 20n
const { abi, bytecode } = compile(new URL("./DataDao.sol", import.meta.url), "DataDao")

describe("a data DAO", () => {
  let node: FevmNode
  let members: JsonRpcSigner[]
  let dao: Contract
  const client = Wallet.createRandom().address
  const as = (signer: JsonRpcSigner): Contract => dao.connect(signer) as Contract
  const send = async (from: JsonRpcSigner, method: string, ...args: unknown[]) =>
    (
      await as(from)
        .getFunction(method)
        .send(...args)
    ).wait()
  const refusal = async (method: string, ...args: unknown[]) => {
    const error = await dao
      .getFunction(method)
      .staticCall(...args)
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
    return (error as { revert: { name: string; args: unknown[] } }).revert
  }

  before(async () => {
    const bundle = process.env.FEVM_BUNDLE
    node = await startNode({ port: false, ...(bundle && { bundles: [bundle] }) })
    const provider = new BrowserProvider(node.provider as unknown as Eip1193Provider, undefined, { cacheTimeout: -1 })
    members = await Promise.all([0, 1, 2].map((i) => provider.getSigner(i)))
    const factory = new ContractFactory(abi as InterfaceAbi, bytecode, members[0]!)
    dao = (await factory.deploy(
      members.map(({ address }) => address),
      2,
    )) as Contract
    await dao.waitForDeployment()
    // A client that the registry has to know: whoever has received something has an actor.
    await (await members[0]!.sendTransaction({ to: client, value: 1n })).wait()
  })
  after(() => node.close())

  it("reads DataCap from its actor", async () => {
    assert.equal(await dao.getFunction("dataCapOf").staticCall(client), 0n)
  })

  it("lets members propose, and grants nothing before they have decided", async () => {
    await send(members[0]!, "propose", client, 4n * MEBIBYTE)
    await send(members[0]!, "vote", 0n)
    assert.equal((await refusal("grant", 0n)).name, "NotDecided")
    await send(members[1]!, "vote", 0n)
  })

  it("cannot grant before the registry's root has made it a verifier: the actor's exit code says so", async () => {
    const { name, args } = await refusal("grant", 0n)
    assert.equal(name, "ActorFailed")
    assert.deepEqual([...args], [6n, 3916220144n, 17n]) // USR_NOT_FOUND: no such verifier
  })

  it("grants DataCap by the verified registry, within what the root gave it", async () => {
    await addVerifier(node, await dao.getAddress(), 10n * MEBIBYTE)
    await send(members[2]!, "grant", 0n)
    assert.equal(await dao.getFunction("dataCapOf").staticCall(client), 4n * MEBIBYTE)

    await send(members[0]!, "propose", client, 7n * MEBIBYTE)
    for (const member of members.slice(0, 2)) await send(member, "vote", 1n)
    const { name, args } = await refusal("grant", 1n)
    assert.equal(name, "ActorFailed")
    assert.deepEqual([...args], [6n, 3916220144n, 16n]) // USR_ILLEGAL_ARGUMENT: more than is left
  })
})
