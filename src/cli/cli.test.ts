import { HDKey } from "@scure/bip32"
import { entropyToMnemonic, mnemonicToSeedSync } from "@scure/bip39"
import { wordlist } from "@scure/bip39/wordlists/english.js"
import { Command } from "commander"
import { describe, expect, it } from "vitest"
import { formatEthAddress, toFilecoinAddress } from "../address/ethereum.ts"
import { addressOfKey } from "../eth-rpc/keyring.ts"
import { DEFAULT_MNEMONIC, DERIVATION_PATH, deriveAccounts } from "./accounts.ts"
import { addressForms, parseAnyAddress } from "./address-command.ts"
import { formatFil, parseFil } from "./amounts.ts"
import { UsageError } from "./errors.ts"
import { addNodeOptions, type NodeFlags, toNodeOptions } from "./options.ts"
import { createProvider } from "./provider.ts"
import { parseParameter } from "./rpc-command.ts"

function parse(...args: string[]): NodeFlags {
  const command = addNodeOptions(new Command("node"))
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  return command.parse(args, { from: "user" }).opts<NodeFlags>()
}

it("every flag of the node can be shown with its default", () => {
  const help = addNodeOptions(new Command("node")).helpInformation()
  for (const shown of ["31415926", "8545", "10000", "127.0.0.1", "--strict-lotus"]) expect(help).toContain(shown)
})

describe("accounts", () => {
  it("are those that every development node has", () => {
    const accounts = deriveAccounts(DEFAULT_MNEMONIC, 2)
    expect(accounts.map(({ ethAddress }) => ethAddress)).toEqual([
      "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
      "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    ])
    expect(`${accounts[0]!.filecoinAddress}`).toBe("f410f6op5nzi2vwepn5gonk4ie4tzz773sitggxp4hiy")
  })

  it("have the addresses of their keys, also where these are known before", () => {
    for (const { privateKey, address, ethAddress, filecoinAddress } of deriveAccounts(DEFAULT_MNEMONIC, 22))
      expect({ address, ethAddress, filecoinAddress: `${filecoinAddress}` }).toEqual({
        address: addressOfKey(privateKey),
        ethAddress: formatEthAddress(addressOfKey(privateKey)),
        filecoinAddress: `${toFilecoinAddress(addressOfKey(privateKey))}`,
      })
  })

  it("are BIP-32's, for any mnemonic", () => {
    for (let i = 0; i < 5; i++) {
      const words = entropyToMnemonic(new Uint8Array(16).fill(17 * i), wordlist)
      const parent = HDKey.fromMasterSeed(mnemonicToSeedSync(words)).derive(DERIVATION_PATH)
      expect(deriveAccounts(words, 3).map(({ privateKey }) => privateKey)).toEqual(
        [0, 1, 2].map((index) => parent.deriveChild(index).privateKey),
      )
    }
  })

  it("come of a mnemonic only", () => {
    expect(() => deriveAccounts("test test test", 1)).toThrow(UsageError)
  })
})

describe("amounts", () => {
  it("are FIL with up to 18 decimals", () => {
    expect(parseFil("10000")).toBe(10_000n * 10n ** 18n)
    expect(parseFil("0.000000000000000001")).toBe(1n)
    for (const text of ["", "-1", "1e3", "1.", ".5", "0.0000000000000000001", "ten"])
      expect(parseFil(text)).toBeUndefined()
    expect(formatFil(10_500_000_000_000_000_000n)).toBe("10.5")
    expect(formatFil(1n)).toBe("0.000000000000000001")
    expect(formatFil(0n)).toBe("0")
  })
})

describe("flags", () => {
  it("have the defaults that DESIGN.md names", () => {
    expect(parse()).toMatchObject({
      host: "127.0.0.1",
      port: 8545,
      chainId: 31_415_926n,
      mnemonic: DEFAULT_MNEMONIC,
      accounts: 10,
      balance: 10_000n * 10n ** 18n,
      networkVersion: 28,
      mining: true,
      warmUp: true,
      silent: false,
      logLevel: "info",
    })
    expect(toNodeOptions(parse()).mining).toEqual({ kind: "instant" })
  })

  it("choose how blocks come about", () => {
    expect(toNodeOptions(parse("--block-time", "0.5")).mining).toEqual({ kind: "interval", seconds: 0.5 })
    expect(toNodeOptions(parse("--no-mining")).mining).toEqual({ kind: "manual" })
    expect(() => toNodeOptions(parse("--no-mining", "--block-time", "1"))).toThrow(UsageError)
  })

  it.each([
    ["--port", "99999"],
    ["--port", "x"],
    ["--chain-id", "0"],
    ["--accounts", "-1"],
    ["--balance", "much"],
    ["--block-time", "0"],
    ["--network-version", "24"],
    ["--log-level", "loud"],
    ["--null-rounds", "1"],
    ["--no-such-flag", "1"],
  ])("refuse %s %s", (flag, value) => {
    expect(() => parse(flag, value)).toThrow(expect.objectContaining({ name: "CommanderError" }))
  })
})

describe("addresses", () => {
  it("are shown in every form that they have", () => {
    expect(addressForms(parseAnyAddress("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"))).toMatchObject({
      filecoin: "f410f6op5nzi2vwepn5gonk4ie4tzz773sitggxp4hiy",
      ethereum: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
      protocol: "4 (delegated)",
      namespace: "10",
    })
    expect(addressForms(parseAnyAddress("1234"))).toMatchObject({
      filecoin: "f01234",
      actor: "1234",
      masked: "0xFF000000000000000000000000000000000004d2",
    })
    expect(addressForms(parseAnyAddress("0xff000000000000000000000000000000000004d2"))).toMatchObject({ actor: "1234" })
  })
})

describe("fevm rpc", () => {
  it("takes JSON where it is JSON, and text where it is not", () => {
    expect(parseParameter("latest")).toBe("latest")
    expect(parseParameter("0x10")).toBe("0x10")
    expect(parseParameter("5")).toBe(5)
    expect(parseParameter("true")).toBe(true)
    expect(parseParameter('{"to":"0x"}')).toEqual({ to: "0x" })
    expect(parseParameter("123456789012345678901234567890")).toBe("123456789012345678901234567890")
  })
})

describe("provider", () => {
  it("hands requests over, and gives notifications as messages", async () => {
    const messages: unknown[] = []
    const provider = createProvider({
      call: async (method, params, connection) => {
        connection.notify!("eth_subscription", { subscription: "0x1", result: 1 })
        return `${method}${JSON.stringify(params)}`
      },
    })
    provider.on("message", (message) => messages.push(message))
    expect(await provider.request({ method: "eth_chainId", params: [1] })).toBe("eth_chainId[1]")
    expect(messages).toEqual([{ type: "eth_subscription", data: { subscription: "0x1", result: 1 } }])
  })
})
