/**
 * `fevm/ipld`: CIDs, DAG-CBOR as Filecoin writes it, blockstores, HAMT, AMT, KAMT and CAR files. Synchronous, but for CAR streams.
 */
export { Amt, type AmtChange, type AmtOptions, DEFAULT_AMT_BIT_WIDTH, MAX_INDEX } from "./amt.ts"
export { blake2b256 } from "./blake2b.ts"
export { type Block, type Blockstore, getCbor, MemoryBlockstore, mustGet, putCbor } from "./blockstore.ts"
export {
  type Car,
  type CarOptions,
  type CarStream,
  decodeCar,
  encodeCar,
  readCar,
  verifyBlock,
  writeCar,
} from "./car.ts"
export { CborReader, CborWriter, MAJOR } from "./cbor.ts"
export {
  BLAKE2B_256,
  bytesKey,
  CBOR,
  CID,
  cidEquals,
  cidFromKey,
  cidKey,
  cidOfBlock,
  cidOfDigest,
  DAG_CBOR,
  decodeCid,
  FIL_COMMITMENT_SEALED,
  FIL_COMMITMENT_UNSEALED,
  IDENTITY,
  identityCid,
  parseCid,
  RAW,
  SHA2_256,
} from "./cid.ts"
export { bytesCodec, type Codec, cborCodec, ipldCodec, linkCodec, rawCodec, uint64Codec } from "./codec.ts"
export {
  decode,
  decodeBigInt,
  describe,
  encode,
  encodeBigInt,
  expectArray,
  expectBigInt,
  expectBoolean,
  expectBytes,
  expectInt,
  expectInt64,
  expectLink,
  expectList,
  expectMap,
  expectNullable,
  expectText,
  expectTuple,
  expectUint,
  expectUint64,
  type Ipld,
  MAX_BIGINT_SIZE,
} from "./dag-cbor.ts"
export {
  BlockNotFound,
  BlockstoreError,
  CarError,
  CborError,
  CidError,
  IndexOutOfRange,
  IpldError,
  MalformedNode,
  MaxDepth,
  ShapeError,
  StartKeyNotFound,
  UnexpectedLink,
} from "./errors.ts"
export { compareBytes, Hamt, type HamtOptions } from "./hamt.ts"
export { TrieCache, type TrieChange } from "./hash-trie.ts"
export { Kamt, type KamtKeys, type KamtOptions, uint256Codec, uint256Keys } from "./kamt.ts"
export { linksOf } from "./links.ts"
export {
  type BlockDatabase,
  LmdbBlockstore,
  type LmdbBlockstoreOptions,
  openBlockDatabase,
} from "./lmdb-blockstore.ts"
export { OverlayBlockstore, ReadThroughBlockstore } from "./overlay-blockstore.ts"
