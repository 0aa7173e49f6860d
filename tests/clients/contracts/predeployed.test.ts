import { createRequire } from "node:module"
import { concat, getCreate2Address, getCreateAddress, Interface, keccak256, Transaction } from "ethers"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { request as ask, type NodeProcess, startNodeProcess } from "../../clients-e2e/node-process.ts"
import { artifact, at, deploy, provider, refusal, wallet } from "./support.ts"

const require = createRequire(import.meta.url)
const DEPLOYER = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
const MULTICALL = "0xcA11bde05977b3631167028862bE2a173976CA11"
const ENTRY_POINT = "0x0000000071727De22E5E9d8BAf0edAc6f37da032"
const CREATEX = "0xba5Ed099633D3B313e4D5F7bdc1305d3c28ba5Ed"
const WFIL = "0x60E1773636CF5E4A227d9AC24F20fEca034ee25A"
const owner = wallet(0)

describe("what is predeployed is what the packages deploy", () => {
  let bare: NodeProcess
  const request = <T>(method: string, ...params: unknown[]) => ask(bare.url, method, params) as Promise<T>
  beforeAll(async () => {
    bare = await startNodeProcess("--log-level", "warn", "--predeploy", "create2-deployer")
  })
  afterAll(async () => {
    expect(await bare.stop()).toBe(0)
  })

  /** Code, nonce and the first slots of a contract, here and there. */
  const compare = async (address: string): Promise<void> => {
    expect(keccak256(await request("eth_getCode", address, "latest"))).toBe(keccak256(await provider.getCode(address)))
    expect(await request("eth_getTransactionCount", address, "latest")).toBe(
      await provider.send("eth_getTransactionCount", [address, "latest"]),
    )
    for (let slot = 0; slot < 8; slot++)
      expect(BigInt(await request("eth_getStorageAt", address, `0x${slot}`, "latest"))).toBe(
        BigInt(await provider.getStorage(address, slot)),
      )
  }

  it("the EntryPoint, whose address comes of its code", async () => {
    const salt = "0x90d8084deab30c2a37c45e8d47f49f2f7965183cb6990a98943ef94940681de3"
    const { bytecode } = artifact("@account-abstraction/contracts/artifacts/EntryPoint")
    expect(getCreate2Address(DEPLOYER, salt, keccak256(bytecode))).toBe(ENTRY_POINT)
    const transaction = { from: owner.address, to: DEPLOYER, data: concat([salt, bytecode]) }
    await request("eth_sendTransaction", transaction)
    await compare(ENTRY_POINT)
    await compare(getCreateAddress({ from: ENTRY_POINT, nonce: 1 }))
  })

  it("CreateX, by the transaction that makes it elsewhere", async () => {
    const path =
      "./node_modules/@nomicfoundation/ignition-core/dist/src/internal/execution/strategy/createx-artifact.js"
    const { from, data, nonce } = Transaction.from(require(path).presignedTx)
    expect(getCreateAddress({ from: from!, nonce })).toBe(CREATEX)
    await request("hardhat_setBalance", from, "0xde0b6b3a7640000")
    await request("hardhat_impersonateAccount", from)
    await request("eth_sendTransaction", { from, data })
    await compare(CREATEX)
  })

  it("that transaction itself has too little gas for Filecoin, and the refusal says so", async () => {
    const path =
      "./node_modules/@nomicfoundation/ignition-core/dist/src/internal/execution/strategy/createx-artifact.js"
    const raw = require(path).presignedTx
    await expect(provider.send("eth_sendRawTransaction", [raw])).rejects.toThrow(/chain|EIP-155|gas|nonce/)
  })
})

describe("Multicall3 and WFIL", () => {
  const multicallAbi = [
    "function aggregate3((address target, bool allowFailure, bytes callData)[] calls) payable returns ((bool success, bytes returnData)[])",
    "function aggregate3Value((address target, bool allowFailure, uint256 value, bytes callData)[] calls) payable returns ((bool success, bytes returnData)[])",
    "function getBlockNumber() view returns (uint256)",
    "function getEthBalance(address) view returns (uint256)",
    "function getBasefee() view returns (uint256)",
    "function getCurrentBlockGasLimit() view returns (uint256)",
  ]

  it("reads many things in one call, and lets single ones fail", async () => {
    const multicall = at(MULTICALL, { abi: multicallAbi }, owner)
    const abi = new Interface(multicallAbi)
    const call = (target: string, data: string, allowFailure = false) => ({ target, allowFailure, callData: data })
    const results = await multicall.aggregate3.staticCall([
      call(MULTICALL, abi.encodeFunctionData("getEthBalance", [owner.address])),
      call(MULTICALL, abi.encodeFunctionData("getCurrentBlockGasLimit")),
      call(WFIL, "0x2e1a7d4d".padEnd(74, "f"), true),
    ])
    expect(results.map(({ success }: { success: boolean }) => success)).toEqual([true, true, false])
    expect(BigInt(results[0].returnData)).toBe(await provider.getBalance(owner.address))
    expect(BigInt(results[1].returnData)).toBe(10_000_000_000n)
  })

  it("passes values on", async () => {
    const multicall = at(MULTICALL, { abi: multicallAbi }, owner)
    const abi = ["function deposit() payable", "function balanceOf(address) view returns (uint256)"]
    const wfil = at(WFIL, { abi }, owner)
    const before = await wfil.balanceOf(MULTICALL)
    const deposit = { target: WFIL, allowFailure: false, callData: wfil.interface.encodeFunctionData("deposit") }
    const two = [2n, 3n].map((value) => ({ ...deposit, value }))
    await (await multicall.aggregate3Value(two, { value: 5n })).wait()
    expect((await wfil.balanceOf(MULTICALL)) - before).toBe(5n)
  })
})

describe("limits", () => {
  /** Deploys this many bytes of code: zeros. */
  const ofSize = (bytes: number) => `0x61${bytes.toString(16).padStart(4, "0")}5ff3`

  it("code has at most 24,576 bytes", async () => {
    const made = await deploy({ abi: [], bytecode: ofSize(24_576) }, owner)
    expect(((await provider.getCode(made.target)).length - 2) / 2).toBe(24_576)
    expect(await refusal(deploy({ abi: [], bytecode: ofSize(24_577) }, owner))).not.toBe("none")
  })

  it("a transaction has at most 64 KiB: that is what limits init code", async () => {
    const padded = (bytes: number) => `${ofSize(1)}${"00".repeat(bytes - 5)}`
    await deploy({ abi: [], bytecode: padded(60_000) }, owner)
    const much = { data: padded(66_000), gasLimit: 1_000_000_000n }
    await expect(owner.sendTransaction(much)).rejects.toThrow(/oversized data/)
  })
})
