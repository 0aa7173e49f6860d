/** Pushes messages before, during and after a time in which the disk takes nothing (the file that FEVM_FAULT names); says what happened. For tests. */
import { rmSync, writeFileSync } from "node:fs"
import { Chain } from "../chain.ts"
import { ChainError } from "../errors.ts"
import { account, testOptions, transfer } from "./stand-ins.ts"

const [folder] = process.argv.slice(2)
const fault = process.env.FEVM_FAULT as string
const chain = await Chain.open(testOptions({ dataDir: folder as string }))
const codes: string[] = []
let sequence = 0
const push = async (): Promise<void> => {
  try {
    await chain.push(transfer(1, sequence))
    sequence++
    codes.push("acknowledged")
  } catch (error) {
    codes.push(error instanceof ChainError ? error.code : String(error))
  }
}
await push()
await push()
writeFileSync(fault, "")
await push()
await push()
rmSync(fault)
await push()
await push()
const state = await chain.stateAt({ tag: "latest" })
const readable = Number(await state.sequenceOf(account(1)))
process.stdout.write(JSON.stringify({ codes, sequence, epoch: chain.head.epoch, readable }))
await chain.close()
