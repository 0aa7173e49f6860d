/** A precompile that this actor does not have yet: the call fails, and a node that debugs actors says why. */
import { debugging, log } from "../../actors/sdk/context"
import { alloc } from "../../actors/sdk/memory"

export function missing(number: u32): bool {
  if (debugging) {
    const text = "precompile not implemented: 0x000"
    const at = alloc(text.length)
    for (let i = 0; i < text.length; i++) store<u8>(at + i, text.charCodeAt(i))
    for (let i = 0; i < 3; i++) {
      const digit = (number >> (8 - 4 * i)) & 15
      store<u8>(at + text.length - 3 + i, digit + (digit < 10 ? 48 : 87))
    }
    log(at, text.length)
  }
  return false
}
