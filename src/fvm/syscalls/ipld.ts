import type { IpldOps } from "../kernel/index.ts"
import { writeCid } from "./memory.ts"
import { buffer, bytes, cid, returns, type SyscallModule, struct, syscall, u32, u64 } from "./schema.ts"

/** `ipld`: blocks in and out of the store. */
export const ipld: SyscallModule = {
  block_open: syscall({
    summary: "Opens a block of the reachable set; its links become reachable.",
    params: { cid },
    result: struct({ codec: "u64", id: "u32", size: "u32" }),
    errors: {
      NotFound: "not in the reachable set, or the block links to a CID that no block can have",
      Serialization: "the block is not DAG-CBOR though its codec says so",
      IllegalArgument: "no valid CID at that address",
    },
    source: "FIP-0030; ref-fvm sdk/src/sys/ipld.rs",
    run: (kernel: IpldOps, args) => kernel.blockOpen(args.cid),
  }),
  block_create: syscall({
    summary: "Makes a block from bytes and returns its handle. Its links must be reachable.",
    params: { codec: u64, data: bytes },
    result: returns.u32,
    errors: {
      LimitExceeded: "larger than 1 MiB",
      IllegalCodec: "not raw (0x55), cbor (0x51) or dag-cbor (0x71)",
      Serialization: "codec dag-cbor, but not one item of DAG-CBOR",
      NotFound: "a link is not reachable, or no block can have its codec or hash",
      IllegalArgument: "the data leaves memory",
    },
    source: "FIP-0030; ref-fvm sdk/src/sys/ipld.rs",
    run: (kernel: IpldOps, { codec, data }) => kernel.blockCreate(codec, data),
  }),
  block_read: syscall({
    summary:
      "Copies from an offset of a block into a buffer. Returns block length - (offset + buffer length): what remains, or what was too much.",
    params: { id: u32, offset: u32, obuf: buffer },
    result: returns.i32,
    errors: {
      InvalidHandle: "no such block",
      IllegalArgument: "offset + length is 2^31 or more; the buffer leaves memory",
    },
    source: "FIP-0030; ref-fvm sdk/src/sys/ipld.rs",
    run: (kernel: IpldOps, { id, offset, obuf }) => kernel.blockRead(id, offset, obuf),
  }),
  block_stat: syscall({
    summary: "Tells codec and size of a block.",
    params: { id: u32 },
    result: struct({ codec: "u64", size: "u32" }),
    errors: { InvalidHandle: "no such block" },
    source: "FIP-0030; ref-fvm sdk/src/sys/ipld.rs",
    run: (kernel: IpldOps, { id }) => kernel.blockStat(id),
  }),
  block_link: syscall({
    summary: "Stores a block, makes its CID reachable, writes the CID and returns its length.",
    params: { id: u32, hash_fun: u64, hash_len: u32, cid: buffer },
    result: returns.u32,
    errors: {
      IllegalCid: "anything but hash function 0xb220 with 32 bytes",
      InvalidHandle: "no such block",
      BufferTooSmall: "the CID does not fit; the block is linked and charged all the same",
      IllegalArgument: "the buffer leaves memory",
    },
    source: "FIP-0030; ref-fvm sdk/src/sys/ipld.rs",
    run: (kernel: IpldOps, args) => writeCid(kernel.blockLink(args.id, args.hash_fun, args.hash_len), args.cid),
  }),
}
