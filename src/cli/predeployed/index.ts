import { hexToBytes } from "@noble/hashes/utils.js"
import { parseEthAddress, toFilecoinAddress } from "../../address/ethereum.ts"
import type { GenesisActor } from "../../chain/types.ts"
import { toSlot, writeContract } from "../../fvm-bridge/contract-state.ts"
import type { Blockstore } from "../../ipld/blockstore.ts"
import { type CID, cidOfDigest, RAW } from "../../ipld/cid.ts"
import { Kamt, uint256Codec } from "../../ipld/kamt.ts"
import { CODE, type CodeName } from "./code.gen.ts"

/** Name of a contract that a new chain can begin with. */
export type Predeployed = "create2-deployer" | "multicall3" | "createx" | "entry-point" | "wfil" | "fil-forwarder"

/** One contract as the transaction that makes it elsewhere leaves it. */
interface Contract {
  /** Lower case: a checksum costs a hash. */
  readonly address: string
  /** Where another network has it, by chain id. Default: nowhere else */
  readonly addressOn?: Readonly<Record<string, string>>
  readonly code: CodeName
  /** Storage slots that are not zero. Default: none */
  readonly slots?: readonly (readonly [slot: bigint, value: bigint])[]
  /** Creations so far, from 1. Default: 1 */
  readonly nonce?: bigint
}

/** Contracts that tools expect at the same address on every chain. A row is what a new chain can begin with. NOTICE has the licences. */
const ROWS: Readonly<Record<Predeployed, readonly Contract[]>> = {
  /**
   * Deploys by CREATE2 what comes behind 32 bytes of salt: Foundry's, Hardhat's and many scripts' way to the same address on every
   * chain. Tools compare its code hash. It cannot be deployed on Filecoin as elsewhere: its transaction has a gas limit of 100,000.
   *
   * The 69 bytes are those of the Safe singleton factory too, npm package @safe-global/safe-singleton-factory, MIT.
   */
  "create2-deployer": [{ address: "0x4e59b44847b379578588920ca78fbf26c0b4956c", code: "Create2Deployer" }],
  /** Many calls in one: viem, ethers and wagmi read with it. mds1/multicall3, MIT; what viem 2.57.0 (MIT) has in `constants/contracts` deploys this. */
  multicall3: [{ address: "0xca11bde05977b3631167028862be2a173976ca11", code: "Multicall3" }],
  /**
   * Deploys by CREATE, CREATE2 and CREATE3: Hardhat Ignition's strategy `create2` and many scripts. Its own address is in its code.
   *
   * pcaversaccio/createx 1.0.0, AGPL-3.0-only; the raw transaction in @nomicfoundation/ignition-core 0.15.13 (MIT) deploys this.
   */
  createx: [{ address: "0xba5ed099633d3b313e4d5f7bdc1305d3c28ba5ed", code: "CreateX" }],
  /**
   * ERC-4337's EntryPoint v0.7, and the contract that it makes when it is made and calls factories by. Slot 2 is its guard against reentrance, open.
   *
   * eth-infinitism/account-abstraction 0.7.0, GPL-3.0; npm package @account-abstraction/contracts 0.7.0 (MIT) has what deploys this.
   */
  "entry-point": [
    { address: "0x0000000071727de22e5e9d8baf0edac6f37da032", code: "EntryPoint", slots: [[2n, 1n]], nonce: 2n },
    { address: "0xefc2c1444ebcc4db75e7613d20c6a62ff67a167c", code: "SenderCreator" },
  ],
  /** FIL as an ERC-20, with WETH9's functions; our own, at the address of mainnet's, or of calibration's on a chain with that id. */
  wfil: [
    {
      address: "0x60e1773636cf5e4a227d9ac24f20feca034ee25a",
      addressOn: { 314159: "0xac26a4ab9cf2a8c5dbab6fb4351ec0f4b07356c4" },
      code: "WFIL",
    },
  ],
  /** Sends FIL to Filecoin addresses of every kind; our own, at the address of mainnet's and calibration's. */
  "fil-forwarder": [{ address: "0x2b3ef6906429b580b7b2080de5ca893bc282c225", code: "FilForwarder" }],
}

/** All of them. */
export const PREDEPLOYED: readonly Predeployed[] = Object.keys(ROWS) as Predeployed[]

/** Whether there is a contract of this name. */
export function isPredeployed(name: string): name is Predeployed {
  return Object.hasOwn(ROWS, name)
}

/** The actors of these contracts, for the genesis. */
export function predeployedActors(names: readonly Predeployed[], chainId: bigint): GenesisActor[] {
  return names.flatMap((name) =>
    ROWS[name].map((contract) => ({
      address: toFilecoinAddress(parseEthAddress(contract.addressOn?.[`${chainId}`] ?? contract.address)),
      kind: "evm",
      createState: (store) => createState(store, contract),
    })),
  )
}

/** State of the contract's actor. Nothing runs and nothing big is hashed. */
function createState(store: Blockstore, { code, slots = [], nonce = 1n }: Contract): CID {
  const { base64, keccak256, blake2b256 } = CODE[code]
  const bytecode = cidOfDigest(RAW, hexToBytes(blake2b256))
  store.put(bytecode, new Uint8Array(Buffer.from(base64, "base64")))
  const storage = Kamt.create(store, uint256Codec)
  for (const [slot, value] of slots) storage.set(toSlot(slot), value)
  return writeContract(store, {
    bytecode,
    bytecodeHash: hexToBytes(keccak256),
    storage: storage.flush(),
    transient: null,
    nonce,
    tombstone: null,
  })
}

/** Names of all of them by address, 40 hex digits in lower case: for logs. */
export function predeployedNames(chainId: bigint): Map<string, string> {
  const contracts = Object.values(ROWS).flat()
  return new Map(
    contracts.map(({ address, addressOn, code }) => [(addressOn?.[`${chainId}`] ?? address).slice(2), code]),
  )
}
