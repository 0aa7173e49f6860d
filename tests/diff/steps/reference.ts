import { Common, Hardfork, Mainnet } from "@ethereumjs/common"
import { createEVM } from "@ethereumjs/evm"
import { SimpleStateManager } from "@ethereumjs/statemanager"
import { Account, createAddressFromString, hexToBytes } from "@ethereumjs/util"

/** One step, in the words of geth's struct logs. */
export interface Step {
  readonly pc: number
  readonly op: number
  readonly depth: number
  readonly stack: readonly string[]
  readonly memory: readonly string[]
  readonly storage: { readonly [slot: string]: string } | undefined
}

/** Contracts and their code. */
export interface World {
  readonly from: string
  readonly code: { readonly [address: string]: string }
}

const long = (value: bigint): string => value.toString(16).padStart(64, "0")

/** Runs a call on @ethereumjs/evm. */
export async function referenceSteps(world: World, to: string | undefined, data: string): Promise<Step[]> {
  const common = new Common({ chain: { ...Mainnet, chainId: 31415926 }, hardfork: Hardfork.Prague, eips: [7939] })
  const stateManager = new SimpleStateManager()
  const evm = await createEVM({ common, stateManager, allowUnlimitedContractSize: true })
  for (const [address, code] of Object.entries(world.code)) {
    await stateManager.putAccount(createAddressFromString(address as `0x${string}`), new Account(1n, 0n))
    await stateManager.putCode(createAddressFromString(address as `0x${string}`), hexToBytes(code as `0x${string}`))
  }
  const from = createAddressFromString(world.from as `0x${string}`)
  await stateManager.putAccount(from, new Account(0n, 10n ** 22n))

  const steps: (Step & { storage: Step["storage"] })[] = []
  const slots = new Map<string, Record<string, string>>()
  const open: { step: { storage: Step["storage"] }; slot: bigint; contract: string; depth: number }[] = []
  const note = (contract: string, slot: bigint, value: bigint): Record<string, string> => {
    const known = { ...slots.get(contract), [long(slot)]: long(value) }
    slots.set(contract, known)
    return known
  }
  evm.events.on("step", ({ pc, opcode, depth, stack, memory, address }) => {
    const words: string[] = []
    for (let at = 0; at < memory.length; at += 32) words.push(Buffer.from(memory.subarray(at, at + 32)).toString("hex"))
    const contract = address.toString()
    const load = open.at(-1)
    if (load && load.depth === depth && load.contract === contract) {
      load.step.storage = note(contract, load.slot, stack.at(-1)!)
      open.pop()
    } else if (load && load.depth >= depth) open.pop()
    const step = {
      pc,
      op: opcode.code,
      depth: depth + 1,
      stack: stack.map((value) => `0x${value.toString(16)}`),
      memory: words,
      storage: undefined as Step["storage"],
    }
    if (opcode.code === 0x54 && stack.length > 0) open.push({ step, slot: stack.at(-1)!, contract, depth })
    if (opcode.code === 0x55 && stack.length > 1) step.storage = note(contract, stack.at(-1)!, stack.at(-2)!)
    steps.push(step)
  })
  await evm.runCall({
    caller: from,
    ...(to && { to: createAddressFromString(to as `0x${string}`) }),
    data: hexToBytes(data as `0x${string}`),
    gasLimit: 1_000_000_000n,
    value: 0n,
  })
  return steps
}
