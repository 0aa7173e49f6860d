require("@nomicfoundation/hardhat-toolbox")
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require("hardhat/builtin-tasks/task-names")
const { subtask } = require("hardhat/config")

const VERSION = "0.8.28"

// The compiler of the npm package, so that nothing is downloaded while the tests run.
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async () => ({
  compilerPath: require.resolve("solc/soljson.js"),
  isSolcJs: true,
  version: VERSION,
  longVersion: require("solc").version(),
}))

/** @type import("hardhat/config").HardhatUserConfig */
module.exports = {
  solidity: { version: VERSION, settings: { evmVersion: "cancun", optimizer: { enabled: true, runs: 200 } } },
  defaultNetwork: "localhost",
  networks: { localhost: { url: process.env.FEVM_URL ?? "http://127.0.0.1:8545" } },
  mocha: { timeout: 120_000 },
}
