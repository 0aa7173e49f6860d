/** Pushes messages until the disk is full; says what happened. Without a folder, on a temporary chain. For tests. */
import { Chain } from "../chain.ts"
import { ChainError } from "../errors.ts"
import { account, testOptions, transfer } from "./stand-ins.ts"

const [folder] = process.argv.slice(2)
const chain = await Chain.open(testOptions(folder === undefined ? {} : { dataDir: folder }))
let acknowledged = 0
let code = "none"
try {
  for (; acknowledged < 10_000; acknowledged++)
    await chain.push(transfer(1, acknowledged, account(9), { params: new Uint8Array(30_000), gasLimit: 100_000_000n }))
} catch (error) {
  if (!(error instanceof ChainError)) throw error
  code = error.code
}
const state = await chain.stateAt({ tag: "latest" })
const readable = Number(await state.sequenceOf(account(1)))
process.stdout.write(JSON.stringify({ acknowledged, code, epoch: chain.head.epoch, readable }))
await chain.close()
