const helpers = require("@nomicfoundation/hardhat-network-helpers")
const { PANIC_CODES } = require("@nomicfoundation/hardhat-chai-matchers/panic")
const { expect } = require("chai")
const { ethers, network } = require("hardhat")

describe("Reverts", () => {
  const deploy = async () => ({ moods: await ethers.deployContract("Moods") })

  it("are told with their reason, in calls and in transactions", async () => {
    const { moods } = await helpers.loadFixture(deploy)
    await expect(moods.withReason()).to.be.revertedWith("not today")
    await expect(moods.withReason.send()).to.be.revertedWith("not today")
  })

  it("are told without one", async () => {
    const { moods } = await helpers.loadFixture(deploy)
    await expect(moods.withoutReason()).to.be.revertedWithoutReason()
  })

  it("are told with custom errors and panics", async () => {
    const { moods } = await helpers.loadFixture(deploy)
    const [owner] = await ethers.getSigners()
    await expect(moods.withCustomError(5)).to.be.revertedWithCustomError(moods, "Refused").withArgs(owner, 5)
    await expect(moods.withPanic(0)).to.be.revertedWithPanic(PANIC_CODES.ARRAY_ACCESS_OUT_OF_BOUNDS)
    await expect(moods.withAssert()).to.be.revertedWithPanic(PANIC_CODES.ASSERTION_ERROR)
  })

  it("are not seen where there are none", async () => {
    const { moods } = await helpers.loadFixture(deploy)
    await expect(moods.ok()).not.to.be.reverted
  })
})

describe("FIL", () => {
  it("goes to an address that nobody has used", async () => {
    const [owner] = await ethers.getSigners()
    const fresh = ethers.Wallet.createRandom().address
    await expect(owner.sendTransaction({ to: fresh, value: 10n ** 18n })).to.changeEtherBalance(fresh, 10n ** 18n)
  })

  it("goes through contracts", async () => {
    const [owner, alice] = await ethers.getSigners()
    const moods = await ethers.deployContract("Moods")
    await owner.sendTransaction({ to: moods, value: 100 })
    await expect(moods.send(alice, 60)).to.changeEtherBalances([moods, alice], [-60, 60])
    await expect(moods.send(alice, 60)).to.be.revertedWith("could not send")
  })
})

describe("Time and blocks", () => {
  it("are moved by hardhat-network-helpers", async () => {
    const moods = await ethers.deployContract("Moods")
    const before = await helpers.time.latest()
    await helpers.time.increase(3600)
    expect(await helpers.time.latest()).to.be.at.least(before + 3600)
    const target = (await helpers.time.latest()) + 1000
    await helpers.time.increaseTo(target)
    expect(await helpers.time.latest()).to.equal(target)
    await helpers.time.setNextBlockTimestamp(target + 500)
    await moods.ok()
    expect(await helpers.time.latest()).to.equal(target + 500)
    const height = await helpers.time.latestBlock()
    await helpers.mine(10)
    expect(await helpers.time.latestBlock()).to.equal(height + 10)
    await helpers.mineUpTo(height + 20)
    expect(await helpers.time.latestBlock()).to.equal(height + 20)
    expect((await moods.time()).number).to.be.at.least(height + 20)
  })

  it("wait when automine is off", async () => {
    const [owner, alice] = await ethers.getSigners()
    await network.provider.send("evm_setAutomine", [false])
    try {
      const transaction = await owner.sendTransaction({ to: alice, value: 1 })
      expect(await ethers.provider.getTransactionReceipt(transaction.hash)).to.equal(null)
      expect(await owner.getNonce("pending")).to.equal((await owner.getNonce("latest")) + 1)
      const pending = await network.provider.send("eth_getBlockByNumber", ["pending", false])
      expect(pending.transactions).to.deep.equal([transaction.hash])
      await helpers.mine()
      expect((await ethers.provider.getTransactionReceipt(transaction.hash)).status).to.equal(1)
    } finally {
      await network.provider.send("evm_setAutomine", [true])
    }
  })
})

describe("State", () => {
  it("is set and taken back", async () => {
    const address = ethers.Wallet.createRandom().address
    const snapshot = await helpers.takeSnapshot()
    await helpers.setBalance(address, 12345)
    await helpers.setNonce(address, 7)
    expect(await ethers.provider.getBalance(address)).to.equal(12345)
    expect(await ethers.provider.getTransactionCount(address)).to.equal(7)
    await helpers.setCode(address, "0x60016000526001601ff3")
    expect(await ethers.provider.getCode(address)).to.equal("0x60016000526001601ff3")
    expect(await ethers.provider.call({ to: address })).to.equal("0x01")
    await snapshot.restore()
    expect(await ethers.provider.getBalance(address)).to.equal(0)
    expect(await ethers.provider.getCode(address)).to.equal("0x")
  })

  it("is changed by accounts that nobody has the key of", async () => {
    const [, alice] = await ethers.getSigners()
    const address = ethers.Wallet.createRandom().address
    await helpers.setBalance(address, 10n ** 18n)
    await helpers.impersonateAccount(address)
    const signer = await ethers.getSigner(address)
    await expect(signer.sendTransaction({ to: alice, value: 5 })).to.changeEtherBalance(alice, 5)
    await helpers.stopImpersonatingAccount(address)
  })

  it("is changed by contracts that are impersonated", async () => {
    const [owner, alice] = await ethers.getSigners()
    const moods = await ethers.deployContract("Moods")
    const token = await ethers.deployContract("Token", [1000])
    await owner.sendTransaction({ to: moods, value: 10n ** 18n })
    await token.transfer(moods, 100)
    const address = await moods.getAddress()
    await helpers.impersonateAccount(address)
    const signer = await ethers.getSigner(address)
    await expect(token.connect(signer).transfer(alice, 40)).to.changeTokenBalances(token, [moods, alice], [-40, 40])
    await helpers.stopImpersonatingAccount(address)
    const refused = await token
      .connect(signer)
      .transfer(alice, 1)
      .catch((error) => error)
    expect(refused.message).to.match(/unknown account/)
  })

  it("has as much of a token as it is dealt", async () => {
    const [, alice] = await ethers.getSigners()
    const token = await ethers.deployContract("Token", [1000])
    await network.provider.send("anvil_dealERC20", [alice.address, await token.getAddress(), "0x4d2"])
    expect(await token.balanceOf(alice)).to.equal(1234)
  })

  it("pays the base fee that the next block is given", async () => {
    const [owner, alice] = await ethers.getSigners()
    await helpers.setNextBlockBaseFeePerGas(1000)
    await owner.sendTransaction({ to: alice, value: 1, maxFeePerGas: 10_000, maxPriorityFeePerGas: 0 })
    expect((await ethers.provider.getBlock("latest")).baseFeePerGas).to.equal(1000)
  })
})
