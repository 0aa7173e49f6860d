const Names = artifacts.require("Names")
const Registry = artifacts.require("Registry")
const Vault = artifacts.require("Vault")

module.exports = async (deployer, _network, accounts) => {
  await deployer.deploy(Vault, 1000, accounts[0], { value: 5 })
  await deployer.deploy(Names)
  await deployer.link(Names, Registry)
  await deployer.deploy(Registry)
  const registry = await Registry.deployed()
  await registry.set("vault", Vault.address)
}
