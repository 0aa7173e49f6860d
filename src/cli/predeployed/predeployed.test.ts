import { keccak_256 } from "@noble/hashes/sha3.js"
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import { getContractAddress } from "viem"
import { expect, test } from "vitest"
import { type FevmNode, startNode } from "../start-node.ts"

const DEPLOYER = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
const MULTICALL = "0xcA11bde05977b3631167028862bE2a173976CA11"
/** Returns 42: `602a5f5260205ff3`, and the init code that deploys it. */
const RUNTIME = "602a5f5260205ff3"
const INIT = `67${RUNTIME}5f5260086018f3`
const SALT = "11".repeat(32)

const asker =
  (node: FevmNode) =>
  <T>(method: string, ...params: unknown[]): Promise<T> =>
    node.provider.request({ method, params }) as Promise<T>

for (const [bundle, file] of [
  ["the embedded bundle", undefined],
  ["the official bundle", process.env.FEVM_BUNDLE?.split(":")[0]],
] as const) {
  test.skipIf(bundle === "the official bundle" && file === undefined)(
    `the CREATE2 deployer and Multicall3 are there from the beginning and work on ${bundle}`,
    async () => {
      const node = await startNode({ port: false, ...(file !== undefined && { bundles: [file] }) })
      try {
        const ask = asker(node)
        const code = await ask<string>("eth_getCode", DEPLOYER, "latest")
        // The hash that Foundry compares. Source: foundry crates/common (DEFAULT_CREATE2_DEPLOYER_CODEHASH)
        expect(bytesToHex(keccak_256(hexToBytes(code.slice(2))))).toBe(
          "2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989",
        )
        const [from] = await ask<string[]>("eth_accounts")
        await ask("eth_sendTransaction", { from, to: DEPLOYER, data: `0x${SALT}${INIT}` })
        const made = getContractAddress({ opcode: "CREATE2", from: DEPLOYER, salt: `0x${SALT}`, bytecode: `0x${INIT}` })
        expect(await ask("eth_getCode", made, "latest")).toBe(`0x${RUNTIME}`)

        // getChainId() of Multicall3, and aggregate3 of one call of the new contract.
        expect(BigInt(await ask<string>("eth_call", { to: MULTICALL, data: "0x3408e470" }, "latest"))).toBe(31_415_926n)
        const word = (value: string | number): string => BigInt(value).toString(16).padStart(64, "0")
        const call = [32, 1, 32, made, 1, 96, 0].map(word).join("")
        const answer = await ask<string>("eth_call", { to: MULTICALL, data: `0x82ad56cb${call}` }, "latest")
        expect(answer).toBe(`0x${[32, 1, 32, 1, 64, 32, 42].map(word).join("")}`)
      } finally {
        await node.close()
      }
    },
  )
}

test("a contract that is not wanted is not there, and its address is free", async () => {
  const node = await startNode({ port: false, predeployed: ["multicall3"] })
  try {
    const ask = asker(node)
    expect(await ask("eth_getCode", DEPLOYER, "latest")).toBe("0x")
    expect(await ask<string>("eth_getCode", MULTICALL, "latest")).not.toBe("0x")
  } finally {
    await node.close()
  }
})
