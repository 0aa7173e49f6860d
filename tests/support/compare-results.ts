/**
 * What has to be the same when other code runs the messages of a vector: everything but gas, fees and code CIDs.
 */

/** A message's result, in the form of vectors (shared/oracle/README.md). */
export interface Result {
  readonly refused?: string
  readonly exit_code: number
  readonly return: string | null
  readonly return_codec: number | null
  readonly gas_used: number
  readonly events: unknown
  readonly base_fee_burn?: string
  readonly over_estimation_burn?: string
  readonly miner_tip?: string
}

/** An actor as a vector's `post` shows it. */
export interface Actor {
  readonly head: string
  readonly sequence: number | string
  readonly balance: string
  readonly delegated?: string
}

/** One case of a vector, as recorded or as run. */
export interface Case {
  readonly name: string
  readonly messages: ReadonlyArray<{
    readonly from: string
    readonly implicit?: boolean
    readonly method: number | string
    readonly params?: unknown
  }>
  readonly results: readonly Result[]
  readonly post: null | { readonly actors: Readonly<Record<string, Actor | null>> }
}

/** A vector, as recorded or as run. */
export interface Vector {
  readonly name: string
  readonly theme?: string
  readonly pre: { readonly names: Readonly<Record<string, { readonly id: number; readonly address?: string | null }>> }
  readonly cases: readonly Case[]
}

/** A message that ran both ways. */
export interface MessageGas {
  readonly vector: string
  readonly index: number
  readonly official: number
  readonly ours: number
  readonly succeeded: boolean
}

/** Where two runs differ, in words; empty if they do not. */
export function differences(official: Vector, ours: Vector): string[] {
  const found: string[] = []
  for (const [c, expected] of official.cases.entries()) {
    const got = ours.cases[c]
    if (got === undefined) {
      found.push(`case ${expected.name} did not run`)
      continue
    }
    expected.results.forEach((result, i) => {
      const difference = compareResults(result, got.results[i])
      if (difference !== undefined) found.push(`message ${i}: ${difference}`)
    })
    found.push(...compareActors(official, expected, got))
  }
  return found
}

/** Where a message did otherwise, in words; undefined if nowhere. */
export function compareResults(expected: Result, got: Result | undefined): string | undefined {
  if (got === undefined) return "no result"
  if (expected.refused !== undefined || got.refused !== undefined)
    return (expected.refused === undefined) === (got.refused === undefined) ? undefined : `refused: ${got.refused}`
  if (expected.exit_code !== got.exit_code) return `exit code ${got.exit_code}, official ${expected.exit_code}`
  if (expected.return !== got.return || expected.return_codec !== got.return_codec)
    return `return ${short(got.return)} (${got.return_codec}), official ${short(expected.return)} (${expected.return_codec})`
  const [a, b] = [JSON.stringify(expected.events ?? []), JSON.stringify(got.events ?? [])]
  return a === b ? undefined : `events ${short(b)}, official ${short(a)}`
}

const short = (text: string | null): string =>
  text === null ? "null" : text.length > 120 ? `${text.slice(0, 120)}...` : text

/** Fees that each sender paid, by address as named. */
function fees(run: Case): Map<string, bigint> {
  const paid = new Map<string, bigint>()
  run.messages.forEach(({ from, implicit }, i) => {
    const result = run.results[i]
    if (implicit === true || result === undefined || result.refused !== undefined) return
    const total =
      BigInt(result.base_fee_burn ?? 0) + BigInt(result.over_estimation_burn ?? 0) + BigInt(result.miner_tip ?? 0)
    paid.set(from, (paid.get(from) ?? 0n) + total)
  })
  return paid
}

const REWARD = "2"
const BURNT_FUNDS = "99"
const SYSTEM = "0"
/** Actors whose head names code: it cannot be the same. */
const NAMES_CODE = new Set([SYSTEM])

function compareActors(vector: Vector, expected: Case, got: Case): string[] {
  if (expected.post === null || got.post === null) return expected.post === got.post ? [] : ["one run has no state"]
  const found: string[] = []
  const ids = new Map<string, string>()
  for (const { id, address } of Object.values(vector.pre.names)) if (address) ids.set(address, String(id))
  for (const [id, actor] of Object.entries(expected.post.actors)) if (actor?.delegated) ids.set(actor.delegated, id)
  const idOf = (from: string): string => (from.startsWith("f0") ? from.slice(2) : (ids.get(from) ?? from))
  const [paidThere, paidHere] = [expected, got].map((run) => {
    const byId = new Map<string, bigint>()
    for (const [from, paid] of fees(run)) byId.set(idOf(from), (byId.get(idOf(from)) ?? 0n) + paid)
    return byId
  }) as [Map<string, bigint>, Map<string, bigint>]
  for (const id of new Set([...Object.keys(expected.post.actors), ...Object.keys(got.post.actors)])) {
    const [a, b] = [expected.post.actors[id], got.post.actors[id]]
    if (!a || !b) {
      if (a !== b && !NAMES_CODE.has(id)) found.push(`actor ${id}: ${b ? "changed" : "unchanged or gone"} here`)
      continue
    }
    if (a.head !== b.head && !NAMES_CODE.has(id)) found.push(`actor ${id}: head ${b.head}, official ${a.head}`)
    if (String(a.sequence) !== String(b.sequence))
      found.push(`actor ${id}: sequence ${b.sequence}, official ${a.sequence}`)
    if (a.delegated !== b.delegated) found.push(`actor ${id}: address ${b.delegated}, official ${a.delegated}`)
    // What fees went to hangs on gas; balances of senders are compared without what they paid.
    if (id === REWARD || id === BURNT_FUNDS) continue
    const [there, here] = [BigInt(a.balance) + (paidThere.get(id) ?? 0n), BigInt(b.balance) + (paidHere.get(id) ?? 0n)]
    if (there !== here) found.push(`actor ${id}: balance ${here} before fees, official ${there}`)
  }
  return found
}
