import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import { describe, expect, it } from "vitest"
import { hasSharedData, needsSharedData, readSharedJson } from "../../tests/support/shared-data.ts"
import { formatEthAddress, parseEthAddress } from "../address/ethereum.ts"
import { InvalidTransaction } from "./errors.ts"
import { decodeTransaction, encodeTransaction, transactionFromMessage } from "./transaction.ts"

const CHAIN_ID = 31415926n

interface LotusTransaction {
  name: string
  raw: string
  sender: string
  message: {
    From: string
    To: string
    Nonce: number | string
    Value: string
    GasLimit: number | string
    GasFeeCap: string
    GasPremium: string
    Method: number
    Params: string | null
  }
  signature: { Type: number; Data: string }
  hash: string
}

const toBytes = (hex: string): Uint8Array => hexToBytes(hex.replace(/^0x/, ""))
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

describe.skipIf(!hasSharedData)(needsSharedData("transactions that a live Lotus took"), () => {
  const transactions = hasSharedData ? readSharedJson<LotusTransaction[]>("vectors/lotus/transactions.json") : []
  const symbols = hasSharedData ? readSharedJson<Record<string, string>>("vectors/lotus/symbols.json") : {}
  const resolve = (text: string): string => text.replace(/\{\{([^}]+)\}\}/g, (_, name: string) => symbols[name] ?? name)
  const inNetworkForm = (text: string): string => text.replace(/^f/, "t")

  for (const recorded of transactions) {
    it(`${recorded.name}: message, signature and hash as on chain, and back to the same bytes`, () => {
      const raw = toBytes(recorded.raw)
      const decoded = decodeTransaction(raw, CHAIN_ID, "lotus")
      const { message, signature } = decoded
      expect(formatEthAddress(decoded.sender).toLowerCase()).toBe(resolve(recorded.sender).toLowerCase())
      expect(`0x${bytesToHex(decoded.hash)}`).toBe(resolve(recorded.hash))
      expect({
        from: inNetworkForm(message.from.toString()),
        to: inNetworkForm(message.to.toString()),
        nonce: message.sequence.toString(),
        value: message.value.toString(),
        gasLimit: message.gasLimit.toString(),
        gasFeeCap: message.gasFeeCap.toString(),
        gasPremium: message.gasPremium.toString(),
        method: Number(message.method),
        params: message.params.length === 0 ? null : base64(message.params),
      }).toEqual({
        from: inNetworkForm(resolve(recorded.message.From)),
        to: inNetworkForm(resolve(recorded.message.To)),
        nonce: String(recorded.message.Nonce).replace("#int:", ""),
        value: recorded.message.Value,
        gasLimit: String(recorded.message.GasLimit).replace("#int:", ""),
        gasFeeCap: recorded.message.GasFeeCap,
        gasPremium: recorded.message.GasPremium,
        method: recorded.message.Method,
        params: recorded.message.Params,
      })
      expect({ type: signature.type, data: base64(signature.data) }).toEqual({
        type: recorded.signature.Type,
        data: recorded.signature.Data,
      })
      const back = transactionFromMessage(message, signature, CHAIN_ID)
      expect(bytesToHex(encodeTransaction(back))).toBe(bytesToHex(raw))
    })
  }
})

interface EthereumTransactionTest {
  txbytes: string
  result: { sender: string; hash: string } | { exception: string }
}

/** Faults that exist in Ethereum's gas rules, or in sizes that Filecoin does not limit; the network takes such a transaction. */
const ETHEREUM_ONLY = ["INTRINSIC_GAS_TOO_LOW", "GASLIMIT_PRICE_PRODUCT_OVERFLOW", "INITCODE_SIZE_EXCEEDED"]

describe.skipIf(!hasSharedData)(needsSharedData("ethereum/tests TransactionTests"), () => {
  const cases = hasSharedData
    ? readSharedJson<Record<string, EthereumTransactionTest>>("data/transactions.json.gz")
    : {}
  for (const [name, { txbytes, result }] of Object.entries(cases)) {
    const raw = toBytes(txbytes)
    if (raw[0] === 1) {
      it(`${name}: access lists are refused by kind`, () => {
        expect(() => decodeTransaction(raw, 1n)).toThrow(InvalidTransaction)
      })
    } else if ("exception" in result && !ETHEREUM_ONLY.some((fault) => result.exception.includes(fault))) {
      it(`${name}: refused (${result.exception})`, () => {
        expect(() => decodeTransaction(raw, 1n)).toThrow(InvalidTransaction)
      })
    } else {
      it(`${name}: taken`, () => {
        const decoded = decodeTransaction(raw, 1n)
        expect(bytesToHex(encodeTransaction(decoded.transaction))).toBe(bytesToHex(raw))
        if ("sender" in result) {
          expect(bytesToHex(decoded.sender)).toBe(bytesToHex(parseEthAddress(result.sender.toLowerCase())))
          expect(`0x${bytesToHex(decoded.hash)}`).toBe(result.hash)
        }
      })
    }
  }
})
