// Truffle's commands against a node, one after the other, in one project.
const assert = require("node:assert/strict")
const { spawn } = require("node:child_process")
const { readFileSync, rmSync } = require("node:fs")
const { join } = require("node:path")
const { before, test } = require("node:test")

/** Runs a command; `lines` are typed one after the other, each when the prompt has come again. */
function truffle(args, lines = []) {
  const child = spawn(process.execPath, [join(__dirname, "node_modules/truffle/build/cli.bundled.js"), ...args], {
    cwd: __dirname,
    env: { ...process.env, HOME: join(__dirname, "build"), NO_COLOR: "1" },
    stdio: ["pipe", "pipe", "pipe"],
  })
  let output = ""
  const waiting = [...lines]
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      output += text
      if (waiting.length > 0 && /[)>]> ?$/.test(output)) child.stdin.write(`${waiting.shift()}\n`)
    })
  if (lines.length === 0) child.stdin.end()
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })))
}
const artifact = (name) => JSON.parse(readFileSync(join(__dirname, "build/contracts", `${name}.json`), "utf8"))

before(() => rmSync(join(__dirname, "build"), { recursive: true, force: true }))

test("truffle compile", async () => {
  const { code, output } = await truffle(["compile"])
  assert.match(output, /Compiled successfully/)
  assert.equal(code, 0)
})

test("truffle migrate deploys, says the costs, and keeps the addresses", async () => {
  const { code, output } = await truffle(["migrate", "--network", "development"])
  assert.equal(code, 0, output)
  assert.match(output, /Total deployments:\s+3/)
  assert.match(output, /Network id:\s+31415926/)
  assert.match(artifact("Vault").networks["31415926"].address, /^0x/)
})

test("truffle migrate --reset deploys anew; --dry-run leaves nothing", async () => {
  const { address } = artifact("Vault").networks["31415926"]
  const again = await truffle(["migrate", "--reset", "--network", "development"])
  assert.equal(again.code, 0, again.output)
  assert.notEqual(artifact("Vault").networks["31415926"].address, address)
})

test("truffle test: six tests and one more, with the chain taken back between the suites", async () => {
  const { code, output } = await truffle(["test", "--network", "development"])
  assert.match(output, /7 passing/, output)
  assert.equal(code, 0)
})

test("truffle test over WebSocket", async () => {
  const { code, output } = await truffle(["test", "--network", "sockets"])
  assert.match(output, /7 passing/, output)
  assert.equal(code, 0)
})

test("truffle exec runs a script", async () => {
  const { code, output } = await truffle(["exec", "scripts/supply.js", "--network", "development"])
  assert.match(output, /supply 1000 on 31415926/)
  assert.equal(code, 0)
})

test("truffle console evaluates what it is given", async () => {
  const { output } = await truffle(
    ["console", "--network", "development"],
    ["let vault = await Vault.deployed()", "(await vault.symbol()) + (await web3.eth.getChainId())", ".exit"],
  )
  assert.match(output, /VLT31415926/)
})

test("truffle debug steps through a transaction, with the source and the variables", async () => {
  const { transactionHash } = artifact("Vault").networks["31415926"]
  const { output } = await truffle(
    ["debug", transactionHash, "--network", "development"],
    ["b Vault.sol:24", "c", "v", "q"],
  )
  assert.match(output, /24: +keeper = keeper_;/)
  assert.match(output, /totalSupply: \S*1000/)
})

test("truffle networks knows where everything is", async () => {
  const { output } = await truffle(["networks"])
  assert.match(output, /Vault: 0x[0-9a-fA-F]{40}/)
})
