/**
 * The example, end to end: a node in this process, the counter on it, and a contract that counts.
 *
 *     npm run build && node --import tsx examples/native-actor/run.ts
 */
import { BrowserProvider, type Contract, ContractFactory, type Eip1193Provider } from "ethers"
import { startNode } from "../../src/index.ts"
import { compileCaller, compileCounter, installActor } from "./install.ts"

const node = await startNode({ port: false })
const actor = await installActor(node, "counter", await compileCounter())
const provider = new BrowserProvider(node.provider as unknown as Eip1193Provider)
const signer = await provider.getSigner()
const { abi, bytecode } = compileCaller()
const caller = (await new ContractFactory(abi as never, bytecode, signer).deploy()) as Contract
await caller.waitForDeployment()
await (await caller.getFunction("increment")(actor, 40)).wait()
await (await caller.getFunction("increment")(actor, 2)).wait()
process.stdout.write(`actor f0${actor} counts ${await caller.getFunction("count").staticCall(actor)}\n`)
await node.close()
