import { sha256 } from "@noble/hashes/sha2.js"
import { CID } from "multiformats/cid"
import { describe, expect, test } from "vitest"
import { FIL_COMMITMENT_SEALED } from "../../ipld/cid.ts"
import { encode } from "../../ipld/dag-cbor.ts"
import { dataCommitmentCid } from "./commitment.ts"
import { MockProofVerifier } from "./mock-proofs.ts"
import { ProofError, type SealInfo } from "./proofs.ts"

const verifier = new MockProofVerifier()

function sealed(byte: number): CID {
  const bytes = new Uint8Array([0x81, 0xe8, 0x02, 32, ...new Uint8Array(32).fill(byte)])
  return CID.createV1(FIL_COMMITMENT_SEALED, { code: 0xb401, size: 32, digest: bytes.subarray(4), bytes })
}

const inputs = {
  sealedCid: sealed(3),
  unsealedCid: dataCommitmentCid(new Uint8Array(32).fill(9)),
  randomness: new Uint8Array(32).fill(200),
  interactiveRandomness: new Uint8Array(32).fill(100),
}
const core = Uint8Array.from(
  { length: 32 },
  (_, i) => inputs.unsealedCid.bytes[i]! + inputs.sealedCid.bytes[31 - i]! - 100 * 200,
)

function seal(proof: Uint8Array, sealProof = 5n): SealInfo {
  return { ...inputs, sealProof, sector: { miner: 1000n, number: 1n }, dealIds: [], proof }
}

const padded = (length: number, bytes: Uint8Array): Uint8Array => {
  const all = new Uint8Array(length)
  all.set(bytes)
  return all
}

describe("mock proofs", () => {
  test("of a seal are sums over its inputs, as long as the real ones", () => {
    expect(verifier.verifySeal(seal(padded(192, core)))).toBe(true)
    expect(verifier.verifySeal(seal(padded(1920, core), 8n))).toBe(true)
    expect(verifier.verifySeal(seal(padded(14164, core), 15n))).toBe(true)
    expect(verifier.verifySeal(seal(padded(193, core)))).toBe(false)
    expect(
      verifier.verifySeal(
        seal(
          padded(
            192,
            core.map((byte) => byte + 1),
          ),
        ),
      ),
    ).toBe(false)
  })

  test("of an aggregate add up the seals times their places", () => {
    const aggregate = (infos: number, proof: Uint8Array): boolean =>
      verifier.verifyAggregateSeals({
        miner: 1000n,
        sealProof: 5n,
        aggregateProof: 1n,
        proof,
        infos: Array.from({ length: infos }, (_, i) => ({ ...inputs, sectorNumber: BigInt(i) })),
      })
    expect(
      aggregate(
        3,
        padded(
          11220,
          core.map((byte) => byte * 3),
        ),
      ),
    ).toBe(true)
    expect(
      aggregate(
        9,
        padded(
          14196,
          core.map((byte) => byte * 36),
        ),
      ),
    ).toBe(true)
    expect(
      aggregate(
        9,
        padded(
          11220,
          core.map((byte) => byte * 36),
        ),
      ),
    ).toBe(false)
    expect(() => aggregate(8193, new Uint8Array(0))).toThrow(ProofError)
  })

  test("of space-time hash randomness and sectors", () => {
    const sector = { sealProof: 5n, sectorNumber: 1n, sealedCid: sealed(3) }
    const randomness = new Uint8Array(32).fill(0xff)
    const seed = randomness.slice()
    seed[31] = 0x3f
    const proof = sha256(new Uint8Array([...seed, ...encode([5n, 1n, sector.sealedCid])]))
    const post = (bytes: Uint8Array, times = 1): boolean =>
      verifier.verifyWindowPost({
        randomness,
        proofs: Array(times).fill({ postProof: 10n, proof: bytes }),
        challengedSectors: [sector],
        prover: 1000n,
      })
    expect(post(proof)).toBe(true)
    expect(() => post(new Uint8Array(32))).toThrow(ProofError)
    expect(() => post(proof, 2)).toThrow(ProofError)
  })
})
