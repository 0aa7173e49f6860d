import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { ERROR_NUMBERS } from "../errors.ts"
import { EXIT_CODES } from "../exit-code.ts"
import { renderActorDeclarations } from "./actor-declarations.ts"
import { HOST_FUNCTIONS } from "./runtime.ts"
import { SYSCALLS } from "./table.ts"

/**
 * What fvm_sdk 4.8 (sdk/src/sys/*.rs) declares: name, types of the Wasm parameters without the result pointer, bytes of the
 * result.
 */
const SDK: readonly (readonly [name: string, params: string, resultSize: number])[] = [
  ["actor.resolve_address", "i32 i32", 8],
  ["actor.lookup_delegated_address", "i64 i32 i32", 4],
  ["actor.get_actor_code_cid", "i64 i32 i32", 4],
  ["actor.get_builtin_actor_type", "i32", 4],
  ["actor.get_code_cid_for_type", "i32 i32 i32", 4],
  ["actor.next_actor_address", "i32 i32", 4],
  ["actor.create_actor", "i64 i32 i32 i32", 0],
  ["actor.upgrade_actor", "i32 i32", 20],
  ["actor.install_actor", "i32", 0],
  ["actor.balance_of", "i64", 16],
  ["crypto.verify_signature", "i32 i32 i32 i32 i32 i32 i32", 4],
  ["crypto.verify_bls_aggregate", "i32 i32 i32 i32 i32", 4],
  ["crypto.recover_secp_public_key", "i32 i32", 65],
  ["crypto.hash", "i64 i32 i32 i32 i32", 4],
  ["crypto.compute_unsealed_sector_cid", "i64 i32 i32 i32 i32", 4],
  ["crypto.verify_post", "i32 i32", 4],
  ["crypto.verify_consensus_fault", "i32 i32 i32 i32 i32 i32", 20],
  ["crypto.verify_aggregate_seals", "i32 i32", 4],
  ["crypto.verify_replica_update", "i32 i32", 4],
  ["crypto.batch_verify_seals", "i32 i32 i32", 0],
  ["debug.enabled", "", 4],
  ["debug.log", "i32 i32", 0],
  ["debug.store_artifact", "i32 i32 i32 i32", 0],
  ["event.emit_event", "i32 i32 i32 i32 i32 i32", 0],
  ["gas.charge", "i32 i32 i64", 0],
  ["gas.available", "", 8],
  ["ipld.block_open", "i32", 16],
  ["ipld.block_create", "i64 i32 i32", 4],
  ["ipld.block_read", "i32 i32 i32 i32", 4],
  ["ipld.block_stat", "i32", 12],
  ["ipld.block_link", "i32 i64 i32 i32 i32", 4],
  ["network.total_fil_circ_supply", "", 16],
  ["network.tipset_cid", "i64 i32 i32", 4],
  ["network.context", "", 44],
  ["rand.get_chain_randomness", "i64", 32],
  ["rand.get_beacon_randomness", "i64", 32],
  ["send.send", "i32 i32 i64 i32 i64 i64 i64 i64", 20],
  ["self.root", "i32 i32", 4],
  ["self.set_root", "i32", 0],
  ["self.current_balance", "", 16],
  ["self.self_destruct", "i32", 0],
  ["vm.exit", "i32 i32 i32 i32", 0],
  ["vm.message_context", "", 80],
]

/** What the SDK declares and we do not link, and why. */
const LACKING: Readonly<Record<string, string>> = {
  "actor.upgrade_actor": "behind the reference's feature upgrade-actor, which no network has on",
  "actor.install_actor": "behind the reference's feature m2-native, which no network has on",
}

const rows = Object.entries(SYSCALLS).flatMap(([module, rows]) =>
  Object.entries(rows).map(([name, row]) => [`${module}.${name}`, row] as const),
)

describe("the syscall table", () => {
  test("has what fvm 4.8 links, and nothing else", () => {
    const expected = SDK.map(([name]) => name).filter((name) => !(name in LACKING))
    expect(rows.map(([name]) => name).sort()).toEqual(expected.sort())
  })

  test("lists as lacking only what fvm declares and we lack", () => {
    for (const name of Object.keys(LACKING)) {
      expect(SDK.some(([declared]) => declared === name)).toBe(true)
      expect(rows.some(([linked]) => linked === name)).toBe(false)
    }
  })

  test.each(SDK.filter(([name]) => !(name in LACKING)))("%s has the reference's signature", (name, params, size) => {
    const [module, func] = name.split(".") as [string, string]
    const linked = HOST_FUNCTIONS[module]![func]!
    const expected = params === "" ? [] : params.split(" ")
    expect(linked.params).toEqual(size === 0 ? expected : ["i32", ...expected])
    expect(linked.result).toBe("i32")
    expect(SYSCALLS[module]![func]!.result?.size ?? 0).toBe(size)
  })

  test("says for each row what it does and where that is written", () => {
    for (const [name, row] of rows) {
      expect(row.summary, name).toMatch(/\.$/)
      expect(row.source, name).not.toBe("")
    }
  })
})

describe("the actors' side", () => {
  const read = (file: string): string => readFileSync(new URL(`../../actors/sdk/${file}`, import.meta.url), "utf8")
  const constants = (file: string): Record<string, number> =>
    Object.fromEntries([...read(file).matchAll(/const (\w+): u32 = (\d+)/g)].map(([, name, n]) => [name!, Number(n)]))

  test("src/actors/sdk/syscalls.ts is what `npm run gen` writes", () => {
    expect(read("syscalls.ts")).toBe(renderActorDeclarations(SYSCALLS))
  })

  test("src/actors/sdk/error-number.ts has the kernel's error numbers", () => {
    const expected = Object.entries(ERROR_NUMBERS).map(([name, code]) => [
      name.replace(/(?<=.)([A-Z])/g, "_$1").toUpperCase(),
      code,
    ])
    expect(constants("error-number.ts")).toEqual({ OK: 0, ...Object.fromEntries(expected) })
  })

  test("src/actors/sdk/exit-code.ts has the kernel's exit codes", () => {
    expect(constants("exit-code.ts")).toMatchObject(EXIT_CODES)
  })
})
