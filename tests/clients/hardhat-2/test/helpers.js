const helpers = require("@nomicfoundation/hardhat-toolbox/network-helpers")
const { expect } = require("chai")
const { ethers, network } = require("hardhat")

const { time } = helpers
const word = (value) => ethers.toBeHex(value, 32)
const fresh = () => ethers.Wallet.createRandom().address

describe("hardhat-network-helpers", () => {
  async function deploy() {
    const [owner, alice] = await ethers.getSigners()
    return { vault: await ethers.deployContract("Vault", [1000n, owner]), owner, alice }
  }

  it("loadFixture: each test begins with the same chain", async () => {
    const { vault, alice } = await helpers.loadFixture(deploy)
    const height = await time.latestBlock()
    await vault.transfer(alice, 1000)
    const again = await helpers.loadFixture(deploy)
    expect(await time.latestBlock()).to.equal(height)
    expect(await again.vault.getAddress()).to.equal(await vault.getAddress())
    expect(await again.vault.balanceOf(alice)).to.equal(0)
  })

  it("loadFixture: an outer fixture after an inner one, and clearSnapshots", async () => {
    async function outer() {
      const parts = await helpers.loadFixture(deploy)
      await parts.vault.transfer(parts.alice, 10)
      return parts
    }
    const { vault, alice } = await helpers.loadFixture(outer)
    expect(await vault.balanceOf(alice)).to.equal(10)
    expect(await (await helpers.loadFixture(deploy)).vault.balanceOf(alice)).to.equal(0)
    await helpers.clearSnapshots()
    expect(await (await helpers.loadFixture(deploy)).vault.balanceOf(alice)).to.equal(0)
  })

  it("takeSnapshot and restore, more than once", async () => {
    const address = fresh()
    const snapshot = await helpers.takeSnapshot()
    for (const value of [1, 2]) {
      await helpers.setBalance(address, value)
      expect(await ethers.provider.getBalance(address)).to.equal(value)
      await snapshot.restore()
      expect(await ethers.provider.getBalance(address)).to.equal(0)
    }
  })

  it("time.increase, increaseTo, latest, latestBlock, setNextBlockTimestamp, duration", async () => {
    const before = await time.latest()
    expect(await time.increase(time.duration.hours(2))).to.be.at.least(before + 7200)
    const target = (await time.latest()) + 5000
    await time.increaseTo(target)
    expect(await time.latest()).to.equal(target)
    await time.setNextBlockTimestamp(new Date((target + 100) * 1000))
    await helpers.mine()
    expect(await time.latest()).to.equal(target + 100)
    const height = await time.latestBlock()
    await time.advanceBlock()
    await time.advanceBlockTo(height + 5)
    expect(await time.latestBlock()).to.equal(height + 5)
    await expect(time.increaseTo(target)).to.be.rejected
  })

  it("mine and mineUpTo, with an interval", async () => {
    const height = await time.latestBlock()
    const before = await time.latest()
    await helpers.mine(4, { interval: 60 })
    expect(await time.latestBlock()).to.equal(height + 4)
    expect(await time.latest()).to.be.at.least(before + 3 * 60)
    await helpers.mineUpTo(height + 10)
    expect(await time.latestBlock()).to.equal(height + 10)
    await helpers.mine(2000)
    expect(await time.latestBlock()).to.equal(height + 2010)
  })

  it("setBalance, setNonce, setCode, setStorageAt, getStorageAt", async () => {
    const address = fresh()
    await helpers.setBalance(address, ethers.parseEther("3"))
    expect(await ethers.provider.getBalance(address)).to.equal(ethers.parseEther("3"))
    await helpers.setNonce(address, 4)
    expect(await ethers.provider.getTransactionCount(address)).to.equal(4)
    const { vault, owner } = await helpers.loadFixture(deploy)
    await helpers.setCode(address, await ethers.provider.getCode(vault))
    const copy = await ethers.getContractAt("Vault", address)
    expect(await copy.totalSupply()).to.equal(0)
    await helpers.setStorageAt(address, 0, 77)
    expect(await copy.totalSupply()).to.equal(77)
    const slot = ethers.keccak256(ethers.concat([ethers.zeroPadValue(owner.address, 32), word(1)]))
    await helpers.setStorageAt(address, slot, word(12))
    expect(await copy.balanceOf(owner)).to.equal(12)
    expect(await helpers.getStorageAt(address, slot)).to.equal(word(12))
  })

  it("impersonateAccount and stopImpersonatingAccount, of accounts and of contracts", async () => {
    const { vault, alice } = await helpers.loadFixture(deploy)
    for (const address of [fresh(), await vault.getAddress()]) {
      await helpers.impersonateAccount(address)
      await helpers.setBalance(address, 10n ** 18n)
      const signer = await ethers.getImpersonatedSigner(address)
      await expect(signer.sendTransaction({ to: alice, value: 5 })).to.changeEtherBalance(alice, 5)
      await helpers.stopImpersonatingAccount(address)
      await expect(signer.sendTransaction({ to: alice, value: 5 })).to.be.rejectedWith(/unknown account/)
    }
  })

  it("dropTransaction", async () => {
    const [owner, alice] = await ethers.getSigners()
    await network.provider.send("evm_setAutomine", [false])
    try {
      const { hash } = await owner.sendTransaction({ to: alice, value: 1 })
      expect(await helpers.dropTransaction(hash)).to.equal(true)
      await helpers.mine()
      expect(await ethers.provider.getTransactionReceipt(hash)).to.equal(null)
      expect(await helpers.dropTransaction(hash).catch(() => false)).to.equal(false)
    } finally {
      await network.provider.send("evm_setAutomine", [true])
    }
  })

  it("setNextBlockBaseFeePerGas, setPrevRandao, setCoinbase, setBlockGasLimit", async () => {
    const { vault, owner, alice } = await helpers.loadFixture(deploy)
    await helpers.setNextBlockBaseFeePerGas(5_000_000_000n)
    await helpers.mine()
    expect((await ethers.provider.getBlock("latest")).baseFeePerGas).to.equal(5_000_000_000n)
    await helpers.setPrevRandao(123_456)
    await helpers.mine()
    const first = await vault.randao()
    await helpers.setPrevRandao(123_456)
    await helpers.mine()
    expect(first).not.to.equal(0)
    await helpers.setCoinbase(alice.address)
    await helpers.setCoinbase(ethers.ZeroAddress)
    await helpers.setBlockGasLimit(60_000_000)
    await expect(owner.sendTransaction({ to: alice, value: 1, gasLimit: 60_000_001 })).to.be.rejectedWith(/gas limit/)
    await helpers.setBlockGasLimit(10_000_000_000n)
  })

  it("reset: the first block again", async () => {
    await helpers.mine(3)
    await helpers.reset()
    expect(await time.latestBlock()).to.equal(0)
    const { vault } = await deploy()
    expect(await vault.totalSupply()).to.equal(1000)
  })
})
