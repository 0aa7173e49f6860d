/** What a contract sees of the message, the block and balances. */
import { delegatedAddress, delegatedLength, resolve, resolvedId } from "../../actors/sdk/actor"
import { isEthereumNamespace } from "../../actors/sdk/address"
import { baseFee, chainId, currentBalance, currentEpoch, gasPremium, origin as originId, timestampSeconds } from "../../actors/sdk/context"
import { ErrorNumber } from "../../actors/sdk/error-number"
import { ExitCode } from "../../actors/sdk/exit-code"
import { blake2b256 } from "../../actors/sdk/hash"
import { mark, release, RETURN } from "../../actors/sdk/memory"
import { actor_balance_of, gas_available, network_tipset_cid, rand_get_beacon_randomness } from "../../actors/sdk/syscalls"
import { filecoinAddress, filecoinAddressLength } from "../address"
import { fail } from "../fail"
import { CALLER, RECEIVER, VALUE } from "../frame"
import { copy, fromAddress, fromBytes, set64 } from "../u256"

/** Gas that a block takes, as the network says it to contracts. */
const BLOCK_GAS_LIMIT: u64 = 10_000_000_000
/** How far BLOCKHASH looks back, in epochs. */
const BLOCKHASH_EPOCHS: i64 = 256

const CID: usize = memory.data(100, 8)
/** Tag 10 (EvmPrevRandao), 32 bytes of beacon randomness, epoch, "prevrandao": 58 bytes. Source: FIP-0054. */
const DRAW: usize = memory.data(64, 8)
const ENTROPY: usize = memory.data<u8>([0x70, 0x72, 0x65, 0x76, 0x72, 0x61, 0x6e, 0x64, 0x61, 0x6f])
/** PREVRANDAO of this epoch, once known. */
const RANDOMNESS: usize = memory.data(32, 8)
let randomnessKnown: bool = false

/** [p] = the amount at `at`, 16 bytes. */
// @ts-ignore: decorator
@inline
function setAmount(p: usize, at: usize): void {
  store<u64>(p, load<u64>(at))
  store<u64>(p, load<u64>(at, 8), 8)
  store<u64>(p, 0, 16)
  store<u64>(p, 0, 24)
}

// @ts-ignore: decorator
@inline
export function address(p: usize): void {
  copy(p, RECEIVER)
}

/** [p] = balance of the account at the address [p], 0 if there is none. */
export function balance(p: usize): void {
  const address = filecoinAddress(p)
  if (resolve(address, filecoinAddressLength) && actor_balance_of(RETURN, resolvedId) == ErrorNumber.OK) setAmount(p, RETURN)
  else set64(p, 0)
}

/** [p] = the account that signed, its Ethereum address or its masked ID. */
export function origin(p: usize): void {
  wordOfId(p, originId())
}

/** [p] = the Ethereum address of an actor: that of its f410 address, else its masked ID. Exit 20 for a malformed f410. */
export function wordOfId(p: usize, id: u64): void {
  const heap = mark()
  const address = delegatedAddress(id)
  if (address != 0 && isEthereumNamespace(address, delegatedLength)) {
    if (delegatedLength != 22) fail(ExitCode.USR_ILLEGAL_STATE, "invalid ethereum address length")
    fromAddress(p, address + 2)
  } else {
    store<u64>(p, id)
    store<u64>(p, 0, 8)
    store<u64>(p, 0xff000000, 16)
    store<u64>(p, 0, 24)
  }
  release(heap)
}

// @ts-ignore: decorator
@inline
export function caller(p: usize): void {
  copy(p, CALLER)
}

// @ts-ignore: decorator
@inline
export function callvalue(p: usize): void {
  setAmount(p, VALUE)
}

/** [p] = base fee + premium, attoFIL per unit of FVM gas. */
export function gasprice(p: usize): void {
  const fee = baseFee()
  const premium = gasPremium()
  const low = load<u64>(fee) + load<u64>(premium)
  const high = load<u64>(fee, 8) + load<u64>(premium, 8) + u64(low < load<u64>(fee))
  store<u64>(p, low)
  store<u64>(p, high, 8)
  store<u64>(p, 0, 16)
  store<u64>(p, 0, 24)
}

/** [p] = digest of the CID of the tipset [p], 0 unless it is one of the 256 epochs before this one. */
export function blockhash(p: usize): void {
  const epoch = load<i64>(p)
  const high = load<u64>(p, 8) | load<u64>(p, 16) | load<u64>(p, 24)
  const now = currentEpoch()
  if (
    high == 0 &&
    epoch >= 0 &&
    epoch >= now - BLOCKHASH_EPOCHS &&
    epoch < now &&
    network_tipset_cid(RETURN, epoch, CID, 100) == ErrorNumber.OK
  ) {
    // CIDv1, dag-cbor, blake2b-256: six bytes before the digest.
    fromBytes(p, CID + load<u32>(RETURN) - 32)
  } else set64(p, 0)
}

/** A tipset has many winners: 0. */
// @ts-ignore: decorator
@inline
export function coinbase(p: usize): void {
  set64(p, 0)
}

// @ts-ignore: decorator
@inline
export function timestamp(p: usize): void {
  set64(p, timestampSeconds())
}

// @ts-ignore: decorator
@inline
export function number(p: usize): void {
  set64(p, currentEpoch())
}

/** [p] = beacon randomness of this epoch, drawn for this purpose. */
export function prevrandao(p: usize): void {
  if (!randomnessKnown) {
    const epoch = currentEpoch()
    const error = rand_get_beacon_randomness(DRAW + 8, epoch)
    if (error != ErrorNumber.OK) {
      const refused = error == ErrorNumber.LIMIT_EXCEEDED || error == ErrorNumber.ILLEGAL_ARGUMENT
      fail(refused ? ExitCode.USR_ILLEGAL_ARGUMENT : ExitCode.USR_ASSERTION_FAILED, "no beacon randomness")
    }
    store<u64>(DRAW, u64(10) << 56)
    store<u64>(DRAW, bswap<u64>(epoch), 40)
    memory.copy(DRAW + 48, ENTROPY, 10)
    blake2b256(DRAW, 58, RANDOMNESS)
    randomnessKnown = true
  }
  fromBytes(p, RANDOMNESS)
}

// @ts-ignore: decorator
@inline
export function gaslimit(p: usize): void {
  set64(p, BLOCK_GAS_LIMIT)
}

// @ts-ignore: decorator
@inline
export function chainid(p: usize): void {
  set64(p, chainId())
}

// @ts-ignore: decorator
@inline
export function selfbalance(p: usize): void {
  setAmount(p, currentBalance())
}

// @ts-ignore: decorator
@inline
export function basefee(p: usize): void {
  setAmount(p, baseFee())
}

/** FVM gas that is left. */
export function gasAvailable(): u64 {
  gas_available(RETURN)
  return load<u64>(RETURN)
}

// @ts-ignore: decorator
@inline
export function gas(p: usize): void {
  set64(p, gasAvailable())
}
