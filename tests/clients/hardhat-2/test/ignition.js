const { spawn } = require("node:child_process")
const { existsSync, readFileSync, rmSync } = require("node:fs")
const { join } = require("node:path")
const { mine } = require("@nomicfoundation/hardhat-toolbox/network-helpers")
const { expect } = require("chai")
const hre = require("hardhat")
const Town = require("../ignition/modules/Town")

const root = join(__dirname, "..")
const folder = (id) => join(root, "ignition", "deployments", id)
const journalOf = (id) => {
  const file = join(folder(id), "journal.jsonl")
  if (!existsSync(file)) return []
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
}

function hardhat(...args) {
  const child = spawn(process.execPath, [require.resolve("hardhat/internal/cli/bootstrap"), ...args], {
    cwd: root,
    env: {
      ...process.env,
      HARDHAT_DISABLE_TELEMETRY_PROMPT: "true",
      HARDHAT_IGNITION_CONFIRM_DEPLOYMENT: "false",
      HARDHAT_IGNITION_CONFIRM_RESET: "false",
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let output = ""
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text))
  const ended = new Promise((resolve) => child.on("close", (code) => resolve({ code, output })))
  return { child, ended }
}
const ignite = (module, id, ...more) =>
  hardhat(
    "ignition",
    "deploy",
    `ignition/modules/${module}.js`,
    "--network",
    "localhost",
    "--deployment-id",
    id,
    ...more,
  )
const automine = (on) => hre.network.provider.send("evm_setAutomine", [on])

describe("Ignition", () => {
  const ids = ["in-a-test", "town", "broken-off"]
  const clear = () => {
    for (const id of ids) rmSync(folder(id), { recursive: true, force: true })
  }
  before(clear)
  after(clear)

  it("deploys a module in a test", async () => {
    const { registry, vault, same } = await hre.ignition.deploy(Town, {
      parameters: { Vaults: { supply: 500n } },
      deploymentId: "in-a-test",
    })
    expect(await vault.totalSupply()).to.equal(500)
    expect(await registry.get("vault")).to.equal(await vault.getAddress())
    expect(await same.getAddress()).to.equal(await vault.getAddress())
    expect(await vault.balanceOf(registry)).to.equal(7)
    expect(await hre.ethers.provider.getBalance(vault)).to.equal(8)
  })

  it("deploys by the command, keeps a journal, has nothing to do the second time, and grows", async () => {
    const first = await ignite("Town", "town").ended
    expect(first.output).to.match(/successfully deployed/)
    expect(first.code).to.equal(0)
    const journal = journalOf("town")
    const ended = journal.filter(({ type }) => /EXECUTION_STATE_COMPLETE$/.test(type))
    expect(ended.every(({ result }) => result.type === "SUCCESS")).to.equal(true)
    expect(journal.filter(({ type }) => type === "TRANSACTION_CONFIRM")).to.have.length(7)
    const addresses = JSON.parse(readFileSync(join(folder("town"), "deployed_addresses.json"), "utf8"))
    for (const address of Object.values(addresses))
      expect((await hre.ethers.provider.getCode(address)).length).to.be.above(4)

    const height = await hre.ethers.provider.getBlockNumber()
    const again = await ignite("Town", "town").ended
    expect(again.output).to.match(/Nothing new to deploy/)
    expect(await hre.ethers.provider.getBlockNumber()).to.equal(height)

    const grown = await ignite("Grown", "town").ended
    expect(grown.output).to.match(/successfully deployed|failed/)
    const registry = await hre.ethers.getContractAt("Registry", addresses["Town#Registry"])
    const second = JSON.parse(readFileSync(join(folder("town"), "deployed_addresses.json"), "utf8"))["Grown#Second"]
    expect(grown.code).to.equal(0)
    expect(await registry.get("second")).to.equal(second)
    const status = await hardhat("ignition", "status", "town").ended
    expect(status.output).to.match(/Town#Registry - 0x/)
  })

  it("goes on where it was broken off, with the transaction that was on its way", async () => {
    // Without automine Ignition waits until what the account sent before has five confirmations.
    await mine(6)
    await automine(false)
    try {
      const { child, ended } = ignite("Town", "broken-off")
      // The library and the vault go first, together. A transaction that was sent and not yet written down would be taken for another's.
      while (journalOf("broken-off").filter(({ type }) => type === "TRANSACTION_SEND").length < 2) {
        if (child.exitCode !== null) throw new Error((await ended).output)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      child.kill("SIGKILL")
      await ended
      await mine()
    } finally {
      await automine(true)
    }
    const { output, code } = await ignite("Town", "broken-off").ended
    expect(output).to.match(/successfully deployed/)
    expect(code).to.equal(0)
    const journal = journalOf("broken-off")
    expect(journal.filter(({ type }) => type === "TRANSACTION_CONFIRM")).to.have.length(7)
    // None of those that were on their way was sent again.
    expect(journal.filter(({ type }) => type === "TRANSACTION_SEND")).to.have.length(7)
  })

  it("begins anew with --reset on a chain that was reset", async () => {
    await hre.network.provider.send("hardhat_reset")
    const { output, code } = await ignite("Town", "town", "--reset").ended
    expect(output).to.match(/successfully deployed/)
    expect(code).to.equal(0)
    expect(await hre.ethers.provider.getBlockNumber()).to.equal(7)
  })

  it("a script that is run by `hardhat run`", async () => {
    const { output, code } = await hardhat("run", "scripts/deploy.js", "--network", "localhost").ended
    expect(output).to.match(/Vault at 0x[0-9a-fA-F]{40}, supply 100/)
    expect(code).to.equal(0)
  })
})
