import type { NetworkOps } from "../kernel/index.ts"
import { writeCid } from "./memory.ts"
import { buffer, i64, returns, type SyscallModule, struct, syscall } from "./schema.ts"

/** `network`: the chain around the message. */
export const network: SyscallModule = {
  context: syscall({
    summary: "Tells epoch, time (Unix seconds), base fee (attoFIL), chain ID and network version.",
    params: {},
    result: struct({ epoch: "i64", timestamp: "u64", base_fee: "u128", chain_id: "u64", network_version: "u32" }),
    errors: {},
    source: "FIP-0054; ref-fvm shared/src/sys/out.rs (network::NetworkContext)",
    run: (kernel: NetworkOps) => {
      const context = kernel.networkContext()
      return {
        epoch: context.epoch,
        timestamp: context.timestamp,
        base_fee: context.baseFee,
        chain_id: context.chainId,
        network_version: context.networkVersion,
      }
    },
  }),
  tipset_cid: syscall({
    summary: "Writes the CID of a past tipset and returns its length.",
    params: { epoch: i64, obuf: buffer },
    result: returns.u32,
    errors: {
      IllegalArgument: "the epoch is negative, the current one, or in the future; the buffer leaves memory",
      BufferTooSmall: "the CID does not fit; it is charged all the same",
    },
    source: "FIP-0054; ref-fvm fvm/src/syscalls/network.rs",
    run: (kernel: NetworkOps, { epoch, obuf }) => writeCid(kernel.tipsetCid(epoch), obuf),
  }),
  total_fil_circ_supply: syscall({
    summary: "Tells how much attoFIL circulates, as of the beginning of the epoch.",
    params: {},
    result: returns.tokenAmount,
    errors: {},
    source: "FIP-0030; ref-fvm fvm/src/syscalls/filecoin.rs",
    run: (kernel: NetworkOps) => kernel.totalFilCircSupply(),
  }),
}
