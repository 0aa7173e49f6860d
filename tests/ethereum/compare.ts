import { type EthereumCase, gasPriceOf, type Outcome } from "./case.ts"

/** The contract of EIP-4788: the block writes to it, not the transaction. */
const BEACON_ROOTS = "0x000f3df6d732807ef1319fb7b8bb8522d0beac02"

/** Where a run on our kernel differs from a case's post-state and the reference's logs, in words; undefined if it does not. */
export function differenceFromCase(test: EthereumCase, reference: Outcome, ours: Outcome): string | undefined {
  const paid = BigInt(test.env.gasUsed) * gasPriceOf(test)
  const sender = test.tx.sender.toLowerCase()
  const coinbase = test.env.coinbase.toLowerCase()
  const addresses = new Set([...Object.keys(test.pre), ...Object.keys(test.post)].map((text) => text.toLowerCase()))
  addresses.delete(BEACON_ROOTS)
  for (const address of addresses) {
    const expected = test.post[address]
    const got = ours.accounts.get(address)
    const storage = new Map<bigint, bigint>()
    for (const [key, value] of Object.entries(expected?.storage ?? {}))
      if (BigInt(value) !== 0n) storage.set(BigInt(key), BigInt(value))
    const changed = differentSlot(storage, got?.storage ?? new Map())
    if (changed !== undefined) return `${address}: ${changed}`
    const code = expected?.code === "=" ? (test.pre[address]?.code ?? "0x") : (expected?.code ?? "0x")
    if ((got?.code ?? "0x") !== code.toLowerCase())
      return `${address}: code ${short(got?.code)}, expected ${short(code)}`
    // Tips are paid to nobody here; what the sender paid for gas is given back before comparing.
    if (address === coinbase) continue
    const balance = BigInt(expected?.balance ?? 0) + (address === sender ? paid : 0n)
    if ((got?.balance ?? 0n) !== balance) return `${address}: balance ${got?.balance}, expected ${balance}`
    if (code !== "0x" && address !== sender && (got?.nonce ?? 0n) !== BigInt(expected?.nonce ?? 0))
      return `${address}: nonce ${got?.nonce}, expected ${BigInt(expected?.nonce ?? 0)}`
  }
  return differentLogs(reference, ours)
}

/** Where a run on our kernel differs from the reference's, in words; undefined if it does not. Nobody pays fees in either. */
export function differenceFromReference(test: EthereumCase, reference: Outcome, ours: Outcome): string | undefined {
  const sender = test.tx.sender.toLowerCase()
  if (reference.succeeded !== ours.succeeded)
    return ours.succeeded ? "succeeds, the reference fails" : "fails, the reference succeeds"
  for (const address of new Set([...reference.accounts.keys(), ...ours.accounts.keys()])) {
    const expected = reference.accounts.get(address)
    const got = ours.accounts.get(address)
    if ((expected?.dead ?? false) !== (got?.dead ?? false))
      return `${address}: ${got?.dead ? "dead, expected to live" : "lives, expected to be dead"}`
    // What a dead contract leaves is not looked at: Ethereum burns it.
    if (expected?.dead) continue
    const changed = differentSlot(expected?.storage ?? new Map(), got?.storage ?? new Map())
    if (changed !== undefined) return `${address}: ${changed}`
    const code = expected?.code ?? "0x"
    if ((got?.code ?? "0x") !== code) return `${address}: code ${short(got?.code)}, expected ${short(code)}`
    if ((got?.balance ?? 0n) !== (expected?.balance ?? 0n))
      return `${address}: balance ${got?.balance}, expected ${expected?.balance}`
    if (code !== "0x" && address !== sender && (got?.nonce ?? 0n) !== (expected?.nonce ?? 0n))
      return `${address}: nonce ${got?.nonce}, expected ${expected?.nonce}`
  }
  return differentLogs(reference, ours)
}

function differentLogs(reference: Outcome, ours: Outcome): string | undefined {
  const [a, b] = [reference.logs.join("\n"), ours.logs.join("\n")]
  return a === b ? undefined : `logs ${short(b)}, expected ${short(a)}`
}

const short = (text: string | undefined): string =>
  text === undefined ? "none" : text.length > 100 ? `${text.slice(0, 100)}...` : text

function differentSlot(expected: ReadonlyMap<bigint, bigint>, got: ReadonlyMap<bigint, bigint>): string | undefined {
  for (const key of new Set([...expected.keys(), ...got.keys()]))
    if (expected.get(key) !== got.get(key))
      return `slot 0x${key.toString(16)} is 0x${(got.get(key) ?? 0n).toString(16)}, expected 0x${(expected.get(key) ?? 0n).toString(16)}`
  return undefined
}
