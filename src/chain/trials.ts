import { decodeCid } from "../ipld/cid.ts"
import { hex } from "./bytes.ts"
import type { TrialJob, TrialOutcome } from "./jobs.ts"
import { encodeMessage } from "./message-codec.ts"
import type { Tipset, TrialMessage, TrialRequest, TrialResponse } from "./types.ts"

/** Bytes that a delegated signature adds to a message on chain: what a trial is charged for if its caller does not say. */
const SIGNATURE_OVERHEAD = 69

/** The job for a trial, or for an estimate, on top of a tipset. Messages of an estimate are explicit if their caller does not say. */
export function trialJob<K extends "trial" | "estimate">(
  of: K,
  request: TrialRequest,
  at: Tipset,
): Omit<TrialJob, "kind"> & { readonly kind: K } {
  const { context, overlay } = request
  return {
    kind: of,
    at: at.hash,
    stateRoot: at.stateRoot.bytes,
    root: (overlay?.root ?? at.stateRoot).bytes,
    blocks: (overlay?.blocks ?? []).map(({ cid, bytes }) => ({ cid: cid.bytes, bytes })),
    epoch: context?.epoch,
    timestamp: context?.timestamp,
    baseFee: context?.baseFee,
    circulatingSupply: context?.circulatingSupply,
    beaconRandomness: context?.beaconRandomness,
    trace: request.trace ?? false,
    keepState: request.keepState ?? false,
    steps: request.steps,
    messages: request.messages.map((one) => {
      const kind = one.kind ?? (of === "estimate" ? "explicit" : "implicit")
      return {
        message: one.message,
        // What is implicit is in no block, and pays nothing for being there.
        chainLength:
          one.chainLength ?? (kind === "explicit" ? encodeMessage(one.message).length + SIGNATURE_OVERHEAD : 0),
        kind,
        assumeSender: one.assumeSender ?? false,
        exactSequence: one.exactSequence ?? false,
      }
    }),
  }
}

/** Calls of the same method of the same actor take about the same time. */
export function nameOfCall({ message: { to, method, params } }: TrialMessage): string {
  // The first bytes of the parameters are those of a CBOR byte string and the selector of a contract's method.
  return `${to.key}/${method}/${hex(params.subarray(0, 7))}`
}

/** What came of a trial, for those who asked for it. */
export function toResponse(outcome: TrialOutcome): TrialResponse {
  const { results, steps, epoch, timestamp, baseFee, root, blocks } = outcome
  return {
    results,
    steps,
    epoch,
    timestamp,
    baseFee,
    state:
      root === undefined
        ? undefined
        : { root: decodeCid(root), blocks: blocks.map(({ cid, bytes }) => ({ cid: decodeCid(cid), bytes })) },
  }
}
