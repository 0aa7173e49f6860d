const { buildModule } = require("@nomicfoundation/hardhat-ignition/modules")

const Vaults = buildModule("Vaults", (m) => {
  const supply = m.getParameter("supply", 1_000n)
  const vault = m.contract("Vault", [supply, m.getAccount(0)], { value: 5n })
  return { vault }
})

/** A library, two contracts, calls in an order, an event read back, a static call, a plain transfer. */
module.exports = buildModule("Town", (m) => {
  const names = m.library("Names")
  const { vault } = m.useModule(Vaults)
  const registry = m.contract("Registry", [], { libraries: { Names: names } })
  const named = m.call(registry, "set", ["vault", vault])
  const what = m.readEventArgument(named, "Named", "what", { emitter: registry })
  const paid = m.call(vault, "transfer", [registry, 7n], { after: [named] })
  const keeper = m.staticCall(vault, "keeper", [], 0, { after: [paid] })
  const same = m.contractAt("Vault", what, { id: "VaultAgain" })
  m.call(registry, "hand", [keeper], { after: [paid] })
  m.send("Gift", vault, 3n)
  return { registry, vault, same }
})
