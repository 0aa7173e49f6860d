import { anything, toQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

export const eth_config: EthMethod = defineEthMethod({
  name: "eth_config",
  summary: "Rules of the network as EIP-7910 shows them: there is one fork, which holds for ever.",
  params: [],
  result: anything,
  source: "EIP-7910",
  handle: ({ chain }) => ({
    current: {
      activationTime: chain.genesis.timestamp,
      blobSchedule: null,
      chainId: toQuantity(chain.chainId),
      forkId: toQuantity(chain.networkVersion),
      precompiles: {},
      systemContracts: {},
    },
    next: null,
    last: null,
  }),
})
