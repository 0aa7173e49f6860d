const { buildModule } = require("@nomicfoundation/hardhat-ignition/modules")
const Town = require("./Town")

/** The town of the first deployment, and a second vault that it did not have. */
module.exports = buildModule("Grown", (m) => {
  const { registry } = m.useModule(Town)
  const second = m.contract("Vault", [1n, m.getAccount(1)], { id: "Second" })
  m.call(registry, "set", ["second", second])
  return { registry, second }
})
