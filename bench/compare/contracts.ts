import { createRequire } from "node:module"

const require = createRequire(import.meta.url)
const solc = require("solc") as { compile(input: string): string }

const SOURCE = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Token {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    event Transfer(address indexed from, address indexed to, uint256 value);
    constructor() { balanceOf[msg.sender] = 1e30; }
    function transfer(address to, uint256 value) external returns (bool) {
        balanceOf[msg.sender] -= value;
        balanceOf[to] += value;
        emit Transfer(msg.sender, to, value);
        return true;
    }
    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        return true;
    }
    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        require(allowance[from][msg.sender] >= value, "not allowed");
        allowance[from][msg.sender] -= value;
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
        return true;
    }
    function burst(uint256 count) external {
        for (uint256 i; i < count; i++) emit Transfer(msg.sender, address(this), i);
    }
}

contract Loops {
    mapping(uint256 => uint256) store;
    function hash(uint256 count) external pure returns (bytes32 h) {
        for (uint256 i; i < count; i++) h = keccak256(abi.encode(h, i));
    }
    function multiply(uint256 count) external pure returns (uint256 x) {
        x = 3;
        for (uint256 i; i < count; i++) x = mulmod(x, x + i, type(uint256).max - 188);
    }
    function sort(uint256 count) external pure returns (uint256) {
        uint256[] memory a = new uint256[](count);
        for (uint256 i; i < count; i++) a[i] = uint256(keccak256(abi.encode(i)));
        for (uint256 i = 1; i < count; i++) {
            uint256 x = a[i];
            uint256 j = i;
            while (j > 0 && a[j - 1] > x) { a[j] = a[j - 1]; j--; }
            a[j] = x;
        }
        return a[count / 2];
    }
    function write(uint256 count) external {
        for (uint256 i; i < count; i++) store[i] += i + 1;
    }
}
`

/** ABI-less output of the compiler: the workloads encode their calls with ethers. */
export interface CompiledContract {
  readonly bytecode: string
  readonly abi: readonly unknown[]
}

/** Token and Loops, compiled for the same EVM version on every node. */
export function compileContracts(): { readonly token: CompiledContract; readonly loops: CompiledContract } {
  const input = {
    language: "Solidity",
    sources: { "bench.sol": { content: SOURCE } },
    settings: {
      evmVersion: "paris",
      optimizer: { enabled: true, runs: 200 },
      outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
    },
  }
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as {
    errors?: { severity: string; formattedMessage: string }[]
    contracts: Record<string, Record<string, { abi: unknown[]; evm: { bytecode: { object: string } } }>>
  }
  const faults = (output.errors ?? []).filter(({ severity }) => severity === "error")
  if (faults.length > 0) throw new Error(faults.map(({ formattedMessage }) => formattedMessage).join("\n"))
  const pick = (name: string): CompiledContract => {
    const contract = output.contracts["bench.sol"]?.[name]
    if (contract === undefined) throw new Error(`the compiler gave no ${name}`)
    return { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` }
  }
  return { token: pick("Token"), loops: pick("Loops") }
}

/** Init code that deploys `size` bytes of STOP: what a large contract costs, without running any of it. */
export function largeInitCode(size: number): string {
  const length = size.toString(16).padStart(4, "0")
  // PUSH2 size, PUSH1 0, RETURN: memory is zero, and zero is STOP.
  return `0x61${length}5ff3`.replace("5ff3", "6000f3")
}
