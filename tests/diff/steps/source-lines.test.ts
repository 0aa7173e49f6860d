import { Interface } from "ethers"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type FevmNode, startNode } from "../../../src/cli/start-node.ts"
import { type Compiled, compile, lineAt } from "./solidity.ts"

const SOURCE = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Vault {
    mapping(address => uint256) public balances;
    error TooPoor(uint256 has, uint256 wants);

    function deposit(uint256 amount) external {
        balances[msg.sender] += amount;
    }

    function take(uint256 amount) external {
        if (balances[msg.sender] < amount)
            revert TooPoor(balances[msg.sender], amount);
        balances[msg.sender] -= amount;
    }

    function check(uint256 amount) external pure returns (uint256) {
        require(amount != 13, "unlucky");
        return 100 / (amount - 5);
    }
}

contract Client {
    Vault public vault = new Vault();

    function run(uint256 amount) external returns (uint256) {
        vault.deposit(20);
        vault.take(amount);
        return vault.check(amount);
    }
}
`

const lineOf = (text: string): number => SOURCE.slice(0, SOURCE.indexOf(text)).split("\n").length

interface StructLog {
  readonly pc: number
  readonly op: string
  readonly depth: number
}

for (const [bundle, file] of [
  ["the embedded bundle", undefined],
  ["the official bundle", process.env.FEVM_BUNDLE?.split(":")[0]],
] as const) {
  describe.skipIf(bundle === "the official bundle" && file === undefined)(`on ${bundle}`, () => {
    let node: FevmNode
    let from: string
    let client: string
    let contracts: Record<string, Compiled>
    const request = <T>(method: string, ...params: unknown[]): Promise<T> =>
      node.provider.request({ method, params }) as Promise<T>

    beforeAll(async () => {
      contracts = compile(SOURCE)
      node = await startNode({ port: false, ...(file !== undefined && { bundles: [file] }) })
      from = (await request<string[]>("eth_accounts"))[0]!
      const hash = await request<string>("eth_sendTransaction", { from, data: contracts.Client!.bytecode })
      client = (await request<{ contractAddress: string }>("eth_getTransactionReceipt", hash)).contractAddress
    })
    afterAll(() => node.close())

    test.each([
      ["a custom error", 21n, "revert TooPoor"],
      ["a require", 13n, 'require(amount != 13, "unlucky")'],
      ["a subtraction that goes below zero", 2n, "return 100 / (amount - 5)"],
      ["a division by zero", 5n, "return 100 / (amount - 5)"],
    ])("struct logs lead a failed transaction to its line in the source: %s", async (_, amount, text) => {
      const abi = new Interface(contracts.Client!.abi as never)
      const data = abi.encodeFunctionData("run", [amount])
      // With a gas limit of its own it is sent although it will fail; the node may say so at once.
      await request("eth_sendTransaction", { from, to: client, gas: 100_000_000, data }).catch(() => undefined)
      const block = await request<{ transactions: string[] }>("eth_getBlockByNumber", "latest", false)
      const { failed, structLogs } = await request<{ failed: boolean; structLogs: StructLog[] }>(
        "debug_traceTransaction",
        block.transactions[0],
      )
      expect(failed).toBe(true)
      const last = structLogs.at(-1)!
      expect([last.op, last.depth]).toEqual(["REVERT", 1])
      // The last step of each frame that comes from a line of the source: what follows the compiler added.
      const place = (depth: number, contract: Compiled): number | undefined =>
        structLogs
          .filter((log) => log.depth === depth)
          .map(({ pc }) => lineAt(contract, SOURCE, pc))
          .findLast((line) => line !== undefined)
      expect(place(2, contracts.Vault!)).toBe(lineOf(text))
      const inClient = text.startsWith("revert TooPoor") ? "vault.take(amount)" : "return vault.check(amount)"
      expect(place(1, contracts.Client!)).toBe(lineOf(inClient))
    })
  })
}
