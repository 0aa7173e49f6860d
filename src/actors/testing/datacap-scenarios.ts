/**
 * Scenarios for the datacap actor: every method and each way it can fail, hooks that refuse, trap and call back, calls that may not
 * write, and holders and operators in such number that the maps have several levels.
 */
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
  NOTHING,
  raw,
} from "./messages.ts"

const DATACAP = 7
const Token = {
  mint: 116935346,
  destroy: 2624896501,
  name: 48890204,
  symbol: 2061153854,
  granularity: 3936767397,
  totalSupply: 114981429,
  balance: 3261979605,
  transfer: 80475954,
  transferFrom: 3621052141,
  increase: 1777121560,
  decrease: 1529376545,
  revoke: 2765635761,
  burn: 1434719642,
  burnFrom: 2979674018,
  allowance: 4205072950,
} as const

const UNIT = 10n ** 18n
/** Whole tokens. */
const tokens = (count: number | bigint): Item => amount(BigInt(count) * UNIT)

const [ALICE, BOB, CAROL] = [1000, 1001, 1002]
const [AGREES, REFUSES, TRAPS, BURNS, VIEWS, ETHEREUM] = [1003, 1004, 1005, 1006, 1007, 1008]
const UNKNOWN = 9999
const NOBODY = keyAddress(1, "aa")
const ETHEREUM_ADDRESS = Buffer.from("040a1122334455667788990011223344556677889900", "hex")

const EXIT = `(import "vm" "exit" (func $exit (param i32 i32 i32 i32) (result i32)))`
const CREATE = `(import "ipld" "block_create" (func $create (param i32 i64 i32 i32) (result i32)))`
const SEND = `(import "send" "send" (func $send (param i32 i32 i32 i64 i32 i64 i64 i64 i64) (result i32)))`
const CONTEXT = `(import "vm" "message_context" (func $context (param i32) (result i32)))`
/** Ends as the call whose result is at 64: with its data, or with its exit code. */
const PASS_ON = `(if (i32.load (i32.const 64)) (then (drop (call $exit (i32.load (i32.const 64)) (i32.const 0) (i32.const 0) (i32.const 0)))))
  (i32.load (i32.const 68))`

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")
const BURN_ONE = encode([tokens(1)])

/** Answers every method with two bytes. */
const agrees = `(module ${CREATE} (memory (export "memory") 1) (data (i32.const 0) "\\41\\07")
  (func (export "invoke") (param i32) (result i32)
    (drop (call $create (i32.const 8) (i64.const 0x51) (i32.const 0) (i32.const 2))) (i32.load (i32.const 8))))`
/** Exits with 40 and data. */
const refuses = `(module ${CREATE} ${EXIT} (memory (export "memory") 1) (data (i32.const 0) "\\41\\07")
  (func (export "invoke") (param i32) (result i32)
    (drop (call $create (i32.const 8) (i64.const 0x51) (i32.const 0) (i32.const 2)))
    (call $exit (i32.const 40) (i32.load (i32.const 8)) (i32.const 0) (i32.const 0))))`
const traps = `(module (memory (export "memory") 1) (func (export "invoke") (param i32) (result i32) unreachable))`
/** Burns one of its tokens, whatever it is called for, and answers what that answered. */
const burns = `(module ${CREATE} ${SEND} ${EXIT} (memory (export "memory") 1)
  (data (i32.const 0) "\\00\\07") (data (i32.const 16) "${hex(BURN_ONE)}")
  (func (export "invoke") (param i32) (result i32)
    (drop (call $create (i32.const 8) (i64.const 0x51) (i32.const 16) (i32.const ${BURN_ONE.length})))
    (drop (call $send (i32.const 64) (i32.const 0) (i32.const 2) (i64.const ${Token.burn}) (i32.load (i32.const 8))
      (i64.const 0) (i64.const 0) (i64.const -1) (i64.const 0)))
    ${PASS_ON}))`
/** Passes its call on to the datacap actor, read-only. Below the exported methods it agrees. */
const views = `(module ${CONTEXT} ${SEND} ${EXIT} (memory (export "memory") 1) (data (i32.const 0) "\\00\\07")
  (func (export "invoke") (param $params i32) (result i32)
    (drop (call $context (i32.const 256)))
    (drop (call $send (i32.const 64) (i32.const 0) (i32.const 2) (i64.load (i32.const 288)) (local.get $params)
      (i64.const 0) (i64.const 0) (i64.const -1) (i64.const 1)))
    ${PASS_ON}))`

const coded = (name: string, code: string): Json => ({ name, code: { wat_text: code } })
const cast: Json[] = [
  account("alice"),
  account("bob"),
  account("carol"),
  coded("agrees", agrees),
  coded("refuses", refuses),
  coded("traps", traps),
  coded("burns", burns),
  coded("views", views),
  { name: "ethereum", code: { builtin: "ethaccount" }, address: { eth: "1122334455667788990011223344556677889900" } },
  { id: DATACAP, code: { builtin: "datacap" } },
]

const construct = implicit(0, DATACAP, 1, id(BOB))
const mint = (from: string, to: Item, value: Item, operators: Item[] = []): Json =>
  call(from, DATACAP, Token.mint, [to, value, operators])
const transfer = (from: string, to: Item, value: Item, data: Uint8Array = NOTHING): Json =>
  call(from, DATACAP, Token.transfer, [to, value, data])
const transferFrom = (by: string, from: Item, to: Item, value: Item, data: Uint8Array = NOTHING): Json =>
  call(by, DATACAP, Token.transferFrom, [from, to, value, data])
const increase = (from: string, operator: Item, value: Item): Json =>
  call(from, DATACAP, Token.increase, [operator, value])
const decrease = (from: string, operator: Item, value: Item): Json =>
  call(from, DATACAP, Token.decrease, [operator, value])
const revoke = (from: string, operator: Item): Json => call(from, DATACAP, Token.revoke, [operator])
const burn = (from: string, value: Item): Json => call(from, DATACAP, Token.burn, [value])
const burnFrom = (by: string, owner: Item, value: Item): Json => call(by, DATACAP, Token.burnFrom, [owner, value])
const destroy = (from: string, owner: Item, value: Item): Json => call(from, DATACAP, Token.destroy, [owner, value])
const balance = (owner: Item): Json => call("alice", DATACAP, Token.balance, owner)
const allowance = (owner: Item, operator: Item): Json => call("alice", DATACAP, Token.allowance, [owner, operator])

const HOLDERS = 40
const holders = Array.from({ length: HOLDERS }, (_, i) => `holder${i}`)
const FIRST_HOLDER = 1009

/** All of them. */
export const DATACAP_SCENARIOS: ReadonlyArray<Json & { readonly name: string }> = [
  {
    name: "datacap-construction",
    actors: cast,
    messages: [
      implicit(0, DATACAP, 1),
      implicit(0, DATACAP, 1, NOBODY),
      implicit(1, DATACAP, 1, id(BOB)),
      implicit(0, DATACAP, 1, [id(BOB)]),
      implicit(0, DATACAP, 1, NOTHING),
      call("alice", DATACAP, 1, id(BOB)),
      call("alice", DATACAP, Token.totalSupply),
      call("alice", AGREES, 1, id(BOB)),
      construct,
      construct,
      call("alice", DATACAP, Token.name),
      call("alice", DATACAP, Token.name, []),
      call("alice", DATACAP, Token.symbol),
      call("alice", DATACAP, Token.granularity),
      call("alice", DATACAP, Token.totalSupply),
      call("alice", DATACAP, Token.totalSupply, []),
      call("alice", DATACAP, 2),
      call("alice", DATACAP, 99999999),
      balance(id(ALICE)),
      allowance(id(ALICE), id(BOB)),
    ],
  },
  {
    name: "datacap-governor-by-key",
    actors: cast,
    messages: [
      implicit(0, DATACAP, 1, ETHEREUM_ADDRESS),
      mint("bob", id(ALICE), tokens(1)),
      transfer("alice", ETHEREUM_ADDRESS, tokens(0)),
      transfer("alice", id(ETHEREUM), tokens(0)),
    ],
  },
  {
    name: "datacap-mint",
    actors: cast,
    messages: [
      construct,
      mint("alice", id(ALICE), tokens(5)),
      mint("bob", id(ALICE), tokens(5)),
      mint("bob", id(ALICE), tokens(0)),
      mint("bob", id(ALICE), amount(1)),
      mint("bob", id(ALICE), amount(UNIT * 7n + 1n)),
      mint("bob", id(ALICE), tokens(-1)),
      mint("bob", id(ALICE), amount(-1)),
      mint("bob", id(ALICE), tokens(2n ** 70n)),
      mint("bob", id(ALICE), amount(UNIT * 2n ** 200n)),
      mint("bob", id(BOB), tokens(3), [id(CAROL)]),
      mint("bob", ETHEREUM_ADDRESS, tokens(4), [id(CAROL), id(ALICE), ETHEREUM_ADDRESS]),
      mint("bob", NOBODY, tokens(4)),
      mint("bob", NOBODY, tokens(4), [id(CAROL)]),
      mint("bob", id(UNKNOWN), tokens(4)),
      mint("bob", id(ALICE), tokens(4), [NOBODY]),
      mint("bob", id(ALICE), amount(4), [NOBODY]),
      mint("bob", id(ALICE), amount(4), [id(CAROL)]),
      mint("bob", id(CAROL), tokens(1), [id(CAROL), id(CAROL), id(UNKNOWN)]),
      mint("bob", id(AGREES), tokens(1)),
      mint("bob", id(REFUSES), tokens(1)),
      mint("bob", id(TRAPS), tokens(1)),
      mint("bob", id(BURNS), tokens(3)),
      mint("bob", id(BURNS), tokens(0)),
      mint("bob", id(DATACAP), tokens(1)),
      call("bob", DATACAP, Token.mint),
      call("bob", DATACAP, Token.mint, [id(ALICE), tokens(1)]),
      call("bob", DATACAP, Token.mint, [NOTHING, tokens(1), []]),
      call("bob", DATACAP, Token.mint, [id(ALICE), 5, []]),
      raw("bob", DATACAP, Token.mint, "83420064410000"),
      raw("bob", DATACAP, Token.mint, "83420064429b00ffffffffffffffff"),
      balance(id(ALICE)),
      balance(id(BURNS)),
      balance(ETHEREUM_ADDRESS),
      balance(NOBODY),
      balance(id(UNKNOWN)),
      allowance(id(CAROL), id(UNKNOWN)),
      allowance(ETHEREUM_ADDRESS, id(ALICE)),
      call("alice", DATACAP, Token.totalSupply),
    ],
  },
  {
    name: "datacap-destroy-and-burn",
    actors: cast,
    messages: [
      construct,
      mint("bob", id(ALICE), tokens(10)),
      mint("bob", id(CAROL), tokens(10)),
      mint("bob", ETHEREUM_ADDRESS, tokens(10)),
      destroy("alice", id(ALICE), tokens(1)),
      destroy("bob", id(ALICE), tokens(1)),
      destroy("bob", ETHEREUM_ADDRESS, tokens(1)),
      destroy("bob", id(ALICE), tokens(0)),
      destroy("bob", id(ALICE), amount(5)),
      destroy("bob", id(ALICE), tokens(-5)),
      destroy("bob", id(ALICE), tokens(100)),
      destroy("bob", NOBODY, tokens(1)),
      destroy("bob", id(UNKNOWN), tokens(1)),
      destroy("bob", id(UNKNOWN), tokens(0)),
      call("bob", DATACAP, Token.destroy, [id(ALICE)]),
      burn("alice", tokens(2)),
      burn("alice", tokens(0)),
      burn("alice", amount(2)),
      burn("alice", tokens(-2)),
      burn("alice", tokens(8)),
      burn("alice", tokens(7)),
      burn("alice", tokens(1)),
      burn("bob", tokens(0)),
      call("alice", DATACAP, Token.burn, tokens(1)),
      burnFrom("alice", id(CAROL), tokens(1)),
      increase("carol", id(ALICE), tokens(3)),
      burnFrom("alice", id(CAROL), tokens(1)),
      burnFrom("alice", id(CAROL), tokens(0)),
      burnFrom("alice", id(CAROL), amount(1)),
      burnFrom("alice", id(CAROL), tokens(-1)),
      burnFrom("alice", id(CAROL), tokens(3)),
      burnFrom("alice", id(ALICE), tokens(1)),
      burnFrom("alice", NOBODY, tokens(1)),
      burnFrom("alice", id(UNKNOWN), tokens(0)),
      burnFrom("alice", ETHEREUM_ADDRESS, tokens(1)),
      burnFrom("alice", id(CAROL), tokens(2)),
      increase("carol", id(ALICE), tokens(100)),
      burnFrom("alice", id(CAROL), tokens(50)),
      burnFrom("alice", id(CAROL), tokens(7)),
      allowance(id(CAROL), id(ALICE)),
      call("alice", DATACAP, Token.totalSupply),
    ],
  },
  {
    name: "datacap-transfer",
    actors: cast,
    messages: [
      construct,
      mint("bob", id(ALICE), tokens(10)),
      mint("bob", id(BOB), tokens(10)),
      transfer("alice", id(CAROL), tokens(1)),
      transfer("alice", id(BOB), tokens(1)),
      transfer("alice", id(BOB), tokens(1), Buffer.alloc(300, 7)),
      transfer("alice", id(BOB), tokens(0)),
      transfer("alice", id(BOB), amount(1)),
      transfer("alice", id(BOB), tokens(-1)),
      transfer("alice", id(BOB), tokens(100)),
      transfer("alice", NOBODY, tokens(1)),
      transfer("bob", id(CAROL), tokens(2)),
      transfer("bob", ETHEREUM_ADDRESS, tokens(2), Buffer.from("01", "hex")),
      transfer("bob", id(BOB), tokens(2)),
      transfer("bob", id(BOB), tokens(200)),
      transfer("bob", id(AGREES), tokens(1), Buffer.from("0102", "hex")),
      transfer("bob", id(REFUSES), tokens(1)),
      transfer("bob", id(TRAPS), tokens(1)),
      transfer("bob", id(BURNS), tokens(2)),
      transfer("bob", id(UNKNOWN), tokens(1)),
      transfer("bob", id(ALICE), tokens(5)),
      transfer("carol", id(BOB), tokens(2)),
      call("bob", DATACAP, Token.transfer, [id(ALICE), tokens(1)]),
      transferFrom("bob", id(ALICE), id(BOB), tokens(1)),
      increase("alice", id(BOB), tokens(4)),
      increase("alice", id(CAROL), tokens(4)),
      transferFrom("bob", id(ALICE), id(BOB), tokens(1), Buffer.from("05", "hex")),
      transferFrom("carol", id(ALICE), id(BOB), tokens(1)),
      transferFrom("carol", id(ALICE), id(CAROL), tokens(1)),
      transferFrom("carol", id(ALICE), id(BOB), tokens(0)),
      transferFrom("carol", id(ALICE), id(BOB), amount(3)),
      transferFrom("carol", id(ALICE), id(BOB), tokens(-3)),
      transferFrom("carol", id(ALICE), id(BOB), tokens(4)),
      transferFrom("carol", id(CAROL), id(BOB), tokens(1)),
      transferFrom("carol", NOBODY, id(BOB), tokens(1)),
      transferFrom("carol", id(ALICE), NOBODY, tokens(1)),
      transferFrom("carol", ETHEREUM_ADDRESS, id(BOB), tokens(1)),
      transferFrom("carol", id(BOB), id(BOB), tokens(0)),
      increase("bob", id(CAROL), tokens(9)),
      transferFrom("carol", id(BOB), id(BOB), tokens(2)),
      transferFrom("carol", id(ALICE), id(BOB), tokens(3)),
      transferFrom("carol", id(ALICE), id(BOB), tokens(1)),
      call("carol", DATACAP, Token.transferFrom, [id(ALICE), id(BOB), tokens(1)]),
      call("alice", DATACAP, Token.totalSupply),
    ],
  },
  ...(
    [
      ["refuses", REFUSES],
      ["traps", TRAPS],
      ["agrees", AGREES],
      ["burns", BURNS],
    ] as Array<[string, number]>
  ).map(([name, governor]) => ({
    name: `datacap-governor-${name}`,
    actors: cast,
    messages: [
      implicit(0, DATACAP, 1, id(governor)),
      implicit(governor, DATACAP, Token.mint, [id(ALICE), tokens(10), [id(CAROL)]]),
      transfer("alice", id(governor), tokens(2), Buffer.from("abcd", "hex")),
      transferFrom("carol", id(ALICE), id(governor), tokens(3)),
      increase("alice", ETHEREUM_ADDRESS, tokens(1)),
      allowance(id(ALICE), id(CAROL)),
      balance(id(governor)),
    ],
  })),
  {
    name: "datacap-allowance",
    actors: cast,
    messages: [
      construct,
      increase("alice", id(CAROL), tokens(1)),
      increase("alice", id(CAROL), amount(1)),
      increase("alice", id(CAROL), tokens(0)),
      increase("alice", id(CAROL), tokens(-1)),
      increase("alice", NOBODY, tokens(1)),
      increase("alice", ETHEREUM_ADDRESS, tokens(1)),
      increase("alice", id(ALICE), tokens(1)),
      increase("bob", id(UNKNOWN), tokens(0)),
      decrease("bob", id(UNKNOWN), tokens(1)),
      decrease("alice", id(UNKNOWN), tokens(1)),
      decrease("alice", id(CAROL), tokens(0)),
      decrease("alice", id(CAROL), amount(1)),
      decrease("alice", id(CAROL), tokens(-1)),
      decrease("alice", NOBODY, tokens(1)),
      decrease("alice", id(CAROL), tokens(100)),
      allowance(id(ALICE), id(CAROL)),
      allowance(id(ALICE), ETHEREUM_ADDRESS),
      allowance(id(ALICE), NOBODY),
      allowance(NOBODY, id(ALICE)),
      revoke("alice", id(UNKNOWN)),
      revoke("alice", NOBODY),
      revoke("carol", id(ALICE)),
      revoke("alice", ETHEREUM_ADDRESS),
      revoke("alice", id(ALICE)),
      revoke("alice", id(ALICE)),
      call("alice", DATACAP, Token.revoke, id(ALICE)),
      call("alice", DATACAP, Token.increase, [id(ALICE)]),
      call("alice", DATACAP, Token.allowance, [id(ALICE)]),
      increase("alice", id(CAROL), amount(10n ** 60n)),
      decrease("alice", id(CAROL), amount(10n ** 60n)),
    ],
  },
  {
    name: "datacap-read-only",
    actors: cast,
    messages: [
      implicit(0, DATACAP, 1, id(VIEWS)),
      implicit(VIEWS, DATACAP, Token.mint, [id(BOB), tokens(10), []]),
      implicit(0, DATACAP, 1, id(VIEWS)),
      call("alice", VIEWS, Token.name),
      call("alice", VIEWS, Token.balance, id(BOB)),
      call("alice", VIEWS, Token.allowance, [id(BOB), id(ALICE)]),
      call("alice", VIEWS, Token.totalSupply),
      call("alice", VIEWS, Token.mint, [id(BOB), tokens(1), []]),
      call("alice", VIEWS, Token.mint, [id(BOB), amount(1), []]),
      call("alice", VIEWS, Token.destroy, [id(BOB), tokens(1)]),
      call("alice", VIEWS, Token.transfer, [id(BOB), tokens(0), NOTHING]),
      call("alice", VIEWS, Token.transferFrom, [id(BOB), id(VIEWS), tokens(0), NOTHING]),
      call("alice", VIEWS, Token.increase, [id(BOB), tokens(1)]),
      call("alice", VIEWS, Token.decrease, [id(BOB), tokens(1)]),
      call("alice", VIEWS, Token.revoke, [id(BOB)]),
      call("alice", VIEWS, Token.burn, [tokens(0)]),
      call("alice", VIEWS, Token.burnFrom, [id(BOB), tokens(0)]),
      call("alice", VIEWS, 1, id(BOB)),
    ],
  },
  {
    name: "datacap-many-holders",
    actors: [...cast, ...holders.map(account)],
    messages: [
      construct,
      ...holders.map((_, i) => mint("bob", id(FIRST_HOLDER + i), tokens(i + 1), i % 4 === 0 ? [id(5), id(CAROL)] : [])),
      ...holders.filter((_, i) => i % 3 === 0).map((name, i) => transfer(name, id(BOB), tokens(i + 1))),
      ...holders
        .filter((_, i) => i % 4 === 0)
        .map((_, i) => transferFrom("carol", id(FIRST_HOLDER + i * 4), id(BOB), tokens(1))),
      ...holders.map((_, i) => destroy("bob", id(FIRST_HOLDER + i), tokens(i))),
      ...holders.map((_, i) => destroy("bob", id(FIRST_HOLDER + i), tokens(1))),
      call("alice", DATACAP, Token.totalSupply),
    ],
  },
  // Width 5 is mainnet's; the others show that nothing hangs on one.
  ...[1, 2, 4, 5].map((width) => ({
    name: `datacap-bit-width-${width}`,
    blocks: [{ name: "empty", codec: "dag-cbor", json: [{ hex: "" }, []] }],
    actors: [
      ...cast.slice(0, -1),
      {
        id: DATACAP,
        code: { builtin: "datacap" },
        state: { json: [{ hex: "00e907" }, [{ hex: "" }, { block: "empty" }, { block: "empty" }, width]] },
      },
    ],
    messages: [
      mint(
        "bob",
        id(ALICE),
        tokens(500),
        Array.from({ length: 60 }, (_, i) => id(2000 + i)),
      ),
      mint("bob", ETHEREUM_ADDRESS, tokens(5), [id(CAROL)]),
      ...[AGREES, CAROL, BOB].map((actor) => mint("bob", id(actor), tokens(actor))),
      ...Array.from({ length: 20 }, (_, i) => revoke("alice", id(2000 + i * 3))),
      transfer("alice", id(BOB), tokens(500)),
    ],
  })),
  {
    name: "datacap-many-operators",
    actors: cast,
    messages: [
      construct,
      mint(
        "bob",
        id(ALICE),
        tokens(500),
        Array.from({ length: 120 }, (_, i) => id(2000 + i)),
      ),
      mint(
        "bob",
        id(CAROL),
        tokens(5),
        Array.from({ length: 30 }, (_, i) => id(2000 + i * 7)),
      ),
      ...Array.from({ length: 30 }, (_, i) => revoke("alice", id(2000 + i * 3))),
      ...Array.from({ length: 20 }, (_, i) => decrease("alice", id(2001 + i * 3), amount(10n ** 39n))),
      ...Array.from({ length: 40 }, (_, i) => increase("carol", id(3000 + i), amount(i))),
      ...Array.from({ length: 40 }, (_, i) => decrease("carol", id(3000 + i), amount(i))),
      ...Array.from({ length: 30 }, (_, i) => revoke("carol", id(2000 + i * 7))),
    ],
  },
]
