import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { network } from "hardhat"
import { concat, getAddress, keccak256, pad, toHex } from "viem"
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts"

const { viem, networkHelpers, provider } = await network.create("fevm")
const { time } = networkHelpers
const fresh = () => privateKeyToAccount(generatePrivateKey()).address
const reader = await viem.getPublicClient()
const [owner, alice] = await viem.getWalletClients()

async function deploy() {
  return { vault: await viem.deployContract("Vault", [1000n, owner.account.address]) }
}

describe("Hardhat 3's network helpers", () => {
  it("loadFixture, takeSnapshot, restore, clearSnapshots", async () => {
    const { vault } = await networkHelpers.loadFixture(deploy)
    await vault.write.transfer([alice.account.address, 5n])
    const again = await networkHelpers.loadFixture(deploy)
    assert.equal(again.vault.address, vault.address)
    assert.equal(await again.vault.read.balanceOf([alice.account.address]), 0n)
    const snapshot = await networkHelpers.takeSnapshot()
    for (const amount of [1n, 2n]) {
      await vault.write.transfer([alice.account.address, amount])
      assert.equal(await vault.read.balanceOf([alice.account.address]), amount)
      await snapshot.restore()
    }
    networkHelpers.clearSnapshots()
    await networkHelpers.loadFixture(deploy)
  })

  it("time, mine, mineUpTo", async () => {
    const before = await time.latest()
    assert.ok((await time.increase(time.duration.hours(1))) >= before + 3600)
    const target = (await time.latest()) + 500
    await time.increaseTo(target)
    assert.equal(await time.latest(), target)
    await time.setNextBlockTimestamp(target + 100)
    await networkHelpers.mine()
    assert.equal(await time.latest(), target + 100)
    const height = await time.latestBlock()
    await networkHelpers.mine(5, { interval: 60 })
    await networkHelpers.mineUpTo(height + 9)
    assert.equal(await time.latestBlock(), height + 9)
  })

  it("setBalance, setNonce, setCode, setStorageAt, getStorageAt", async () => {
    const { vault } = await networkHelpers.loadFixture(deploy)
    const address = fresh()
    await networkHelpers.setBalance(address, 77n)
    assert.equal(await reader.getBalance({ address }), 77n)
    await networkHelpers.setNonce(address, 5)
    assert.equal(await reader.getTransactionCount({ address }), 5)
    await networkHelpers.setCode(address, (await reader.getCode({ address: vault.address }))!)
    const copy = await viem.getContractAt("Vault", address)
    const slot = keccak256(concat([pad(owner.account.address), toHex(1, { size: 32 })]))
    await networkHelpers.setStorageAt(address, slot, 12n)
    assert.equal(await copy.read.balanceOf([owner.account.address]), 12n)
    assert.equal(BigInt(await networkHelpers.getStorageAt(address, slot)), 12n)
  })

  it("impersonateAccount, stopImpersonatingAccount", async () => {
    const address = fresh()
    await networkHelpers.impersonateAccount(address)
    await networkHelpers.setBalance(address, 10n ** 18n)
    const played = await viem.getWalletClient(address)
    const hash = await played.sendTransaction({ to: alice.account.address, value: 1n })
    assert.equal(getAddress((await reader.getTransaction({ hash })).from), address)
    await networkHelpers.stopImpersonatingAccount(address)
    await assert.rejects(played.sendTransaction({ to: alice.account.address, value: 1n }), /unknown account/)
  })

  it("dropTransaction", async () => {
    await provider.request({ method: "evm_setAutomine", params: [false] })
    const hash = await owner.sendTransaction({ to: alice.account.address, value: 1n })
    assert.equal(await networkHelpers.dropTransaction(hash), true)
    await provider.request({ method: "evm_setAutomine", params: [true] })
    await assert.rejects(reader.getTransaction({ hash }), /could not be found/)
  })

  it("setNextBlockBaseFeePerGas, setPrevRandao, setCoinbase, setBlockGasLimit", async () => {
    const { vault } = await networkHelpers.loadFixture(deploy)
    await networkHelpers.setNextBlockBaseFeePerGas(7_000n)
    await networkHelpers.mine()
    assert.equal((await reader.getBlock()).baseFeePerGas, 7_000n)
    await networkHelpers.setPrevRandao(5)
    await networkHelpers.mine()
    assert.notEqual(await vault.read.randao(), 0n)
    await networkHelpers.setCoinbase(alice.account.address)
    await networkHelpers.setBlockGasLimit(60_000_000)
    await assert.rejects(owner.sendTransaction({ to: owner.account.address, gas: 60_000_001n }), /gas limit/)
    await networkHelpers.setBlockGasLimit(10_000_000_000n)
  })
})
