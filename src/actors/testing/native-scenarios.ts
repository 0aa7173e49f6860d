/**
 * Scenarios for the native actors: every method, each way it can fail, and state that grows until its maps have several
 * levels. Written for `fvm-oracle`; what the official actors make of them is recorded by record.ts.
 */
import {
  account,
  amount,
  call,
  create,
  encode,
  type Item,
  id,
  implicit,
  type Json,
  keyAddress,
  NOTHING,
  raw,
  to,
} from "./messages.ts"

const alice = account("alice")
const bob = account("bob")
const carol = account("carol")
const [ALICE, BOB, CAROL] = [1000, 1001, 1002]
const CREATED = 1003
const UNKNOWN = 9999

const RECEIVE = 3726118371
const AUTHENTICATE_MESSAGE = 2643134072

const propose = (from: string, receiver: number, value: number, method = 0, params: Uint8Array = NOTHING): Json =>
  call(from, CREATED, 2, [id(receiver), amount(value), method, params])
const proposeAdmin = (from: string, method: number, params: Item): Json =>
  propose(from, CREATED, 0, method, encode(params))
const approve = (from: string, transaction: number, hash: Uint8Array = NOTHING): Json =>
  call(from, CREATED, 3, [transaction, hash])
const cancel = (from: string, transaction: number, hash: Uint8Array = NOTHING): Json =>
  call(from, CREATED, 4, [transaction, hash])

interface Voucher {
  channel?: Item
  min?: number
  max?: number
  hash?: Uint8Array
  extra?: Item
  settle?: number
  merges?: Array<[number, number]>
  signature?: Uint8Array | null
  secret?: Uint8Array
  receiver?: number
}

function redeem(from: string, lane: number | bigint, nonce: number, value: number, voucher: Voucher = {}): Json {
  const { channel = id(CREATED), min = 0, max = 0, hash = NOTHING, extra = null, settle = 0, merges = [] } = voucher
  const { signature = Buffer.from("01aabb", "hex"), secret = NOTHING, receiver = CREATED } = voucher
  const signed: Item = [channel, min, max, hash, extra, lane, nonce, amount(value), settle, merges, signature]
  return call(from, receiver, 2, [signed, secret])
}

/** An actor that answers every method with `true`: a payer who accepts every voucher. */
const agreeable: Json = {
  name: "agreeable",
  id: CAROL,
  code: {
    wat_text: `(module (import "ipld" "block_create" (func $create (param i32 i64 i32 i32) (result i32)))
      (memory (export "memory") 1) (data (i32.const 0) "\\f5")
      (func (export "invoke") (param i32) (result i32)
        (drop (call $create (i32.const 8) (i64.const 0x51) (i32.const 0) (i32.const 1))) (i32.load (i32.const 8))))`,
  },
}

const REWARD_BALANCE = "1100000000000000000000000000"

/** All of them. */
export const NATIVE_SCENARIOS: ReadonlyArray<Json & { readonly name: string }> = [
  {
    name: "reward",
    actors: [alice, { id: 2, code: { builtin: "reward" }, balance: REWARD_BALANCE }],
    messages: [
      implicit(0, 2, 1, amount(0)),
      implicit(0, 2, 1, amount(0)),
      implicit(0, 2, 3),
      implicit(4, 2, 4, amount(12345678901234567890n)),
      implicit(0, 2, 3),
      implicit(0, 2, 2, [id(ALICE), amount(5), amount(7), 3]),
      implicit(0, 2, 2, [id(ALICE), amount(-5), amount(7), 3]),
      implicit(0, 2, 2, [id(ALICE), amount(5), amount(-7), 3]),
      implicit(0, 2, 2, [id(ALICE), amount(5), amount(7), 0]),
      implicit(0, 2, 2, [keyAddress(1, "ee"), amount(5), amount(7), 1]),
      implicit(4, 2, 4, null),
      implicit(3, 2, 4, amount(1)),
      implicit(4, 2, 4, amount(99999999999999999999999n)),
      implicit(4, 2, 4, amount(99999999999999999999999n)),
      implicit(0, 2, 3),
      implicit(0, 2, 9),
      implicit(0, 2, 3, [1]),
      implicit(0, 2, 2, [id(ALICE), amount(5), amount(BigInt(REWARD_BALANCE)), 3]),
    ],
  },
  {
    name: "reward-construction",
    actors: [{ id: 2, code: { builtin: "reward" } }],
    messages: [
      implicit(0, 2, 1, null),
      implicit(0, 2, 1),
      implicit(1, 2, 1, amount(5)),
      implicit(0, 2, 1, "x"),
      implicit(0, 2, 1, amount(500)),
    ],
  },
  {
    name: "cron",
    messages: [
      implicit(0, 3, 1, [[]]),
      implicit(0, 3, 2),
      implicit(1, 3, 2),
      implicit(0, 3, 1, [[]]),
      implicit(0, 3, 5),
    ],
  },
  {
    name: "cron-list",
    actors: [alice],
    messages: [
      implicit(0, 3, 1, [
        [
          [id(ALICE), 2],
          [id(ALICE), 1],
          [id(ALICE), 70000000],
          [id(UNKNOWN), 2],
        ],
      ]),
      implicit(0, 3, 2),
      implicit(0, 3, 2, [1]),
    ],
  },
  {
    name: "system",
    actors: [alice],
    messages: [call("alice", 0, 1), call("alice", 0, 2), implicit(0, 0, 1), implicit(0, 0, 1, [1])],
  },
  {
    name: "init",
    actors: [alice],
    messages: [
      implicit(0, 1, 1, ["net"]),
      implicit(1, 1, 1, ["net"]),
      implicit(0, 1, 1, [5]),
      create("account", []),
      create("evm", []),
      create("storageminer", []),
      create("multisig", []),
      { from: "alice", to: to(1), method: 3, params_cbor: [{ code: "evm" }, { hex: "" }, { hex: "aa" }] },
      call("alice", 1, 2),
      raw("alice", 1, 2, "82"),
      call("alice", 1, 4),
    ],
  },
  {
    name: "account",
    actors: [alice, bob, { id: 2000, code: { builtin: "account" } }],
    messages: [
      implicit(0, 2000, 1, id(ALICE)),
      implicit(0, 2000, 1, keyAddress(2, "ab")),
      implicit(0, 2000, 1, Buffer.from("0400", "hex")),
      implicit(0, 2000, 1, NOTHING),
      implicit(0, 2000, 1, "x"),
      implicit(1, 2000, 1, keyAddress(1, "cd")),
      implicit(0, 2000, 1, keyAddress(1, "cd")),
      implicit(0, 2000, 1, keyAddress(1, "cd")),
      implicit(0, 2000, 2),
      call("alice", BOB, 2),
      call("alice", BOB, 2, []),
      call("alice", BOB, AUTHENTICATE_MESSAGE),
      call("alice", BOB, AUTHENTICATE_MESSAGE, [NOTHING, NOTHING]),
      call("alice", BOB, AUTHENTICATE_MESSAGE, [Buffer.alloc(65), Buffer.from("message")]),
      raw("alice", BOB, AUTHENTICATE_MESSAGE, "8241004100ff"),
      raw("alice", BOB, RECEIVE, "ff"),
      call("alice", BOB, 3),
      call("alice", BOB, 16777215),
      call("alice", BOB, 16777216),
    ],
  },
  {
    name: "ethaccount",
    actors: [
      { id: 3000, code: { builtin: "ethaccount" }, address: { eth: "aabbccddeeff00112233445566778899aabbccdd" } },
      { id: 3001, code: { builtin: "ethaccount" } },
      { id: 3002, code: { builtin: "ethaccount" }, delegated_address: { delegated: [77, "aabb"] } },
    ],
    messages: [
      implicit(0, 3000, 1),
      implicit(0, 3001, 1),
      implicit(0, 3002, 1),
      implicit(1, 3000, 1),
      implicit(0, 3000, 1, [1]),
      implicit(0, 3000, 2),
      implicit(0, 3000, RECEIVE),
    ],
  },
  {
    name: "eam",
    actors: [alice, { id: 4000, code: { builtin: "eam" } }],
    messages: [
      implicit(0, 10, 1),
      implicit(0, 4000, 1),
      implicit(1, 10, 1),
      implicit(0, 10, 1, [1]),
      call("alice", 10, 2, [Buffer.alloc(1), 0]),
      call("alice", 10, 3, [Buffer.alloc(1), Buffer.alloc(32)]),
      call("alice", 10, 3, [Buffer.alloc(1), Buffer.alloc(31)]),
      call("alice", 10, 4),
      raw("alice", 10, 4, "5f4160426000ff"),
      raw("alice", 10, 4, "056000600000"),
      raw("alice", 10, 4, "80"),
      call("alice", 10, 5),
    ],
  },
  {
    name: "multisig-administration",
    actors: [alice, bob, carol],
    messages: [
      create("multisig", [[id(ALICE), id(BOB)], 1, 0, 0], "1000"),
      proposeAdmin("alice", 5, [id(CAROL), false]),
      proposeAdmin("alice", 5, [id(CAROL), false]),
      proposeAdmin("alice", 8, [2]),
      propose("alice", BOB, 10),
      propose("bob", CAROL, 10),
      propose("carol", CAROL, 11),
      propose("alice", CAROL, 12),
      propose("alice", CAROL, 13),
      propose("alice", CAROL, 14),
      proposeAdmin("bob", 6, [id(ALICE), true]),
      approve("carol", 10),
      approve("carol", 9),
      approve("carol", 9),
      proposeAdmin("carol", 7, [id(BOB), id(ALICE)]),
      approve("bob", 11),
      cancel("alice", 5),
      cancel("alice", 8, Buffer.alloc(1)),
      cancel("alice", 8, Buffer.alloc(32)),
      cancel("alice", 8),
      cancel("alice", 9),
      approve("bob", 7, Buffer.alloc(32)),
      proposeAdmin("alice", 9, [50, 1000, amount(900)]),
      approve("carol", 12),
      approve("carol", 13),
      propose("alice", BOB, 100),
      approve("carol", 13),
      proposeAdmin("alice", 9, [50, 0, amount(900)]),
      call("alice", CREATED, RECEIVE, [1, Buffer.from("aa", "hex")]),
      call("alice", CREATED, RECEIVE, []),
      call("alice", CREATED, RECEIVE),
      call("alice", CREATED, 99),
      call("alice", CREATED, 99999999),
      propose("alice", BOB, -1),
      call("alice", CREATED, 5, [id(BOB), true]),
      raw("alice", CREATED, 2, "84"),
    ],
  },
  {
    name: "multisig-many-transactions",
    actors: [alice, bob, carol],
    messages: [
      create("multisig", [[id(ALICE), id(BOB), id(CAROL)], 2, 0, 0], "100000"),
      ...Array.from({ length: 60 }, (_, i) => propose("alice", BOB, i, i % 3 === 0 ? 77777777 : 0, Buffer.alloc(i))),
      ...Array.from({ length: 30 }, (_, i) => approve("bob", i * 2)),
      ...Array.from({ length: 20 }, (_, i) => cancel("alice", i * 3 + 1)),
      proposeAdmin("bob", 6, [id(ALICE), false]),
      approve("carol", 60),
    ],
  },
  ...(
    [
      ["no-signers", [[], 1, 0, 0]],
      ["signer-twice", [[id(ALICE), id(ALICE)], 1, 0, 0]],
      ["threshold-above-signers", [[id(ALICE)], 2, 0, 0]],
      ["threshold-zero", [[id(ALICE)], 0, 0, 0]],
      ["negative-duration", [[id(ALICE)], 1, -1, 0]],
      ["unknown-id", [[id(UNKNOWN)], 1, 0, 0]],
      ["fresh-key", [[keyAddress(1, "aa")], 1, 5, 6]],
      ["unknown-actor", [[keyAddress(2, "aa")], 1, 5, 6]],
      ["short-tuple", [[id(ALICE)], 1, 0]],
      ["too-many-signers", [Array.from({ length: 257 }, () => id(ALICE)), 1, 0, 0]],
    ] as Array<[string, Item]>
  ).map(([name, params]) => ({
    name: `multisig-construction-${name}`,
    actors: [alice, bob],
    messages: [create("multisig", params, "5")],
  })),
  {
    name: "paymentchannel",
    actors: [alice, bob, agreeable],
    messages: [
      create("paymentchannel", [id(CAROL), id(BOB)], "10000"),
      redeem("bob", 0, 1, 100),
      redeem("bob", 0, 1, 200),
      redeem("bob", 0, 2, 200),
      redeem("bob", 7, 1, 50),
      redeem("bob", 8, 1, 60),
      redeem("bob", 64, 1, 10),
      redeem("bob", 1000, 1, 10),
      redeem("bob", 9007199254740991n, 3, 11),
      redeem("bob", (1n << 63n) - 1n, 3, 12),
      redeem("bob", 1n << 63n, 3, 12),
      redeem("bob", 0, 3, 500, {
        merges: [
          [7, 2],
          [8, 2],
        ],
      }),
      redeem("bob", 0, 4, 500, { merges: [[0, 9]] }),
      redeem("bob", 0, 4, 500, { merges: [[99, 9]] }),
      redeem("bob", 0, 4, 500, { merges: [[7, 2]] }),
      redeem("bob", 0, 4, 100),
      redeem("bob", 0, 5, 999999),
      redeem("bob", 0, 5, -1),
      redeem("alice", 0, 6, 500),
      redeem("bob", 0, 6, 500, { signature: null }),
      redeem("bob", 0, 6, 500, { signature: NOTHING }),
      redeem("bob", 0, 6, 500, { signature: Buffer.from("03aa", "hex") }),
      redeem("bob", 0, 6, 500, { signature: Buffer.from("00aa", "hex") }),
      redeem("bob", 0, 6, 501, { min: 1000 }),
      redeem("bob", 0, 6, 501, { max: 10 }),
      redeem("bob", 0, 6, 501, { hash: Buffer.alloc(32) }),
      redeem("bob", 0, 6, 501, { hash: Buffer.alloc(3) }),
      redeem("bob", 0, 6, 501, { secret: Buffer.alloc(257) }),
      redeem("bob", 0, 6, 501, { channel: id(BOB) }),
      redeem("bob", 0, 6, 501, { channel: keyAddress(2, "aa") }),
      redeem("bob", 0, 6, 501, { extra: [id(CAROL), 5, Buffer.from("80", "hex")] }),
      redeem("bob", 0, 7, 502, { extra: [id(BOB), 5, Buffer.from("80", "hex")] }),
      redeem("bob", 0, 7, 502, { settle: 5000 }),
      call("bob", CREATED, 4),
      call("alice", CREATED, 3),
      call("bob", CREATED, 3, []),
      call("bob", CREATED, 3),
      call("bob", CREATED, 3),
      redeem("bob", 0, 8, 503, { settle: 6000 }),
      call("bob", CREATED, 4),
      call("bob", CREATED, 5),
    ],
  },
  ...(
    [
      ["unknown-payee", [id(CAROL), id(UNKNOWN)]],
      ["unknown-payer", [id(UNKNOWN), id(BOB)]],
      ["short-tuple", [id(BOB)]],
      ["fresh-key", [keyAddress(1, "bb"), id(BOB)]],
    ] as Array<[string, Item]>
  ).map(([name, params]) => ({
    name: `paymentchannel-construction-${name}`,
    actors: [alice, bob, agreeable],
    messages: [create("paymentchannel", params, "5")],
  })),
  {
    name: "paymentchannel-collection",
    network: { epoch: 9000 },
    blocks: [{ name: "lanes", codec: "dag-cbor", json: [3, 0, 0, [{ hex: "00" }, [], []]] }],
    actors: [
      alice,
      bob,
      {
        name: "channel",
        id: CAROL,
        code: { builtin: "paymentchannel" },
        balance: "700",
        state: { json: [{ hex: "00e807" }, { hex: "00e907" }, { big: "300" }, 5000, 0, { block: "lanes" }] },
      },
    ],
    messages: [
      redeem("bob", 0, 1, 5, { channel: id(CAROL), receiver: CAROL }),
      call("bob", CAROL, 4),
      call("bob", CAROL, 4),
    ],
  },
]
