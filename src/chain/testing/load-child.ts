/** Pushes messages as fast as they are executed and prints each acknowledged tipset; to be killed. For tests. */
import { writeSync } from "node:fs"
import { hex } from "../bytes.ts"
import { Chain } from "../chain.ts"
import { account, alias, testOptions, transfer } from "./stand-ins.ts"

const [folder] = process.argv.slice(2)
const chain = await Chain.open(testOptions({ dataDir: folder as string }))
// Written at once: what the parent reads was acknowledged, whatever happens to this process next.
const say = (line: string): void => void writeSync(1, `${line}\n`)
say("ready")
await Promise.all(
  [1, 2, 3].map(async (sender) => {
    for (let sequence = Number(await chain.nextSequence(account(sender))); ; sequence++) {
      const name = alias(sender * 1_000_000 + sequence)
      await chain.push(transfer(sender, sequence), { alias: name })
      say(`${hex(name)} ${chain.head.epoch}`)
    }
  }),
)
