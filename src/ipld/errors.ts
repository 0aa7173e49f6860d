import type { CID } from "multiformats/cid"

/**
 * Any failure of this room. Catch this one to catch them all; `code` is stable and says which it is.
 *
 * | code | class | meaning |
 * |---|---|---|
 * | `malformed-cbor` | {@link CborError} | the bytes are not one DAG-CBOR item, or the value cannot be written as one |
 * | `unexpected-shape` | {@link ShapeError} | good CBOR, but not the structure that was asked for |
 * | `malformed-cid` | {@link CidError} | the bytes are not a CID |
 * | `block-not-found` | {@link BlockNotFound} | a link leads to a block that the store does not have |
 * | `malformed-node` | {@link MalformedNode} | a HAMT, AMT or KAMT node breaks a rule of its format |
 * | `max-depth` | {@link MaxDepth} | more keys with one hash than the tree can tell apart |
 * | `index-out-of-range` | {@link IndexOutOfRange} | an AMT index is not in 0..2^64-2 |
 * | `start-key-not-found` | {@link StartKeyNotFound} | iteration was to begin at a key that is not there |
 * | `car-truncated`, `car-malformed`, `car-hash-mismatch` | {@link CarError} | see there |
 * | `unexpected-link` | {@link UnexpectedLink} | a reachable CID has a codec or hash that state must not have |
 * | `store-closed`, `store-failed` | {@link BlockstoreError} | the storage engine refused |
 */
export class IpldError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** The bytes are not exactly one DAG-CBOR item, or a value cannot be encoded as one. */
export class CborError extends IpldError {
  constructor(message: string, options?: ErrorOptions) {
    super("malformed-cbor", message, options)
  }
}

/** Well-formed CBOR that is not the structure that was asked for; `path` names the place, as in `actor.balance`. */
export class ShapeError extends IpldError {
  readonly path: string

  constructor(path: string, expected: string, got: string) {
    super("unexpected-shape", `${path}: expected ${expected}, got ${got}`)
    this.path = path
  }
}

/** The bytes or text are not a CID. */
export class CidError extends IpldError {
  constructor(message: string, options?: ErrorOptions) {
    super("malformed-cid", message, options)
  }
}

/** A block that must be there is not in the store. */
export class BlockNotFound extends IpldError {
  readonly cid: CID

  constructor(cid: CID) {
    super("block-not-found", `block ${cid} is not in the store`)
    this.cid = cid
  }
}

/** A HAMT, AMT or KAMT node that breaks a rule of its format. */
export class MalformedNode extends IpldError {
  readonly structure: "hamt" | "amt" | "kamt"

  constructor(structure: "hamt" | "amt" | "kamt", message: string, options?: ErrorOptions) {
    super("malformed-node", `malformed ${structure} node: ${message}`, options)
    this.structure = structure
  }
}

/** The hash bits of a key are used up: two different keys hash alike, or a tree is deeper than its keys are long. */
export class MaxDepth extends IpldError {
  constructor() {
    super("max-depth", "the bits of the key are used up: maximum depth reached")
  }
}

/** An AMT index beyond 2^64-2. */
export class IndexOutOfRange extends IpldError {
  constructor(index: bigint | number) {
    super("index-out-of-range", `index ${index} is not in 0..2^64-2`)
  }
}

/** Iteration was asked to begin at a key that is not in the tree. */
export class StartKeyNotFound extends IpldError {
  constructor() {
    super("start-key-not-found", "the key to start from is not in the tree")
  }
}

/**
 * A CAR file that cannot be read: `car-truncated` ends inside a section, `car-malformed` breaks the format,
 * `car-hash-mismatch` holds a block whose bytes do not hash to its CID.
 */
export class CarError extends IpldError {
  constructor(kind: "truncated" | "malformed" | "hash-mismatch", message: string, options?: ErrorOptions) {
    super(`car-${kind}`, message, options)
  }
}

/** A CID that is reachable from state has a codec or a hash function that state must not have. */
export class UnexpectedLink extends IpldError {
  readonly cid: CID

  constructor(cid: CID, what: string) {
    super("unexpected-link", `cid ${cid} has unexpected ${what}`)
    this.cid = cid
  }
}

/** The storage engine refused: `store-closed` after `close()`, `store-failed` for everything else (see `cause`). */
export class BlockstoreError extends IpldError {
  constructor(kind: "closed" | "failed", message: string, options?: ErrorOptions) {
    super(`store-${kind}`, message, options)
  }
}
