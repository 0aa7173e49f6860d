import { type EthereumCase, fromHex } from "./case.ts"

const isReserved = (address: string): boolean => {
  const bytes = fromHex(address)
  const first = bytes[0]
  return (first === 0 || first === 0xfe) && bytes.subarray(1, 19).every((byte) => byte === 0)
}
const isMasked = (address: string): boolean => {
  const bytes = fromHex(address)
  return bytes[0] === 0xff && bytes.subarray(1, 12).every((byte) => byte === 0)
}

/** Why a case cannot be put to Filecoin at all, seen from its text; undefined if it can. What a run shows is in ethereumjs.ts. */
export function byDesign({ pre, tx }: EthereumCase): string | undefined {
  for (const [address, account] of Object.entries(pre)) {
    if (isMasked(address)) return "has an account at a masked ID"
    if (account.storage && !account.code) return "has an account with storage and no code, which no contract comes to"
    if (isReserved(address) && (account.code || account.storage)) return "has code at a reserved address"
    if (BigInt(address) === BigInt(tx.sender) && account.code) return "is sent by a contract (EIP-3607)"
  }
  if (BigInt(tx.nonce) >= 2n ** 64n - 1n) return "has the last nonce there is"
  if (BigInt(tx.value) >= 2n ** 127n) return "sends more than there can be"
  return undefined
}
