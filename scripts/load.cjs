// Runs one of the bundled programs beside it (scripts/bundle.mjs copies this file there), with the code that V8 has compiled on an earlier
// run: reading and compiling the source again would be a third of the start of a node (bench/PROFILE.md).
//
// The compiled code lies in a file beside the program, named after the program's content, V8's version and the processor. The build makes
// it. Where it is missing, for another version of Node for example, or V8 refuses it, the program starts without, a little slower, and
// leaves the code for the next start if the folder can be written to.
"use strict"
const { readFileSync, renameSync, unlinkSync, writeFileSync } = require("node:fs")
const { join } = require("node:path")
const { pathToFileURL } = require("node:url")
const { setFlagsFromString } = require("node:v8")
const { Script } = require("node:vm")
const { isMainThread } = require("node:worker_threads")

/** Set by the build while it records: each thread writes its compiled code when it is told to. */
const RECORD = "FEVM_RECORD_CODE"
/** A start is over by then, and what it needed is compiled. */
const WRITE_AFTER_MS = 5000

/**
 * A node is fast when V8 has optimized what requests run through, which takes it some thousand requests. With a tenth of the budget before
 * a function is looked at again it takes it a third of them (bench/PROFILE.md).
 *
 * V8 lets a heap of 60 MB grow to 240 before it looks what is still in use, and of what it finds free it gives little back. With this limit it looks
 * at 180, and a node under load has 80 MB less; with half of that it would have 140 MB less, at a tenth of a transaction.
 *
 * Measured with V8 11 (Node 20), so set for that only; not before the start is over, for V8 takes no code that was compiled under other flags, Node's
 * own included. Ours it does take, see {@link underFlagsOfNow}.
 */
const TUNING = {
  v8: "11.",
  flags: "--interrupt-budget=10000 --heap-growing-percent=200",
  afterMs: 150,
}
const mayTune = process.versions.v8.startsWith(TUNING.v8) && process.execArgv.length === 0 && !process.env.NODE_OPTIONS

/** @param {string} name Name of the program without extension, its hash included. */
function load(name) {
  const filename = join(__dirname, `${name}.cjs`)
  const cache = join(__dirname, `${name}-${process.versions.v8}-${process.arch}.code`)
  const recording = process.env[RECORD] !== undefined
  // The bundler writes nothing but ASCII.
  const source = readFileSync(filename, "latin1")
  const cachedData = recording ? undefined : underFlagsOfNow(readIfThere(cache))
  const script = new Script(source, { filename, cachedData })
  const write = () => writeWhole(cache, script.createCachedData())
  if (recording) record(write)
  else {
    if (mayTune && isMainThread) setTimeout(() => setFlagsFromString(TUNING.flags), TUNING.afterMs).unref()
    if (cachedData === undefined || script.cachedDataRejected) leave(write)
  }
  const module = { exports: {} }
  script.runInThisContext()(require, module, module.exports, pathToFileURL(filename).href, filename, __dirname)
  return module.exports
}

/**
 * Compiled code begins with four words: magic number, V8's version, length of the source, and a hash of all flags at the time it was written. Those of
 * {@link TUNING} change the hash but not the code, and workers start when they are set. Without this no worker would ever take compiled code.
 */
const FLAGS_AT = 12

function underFlagsOfNow(code) {
  if (!mayTune || code === undefined || code.length < FLAGS_AT + 4) return code
  new Script("0").createCachedData().copy(code, FLAGS_AT, FLAGS_AT, FLAGS_AT + 4)
  return code
}

function readIfThere(path) {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

/** Other processes see the whole file or none. */
function writeWhole(path, bytes) {
  const temporary = `${path}.${process.pid}.${Math.floor(performance.now() * 1000)}`
  try {
    writeFileSync(temporary, bytes)
    renameSync(temporary, path)
  } catch {
    // Installed where this user may not write.
    try {
      unlinkSync(temporary)
    } catch {}
  }
}

/** Flags of V8 are a part of what it compares: those of one odd start must not spoil the others. */
function leave(write) {
  if (process.execArgv.length > 0 || process.env.NODE_OPTIONS) return
  setTimeout(write, WRITE_AFTER_MS).unref()
}

function record(write) {
  const channel = new BroadcastChannel("fevm-record-code")
  channel.onmessage = write
  channel.unref()
  if (!isMainThread || process.send === undefined) return
  process.on("message", () => {
    channel.postMessage("write")
    write()
  })
  process.channel.unref()
}

module.exports = { load }
