import { bls12_381 } from "@noble/curves/bls12-381.js"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { blake2b } from "@noble/hashes/blake2.js"
import { Address } from "../../../src/address/address.ts"
import { wiresOf } from "../../../src/fvm/syscalls/linker.ts"
import { SYSCALLS } from "../../../src/fvm/syscalls/table.ts"
import { CID } from "../../../src/ipld/cid.ts"
import { encode, type Ipld } from "../../../src/ipld/dag-cbor.ts"
import type { Random } from "./random.ts"
import { Random as SeededRandom } from "./random.ts"

/*
 * Syscalls with arguments that mean something, and are nearly right: addresses, CIDs, CBOR of the proof syscalls, signatures, events,
 * each with a few bytes changed, a length or a pointer off. An actor makes some of these calls in a row, notes what each answers, and
 * returns all that they can have written.
 */

const CALLS = 6
const ACTORS = 10
/** Results and output buffers lie below, inputs from here on; two pages. */
const INPUTS_AT = 8192
const MEMORY_END = 131_072
const OUTPUTS = [1024, 1536, 2048, 3072]
const NOTES_AT = 512

const secretKey = new Uint8Array(32).fill(7)
const secpPublic = secp256k1.getPublicKey(secretKey, false)
const blsPublic = bls12_381.longSignatures.getPublicKey(secretKey).toBytes()
const TEXT = new TextEncoder().encode("what was signed")
const digest = (data: Uint8Array): Uint8Array => blake2b(data, { dkLen: 32 })

function secpSignature(hash: Uint8Array): Uint8Array {
  const recovered = secp256k1.sign(hash, secretKey, { prehash: false, format: "recovered" })
  return Uint8Array.of(...recovered.subarray(1), recovered[0]!)
}

function blsSignature(text: Uint8Array): Uint8Array {
  const { longSignatures } = bls12_381
  const dst = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"
  return longSignatures.sign(longSignatures.hash(text, dst), secretKey).toBytes()
}

const SECP_SIGNATURE = secpSignature(digest(TEXT))
const BLS_SIGNATURE = blsSignature(TEXT)

/** A CIDv1 by its parts; codec and hash as varints. */
function cid(codec: number[], hash: number[], body: Uint8Array): CID {
  return CID.decode(Uint8Array.of(1, ...codec, ...hash, body.length, ...body))
}

class Samples {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from(this.#random.times(length, () => this.#random.below(256)))
  }

  address(): Uint8Array {
    const random = this.#random
    return random.pick<() => Uint8Array>([
      () => Address.id(BigInt(random.pick([0, 1, 10, 99, 100, 127, 128, 1000, 1001, 16384, 2 ** 40]))).bytes,
      () => Uint8Array.of(0, ...random.times(random.below(11), () => 0x80 | random.below(128)), random.below(128)),
      () => Address.secp256k1(secpPublic).bytes,
      () => Uint8Array.of(1, ...this.bytes(20)),
      () => Address.actor(TEXT).bytes,
      () => Address.bls(blsPublic).bytes,
      () => Uint8Array.of(3, 0xc0, ...new Uint8Array(47)),
      () => Address.delegated(BigInt(random.pick([0, 10, 32, 200])), this.bytes(random.pick([0, 1, 20, 54]))).bytes,
      () => Uint8Array.of(4, ...random.times(random.below(4), () => 0x80 | random.below(128)), 10, ...this.bytes(20)),
      () => Uint8Array.of(random.below(8), ...this.bytes(random.below(60))),
    ])()
  }

  cid(): Uint8Array {
    return this.link().bytes
  }

  link(): CID {
    const random = this.#random
    return random.pick<() => CID>([
      () => cid([0x71], [0xa0, 0xe4, 0x02], digest(this.bytes(3))),
      () => cid([0x55], [0xa0, 0xe4, 0x02], digest(this.bytes(3))),
      () => this.sealed(),
      () => this.unsealed(),
      () => cid([0x55], [0x00], this.bytes(random.below(60))),
      () => cid([0x71], [0x12], this.bytes(32)),
      () => cid([0x90, 0x01], [0x13], this.bytes(64)),
    ])()
  }

  sealed(): CID {
    return cid([0x82, 0xe2, 0x03], [0x81, 0xe8, 0x02], this.#commitment())
  }

  unsealed(): CID {
    return cid([0x81, 0xe2, 0x03], [0x92, 0x20], this.#commitment())
  }

  #commitment(): Uint8Array {
    const body = this.bytes(32)
    body[31] = body[31]! & 0x3f
    return body
  }

  #mostly<T>(good: () => T, other: () => T): T {
    return this.#random.once(12) ? other() : good()
  }

  proofType(): Ipld {
    return this.#random.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 15, 19, -1, 100])
  }

  integer(): Ipld {
    return this.#random.pick<Ipld>([0, 1, 7, 1000, -1, 2 ** 32, (1n << 64n) - 1n])
  }

  #list(most: number, make: () => Ipld): Ipld {
    return this.#random.times(this.#random.below(most + 1), make)
  }

  #hash(): Ipld {
    return this.#mostly(
      () => this.bytes(32),
      () => this.bytes(this.#random.below(40)),
    )
  }

  #commR = (): Ipld =>
    this.#mostly<CID>(
      () => this.sealed(),
      () => this.link(),
    )
  #commD = (): Ipld =>
    this.#mostly<CID>(
      () => this.unsealed(),
      () => this.link(),
    )

  pieces(): Uint8Array {
    const sizes = [128, 128, 256, 512, 1024, 2048, 127, 0, 2 ** 31, 2 ** 36]
    return encode(this.#list(5, () => [this.#random.pick(sizes), this.#commD()]))
  }

  windowPost(): Uint8Array {
    return encode([
      this.#hash(),
      this.#list(2, () => [this.proofType(), this.bytes(this.#random.pick([0, 1, 192]))]),
      this.#list(3, () => [this.proofType(), this.integer(), this.#commR()]),
      this.integer(),
    ])
  }

  aggregate(): Uint8Array {
    return encode([
      this.integer(),
      this.proofType(),
      this.#random.below(3),
      this.bytes(this.#random.below(50)),
      this.#list(3, () => [this.integer(), this.#hash(), this.#hash(), this.#commR(), this.#commD()]),
    ])
  }

  replicaUpdate(): Uint8Array {
    const proof = this.#list(5, () => this.#random.below(this.#random.once(10) ? 300 : 256))
    return encode([this.#random.below(7), this.#commR(), this.#commR(), this.#commD(), proof])
  }

  seals(): Uint8Array {
    return encode(
      this.#list(3, () => [
        this.proofType(),
        [this.integer(), this.integer()],
        this.#list(2, () => this.integer()),
        this.#hash(),
        this.#hash(),
        this.bytes(this.#random.pick([0, 5, 191, 193])),
        this.#commR(),
        this.#commD(),
      ]),
    )
  }

  signature(): Uint8Array {
    return this.#random.pick([SECP_SIGNATURE, BLS_SIGNATURE, this.bytes(65), new Uint8Array(96)])
  }

  signer(): Uint8Array {
    return this.#random.pick([Address.secp256k1(secpPublic).bytes, Address.bls(blsPublic).bytes, this.address()])
  }

  /** One to four bytes changed, put in, left out or repeated; a CBOR head made wider. */
  mutate(good: Uint8Array): Uint8Array {
    const random = this.#random
    const bytes = [...good]
    for (let edits = 1 + random.below(3); edits > 0; edits--) {
      const at = random.below(Math.max(1, bytes.length))
      switch (random.below(7)) {
        case 0:
          bytes[at] = random.below(256)
          break
        case 1:
          bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
          break
        case 2:
          bytes.splice(at, 0, random.pick([0x00, 0x80, 0x9f, 0x5f, 0xf6, 0xff, 0xd8, random.below(256)]))
          break
        case 3:
          bytes.splice(at, 1)
          break
        case 4:
          bytes.length = at
          break
        case 5: {
          // The same value in a longer head than it needs.
          const head = bytes[at] ?? 0
          const small = head & 0x1f
          if (small < 24) bytes.splice(at, 1, (head & 0xe0) | 24, small)
          else if (small === 24) bytes.splice(at, 1, (head & 0xe0) | 25, 0)
          break
        }
        case 6:
          bytes.push(...bytes.slice(0, random.below(4)))
      }
    }
    return Uint8Array.from(bytes)
  }
}

/** Bytes that a parameter means, by the syscall and the parameter's name. */
function meant(call: string, wire: string, samples: Samples, random: Random): Uint8Array {
  if (/addr_off|recipient_off/.test(wire)) return call.includes("signature") ? samples.signer() : samples.address()
  if (/^(cid|code_cid)$/.test(wire)) return samples.cid()
  switch (`${call} ${wire}`) {
    case "crypto.compute_unsealed_sector_cid pieces_off":
      return samples.pieces()
    case "crypto.verify_post info_off":
      return samples.windowPost()
    case "crypto.verify_aggregate_seals agg_off":
      return samples.aggregate()
    case "crypto.verify_replica_update rep_off":
      return samples.replicaUpdate()
    case "crypto.batch_verify_seals batch_off":
      return samples.seals()
    case "crypto.verify_signature sig_off":
      return samples.signature()
    case "crypto.verify_signature plaintext_off":
      return random.once(4) ? samples.bytes(random.below(200)) : TEXT
    case "crypto.verify_bls_aggregate sig_off":
      return random.once(4) ? samples.bytes(96) : BLS_SIGNATURE
    case "crypto.verify_bls_aggregate pub_keys_off":
      return Uint8Array.of(...blsPublic, ...blsPublic, ...blsPublic)
    case "crypto.verify_bls_aggregate plaintexts_off":
      return Uint8Array.of(...TEXT, ...TEXT, ...TEXT)
    case "crypto.verify_bls_aggregate plaintext_lens_off": {
      const length = random.once(4) ? random.below(40) : TEXT.length
      return Uint8Array.of(length, 0, 0, 0, TEXT.length, 0, 0, 0, TEXT.length, 0, 0, random.once(10) ? 0xff : 0)
    }
    case "crypto.recover_secp_public_key hash":
      return digest(TEXT)
    case "crypto.recover_secp_public_key sig":
      return SECP_SIGNATURE
    case "ipld.block_create data_off":
      return random.pick([
        () => encode([1, samples.link(), { a: samples.link() }]),
        () => encode([samples.link(), [[[samples.link()]]], -1, 1.5, "text", null, true]),
        () => samples.seals(),
        () => samples.bytes(random.below(100)),
      ])()
    case "event.emit_event event_off": {
      const entry = (): number[] => [
        ...[random.pick([0, 1, 2, 3, 3, 4, 255]), 0, 0, 0, 0, 0, 0, 0],
        ...[random.below(6), 0, 0, 0],
        ...[random.pick([0x55, 0x55, 0x51, 0x71, 0x70, 0]), 0, 0, 0, 0, 0, 0, 0],
        ...[random.below(6), 0, 0, 0],
      ]
      return Uint8Array.from(random.times(random.below(4), entry).flat())
    }
    case "event.emit_event key_off":
    case "event.emit_event val_off":
      return random.once(3)
        ? samples.bytes(random.below(10))
        : new TextEncoder().encode("abcdefgh".slice(random.below(8)))
    default:
      return random.once(3) ? samples.bytes(random.below(300)) : TEXT
  }
}

const isOutput = (call: string, wire: string): boolean =>
  /^(obuf_off|digest_off|cid_off|result_off)$/.test(wire) && !call.endsWith("set_root")

function wide(call: string, name: string, random: Random): string {
  const pick = (...values: (string | number)[]): string => String(random.pick(values))
  switch (name) {
    case "codec":
      return pick(0x55, 0x51, 0x71, 0x71, 0x71, 0x70, 0)
    case "hash_fun":
      return pick(0xb220, 0xb220, 0xb220, 0x12, 0)
    case "hash_code":
      return pick(0xb220, 0xb210, 0xb240, 0x12, 0x13, 0x1b, 0x1053, 0x16, 0x00, -1)
    case "proof_type":
      return pick(0, 1, 2, 3, 4, 5, 7, 8, 10, 14, 15, -1)
    case "epoch":
    case "round":
      return pick(0, 1, 50, 99, 100, 101, -1, "-9223372036854775808", "9223372036854775807", 1_000_000)
    case "actor_id":
      return pick(0, 1, 2, 10, 98, 99, 100, 1000, 1001, 1002, 5000, -1, "9223372036854775807")
    case "method":
      return pick(0, 0, 2, -1)
    case "value_hi":
      return pick(0, 0, 0, 1, -1)
    case "value_lo":
      return pick(0, 0, 1, 1_000_000, -1)
    case "gas_limit":
      return pick(-1, -1, 0, 1_000_000, 100_000_000)
    case "flags":
      return pick(0, 0, 1, 2, 3, -1)
    default:
      return call === "gas.charge" ? pick(0, 1, 100_000, -1) : pick(0, 1, -1)
  }
}

/** The text of an actor that makes some calls. */
function actorText(random: Random): string {
  const samples = new Samples(random)
  const data: string[] = []
  const statements: string[] = []
  const used = new Set<string>()
  let free = INPUTS_AT
  const place = (bytes: Uint8Array): number => {
    // Now and then at the very end of memory, where a byte more is too many.
    const at = random.once(15) ? MEMORY_END - bytes.length : free
    if (at === free) free += bytes.length + 8
    data.push(
      `(data (i32.const ${at}) "${[...bytes].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")}")`,
    )
    return at
  }
  const names = Object.entries(SYSCALLS).flatMap(([module, rows]) =>
    Object.keys(rows).map((name) => [module, name] as const),
  )
  const structured = names.filter(([module]) => ["crypto", "actor", "event", "ipld", "send"].includes(module))
  for (let i = 0; i < CALLS; i++) {
    const [module, name] = random.pick(random.once(4) ? names : structured)
    if (module === "vm" && name === "exit" && i < CALLS - 1) continue
    const call = `${module}.${name}`
    used.add(call)
    let length = 0
    const args = wiresOf(SYSCALLS[module]![name]!).map(({ name: wire, wasm }) => {
      if (wasm === "i64") return `(i64.const ${wide(call, wire, random)})`
      if (wire === "ret") return `(i32.const ${random.once(20) ? random.pick([-1, MEMORY_END - 4, MEMORY_END]) : 16})`
      if (isOutput(call, wire)) {
        length = random.pick([0, 1, 21, 32, 37, 38, 41, 64, 100, 1000])
        return `(i32.const ${random.once(20) ? random.pick([MEMORY_END - 10, MEMORY_END, -1]) : random.pick(OUTPUTS)})`
      }
      if (/_off$/.test(wire) || /^(cid|code_cid|hash|sig)$/.test(wire)) {
        const good = meant(call, wire, samples, random)
        const bytes = random.once(3) ? samples.mutate(good) : good
        length = bytes.length
        return `(i32.const ${random.once(40) ? random.pick([-1, -8, MEMORY_END, MEMORY_END - 1]) : place(bytes)})`
      }
      if (wire.endsWith("_len")) {
        const wrong = random.once(15)
        return `(i32.const ${wrong ? random.pick([0, 1, length + 1, length - 1, 70_000, 2_000_000, -1]) : length})`
      }
      if (wire === "sig_type") return `(i32.const ${random.pick([1, 1, 2, 2, 3, 0, -1])})`
      if (wire === "num_signers") return `(i32.const ${random.pick([0, 1, 1, 2, 3, 4, -1])})`
      if (wire === "typ") return `(i32.const ${random.pick([0, 1, 2, 5, 16, 17, -1])})`
      return `(i32.const ${random.pick([0, 1, 1, 2, 3, 5, -1])})`
    })
    const slot = NOTES_AT + i * 32
    statements.push(
      `(i32.store (i32.const ${slot}) (call $${call} ${args.join(" ")}))`,
      // What it answered, and what is left in the buffers, is part of what the actor returns.
      `(memory.copy (i32.const ${slot + 4}) (i32.const 16) (i32.const 24))`,
    )
  }
  const imports = [...used, "ipld.block_create"].filter((call, i, all) => all.indexOf(call) === i)
  return `(module ${imports
    .map((call) => {
      const [module, name] = call.split(".") as [string, string]
      const params = wiresOf(SYSCALLS[module]![name]!).map(({ wasm }) => `(param ${wasm})`)
      return `(import "${module}" "${name}" (func $${call} ${params.join(" ")} (result i32)))`
    })
    .join("\n ")}
 (memory (export "memory") ${MEMORY_END / 65_536})
 ${data.join("\n ")}
 (func (export "invoke") (param i32) (result i32)
  ${statements.join("\n  ")}
  (drop (call $ipld.block_create (i32.const 0) (i64.const 0x55) (i32.const 0) (i32.const 4096)))
  (i32.load (i32.const 0))))`
}

/** A scenario of actors that make calls with nearly right arguments; each is called once. */
export function argumentScenario(seed: number): unknown {
  const random = new SeededRandom(seed)
  const actors = random.times(ACTORS, (i) => ({
    name: `c${i}`,
    code: { wat_text: actorText(random) },
    balance: random.pick(["0", "1000000"]),
  }))
  return {
    name: `arguments-${seed}`,
    description: `Syscalls with nearly right arguments, of seed ${seed}.`,
    actors: [{ name: "alice", code: { builtin: "account" }, balance: "1000000000000000000000" }, ...actors],
    variants: actors.map(({ name }) => ({
      name,
      messages: [{ from: "alice", to: name, method: 2, params: "0102", gas_limit: 9_000_000_000 }],
    })),
  }
}
