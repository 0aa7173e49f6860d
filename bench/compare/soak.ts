/**
 * A node under mixed load for a long time: transfers, calls, estimates, logs, filters that nobody asks again, snapshots, WebSocket
 * subscriptions whose client never reads. Memory and latency should stay flat; the graph shows whether they do.
 *
 *     npx tsx soak.ts [--minutes 60] [--rate 40] [--out soak] [--data DIR] [--sample 15] [--only transfer,snapshot]
 *
 * Operations a second are `--rate` at most: a large number is as fast as it goes. `--only` leaves the other operations out, to see which of
 * them memory goes to.
 * Writes `OUT.csv` and `OUT.svg`, and prints the second and the last tenth side by side.
 */
import { writeFileSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { startContender } from "./node-process.ts"
import { abandonFilters, MIXED, Session } from "./workloads.ts"

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    rate: { type: "string", default: "40" },
    sample: { type: "string", default: "15" },
    out: { type: "string", default: "soak" },
    data: { type: "string" },
    only: { type: "string" },
  },
})
const names = options.only?.split(",") ?? Object.keys(MIXED)
for (const name of names) if (!(name in MIXED)) throw new Error(`${name} is none of ${Object.keys(MIXED).join(", ")}`)
const end = performance.now() + Number(options.minutes) * 60_000
const pause = 1000 / Number(options.rate)
const sampleMs = Number(options.sample) * 1000

interface Sample {
  readonly minute: number
  readonly megabytes: number
  /** Without pages of files: those of the database's map are the system's cache, and go when somebody needs them. */
  readonly ownMegabytes: number
  readonly p50: number
  readonly p99: number
  readonly operations: number
  readonly epoch: number
}

let port = 0
const fevm = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url))
const node = await startContender({
  name: "fevm",
  command: (free) => {
    port = free
    return [
      ...[process.execPath, fevm, "node", "--port", `${free}`, "--accounts", "16", "--silent"],
      ...(options.data === undefined ? [] : ["--data", options.data]),
    ] as [string, ...string[]]
  },
})
const session = new Session(node)
await session.open()

/** A subscriber that stops reading: the node has to let go of it, not to keep its news. */
function deafSubscriber(): Socket {
  const socket = connect(port, "127.0.0.1")
  socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  socket.once("data", () => {
    for (const what of ["newHeads", "logs", "newPendingTransactions"]) socket.write(frame(what))
    socket.pause()
  })
  socket.on("error", () => {}) // it is cut off some time, that is what is wanted
  return socket
}

/** A masked text frame, as clients send them; the mask is zero. */
function frame(what: string): Buffer {
  const text = Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_subscribe", params: [what] }))
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text])
}

const samples: Sample[] = []
const startedAt = performance.now()
let times: number[] = []
let operations = 0
let sockets: Socket[] = []
let nextSample = startedAt + sampleMs

while (performance.now() < end) {
  const name = names[operations % names.length]!
  const before = performance.now()
  await MIXED[name]!(session)
  times.push(performance.now() - before)
  operations++
  if (operations % 50 === 0) await abandonFilters(session)
  if (operations % 500 === 0) {
    sockets.push(deafSubscriber())
    if (sockets.length > 20) {
      sockets[0]!.destroy()
      sockets = sockets.slice(1)
    }
  }
  if (performance.now() >= nextSample) {
    times.sort((a, b) => a - b)
    const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0
    const epoch = Number(await node.client.call<string>("eth_blockNumber", []))
    samples.push({
      minute: (performance.now() - startedAt) / 60_000,
      megabytes: node.residentBytes() / 1e6,
      ownMegabytes: node.ownBytes() / 1e6,
      ...{ p50: at(0.5), p99: at(0.99), operations, epoch },
    })
    times = []
    nextSample += sampleMs
    write()
  }
  await sleep(Math.max(0, pause - (performance.now() - before)))
}
for (const socket of sockets) socket.destroy()
write()
await node.stop()

const tenth = Math.max(1, Math.floor(samples.length / 10))
const mean = (part: readonly Sample[], of: (sample: Sample) => number): string =>
  (part.reduce((sum, sample) => sum + of(sample), 0) / part.length).toFixed(2)
const last = samples.at(-1)
console.log(`${last?.operations} operations, ${last?.epoch} blocks in ${last?.minute.toFixed(1)} minutes`)
// The first tenth is spent on starting, compiling and filling caches.
for (const [name, of] of [
  ["resident MB", (sample: Sample) => sample.megabytes],
  ["own MB", (sample: Sample) => sample.ownMegabytes],
  ["p50 ms", (sample: Sample) => sample.p50],
  ["p99 ms", (sample: Sample) => sample.p99],
] as const)
  console.log(
    `${name}: second tenth ${mean(samples.slice(tenth, 2 * tenth), of)}, last tenth ${mean(samples.slice(-tenth), of)}`,
  )

function write(): void {
  const rows = samples.map(({ minute, megabytes, ownMegabytes, p50, p99, operations: count, epoch }) =>
    [
      minute.toFixed(2),
      megabytes.toFixed(1),
      ownMegabytes.toFixed(1),
      p50.toFixed(3),
      p99.toFixed(3),
      count,
      epoch,
    ].join(","),
  )
  writeFileSync(`${options.out}.csv`, `minute,resident MB,own MB,p50 ms,p99 ms,operations,epoch\n${rows.join("\n")}\n`)
  writeFileSync(`${options.out}.svg`, graph())
}

/** Curves over time, each in a panel with a scale of its own. */
function graph(): string {
  const [width, height, left, gap] = [900, 180, 70, 40]
  const minutes = Math.max(1, samples.at(-1)?.minute ?? 1)
  const panels = [
    ["resident memory, MB", (sample: Sample) => sample.megabytes],
    ["of it not pages of files, MB", (sample: Sample) => sample.ownMegabytes],
    ["latency, median, ms", (sample: Sample) => sample.p50],
    ["latency, p99, ms", (sample: Sample) => sample.p99],
  ] as const
  const body = panels.map(([title, of], index) => {
    const top = gap + index * (height + gap)
    const most = Math.max(...samples.map(of), 1e-9) * 1.1
    const points = samples.map(
      (sample) =>
        `${(left + (sample.minute / minutes) * width).toFixed(1)},${(top + height - (of(sample) / most) * height).toFixed(1)}`,
    )
    const marks = [0, 0.5, 1].map(
      (share) =>
        `<text x="${left - 8}" y="${top + height * (1 - share) + 4}" text-anchor="end">${(most * share).toPrecision(3)}</text>`,
    )
    return [
      `<text x="${left}" y="${top - 8}">${title}</text>`,
      `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" stroke="#ccc"/>`,
      `<polyline points="${points.join(" ")}" fill="none" stroke="#0b62d6" stroke-width="1.5"/>`,
      ...marks,
    ].join("\n")
  })
  const bottom = gap + panels.length * (height + gap)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 20} ${bottom}" font-family="sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    ...body,
    `<text x="${left + width}" y="${bottom - 12}" text-anchor="end">${minutes.toFixed(0)} minutes</text>`,
    "</svg>",
    "",
  ].join("\n")
}
