/** Words as Filecoin addresses: 0xff, eleven zeros and an ID are f0, everything else f410. */
import { writeIdAddress } from "../actors/sdk/address"
import { toAddress } from "./u256"

/** Room for the address that `filecoinAddress` made last. */
const ADDRESS: usize = memory.data(24, 8)

/** Length of the address that `filecoinAddress` made last. */
export let filecoinAddressLength: u32 = 0

/** Whether the low 20 bytes of a word are a masked ID. The ID is then its lowest limb. */
// @ts-ignore: decorator
@inline
function isMasked(p: usize): bool {
  return load<u64>(p, 8) == 0 && load<u32>(p, 16) == 0xff000000
}

/** The Filecoin address that the low 20 bytes of a word stand for. Overwritten by the next call. */
export function filecoinAddress(p: usize): usize {
  if (isMasked(p)) filecoinAddressLength = writeIdAddress(ADDRESS, load<u64>(p))
  else {
    store<u16>(ADDRESS, 0x0a04)
    toAddress(ADDRESS + 2, p)
    filecoinAddressLength = 22
  }
  return ADDRESS
}

/** First byte of the 20 of an address word if all but the first and the last are zero, else -1. Its last byte is [p]'s. */
// @ts-ignore: decorator
@inline
export function reservedPrefix(p: usize): i32 {
  if (load<u64>(p) >> 8 == 0 && load<u64>(p, 8) == 0 && (load<u32>(p, 16) & 0xffffff) == 0) return load<u8>(p, 19)
  return -1
}
