import { RLP } from "@ethereumjs/rlp"
import type { BlockTransaction } from "../block-reader.ts"
import { toBytes } from "./hex.ts"

const TYPE_EIP1559 = 2

/** A receipt as Ethereum's wire format has it: status, cumulative gas, bloom, logs; the type byte before those of type 2. */
export function encodeRawReceipt({ view, receipt, cumulativeGasUsed, logs }: BlockTransaction): Uint8Array {
  const list = RLP.encode([
    minimal(BigInt(receipt.status)),
    minimal(cumulativeGasUsed),
    receipt.logsBloom,
    logs.map((log) => [log.address, [...log.topics], log.data]),
  ])
  if (view.type !== TYPE_EIP1559) return list
  const typed = new Uint8Array(list.length + 1)
  typed[0] = TYPE_EIP1559
  typed.set(list, 1)
  return typed
}

function minimal(value: bigint): Uint8Array {
  return value === 0n ? new Uint8Array() : toBytes(value, Math.ceil(value.toString(16).length / 2))
}
