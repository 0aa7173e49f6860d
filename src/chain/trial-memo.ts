import { bytesKey } from "../ipld/cid.ts"
import type { EstimateJob, EstimateOutcome, TrialJob, TrialOutcome } from "./jobs.ts"
import { Lru } from "./lru.ts"

/** Answers that are remembered. */
const MAX_ANSWERS = 512
/** Larger parameters, answers and events are not remembered. */
const MAX_BYTES = 16 * 1024

/**
 * Answers to calls that were asked before, of the same state: what a call returns depends on nothing but what is in its job. Pages
 * and tools ask the same few calls over and over until the state changes.
 */
export class TrialMemo {
  readonly #answers = new Lru<string, TrialOutcome | EstimateOutcome>(MAX_ANSWERS)

  /** A name for all that the answer depends on; undefined for what is not remembered. */
  keyOf(job: TrialJob | EstimateJob): string | undefined {
    const [one, ...more] = job.messages
    if (one === undefined || more.length > 0 || job.trace || job.keepState || job.steps || job.blocks.length > 0)
      return undefined
    const { message, chainLength, kind, assumeSender, exactSequence } = one
    if (message.params.length > MAX_BYTES) return undefined
    const { version, to, from, sequence, value, gasLimit, gasFeeCap, gasPremium, method, params } = message
    const { at, stateRoot, root, epoch, timestamp, baseFee, circulatingSupply, beaconRandomness } = job
    // Most are of the state after a tipset itself.
    const place = `${bytesKey(at)}${bytesKey(stateRoot)}${root === stateRoot ? "" : bytesKey(root)}`
    const random = beaconRandomness === undefined ? "" : bytesKey(beaconRandomness)
    const network = `${epoch}/${timestamp}/${baseFee}/${circulatingSupply}/${random}`
    const prices = `${gasLimit}/${gasFeeCap}/${gasPremium}`
    const how = `${job.kind}/${kind}/${chainLength}/${assumeSender}/${exactSequence}/${version}`
    return `${how}/${network}/${prices}/${sequence}/${value}/${method}/${to.key}/${from.key}/${place}/${bytesKey(params)}`
  }

  get(key: string): TrialOutcome | EstimateOutcome | undefined {
    return this.#answers.get(key)
  }

  set(key: string, answer: TrialOutcome | EstimateOutcome): void {
    const results = "results" in answer ? answer.results : [answer.result]
    let bytes = 0
    for (const { receipt, events } of results) {
      bytes += receipt.returnData.length
      for (const { entries } of events) for (const { value } of entries) bytes += value.length
    }
    if (bytes <= MAX_BYTES) this.#answers.set(key, answer)
  }
}
