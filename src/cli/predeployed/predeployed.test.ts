import { keccak_256 } from "@noble/hashes/sha3.js"
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import {
  concatHex,
  createPublicClient,
  createWalletClient,
  custom,
  decodeErrorResult,
  encodeFunctionData,
  getAddress,
  getContractAddress,
  type Hex,
  keccak256,
  type PublicClient,
  padHex,
  parseAbi,
  parseEther,
  toHex,
} from "viem"
import { describe, expect, test } from "vitest"
import { Address } from "../../address/address.ts"
import { blake2b256 } from "../../ipld/blake2b.ts"
import { type FevmNode, startNode } from "../start-node.ts"
import { CODE } from "./code.gen.ts"
import { PREDEPLOYED } from "./index.ts"

const DEPLOYER = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
const MULTICALL = "0xcA11bde05977b3631167028862bE2a173976CA11"
const CREATEX = "0xba5Ed099633D3B313e4D5F7bdc1305d3c28ba5Ed"
const ENTRY_POINT = "0x0000000071727De22E5E9d8BAf0edAc6f37da032"
const SENDER_CREATOR = "0xEFC2c1444eBCC4Db75e7613d20C6a62fF67A167C"
const WFIL = "0x60E1773636CF5E4A227d9AC24F20fEca034ee25A"
const CALIBRATION_WFIL = "0xaC26a4Ab9cF2A8c5DBaB6fb4351ec0F4b07356c4"
const FIL_FORWARDER = "0x2B3ef6906429b580b7b2080de5CA893BC282c225"
/** Returns 42: `602a5f5260205ff3`, and the init code that deploys it. */
const RUNTIME = "602a5f5260205ff3"
const INIT: Hex = `0x67${RUNTIME}5f5260086018f3`
const SALT = "11".repeat(32)

const asker =
  (node: FevmNode) =>
  <T>(method: string, ...params: unknown[]): Promise<T> =>
    node.provider.request({ method, params }) as Promise<T>

/** Sends a call from the first account and waits. */
async function send(
  node: FevmNode,
  to: Hex,
  data: Hex,
  value = 0n,
): Promise<{ status: Hex; logs: { topics: Hex[] }[] }> {
  const ask = asker(node)
  const [from] = await ask<string[]>("eth_accounts")
  const hash = await ask("eth_sendTransaction", { from, to, data, value: toHex(value) })
  return ask("eth_getTransactionReceipt", hash)
}

const clientOf = (node: FevmNode): PublicClient => createPublicClient({ transport: custom(node.provider) })

const WFIL_ABI = parseAbi([
  "function name() view returns (string)",
  "function symbol() view returns (string)",
  "function decimals() view returns (uint8)",
  "function totalSupply() view returns (uint256)",
  "function balanceOf(address) view returns (uint256)",
  "function allowance(address, address) view returns (uint256)",
  "function deposit() payable",
  "function withdraw(uint256)",
  "function approve(address, uint256) returns (bool)",
  "function transfer(address, uint256) returns (bool)",
  "function transferFrom(address, address, uint256) returns (bool)",
  "error InsufficientBalance(address, uint256, uint256)",
  "error InsufficientAllowance(address, uint256, uint256)",
])
const FORWARDER_ABI = parseAbi([
  "function forward(bytes) payable",
  "error InvalidAddress()",
  "error SendFailed(int256)",
  "error CallFailed()",
])

for (const [bundle, file] of [
  ["the embedded bundle", undefined],
  ["the official bundle", process.env.FEVM_BUNDLE?.split(":")[0]],
] as const) {
  describe.skipIf(bundle === "the official bundle" && file === undefined)(bundle, () => {
    const withNode = (run: (node: FevmNode) => Promise<void>) => async () => {
      const node = await startNode({ port: false, ...(file !== undefined && { bundles: [file] }) })
      try {
        await run(node)
      } finally {
        await node.close()
      }
    }

    test(
      "the CREATE2 deployer and Multicall3 are there from the beginning and work",
      withNode(async (node) => {
        const ask = asker(node)
        const code = await ask<string>("eth_getCode", DEPLOYER, "latest")
        // The hash that Foundry compares. Source: foundry crates/common (DEFAULT_CREATE2_DEPLOYER_CODEHASH)
        expect(bytesToHex(keccak_256(hexToBytes(code.slice(2))))).toBe(
          "2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989",
        )
        await send(node, DEPLOYER, `0x${SALT}${INIT.slice(2)}`)
        const made = getContractAddress({ opcode: "CREATE2", from: DEPLOYER, salt: `0x${SALT}`, bytecode: INIT })
        expect(await ask("eth_getCode", made, "latest")).toBe(`0x${RUNTIME}`)

        // getChainId() of Multicall3, and aggregate3 of one call of the new contract.
        expect(BigInt(await ask<string>("eth_call", { to: MULTICALL, data: "0x3408e470" }, "latest"))).toBe(31_415_926n)
        const word = (value: string | number): string => BigInt(value).toString(16).padStart(64, "0")
        const call = [32, 1, 32, made, 1, 96, 0].map(word).join("")
        const answer = await ask<string>("eth_call", { to: MULTICALL, data: `0x82ad56cb${call}` }, "latest")
        expect(answer).toBe(`0x${[32, 1, 32, 1, 64, 32, 42].map(word).join("")}`)
      }),
    )

    test(
      "CreateX has the code that it has everywhere, and deploys by CREATE2 and CREATE3",
      withNode(async (node) => {
        const ask = asker(node)
        // Source: README of pcaversaccio/createx
        expect(keccak256(await ask<Hex>("eth_getCode", CREATEX, "latest"))).toBe(
          "0xbd8a7ea8cfca7b4e5f5041d7d4b17bc317c5ce42cfbc42066a00cf26b43eb53f",
        )
        const abi = parseAbi([
          "function deployCreate2(bytes32 salt, bytes initCode) payable returns (address)",
          "function deployCreate3(bytes32 salt, bytes initCode) payable returns (address)",
          "function computeCreate3Address(bytes32 salt) view returns (address)",
        ])
        const client = clientOf(node)
        const salt = padHex("0x07", { size: 32 })
        // A salt that names nobody is hashed once more, so that nobody's protected salt can be taken.
        const guarded = keccak256(salt)
        const at = getContractAddress({ opcode: "CREATE2", from: CREATEX, salt: guarded, bytecode: INIT })
        await send(node, CREATEX, encodeFunctionData({ abi, functionName: "deployCreate2", args: [salt, INIT] }))
        expect(await client.getCode({ address: at })).toBe(`0x${RUNTIME}`)

        await send(node, CREATEX, encodeFunctionData({ abi, functionName: "deployCreate3", args: [salt, INIT] }))
        const third = await client.readContract({
          address: CREATEX,
          abi,
          functionName: "computeCreate3Address",
          args: [guarded],
        })
        expect(await client.getCode({ address: third })).toBe(`0x${RUNTIME}`)
      }),
    )

    test(
      "the EntryPoint takes deposits, and knows its creator of senders",
      withNode(async (node) => {
        const client = clientOf(node)
        const abi = parseAbi([
          "function depositTo(address) payable",
          "function balanceOf(address) view returns (uint256)",
          "function withdrawTo(address, uint256)",
          "function getNonce(address, uint192) view returns (uint256)",
          "function getSenderAddress(bytes initCode)",
          "error SenderAddressResult(address sender)",
        ])
        // Code of the EntryPoint on Ethereum, whose address is the CREATE2 address of what the npm package has.
        expect(keccak256((await client.getCode({ address: ENTRY_POINT })) ?? "0x")).toBe(
          "0x8db5ff695839d655407cc8490bb7a5d82337a86a6b39c3f0258aa6c3b582fc58",
        )
        expect(getContractAddress({ from: ENTRY_POINT, nonce: 1n })).toBe(SENDER_CREATOR)
        expect(await client.getTransactionCount({ address: ENTRY_POINT })).toBe(2)
        expect(await client.getStorageAt({ address: ENTRY_POINT, slot: "0x2" })).toBe(padHex("0x1"))

        const who = "0x00000000000000000000000000000000000000aa"
        const data = encodeFunctionData({ abi, functionName: "depositTo", args: [who] })
        expect((await send(node, ENTRY_POINT, data, 5n)).status).toBe("0x1")
        const read = (functionName: "balanceOf" | "getNonce", args: unknown[]): Promise<unknown> =>
          client.readContract({ address: ENTRY_POINT, abi, functionName, args } as never)
        expect(await read("balanceOf", [who])).toBe(5n)
        expect(await read("getNonce", [who, 3n])).toBe(3n << 64n)

        // The creator of senders calls a factory, here CreateX, and the EntryPoint reverts with what was made.
        const salt = padHex("0x5", { size: 32 })
        const made = getContractAddress({ opcode: "CREATE2", from: CREATEX, salt: keccak256(salt), bytecode: INIT })
        const factory = parseAbi(["function deployCreate2(bytes32 salt, bytes initCode) payable returns (address)"])
        const initCode = concatHex([CREATEX, encodeFunctionData({ abi: factory, args: [salt, INIT] })])
        const call = {
          to: ENTRY_POINT,
          data: encodeFunctionData({ abi, functionName: "getSenderAddress", args: [initCode] }),
        }
        const revert = await asker(node)("eth_call", call, "latest").catch((error: { data: Hex }) => error.data)
        expect(decodeErrorResult({ abi, data: revert as Hex })).toMatchObject({
          errorName: "SenderAddressResult",
          args: [made],
        })
      }),
    )

    test(
      "WFIL is FIL as an ERC-20, in and out",
      withNode(async (node) => {
        const ask = asker(node)
        const client = clientOf(node)
        const accounts = await ask<Hex[]>("eth_accounts")
        const [first, second] = accounts as [Hex, Hex]
        const read = (functionName: string, ...args: unknown[]): Promise<unknown> =>
          client.readContract({ address: WFIL, abi: WFIL_ABI, functionName, args } as never)
        const write = (functionName: string, ...args: unknown[]): Hex =>
          encodeFunctionData({ abi: WFIL_ABI, functionName, args } as never)
        expect(await read("name")).toBe("Wrapped FIL")
        expect(await read("symbol")).toBe("WFIL")
        expect(await read("decimals")).toBe(18)

        const one = parseEther("1")
        // Deposits: by name, by value alone, by value with data that names nothing.
        expect((await send(node, WFIL, write("deposit"), one)).logs[0]?.topics[0]).toBe(
          keccak256(toHex("Deposit(address,uint256)")),
        )
        await send(node, WFIL, "0x", one)
        await send(node, WFIL, "0x12345678", one)
        expect(await read("balanceOf", first)).toBe(3n * one)
        expect(await read("totalSupply")).toBe(3n * one)

        expect((await send(node, WFIL, write("transfer", second, one))).logs[0]?.topics).toHaveLength(3)
        const before = await client.getBalance({ address: first })
        expect((await send(node, WFIL, write("withdraw", one))).logs[0]?.topics[0]).toBe(
          keccak256(toHex("Withdrawal(address,uint256)")),
        )
        expect((await client.getBalance({ address: first })) - before).toBeGreaterThan(one / 2n)
        expect([await read("balanceOf", first), await read("balanceOf", second), await read("totalSupply")]).toEqual([
          one,
          one,
          2n * one,
        ])

        // Allowances: used up, but for the endless one.
        await send(node, WFIL, write("approve", second, one))
        const wallet = createWalletClient({ transport: custom(node.provider) })
        const pull = (wad: bigint): Promise<Hex> =>
          wallet.sendTransaction({
            account: second,
            to: WFIL,
            data: write("transferFrom", first, second, wad),
            chain: null,
          })
        await pull(one / 4n)
        expect(await read("allowance", first, second)).toBe((one * 3n) / 4n)
        await send(node, WFIL, write("approve", second, 2n ** 256n - 1n))
        await pull(one / 4n)
        expect(await read("allowance", first, second)).toBe(2n ** 256n - 1n)
        expect(await read("balanceOf", second)).toBe(one + one / 2n)

        const refused = (data: Hex, from: Hex): Promise<{ errorName: string; args: unknown }> =>
          ask("eth_call", { from, to: WFIL, data }, "latest").then(
            () => ({ errorName: "none", args: [] }),
            (error: { data: Hex }) => decodeErrorResult({ abi: WFIL_ABI, data: error.data }) as never,
          )
        expect(await refused(write("withdraw", one), first)).toMatchObject({
          errorName: "InsufficientBalance",
          args: [getAddress(first), one / 2n, one],
        })
        expect((await refused(write("transferFrom", second, first, 1n), first)).errorName).toBe("InsufficientAllowance")
      }),
    )

    test(
      "FilForwarder sends to Filecoin addresses of every kind, and makes the actor if there is none",
      withNode(async (node) => {
        const ask = asker(node)
        const balanceOf = async (address: Address): Promise<bigint> =>
          await (await node.chain.stateAt({ tag: "latest" })).balanceOf(address)
        const forward = (address: Uint8Array): Hex =>
          encodeFunctionData({ abi: FORWARDER_ABI, functionName: "forward", args: [toHex(address)] })

        const key = Uint8Array.from({ length: 65 }, (_, i) => (i === 0 ? 4 : i))
        // Compressed point of the BLS curve: its generator.
        const bls = hexToBytes(
          "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
        )
        for (const address of [
          Address.secp256k1(key),
          Address.bls(bls),
          Address.delegated(10n, new Uint8Array(20).fill(0x77)),
          Address.id(99n),
        ]) {
          const before = await balanceOf(address)
          const { status } = await send(node, FIL_FORWARDER, forward(address.bytes), parseEther("2"))
          expect(status, `${address}`).toBe("0x1")
          // Burnt fees go to f099 too.
          if (address.protocol === 0) expect((await balanceOf(address)) - before).toBeGreaterThan(parseEther("2"))
          else expect((await balanceOf(address)) - before, `${address}`).toBe(parseEther("2"))
        }
        expect(BigInt(await ask<Hex>("eth_getBalance", FIL_FORWARDER, "latest"))).toBe(0n)

        const [from] = await ask<Hex[]>("eth_accounts")
        const refused = (destination: Uint8Array, value: bigint): Promise<{ errorName: string; args: unknown }> =>
          ask("eth_call", { from, to: FIL_FORWARDER, data: forward(destination), value: toHex(value) }, "latest").then(
            () => ({ errorName: "none", args: [] }),
            (error: { data: Hex }) => decodeErrorResult({ abi: FORWARDER_ABI, data: error.data }) as never,
          )
        for (const bytes of [
          [],
          [1],
          [1, 2, 3],
          [7, ...new Array<number>(20).fill(1)],
          [3, ...new Array<number>(20).fill(1)],
        ])
          expect(await refused(Uint8Array.from(bytes), 1n), `${bytes}`).toMatchObject({ errorName: "InvalidAddress" })
        // An actor that nobody has: no such system call goes through, error number 6 (NotFound).
        expect(await refused(Address.id(999_999n).bytes, 1n)).toMatchObject({ errorName: "SendFailed", args: [-6n] })
      }),
    )
  })
}

test("the hashes that are kept beside the code are those of the code", () => {
  for (const { base64, keccak256: hash, blake2b256: digest } of Object.values(CODE)) {
    const code = new Uint8Array(Buffer.from(base64, "base64"))
    expect(bytesToHex(keccak_256(code))).toBe(hash)
    expect(bytesToHex(blake2b256(code))).toBe(digest)
  }
})

test("each contract can be left out, and its address is then free", async () => {
  const addresses = [DEPLOYER, MULTICALL, CREATEX, ENTRY_POINT, SENDER_CREATOR, WFIL, FIL_FORWARDER]
  const names = ["create2-deployer", "multicall3", "createx", "entry-point", "entry-point", "wfil", "fil-forwarder"]
  expect([...new Set(names)]).toEqual(PREDEPLOYED)
  for (const left of PREDEPLOYED) {
    const node = await startNode({ port: false, predeployed: PREDEPLOYED.filter((name) => name !== left) })
    try {
      for (const [i, address] of addresses.entries()) {
        const code = await asker(node)<string>("eth_getCode", address, "latest")
        expect(code === "0x", `${address} without ${left}`).toBe(names[i] === left)
      }
    } finally {
      await node.close()
    }
  }
})

test("on a chain with calibration's id, WFIL is where calibration has it", async () => {
  const node = await startNode({ port: false, chainId: 314159 })
  try {
    expect(await asker(node)("eth_getCode", WFIL, "latest")).toBe("0x")
    expect(
      await clientOf(node).readContract({ address: CALIBRATION_WFIL, abi: WFIL_ABI, functionName: "symbol" }),
    ).toBe("WFIL")
  } finally {
    await node.close()
  }
})
