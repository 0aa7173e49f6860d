import type { ActorOps } from "../kernel/index.ts"
import { writeAddress, writeCid } from "./memory.ts"
import {
  address,
  buffer,
  bufferOf,
  cid,
  i32,
  optionalAddress,
  returns,
  type SyscallModule,
  syscall,
  u64,
} from "./schema.ts"

/** Bytes of an f2 address. */
const ACTOR_ADDRESS_LENGTH = 21

/** `actor`: other actors, their addresses and their making. */
export const actor: SyscallModule = {
  resolve_address: syscall({
    summary: "Tells the actor ID behind an address; that of an ID address without looking whether it exists.",
    params: { addr: address },
    result: returns.u64,
    errors: { NotFound: "no actor has this address", IllegalArgument: "no valid address in the buffer" },
    source: "FIP-0030; ref-fvm sdk/src/sys/actor.rs",
    run: (kernel: ActorOps, { addr }) => kernel.resolveAddress(addr),
  }),
  lookup_delegated_address: syscall({
    summary: "Writes the f4 address of an actor and returns its length; 0 if it has none.",
    params: { actor_id: u64, obuf: buffer },
    result: returns.u32,
    errors: {
      NotFound: "no such actor",
      BufferTooSmall: "the address does not fit",
      IllegalArgument: "the buffer leaves memory",
    },
    source: "FIP-0048; ref-fvm sdk/src/sys/actor.rs",
    run: (kernel: ActorOps, { actor_id, obuf }) => {
      const found = kernel.lookupDelegatedAddress(actor_id)
      return found === undefined ? 0 : writeAddress(found, obuf)
    },
  }),
  get_actor_code_cid: syscall({
    summary: "Writes the code CID of an actor and returns its length.",
    params: { actor_id: u64, obuf: buffer },
    result: returns.u32,
    errors: {
      NotFound: "no such actor",
      BufferTooSmall: "the CID does not fit",
      IllegalArgument: "the buffer leaves memory",
    },
    source: "FIP-0030; ref-fvm sdk/src/sys/actor.rs",
    run: (kernel: ActorOps, { actor_id, obuf }) => writeCid(kernel.getActorCodeCid(actor_id), obuf),
  }),
  next_actor_address: syscall({
    summary: "Writes the f2 address of the next actor that this message creates and returns its length.",
    params: { obuf: bufferOf(ACTOR_ADDRESS_LENGTH) },
    result: returns.u32,
    errors: { BufferTooSmall: "less than 21 bytes", IllegalArgument: "the buffer leaves memory" },
    source: "FIP-0048; ref-fvm sdk/src/sys/actor.rs",
    run: (kernel: ActorOps, { obuf }) => writeAddress(kernel.nextActorAddress(), obuf),
  }),
  create_actor: syscall({
    summary: "Creates an actor under an ID, or gives a placeholder its code. For the init actor alone.",
    params: { actor_id: u64, typ: cid, delegated_addr: optionalAddress },
    errors: {
      Forbidden: "another caller, an ID that is taken, placeholder code, or a placeholder's other delegated address",
      ReadOnly: "the call is read-only",
      IllegalArgument: "no valid CID or address",
    },
    source: "FIP-0030, FIP-0048; ref-fvm sdk/src/sys/actor.rs",
    run: (kernel: ActorOps, args) => kernel.createActor(args.typ, args.actor_id, args.delegated_addr),
  }),
  get_builtin_actor_type: syscall({
    summary: "Tells which built-in actor a code CID is, counted from 1; 0 if none.",
    params: { code_cid: cid },
    result: returns.i32,
    errors: { IllegalArgument: "no valid CID at that address" },
    source: "FIP-0030; ref-fvm sdk/src/sys/actor.rs",
    run: (kernel: ActorOps, { code_cid }) => kernel.getBuiltinActorType(code_cid),
  }),
  get_code_cid_for_type: syscall({
    summary: "Writes the code CID of a built-in actor and returns its length.",
    params: { typ: i32, obuf: buffer },
    result: returns.u32,
    errors: { IllegalArgument: "no such type; the buffer leaves memory", BufferTooSmall: "the CID does not fit" },
    source: "FIP-0030; ref-fvm sdk/src/sys/actor.rs",
    run: (kernel: ActorOps, { typ, obuf }) => writeCid(kernel.getCodeCidForType(typ >>> 0), obuf),
  }),
  balance_of: syscall({
    summary: "Tells the balance of an actor in attoFIL.",
    params: { actor_id: u64 },
    result: returns.tokenAmount,
    errors: { NotFound: "no such actor" },
    source: "FIP-0048; ref-fvm sdk/src/sys/actor.rs",
    run: (kernel: ActorOps, { actor_id }) => kernel.balanceOf(actor_id),
  }),
}
