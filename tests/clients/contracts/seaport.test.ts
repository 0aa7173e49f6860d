import { createRequire } from "node:module"
import { ethers, parseEther } from "ethers"
import { beforeAll, describe, expect, it } from "vitest"
import { type Any, type Artifact, deploy, fresh, provider, refusal, wallet } from "./support.ts"

const require = createRequire(import.meta.url)
const { Seaport } = require("@opensea/seaport-js")
const factories = "./node_modules/@opensea/seaport-js/lib/typechain-types/factories"
const published = (path: string): Artifact => {
  const [made] = Object.values(require(`${factories}/${path}__factory.js`)) as [Artifact]
  return made
}
const { ItemType } = require("@opensea/seaport-js/lib/constants")

const deployer = wallet(0)
const seller = wallet(5)
const buyer = wallet(6)
const one = parseEther("1")

let contract: Any
let nft: Any
let coins: Any
/** seaport-js, as a shop uses it. */
const library = (signer: unknown) => new Seaport(signer, { overrides: { contractAddress: contract.target } })

describe("Seaport, by seaport-js", () => {
  beforeAll(async () => {
    const controller = await deploy(
      published("seaport/contracts/conduit/ConduitController.sol/LocalConduitController"),
      deployer,
    )
    contract = await deploy(published("seaport/contracts/Seaport"), deployer, controller.target)
    nft = await deploy(published("src/contracts/test/TestERC721"), deployer)
    coins = await deploy(published("src/contracts/test/TestERC20"), deployer)
    for (const id of [1, 2, 3]) await (await nft.mint(seller.address, id)).wait()
    await (await coins.mint(buyer.address, 100n * one)).wait()
  }, 120_000)

  it("has nearly as much code as a contract may have", async () => {
    const size = ((await provider.getCode(contract.target)).length - 2) / 2
    expect(size).toBeGreaterThan(23_000)
    expect(size).toBeLessThanOrEqual(24_576)
    const { version } = await contract.information()
    expect(version).toBe("1.6")
  })

  it("sells a token for FIL, with a fee for a third", async () => {
    const fee = fresh()
    const { executeAllActions } = await library(seller).createOrder({
      offer: [{ itemType: ItemType.ERC721, token: nft.target, identifier: "1" }],
      consideration: [{ amount: `${10n * one}`, recipient: seller.address }],
      fees: [{ recipient: fee, basisPoints: 250 }],
    })
    // Approves, and signs.
    const order = await executeAllActions()
    const before = await provider.getBalance(seller.address)
    const fulfilled = await library(buyer).fulfillOrder({ order, accountAddress: buyer.address })
    const transaction = await fulfilled.executeAllActions()
    expect((await transaction.wait()).status).toBe(1)
    expect(await nft.ownerOf(1)).toBe(buyer.address)
    expect(await provider.getBalance(fee)).toBe(one / 4n)
    expect((await provider.getBalance(seller.address)) - before).toBe(10n * one - one / 4n)
    const status = await contract.getOrderStatus(await contract.getOrderHash({ ...order.parameters, counter: 0 }))
    expect([status.isValidated, status.isCancelled, status.totalFilled]).toEqual([true, false, 1n])
  })

  it("sells two tokens for an ERC-20, on the long way", async () => {
    const { executeAllActions } = await library(seller).createOrder({
      offer: [2, 3].map((id) => ({ itemType: ItemType.ERC721, token: nft.target, identifier: `${id}` })),
      consideration: [{ token: coins.target, amount: `${7n * one}`, recipient: seller.address }],
    })
    const order = await executeAllActions()
    const transaction = await (
      await library(buyer).fulfillOrder({ order, accountAddress: buyer.address })
    ).executeAllActions()
    expect((await transaction.wait()).status).toBe(1)
    expect([await nft.ownerOf(2), await nft.ownerOf(3)]).toEqual([buyer.address, buyer.address])
    expect(await coins.balanceOf(seller.address)).toBe(7n * one)
  })

  it("cancels", async () => {
    await (await nft.mint(seller.address, 9)).wait()
    const { executeAllActions } = await library(seller).createOrder({
      offer: [{ itemType: ItemType.ERC721, token: nft.target, identifier: "9" }],
      consideration: [{ amount: `${one}`, recipient: seller.address }],
    })
    const order = await executeAllActions()
    await (await library(seller).cancelOrders([order.parameters], seller.address).transact()).wait()
    expect(ethers.isHexString(order.signature)).toBe(true)
    expect(
      await refusal((contract.connect(buyer) as Any).fulfillOrder(order, ethers.ZeroHash, { value: one }), contract),
    ).toBe("OrderIsCancelled")
  })
})
