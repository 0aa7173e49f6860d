import assert from "node:assert/strict"
import { before, describe, it } from "node:test"
import { CID } from "multiformats/cid"
import * as raw from "multiformats/codecs/raw"
import { sha256 } from "multiformats/hashes/sha2"
import {
  type Abi,
  type Address,
  BaseError,
  bytesToHex,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  http,
} from "viem"
import { compile, NODE_URL } from "../compile.ts"

const { abi, bytecode } = compile(new URL("./Collection.sol", import.meta.url), "Collection")
const chain = defineChain({
  id: 31_415_926,
  name: "fevm",
  nativeCurrency: { name: "Filecoin", symbol: "tFIL", decimals: 18 },
  rpcUrls: { default: { http: [NODE_URL] } },
})
const reader = createPublicClient({ chain, transport: http(), pollingInterval: 50 })
const wallet = createWalletClient({ chain, transport: http() })

const METADATA = new TextEncoder().encode(
  JSON.stringify({ name: "Nr. 1", description: "A picture that cannot be exchanged", image: "ipfs://bafkqaaa" }),
)

describe("a collection", () => {
  let address: Address
  let alice: Address
  let bob: Address
  const read = (functionName: string, ...args: unknown[]): Promise<unknown> =>
    reader.readContract({ address, abi: abi as Abi, functionName, args })
  const write = async (account: Address, functionName: string, ...args: unknown[]) =>
    reader.waitForTransactionReceipt({
      hash: await wallet.writeContract({ address, abi: abi as Abi, functionName, args, account }),
    })

  before(async () => {
    ;[alice, bob] = (await wallet.getAddresses()) as [Address, Address]
    const hash = await wallet.deployContract({ abi: abi as Abi, bytecode, account: alice })
    address = (await reader.waitForTransactionReceipt({ hash })).contractAddress!
    await write(alice, "mint", alice, bytesToHex((await sha256.digest(METADATA)).digest))
  })

  it("links to its metadata by the CID that IPFS gives it", async () => {
    const cid = CID.createV1(raw.code, await sha256.digest(METADATA))
    assert.equal(await read("tokenURI", 1n), `ipfs://${cid}`)
    const digest = CID.parse(((await read("tokenURI", 1n)) as string).slice("ipfs://".length)).multihash.digest
    assert.equal(bytesToHex(digest), await read("digestOf", 1n))
  })

  it("tells true metadata from false on chain", async () => {
    assert.equal(await read("isMetadataOf", 1n, bytesToHex(METADATA)), true)
    assert.equal(await read("isMetadataOf", 1n, bytesToHex(METADATA.subarray(1))), false)
  })

  it("goes from owner to owner", async () => {
    await write(alice, "transferFrom", alice, bob, 1n)
    assert.equal(await read("ownerOf", 1n), bob)
    const logs = await reader.getContractEvents({ address, abi: abi as Abi, eventName: "Transfer", fromBlock: 0n })
    assert.deepEqual(
      logs.map((log) => (log as unknown as { args: { to: Hex } }).args.to),
      [alice, bob],
    )
  })

  it("is not taken by whoever asks", async () => {
    const refused = await reader
      .simulateContract({
        address,
        abi: abi as Abi,
        functionName: "transferFrom",
        args: [bob, alice, 1n],
        account: alice,
      })
      .catch((error: unknown) => error)
    assert.ok(refused instanceof BaseError)
    const reverted = refused.walk((error) => error instanceof ContractFunctionRevertedError)
    assert.equal((reverted as ContractFunctionRevertedError).data?.errorName, "NotAllowed")
  })
})
