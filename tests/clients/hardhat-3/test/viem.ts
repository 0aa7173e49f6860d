import assert from "node:assert/strict"
import { rmSync } from "node:fs"
import { describe, it } from "node:test"
import { network } from "hardhat"
import { getAddress } from "viem"
import Town from "../ignition/modules/Town.js"

const { viem, ignition } = await network.create("fevm")
const reader = await viem.getPublicClient()
const testing = await viem.getTestClient()
const [owner, alice, bob] = await viem.getWalletClients()

async function deploy() {
  return viem.deployContract("Vault", [1000n, owner.account.address], { value: 100n })
}

describe("Hardhat 3 with the viem plugin", () => {
  it("deploys, reads, writes, and finds events", async () => {
    const vault = await deploy()
    assert.equal(await vault.read.balanceOf([owner.account.address]), 1000n)
    await vault.write.transfer([alice.account.address, 10n])
    const events = await vault.getEvents.Transfer({ to: alice.account.address })
    assert.equal(events.length, 1)
    assert.equal(events[0]!.args.value, 10n)
    assert.ok((await vault.estimateGas.transfer([bob.account.address, 1n])) > 1_000_000n)
    assert.equal((await vault.simulate.transfer([bob.account.address, 1n])).result, true)
  })

  it("sends deployments without waiting, and links libraries", async () => {
    const names = await viem.deployContract("Names")
    const { contract, deploymentTransaction } = await viem.sendDeploymentTransaction("Registry", [], {
      libraries: { Names: names.address },
    })
    const receipt = await reader.waitForTransactionReceipt({ hash: deploymentTransaction.hash })
    assert.equal(getAddress(receipt.contractAddress!), getAddress(contract.address))
    await contract.write.set(["me", owner.account.address])
    assert.equal(await contract.read.get(["me"]), getAddress(owner.account.address))
  })

  it("asserts: balancesHaveChanged", async () => {
    const vault = await deploy()
    await viem.assertions.balancesHaveChanged(vault.write.pay([bob.account.address, 60n]), [
      { address: bob.account.address, amount: 60n },
      { address: vault.address, amount: -60n },
    ])
  })

  it("asserts: emit, emitWithArgs", async () => {
    const vault = await deploy()
    await viem.assertions.emit(vault.write.lock([9_999_999_999n, "why"]), vault, "Opened")
    await viem.assertions.emitWithArgs(vault.write.lock([9_999_999_999n, "why"]), vault, "Locked", [
      getAddress(owner.account.address),
      9_999_999_999n,
      "why",
    ])
  })

  it("asserts: revert, revertWith, revertWithCustomError, revertWithCustomErrorWithArgs", async () => {
    const vault = await deploy()
    const to = alice.account.address
    await viem.assertions.revert(vault.write.pay([to, 101n]))
    await viem.assertions.revertWith(vault.write.lock([1n, ""]), "in the past")
    await viem.assertions.revertWith(vault.write.setKeeper([to], { account: alice.account }), "not the keeper")
    await viem.assertions.revertWithCustomError(vault.write.transfer([to, 1001n]), vault, "NotEnough")
    await viem.assertions.revertWithCustomErrorWithArgs(vault.write.transfer([to, 1001n]), vault, "NotEnough", [
      getAddress(owner.account.address),
      1001n,
      1000n,
    ])
    await assert.rejects(vault.read.divide([1n, 0n]), /Division or modulo by zero/)
  })

  it("has a test client that knows the node", async () => {
    await testing.setBalance({ address: bob.account.address, value: 5n })
    assert.equal(await reader.getBalance({ address: bob.account.address }), 5n)
    await testing.setBalance({ address: bob.account.address, value: 10n ** 22n })
  })

  it("deploys with Ignition", async () => {
    rmSync(new URL("../ignition/deployments/in-a-test", import.meta.url), { recursive: true, force: true })
    const { registry, vault, same } = await ignition.deploy(Town, {
      parameters: { Town: { supply: 500n } },
      deploymentId: "in-a-test",
    })
    assert.equal(await vault.read.totalSupply(), 500n)
    assert.equal(getAddress(await registry.read.get(["vault"])), getAddress(vault.address))
    assert.equal(getAddress(same.address), getAddress(vault.address))
    assert.equal(await vault.read.balanceOf([registry.address]), 7n)
  })

  it("signs with keys of its own", async () => {
    const { viem: keyed } = await network.create("keyed")
    const [first] = await keyed.getWalletClients()
    assert.equal(first.account.address.toLowerCase(), "0x90f79bf6eb2c4f870365e785982e1f101e93b906")
    const hash = await first.sendTransaction({ to: alice.account.address, value: 3n })
    assert.equal((await reader.waitForTransactionReceipt({ hash })).status, "success")
    const vault = await keyed.deployContract("Vault", [1n, first.account.address])
    assert.equal(getAddress(await vault.read.keeper()), getAddress(first.account.address))
  })
})
