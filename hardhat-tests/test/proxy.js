const { getStorageAt, loadFixture, setStorageAt } = require("@nomicfoundation/hardhat-network-helpers")
const { expect } = require("chai")
const { ethers } = require("hardhat")

/** Where ERC-1967 keeps the implementation. */
const IMPLEMENTATION_SLOT = ethers.toBeHex(BigInt(ethers.id("eip1967.proxy.implementation")) - 1n, 32)

describe("Proxy", () => {
  async function deploy() {
    const [owner, alice] = await ethers.getSigners()
    const implementation = await ethers.deployContract("Box")
    const data = implementation.interface.encodeFunctionData("initialize", [42])
    const proxy = await ethers.deployContract("BoxProxy", [implementation, data])
    const box = await ethers.getContractAt("Box", await proxy.getAddress())
    return { box, implementation, owner, alice }
  }

  it("is initialized once", async () => {
    const { box, owner } = await loadFixture(deploy)
    expect(await box.value()).to.equal(42)
    expect(await box.owner()).to.equal(owner.address)
    await expect(box.initialize(1)).to.be.revertedWithCustomError(box, "InvalidInitialization")
  })

  it("keeps its implementation in the slot of ERC-1967", async () => {
    const { box, implementation } = await loadFixture(deploy)
    const word = await getStorageAt(await box.getAddress(), IMPLEMENTATION_SLOT)
    expect(ethers.getAddress(ethers.dataSlice(word, 12))).to.equal(await implementation.getAddress())
  })

  it("is upgraded by its owner, and keeps its state", async () => {
    const { box, alice } = await loadFixture(deploy)
    const next = await ethers.deployContract("BoxTwo")
    await expect(box.connect(alice).upgradeToAndCall(next, "0x"))
      .to.be.revertedWithCustomError(box, "NotTheOwner")
      .withArgs(alice)
    await expect(box.upgradeToAndCall(next, "0x")).to.emit(box, "Upgraded").withArgs(next)
    const upgraded = await ethers.getContractAt("BoxTwo", await box.getAddress())
    expect(await upgraded.version()).to.equal("two")
    await expect(upgraded.increment()).to.emit(upgraded, "Changed").withArgs(42, 43)
  })

  it("has the value that its storage is given", async () => {
    const { box } = await loadFixture(deploy)
    await setStorageAt(await box.getAddress(), 1, 77)
    expect(await box.value()).to.equal(77)
  })
})
