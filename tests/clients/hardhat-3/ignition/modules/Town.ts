import { buildModule } from "@nomicfoundation/hardhat-ignition/modules"

/** A library, two contracts, calls in an order, an event read back. */
export default buildModule("Town", (m) => {
  const names = m.library("Names")
  const vault = m.contract("Vault", [m.getParameter("supply", 1_000n), m.getAccount(0)])
  const registry = m.contract("Registry", [], { libraries: { Names: names } })
  const named = m.call(registry, "set", ["vault", vault])
  const what = m.readEventArgument(named, "Named", "what", { emitter: registry })
  const same = m.contractAt("Vault", what, { id: "VaultAgain" })
  m.call(vault, "transfer", [registry, 7n], { after: [named] })
  return { registry, vault, same }
})
