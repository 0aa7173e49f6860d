import { MaxUint256, parseEther, ZeroAddress } from "ethers"
import { beforeAll, describe, expect, it } from "vitest"
import { type Any, artifact, at, deploy, events, provider, refusal, wallet } from "./support.ts"

const one = parseEther("1")
const owner = wallet(0)
const trader = wallet(1)
const FEE = 3000
/** Nearly all prices, in steps of 60. */
const [LOWER, UPPER] = [-887220, 887220]
const MOST = 2n ** 128n - 1n
const periphery = (name: string) =>
  artifact(`@uniswap/v3-periphery/artifacts/contracts/${name}.sol/${name.split("/").at(-1)}`)

let factory: Any
let positions: Any
let router: Any
let quoter: Any
let tokens: Any[] = []
let pool: Any
let position: bigint

describe("Uniswap v3", () => {
  beforeAll(async () => {
    const weth = await deploy(artifact("canonical-weth/build/contracts/WETH9"), owner)
    const core = "@uniswap/v3-core/artifacts/contracts"
    factory = await deploy(artifact(`${core}/UniswapV3Factory.sol/UniswapV3Factory`), owner)
    // 24,384 bytes: nearly the most that a contract may have.
    positions = await deploy(periphery("NonfungiblePositionManager"), owner, factory.target, weth.target, ZeroAddress)
    router = await deploy(periphery("SwapRouter"), owner, factory.target, weth.target)
    quoter = await deploy(periphery("lens/Quoter"), owner, factory.target, weth.target)
    const token = artifact("@uniswap/v2-periphery/build/ERC20")
    tokens = [await deploy(token, owner, 1000n * one), await deploy(token, owner, 1000n * one)]
    tokens.sort((a, b) => (`${a.target}`.toLowerCase() < `${b.target}`.toLowerCase() ? -1 : 1))
    for (const each of tokens)
      for (const { target } of [positions, router]) await (await each.approve(target, MaxUint256)).wait()
  }, 120_000)

  it("makes a pool with a price, at its CREATE2 address", async () => {
    const [a, b] = tokens.map(({ target }) => target)
    const sent = positions.createAndInitializePoolIfNecessary(a, b, FEE, 2n ** 96n)
    const { PoolCreated } = await events(sent, factory)
    const address = await factory.getPool(a, b, FEE)
    expect(PoolCreated?.[0]?.pool).toBe(address)
    pool = at(address, artifact("@uniswap/v3-core/artifacts/contracts/UniswapV3Pool.sol/UniswapV3Pool"), owner)
    expect((await pool.slot0()).sqrtPriceX96).toBe(2n ** 96n)
  })

  it("mints a position", async () => {
    const [token0, token1] = tokens.map(({ target }) => target)
    const sent = positions.mint({
      ...{ token0, token1, fee: FEE, tickLower: LOWER, tickUpper: UPPER, amount0Min: 0, amount1Min: 0 },
      ...{ amount0Desired: 100n * one, amount1Desired: 100n * one, recipient: owner.address, deadline: MaxUint256 },
    })
    const { IncreaseLiquidity, Transfer, Mint } = await events(sent, positions, pool)
    position = IncreaseLiquidity?.[0]?.tokenId
    expect(Transfer?.some(({ tokenId }: Any) => tokenId === position)).toBe(true)
    expect(Mint).toHaveLength(1)
    expect(await positions.ownerOf(position)).toBe(owner.address)
    expect((await positions.positions(position)).liquidity).toBe(await pool.liquidity())
  })

  it("quotes by reverting, and swaps what was quoted", async () => {
    const [tokenIn, tokenOut] = tokens.map(({ target }) => target)
    const quoted = await quoter.quoteExactInputSingle.staticCall(tokenIn, tokenOut, FEE, one, 0)
    expect(quoted).toBeGreaterThan((one * 98n) / 100n)
    const params = { tokenIn, tokenOut, fee: FEE, recipient: trader.address, deadline: MaxUint256, amountIn: one }
    const wish = { ...params, amountOutMinimum: quoted, sqrtPriceLimitX96: 0 }
    const { Swap } = await events(router.exactInputSingle(wish), pool)
    expect(Swap?.[0]?.amount1).toBe(-quoted)
    expect(await tokens[1]!.balanceOf(trader.address)).toBe(quoted)
    expect((await pool.slot0()).tick).toBeLessThan(0n)
    expect(await refusal(router.exactInputSingle(wish))).toBe("Too little received")
  })

  it("pays FIL in, through a multicall that gives the rest back", async () => {
    const weth = await router.WETH9()
    const [a, b] = [weth, tokens[0]!.target].sort((x, y) => (x.toLowerCase() < y.toLowerCase() ? -1 : 1))
    await (await positions.createAndInitializePoolIfNecessary(a, b, FEE, 2n ** 96n)).wait()
    const mint = positions.interface.encodeFunctionData("mint", [
      {
        ...{ token0: a, token1: b, fee: FEE, tickLower: LOWER, tickUpper: UPPER, amount0Min: 0, amount1Min: 0 },
        ...{ amount0Desired: 10n * one, amount1Desired: 10n * one, recipient: owner.address, deadline: MaxUint256 },
      },
    ])
    const refund = positions.interface.encodeFunctionData("refundETH")
    await (await positions.multicall([mint, refund], { value: 15n * one })).wait()
    expect(await provider.getBalance(positions.target)).toBe(0n)
  })

  it("collects the fees of a swap, and burns the position", async () => {
    const collect = { tokenId: position, recipient: trader.address, amount0Max: MOST, amount1Max: MOST }
    const before = await tokens[0]!.balanceOf(trader.address)
    const { Collect } = await events(positions.collect(collect), positions)
    // 0.3 % of what was swapped in, rounded down.
    expect(Collect?.[0]?.amount0).toBe((one * 3n) / 1000n - 1n)
    expect((await tokens[0]!.balanceOf(trader.address)) - before).toBe((one * 3n) / 1000n - 1n)
    const { liquidity } = await positions.positions(position)
    const less = { tokenId: position, liquidity, amount0Min: 0, amount1Min: 0, deadline: MaxUint256 }
    await (await positions.decreaseLiquidity(less)).wait()
    await (await positions.collect(collect)).wait()
    await (await positions.burn(position)).wait()
    expect(await refusal(positions.ownerOf(position))).toMatch(/nonexistent token/)
  })
})
