/**
 * Placeholder: what stands at an f410 address that was paid before anybody deployed or signed there. It accepts every method
 * and returns nothing.
 *
 * Source: builtin-actors actors/placeholder; FIP-0048.
 */
export function invoke(_id: u32): u32 {
  return 0
}
