// Part of the bundled programs: finds the native part of lmdb.
"use strict"
const { existsSync, readdirSync } = require("node:fs")
const { createRequire } = require("node:module")
const { dirname, join } = require("node:path")

/**
 * Loads the build of lmdb for this platform. The common case (a prebuilt package, on Linux with the GNU C library) is found at
 * once; all others by lmdb's own search, which reads a dozen files and folders for it.
 *
 * @param {NodeRequire} programRequire That of the program: what is bundled has no place of its own.
 */
exports.loadLmdbAddon = (programRequire) => {
  const { arch, platform, versions, env } = process
  const entry = programRequire.resolve("lmdb") // .../lmdb/dist/index.cjs
  const home = dirname(dirname(entry))
  // What lmdb depends on need not be found from our own place.
  const lmdbRequire = createRequire(entry)
  if (platform === "linux" && !env.LMDB_PREBUILD && !env.LIBC && !isMusl() && !existsSync(join(home, "build")))
    try {
      const builds = dirname(lmdbRequire.resolve(`@lmdb/lmdb-${platform}-${arch}`))
      return lmdbRequire(join(builds, `node.abi${versions.modules}.glibc.node`))
    } catch {
      // No build for this version of Node: there is one for all versions, which the search finds.
    }
  return lmdbRequire("node-gyp-build-optional-packages")(home)
}

function isMusl() {
  try {
    return readdirSync("/lib").some((name) => name.startsWith("ld-musl-"))
  } catch {
    return true // so the search has to say
  }
}
