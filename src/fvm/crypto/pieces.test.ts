import { describe, expect, test } from "vitest"
import { cidOfBlock, RAW } from "../../ipld/cid.ts"
import { dataCommitmentCid, dataCommitmentOf } from "./commitment.ts"
import { computeUnsealedSectorCid } from "./pieces.ts"
import { ProofError } from "./proofs.ts"

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
const comm = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)
const piece = (size: bigint, byte = 0) => ({ size, cid: dataCommitmentCid(comm(byte)) })
const commD = (proof: bigint, ...pieces: ReturnType<typeof piece>[]): string =>
  toHex(dataCommitmentOf(computeUnsealedSectorCid(proof, pieces)))

/** Commitments to 128 zero bytes and to empty sectors, from rust-fil-proofs. */
const ZERO_128 = "3731bb99ac689f66eef5973e4a94da188f4ddcae580724fc6f3fd60dfd488333"
const ZERO_2KIB = "fc7e928296e516faade986b28f92d44a4f24b935485223376a799027bc18f833"

describe("the commitment to a sector's data", () => {
  test("of an empty sector is that of zeros", () => {
    expect(commD(5n)).toBe(ZERO_2KIB)
    expect(computeUnsealedSectorCid(8n, []).toString()).toBe(
      "baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq",
    )
  })

  test("depends on the size of the sector, not on how it was sealed", () => {
    for (const proof of [0n, 10n, 15n]) expect(commD(proof)).toBe(ZERO_2KIB)
    expect(commD(6n)).not.toBe(ZERO_2KIB)
  })

  test("of one piece as large as the sector is that piece", () => {
    expect(commD(5n, piece(2048n, 5))).toBe(toHex(comm(5)))
  })

  test("of zero pieces is that of the empty sector", () => {
    const zero = { size: 128n, cid: dataCommitmentCid(Uint8Array.from(Buffer.from(ZERO_128, "hex"))) }
    expect(commD(5n, zero)).toBe(ZERO_2KIB)
    expect(commD(5n, ...Array(16).fill(zero))).toBe(ZERO_2KIB)
  })

  test("aligns a piece to its size with zeros before it", () => {
    const zero = { size: 256n, cid: computeUnsealedZero(256n) }
    const small = piece(128n, 1)
    const large = piece(512n, 2)
    const gap = { size: 128n, cid: computeUnsealedZero(128n) }
    expect(commD(5n, small, large)).toBe(commD(5n, small, gap, zero, large))
    expect(commD(5n, small, large)).not.toBe(commD(5n, large, small))
  })

  function computeUnsealedZero(size: bigint) {
    const zeros: Record<string, string> = {
      "128": ZERO_128,
      "256": "642a607ef886b004bf2c1978463ae1d4693ac0f410eb2d1b7a47fe205e5e750f",
    }
    return dataCommitmentCid(Uint8Array.from(Buffer.from(zeros[String(size)]!, "hex")))
  }

  test.each([
    ["an unknown proof", 20n, [piece(128n)]],
    ["a negative proof", -1n, []],
    ["a piece of no bytes", 5n, [piece(0n)]],
    ["a piece of 127 bytes", 5n, [piece(127n)]],
    ["a piece of 64 bytes", 5n, [piece(64n)]],
    ["a piece that is no power of two", 5n, [piece(384n)]],
    ["a piece larger than the sector", 5n, [piece(4096n)]],
    ["pieces that do not fit together", 5n, [piece(2048n), piece(128n)]],
    ["pieces that do not fit once aligned", 5n, [piece(128n), piece(2048n)]],
    ["a piece of 2^63 bytes", 5n, [piece(1n << 63n)]],
    ["two pieces of 2^63 bytes", 5n, [piece(1n << 63n), piece(1n << 63n)]],
    ["a piece of 2^64-1 bytes", 5n, [piece((1n << 64n) - 1n)]],
    ["a CID that is no commitment", 5n, [{ size: 128n, cid: cidOfBlock(RAW, comm(0)) }]],
  ])("refuses %s", (_what, proof, pieces) => {
    expect(() => computeUnsealedSectorCid(proof, pieces)).toThrow(ProofError)
  })
})
