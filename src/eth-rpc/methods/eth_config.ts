import { anything, toQuantity } from "../codecs/hex.ts"
import { defineEthMethod, type EthMethod } from "../context.ts"

const FILECOIN_PRECOMPILES = 0xfen << 152n
/** By the names of EIP-7910; those of Filecoin by the names of the EVM actor's modules. @see FIP-0054 */
const PRECOMPILES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ["ECREC", 1],
    ["SHA256", 2],
    ["RIPEMD160", 3],
    ["ID", 4],
    ["MODEXP", 5],
    ["BN254_ADD", 6],
    ["BN254_MUL", 7],
    ["BN254_PAIRING", 8],
    ["BLAKE2F", 9],
    ["RESOLVE_ADDRESS", FILECOIN_PRECOMPILES + 1n],
    ["LOOKUP_DELEGATED_ADDRESS", FILECOIN_PRECOMPILES + 2n],
    ["CALL_ACTOR_BY_ADDRESS", FILECOIN_PRECOMPILES + 3n],
    ["CALL_ACTOR_BY_ID", FILECOIN_PRECOMPILES + 5n],
  ].map(([name, address]) => [name, `0x${address!.toString(16).padStart(40, "0")}`]),
)

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
      precompiles: PRECOMPILES,
      systemContracts: {},
    },
    next: null,
    last: null,
  }),
})
