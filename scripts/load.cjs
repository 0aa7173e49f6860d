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
 * a function is looked at again it takes it a third of them (bench/PROFILE.md). Measured with V8 11 (Node 20), so set for that only; not
 * before the start is over, for V8 takes no code that was compiled under other flags, Node's own included.
 */
const BUDGET = { v8: "11.", eager: "--interrupt-budget=10000", usual: "--interrupt-budget=135168", afterMs: 150 }
/**
 * V8 lets a heap of 60 MB grow to 220 before it looks what is still in use, and of what it finds free it gives little back: with this limit own memory
 * in a soak is a fifth less. Looking more often costs up to a tenth of a transaction, so it begins when a node has run for longer than most tests.
 */
const HEAP_GROWTH = { flag: "--heap-growing-percent=100", afterMs: 600_000 }
const mayTune = process.versions.v8.startsWith(BUDGET.v8) && process.execArgv.length === 0 && !process.env.NODE_OPTIONS

/** @param {string} name Name of the program without extension, its hash included. */
function load(name) {
  const filename = join(__dirname, `${name}.cjs`)
  const cache = join(__dirname, `${name}-${process.versions.v8}-${process.arch}.code`)
  const recording = process.env[RECORD] !== undefined
  // The bundler writes nothing but ASCII.
  const source = readFileSync(filename, "latin1")
  const cachedData = recording ? undefined : readIfThere(cache)
  const script = new Script(source, { filename, cachedData })
  const write = () => writeWhole(cache, script.createCachedData())
  if (recording) record(write)
  else {
    if (mayTune && isMainThread) {
      setTimeout(() => setFlagsFromString(BUDGET.eager), BUDGET.afterMs).unref()
      setTimeout(() => setFlagsFromString(HEAP_GROWTH.flag), HEAP_GROWTH.afterMs).unref()
    }
    if (cachedData === undefined || script.cachedDataRejected) leave(write)
  }
  const module = { exports: {} }
  script.runInThisContext()(require, module, module.exports, pathToFileURL(filename).href, filename, __dirname)
  return module.exports
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
  setTimeout(() => {
    if (mayTune) setFlagsFromString(BUDGET.usual)
    write()
    if (mayTune) setFlagsFromString(BUDGET.eager)
  }, WRITE_AFTER_MS).unref()
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
