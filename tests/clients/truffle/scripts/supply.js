const Vault = artifacts.require("Vault")

module.exports = async (done) => {
  try {
    const vault = await Vault.deployed()
    console.log(`supply ${await vault.totalSupply()} on ${await web3.eth.net.getId()}`)
    done()
  } catch (error) {
    done(error)
  }
}
