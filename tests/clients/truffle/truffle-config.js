const { hostname, port } = new URL(process.env.FEVM_URL ?? "http://127.0.0.1:8545")

module.exports = {
  networks: {
    development: { host: hostname, port: Number(port), network_id: "*" },
    sockets: { host: hostname, port: Number(port), network_id: "*", websockets: true },
  },
  // The compiler of the npm package, so that nothing is downloaded.
  compilers: {
    solc: { version: `${__dirname}/node_modules/solc`, settings: { optimizer: { enabled: true, runs: 200 } } },
  },
}
