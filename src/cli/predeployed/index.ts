import { hexToBytes } from "@noble/hashes/utils.js"
import { parseEthAddress, toFilecoinAddress } from "../../address/ethereum.ts"
import type { GenesisActor } from "../../chain/types.ts"
import { createContract } from "../../fvm-bridge/contract-state.ts"
import { MULTICALL3_CODE } from "./multicall3.ts"

/** Name of a contract that a new chain can begin with. */
export type Predeployed = "create2-deployer" | "multicall3"

/** Contracts that tools expect at the same address on every chain. A row is a contract that a new chain can begin with. */
const CONTRACTS: Readonly<Record<Predeployed, { readonly address: string; readonly code: string }>> = {
  /**
   * Deploys by CREATE2 what comes behind 32 bytes of salt: Foundry's, Hardhat's and many scripts' way to the same address on every
   * chain. Tools compare its code hash. It cannot be deployed on Filecoin as elsewhere: its transaction has a gas limit of 100,000.
   *
   * The 69 bytes are those of the Safe singleton factory too, npm package @safe-global/safe-singleton-factory, MIT.
   */
  "create2-deployer": {
    address: "0x4e59b44847b379578588920cA78FbF26c0B4956C",
    code: "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3",
  },
  /** Many calls in one: viem, ethers and wagmi read with it. */
  multicall3: { address: "0xcA11bde05977b3631167028862bE2a173976CA11", code: MULTICALL3_CODE },
}

/** All of them. */
export const PREDEPLOYED: readonly Predeployed[] = Object.keys(CONTRACTS) as Predeployed[]

/** Whether there is a contract of this name. */
export function isPredeployed(name: string): name is Predeployed {
  return Object.hasOwn(CONTRACTS, name)
}

/** The actors of these contracts, for the genesis. */
export function predeployedActors(names: readonly Predeployed[]): GenesisActor[] {
  return names.map((name) => {
    const { address, code } = CONTRACTS[name]
    return {
      address: toFilecoinAddress(parseEthAddress(address)),
      kind: "evm",
      createState: (store) => createContract(store, hexToBytes(code)),
    }
  })
}
