import type { Bundle } from "../../../src/fvm/machine/bundle.ts"
import { runtimeFor } from "../../../src/fvm/runtime.ts"
import { MemoryBlockstore } from "../../../src/ipld/blockstore.ts"
import { type EthereumCase, fromHex } from "../../ethereum/case.ts"
import { contractState } from "../../ethereum/kernel.ts"
import { type Vector as Comparable, differences } from "../../support/compare-results.ts"
import { runVector } from "../../support/run-vector.ts"
import { isVector } from "../../vectors/format.ts"
import { replayVector } from "../../vectors/replay.ts"
import type { Oracle } from "../kernel/oracle.ts"

const FIRST_ID = 1000
/** More than a program of the steps that are compared takes. */
const GAS_LIMIT = 100_000_000_000
const INVOKE_EVM = 3844450837

/** A case as a scenario for the reference FVM with the official bundle. */
export function scenarioOf({ pre, tx, env }: EthereumCase): Record<string, unknown> {
  const store = new MemoryBlockstore()
  const states = Object.values(pre).map(({ code, nonce, storage }) =>
    code === undefined ? undefined : contractState(store, fromHex(code), BigInt(nonce ?? 0), storage ?? {}),
  )
  return {
    name: "program",
    bundle: true,
    network: {
      chain_id: 1,
      epoch: Number(env.number),
      timestamp: Number(env.timestamp),
      base_fee: String(BigInt(env.baseFee)),
      tracing: false,
    },
    blocks: [...store.blocks()].map(({ cid, bytes }) => ({
      name: cid.toString(),
      codec: cid.code,
      hex: Buffer.from(bytes).toString("hex"),
    })),
    actors: Object.entries(pre).map(([address, { balance, nonce }], i) => {
      const state = states[i]
      return {
        name: address,
        id: FIRST_ID + i,
        code: { builtin: state === undefined ? "ethaccount" : "evm" },
        balance: String(BigInt(balance ?? 0)),
        sequence: state === undefined ? Number(nonce ?? 0) : 0,
        address: { eth: address.slice(2) },
        ...(state === undefined ? {} : { state: { cid: state.toString() } }),
      }
    }),
    messages: [
      {
        from: tx.sender,
        to: tx.to,
        method: INVOKE_EVM,
        value: String(BigInt(tx.value)),
        params_bytes: tx.data.slice(2),
        gas_limit: GAS_LIMIT,
        gas_fee_cap: String(BigInt(tx.gasPrice ?? 0)),
        gas_premium: "0",
        implicit: true,
      },
    ],
  }
}

/**
 * Runs a case on the reference FVM with the official bundle, and then on our kernel: with the official bundle everything has to be equal,
 * gas to the unit and state roots; with ours, all but gas and code.
 *
 * @param ours - Undefined if what ours does may hang on gas.
 * @returns Where they differ, in words; undefined if they do not.
 */
export async function differenceFromOracle(
  oracle: Oracle,
  test: EthereumCase,
  official: Bundle,
  ours: Bundle | undefined,
): Promise<string | undefined> {
  const vector = await oracle.ask(scenarioOf(test))
  if (!isVector(vector)) return `oracle: no answer: ${String((vector as { error?: unknown }).error)}`
  const kernel = replayVector(vector, { bundles: [official], runtimeFor })
  if (kernel.kind === "failed") return `oracle, our kernel: ${kernel.difference}`
  if (kernel.kind === "skipped") return `oracle: ${kernel.reason}`
  if (ours === undefined) return undefined
  const [found] = differences(vector as unknown as Comparable, runVector(vector, ours))
  return found === undefined ? undefined : `oracle, our actor: ${found}`
}
