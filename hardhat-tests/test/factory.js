const { loadFixture } = require("@nomicfoundation/hardhat-network-helpers")
const { anyValue } = require("@nomicfoundation/hardhat-chai-matchers/withArgs")
const { expect } = require("chai")
const { ethers } = require("hardhat")

const SALT = ethers.id("salt")

describe("Factory", () => {
  const deploy = async () => ({ factory: await ethers.deployContract("Factory") })

  it("makes a contract by CREATE, with value", async () => {
    const { factory } = await loadFixture(deploy)
    const child = ethers.getCreateAddress({ from: await factory.getAddress(), nonce: 1 })
    await expect(factory.make(7, { value: 5 }))
      .to.emit(factory, "Made")
      .withArgs(child, 7)
    expect(await ethers.provider.getBalance(child)).to.equal(5)
    const contract = await ethers.getContractAt("Child", child)
    expect(await contract.number()).to.equal(7)
    expect(await contract.parent()).to.equal(await factory.getAddress())
  })

  it("makes a contract by CREATE2 at the address known beforehand", async () => {
    const { factory } = await loadFixture(deploy)
    const expected = await factory.addressOf(SALT, 9)
    expect(await ethers.provider.getCode(expected)).to.equal("0x")
    await expect(factory.makeAt(SALT, 9)).to.emit(factory, "Made").withArgs(expected, anyValue)
    expect(await (await ethers.getContractAt("Child", expected)).number()).to.equal(9)
    expect(await ethers.provider.getCode(expected)).not.to.equal("0x")
  })

  it("does not make it twice", async () => {
    const { factory } = await loadFixture(deploy)
    await factory.makeAt(SALT, 9)
    await expect(factory.makeAt(SALT, 9)).to.be.reverted
  })
})
