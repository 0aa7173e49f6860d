import { actor } from "./actor.ts"
import { crypto } from "./crypto.ts"
import { debug } from "./debug.ts"
import { event } from "./event.ts"
import { gas } from "./gas.ts"
import { ipld } from "./ipld.ts"
import { network } from "./network.ts"
import { rand } from "./rand.ts"
import type { SyscallModule } from "./schema.ts"
import { self } from "./self.ts"
import { send } from "./send.ts"
import { vm } from "./vm.ts"

/**
 * Every syscall there is, by import module and name.
 *
 * The same for all network versions from 21 to 29. `actor.install_actor` and `actor.upgrade_actor` are not in it: the reference
 * has them behind features that no network turns on, and refuses to link an actor that imports them.
 *
 * @see ref-fvm fvm/src/syscalls/mod.rs (link_syscalls)
 */
export const SYSCALLS: Readonly<Record<string, SyscallModule>> = {
  vm,
  network,
  ipld,
  self,
  actor,
  crypto,
  event,
  rand,
  gas,
  send,
  debug,
}
