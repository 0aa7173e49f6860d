const { loadFixture } = require("@nomicfoundation/hardhat-network-helpers")
const { expect } = require("chai")
const { ethers } = require("hardhat")

describe("ERC-721", () => {
  async function deploy() {
    const [owner, alice, bob] = await ethers.getSigners()
    return { collectible: await ethers.deployContract("Collectible"), owner, alice, bob }
  }

  it("is minted by its owner only", async () => {
    const { collectible, alice } = await loadFixture(deploy)
    await expect(collectible.mint(alice)).to.emit(collectible, "Transfer").withArgs(ethers.ZeroAddress, alice, 1)
    await expect(collectible.connect(alice).mint(alice)).to.be.revertedWithCustomError(
      collectible,
      "OwnableUnauthorizedAccount",
    )
  })

  it("is handed on", async () => {
    const { collectible, alice, bob } = await loadFixture(deploy)
    await collectible.mint(alice)
    await collectible.connect(alice).transferFrom(alice, bob, 1)
    expect(await collectible.ownerOf(1)).to.equal(bob.address)
  })

  it("is not handed to a contract that does not want it", async () => {
    const { collectible } = await loadFixture(deploy)
    const moods = await ethers.deployContract("Moods")
    await expect(collectible.mint(moods)).to.be.revertedWithCustomError(collectible, "ERC721InvalidReceiver")
  })
})
