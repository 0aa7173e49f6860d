import { describe, expect, test } from "vitest"
import { hasSharedData, needsSharedData, sharedPath } from "../../../tests/support/shared-data.ts"
import { Address } from "../../address/address.ts"
import { blake2b256 } from "../../ipld/blake2b.ts"
import { MemoryBlockstore } from "../../ipld/blockstore.ts"
import { type CID, cidOfBlock, DAG_CBOR } from "../../ipld/cid.ts"
import { ChainError } from "../errors.ts"
import { encodeHeader, headerCid } from "../header-codec.ts"
import { TipsetKey } from "../tipset-key.ts"
import type { BlockHeader } from "../types.ts"
import { chainExterns } from "./chain-externs.ts"
import { HeaderChain } from "./header-chain.ts"
import { toBigInt } from "./recording.ts"
import type { TipsetOutcome } from "./replay.ts"
import { replayFolders, runReplay } from "./run.ts"

const root = cidOfBlock(DAG_CBOR, new Uint8Array([0x80]))

/** Headers at these epochs; the mock beacon's rounds since the epoch before are in each. */
function chainAt(epochs: readonly number[]): { headers: HeaderChain; cids: ReadonlyMap<number, CID> } {
  const store = new MemoryBlockstore()
  const cids = new Map<number, CID>()
  let parents: CID[] = []
  let before = -1
  for (const epoch of epochs) {
    const rounds = Array.from({ length: epoch - before }, (_, index) => BigInt(before + 1 + index + 100))
    const header: BlockHeader = {
      miner: Address.id(1000),
      ticket: new Uint8Array([epoch]),
      electionProof: undefined,
      beaconEntries: rounds.map((round) => ({ round, data: new Uint8Array([Number(round)]) })),
      winPoStProof: [],
      parents,
      parentWeight: 0n,
      epoch,
      parentStateRoot: root,
      parentMessageReceipts: root,
      messages: root,
      blsAggregate: undefined,
      timestamp: 1000 + epoch,
      blockSignature: undefined,
      forkSignaling: 0n,
      parentBaseFee: 100n,
    }
    const cid = headerCid(header)
    store.put(cid, encodeHeader(header))
    cids.set(epoch, cid)
    parents = [cid]
    before = epoch
  }
  return { headers: new HeaderChain(store, parents), cids }
}

describe("externs of a recorded chain", () => {
  const { headers, cids } = chainAt([0, 1, 5, 6])
  const externs = chainExterns({ headers, epoch: 6n })

  test("the ticket of a null round is that of the tipset after it", () => {
    expect(externs.getChainRandomness(1n)).toEqual(blake2b256(new Uint8Array([1])))
    expect(externs.getChainRandomness(3n)).toEqual(blake2b256(new Uint8Array([5])))
    expect(externs.getChainRandomness(-9n)).toEqual(blake2b256(new Uint8Array([0])))
  })

  test("the beacon entry is the one of the epoch's own round, in the tipset after it or before that", () => {
    expect(externs.getBeaconRandomness(3n)).toEqual(blake2b256(new Uint8Array([103])))
    expect(externs.getBeaconRandomness(6n)).toEqual(blake2b256(new Uint8Array([106])))
    const late = chainExterns({ headers, epoch: 6n, beaconRound: () => 101n })
    expect(late.getBeaconRandomness(6n)).toEqual(blake2b256(new Uint8Array([101])))
    const never = chainExterns({ headers, epoch: 6n, beaconRound: () => 4711n })
    expect(() => never.getBeaconRandomness(6n)).toThrow(ChainError)
  })

  test("nothing after the tipset that is executed can be asked for", () => {
    expect(() => externs.getChainRandomness(7n)).toThrow(ChainError)
    expect(() => chainExterns({ headers, epoch: 5n }).getBeaconRandomness(6n)).toThrow(ChainError)
  })

  test("the tipset CID of a null round is that of the tipset before it", () => {
    const key = new TipsetKey([cids.get(1)!])
    expect(externs.getTipsetCid(4n).toString()).toBe(key.cid.toString())
    expect(externs.getTipsetCid(1n).toString()).toBe(key.cid.toString())
  })
})

test("integers of a recording are numbers, decimal strings or #int:N", () => {
  expect([toBigInt(5), toBigInt("-7"), toBigInt("#int:4611686018427387903")]).toEqual([5n, -7n, 4611686018427387903n])
  expect(() => toBigInt("x")).toThrow(ChainError)
})

test.skipIf(!hasSharedData)(
  needsSharedData("without the actors' code a recording is skipped, and says what is missing"),
  async () => {
    const lines: string[] = []
    const folder = sharedPath("vectors/lotus/chain")
    expect(await replayFolders([folder], { bundles: "", limit: 2 }, (line) => lines.push(line))).toBe(true)
    expect(lines[0]).toMatch(/^SKIPPED 2 tipsets .* account \(bafk/)
    expect(lines.at(-1)).toBe("0 passed, 0 failed, 2 skipped")
  },
)

const bundles = process.env.FEVM_BUNDLE ?? ""
const runnable = hasSharedData && bundles.includes("mainnet") && bundles.includes("fake-proofs")

describe.skipIf(!runnable)(
  runnable
    ? "a chain recorded on a live Lotus"
    : needsSharedData(
        "a chain recorded on a live Lotus (SKIPPED unless FEVM_BUNDLE names mainnet and fake-proofs CARs)",
      ),
  () => {
    test("38 tipsets give the same states, receipts, gas and fees", { timeout: 300_000 }, async () => {
      const failures: TipsetOutcome[] = []
      const counts = await runReplay({ folder: sharedPath("vectors/lotus/chain"), bundles }, (outcome) => {
        if (outcome.difference !== undefined) failures.push(outcome)
      })
      expect(failures).toEqual([])
      expect(counts).toEqual({ passed: 38, failed: 0, skipped: 0 })
    })
  },
)
