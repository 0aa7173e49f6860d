import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { network } from "hardhat"

const { ethers } = await network.create("fevm")

describe("Hardhat 3 with the ethers plugin", () => {
  it("deploys, calls, sends, and finds events", async () => {
    const [owner, alice] = await ethers.getSigners()
    const vault = await ethers.deployContract("Vault", [1000n, owner.address], { value: 7n })
    await vault.waitForDeployment()
    assert.equal(await ethers.provider.getBalance(vault), 7n)
    const receipt = await (await vault.transfer(alice, 4n)).wait()
    assert.equal(receipt!.status, 1)
    assert.equal((await vault.queryFilter(vault.filters.Transfer(owner, alice))).length, 1)
    assert.equal(await vault.balanceOf(alice), 4n)
  })

  it("tells reasons and custom errors", async () => {
    const [owner, alice] = await ethers.getSigners()
    const vault = await ethers.deployContract("Vault", [1000n, owner.address])
    await assert.rejects(vault.lock(1n, ""), /in the past/)
    // Hardhat 3 gives the provider's error as it is: its data is the custom error.
    const error = await vault.transfer.staticCall(alice, 1001n).catch((cause: { data: string }) => cause)
    assert.deepEqual(vault.interface.parseError((error as { data: string }).data)?.args.toArray(), [
      owner.address,
      1001n,
      1000n,
    ])
  })

  it("impersonates", async () => {
    const [, alice] = await ethers.getSigners()
    const { networkHelpers } = await network.create("fevm")
    const address = ethers.Wallet.createRandom().address
    await networkHelpers.setBalance(address, 10n ** 18n)
    const signer = await ethers.getImpersonatedSigner(address)
    const receipt = await (await signer.sendTransaction({ to: alice, value: 1n })).wait()
    assert.equal(receipt!.from, address)
  })
})
