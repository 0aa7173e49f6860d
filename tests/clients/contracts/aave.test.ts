import { MaxUint256, parseEther, ZeroAddress } from "ethers"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Any, artifact, at, deploy, events, link, provider, refusal, wallet } from "./support.ts"

const owner = wallet(0)
const lender = wallet(7)
const borrower = wallet(8)
const liquidator = wallet(9)
const one = parseEther("1")
const RAY = 10n ** 27n
const VARIABLE = 2
const YEAR = 31_536_000

const build = (path: string) => artifact(`@aave/core-v3/artifacts/contracts/${path}.sol/${path.split("/").at(-1)}`)

const flashBorrower = artifact(
  "@aave/core-v3/artifacts/contracts/mocks/flashloan/MockSimpleFlashLoanReceiver.sol/MockFlashLoanSimpleReceiver",
)

let pool: Any
let data: Any
let prices: Any
let gold: Any
let coins: Any
let before: unknown
const as = (contract: Any, signer: typeof owner): Any => contract.connect(signer) as Any

/** The market as its deploy scripts put it together: an address book, roles, a pool of nine libraries behind a proxy, and reserves. */
async function createMarket(): Promise<void> {
  const book = await deploy(build("protocol/configuration/PoolAddressesProvider"), owner, "fevm", owner.address)
  await (await book.setACLAdmin(owner.address)).wait()
  const roles = await deploy(build("protocol/configuration/ACLManager"), owner, book.target)
  await (await book.setACLManager(roles.target)).wait()
  await (await roles.addPoolAdmin(owner.address)).wait()

  const libraries: Record<string, string> = {}
  for (const name of ["Borrow", "Bridge", "EMode", "Liquidation", "Pool", "Supply", "Configurator", "FlashLoan"]) {
    const logic = link(build(`protocol/libraries/logic/${name}Logic`), libraries)
    libraries[`${name}Logic`] = `${(await deploy(logic, owner)).target}`
  }
  const poolCode = await deploy(link(build("protocol/pool/Pool"), libraries), owner, book.target)
  const configuratorCode = await deploy(link(build("protocol/pool/PoolConfigurator"), libraries), owner)
  const { ProxyCreated } = await events(book.setPoolImpl(poolCode.target), book)
  expect(ProxyCreated).toHaveLength(1)
  await (await book.setPoolConfiguratorImpl(configuratorCode.target)).wait()
  pool = at(await book.getPool(), build("protocol/pool/Pool"), owner)
  const configurator = at(await book.getPoolConfigurator(), build("protocol/pool/PoolConfigurator"), owner)

  await (await configurator.updateFlashloanPremiumTotal(9)).wait()

  prices = await deploy(build("mocks/oracle/PriceOracle"), owner)
  await (await book.setPriceOracle(prices.target)).wait()
  data = await deploy(build("misc/AaveProtocolDataProvider"), owner, book.target)
  await (await book.setPoolDataProvider(data.target)).wait()

  const rates = [(RAY * 8n) / 10n, 0n, RAY / 25n, (RAY * 6n) / 10n, RAY / 50n, RAY / 2n, RAY / 50n, RAY / 20n, RAY / 5n]
  const strategy = await deploy(build("protocol/pool/DefaultReserveInterestRateStrategy"), owner, book.target, ...rates)
  const tokens = []
  for (const name of ["AToken", "StableDebtToken", "VariableDebtToken"])
    tokens.push((await deploy(build(`protocol/tokenization/${name}`), owner, pool.target)).target)
  const [aTokenImpl, stableDebtTokenImpl, variableDebtTokenImpl] = tokens
  const made: Any[] = []
  for (const [name, price] of [
    ["Gold", 100n * one],
    ["Coin", one],
  ] as const) {
    const asset = await deploy(build("mocks/tokens/MintableERC20"), owner, name, name, 18)
    made.push(asset)
    await (await prices.setAssetPrice(asset.target, price)).wait()
    const reserve = {
      ...{ aTokenImpl, stableDebtTokenImpl, variableDebtTokenImpl, underlyingAssetDecimals: 18 },
      ...{ interestRateStrategyAddress: strategy.target, underlyingAsset: asset.target, treasury: owner.address },
      ...{ incentivesController: ZeroAddress, aTokenName: `a${name}`, aTokenSymbol: `a${name}` },
      ...{ variableDebtTokenName: `v${name}`, variableDebtTokenSymbol: `v${name}` },
      ...{ stableDebtTokenName: `s${name}`, stableDebtTokenSymbol: `s${name}`, params: "0x" },
    }
    const { ReserveInitialized } = await events(configurator.initReserves([reserve]), configurator)
    expect(ReserveInitialized?.[0]?.asset).toBe(asset.target)
    await (await configurator.configureReserveAsCollateral(asset.target, 7500, 8000, 10500)).wait()
    await (await configurator.setReserveBorrowing(asset.target, true)).wait()
    await (await configurator.setReserveFlashLoaning(asset.target, true)).wait()
  }
  ;[gold, coins] = made as [Any, Any]
}

describe("Aave v3", () => {
  beforeAll(async () => {
    before = await provider.send("evm_snapshot", [])
    await createMarket()
    for (const [asset, holder, amount] of [
      [coins, lender, 1000n],
      [gold, borrower, 10n],
      [coins, liquidator, 1000n],
    ] as const) {
      await (await as(asset, holder)["mint(uint256)"]!(amount * one)).wait()
      await (await as(asset, holder).approve(pool.target, MaxUint256)).wait()
    }
    await (await as(coins, borrower).approve(pool.target, MaxUint256)).wait()
  }, 240_000)
  // It moves the clock.
  afterAll(async () => {
    await provider.send("evm_revert", [before])
  })

  it("takes deposits for interest-bearing tokens", async () => {
    const { Supply } = await events(as(pool, lender).supply(coins.target, 1000n * one, lender.address, 0), pool)
    expect(Supply?.[0]?.amount).toBe(1000n * one)
    await (await as(pool, borrower).supply(gold.target, 10n * one, borrower.address, 0)).wait()
    const { aTokenAddress } = await data.getReserveTokensAddresses(coins.target)
    const token = at(aTokenAddress, build("protocol/tokenization/AToken"), owner)
    expect(await token.balanceOf(lender.address)).toBe(1000n * one)
  })

  it("lends against them, up to what they are worth", async () => {
    const borrow = (amount: bigint) => as(pool, borrower).borrow(coins.target, amount, VARIABLE, 0, borrower.address)
    // 36: the collateral cannot cover it.
    expect(await refusal(borrow(751n * one))).toBe("36")
    const { Borrow } = await events(borrow(700n * one), pool)
    expect(Borrow?.[0]?.amount).toBe(700n * one)
    expect(await coins.balanceOf(borrower.address)).toBe(700n * one)
    const { healthFactor } = await pool.getUserAccountData(borrower.address)
    expect(healthFactor).toBe((800n * one) / 700n)
  })

  it("lets interest grow with time", async () => {
    await provider.send("evm_increaseTime", [YEAR])
    await provider.send("evm_mine", [])
    const { currentVariableDebt } = await data.getUserReserveData(coins.target, borrower.address)
    // 70 % are lent: 3.5 % a year, compounded.
    expect(currentVariableDebt).toBeGreaterThan((700n * one * 1035n) / 1000n)
    expect(currentVariableDebt).toBeLessThan((700n * one * 1036n) / 1000n)
    const { currentATokenBalance } = await data.getUserReserveData(coins.target, lender.address)
    expect(currentATokenBalance).toBeGreaterThan(1000n * one)
  })

  it("lends for a transaction, for a fee", async () => {
    const borrowed = await deploy(flashBorrower, owner, await pool.ADDRESSES_PROVIDER())
    const sent = pool.flashLoanSimple(borrowed.target, coins.target, 100n * one, "0x", 0)
    const { FlashLoan } = await events(sent, pool)
    expect(FlashLoan?.[0]?.premium).toBe((100n * one * 9n) / 10_000n)
  })

  it("lets others liquidate a loan that is worth more than its collateral, and the borrower pay back the rest", async () => {
    const liquidate = () =>
      as(pool, liquidator).liquidationCall(gold.target, coins.target, borrower.address, 100n * one, false)
    // 45: it is healthy.
    expect(await refusal(liquidate())).toBe("45")
    await (await prices.setAssetPrice(gold.target, 85n * one)).wait()
    const { LiquidationCall } = await events(liquidate(), pool)
    expect(LiquidationCall?.[0]?.debtToCover).toBe(100n * one)
    // At 85, with a bonus of 5 %.
    expect(await gold.balanceOf(liquidator.address)).toBe((100n * one * 105n) / 85n / 100n)
    const { currentVariableDebt: left } = await data.getUserReserveData(coins.target, borrower.address)
    const { Repay } = await events(as(pool, borrower).repay(coins.target, 500n * one, VARIABLE, borrower.address), pool)
    expect(Repay?.[0]?.amount).toBe(500n * one)
    const { currentVariableDebt } = await data.getUserReserveData(coins.target, borrower.address)
    expect(currentVariableDebt).toBeLessThan(left - 499n * one)
  })
})
