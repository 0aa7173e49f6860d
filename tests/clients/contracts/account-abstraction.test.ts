import { concat, getBytes, hexlify, Interface, parseEther, toBeHex, zeroPadValue } from "ethers"
import { beforeAll, describe, expect, it } from "vitest"
import { type Any, artifact, at, deploy, events, fresh, provider, refusal, wallet } from "./support.ts"

const ENTRY_POINT = "0x0000000071727De22E5E9d8BAf0edAc6f37da032"
const build = (name: string) => artifact(`@account-abstraction/contracts/artifacts/${name}`)
const bundler = wallet(0)
const owner = wallet(3)
const BENEFICIARY = fresh()
const TARGET = fresh()
const one = parseEther("1")

/** Limits of a user operation are Filecoin gas, as all gas: hundreds of millions where Ethereum has hundreds of thousands. */
const VERIFICATION_GAS = 200_000_000n
const CALL_GAS = 100_000_000n
const pair = (high: bigint, low: bigint) => concat([zeroPadValue(toBeHex(high), 16), zeroPadValue(toBeHex(low), 16)])

let entryPoint: Any
let factory: Any
let account: string
const accountOf = new Interface(build("SimpleAccount").abi)

/** A user operation of the account, signed by its owner. */
async function operation(fields: Record<string, unknown>, signer = owner): Promise<Record<string, unknown>> {
  const unsigned = {
    sender: account,
    nonce: await entryPoint.getNonce(account, 0),
    initCode: "0x",
    callData: "0x",
    accountGasLimits: pair(VERIFICATION_GAS, CALL_GAS),
    preVerificationGas: 5_000_000n,
    gasFees: pair(100n, 200_000n),
    paymasterAndData: "0x",
    signature: "0x",
    ...fields,
  }
  const hash = await entryPoint.getUserOpHash(unsigned)
  return { ...unsigned, signature: await signer.signMessage(getBytes(hash)) }
}

describe("ERC-4337 EntryPoint v0.7, predeployed", () => {
  beforeAll(async () => {
    entryPoint = at(ENTRY_POINT, build("EntryPoint"), bundler)
    factory = await deploy(build("SimpleAccountFactory"), bundler, ENTRY_POINT)
    account = await factory["getAddress(address,uint256)"]!(owner.address, 7)
    await (await bundler.sendTransaction({ to: account, value: 10n * one })).wait()
  })

  it("makes an account by its factory and runs its first operation, paid by the account", async () => {
    const made = factory.interface.encodeFunctionData("createAccount", [owner.address, 7])
    const call = accountOf.encodeFunctionData("execute", [TARGET, one, "0x"])
    const op = await operation({ initCode: concat([`${factory.target}`, made]), callData: call })
    expect(await provider.getCode(account)).toBe("0x")
    const { AccountDeployed, UserOperationEvent } = await events(entryPoint.handleOps([op], BENEFICIARY), entryPoint)
    expect(AccountDeployed?.[0]?.factory).toBe(factory.target)
    const { success, actualGasCost, actualGasUsed, sender } = UserOperationEvent![0]!
    expect([success, sender]).toEqual([true, account])
    expect(actualGasUsed).toBeGreaterThan(5_000_000n)
    expect(await provider.getBalance(TARGET)).toBe(one)
    expect(await provider.getBalance(BENEFICIARY)).toBe(actualGasCost)
    expect(await provider.getCode(account)).not.toBe("0x")
  })

  it("runs several operations in one transaction, in the order of their keys' nonces", async () => {
    const call = accountOf.encodeFunctionData("execute", [TARGET, 5n, "0x"])
    const ops = []
    for (const key of [1, 2]) {
      const nonce = await entryPoint.getNonce(account, key)
      expect(nonce).toBe(BigInt(key) << 64n)
      ops.push(await operation({ callData: call, nonce }))
    }
    const { UserOperationEvent } = await events(entryPoint.handleOps(ops, BENEFICIARY), entryPoint)
    expect(UserOperationEvent?.map(({ success }) => success)).toEqual([true, true])
    expect(await provider.getBalance(TARGET)).toBe(one + 10n)
  })

  it("includes an operation whose call reverts, with its reason, and charges for it", async () => {
    const call = accountOf.encodeFunctionData("execute", [TARGET, 1000n * one, "0x"])
    const op = await operation({ callData: call })
    const { UserOperationEvent } = await events(entryPoint.handleOps([op], BENEFICIARY), entryPoint)
    expect(UserOperationEvent?.[0]?.success).toBe(false)
    expect(UserOperationEvent?.[0]?.actualGasCost).toBeGreaterThan(0n)
  })

  it("refuses a stranger's signature, a nonce of the past, and too little gas for verification", async () => {
    const refused = async (op: Record<string, unknown>): Promise<string> => {
      try {
        await entryPoint.handleOps.staticCall([op], BENEFICIARY)
      } catch (error) {
        const { revert } = error as { revert?: { name: string; args: unknown[] } }
        return `${revert?.name} ${revert?.args[1]}`
      }
      return "none"
    }
    expect(await refused(await operation({}, bundler))).toBe("FailedOp AA24 signature error")
    expect(await refused(await operation({ nonce: 0n }))).toBe("FailedOp AA25 invalid account nonce")
    expect(await refused(await operation({ accountGasLimits: pair(100_000n, CALL_GAS) }))).toMatch(
      /^FailedOp.* AA23 reverted/,
    )
  })

  it("keeps deposits and stakes", async () => {
    const before = await entryPoint.balanceOf(bundler.address)
    await (await entryPoint.depositTo(bundler.address, { value: one })).wait()
    expect((await entryPoint.balanceOf(bundler.address)) - before).toBe(one)
    const { Withdrawn } = await events(entryPoint.withdrawTo(TARGET, one), entryPoint)
    expect(Withdrawn?.[0]?.amount).toBe(one)
    await (await entryPoint.addStake(1, { value: one })).wait()
    expect((await entryPoint.getDepositInfo(bundler.address)).staked).toBe(true)
    expect(await refusal(entryPoint.withdrawStake(TARGET))).toBe("must call unlockStake() first")
    expect(hexlify(getBytes(await entryPoint.getUserOpHash(await operation({}))))).toMatch(/^0x[0-9a-f]{64}$/)
  })
})
