const { ethers } = require("hardhat")

async function main() {
  const [owner] = await ethers.getSigners()
  const vault = await ethers.deployContract("Vault", [100n, owner])
  await vault.waitForDeployment()
  console.log(`Vault at ${await vault.getAddress()}, supply ${await vault.totalSupply()}`)
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
