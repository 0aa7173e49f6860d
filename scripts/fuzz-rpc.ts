/**
 * Sends requests that are valid but for something to a node: `npm run fuzz:rpc -- [--count N] [--seed N] [--only INDEX]`.
 * Prints each kind of failure with the first request that led there; fails if there is any, or if memory did not come back.
 */
import { parseArgs } from "node:util"
import { fuzzRpc } from "../tests/fuzz/rpc.ts"

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
  },
})
/** Beyond what caches with a bound may hold. */
const MAX_GROWTH = 64 << 20

const report = await fuzzRpc(Number(values.count), Number(values.seed), {
  ...(values.only !== undefined && { only: Number(values.only) }),
  progress: (done, bytes) => process.stderr.write(`${done} requests, ${(bytes / 2 ** 20).toFixed(1)} MiB in use\n`),
})
process.stderr.write("\n")
for (const [what, { count, request }] of report.failures)
  process.stdout.write(`${count} times: ${what}\n    first by: ${request.slice(0, 300)}\n`)
for (const [method, milliseconds, requests] of report.slowest)
  process.stdout.write(`${method}: ${milliseconds} ms in ${requests} requests\n`)
process.stdout.write(`errors by code: ${JSON.stringify(report.errors)}\n`)
process.stdout.write(
  `${report.requests} requests, ${report.answers} answers, ${report.failures.size} kinds of failure, ` +
    `memory ${(report.growth / 2 ** 20).toFixed(1)} MiB, ${(report.milliseconds / 1000).toFixed(1)} s, seed ${values.seed}\n`,
)
if (report.failures.size > 0 || report.growth > MAX_GROWTH) process.exit(1)
