import { getAddress, MaxUint256, Signature } from "ethers"
import { beforeAll, describe, expect, it } from "vitest"
import { CHAIN_ID } from "../support/node.ts"
import { type Any, type Artifact, artifact, at, compile, deploy, events, provider, refusal, wallet } from "./support.ts"

const build = (name: string) => artifact(`@openzeppelin/contracts/build/contracts/${name}`)
const owner = wallet(0)
const stranger = wallet(4)
/** Where ERC-1967 keeps them: the keccak of their names, less one. */
const IMPLEMENTATION = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc"
const ADMIN = "0xb53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103"
const BEACON = "0xa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6cb3582b35133d50"
const addressAt = async (target: unknown, slot: string) =>
  getAddress(`0x${(await provider.getStorage(`${target}`, slot)).slice(26)}`)

let sources: Record<string, Artifact>
let first: Any
let second: Any
let initialize: string
const vault = (target: unknown, signer = owner): Any => at(`${target}`, sources.VaultV2!, signer)

describe("OpenZeppelin upgradeable 5.4", () => {
  beforeAll(async () => {
    sources = compile("Vaults.sol")
    first = await deploy(sources.VaultV1!, owner)
    second = await deploy(sources.VaultV2!, owner)
    initialize = first.interface.encodeFunctionData("initialize", [owner.address])
  }, 240_000)

  it("an implementation cannot be initialised itself", async () => {
    expect(await refusal(first.initialize(stranger.address), first)).toBe("InvalidInitialization")
  })

  it("UUPS: the proxy upgrades itself, and keeps its storage", async () => {
    const proxy = await deploy(build("ERC1967Proxy"), owner, first.target, initialize)
    const token = vault(proxy.target)
    expect(await addressAt(proxy.target, IMPLEMENTATION)).toBe(first.target)
    await (await token.deposit({ value: 1000n })).wait()
    expect([await token.version(), await token.name(), await token.totalSupply()]).toEqual([1n, "Vault", 1000n])
    expect(await refusal(vault(proxy.target, stranger).upgradeToAndCall(second.target, "0x"), first)).toBe(
      "OwnableUnauthorizedAccount",
    )
    const other = await deploy(build("UpgradeableBeacon"), owner, first.target, owner.address)
    expect(await refusal(token.upgradeToAndCall(other.target, "0x"), first)).toBe("ERC1967InvalidImplementation")
    const grow = second.interface.encodeFunctionData("grow")
    const { Upgraded, Initialized } = await events(token.upgradeToAndCall(second.target, grow), token, proxy)
    expect([Upgraded?.[0]?.implementation, Initialized?.[0]?.version]).toEqual([second.target, 2n])
    expect([await token.version(), await token.bonus(), await token.balanceOf(owner.address)]).toEqual([
      2n,
      100n,
      1000n,
    ])
    expect(await refusal(token.grow(), token)).toBe("InvalidInitialization")
  })

  it("transparent: only the admin upgrades, and only it cannot use the token", async () => {
    const proxy = await deploy(build("TransparentUpgradeableProxy"), owner, first.target, owner.address, initialize)
    const admin = at(await addressAt(proxy.target, ADMIN), build("ProxyAdmin"), owner)
    expect(await admin.owner()).toBe(owner.address)
    const token = vault(proxy.target)
    await (await token.deposit({ value: 5n })).wait()
    const { Upgraded } = await events(admin.upgradeAndCall(proxy.target, second.target, "0x"), proxy)
    expect(Upgraded?.[0]?.implementation).toBe(second.target)
    expect([await token.version(), await token.paid()]).toEqual([2n, 5n])
    expect(
      await refusal((admin.connect(stranger) as Any).upgradeAndCall(proxy.target, first.target, "0x"), admin),
    ).toBe("OwnableUnauthorizedAccount")
  })

  it("beacon: one transaction upgrades all its proxies", async () => {
    const beacon = await deploy(build("UpgradeableBeacon"), owner, first.target, owner.address)
    const proxies = [
      await deploy(build("BeaconProxy"), owner, beacon.target, initialize),
      await deploy(build("BeaconProxy"), owner, beacon.target, initialize),
    ]
    expect(await addressAt(proxies[0]!.target, BEACON)).toBe(beacon.target)
    for (const { target } of proxies) expect(await vault(target).version()).toBe(1n)
    await (await beacon.upgradeTo(second.target)).wait()
    for (const { target } of proxies) expect(await vault(target).version()).toBe(2n)
  })

  it("permits by a signature over EIP-712's domain, and guards against reentrance by transient storage", async () => {
    const proxy = await deploy(build("ERC1967Proxy"), owner, first.target, initialize)
    const token = vault(proxy.target)
    const domain = { name: "Vault", version: "1", chainId: CHAIN_ID, verifyingContract: `${proxy.target}` }
    const Permit = ["address owner", "address spender", "uint256 value", "uint256 nonce", "uint256 deadline"].map(
      (field) => ({
        type: field.split(" ")[0]!,
        name: field.split(" ")[1]!,
      }),
    )
    const message = { owner: owner.address, spender: stranger.address, value: 3n, nonce: 0n, deadline: MaxUint256 }
    const { v, r, s } = Signature.from(await owner.signTypedData(domain, { Permit }, message))
    await (await vault(proxy.target, stranger).permit(owner.address, stranger.address, 3n, MaxUint256, v, r, s)).wait()
    expect(await token.allowance(owner.address, stranger.address)).toBe(3n)
    await (await token.deposit({ value: 1n })).wait()
    await (await token.deposit({ value: 1n })).wait()
    expect(await token.paid()).toBe(2n)
  })
})
