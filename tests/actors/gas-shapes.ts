import { keccak_256 } from "@noble/hashes/sha3.js"
import type { EthereumAccount, EthereumCase } from "../ethereum/case.ts"

/** A message of one shape, and what kind it is by the classes of `npm run report:actors`. */
export interface GasShape {
  readonly name: string
  readonly kind: "deploy" | "storage" | "call" | "compute"
  readonly test: EthereumCase
}

const SENDER = `0x${"a1".repeat(20)}`
const CALLED = `0x${"c3".repeat(20)}`
const OTHER = `0x${"d4".repeat(20)}`

const hex = (value: number | bigint, bytes: number): string => value.toString(16).padStart(2 * bytes, "0")
/** PUSH with as many bytes as the value has. */
function push(value: number | bigint): string {
  if (BigInt(value) === 0n) return "5f"
  const text = value.toString(16)
  const bytes = Math.ceil(text.length / 2)
  return hex(0x5f + bytes, 1) + hex(BigInt(value), bytes)
}
const word = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
/** Slot `i` of a mapping at slot 0. */
const hashed = (i: number): bigint => {
  const input = new Uint8Array(64)
  new DataView(input.buffer).setUint32(28, i)
  return BigInt(`0x${word(keccak_256(input))}`)
}
const slots = (count: number, key: (i: number) => bigint): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`0x${key(i).toString(16)}`, `0x${(i + 1).toString(16)}`]))

/** Code that does `body` so many times; the counter (from `count` down to 1) lies on top of the stack when `body` starts and ends; `before` runs once. */
function loop(count: number, body: string, before = ""): string {
  const head = push(count)
  const at = (before.length + head.length) / 2
  return `${before}${head}5b${body}600190038061${hex(at, 2)}5750`
}

/** Bytes that deploy what follows them. */
const deployer = (runtime: string): string => {
  const size = runtime.length / 2
  // PUSH2 size, DUP1, PUSH1 offset, PUSH0, CODECOPY, PUSH0, RETURN
  return `61${hex(size, 2)}80600a5f395ff3${runtime}`
}

function shape(
  name: string,
  kind: GasShape["kind"],
  pre: Record<string, EthereumAccount>,
  tx: { readonly to?: string; readonly data?: string; readonly value?: string } = {},
): GasShape {
  return {
    name,
    kind,
    test: {
      env: { baseFee: "0x64", coinbase: SENDER, gasLimit: "0x0", gasUsed: "0x0", number: "0x64", prevRandao: "0x0", timestamp: "0x64" },
      pre: { [SENDER]: { balance: "0xffffffffffff", nonce: "0x1" }, ...pre },
      tx: { sender: SENDER, to: tx.to ?? CALLED, data: `0x${tx.data ?? ""}`, value: tx.value ?? "0x0", nonce: "0x1", gasLimit: "0x0", gasPrice: "0x64" },
      post: {},
    },
  } // biome-ignore format: one object
}
const contract = (code: string, storage: Record<string, string> = {}): EthereumAccount => ({
  code: `0x${code}`,
  nonce: "0x1",
  storage,
})

/** Shapes that the vectors have little of: large code, deep trees, much data, many events, large contracts made. */
export function gasShapes(): GasShape[] {
  const shapes: GasShape[] = []
  const fillers: Record<string, string> = {
    zeros: "00".repeat(24_500),
    jumpdests: "5b".repeat(24_500),
    "pushes of a byte": "6001".repeat(12_250),
    "pushes of 32 bytes": `7f${"11".repeat(32)}`.repeat(742),
    "no pushes": "80".repeat(24_500),
  }
  for (const [name, filler] of Object.entries(fillers)) {
    shapes.push(shape(`call of 24 KiB of code: ${name}`, "call", { [CALLED]: contract(`00${filler}`) }))
    shapes.push(
      shape(`a slot written by 24 KiB of code: ${name}`, "storage", { [CALLED]: contract(`60015f5500${filler}`) }),
    )
    shapes.push(shape(`deploy of 24 KiB: ${name}`, "deploy", {}, { to: "", data: deployer(`00${filler}`) }))
    shapes.push(
      shape(
        `CREATE of 24 KiB: ${name}`,
        "call",
        { [CALLED]: contract(`365f5f37365f5ff000`) },
        { data: deployer(`00${filler}`) },
      ),
    )
    shapes.push(
      shape(`DELEGATECALL of 24 KiB: ${name}`, "call", {
        [CALLED]: contract(`5f5f5f5f73${OTHER.slice(2)}5af400`),
        [OTHER]: contract(`60015f5500${filler}`),
      }),
    )
  }
  for (const held of [0, 1, 30, 300, 3000])
    for (const [keys, key] of [
      ["in a row", (i: number) => BigInt(i)],
      ["hashed", hashed],
    ] as const) {
      const own = contract("", slots(held, key))
      // MSTORE the counter, or its hash as a mapping has it.
      const slot = keys === "hashed" ? "805f5260405f20" : "80"
      const at = `${keys} of ${held} held`
      for (const count of [1, 10, 100]) {
        const code = (body: string): EthereumAccount => ({ ...own, code: `0x${loop(count, body)}00` })
        shapes.push(shape(`${count} slots read, ${at}`, "storage", { [CALLED]: code(`${slot}5450`) }))
        shapes.push(
          shape(`${count} slots written, ${at}`, "storage", { [CALLED]: code(`60ff${slot.replace("80", "81")}55`) }),
        )
        shapes.push(
          shape(`${count} slots cleared, ${at}`, "storage", { [CALLED]: code(`5f${slot.replace("80", "81")}55`) }),
        )
        shapes.push(shape(`${count} slots raised, ${at}`, "storage", { [CALLED]: code(`${slot}80546001019055`) }))
      }
    }
  for (const count of [1, 10, 100]) {
    shapes.push(
      shape(`${count} transient slots written and read`, "storage", {
        [CALLED]: contract(`${loop(count, "60ff815d805c50")}00`),
      }),
    )
    shapes.push(
      shape(`${count} calls of an empty contract`, "call", {
        [CALLED]: contract(`${loop(count, `5f5f5f5f5f73${OTHER.slice(2)}5af150`)}00`),
        [OTHER]: contract("00"),
      }),
    )
    shapes.push(
      shape(`${count} calls that write a slot`, "storage", {
        [CALLED]: contract(`${loop(count, `5f5f5f5f5f73${OTHER.slice(2)}5af150`)}00`),
        [OTHER]: contract("5f546001015f55"),
      }),
    )
    shapes.push(
      shape(`${count} static calls that read a slot`, "call", {
        [CALLED]: contract(`${loop(count, `5f5f5f5f73${OTHER.slice(2)}5afa50`)}00`),
        [OTHER]: contract("5f545f5260205ff3", { "0x0": "0x7" }),
      }),
    )
    shapes.push(
      shape(`${count} delegated calls that write a slot`, "storage", {
        [CALLED]: contract(`${loop(count, `5f5f5f5f73${OTHER.slice(2)}5af450`)}00`),
        [OTHER]: contract("5f546001015f55"),
      }),
    )
    shapes.push(
      shape(`${count} code sizes`, "call", {
        [CALLED]: contract(`${loop(count, `73${OTHER.slice(2)}3b50`)}00`),
        [OTHER]: contract("00"),
      }),
    )
    shapes.push(
      shape(`${count} code hashes`, "call", {
        [CALLED]: contract(`${loop(count, `73${OTHER.slice(2)}3f50`)}00`),
        [OTHER]: contract("00"),
      }),
    )
    shapes.push(
      shape(`${count} balances`, "call", {
        [CALLED]: contract(`${loop(count, `73${OTHER.slice(2)}3150`)}00`),
        [OTHER]: contract("00"),
      }),
    )
    for (const topics of [0, 1, 4])
      for (const size of [0, 32, 1000, 8192])
        if (count * size <= 100_000 && size + 32 * topics <= 8192)
          shapes.push(
            shape(`${count} events of ${size} bytes and ${topics} topics`, "call", {
              [CALLED]: contract(`${loop(count, `${"80".repeat(topics)}${push(size)}5f${hex(0xa0 + topics, 1)}`)}00`),
            }),
          )
  }
  for (const size of [0, 4, 100, 1000, 10_000, 60_000]) {
    shapes.push(
      shape(
        `${size} bytes of call data, not looked at`,
        "call",
        { [CALLED]: contract("00") },
        { data: "11".repeat(size) },
      ),
    )
    shapes.push(
      shape(
        `${size} bytes of call data, copied`,
        "call",
        { [CALLED]: contract("365f5f3700") },
        { data: "11".repeat(size) },
      ),
    )
    shapes.push(
      shape(
        `${size} bytes of call data, returned`,
        "call",
        { [CALLED]: contract("365f5f37365ff3") },
        { data: "11".repeat(size) },
      ),
    )
    shapes.push(
      shape(
        `${size} bytes of call data, handed on`,
        "call",
        { [CALLED]: contract(`365f5f375f5f365f5f73${OTHER.slice(2)}5af100`), [OTHER]: contract("00") },
        { data: "11".repeat(size) },
      ),
    )
    shapes.push(
      shape(
        `${size} bytes of call data in an event`,
        "call",
        { [CALLED]: contract(`365f5f37${push(Math.min(size, 8192))}5fa000`) },
        { data: "11".repeat(size) },
      ),
    )
  }
  // A clone as EIP-1167 has it.
  const clone = `363d3d373d3d3d363d73${OTHER.slice(2)}5af43d82803e903d91602b57fd5bf3`
  const made = deployer(clone).padEnd(Math.ceil(deployer(clone).length / 64) * 64, "0")
  const stored = (made.match(/.{64}/g) ?? []).map((part, i) => `7f${part}${push(32 * i)}52`).join("")
  for (const count of [1, 5, 20])
    shapes.push(
      shape(`${count} clones made`, "call", {
        [CALLED]: contract(`${loop(count, `${push(deployer(clone).length / 2)}5f5ff050`, stored)}00`),
      }),
    )
  for (const size of [1, 100, 1000, 5000, 12_000])
    shapes.push(shape(`deploy of ${size} bytes`, "deploy", {}, { to: "", data: deployer("00".repeat(size)) }))
  return shapes
}
