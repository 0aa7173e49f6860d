import { sha256 } from "@noble/hashes/sha2.js"
import { encode } from "../../ipld/dag-cbor.ts"
import { SEAL_PROOFS } from "./proof-types.ts"
import {
  type AggregateSeals,
  ProofError,
  type ProofVerifier,
  type ReplicaUpdate,
  type SealInfo,
  type WindowPost,
} from "./proofs.ts"

/** Bytes of the proof that a mock seal makes, and that means something; the rest is zeros that nobody looks at. */
const MOCK_LENGTH = 32
/** Bytes of an aggregate, by the greatest number of proofs that it holds. */
const AGGREGATE_LENGTHS: readonly (readonly [proofs: number, length: number])[] = Array.from(
  { length: 11 },
  (_, i) => [8 << i, 11220 + 2976 * i] as const,
)

/** Bytes of a seal proof. @see ref-fvm shared/src/sector/registered_proof.rs (proof_size) */
function sealProofLength(type: bigint): number {
  const large = (SEAL_PROOFS.get(type)?.sectorBytes ?? 0n) >= 32n << 30n
  if (type >= 15n) return large ? 23092 : 14164
  return large ? 1920 : 192
}

/** The byte at `i` of what a seal of these inputs proves. */
function sealByte(
  info: Pick<SealInfo, "sealedCid" | "unsealedCid" | "randomness" | "interactiveRandomness">,
  i: number,
): number {
  const { sealedCid, unsealedCid, randomness, interactiveRandomness } = info
  return (unsealedCid.bytes[i]! + sealedCid.bytes[31 - i]! - interactiveRandomness[i]! * randomness[i]!) & 0xff
}

/**
 * Judges the proofs of a devnet whose storage providers make mock proofs, as Lotus' mock verifier does: the proofs are sums over public
 * values, and prove nothing.
 *
 * @see lotus storage/sealer/mock/mock.go (mockVerifProver)
 */
export class MockProofVerifier implements ProofVerifier {
  verifySeal(info: SealInfo): boolean {
    if (info.proof.length !== sealProofLength(info.sealProof)) return false
    for (let i = 0; i < MOCK_LENGTH; i++) if (info.proof[i] !== sealByte(info, i)) return false
    return true
  }

  verifyAggregateSeals({ infos, proof }: AggregateSeals): boolean {
    const length = AGGREGATE_LENGTHS.find(([proofs]) => infos.length <= proofs)?.[1]
    if (length === undefined) throw new ProofError(`${infos.length} seals are too many for one aggregate`)
    const expected = new Uint8Array(length)
    infos.forEach((info, at) => {
      for (let i = 0; i < MOCK_LENGTH; i++) expected[i]! += sealByte(info, i) * (at & 0xff)
    })
    return sameBytes(proof, expected)
  }

  verifyReplicaUpdate(_update: ReplicaUpdate): boolean {
    return true
  }

  verifyWindowPost({ proofs, challengedSectors, randomness }: WindowPost): boolean {
    const [first, second] = proofs
    if (first === undefined || second !== undefined)
      throw new ProofError(`a mock PoSt has one proof, not ${proofs.length}`)
    const seed = randomness.slice()
    seed[31]! &= 0x3f
    const hash = sha256.create().update(seed)
    for (const { sealProof, sectorNumber, sealedCid } of challengedSectors) {
      hash.update(encode([sealProof, sectorNumber, sealedCid]))
    }
    if (!sameBytes(first.proof, hash.digest())) throw new ProofError("the mock PoSt is not that of these sectors")
    return true
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
