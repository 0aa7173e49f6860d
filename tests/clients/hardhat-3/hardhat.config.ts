import { fileURLToPath } from "node:url"
import hardhatEthers from "@nomicfoundation/hardhat-ethers"
import hardhatToolboxViem from "@nomicfoundation/hardhat-toolbox-viem"
import { defineConfig } from "hardhat/config"

export default defineConfig({
  plugins: [hardhatToolboxViem, hardhatEthers],
  solidity: {
    version: "0.8.28",
    // The compiler of the npm package, so that nothing is downloaded while the tests run.
    path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
    settings: { evmVersion: "cancun", optimizer: { enabled: true, runs: 200 } },
  },
  networks: {
    fevm: { type: "http", chainType: "l1", url: process.env.FEVM_URL ?? "http://127.0.0.1:8545" },
    keyed: {
      type: "http",
      chainType: "generic",
      url: process.env.FEVM_URL ?? "http://127.0.0.1:8545",
      accounts: { mnemonic: "test test test test test test test test test test test junk", initialIndex: 3, count: 2 },
    },
  },
})
