import { Address } from "../../address/address.ts"
import { encodeCar } from "../../ipld/car.ts"
import { cidOfBlock, DAG_CBOR, RAW } from "../../ipld/cid.ts"
import { encode } from "../../ipld/dag-cbor.ts"
import type { ChainOptions, SignedMessage } from "../types.ts"

const NAMES = [
  "system",
  "init",
  "cron",
  "account",
  "storagepower",
  "storageminer",
  "storagemarket",
  "paymentchannel",
  "multisig",
  "reward",
  "verifiedregistry",
  "datacap",
  "placeholder",
  "evm",
  "eam",
  "ethaccount",
]

/** `(module (memory (export "memory") 1) (func (export "invoke") (param i32) (result i32) (i32.const 0)))`, and a custom section. */
function standIn(name: string): Uint8Array {
  const text = new TextEncoder().encode(name)
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f],
    ...[0x03, 0x02, 0x01, 0x00],
    ...[0x05, 0x03, 0x01, 0x00, 0x01],
    ...[0x07, 0x13, 0x02, 0x06, ...new TextEncoder().encode("memory"), 0x02, 0x00],
    ...[0x06, ...new TextEncoder().encode("invoke"), 0x00, 0x00],
    ...[0x0a, 0x06, 0x01, 0x04, 0x00, 0x41, 0x00, 0x0b],
    ...[0x00, 2 + text.length, 1, 0x6e, ...text],
  ])
}

/**
 * A bundle whose actors accept every method and return nothing, so that tests of the chain need no built actors. For tests.
 *
 * @param other - Wasm of actors that do something else, by name.
 */
export function standInBundle(other: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  const codes = NAMES.map((name) => {
    const bytes = other[name] ?? standIn(name)
    return { name, bytes, cid: cidOfBlock(RAW, bytes) }
  })
  const data = encode(codes.map(({ name, cid }) => [name, cid]))
  const dataCid = cidOfBlock(DAG_CBOR, data)
  const root = encode([1, dataCid])
  const rootCid = cidOfBlock(DAG_CBOR, root)
  return encodeCar([rootCid], [{ cid: rootCid, bytes: root }, { cid: dataCid, bytes: data }, ...codes])
}

/** The n-th f410 account of tests. */
export function account(n: number): Address {
  return Address.delegated(10n, new Uint8Array(20).fill(n))
}

/** attoFIL that each of the test accounts begins with. */
export const BALANCE: bigint = 1000n * 10n ** 18n
/** Timestamp of the test genesis. */
export const GENESIS_TIME = 1_700_000_000

/** Options of a chain with accounts 1 to 5 and a clock that stands still. */
export function testOptions(more: Partial<ChainOptions> = {}): ChainOptions {
  return {
    bundles: [standInBundle()],
    genesis: {
      accounts: [1, 2, 3, 4, 5].map((n) => ({ address: account(n), balance: BALANCE })),
      timestampSeconds: GENESIS_TIME,
    },
    now: () => (GENESIS_TIME + 1000) * 1000,
    readers: 1,
    stackSizeMb: 16,
    ...more,
  }
}

/** A bare transfer with a signature that nobody checks. */
export function transfer(
  from: number,
  sequence: number,
  to: Address = account(9),
  fields: Partial<SignedMessage["message"]> = {},
): SignedMessage {
  return {
    message: {
      version: 0n,
      from: account(from),
      to,
      sequence: BigInt(sequence),
      value: 1n,
      method: 0n,
      params: new Uint8Array(0),
      gasLimit: 10_000_000n,
      gasFeeCap: 1000n,
      gasPremium: 100n,
      ...fields,
    },
    signature: { type: 3, data: new Uint8Array(65).fill(sequence & 0xff) },
  }
}

/** A second name: 32 bytes that follow from a number. */
export function alias(n: number): Uint8Array {
  const bytes = new Uint8Array(32).fill(0xaa)
  new DataView(bytes.buffer).setUint32(0, n)
  return bytes
}
