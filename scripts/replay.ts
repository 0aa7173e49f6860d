/**
 * Executes recorded Lotus chains again and compares state, receipts and gas of each tipset. The same as `fevm exec`, from a checkout.
 *
 *     npm run replay -- DIR... [--bundle FILE:FILE] [--limit N]
 *
 * The last line is `N passed, M failed, K skipped` of tipsets; the exit status is 1 if any failed. FEVM_BUNDLE is the default of --bundle.
 */
import { parseArgs } from "node:util"
import { replayFolders } from "../src/chain/replay/run.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { bundle: { type: "string" }, limit: { type: "string" } },
})
if (positionals.length === 0) {
  process.stderr.write("usage: npm run replay -- DIR... [--bundle FILE:FILE] [--limit N]\n")
  process.exit(2)
}
const options = {
  bundles: values.bundle ?? process.env.FEVM_BUNDLE ?? "",
  ...(values.limit === undefined ? {} : { limit: Number(values.limit) }),
}
const ok = await replayFolders(positionals, options, (line) => process.stdout.write(`${line}\n`))
process.exitCode = ok ? 0 : 1
