const { loadFixture, time } = require("@nomicfoundation/hardhat-network-helpers")
const { anyValue } = require("@nomicfoundation/hardhat-chai-matchers/withArgs")
const { expect } = require("chai")
const { ethers } = require("hardhat")

const tokens = ethers.parseEther
const YEAR = 365 * 24 * 60 * 60

/** Filecoin's fee is not a whole number of attoFIL per gas, so what a sender pays is known to some millions of attoFIL only. */
const about = (amount) => (change) => change <= amount && change > amount - 10n ** 8n

async function deploy() {
  const [owner, lender, borrower, liquidator] = await ethers.getSigners()
  const token = await ethers.deployContract("TestToken")
  const pool = await ethers.deployContract("LendingPool", [token, tokens("4")])
  for (const person of [lender, borrower, liquidator]) {
    await token.mint(person, tokens("1000"))
    await token.connect(person).approve(pool, ethers.MaxUint256)
  }
  await pool.connect(lender).deposit(tokens("1000"))
  return { token, pool, owner, lender, borrower, liquidator }
}

describe("a lending pool", () => {
  it("lends up to three quarters of what the collateral is worth", async () => {
    const { token, pool, borrower } = await loadFixture(deploy)
    const borrow = pool.connect(borrower).borrow(tokens("300"), { value: tokens("100") })
    await expect(borrow).to.changeTokenBalances(token, [pool, borrower], [-tokens("300"), tokens("300")])
    await expect(borrow).to.emit(pool, "Borrowed").withArgs(borrower.address, tokens("300"))
    await expect(pool.connect(borrower).borrow(tokens("1")))
      .to.be.revertedWithCustomError(pool, "Undercollateralized")
      .withArgs(anyValue, tokens("300"))
  })

  it("charges interest by the second, and pays it to those who deposited", async () => {
    const { token, pool, lender, borrower } = await loadFixture(deploy)
    await pool.connect(borrower).borrow(tokens("300"), { value: tokens("200") })
    await time.increase(YEAR)
    expect(await pool.debtOf(borrower)).to.be.closeTo(tokens("330"), tokens("0.001"))
    await pool.connect(borrower).repay(ethers.MaxUint256)
    expect(await pool.debtOf(borrower)).to.equal(0)
    await expect(pool.connect(borrower).release(tokens("200"))).to.changeEtherBalance(borrower, about(tokens("200")))
    await pool.connect(lender).withdraw(await pool.shares(lender))
    expect(await token.balanceOf(lender)).to.be.closeTo(tokens("1030"), tokens("0.001"))
  })

  it("cannot pay out what is lent out", async () => {
    const { pool, lender, borrower } = await loadFixture(deploy)
    await pool.connect(borrower).borrow(tokens("300"), { value: tokens("200") })
    await expect(pool.connect(lender).withdraw(tokens("1000"))).to.be.revertedWithCustomError(pool, "NotEnoughCash")
  })

  it("lets anybody liquidate a loan once the price has fallen, and nobody before", async () => {
    const { pool, owner, borrower, liquidator } = await loadFixture(deploy)
    await pool.connect(borrower).borrow(tokens("300"), { value: tokens("100") })
    await expect(pool.connect(liquidator).liquidate(borrower, tokens("100")))
      .to.be.revertedWithCustomError(pool, "Healthy")
      .withArgs(borrower.address)
    await expect(pool.connect(borrower).setPrice(1)).to.be.revertedWithCustomError(pool, "NotTheOracle")
    await pool.connect(owner).setPrice(tokens("3.5"))
    await expect(pool.connect(liquidator).liquidate(borrower, tokens("100"))).to.changeEtherBalance(
      liquidator,
      about(tokens("30")),
    )
    expect(await pool.collateral(borrower)).to.equal(tokens("70"))
  })
})
