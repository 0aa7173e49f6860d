// Remix' own debugger (remix-debug) before a node.
import assert from "node:assert/strict"
import { createRequire } from "node:module"
import { before, test } from "node:test"

const require = createRequire(import.meta.url)
const { EthDebugger } = require("remix-debug")
const { init } = require("remix-lib")
const solc = require("solc")

const SOURCE = `pragma solidity ^0.5.0;

contract Shop {
    uint256 public sold = 7;
    mapping(address => uint256) public owed;

    function sell(uint256 count) public returns (uint256 left) {
        uint256 price = count * 3;
        sold = sold + count;
        owed[msg.sender] += price;
        require(count != 13, "unlucky");
        left = 100 - sold;
    }
}
`
const lineOf = (text) => SOURCE.slice(0, SOURCE.indexOf(text)).split("\n").length

let web3
let account
let compiled
let shop

before(async () => {
  web3 = init.loadWeb3(process.env.FEVM_URL ?? "http://127.0.0.1:8545")
  account = (await web3.eth.getAccounts())[0]
  compiled = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: "Solidity",
        sources: { "shop.sol": { content: SOURCE } },
        settings: {
          outputSelection: { "*": { "": ["legacyAST"], "*": ["abi", "evm.bytecode", "evm.deployedBytecode"] } },
        },
      }),
    ),
  )
  const { abi, evm } = compiled.contracts["shop.sol"].Shop
  shop = await new web3.eth.Contract(abi)
    .deploy({ data: `0x${evm.bytecode.object}` })
    .send({ from: account, gas: 100_000_000 })
})

/** Sends a sale, with gas of its own so that a failure too gets into a block. @returns What Remix' debugger makes of it. */
async function debugSale(count) {
  const data = shop.methods.sell(count).encodeABI()
  await web3.eth
    .sendTransaction({ from: account, to: shop.options.address, data, gas: 100_000_000 })
    .catch(() => undefined)
  const block = await web3.eth.getBlock("latest", true)
  const tx = block.transactions[0]
  const remix = new EthDebugger({ web3, compilationResult: async () => ({ data: compiled }) })
  // The call tree reports when it has looked at every step; scopes and variables come from it.
  const ready = new Promise((resolve, reject) => {
    remix.callTree.event.register("callTreeReady", resolve)
    remix.callTree.event.register("callTreeNotReady", reject)
  })
  remix.debug(tx)
  await ready
  return { remix, tx, length: await call((done) => remix.traceManager.getLength(done)) }
}

const call = (run) =>
  new Promise((resolve, reject) => run((error, result) => (error ? reject(error) : resolve(result))))

async function lineAt(remix, tx, step) {
  const { start } = await call((done) => remix.sourceLocationFromVMTraceIndex(tx.to, step, done))
  return SOURCE.slice(0, start).split("\n").length
}

test("Remix steps through a transaction and shows the line of each step", async () => {
  const { remix, tx, length } = await debugSale(5)
  const lines = []
  for (let step = 0; step < length; step++) {
    const line = await lineAt(remix, tx, step)
    if (lines.at(-1) !== line) lines.push(line)
  }
  const wanted = ["uint256 price", "sold = sold + count", "owed[msg.sender] +=", "require(", "left = 100"].map(lineOf)
  let at = -1
  for (const line of wanted) {
    at = lines.indexOf(line, at + 1)
    assert.ok(at >= 0, `line ${line} in ${lines}`)
  }
})

test("Remix shows where a transaction was reverted", async () => {
  const { remix, tx, length } = await debugSale(13)
  assert.equal(remix.traceManager.trace[length - 1].op, "REVERT")
  assert.equal(await lineAt(remix, tx, length - 1), lineOf("require("))
})

test("Remix shows state and local variables at a step, storage before the transaction included", async () => {
  const { remix, tx, length } = await debugSale(4)
  const stateVars = await call((done) => remix.extractStateAt(0, done))
  const before = await call((done) => remix.decodeStateAt(0, stateVars, done))
  const after = await call((done) => remix.decodeStateAt(length - 1, stateVars, done))
  assert.equal(before.sold.value, "12")
  assert.equal(after.sold.value, "16")
  let step = length - 1
  while ((await lineAt(remix, tx, step)) !== lineOf("left = 100")) step--
  const location = await call((done) => remix.sourceLocationFromVMTraceIndex(tx.to, step, done))
  const locals = await call((done) => remix.decodeLocalsAt(step, location, done))
  assert.equal(locals.count.value, "4")
  assert.equal(locals.price.value, "12")
})
