import { Address } from "../../src/address/address.ts"
import { parseEthAddress, toFilecoinAddress } from "../../src/address/ethereum.ts"
import type { FevmNode } from "../../src/index.ts"
import { encode, encodeBigInt } from "../../src/ipld/dag-cbor.ts"

const REGISTRY = Address.id(6n)
const ADD_VERIFIER = 2n

/**
 * Makes an address a verifier, as the root of the verified registry does: on a network by governance, on a devnet by its first account.
 *
 * A native message, which no Ethereum transaction can be: it goes to the chain itself, as a message that needs no signature.
 *
 * @param allowance - Bytes that it may grant.
 */
export async function addVerifier(node: FevmNode, verifier: string, allowance: bigint): Promise<void> {
  const root = node.accounts[0]!.filecoinAddress
  const params = encode([toFilecoinAddress(parseEthAddress(verifier)).bytes, encodeBigInt(allowance)])
  await node.chain.push(
    {
      message: {
        version: 0n,
        from: root,
        to: REGISTRY,
        sequence: await node.chain.nextSequence(root),
        value: 0n,
        method: ADD_VERIFIER,
        params,
        gasLimit: 100_000_000n,
        gasFeeCap: 1_000_000n,
        gasPremium: 200_000n,
      },
      signature: { type: 3, data: new Uint8Array(65) },
    },
    { trusted: true },
  )
}
