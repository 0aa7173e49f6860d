const { loadFixture } = require("@nomicfoundation/hardhat-toolbox/network-helpers")
const { anyUint, anyValue } = require("@nomicfoundation/hardhat-chai-matchers/withArgs")
const { PANIC_CODES } = require("@nomicfoundation/hardhat-chai-matchers/panic")
const { expect } = require("chai")
const { ethers } = require("hardhat")

describe("The chai matchers of the toolbox", () => {
  async function deploy() {
    const [owner, alice, bob] = await ethers.getSigners()
    const vault = await ethers.deployContract("Vault", [1000n, owner], { value: 100n })
    return { vault, owner, alice, bob }
  }

  it("reverted, revertedWith, revertedWithoutReason", async () => {
    const { vault, alice } = await loadFixture(deploy)
    await expect(vault.lock(1, "")).to.be.reverted
    await expect(vault.lock(1, "")).to.be.revertedWith("in the past")
    await expect(vault.connect(alice).setKeeper(alice)).to.be.revertedWith("not the keeper")
    await expect(vault.pay(alice, 101)).to.be.revertedWithoutReason()
    await expect(vault.transfer(alice, 1)).not.to.be.reverted
  })

  it("revertedWithCustomError, with arguments", async () => {
    const { vault, owner, alice } = await loadFixture(deploy)
    await expect(vault.transfer(alice, 1001))
      .to.be.revertedWithCustomError(vault, "NotEnough")
      .withArgs(owner, 1001, 1000)
    await vault.lock(9_999_999_999n, "long")
    await expect(vault.transfer(alice, 1))
      .to.be.revertedWithCustomError(vault, "TooEarly")
      .withArgs(anyUint, 9_999_999_999n)
    await expect(vault.transfer.staticCall(alice, 1)).to.be.revertedWithCustomError(vault, "TooEarly")
  })

  it("revertedWithPanic", async () => {
    const { vault } = await loadFixture(deploy)
    await expect(vault.divide(1, 0)).to.be.revertedWithPanic(PANIC_CODES.DIVISION_BY_ZERO)
  })

  it("a transaction that fails on chain, with its gas given: the reason comes with the answer to its sending", async () => {
    const { vault, owner, alice } = await loadFixture(deploy)
    const gas = { gasLimit: 100_000_000n }
    await expect(vault.transfer(alice, 1001, gas))
      .to.be.revertedWithCustomError(vault, "NotEnough")
      .withArgs(owner, 1001, 1000)
    const nonce = await ethers.provider.getTransactionCount(alice)
    await expect(vault.connect(alice).setKeeper(alice, gas)).to.be.revertedWith("not the keeper")
    await expect(vault.pay(alice, 101, gas)).to.be.revertedWithoutReason()
    expect(await ethers.provider.getTransactionCount(alice)).to.equal(nonce + 1)
  })

  it("emit, withArgs, several events, none", async () => {
    const { vault, owner, alice } = await loadFixture(deploy)
    await expect(vault.lock(9_999_999_999n, "why"))
      .to.emit(vault, "Locked")
      .withArgs(owner, anyValue, "why")
      .and.to.emit(vault, "Opened")
    await expect(vault.setKeeper(alice)).not.to.emit(vault, "Locked")
    await expect(vault.deploymentTransaction()).to.emit(vault, "Transfer").withArgs(ethers.ZeroAddress, owner, 1000)
  })

  it("changeEtherBalance(s), with and without fees", async () => {
    const { vault, owner, alice, bob } = await loadFixture(deploy)
    await expect(vault.pay(alice, 60)).to.changeEtherBalances([vault, alice], [-60, 60])
    await expect(alice.sendTransaction({ to: bob, value: 5 })).to.changeEtherBalance(bob, 5)
    // What Filecoin takes for a message (burn, tip on the limit, over-estimation) is no multiple of the gas used, so the matcher's
    // gasUsed * gasPrice lacks the remainder of that division.
    const transaction = await owner.sendTransaction({ to: bob, value: 200 })
    const { gasUsed } = await transaction.wait()
    await expect(transaction).to.changeEtherBalance(owner, (change) => change <= -200n && change > -200n - gasUsed)
    await expect(() => owner.sendTransaction({ to: vault, value: 1 })).to.changeEtherBalance(vault, 1)
  })

  it("changeTokenBalance(s)", async () => {
    const { vault, owner, alice } = await loadFixture(deploy)
    await expect(vault.transfer(alice, 40)).to.changeTokenBalance(vault, alice, 40)
    await expect(vault.transfer(alice, 2)).to.changeTokenBalances(vault, [owner, alice], [-2, 2])
  })

  it("properAddress, properPrivateKey, properHex, hexEqual, and numbers of every kind", async () => {
    const { vault, owner } = await loadFixture(deploy)
    expect(await vault.getAddress()).to.be.properAddress
    expect((await owner.sendTransaction({ to: owner, value: 1 })).hash).to.be.properHex(64)
    expect("0x0012").to.hexEqual("0x12")
    expect(await vault.totalSupply())
      .to.equal(1000)
      .and.to.be.within(999n, 1001)
  })
})
