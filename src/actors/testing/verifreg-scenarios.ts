/**
 * Scenarios for the verified registry, with the datacap actor that it governs: verifiers, clients, allocations, claims and what
 * expires of them; each way that a method can fail; and maps of several levels.
 */
import { createHash } from "node:crypto"
import { CID } from "multiformats/cid"
import {
  account,
  amount,
  call,
  encode,
  type Item,
  id,
  implicit,
  type Json,
  keyAddress,
  Link,
  NOTHING,
  raw,
} from "./messages.ts"

const [REGISTRY, DATACAP] = [6, 7]
const Registry = {
  addVerifier: 2,
  removeVerifier: 3,
  addClient: 3916220144,
  removeDataCap: 7,
  removeAllocations: 2421068268,
  claim: 9,
  getClaims: 2199871187,
  extend: 1752273514,
  removeClaims: 2873373899,
  receive: 3726118371,
} as const
const TRANSFER = 80475954
const MINT = 116935346
const BALANCE = 3261979605
const [TOKEN_TYPE, UNIT] = [2233613279, 10n ** 18n]

const [ALICE, BOB, CAROL, DAN, ERIN, MINER, OTHER_MINER] = [1000, 1001, 1002, 1003, 1004, 1005, 1006]
const [SIGNER, AGREES, DENIES, SILENT, REFUSES, VIEWS] = [1007, 1008, 1009, 1010, 1011, 1012]
const UNKNOWN = 9999
const NOBODY = keyAddress(2, "aa")
const NEW_KEY = keyAddress(1, "ab")
const MEBIBYTE = 1 << 20
const DAY = 2880
const [MIN_TERM, MAX_TERM] = [180 * DAY, 5259485]
const EPOCH = 2_000_000

/** A piece's CID: fil-commitment-unsealed, sha2-256-trunc254-padded. */
const pieceCid = (n: number): Uint8Array =>
  Buffer.concat([Buffer.from("0181e203922020", "hex"), createHash("sha256").update(`piece ${n}`).digest()])
const piece = (n: number): Link => new Link(pieceCid(n))

const CREATE = `(import "ipld" "block_create" (func $create (param i32 i64 i32 i32) (result i32)))`
const EXIT = `(import "vm" "exit" (func $exit (param i32 i32 i32 i32) (result i32)))`
const SEND = `(import "send" "send" (func $send (param i32 i32 i32 i64 i32 i64 i64 i64 i64) (result i32)))`
const CONTEXT = `(import "vm" "message_context" (func $context (param i32) (result i32)))`
/** Answers every method with these bytes. */
const answers = (
  bytes: string,
): string => `(module ${CREATE} (memory (export "memory") 1) (data (i32.const 0) "${bytes}")
  (func (export "invoke") (param i32) (result i32)
    (drop (call $create (i32.const 8) (i64.const 0x51) (i32.const 0) (i32.const 1))) (i32.load (i32.const 8))))`
const silent = `(module (memory (export "memory") 1) (func (export "invoke") (param i32) (result i32) (i32.const 0)))`
const refuses = `(module ${CREATE} ${EXIT} (memory (export "memory") 1) (data (i32.const 0) "\\07")
  (func (export "invoke") (param i32) (result i32)
    (drop (call $create (i32.const 8) (i64.const 0x51) (i32.const 0) (i32.const 1)))
    (call $exit (i32.const 40) (i32.load (i32.const 8)) (i32.const 0) (i32.const 0))))`
/** Passes its call on to the registry, read-only. */
const views = `(module ${CONTEXT} ${SEND} ${EXIT} (memory (export "memory") 1) (data (i32.const 0) "\\00\\06")
  (func (export "invoke") (param $params i32) (result i32)
    (drop (call $context (i32.const 256)))
    (drop (call $send (i32.const 64) (i32.const 0) (i32.const 2) (i64.load (i32.const 288)) (local.get $params)
      (i64.const 0) (i64.const 0) (i64.const -1) (i64.const 1)))
    (if (i32.load (i32.const 64))
      (then (drop (call $exit (i32.load (i32.const 64)) (i32.const 0) (i32.const 0) (i32.const 0)))))
    (i32.load (i32.const 68))))`

const people: Json[] = [
  ...["alice", "bob", "carol", "dan", "erin"].map(account),
  { name: "miner", code: { builtin: "storageminer" } },
  { name: "other", code: { builtin: "storageminer" } },
  { name: "signer", code: { wat_text: answers("\\f5") } },
  { name: "agrees", code: { wat_text: answers("\\f5") } },
  { name: "denies", code: { wat_text: answers("\\f4") } },
  { name: "silent", code: { wat_text: silent } },
  { name: "refuses", code: { wat_text: refuses } },
  { name: "views", code: { wat_text: views } },
]
const cast: Json[] = [
  ...people,
  { id: REGISTRY, code: { builtin: "verifiedregistry" } },
  { id: DATACAP, code: { builtin: "datacap" } },
]
/** The registry with bob as root, and the datacap actor. */
const construct = [implicit(0, REGISTRY, 1, id(BOB)), implicit(0, DATACAP, 1, id(REGISTRY))]

const addVerifier = (from: string, verifier: Item, cap: number | bigint): Json =>
  call(from, REGISTRY, Registry.addVerifier, [verifier, amount(cap)])
const removeVerifier = (from: string, verifier: Item): Json => call(from, REGISTRY, Registry.removeVerifier, verifier)
const addClient = (from: string, client: Item, cap: number | bigint): Json =>
  call(from, REGISTRY, Registry.addClient, [client, amount(cap)])
const SIGNATURE = Buffer.from("01aabb", "hex")
const removeDataCap = (
  from: string,
  client: Item,
  cap: number | bigint,
  one: Item,
  two: Item,
  signature: Item = SIGNATURE,
): Json => call(from, REGISTRY, Registry.removeDataCap, [client, amount(cap), [one, SIGNATURE], [two, signature]])
const removeAllocations = (from: string, client: number, ids: number[] = []): Json =>
  call(from, REGISTRY, Registry.removeAllocations, [client, ids])
const removeClaims = (from: string, provider: number, ids: number[] = []): Json =>
  call(from, REGISTRY, Registry.removeClaims, [provider, ids])
const getClaims = (provider: number, ids: number[]): Json =>
  call("alice", REGISTRY, Registry.getClaims, [provider, ids])
const extend = (from: string, ...terms: Array<[provider: number, claim: number, termMax: number]>): Json =>
  call(from, REGISTRY, Registry.extend, [terms])

interface Request {
  provider?: number
  piece?: number
  size?: number
  min?: number
  max?: number
  expiration?: number
}
const request = ({
  provider = MINER,
  piece: n = 1,
  size = MEBIBYTE,
  min = MIN_TERM,
  max = MAX_TERM,
  expiration = EPOCH + 10,
}: Request): Item => [provider, piece(n), size, min, max, expiration]
type Extension = [provider: number, claim: number, termMax: number]
/** Pays the registry for allocations and extensions. */
const allocate = (from: string, bytes: number | bigint, requests: Request[], extensions: Extension[] = []): Json =>
  call(from, DATACAP, TRANSFER, [
    id(REGISTRY),
    amount(BigInt(bytes) * UNIT),
    encode([requests.map(request), extensions]),
  ])

interface Claimed {
  client?: number
  id: number
  piece?: number
  size?: number
}
const sector = (number: number, expiry: number | bigint, claimed: Claimed[]): Item => [
  number,
  expiry,
  claimed.map(({ client = DAN, id: allocation, piece: n = 1, size = MEBIBYTE }) => [
    client,
    allocation,
    piece(n),
    size,
  ]),
]
const claim = (by: number, sectors: Item[], allOrNothing = false): Json =>
  implicit(by, REGISTRY, Registry.claim, [sectors, allOrNothing])
const balance = (owner: number): Json => call("alice", DATACAP, BALANCE, id(owner))

const ready = [
  ...construct,
  addVerifier("bob", id(ALICE), 1000 * MEBIBYTE),
  addClient("alice", id(DAN), 500 * MEBIBYTE),
  addClient("alice", id(ERIN), 100 * MEBIBYTE),
]
const EXPIRY = EPOCH + MIN_TERM + 5

/** A map that fits one node, as blocks of a scenario have it. */
function node(entries: Array<readonly [key: number, value: Json | Json[]]>): Json[] {
  const buckets = new Map<number, Json[][]>()
  const sorted = entries.map(([key, value]) => ({ key: id(key).bytes.subarray(1), value }))
  sorted.sort((a, b) => Buffer.compare(a.key, b.key))
  for (const { key, value } of sorted) {
    const index = (createHash("sha256").update(key).digest()[0] as number) >> 3
    const bucket = buckets.get(index) ?? []
    buckets.set(index, bucket)
    bucket.push([{ hex: key.toString("hex") }, value as Json])
  }
  const places = [...buckets.keys()].sort((a, b) => a - b)
  const field = places.reduce((bits, place) => bits | (1n << BigInt(place)), 0n).toString(16)
  return [{ hex: field.length % 2 === 0 ? field : `0${field}` }, places.map((place) => buckets.get(place))] as never
}

const claimJson = (start: number, max: number, n: number): Json[] =>
  [MINER, DAN, { "/": CID.decode(pieceCid(n)).toString() }, MEBIBYTE, MIN_TERM, max, start, 77 + n] as never

/** A registry of bob's with claims of some age: 1 and 3 have expired, 2 and 4 have not, 5 does at the next epoch. */
const aged: Json = {
  network: { epoch: EPOCH },
  blocks: [
    { name: "empty", codec: "dag-cbor", json: [{ hex: "" }, []] },
    {
      name: "ofMiner",
      codec: "dag-cbor",
      json: node([
        [1, claimJson(100, 600_000, 1)],
        [2, claimJson(1_900_000, 600_000, 2)],
        [3, claimJson(EPOCH - 600_000, 600_000, 3)],
        [4, claimJson(EPOCH, MAX_TERM, 4)],
        [5, claimJson(EPOCH - 599_999, 600_000, 5)],
      ]),
    },
    { name: "claims", codec: "dag-cbor", json: node([[MINER, { block: "ofMiner" }]]) },
  ],
  actors: [
    ...people,
    {
      id: REGISTRY,
      code: { builtin: "verifiedregistry" },
      state: {
        json: [{ hex: "00e907" }, { block: "empty" }, { block: "empty" }, { block: "empty" }, 6, { block: "claims" }],
      },
    },
    { id: DATACAP, code: { builtin: "datacap" } },
  ],
}
const agedReady = [
  implicit(0, DATACAP, 1, id(REGISTRY)),
  addVerifier("bob", id(ALICE), 1000 * MEBIBYTE),
  addClient("alice", id(DAN), 100 * MEBIBYTE),
  addClient("alice", id(ERIN), 100 * MEBIBYTE),
]

/** All of them. */
export const VERIFREG_SCENARIOS: ReadonlyArray<Json & { readonly name: string }> = [
  {
    name: "verifreg-construction",
    actors: cast,
    messages: [
      implicit(0, REGISTRY, 1),
      implicit(0, REGISTRY, 1, NOBODY),
      implicit(1, REGISTRY, 1, id(BOB)),
      implicit(0, REGISTRY, 1, [id(BOB)]),
      getClaims(MINER, [1]),
      ...construct,
      implicit(0, REGISTRY, 1, id(BOB)),
      call("alice", REGISTRY, 5),
      call("alice", REGISTRY, 99999999),
      call("alice", VIEWS, 2),
      getClaims(MINER, []),
      call("alice", REGISTRY, Registry.receive, [TOKEN_TYPE, NOTHING]),
      call("alice", REGISTRY, Registry.receive),
      call("alice", VIEWS, Registry.getClaims, [MINER, [1, 2]]),
      call("alice", VIEWS, 10, [MINER, [1, 2]]),
    ],
  },
  {
    name: "verifreg-verifiers",
    actors: cast,
    messages: [
      ...construct,
      addVerifier("alice", id(ALICE), MEBIBYTE),
      addVerifier("bob", id(ALICE), MEBIBYTE - 1),
      addVerifier("bob", id(ALICE), -MEBIBYTE),
      addVerifier("bob", id(ALICE), MEBIBYTE),
      addVerifier("bob", id(ALICE), 10n ** 30n),
      addVerifier("bob", id(BOB), MEBIBYTE),
      addVerifier("bob", id(UNKNOWN), MEBIBYTE),
      addVerifier("bob", NOBODY, MEBIBYTE),
      addVerifier("bob", NEW_KEY, MEBIBYTE),
      addVerifier("bob", id(CAROL), 2 * MEBIBYTE),
      addClient("carol", id(DAN), MEBIBYTE),
      addVerifier("bob", id(DAN), MEBIBYTE),
      call("bob", REGISTRY, Registry.addVerifier, [id(DAN)]),
      removeVerifier("alice", id(CAROL)),
      removeVerifier("bob", id(CAROL)),
      removeVerifier("bob", id(CAROL)),
      removeVerifier("bob", id(UNKNOWN)),
      removeVerifier("bob", NOBODY),
      call("bob", REGISTRY, Registry.removeVerifier, [id(ALICE)]),
      ...Array.from({ length: 60 }, (_, i) =>
        addVerifier("bob", id(10 + (i % 3 === 0 ? 0 : 989) + (i % 3)), MEBIBYTE + i),
      ),
      removeVerifier("bob", NEW_KEY),
    ],
  },
  {
    name: "verifreg-many-verifiers",
    actors: [...cast, ...Array.from({ length: 50 }, (_, i) => account(`verifier${i}`))],
    messages: [
      ...construct,
      ...Array.from({ length: 50 }, (_, i) => addVerifier("bob", id(1013 + i), MEBIBYTE * (i + 1))),
      ...Array.from({ length: 25 }, (_, i) => addClient(`verifier${i * 2}`, id(i % 2 ? DAN : ERIN), MEBIBYTE)),
      ...Array.from({ length: 50 }, (_, i) => removeVerifier("bob", id(1013 + i))),
    ],
  },
  {
    name: "verifreg-clients",
    actors: cast,
    messages: [
      ...construct,
      addClient("alice", id(DAN), MEBIBYTE),
      addVerifier("bob", id(ALICE), 10 * MEBIBYTE),
      addVerifier("bob", id(CAROL), 10 * MEBIBYTE),
      addClient("alice", id(DAN), MEBIBYTE - 1),
      addClient("alice", id(DAN), MEBIBYTE),
      call("alice", REGISTRY, 4, [id(DAN), amount(MEBIBYTE)]),
      addClient("alice", id(BOB), MEBIBYTE),
      addClient("alice", id(CAROL), MEBIBYTE),
      addClient("alice", id(ALICE), MEBIBYTE),
      addClient("alice", id(ERIN), 9 * MEBIBYTE),
      addClient("alice", id(ERIN), 2 * MEBIBYTE),
      addClient("alice", id(UNKNOWN), MEBIBYTE),
      addClient("alice", NOBODY, MEBIBYTE),
      addClient("alice", NEW_KEY, MEBIBYTE),
      addClient("alice", id(REFUSES), MEBIBYTE),
      addClient("alice", id(SILENT), MEBIBYTE),
      addClient("alice", id(REGISTRY), MEBIBYTE),
      addClient("alice", id(DATACAP), MEBIBYTE),
      addClient("dan", id(ERIN), MEBIBYTE),
      addClient("alice", id(DAN), 5 * MEBIBYTE),
      addClient("alice", id(DAN), MEBIBYTE),
      call("alice", REGISTRY, Registry.addClient, id(DAN)),
      addVerifier("bob", id(VIEWS), 10 * MEBIBYTE),
      call("alice", VIEWS, Registry.addClient, [id(DAN), amount(MEBIBYTE)]),
      balance(DAN),
    ],
  },
  {
    name: "verifreg-remove-datacap",
    actors: cast,
    messages: [
      ...construct,
      ...[ALICE, SIGNER, AGREES, DENIES, SILENT, REFUSES].map((verifier) =>
        addVerifier("bob", id(verifier), 10 * MEBIBYTE),
      ),
      addClient("alice", id(DAN), 5 * MEBIBYTE),
      addClient("alice", id(ERIN), 2 * MEBIBYTE),
      removeDataCap("alice", id(DAN), MEBIBYTE, id(SIGNER), id(AGREES)),
      removeDataCap("bob", id(DAN), MEBIBYTE, id(SIGNER), id(AGREES)),
      removeDataCap("bob", id(DAN), MEBIBYTE, id(AGREES), id(SIGNER)),
      removeDataCap("bob", id(DAN), 0, id(AGREES), id(SIGNER)),
      removeDataCap("bob", id(DAN), -5, id(AGREES), id(SIGNER)),
      removeDataCap("bob", id(DAN), 100 * MEBIBYTE, id(AGREES), id(SIGNER)),
      removeDataCap("bob", id(DAN), MEBIBYTE, id(AGREES), id(SIGNER)),
      removeDataCap("bob", id(ERIN), MEBIBYTE, id(SIGNER), id(SIGNER)),
      removeDataCap("bob", id(ERIN), MEBIBYTE, id(SIGNER), id(CAROL)),
      removeDataCap("bob", id(ERIN), MEBIBYTE, id(CAROL), id(SIGNER)),
      removeDataCap("bob", id(ERIN), MEBIBYTE, id(SIGNER), id(DENIES)),
      removeDataCap("bob", id(ERIN), MEBIBYTE, id(SIGNER), id(SILENT)),
      removeDataCap("bob", id(ERIN), MEBIBYTE, id(REFUSES), id(SIGNER)),
      removeDataCap("bob", id(ERIN), MEBIBYTE, id(SIGNER), id(ALICE)),
      removeDataCap("bob", id(ERIN), MEBIBYTE, id(SIGNER), id(UNKNOWN)),
      removeDataCap("bob", id(ERIN), MEBIBYTE, NOBODY, id(SIGNER)),
      removeDataCap("bob", NOBODY, MEBIBYTE, id(SIGNER), id(AGREES)),
      removeDataCap("bob", id(UNKNOWN), MEBIBYTE, id(SIGNER), id(AGREES)),
      removeDataCap("bob", id(REGISTRY), MEBIBYTE, id(SIGNER), id(AGREES)),
      removeDataCap("bob", id(ERIN), MEBIBYTE, id(SIGNER), id(AGREES), NOTHING),
      removeDataCap("bob", id(ERIN), MEBIBYTE, id(SIGNER), id(AGREES), Buffer.from("03aa", "hex")),
      removeDataCap("bob", id(ERIN), MEBIBYTE, id(SIGNER), id(AGREES), Buffer.from("02", "hex")),
      call("bob", REGISTRY, Registry.removeDataCap, [id(ERIN), amount(1)]),
      balance(DAN),
      balance(ERIN),
    ],
  },
  {
    name: "verifreg-allocations",
    network: { epoch: EPOCH },
    actors: cast,
    messages: [
      ...ready,
      allocate("dan", MEBIBYTE, [{}]),
      allocate("dan", 3 * MEBIBYTE, [{ piece: 2 }, { piece: 3, size: 2 * MEBIBYTE, provider: OTHER_MINER }]),
      allocate("dan", 0, []),
      allocate("dan", MEBIBYTE, []),
      allocate("dan", 2 * MEBIBYTE, [{}]),
      allocate("dan", MEBIBYTE - 1, [{ size: MEBIBYTE - 1 }]),
      allocate("dan", MEBIBYTE, [{ min: MIN_TERM - 1 }]),
      allocate("dan", MEBIBYTE, [{ max: MAX_TERM + 1 }]),
      allocate("dan", MEBIBYTE, [{ min: MIN_TERM + 5, max: MIN_TERM + 4 }]),
      allocate("dan", MEBIBYTE, [{ expiration: EPOCH - 1 }]),
      allocate("dan", MEBIBYTE, [{ expiration: EPOCH }]),
      allocate("dan", MEBIBYTE, [{ expiration: EPOCH + 60 * DAY }]),
      allocate("dan", MEBIBYTE, [{ expiration: EPOCH + 60 * DAY + 1 }]),
      allocate("dan", MEBIBYTE, [{ provider: ALICE }]),
      allocate("dan", MEBIBYTE, [{ provider: UNKNOWN }]),
      allocate("dan", MEBIBYTE, [{ provider: AGREES }]),
      allocate("dan", MEBIBYTE, [], [[MINER, 1, MAX_TERM]]),
      call("dan", DATACAP, TRANSFER, [id(REGISTRY), amount(BigInt(MEBIBYTE) * UNIT), NOTHING]),
      call("dan", DATACAP, TRANSFER, [id(REGISTRY), amount(0), Buffer.from("82809b00ffffffffffffff", "hex")]),
      call("dan", DATACAP, TRANSFER, [id(REGISTRY), amount(0), Buffer.from("829b0000000100000000", "hex")]),
      call("dan", DATACAP, TRANSFER, [id(REGISTRY), amount(0), Buffer.from("82808000", "hex")]),
      implicit(REGISTRY, DATACAP, MINT, [id(REGISTRY), amount(0), []]),
      implicit(DATACAP, REGISTRY, Registry.receive, [5, NOTHING]),
      implicit(DATACAP, REGISTRY, Registry.receive, [TOKEN_TYPE, NOTHING]),
      implicit(DATACAP, REGISTRY, Registry.receive, [
        TOKEN_TYPE,
        encode([DAN, DATACAP, DAN, amount(0), encode([[], []]), NOTHING]),
      ]),
      implicit(DATACAP, REGISTRY, Registry.receive, [
        TOKEN_TYPE,
        encode([DAN, REGISTRY, DAN, amount(5), encode([[], []]), NOTHING]),
      ]),
      allocate(
        "erin",
        20 * MEBIBYTE,
        Array.from({ length: 20 }, (_, i) => ({ piece: i, expiration: EPOCH + (i % 2) })),
      ),
      removeAllocations("alice", DAN, [1]),
      removeAllocations("alice", DAN, [4]),
      removeAllocations("alice", DAN, [4]),
      removeAllocations("alice", DAN, [2, 77]),
      removeAllocations("alice", UNKNOWN, [2]),
      removeAllocations("alice", UNKNOWN),
      removeAllocations("alice", DAN),
      removeAllocations("alice", ERIN, [6, 6]),
      removeAllocations("alice", ERIN, [7, 6, 9, 8, 1]),
      removeAllocations("alice", ERIN),
      call("alice", REGISTRY, 8, [ERIN, []]),
      call("alice", REGISTRY, Registry.removeAllocations, [ERIN]),
      raw("alice", REGISTRY, Registry.removeAllocations, "821903ec9b00ffffffffffffff"),
      call("alice", VIEWS, Registry.removeAllocations, [ERIN, []]),
      balance(DAN),
      balance(ERIN),
      balance(REGISTRY),
    ],
  },
  {
    name: "verifreg-claims",
    network: { epoch: EPOCH },
    actors: cast,
    messages: [
      ...ready,
      allocate(
        "dan",
        12 * MEBIBYTE,
        Array.from({ length: 12 }, (_, i) => ({ piece: i + 1 })),
      ),
      allocate("erin", 4 * MEBIBYTE, [{ piece: 1, size: 4 * MEBIBYTE, provider: OTHER_MINER }]),
      claim(MINER, []),
      claim(ALICE, [sector(1, EXPIRY, [{ id: 1 }])]),
      call("alice", REGISTRY, Registry.claim, [[sector(1, EXPIRY, [{ id: 1 }])], false]),
      claim(MINER, [sector(1, EXPIRY, [{ id: 1 }])]),
      claim(MINER, [sector(1, EXPIRY, [{ id: 1 }])]),
      claim(MINER, [sector(1, EXPIRY, [{ id: 1 }])], true),
      claim(
        MINER,
        [
          sector(2, EXPIRY, [
            { id: 2, piece: 2 },
            { id: 3, piece: 3 },
          ]),
          sector(3, EXPIRY, [{ id: 4, piece: 4 }]),
        ],
        true,
      ),
      claim(MINER, [
        sector(4, EXPIRY, [
          { id: 5, piece: 5 },
          { id: 6, piece: 7 },
        ]),
        sector(5, EXPIRY, []),
        sector(6, EXPIRY, [{ id: 6, piece: 6 }]),
        sector(7, EPOCH + 5, [{ id: 7, piece: 7 }]),
        sector(8, EPOCH + MAX_TERM + 1, [{ id: 7, piece: 7 }]),
        sector(9, EXPIRY, [{ id: 7, piece: 7, size: 2 * MEBIBYTE }]),
        sector(10, EXPIRY, [{ id: 7, piece: 7, client: ERIN }]),
        sector(11, EXPIRY, [{ id: 13, client: ERIN, size: 4 * MEBIBYTE }]),
        sector(12, EPOCH + MAX_TERM, [{ id: 7, piece: 7 }]),
        sector(13, EPOCH + MIN_TERM, [{ id: 8, piece: 8 }]),
      ]),
      claim(MINER, [
        sector(14, EXPIRY, [
          { id: 9, piece: 9 },
          { id: 9, piece: 9 },
        ]),
      ]),
      claim(MINER, [sector(14, EXPIRY, [{ id: 9, piece: 9 }]), sector(15, EXPIRY, [{ id: 9, piece: 9 }])]),
      claim(MINER, [sector(16, -(1n << 63n), [{ id: 10, piece: 10 }])]),
      claim(MINER, [sector(16, -1, [{ id: 10, piece: 10 }])], true),
      claim(OTHER_MINER, [sector(1, EXPIRY, [{ id: 13, client: ERIN, size: 4 * MEBIBYTE }])], true),
      implicit(MINER, REGISTRY, Registry.claim, [[]]),
      implicit(MINER, REGISTRY, Registry.claim, [[sector(1, EXPIRY, []), [1, 2]], false]),
      getClaims(MINER, [1, 2, 3, 4, 5, 6, 7]),
      getClaims(OTHER_MINER, [13, 1]),
      getClaims(UNKNOWN, [1]),
      call("alice", REGISTRY, 10, [MINER, [9]]),
      call("alice", VIEWS, Registry.getClaims, [MINER, [1]]),
      call("alice", REGISTRY, Registry.getClaims, [MINER]),
      extend("dan", [MINER, 1, MAX_TERM], [MINER, 2, MAX_TERM + 1], [MINER, 3, MAX_TERM - 1], [MINER, 99, MAX_TERM]),
      extend("dan", [UNKNOWN, 1, MAX_TERM], [OTHER_MINER, 13, MAX_TERM]),
      extend("dan"),
      call("dan", REGISTRY, 11, [[[MINER, 1, MAX_TERM]]]),
      call("dan", REGISTRY, Registry.extend, [[[MINER, 1]]]),
      call("alice", VIEWS, Registry.extend, [[[MINER, 1, MAX_TERM]]]),
      removeClaims("alice", MINER),
      removeClaims("alice", MINER, [1, 2, 99]),
      allocate("dan", MEBIBYTE, [], [[MINER, 1, MAX_TERM]]),
      balance(REGISTRY),
    ],
  },
  {
    name: "verifreg-aged-claims",
    ...aged,
    messages: [
      ...agedReady,
      getClaims(MINER, [1, 2, 3, 4, 5, 6]),
      extend("dan", [MINER, 1, 600_001], [MINER, 2, 600_000], [MINER, 2, 599_999], [MINER, 4, MAX_TERM]),
      extend("erin", [MINER, 2, 700_000]),
      allocate("erin", MEBIBYTE, [], [[MINER, 2, 800_000]]),
      allocate("erin", MEBIBYTE, [], [[MINER, 2, 800_000]]),
      allocate("erin", MEBIBYTE, [], [[MINER, 3, 700_000]]),
      allocate("erin", MEBIBYTE, [], [[MINER, 5, 700_000]]),
      allocate("erin", MEBIBYTE, [], [[MINER, 2, MAX_TERM + 100_001]]),
      allocate("erin", MEBIBYTE, [], [[MINER, 2, MAX_TERM + 100_000]]),
      allocate(
        "erin",
        2 * MEBIBYTE,
        [],
        [
          [MINER, 5, 900_000],
          [MINER, 5, 950_000],
        ],
      ),
      allocate("erin", 3 * MEBIBYTE, [{ size: 2 * MEBIBYTE }], [[MINER, 5, 960_000]]),
      allocate("erin", MEBIBYTE, [], [[MINER, 1, 1_900_000]]),
      removeClaims("carol", MINER, [1, 2, 3, 99]),
      removeClaims("carol", MINER, [1]),
      removeClaims("carol", MINER, [3, 3]),
      removeClaims("carol", MINER),
      call("carol", REGISTRY, 12, [MINER, []]),
      getClaims(MINER, [1, 2, 3, 4, 5, 6]),
      call("alice", VIEWS, Registry.removeClaims, [MINER, [4]]),
      balance(REGISTRY),
    ],
  },
  {
    name: "verifreg-aged-claims-all",
    ...aged,
    messages: [...agedReady, removeClaims("carol", MINER), removeClaims("carol", MINER)],
  },
  {
    name: "verifreg-claims-to-the-last",
    network: { epoch: EPOCH },
    actors: cast,
    messages: [
      ...ready,
      ...Array.from({ length: 3 }, (_, i) =>
        allocate(
          "dan",
          60 * MEBIBYTE,
          Array.from({ length: 60 }, (_, n) => ({ piece: i * 60 + n + 1 })),
        ),
      ),
      claim(
        MINER,
        Array.from({ length: 90 }, (_, i) =>
          sector(i, EXPIRY, [
            { id: i + 1, piece: i + 1 },
            { id: i + 91, piece: i + 91 },
          ]),
        ),
        true,
      ),
      getClaims(
        MINER,
        Array.from({ length: 90 }, (_, i) => i * 2 + 1),
      ),
      extend("dan", ...Array.from({ length: 60 }, (_, i): Extension => [MINER, i * 3 + 1, MAX_TERM])),
      allocate("erin", 2 * MEBIBYTE, [{ expiration: EPOCH }, { expiration: EPOCH }]),
      removeAllocations("alice", ERIN),
      removeAllocations("alice", DAN),
    ],
  },
]
