import { createHash } from "node:crypto"
import { CID } from "multiformats/cid"
import { create as createDigest } from "multiformats/hashes/digest"
import { Address } from "../address/address.ts"
import { toFilecoinAddress } from "../address/ethereum.ts"
import type { Bundle } from "../fvm/machine/bundle.ts"
import { EMPTY_LIST_CID } from "../fvm/machine/machine.ts"
import type { ActorState } from "../fvm/state-tree/actor-state.ts"
import { createAddressMap, HAMT_BIT_WIDTH, storeInitState } from "../fvm/state-tree/init-actor.ts"
import { StateTree } from "../fvm/state-tree/state-tree.ts"
import { type Blockstore, putCbor } from "../ipld/blockstore.ts"
import { CborWriter } from "../ipld/cbor.ts"
import { DAG_CBOR, SHA2_256 } from "../ipld/cid.ts"
import { bytesCodec } from "../ipld/codec.ts"
import { Hamt } from "../ipld/hamt.ts"
import { MINIMUM_BASE_FEE } from "./base-fee.ts"
import { storeMessageLists, storeReceipts } from "./content.ts"
import { beaconData, ticketData } from "./draws.ts"
import { ChainError } from "./errors.ts"
import { encodeHeader, headerCid } from "./header-codec.ts"
import type { AttoFil, BlockHeader, GenesisOptions } from "./types.ts"

/** ID of the devnet's block producer; no actor is there. Lotus' first miner has the same. */
export const DEVNET_MINER: Address = Address.id(1000n)
/** First ID of the accounts of the genesis. @see lotus chain/gen/genesis/genesis.go (AccountStart) */
const FIRST_ACCOUNT_ID = 100n
/** First ID that the init actor gives away. */
const FIRST_FREE_ID = 1001n
const BURNT_FUNDS_ID = 99n
/** @see lotus chain/gen/genesis/genesis_eth.go (EthNullAddresses) */
const NULL_ADDRESS = toFilecoinAddress(new Uint8Array(20))
const EAM_ID = 10n
const CRON_ID = 3n

/** Built-in actors that a bundle may hold, with the ID they live at. Their state is the empty list: nothing on a devnet calls them. */
const SINGLETONS = [
  [2n, "reward"],
  [4n, "storagepower"],
  [5n, "storagemarket"],
  [EAM_ID, "eam"],
] as const
const REGISTRY_ID = 6n
const DATACAP_ID = 7n
/** Root of the verified registry on a chain without accounts. @see lotus chain/gen/genesis (VerifregRoot) */
const REGISTRY_ROOT_ID = 80n
/** Bit width of the maps that the datacap actor's constructor makes. */
const DATACAP_BIT_WIDTH = 3

/** The first tipset, ready to be stored. */
export interface Genesis {
  readonly header: BlockHeader
  readonly headerCid: CID
  readonly stateRoot: CID
  readonly receiptsRoot: CID
  /** attoFIL in all accounts. */
  readonly supply: AttoFil
}

/**
 * Builds the state and the header of epoch 0 into a store. The same bundle and options give the same CIDs.
 *
 * IDs: 0 system, 1 init, 2 to 7 and 10 what the bundle has, 99 burnt funds, accounts from 100 on in their order, then other actors. An f410 account is a
 * placeholder, as a transfer to a fresh address leaves it: its first message makes it an Ethereum account. f1 and f3 are accounts.
 * The null address 0x0 is an Ethereum account without money, as on every chain of Lotus; its ID is the first that the init actor gives away.
 * The verified registry and the datacap actor are as their constructors leave them; the registry's root is the first account.
 *
 * @param timestamp - Seconds since 1970.
 * @throws ChainError - `invalid-option`: an address twice, or of a kind that cannot be an account; a negative balance.
 * @see lotus chain/gen/genesis; shared/oracle (the smallest state that the reference takes)
 */
export function buildGenesis(
  store: Blockstore,
  bundle: Bundle,
  options: GenesisOptions,
  networkName: string,
  timestamp: number,
): Genesis {
  const tree = StateTree.create(store)
  const emptyList = putCbor(store, [])
  const set = (id: bigint, code: CID, state: CID = EMPTY_LIST_CID, more: Partial<ActorState> = {}): void =>
    tree.setActor(id, { code, state, sequence: 0n, balance: 0n, delegatedAddress: undefined, ...more })
  const { manifest } = bundle
  const account = manifest.codeOf("account")

  store.put(bundle.manifestData, mustHave(bundle, bundle.manifestData))
  set(0n, manifest.codeOf("system"), putCbor(store, [bundle.manifestData]))
  for (const [id, name] of SINGLETONS) {
    const code = manifest.find(name)
    if (code !== undefined) set(id, code, emptyList)
    // Tips are paid to f02, whatever is there.
    else if (id === 2n) set(id, account, putCbor(store, [Address.id(id).bytes]))
  }
  const registry = manifest.find("verifiedregistry")
  if (registry !== undefined) {
    const root = Address.id(options.accounts.length > 0 ? FIRST_ACCOUNT_ID : REGISTRY_ROOT_ID)
    const empty = emptyMap(store, HAMT_BIT_WIDTH)
    set(REGISTRY_ID, registry, putCbor(store, [root.bytes, empty, empty, empty, 1n, empty]))
  }
  const datacap = manifest.find("datacap")
  if (datacap !== undefined) {
    const empty = emptyMap(store, DATACAP_BIT_WIDTH)
    const token = [new Uint8Array(0), empty, empty, DATACAP_BIT_WIDTH]
    set(DATACAP_ID, datacap, putCbor(store, [Address.id(REGISTRY_ID).bytes, token]))
  }
  const cron = manifest.find("cron")
  if (cron !== undefined) set(CRON_ID, cron, putCbor(store, [[]]))
  set(BURNT_FUNDS_ID, account, putCbor(store, [Address.id(BURNT_FUNDS_ID).bytes]))

  const addresses = createAddressMap(store)
  let next = FIRST_ACCOUNT_ID
  let supply = 0n
  const register = (address: Address): bigint => {
    if (addresses.has(address.bytes))
      throw new ChainError("invalid-option", `the account ${address} is named twice in the genesis`)
    const id = next
    addresses.set(address.bytes, id)
    next = id + 1n === DEVNET_MINER.actorId ? FIRST_FREE_ID : id + 1n
    return id
  }
  for (const { address, balance } of options.accounts) {
    if (balance < 0n) throw new ChainError("invalid-option", `the balance of ${address} is negative`)
    const id = register(address)
    supply += balance
    switch (address.protocol) {
      case 4:
        if (address.namespace !== EAM_ID)
          throw new ChainError("invalid-option", `${address}: of f4 addresses only f410 can be an account`)
        set(id, manifest.codeOf("placeholder"), emptyList, { balance, delegatedAddress: address })
        break
      case 1:
      case 3:
        set(id, account, putCbor(store, [address.bytes]), { balance })
        break
      case 0:
      case 2:
        throw new ChainError("invalid-option", `${address}: an account of the genesis has an f1, f3 or f410 address`)
    }
  }
  for (const { address, kind, createState } of options.actors ?? []) {
    const code = manifest.find(kind)
    if (code === undefined) throw new ChainError("invalid-option", `the bundle has no ${kind} actor for ${address}`)
    if (address.protocol !== 4 || address.namespace !== EAM_ID)
      throw new ChainError("invalid-option", `${address}: an actor of the genesis has an f410 address`)
    set(register(address), code, createState(store), { delegatedAddress: address })
  }
  const ethAccount = manifest.find("ethaccount")
  if (ethAccount !== undefined && !addresses.has(NULL_ADDRESS.bytes)) {
    if (next < FIRST_FREE_ID) next = FIRST_FREE_ID
    set(register(NULL_ADDRESS), ethAccount, emptyList, { delegatedAddress: NULL_ADDRESS })
  }
  const addressMap = addresses.flush()
  const nextId = next > FIRST_FREE_ID ? next : FIRST_FREE_ID
  set(1n, manifest.codeOf("init"), storeInitState(store, { addressMap, nextId, networkName }))
  const stateRoot = tree.flush()

  const receiptsRoot = storeReceipts(store, [])
  const seed = stateRoot.multihash.digest
  const header: BlockHeader = {
    miner: Address.id(0n),
    ticket: ticketData(seed, 0, DEVNET_MINER),
    electionProof: { winCount: 0, vrfProof: new Uint8Array(0) },
    beaconEntries: [{ round: 0n, data: beaconData(seed, 0) }],
    winPoStProof: [],
    parents: [putGenesisParent(store)],
    parentWeight: 0n,
    epoch: 0,
    parentStateRoot: stateRoot,
    parentMessageReceipts: receiptsRoot,
    messages: storeMessageLists(store, [], []),
    blsAggregate: undefined,
    timestamp,
    blockSignature: undefined,
    forkSignaling: 0n,
    parentBaseFee: options.baseFee ?? MINIMUM_BASE_FEE,
  }
  const cid = headerCid(header)
  store.put(cid, encodeHeader(header))
  return { header, headerCid: cid, stateRoot, receiptsRoot, supply }
}

function emptyMap(store: Blockstore, bitWidth: number): CID {
  return Hamt.create(store, bytesCodec, { bitWidth }).flush()
}

/**
 * What the first header of every Filecoin chain has as its parent: a block of text. Lotus takes no chain without it.
 *
 * @see lotus chain/gen/genesis/genblock.go
 */
function putGenesisParent(store: Blockstore): CID {
  const writer = new CborWriter()
  const amounts = { TotalSupply: "2,000,000,000", Miners: "1,400,000,000" }
  const protocolLabs = { Development: "300,000,000", Fundraising: "200,000,000" }
  // Keys in the order of the original, which is not the canonical one.
  writer.mapHeader(5).text("Datetime").text("2017-05-05 01:27:51").text("Network").text("Filecoin")
  writer.text("Token").text("Filecoin").text("TokenAmounts").mapHeader(4)
  for (const [key, value] of Object.entries(amounts)) writer.text(key).text(value)
  writer.text("ProtocolLabs").mapHeader(2)
  for (const [key, value] of Object.entries(protocolLabs)) writer.text(key).text(value)
  writer.text("Foundation").text("100,000,000")
  writer.text("Message").text("This is the Genesis Block of the Filecoin Decentralized Storage Network.")
  const bytes = writer.finish()
  const digest = createDigest(SHA2_256, createHash("sha256").update(bytes).digest())
  const cid = CID.createV1(DAG_CBOR, digest)
  store.put(cid, bytes)
  return cid
}

function mustHave(bundle: Bundle, cid: CID): Uint8Array {
  const bytes = bundle.blocks.get(cid)
  if (bytes === undefined) throw new ChainError("bundle", `the bundle lacks its manifest ${cid}`)
  return bytes
}
