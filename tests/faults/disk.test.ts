import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, expect, test } from "vitest"
import { checkDatabase } from "../../src/chain/database/check.ts"
import { ChainStore } from "../../src/chain/store.ts"

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const root = mkdtempSync(join(tmpdir(), "fevm-disk-test-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const library = join(root, "failing-sync.so")
const built =
  process.platform === "linux" &&
  spawnSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, file("failing-sync.c")]).status === 0
if (!built) console.warn("SKIPPED: a failing fsync needs Linux and a C compiler (cc)")

test.skipIf(!built)(
  "a disk that takes nothing: the push is refused by name, nothing is lost, and the node goes on when it is well again",
  async () => {
    const data = join(root, "data")
    const child = spawnSync(
      process.execPath,
      ["--import", "tsx", file("../../src/chain/testing/failing-sync-child.ts"), data],
      { env: { ...process.env, LD_PRELOAD: library, FEVM_FAULT: join(root, "fault") }, encoding: "utf8" },
    )
    expect(JSON.parse(child.stdout)).toEqual({
      codes: ["acknowledged", "acknowledged", "database-write", "database-write", "acknowledged", "acknowledged"],
      sequence: 4,
      epoch: 4,
      readable: 4,
    })
    const store = new ChainStore({ path: data, durable: false })
    expect(checkDatabase(store)).toMatchObject({ epoch: 4, messages: 4 })
    await store.close()
  },
)
