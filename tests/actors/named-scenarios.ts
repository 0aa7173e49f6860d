import { encode, id, type Json, keyAddress, NOTHING, to } from "../../src/actors/testing/messages.ts"
import { Random } from "../diff/kernel/random.ts"
import { act, CALL, INITCODE } from "./executor.ts"
import {
  bytesOf,
  contractAddress,
  create2Address,
  EVE_ADDRESS,
  FINN_ADDRESS,
  hexOf,
  ID,
  INVOKE_EVM,
  masked,
  methodNumber,
  NOBODY,
  padded,
  ScenarioMaker,
  word,
  wordOf,
} from "./scenarios.ts"

/*
 * Scenarios that go through a list: each documented failure of Filecoin's precompiles, and what one would not guess of the EVM actor. What the
 * official actors make of them is in tests/actors/named-vectors.json.gz, written by `tests/actors/run.ts --named --keep-all --record FILE`.
 */

const EPOCH = 1000
const UNKNOWN = 9999
const precompile = (number: number): bigint => (0xfen << 152n) | BigInt(number)
const f410 = (address: string): string => `040a${address}`
const f0 = (actor: number): string => hexOf(id(actor).bytes)
const c0 = contractAddress(0)
const c1 = contractAddress(1)
const gas_limit = 50_000_000_000

/** A message to an executor: what it is to do. */
const run = (program: string, more: Json = {}): Json => ({
  from: "eve",
  to: `0x${c0}`,
  method: INVOKE_EVM,
  params_bytes: program,
  gas_limit,
  ...more,
})
const each = <T>(list: readonly T[], program: (item: T) => string): Json[] => list.map((item) => run(program(item)))
const kinds = [CALL.call, CALL.static, CALL.delegate]

interface NativeCall {
  readonly kind?: number
  readonly method?: bigint | number
  readonly value?: bigint | number
  readonly flags?: bigint | number
  readonly codec?: bigint | number
  readonly params?: string
  readonly paramsAt?: bigint | number
  /** An ID, or address bytes as hex digits. */
  readonly actor: bigint | number | string
  readonly addressAt?: bigint | number
  /** How much of the input is handed over, in bytes. */
  readonly cut?: number
}

/** A call of call_actor or call_actor_id. */
function native({
  kind = CALL.delegate,
  method = 0,
  value = 0,
  flags = 0,
  params = "",
  codec = params === "" ? 0 : 0x51,
  paramsAt = 192,
  actor,
  addressAt,
  cut,
}: NativeCall): string {
  const at = 224 + padded(params).length / 2
  const head = [method, value, flags, codec, paramsAt, typeof actor === "string" ? (addressAt ?? at) : actor]
    .map(word)
    .join("")
  const body = word(params.length / 2) + padded(params)
  const address = typeof actor === "string" ? word(actor.length / 2) + padded(actor) : ""
  const input = head + body + address
  return act.call(
    kind,
    precompile(typeof actor === "string" ? 3 : 5),
    0,
    cut === undefined ? input : input.slice(0, 2 * cut),
  )
}

const LISTS: ReadonlyArray<readonly [name: string, messages: readonly Json[]]> = [
  [
    "resolve-address",
    [
      ...kinds.map((kind) => run(act.call(kind, precompile(1), 0, f410(EVE_ADDRESS)))),
      ...each(
        [
          f410(NOBODY),
          f0(ID.alice),
          f0(UNKNOWN),
          hexOf(keyAddress(1, "ab")),
          hexOf(keyAddress(2, "ab")),
          `03${"11".repeat(48)}`,
          "",
          "00",
          "0080",
          "008000",
          "05aa",
          "01aa",
          `01${"aa".repeat(21)}`,
          "04",
          "040a",
          `040a${"aa".repeat(54)}`,
          `040a${"aa".repeat(55)}`,
          "0420aa",
          "00ffffffffffffffffff01",
          "00ffffffffffffffffff7f",
          "00ffffffffffffffffffff01",
          `${f410(EVE_ADDRESS)}00`,
          `03${"00".repeat(48)}`,
          `03c0${"00".repeat(47)}`,
        ],
        (bytes) => act.call(CALL.static, precompile(1), 0, bytes),
      ),
      run(act.call(CALL.call, precompile(1), 5, f410(EVE_ADDRESS)), { value: "10" }),
    ],
  ],
  [
    "lookup-delegated-address",
    [
      ...kinds.map((kind) => run(act.call(kind, precompile(2), 0, word(ID.eve)))),
      ...each(
        [ID.alice, ID.first, ID.finn, ID.multisig, UNKNOWN, 0, 10, 2n ** 64n - 1n, 2n ** 64n, 2n ** 255n],
        (actor) => act.call(CALL.static, precompile(2), 0, word(actor)),
      ),
      ...each(["", "00", word(ID.eve).slice(2), `${word(ID.eve)}ff`], (bytes) =>
        act.call(CALL.static, precompile(2), 0, bytes),
      ),
    ],
  ],
  [
    "call-actor-refuses",
    each<NativeCall>(
      [ID.alice, f410(EVE_ADDRESS)].flatMap((actor): NativeCall[] => [
        { actor, kind: CALL.call },
        { actor, kind: CALL.static },
        { actor, method: 1 },
        { actor, method: 2 },
        { actor, method: 1023 },
        { actor, method: 2n ** 64n },
        { actor, flags: 2 },
        { actor, flags: 3 },
        { actor, flags: 2n ** 64n },
        { actor, codec: 0x55, params: "aa" },
        { actor, codec: 0x71, params: "80" },
        { actor, codec: 0x55 },
        { actor, codec: 0x71 },
        { actor, codec: 0, params: "80" },
        { actor, codec: 2n ** 64n },
        { actor, codec: 0x51 },
        { actor, value: 2n ** 128n },
        { actor, value: 2n ** 256n - 1n },
        { actor, value: 2n ** 127n },
        { actor, paramsAt: 2n ** 32n },
        { actor, paramsAt: 2n ** 32n - 1n },
        { actor, paramsAt: 0, method: 2 ** 24 },
        { actor, paramsAt: 160 },
        { actor, cut: 0 },
        { actor, cut: 100 },
        { actor, cut: 192 },
        { actor, cut: 200 },
      ]),
      native,
    ).concat(
      each<NativeCall>(
        [
          { actor: 2n ** 64n },
          { actor: 2n ** 64n - 1n },
          { actor: "" },
          { actor: "00" },
          { actor: "05aa" },
          { actor: "aa".repeat(65) },
          { actor: "aa".repeat(66) },
          { actor: f410(EVE_ADDRESS), addressAt: 2n ** 32n },
          { actor: f410(EVE_ADDRESS), addressAt: 2n ** 32n - 1n },
          { actor: f410(EVE_ADDRESS), addressAt: 0 },
          { actor: f410(EVE_ADDRESS), addressAt: 2n ** 64n },
          { actor: `${f410(EVE_ADDRESS)}${"00".repeat(40)}` },
        ],
        native,
      ),
    ),
  ],
  [
    "call-actor-answers",
    [
      run("", { value: "1000" }),
      ...each<NativeCall>(
        [
          { actor: ID.alice, value: 5 },
          { actor: ID.eve, value: 5 },
          { actor: f410(NOBODY), value: 5 },
          { actor: f410("a4".repeat(20)) },
          { actor: hexOf(keyAddress(1, "ab")), value: 1 },
          { actor: hexOf(keyAddress(2, "ab")), value: 1 },
          { actor: UNKNOWN },
          { actor: UNKNOWN, value: 1 },
          { actor: ID.alice, value: 10n ** 30n },
          { actor: ID.alice, value: 2n ** 127n - 1n },
          { actor: ID.alice, value: 1, flags: 1 },
          { actor: f410("a5".repeat(20)), flags: 1 },
          { actor: ID.alice, flags: 1 },
          { actor: ID.alice, method: 1024 },
          { actor: ID.alice, method: 2 ** 24 - 1 },
          { actor: ID.alice, method: 2 ** 24 },
          { actor: ID.eve, method: 1024 },
          { actor: ID.eve, method: 2 ** 24 },
          { actor: ID.finn, method: 1024 },
          { actor: 10, method: 1024 },
          { actor: 1, method: 2 ** 24 },
          { actor: 1, method: 1024 },
          { actor: 0, method: 2 ** 24 },
          { actor: 3, method: 2 ** 24 },
          { actor: 5, method: 2000 },
          { actor: 6, method: 2000 },
          { actor: 7, method: methodNumber("Name") },
          { actor: 99, method: 2 ** 24 },
          {
            actor: ID.multisig,
            method: methodNumber("Propose"),
            params: hexOf(encode([id(ID.alice), NOTHING, 0, NOTHING])),
          },
          { actor: ID.multisig, method: methodNumber("Approve"), params: hexOf(encode([0, NOTHING])) },
          { actor: ID.multisig, method: methodNumber("Cancel"), params: hexOf(encode([0, NOTHING])) },
          { actor: ID.alice, method: methodNumber("AuthenticateMessage"), params: hexOf(encode([NOTHING, NOTHING])) },
          {
            actor: ID.first + 1,
            method: INVOKE_EVM,
            params: hexOf(encode(bytesOf(act.environment() + act.store(1, 2)))),
          },
          { actor: f410(c1), method: INVOKE_EVM, params: hexOf(encode(bytesOf(act.store(1, 3)))), flags: 1 },
          { actor: f410(c1), method: INVOKE_EVM, params: hexOf(encode(bytesOf(act.load(1)))), flags: 1 },
          { actor: ID.first, method: INVOKE_EVM, params: hexOf(encode(bytesOf(act.store(9, 9)))) },
          { actor: f410(c1), method: INVOKE_EVM, params: hexOf(encode(bytesOf(act.word(7) + act.revert()))) },
          { actor: f410(c1), method: INVOKE_EVM, params: hexOf(encode(bytesOf(act.invalid()))) },
          { actor: f410(c1), method: INVOKE_EVM, params: "ff" },
          { actor: f410(c1), method: INVOKE_EVM },
          { actor: f410(c1), method: 2000, params: "80" },
          { actor: ID.first + 3, method: 2000, params: "80" },
          { actor: ID.first + 3, method: INVOKE_EVM },
        ],
        (call) => act.store(8, 8) + native(call) + act.load(8) + act.load(9),
      ),
      run(
        act.call(
          CALL.static,
          wordOf(c1),
          0,
          native({ actor: ID.alice }) +
            native({ actor: f410("a6".repeat(20)) }) +
            native({ actor: ID.first, method: INVOKE_EVM, params: hexOf(encode(bytesOf(act.load(8)))) }),
        ),
      ),
      run(act.call(CALL.delegate, wordOf(c1), 0, native({ actor: ID.alice, value: 1 }))),
    ],
  ],
  [
    "get-randomness",
    [
      ...kinds.map((kind) => run(act.call(kind, precompile(6), 0, word(EPOCH - 1)))),
      ...each([0, 1, EPOCH, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 255n], (epoch) =>
        act.call(CALL.static, precompile(6), 0, word(epoch)),
      ),
      ...each(["", "03", `${word(5)}ff`], (bytes) => act.call(CALL.static, precompile(6), 0, bytes)),
      run(act.call(CALL.static, precompile(6), 0, word(EPOCH + 1)), { gas_limit: 100_000_000 }),
    ],
  ],
  [
    "reserved-addresses",
    each(
      [
        0n,
        10n,
        18n,
        255n,
        256n,
        257n,
        precompile(0),
        precompile(4),
        precompile(7),
        precompile(255),
        precompile(256),
        (1n << 160n) | 4n,
      ],
      (at) =>
        act.look(at) +
        kinds.map((kind) => act.call(kind, at, 0, "aabb")).join("") +
        act.call(CALL.call, at, 1, "") +
        act.look(at),
    ).map((message) => ({ ...message, value: "3" })),
  ],
  [
    "exit-codes-of-constructors",
    Object.values({
      revert: "5f5ffd", invalid: "fe", undefined: "0c", callcode: "f2", underflow: "50", overflow: "5b5f5f56", memory: "5f6401000000005200", jump: "5f56", "jump into data": "6001565b00",
      "selfdestruct to nobody": `73${masked(UNKNOWN).toString(16)}ff`, "returndatacopy": "60015f5f3e", "2 GiB": "637fffffff5f5f37", "too large": INITCODE.tooLarge, reserved: INITCODE.reserved,
      "blob hash": "5f49", "blob base fee": "4a", "dies": INITCODE.dying,
    }).flatMap((initcode) => [
      { from: "eve", to: to(10), method: 4, params_bytes: initcode, gas_limit },
      run(act.create(0, initcode) + act.word(1)),
    ]), // biome-ignore format: a table
  ],
  [
    "everybody-is-looked-at",
    [
      run(
        [
          wordOf(c0),
          wordOf(c1),
          wordOf(contractAddress(3)),
          wordOf(EVE_ADDRESS),
          wordOf(FINN_ADDRESS),
          wordOf(NOBODY),
          ...[0, 1, 2, 3, 4, 5, 6, 7, 10, 99, ID.alice, ID.eve, ID.finn, ID.multisig, ID.first, UNKNOWN].map(masked),
          0n,
          1n,
          9n,
          10n,
          11n,
          256n,
          precompile(1),
          precompile(4),
          precompile(6),
        ]
          .map(act.look)
          .join(""),
      ),
      ...[10, 1, 0, 6, 99, ID.multisig, ID.alice, UNKNOWN].map((actor) =>
        run(kinds.map((kind) => act.call(kind, masked(actor), 0, "aa")).join("")),
      ),
      ...[10, 1, ID.multisig, UNKNOWN].map((actor) => run(act.call(CALL.call, masked(actor), 1, ""), { value: "1" })),
    ],
  ],
  [
    "death-and-return",
    [
      run(act.create2(0, 5, INITCODE.storing), { value: "10" }),
      ...[0, 1].map(() =>
        run(
          act.call(
            CALL.call,
            create2Address(c0, 0, INITCODE.storing),
            3,
            act.load(3) + act.loadTransient(1) + act.storeTransient(1, 9) + act.store(4, 4) + act.environment(),
          ),
          { value: "10" },
        ),
      ),
      run(
        act.call(CALL.call, create2Address(c0, 0, INITCODE.storing), 0, act.selfdestruct(wordOf(FINN_ADDRESS))) +
          act.call(CALL.call, create2Address(c0, 0, INITCODE.storing), 2, act.load(3) + act.store(5, 5)) +
          act.create2(0, 0, INITCODE.storing) + act.look(create2Address(c0, 0, INITCODE.storing)),
      ), // biome-ignore format: a list of actions
      run(
        act.look(create2Address(c0, 0, INITCODE.storing)) +
          act.call(CALL.call, create2Address(c0, 0, INITCODE.storing), 2, act.load(3)) +
          act.call(CALL.delegate, create2Address(c0, 0, INITCODE.storing), 0, act.store(1, 1)),
        { from: "alice" },
      ),
      run(
        act.create2(0, 1, INITCODE.storing) +
          act.call(
            CALL.call,
            create2Address(c0, 0, INITCODE.storing),
            0,
            act.load(3) + act.load(4) + act.load(5) + act.create(0, INITCODE.empty),
          ),
        { from: "alice" },
      ),
      run(
        act.call(
          CALL.call,
          create2Address(c0, 0, INITCODE.storing),
          0,
          act.load(3) + act.selfdestruct(create2Address(c0, 0, INITCODE.storing)),
        ),
      ),
      run(act.look(create2Address(c0, 0, INITCODE.storing))),
    ],
  ],
  [
    "transient-and-reentrant",
    [
      run(
        act.storeTransient(1, 5) +
          act.store(1, 5) +
          act.call(
            CALL.call,
            wordOf(c1),
            0,
            act.call(CALL.call, wordOf(c0), 0, act.loadTransient(1) + act.storeTransient(1, 6) + act.store(1, 6)),
          ) +
          act.loadTransient(1) +
          act.load(1),
      ),
      run(act.loadTransient(1) + act.load(1)),
      run(
        act.storeTransient(2, 1) +
          act.call(
            CALL.call,
            wordOf(c1),
            0,
            act.call(CALL.call, wordOf(c0), 0, act.storeTransient(2, 2) + act.store(2, 2) + act.revert()),
          ) +
          act.loadTransient(2) +
          act.load(2),
      ),
      run(
        act.storeTransient(3, 1) +
          act.call(CALL.delegate, wordOf(c1), 0, act.loadTransient(3) + act.storeTransient(3, 2) + act.store(3, 2)) +
          act.loadTransient(3) +
          act.load(3) +
          act.store(4, 4),
      ),
      run(act.store(5, 1) + act.call(CALL.delegate, wordOf(c1), 0, act.load(5)) + act.store(6, 1) + act.load(5)),
      run(
        act.storeMany(100, 60, 1) +
          act.call(CALL.delegate, wordOf(c1), 0, act.load(101)) +
          act.store(130, 7) +
          act.loadMany(100, 60),
      ),
      run(
        act.storeMany(100, 60, 2) +
          native({ actor: ID.alice, params: "80", codec: 0x51 }) +
          act.store(130, 8) +
          act.loadMany(100, 60),
      ),
      run(act.storeMany(100, 60, 3) + act.create(0, INITCODE.looking) + act.store(130, 9) + act.loadMany(100, 60)),
      run(
        act.call(CALL.static, wordOf(c1), 0, act.storeTransient(1, 1)) +
          act.call(CALL.static, wordOf(c1), 0, act.store(1, 1)) +
          act.call(CALL.static, wordOf(c1), 0, act.log(1, 4)) +
          act.call(CALL.static, wordOf(c1), 0, act.loadTransient(1) + act.load(1)),
      ),
    ],
  ],
  [
    "methods-from-outside",
    [
      ...[1, 2, 3, 4, 5, 6, 7, 1023].flatMap((method) => [
        { from: "alice", to: to(ID.first), method, gas_limit },
        { from: "alice", to: to(ID.first), method, params: "80", gas_limit },
        { from: to(0), to: to(ID.first), method, implicit: true, gas_limit },
        { from: to(0), to: to(ID.first), method, params: hexOf(encode([bytesOf("01")])), implicit: true, gas_limit },
        {
          from: to(1),
          to: to(ID.first),
          method,
          params: hexOf(encode([bytesOf(EVE_ADDRESS), NOTHING])),
          implicit: true,
          gas_limit,
        },
        {
          from: to(10),
          to: to(ID.first),
          method,
          params: hexOf(encode([bytesOf(EVE_ADDRESS), NOTHING])),
          implicit: true,
          gas_limit,
        },
      ]),
      ...[
        "",
        "40",
        "4100",
        "5f4100ff",
        "58",
        "5800",
        "590000",
        "5a00000000",
        "5b0000000000000000",
        "5f40ff",
        "60",
        "80",
        "00",
        "f6",
        "4000",
      ].map((params) => ({ from: "alice", to: to(ID.first), method: INVOKE_EVM, params, gas_limit })),
    ],
  ],
  [
    "blocks-and-events",
    [
      run(
        act.environment() +
          [999, 1000, 1001, 744, 743, 745, 0, 2n ** 63n, 2n ** 64n, 2n ** 256n - 1n].map(act.blockhash).join(""),
      ),
      ...[0, 1, 4].flatMap((topics) =>
        [0, 1, 8192 - 32 * topics, 8193 - 32 * topics, 8192, 8193].map((bytes) => run(act.log(topics, bytes))),
      ),
    ],
  ],
]

/** All of them, for `fvm-oracle` with the official bundle. */
export function namedScenarios(): Json[] {
  return LISTS.map(([name, messages]) => new ScenarioMaker(new Random(1)).scenario(name, messages))
}
