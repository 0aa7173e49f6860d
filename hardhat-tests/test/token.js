const { loadFixture } = require("@nomicfoundation/hardhat-network-helpers")
const { expect } = require("chai")
const { ethers } = require("hardhat")

const SUPPLY = 10n ** 24n

describe("ERC-20", () => {
  async function deploy() {
    const [owner, alice, bob] = await ethers.getSigners()
    const token = await ethers.deployContract("Token", [SUPPLY])
    return { token, owner, alice, bob }
  }

  it("gives the supply to its maker", async () => {
    const { token, owner } = await loadFixture(deploy)
    expect(await token.balanceOf(owner)).to.equal(SUPPLY)
    expect(await token.name()).to.equal("Token")
  })

  it("changes balances and emits Transfer", async () => {
    const { token, owner, alice } = await loadFixture(deploy)
    await expect(token.transfer(alice, 1000)).to.changeTokenBalances(token, [owner, alice], [-1000, 1000])
    await expect(token.transfer(alice, 5)).to.emit(token, "Transfer").withArgs(owner, alice, 5)
  })

  it("begins each test anew from the fixture", async () => {
    const { token, alice } = await loadFixture(deploy)
    expect(await token.balanceOf(alice)).to.equal(0)
  })

  it("refuses what nobody has, with a custom error", async () => {
    const { token, owner, alice } = await loadFixture(deploy)
    await expect(token.connect(alice).transfer(owner, 1))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
      .withArgs(alice, 0, 1)
  })

  it("lets others spend what was approved", async () => {
    const { token, owner, alice, bob } = await loadFixture(deploy)
    await token.approve(alice, 100)
    await token.connect(alice).transferFrom(owner, bob, 60)
    expect(await token.allowance(owner, alice)).to.equal(40)
    expect(await token.balanceOf(bob)).to.equal(60)
  })

  it("finds its events again", async () => {
    const { token, owner, alice } = await loadFixture(deploy)
    await token.transfer(alice, 1)
    await token.transfer(alice, 2)
    const events = await token.queryFilter(token.filters.Transfer(owner, alice))
    expect(events.map(({ args }) => args.value)).to.deep.equal([1n, 2n])
  })
})
