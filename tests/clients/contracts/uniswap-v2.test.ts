import { MaxUint256, parseEther, Signature } from "ethers"
import { beforeAll, describe, expect, it } from "vitest"
import { CHAIN_ID } from "../support/node.ts"
import { type Any, artifact, at, deploy, events, provider, refusal, wallet } from "./support.ts"

const one = parseEther("1")
const owner = wallet(0)
const trader = wallet(1)
const pairOf = artifact("@uniswap/v2-core/build/UniswapV2Pair")

let weth: Any
let factory: Any
let router: Any
let [red, blue]: Any[] = []
let pair: Any

describe("Uniswap v2", () => {
  beforeAll(async () => {
    const token = artifact("@uniswap/v2-periphery/build/ERC20")
    weth = await deploy(artifact("canonical-weth/build/contracts/WETH9"), owner)
    factory = await deploy(artifact("@uniswap/v2-core/build/UniswapV2Factory"), owner, owner.address)
    router = await deploy(artifact("@uniswap/v2-periphery/build/UniswapV2Router02"), owner, factory.target, weth.target)
    red = await deploy(token, owner, 1000n * one)
    blue = await deploy(token, owner, 1000n * one)
    for (const each of [red!, blue!]) await (await each.approve(router.target, MaxUint256)).wait()
  })

  it("makes a pair at the address that its library computes, and takes liquidity", async () => {
    const sent = router.addLiquidity(red!.target, blue!.target, 100n * one, 400n * one, 0, 0, owner.address, MaxUint256)
    const { PairCreated } = await events(sent, factory)
    pair = at(await factory.getPair(red!.target, blue!.target), pairOf, owner)
    expect(PairCreated?.[0]?.pair).toBe(pair.target)
    const [first, second] = await pair.getReserves()
    expect([first, second].sort()).toEqual([100n * one, 400n * one].sort())
    // The square root of the product, less what is locked for ever.
    expect(await pair.balanceOf(owner.address)).toBe(200n * one - 1000n)
  })

  it("swaps exactly what its formula says", async () => {
    const [, promised] = await router.getAmountsOut(one, [red!.target, blue!.target])
    expect(promised).toBe((one * 997n * 400n * one) / (100n * one * 1000n + one * 997n))
    const before = await blue!.balanceOf(trader.address)
    const sent = router.swapExactTokensForTokens(one, promised, [red!.target, blue!.target], trader.address, MaxUint256)
    const { Swap, Sync } = await events(sent, pair)
    expect(Swap?.[0]?.to).toBe(trader.address)
    expect(Sync).toHaveLength(1)
    expect((await blue!.balanceOf(trader.address)) - before).toBe(promised)
    const greedy = router.swapExactTokensForTokens(
      one,
      promised,
      [red!.target, blue!.target],
      trader.address,
      MaxUint256,
    )
    expect(await refusal(greedy)).toBe("UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT")
    expect(await refusal(router.swapExactTokensForTokens(one, 0, [red!.target, blue!.target], trader.address, 1))).toBe(
      "UniswapV2Router: EXPIRED",
    )
  })

  it("swaps FIL by way of WETH9, and back", async () => {
    await (
      await router.addLiquidityETH(red!.target, 50n * one, 0, 0, owner.address, MaxUint256, { value: 10n * one })
    ).wait()
    const buy = router.connect(trader) as Any
    await (
      await buy.swapExactETHForTokens(0, [weth.target, red!.target], trader.address, MaxUint256, { value: one })
    ).wait()
    const bought = await red!.balanceOf(trader.address)
    expect(bought).toBe((one * 997n * 50n * one) / (10n * one * 1000n + one * 997n))
    await (await (red!.connect(trader) as Any).approve(router.target, MaxUint256)).wait()
    const path = [red!.target, blue!.target]
    await (await buy.swapExactTokensForTokens(bought / 2n, 0, path, trader.address, MaxUint256)).wait()
    const before = await provider.getBalance(trader.address)
    const back = [red!.target, weth.target]
    await (await buy.swapExactTokensForETH(bought - bought / 2n, 0, back, trader.address, MaxUint256)).wait()
    expect(await provider.getBalance(trader.address)).toBeGreaterThan(before)
    expect(await red!.balanceOf(trader.address)).toBe(0n)
  })

  it("takes liquidity out by a signature (EIP-2612), whose domain has the chain id", async () => {
    const liquidity: bigint = await pair.balanceOf(owner.address)
    const domain = { name: "Uniswap V2", version: "1", chainId: CHAIN_ID, verifyingContract: `${pair.target}` }
    const types = {
      Permit: ["address owner", "address spender", "uint256 value", "uint256 nonce", "uint256 deadline"].map(
        (field) => {
          const [type, name] = field.split(" ")
          return { type: type!, name: name! }
        },
      ),
    }
    const value = { owner: owner.address, spender: router.target, value: liquidity, nonce: 0, deadline: MaxUint256 }
    const { v, r, s } = Signature.from(await owner.signTypedData(domain, types, value))
    const sent = router.removeLiquidityWithPermit(
      ...[red!.target, blue!.target, liquidity, 0, 0, owner.address, MaxUint256, false, v, r, s],
    )
    const { Burn } = await events(sent, pair)
    expect(Burn?.[0]?.to).toBe(owner.address)
    expect(await pair.balanceOf(owner.address)).toBe(0n)
    expect(await pair.totalSupply()).toBe(1000n)
  })
})
