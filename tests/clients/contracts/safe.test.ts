import { concat, getBytes, type HDNodeWallet, hashMessage, parseEther, solidityPacked, ZeroAddress } from "ethers"
import { beforeAll, describe, expect, it } from "vitest"
import { CHAIN_ID } from "../support/node.ts"
import { type Any, artifact, at, deploy, events, fresh, provider, refusal, wallet } from "./support.ts"

const build = (path: string) => artifact(`@safe-global/safe-contracts/build/artifacts/contracts/${path}`)
const payer = wallet(0)
const owners = [wallet(1), wallet(2)].sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1))
const one = parseEther("1")

interface SafeTransaction {
  readonly to: string
  readonly value?: bigint
  readonly data?: string
  readonly operation?: 0 | 1
  readonly gasPrice?: bigint
  readonly safeTxGas?: bigint
}

let safe: Any
let handler: Any
let multiSend: Any

const field = (text: string) => ({ type: text.split(" ")[0]!, name: text.split(" ")[1]! })
const TYPES = {
  SafeTx: [
    ...["address to", "uint256 value", "bytes data", "uint8 operation", "uint256 safeTxGas", "uint256 baseGas"],
    ...["uint256 gasPrice", "address gasToken", "address refundReceiver", "uint256 nonce"],
  ].map(field),
}

/** Arguments of execTransaction, signed by these owners in the order of their addresses. */
async function signed(signers: readonly HDNodeWallet[], transaction: SafeTransaction): Promise<unknown[]> {
  const { to, value = 0n, data = "0x", operation = 0, gasPrice = 0n, safeTxGas = gasPrice * 10_000n } = transaction
  const message = { to, value, data, operation, safeTxGas, baseGas: gasPrice > 0n ? 1_000_000 : 0, gasPrice }
  const rest = { gasToken: ZeroAddress, refundReceiver: payer.address }
  const domain = { chainId: CHAIN_ID, verifyingContract: `${safe.target}` }
  const nonce = await safe.nonce()
  const signatures = await Promise.all(
    signers.map((signer) => signer.signTypedData(domain, TYPES, { ...message, ...rest, nonce })),
  )
  return [...Object.values(message), ...Object.values(rest), concat(signatures)]
}

describe("Safe 1.4.1", () => {
  beforeAll(async () => {
    const singleton = await deploy(build("Safe.sol/Safe"), payer)
    const factory = await deploy(build("proxies/SafeProxyFactory.sol/SafeProxyFactory"), payer)
    handler = await deploy(build("handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler"), payer)
    multiSend = await deploy(build("libraries/MultiSend.sol/MultiSend"), payer)
    const setup = singleton.interface.encodeFunctionData("setup", [
      ...[owners.map(({ address }) => address), 2, ZeroAddress, "0x", handler.target, ZeroAddress, 0, ZeroAddress],
    ])
    const sent = factory.createProxyWithNonce(singleton.target, setup, 7)
    const { ProxyCreation, SafeSetup } = await events(sent, factory, singleton)
    expect(SafeSetup?.[0]?.threshold).toBe(2n)
    safe = at(ProxyCreation?.[0]?.proxy, build("Safe.sol/Safe"), payer)
  }, 120_000)

  it("has two owners, and takes FIL", async () => {
    expect([...(await safe.getOwners())].sort()).toEqual(owners.map(({ address }) => address).sort())
    expect(await safe.getThreshold()).toBe(2n)
    const { SafeReceived } = await events(payer.sendTransaction({ to: safe.target, value: 10n * one }), safe)
    expect(SafeReceived?.[0]?.value).toBe(10n * one)
  })

  it("sends when both owners signed, and not when one did", async () => {
    const to = fresh()
    expect(await refusal(safe.execTransaction(...(await signed([owners[0]!], { to, value: one }))))).toBe("GS020")
    const twice = await signed([owners[0]!, owners[0]!], { to, value: one })
    expect(await refusal(safe.execTransaction(...twice))).toBe("GS026")
    const { ExecutionSuccess } = await events(safe.execTransaction(...(await signed(owners, { to, value: one }))), safe)
    expect(ExecutionSuccess).toHaveLength(1)
    expect(await provider.getBalance(to)).toBe(one)
    expect(await safe.nonce()).toBe(1n)
  })

  it("pays back the gas that the sender spent, by send()", async () => {
    const before = await provider.getBalance(safe.target)
    const sent = safe.execTransaction(...(await signed(owners, { to: owners[0]!.address, gasPrice: 1000n })))
    const { ExecutionSuccess } = await events(sent, safe)
    // Its own gas, counted by GAS, and baseGas.
    const { payment } = ExecutionSuccess![0]!
    expect(payment).toBeGreaterThan(1_000_000n * 1000n)
    expect(before - (await provider.getBalance(safe.target))).toBe(payment)
  })

  it("gives a transaction that is paid back safeTxGas, which is Filecoin gas: none is not enough for any call", async () => {
    const wish = { to: owners[0]!.address, gasPrice: 1000n, safeTxGas: 0n }
    const { ExecutionFailure } = await events(safe.execTransaction(...(await signed(owners, wish))), safe)
    expect(ExecutionFailure).toHaveLength(1)
  })

  it("does many things at once by MultiSend, and changes its own owners", async () => {
    const changed = safe.interface.encodeFunctionData("addOwnerWithThreshold", [payer.address, 2])
    const inner = [
      { to: `${safe.target}`, value: 0n, data: changed },
      { to: payer.address, value: 5n, data: "0x" },
    ].map(({ to, value, data }) =>
      solidityPacked(["uint8", "address", "uint256", "uint256", "bytes"], [0, to, value, getBytes(data).length, data]),
    )
    const data = multiSend.interface.encodeFunctionData("multiSend", [concat(inner)])
    const transaction = await signed(owners, { to: `${multiSend.target}`, data, operation: 1 })
    const { AddedOwner } = await events(safe.execTransaction(...transaction), safe)
    expect(AddedOwner?.[0]?.owner).toBe(payer.address)
    expect(await safe.isOwner(payer.address)).toBe(true)
  })

  it("says whether a signature is its own (EIP-1271), through its fallback handler", async () => {
    const asHandler = at(`${safe.target}`, { abi: handler.interface.fragments }, payer)
    const hash = hashMessage("hello")
    const domain = { chainId: CHAIN_ID, verifyingContract: `${safe.target}` }
    const types = { SafeMessage: [field("bytes message")] }
    const signatures = await Promise.all(owners.map((owner) => owner.signTypedData(domain, types, { message: hash })))
    expect(await asHandler["isValidSignature(bytes32,bytes)"]!(hash, concat(signatures))).toBe("0x1626ba7e")
    expect(await refusal(asHandler["isValidSignature(bytes32,bytes)"]!(hash, concat([signatures[0]!])))).toBe("GS020")
  })
})
