import type { Bundle } from "../../src/fvm/machine/bundle.ts"
import { decode } from "../../src/ipld/dag-cbor.ts"
import { toHex } from "./case.ts"
import { runOnKernel } from "./kernel.ts"

const CALLER = `0x${"c0".repeat(20)}`
const SENDER = `0x${"aa".repeat(20)}`

/** Copies the call data to memory, calls the address with it, and returns what came back or reverts. */
const proxy = (address: number): string =>
  `0x365f5f375f5f365f61${address.toString(16).padStart(4, "0")}5afa3d5f5f3e6017573d5ffd5b3d5ff3`

/**
 * Runs a message to a contract that hands its call data to a precompile.
 *
 * @param input - Hex digits.
 * @returns What came back, as hex digits, undefined if the call failed; gas and exit code of the whole message.
 */
export function callPrecompile(
  address: number,
  input: string,
  on: Bundle,
): { readonly got: string | undefined; readonly gasUsed: bigint; readonly exitCode: number } {
  const { exitCode, returnData, gasUsed } = runOnKernel(
    {
      env: {
        baseFee: "0x0",
        coinbase: SENDER,
        gasLimit: "0x0",
        gasUsed: "0x0",
        number: "0x1",
        prevRandao: "0x0",
        timestamp: "0x1",
      },
      pre: { [SENDER]: { balance: "0x1" }, [CALLER]: { code: proxy(address), nonce: "0x1" } },
      tx: {
        sender: SENDER,
        to: CALLER,
        data: `0x${input}`,
        value: "0x0",
        nonce: "0x0",
        gasLimit: "0x0",
        gasPrice: "0x0",
      },
      post: {},
    },
    on,
  )
  return { got: exitCode === 0 ? toHex(decode(returnData) as Uint8Array).slice(2) : undefined, gasUsed, exitCode }
}
