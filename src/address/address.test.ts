import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Address } from "./address.ts"
import { AddressError } from "./errors.ts"
import {
  formatEthAddress,
  isMaskedId,
  maskedIdAddress,
  parseEthAddress,
  toEthAddress,
  toFilecoinAddress,
} from "./ethereum.ts"

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"))
const id = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })
const ofLength = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const anyAddress = fc.oneof(
  id.map((n) => Address.id(n)),
  ofLength(65).map((key) => Address.secp256k1(key)),
  fc.uint8Array().map((data) => Address.actor(data)),
  ofLength(48).map((key) => Address.bls(key)),
  fc.tuple(id, fc.uint8Array({ maxLength: 54 })).map(([namespace, sub]) => Address.delegated(namespace, sub)),
)

describe("an address", () => {
  it("comes back from its bytes and from its text with either prefix", () => {
    fc.assert(
      fc.property(anyAddress, fc.constantFrom("f" as const, "t" as const), (address, prefix) => {
        expect(Address.fromBytes(address.bytes).equals(address)).toBe(true)
        expect(Address.parse(address.toString(prefix)).equals(address)).toBe(true)
        expect(Address.parse(address.toString(prefix)).key).toBe(address.key)
      }),
    )
  })

  it("is refused with an AddressError, and nothing else, whatever the bytes or text", () => {
    const refusesOrReads = (read: () => Address, check: (address: Address) => void): void => {
      try {
        check(read())
      } catch (error) {
        expect(error).toBeInstanceOf(AddressError)
      }
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (raw) =>
        refusesOrReads(
          () => Address.fromBytes(raw),
          (address) => expect(address.bytes).toEqual(raw),
        ),
      ),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((tail) => `f1${tail}`),
          fc.string().map((tail) => `f410f${tail}`),
        ),
        (text) =>
          refusesOrReads(
            () => Address.parse(text),
            (address) =>
              expect(address.toString(text[0] as "f" | "t").replace(/^(.0)0+(?=.)/, "$1")).toBe(
                text.replace(/^(.0)0+(?=.)/, "$1"),
              ),
          ),
      ),
    )
  })

  it("has one changed character and is refused", () => {
    fc.assert(
      fc.property(
        anyAddress.filter(({ protocol }) => protocol !== 0),
        fc.nat(),
        (address, at) => {
          const text = address.toString()
          const start = address.protocol === 4 ? text.indexOf("f", 2) + 1 : 2
          const index = start + (at % (text.length - start))
          const other = text[index] === "a" ? "b" : "a"
          expect(() => Address.parse(text.slice(0, index) + other + text.slice(index + 1))).toThrow(AddressError)
        },
      ),
    )
  })

  it.each([
    ["f00", "0000"],
    ["f01729", "00c10d"],
    ["f018446744073709551615", "00ffffffffffffffffff01"],
    ["f17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy", "01fd1d0f4dfcd7e99afcb99a8326b7dc459d32c628"],
    ["f24vg6ut43yw2h2jqydgbg2xq7x6f4kub3bg6as6i", "02e54dea4f9bc5b47d261819826d5e1fbf8bc5503b"],
    [
      "f3vvmn62lofvhjd2ugzca6sof2j2ubwok6cj4xxbfzz4yuxfkgobpihhd2thlanmsh3w2ptld2gqkn2jvlss4a",
      "03ad58df696e2d4e91ea86c881e938ba4ea81b395e12797b84b9cf314b9546705e839c7a99d606b247ddb4f9ac7a3414dd",
    ],
  ])("%s has the bytes that the address specification gives", (text, hex) => {
    expect(Address.parse(text).bytes).toEqual(bytes(hex))
    expect(Address.fromBytes(bytes(hex)).toString()).toBe(text)
  })

  it.each([
    ["", "at least one byte"],
    ["05", "unknown protocol"],
    ["0080", "cut off"],
    ["008000", "not minimal"],
    ["000000", "trailing"],
    [`01${"00".repeat(19)}`, "payload"],
    [`03${"00".repeat(47)}`, "payload"],
    [`040a${"00".repeat(55)}`, "subaddress"],
  ])("bytes %s are refused", (hex) => expect(() => Address.fromBytes(bytes(hex))).toThrow(AddressError))
})

describe("the translation between Filecoin and Ethereum addresses", () => {
  it("goes to f410 and back for everything but masked IDs", () => {
    fc.assert(
      fc.property(ofLength(20), (eth) => {
        const address = toFilecoinAddress(eth)
        expect(address.protocol).toBe(isMaskedId(eth) ? 0 : 4)
        expect(toEthAddress(address)).toEqual(eth)
      }),
    )
  })
  it("goes to f0 and back for masked IDs", () => {
    fc.assert(
      fc.property(id, (n) => {
        expect(toFilecoinAddress(maskedIdAddress(n)).actorId).toBe(n)
        expect(toEthAddress(Address.id(n))).toEqual(maskedIdAddress(n))
      }),
    )
  })
  it("has nothing for f1, f2, f3, another namespace, another length", () => {
    for (const address of [
      Address.secp256k1(new Uint8Array(65)),
      Address.actor(new Uint8Array()),
      Address.bls(new Uint8Array(48)),
      Address.delegated(11n, new Uint8Array(20)),
      Address.delegated(10n, new Uint8Array(19)),
    ])
      expect(toEthAddress(address)).toBeUndefined()
  })
  it.each([
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
  ])("reads and writes the EIP-55 example %s", (text) => {
    expect(formatEthAddress(parseEthAddress(text))).toBe(text)
    expect(formatEthAddress(parseEthAddress(text.toLowerCase()))).toBe(text)
  })
  it.each([
    "0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0x5aAe",
    "0x",
  ])("refuses %s", (text) => expect(() => parseEthAddress(text)).toThrow(AddressError))
})
