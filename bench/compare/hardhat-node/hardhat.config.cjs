// Nothing but Hardhat's own node, with its default accounts and automine.
module.exports = { solidity: "0.8.30" }
