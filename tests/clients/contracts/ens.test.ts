import { keccak256, namehash, toUtf8Bytes, ZeroAddress, ZeroHash } from "ethers"
import { beforeAll, describe, expect, it } from "vitest"
import { type Any, artifact, deploy, events, refusal, wallet } from "./support.ts"

const build = (name: string) => artifact(`@ensdomains/ens/build/contracts/${name}`)
const owner = wallet(0)
const stranger = wallet(4)
const label = (text: string) => keccak256(toUtf8Bytes(text))
let ens: Any

describe("ENS", () => {
  beforeAll(async () => {
    ens = await deploy(build("ENSRegistry"), owner)
  })

  it("gives names to those who own the name above", async () => {
    const { NewOwner } = await events(ens.setSubnodeOwner(ZeroHash, label("fil"), owner.address), ens)
    expect(NewOwner?.[0]?.owner).toBe(owner.address)
    expect(await ens.owner(namehash("fil"))).toBe(owner.address)
    // No reason: it is of a time before reasons.
    expect(
      await refusal((ens.connect(stranger) as Any).setSubnodeOwner(namehash("fil"), label("a"), stranger.address)),
    ).toMatch(/revert|require/)
  })

  it("registers first come, first served", async () => {
    const registrar = await deploy(build("FIFSRegistrar"), owner, ens.target, namehash("fil"))
    await (await ens.setOwner(namehash("fil"), registrar.target)).wait()
    await (await (registrar.connect(stranger) as Any).register(label("store"), stranger.address)).wait()
    expect(await ens.owner(namehash("store.fil"))).toBe(stranger.address)
    expect(await refusal(registrar.register(label("store"), owner.address))).not.toBe("none")
    const mine = ens.connect(stranger) as Any
    await (await mine.setResolver(namehash("store.fil"), owner.address)).wait()
    await (await mine.setTTL(namehash("store.fil"), 60)).wait()
    expect([await ens.resolver(namehash("store.fil")), await ens.ttl(namehash("store.fil"))]).toEqual([
      owner.address,
      60n,
    ])
    expect(await ens.owner(namehash("nobody.fil"))).toBe(ZeroAddress)
  })
})
