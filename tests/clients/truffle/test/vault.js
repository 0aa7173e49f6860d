const Registry = artifacts.require("Registry")
const Vault = artifacts.require("Vault")

const failure = (promise) =>
  promise.then(
    () => assert.fail("did not fail"),
    (error) => error,
  )

contract("Vault", (accounts) => {
  const [owner, alice] = accounts

  it("was deployed by the migration", async () => {
    const [vault, registry] = [await Vault.deployed(), await Registry.deployed()]
    assert.equal(await registry.get("vault"), vault.address)
    assert.equal(await web3.eth.getBalance(vault.address), "5")
    assert.equal((await vault.balanceOf(owner)).toNumber(), 1000)
  })

  it("transfers, with logs in the result and gas in the receipt", async () => {
    const vault = await Vault.deployed()
    const { logs, receipt, tx } = await vault.transfer(alice, 40)
    assert.equal(logs[0].event, "Transfer")
    assert.equal(logs[0].args.value.toString(), "40")
    assert.equal(receipt.status, true)
    assert.isAbove(receipt.gasUsed, 1_000_000)
    const block = await web3.eth.getBlock(receipt.blockNumber, true)
    assert.deepEqual(
      block.transactions.map(({ hash }) => hash),
      [tx],
    )
    assert.equal((await vault.balanceOf(alice)).toNumber(), 40)
  })

  it("tells the reason of a revert and a custom error", async () => {
    const vault = await Vault.deployed()
    const refused = await failure(vault.setKeeper(alice, { from: alice }))
    assert.match(refused.message, /not the keeper/)
    const call = await failure(vault.transfer.call(alice, 5000))
    assert.match(call.message, /revert/)
    const estimate = await failure(vault.setKeeper.estimateGas(alice, { from: alice }))
    assert.match(estimate.message, /not the keeper/)
  })

  it("finds past events", async () => {
    const vault = await Vault.deployed()
    const events = await vault.getPastEvents("Transfer", { fromBlock: 0, filter: { to: alice } })
    assert.deepEqual(
      events.map(({ returnValues }) => returnValues.value),
      ["40"],
    )
  })

  it("makes contracts of its own", async () => {
    const vault = await Vault.new(7, alice, { from: alice })
    assert.equal((await vault.balanceOf(alice)).toString(), "7")
    const at = await Vault.at(vault.address)
    assert.equal(await at.keeper(), alice)
    const sent = await vault.send(9, { from: owner })
    assert.equal(sent.receipt.status, true)
    await vault.sendTransaction({ from: owner, value: 1 })
    assert.equal(await web3.eth.getBalance(vault.address), "10")
  })

  it("moves the clock by evm_increaseTime", async () => {
    const ask = (method, params = []) =>
      new Promise((resolve, reject) =>
        web3.currentProvider.send({ jsonrpc: "2.0", id: 1, method, params }, (error, answer) =>
          error || answer.error ? reject(error ?? answer.error) : resolve(answer.result),
        ),
      )
    const vault = await Vault.deployed()
    const { timestamp } = await web3.eth.getBlock("latest")
    await vault.lock(timestamp + 10_000, "until later", { from: alice })
    await failure(vault.transfer(owner, 1, { from: alice }))
    await ask("evm_increaseTime", [20_000])
    await ask("evm_mine")
    await vault.transfer(owner, 1, { from: alice })
    assert.equal((await vault.balanceOf(alice)).toNumber(), 39)
  })
})

contract("Vault, once more", ([owner, alice]) => {
  it("begins as the migration left it: the suite before was reverted", async () => {
    const vault = await Vault.deployed()
    assert.equal((await vault.balanceOf(owner)).toNumber(), 1000)
    assert.equal((await vault.balanceOf(alice)).toNumber(), 0)
  })
})
