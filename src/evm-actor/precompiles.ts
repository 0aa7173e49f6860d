/**
 * Precompiles by address: 0x01 to 0xff, 0x100, and 0xfe00...01 to 0xfe00...ff. A reserved address without a precompile is an
 * account without code: a call succeeds and returns nothing.
 *
 * Source: FIP-0054; builtin-actors actors/evm/src/interpreter/precompiles/mod.rs.
 */
import { reservedPrefix } from "./address"
import { ecrecover } from "./precompiles/0x01-ecrecover"
import { sha256 } from "./precompiles/0x02-sha256"
import { ripemd160 } from "./precompiles/0x03-ripemd160"
import { identity } from "./precompiles/0x04-identity"
import { modexp } from "./precompiles/0x05-modexp"
import { blake2f } from "./precompiles/0x09-blake2f"
import { p256verify } from "./precompiles/0x100-p256verify"
import {
  blsG1Add, blsG1Msm, blsG2Add, blsG2Msm, blsMapFp2ToG2, blsMapFpToG1, blsPairing,
} from "./precompiles/bls12-381"
import { bn254Add, bn254Mul, bn254Pairing } from "./precompiles/bn254"
import { callActor, callActorId, getRandomness, lookupDelegatedAddress, resolveAddress } from "./precompiles/filecoin"
import { noOutput } from "./precompile"

/** First byte of the addresses of Filecoin's own precompiles. */
const NATIVE: i32 = 0xfe
/** The last of the numbers below 0x100, and of Filecoin's own. */
const LAST_ETHEREUM: u32 = 0x11
const LAST_NATIVE: u32 = 0x06
/** P256VERIFY, at 0x100. */
const P256VERIFY: u32 = 0x100

/** Whether the address is 0x100. */
// @ts-ignore: decorator
@inline
function isP256(p: usize): bool {
  return load<u64>(p) == P256VERIFY && load<u64>(p, 8) == 0 && load<u32>(p, 16) == 0
}

/** Whether the low 20 bytes of the word [p] are reserved for a precompile, there or not. */
export function isReservedForPrecompile(p: usize): bool {
  if (isP256(p)) return true
  const prefix = reservedPrefix(p)
  return (prefix == 0 || prefix == NATIVE) && load<u8>(p) != 0
}

/** Whether there is a precompile at the low 20 bytes of the word [p]. */
export function isPrecompile(p: usize): bool {
  if (isP256(p)) return true
  const prefix = reservedPrefix(p)
  const number = u32(load<u8>(p))
  if (prefix == 0) return number != 0 && number <= LAST_ETHEREUM && number != 0x0a
  return prefix == NATIVE && number != 0 && number <= LAST_NATIVE && number != 0x04
}

/** Runs the precompile at the reserved address [p]. False if it fails; its output is in precompile.ts. */
export function runPrecompile(p: usize, input: usize, length: u32): bool {
  noOutput()
  if (isP256(p)) return p256verify(input, length)
  const number = u32(load<u8>(p))
  if (reservedPrefix(p) == NATIVE) {
    switch (number) {
      case 0x01:
        return resolveAddress(input, length)
      case 0x02:
        return lookupDelegatedAddress(input, length)
      case 0x03:
        return callActor(input, length)
      case 0x05:
        return callActorId(input, length)
      case 0x06:
        return getRandomness(input, length)
      default:
        return true
    }
  }
  switch (number) {
    case 0x01:
      return ecrecover(input, length)
    case 0x02:
      return sha256(input, length)
    case 0x03:
      return ripemd160(input, length)
    case 0x04:
      return identity(input, length)
    case 0x05:
      return modexp(input, length)
    case 0x06:
      return bn254Add(input, length)
    case 0x07:
      return bn254Mul(input, length)
    case 0x08:
      return bn254Pairing(input, length)
    case 0x09:
      return blake2f(input, length)
    case 0x0b:
      return blsG1Add(input, length)
    case 0x0c:
      return blsG1Msm(input, length)
    case 0x0d:
      return blsG2Add(input, length)
    case 0x0e:
      return blsG2Msm(input, length)
    case 0x0f:
      return blsPairing(input, length)
    case 0x10:
      return blsMapFpToG1(input, length)
    case 0x11:
      return blsMapFp2ToG2(input, length)
    default:
      return true
  }
}
