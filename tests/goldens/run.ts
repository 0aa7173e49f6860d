import { type Answer, askHttp, Socket } from "./ask.ts"
import type { GoldenCase } from "./case.ts"
import { type Difference, firstDifference, type Tolerance } from "./compare.ts"
import type { Goldens } from "./files.ts"
import { type Moment, momentOf } from "./moments.ts"
import { UnknownName } from "./names.ts"
import { Story, type StoryOptions } from "./story.ts"

/** How a case went. */
export type Outcome =
  | { readonly kind: "passed" }
  | {
      readonly kind: "failed"
      readonly difference: Difference
      /** Whether our answer was an error. */
      readonly refused: boolean
    }
  | { readonly kind: "skipped"; readonly reason: string }

/** A case and how it went. */
export interface Report {
  readonly file: string
  readonly case: GoldenCase
  readonly outcome: Outcome
}

/** What to run, and how. */
export interface RunOptions extends StoryOptions {
  /** Only files of these names, separated by commas. */
  readonly only: string | undefined
  readonly report: (report: Report) => void
  /** Whether a difference is a field that is meant to differ, so that the others have to be looked at still. Default: none is */
  readonly isKnownField?: (difference: Difference) => boolean
}

/** Files about doors that this node does not have. */
const OTHER_DOORS: Readonly<Record<string, string>> = {
  gateway: "the rules of lotus-gateway, which is another program",
  permissions: "tokens: this node has none",
  v2: "methods of /rpc/v2 take Filecoin's tipset selectors: later work",
}

interface Asked {
  readonly file: string
  readonly case: GoldenCase
}

/** Plays the story and asks every case at its moment. */
export async function runGoldens(goldens: Goldens, options: RunOptions): Promise<void> {
  const wanted: Record<Moment, Asked[]> = {
    "nobody has sent": [],
    "block 2 in the pool": [],
    "block 2 in the head": [],
    standstill: [],
    sending: [],
    "a gap in the pool": [],
    "some blocks later": [],
    filters: [],
    sockets: [],
  }
  for (const [file, cases] of goldens.files) {
    if (options.only !== undefined && !options.only.split(",").includes(file)) continue
    for (const golden of cases) {
      const reason = skipReason(file, golden)
      if (reason !== undefined) options.report({ file, case: golden, outcome: { kind: "skipped", reason } })
      else wanted[momentOf(file, golden)].push({ file, case: golden })
    }
  }
  if (goldens.scenario.length === 0) {
    const reason = "this folder has no Ethereum story: its cases are about storage actors at work"
    for (const { file, case: golden } of Object.values(wanted).flat())
      options.report({ file, case: golden, outcome: { kind: "skipped", reason } })
    return
  }
  const story = await Story.begin(goldens, options)
  try {
    await new Run(story, options, wanted).run()
  } finally {
    await story.close()
  }
}

/** Cases about what the message in epoch 1 used: it ran into a real block producer's state there. */
const EPOCH_ONE: Readonly<Record<string, RegExp>> = {
  eth_getBlockByNumber: /^block: (one|leading zero)$/,
  eth_getBlockReceipts: /^block: (one|leading zero|EIP-1898 integer)$/,
  trace_block: /^block: (one|leading zero)$/,
  trace_replayBlockTransactions: /^block: (one|leading zero)$/,
  trace_filter: /^huge range$/,
  eth_feeHistory: /^newest: (one|leading zero)$/,
}

function skipReason(file: string, { name, request, http }: GoldenCase): string | undefined {
  if (EPOCH_ONE[file]?.test(name)) return "the gas of epoch 1 is that of a block producer at work"
  if (OTHER_DOORS[file] !== undefined) return OTHER_DOORS[file]
  const method = request?.method ?? ""
  if (file.startsWith("Filecoin.")) return "Filecoin.* methods are later work"
  if (file !== "no-such-method" && method.startsWith("Filecoin.")) return "Filecoin.* methods are later work"
  if (http?.body?.includes('"Filecoin.')) return "Filecoin.* methods are later work"
  if (http?.body?.includes("rpc.discover")) return "the recorded document is cut"
  if (http?.body !== undefined && /^\(\d+ bytes\)$/.test(http.body) && rebuildBody(http.body) === undefined)
    return "the recording does not hold the body"
  return undefined
}

const REQUEST = (params: string): string => `{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":${params}}`

/** Bodies that were too long to record, by their length: what was sent is known from the name of the case and the length. */
function rebuildBody(text: string): string | undefined {
  const length = Number(/^\((\d+) bytes\)$/.exec(text)?.[1])
  const room = length - REQUEST("").length
  if (length === 1_000_063) return REQUEST(`["${"x".repeat(room - 4)}"]`)
  if (length === 4057) return REQUEST("[".repeat(room / 2) + "]".repeat(room / 2))
  if (length === 6091) {
    const one = (id: number): string => REQUEST("[]").replace('"id":1', `"id":${id}`)
    return `[${Array.from({ length: 100 }, (_, i) => one(i)).join(",")}]`
  }
  return undefined
}

/** Stands at the end of texts that were too long to record. */
const CUT = "…"

class Run {
  readonly #story: Story
  readonly #report: (report: Report) => void
  readonly #isKnownField: (difference: Difference) => boolean
  readonly #wanted: Readonly<Record<Moment, Asked[]>>

  constructor(
    story: Story,
    { report, isKnownField = () => false }: RunOptions,
    wanted: Readonly<Record<Moment, Asked[]>>,
  ) {
    this.#story = story
    this.#report = report
    this.#isKnownField = isKnownField
    this.#wanted = wanted
  }

  async run(): Promise<void> {
    const wanted = this.#wanted
    const needsMore = ["sending", "a gap in the pool", "some blocks later", "filters", "sockets"] as const
    await this.#story.play((moment) => this.#askAll(moment))
    await this.#askAll("standstill")
    if (needsMore.every((moment) => wanted[moment].length === 0)) return
    await this.#sending()
    await this.#story.sendTheRest()
    await this.#story.mine(4)
    await this.#askAll("some blocks later")
    await this.#filters()
    for (const { name } of this.#story.transactionsOf("filters")) {
      const asked = this.#wanted.sending.find((one) => one.case.name === `scenario: ${name}`)
      if (asked) await this.#ask(asked)
    }
  }

  async #askAll(moment: Moment): Promise<void> {
    for (const asked of this.#wanted[moment]) await this.#ask(asked)
  }

  async #sending(): Promise<void> {
    let gapSeen = false
    const later = new Set(this.#story.transactionsOf("filters").map(({ name }) => `scenario: ${name}`))
    for (const asked of this.#allOf("eth_sendRawTransaction")) {
      const { name } = asked.case
      if (later.has(name)) continue
      if (!gapSeen && name === "fills the gap") {
        gapSeen = true
        await this.#askAll("a gap in the pool")
      }
      await this.#ask(asked, !this.#wanted.sending.some((one) => one.case === asked.case))
    }
    if (!gapSeen) await this.#askAll("a gap in the pool")
  }

  /** The cases of a file even if they are not wanted: those that make the story go on have to be asked. */
  #allOf(file: string): Asked[] {
    return (this.#story.goldens.files.get(file) ?? []).map((golden) => ({ file, case: golden }))
  }

  async #ask(asked: Asked, silent = false): Promise<Answer | undefined> {
    const { file, case: golden } = asked
    const { names, url } = this.#story
    const say = silent ? () => {} : (outcome: Outcome) => this.#report({ file, case: golden, outcome })
    try {
      if (golden.http !== undefined) {
        const { answer } = golden
        const http = { ...golden.http }
        if (http.body !== undefined) http.body = String(names.resolve(rebuildBody(http.body) ?? http.body))
        const got = await askHttp(url, http)
        say(outcomeOf(this.#differenceOfHttp(golden, answer!, got)))
        return undefined
      }
      if (golden.frames !== undefined) {
        const socket = await Socket.connect(url)
        socket.send(String((golden as { send?: string }).send ?? ""))
        const texts = await socket.texts()
        socket.close()
        say(outcomeOf(firstDifference(names.resolve(golden.frames), texts, toleranceOf(golden), "frames")))
        return undefined
      }
      const { method = "", params } = (names.resolve(golden.request) ?? {}) as { method?: string; params?: unknown }
      const scenario = /^scenario: (\w+)$/.exec(golden.name)?.[1]
      const earlier =
        file === "eth_sendRawTransaction" && scenario !== undefined ? this.#story.sent.get(scenario) : undefined
      const answer = earlier ?? (await this.#request(golden, method, params))
      this.#learn(golden, answer)
      const resolved = names.resolve(golden) as GoldenCase
      say(outcomeOf(this.#judge(golden, resolved, answer), answer))
      return answer
    } catch (error) {
      if (error instanceof UnknownName) say({ kind: "skipped", reason: "a name that this chain does not have" })
      else
        say({ kind: "failed", difference: { path: "", expected: "an answer", actual: String(error) }, refused: false })
      return undefined
    }
  }

  /** The first difference; if all are fields that are meant to differ, the first of those. */
  #judge(golden: GoldenCase, resolved: GoldenCase, answer: Answer): Difference | undefined {
    const first = differenceOf(golden, resolved, answer)
    const ignored = new Set<string>()
    for (let found = first; found !== undefined; found = differenceOf(golden, resolved, answer, ignored)) {
      if (!this.#isKnownField(found)) return found
      ignored.add(found.path)
    }
    return first
  }

  async #request(golden: GoldenCase, method: string, params: unknown): Promise<Answer> {
    if (golden.transport !== "ws") return this.#story.ask(method, params)
    const socket = await Socket.connect(this.#story.url)
    try {
      return await socket.ask(method, params)
    } finally {
      socket.close()
    }
  }

  /** Ids that the node gives are names from then on. */
  #learn({ response }: GoldenCase, answer: Answer): void {
    const name = /^\{\{((?:filter|sub)\.\w+)\}\}$/.exec(String(response?.result))?.[1]
    const { result } = answer.response
    if (name !== undefined && typeof result === "string") this.#story.names.set(name, result)
  }

  #differenceOfHttp(
    golden: GoldenCase,
    answer: NonNullable<GoldenCase["answer"]>,
    got: Awaited<ReturnType<typeof askHttp>>,
  ): Difference | undefined {
    const { names } = this.#story
    const headers = Object.fromEntries(Object.keys(answer.headers).map((name) => [name, got.headers[name]]))
    // The order of members is not compared: texts of JSON are, as the values that they stand for.
    const expected = { ...(names.resolve(answer) as object) } as Record<string, unknown>
    const actual: Record<string, unknown> = { status: got.status, headers, text: got.text }
    const recorded = String(expected.text)
    if (recorded.endsWith(CUT)) {
      expected.text = recorded.slice(0, -CUT.length)
      actual.text = got.text.slice(0, recorded.length - CUT.length)
    } else if (toleranceOf(golden).patterns["answer.text"] === undefined) {
      expected.text = asJson(String(expected.text))
      actual.text = asJson(got.text)
    }
    return firstDifference(expected, actual, toleranceOf(golden), "answer")
  }

  async #filters(): Promise<void> {
    const story = this.#story
    const find = (file: string, name: string): Asked | undefined =>
      this.#wanted.filters.find((one) => one.file === file && one.case.name === name)
    const askFilter = async (file: string, kind: string, when: string): Promise<void> => {
      const asked = find(file, when === "" ? kind : `${kind}: ${when}`)
      if (asked) await this.#ask(asked)
      else if (file !== "eth_getFilterLogs" && !when.startsWith("again") && story.names.has(`filter.${kind}`))
        await story.ask(file, [story.names.get(`filter.${kind}`)])
    }
    const KINDS = ["logs", "logsFromStart", "blocks", "pending"] as const
    const changes = async (when: string): Promise<void> => {
      for (const kind of KINDS) await askFilter("eth_getFilterChanges", kind, when)
    }
    const logs = async (when: string): Promise<void> => {
      for (const kind of KINDS) await askFilter("eth_getFilterLogs", kind, when)
    }
    const installed = ["eth_newFilter", "eth_newBlockFilter", "eth_newPendingTransactionFilter"]
    const ownFilters = this.#wanted.filters.filter(({ case: { name } }) => name.startsWith("of filter: "))
    await this.#uninstallOwn(ownFilters)
    for (const file of installed)
      for (const asked of this.#allOf(file).filter(({ case: { name } }) => name.startsWith("lifecycle: ")))
        await this.#ask(asked, !this.#wanted.filters.some((one) => one.case === asked.case))
    await changes("at once")
    await logs("at once")
    await story.send("filters", ["filtered"])
    await changes("transaction in the pool")
    await story.mine()
    await changes("included, not executed")
    await story.mine()
    await changes("executed")
    await changes("nothing new")
    await logs("later")
    await story.mine(1, 3)
    await changes("after null rounds")
    for (const kind of KINDS) await askFilter("eth_uninstallFilter", kind, "")
    for (const kind of KINDS) await askFilter("eth_uninstallFilter", kind, "again")
    await changes("uninstalled")
    await logs("uninstalled")
    await this.#subscriptions()
    const tooMany = find("eth_newBlockFilter", "more filters than the node keeps")
    if (tooMany) {
      const LIMIT = 100
      for (let i = 0; i < LIMIT; i++) await story.ask("eth_newBlockFilter", [])
      await this.#ask(tooMany)
    }
  }

  /** Every filter that was made with success can be taken away again. */
  async #uninstallOwn(cases: readonly Asked[]): Promise<void> {
    for (const asked of cases) {
      const name = asked.case.name.replace("of filter: ", "")
      const made = this.#allOf("eth_newFilter").find((one) => one.case.name === name)
      // Where the case that made the filter is not here, any other filter stands in for it.
      const answer = made ? await this.#ask(made, true) : await this.#story.ask("eth_newFilter", [{}])
      const params = [answer?.response.result]
      await this.#ask({ ...asked, case: { ...asked.case, request: { method: "eth_uninstallFilter", params } } })
    }
  }

  async #subscriptions(): Promise<void> {
    const { sockets, filters } = this.#wanted
    if (sockets.length === 0 && !filters.some(({ file }) => file === "eth_subscription")) return
    const story = this.#story
    const socket = await Socket.connect(story.url)
    const askSocket = async (asked: Asked): Promise<void> => {
      const { method = "", params } = story.names.resolve(asked.case.request) as { method?: string; params?: unknown }
      const answer = await socket.ask(method, params)
      this.#learn(asked.case, answer)
      const difference = differenceOf(asked.case, story.names.resolve(asked.case) as GoldenCase, answer)
      if (this.#wanted.sockets.some((one) => one.case === asked.case))
        this.#report({ ...asked, outcome: outcomeOf(difference, answer) })
    }
    const subscribing = this.#allOf("eth_subscribe")
    const isLasting = ({ case: { response } }: Asked): boolean => /^\{\{sub\./.test(String(response?.result))
    for (const asked of subscribing.filter(isLasting)) await askSocket(asked)
    if (!story.names.has("sub.logsTopics")) {
      const topics = ["0x9eca8f7bcfb868d72b4ed95b71c627c194ab6bcb9b83adb2280e8a0320bb8476"]
      const { response } = await socket.ask("eth_subscribe", ["logs", { topics }])
      story.names.set("sub.logsTopics", response.result)
    }
    const frames = async (name: string): Promise<void> => {
      const came = await socket.frames()
      const asked = filters.find((one) => one.file === "eth_subscription" && one.case.name === name)
      if (!asked) return
      const expected = sortFrames(story.names.resolve(asked.case.frames) as Frame[])
      const difference = firstDifference(expected, sortFrames(came as Frame[]), FRAMES, "frames")
      this.#report({ ...asked, outcome: outcomeOf(difference) })
    }
    await socket.frames()
    await story.send("filters", ["subscribed"])
    await frames("a transaction is sent")
    await story.mine()
    await frames("it is included")
    await story.mine()
    await frames("it is executed")
    await story.mine(1, 3)
    await frames("after null rounds")
    await story.send("filters", ["subscribedManyLogs", "subscribedRevert"])
    await story.mine(3)
    await frames("three logs and one transaction that reverts")
    const unsubscribing = this.#allOf("eth_unsubscribe")
    for (const asked of unsubscribing) await askSocket(asked)
    for (const asked of subscribing.filter((one) => !isLasting(one))) await askSocket(asked)
    socket.close()
    const quiet = await Socket.connect(story.url)
    for (const { result } of [(await quiet.ask("eth_subscribe", ["newHeads"])).response])
      await quiet.ask("eth_unsubscribe", [result])
    await story.mine()
    const asked = filters.find((one) => one.case.name === "after unsubscribing: nothing")
    if (asked) {
      const came = await quiet.frames()
      this.#report({ ...asked, outcome: outcomeOf(firstDifference([], came, FRAMES, "frames")) })
    }
    quiet.close()
  }
}

interface Frame {
  readonly params: { readonly subscription: string; readonly result: unknown }
}

/** Within one subscription frames come in order; between them they race, so they are compared subscription by subscription. */
function sortFrames(frames: readonly Frame[]): Frame[] {
  return frames.toSorted((a, b) => a.params.subscription.localeCompare(b.params.subscription))
}

/** What differs between chains in any frame. */
const FRAMES: Tolerance = {
  volatile: [
    "frames.*.meta.SpanContext",
    ...[
      "hash",
      "parentHash",
      "logsBloom",
      "number",
      "timestamp",
      "blockHash",
      "blockNumber",
      "transactions.*.blockHash",
    ].map((field) => `frames.*.params.result.${field}`),
    "frames.*.params.result.transactions.*.blockNumber",
  ],
  patterns: {},
}

const outcomeOf = (difference: Difference | undefined, answer?: Answer): Outcome =>
  difference ? { kind: "failed", difference, refused: answer?.response.error !== undefined } : { kind: "passed" }

const toleranceOf = ({ volatile = [], patterns = {} }: GoldenCase): Tolerance => ({ volatile, patterns })

const GO_TEXT = /^unmarshaling param/

/** The first difference between a case and an answer. Texts that are Go's own are compared by their code alone. */
export function differenceOf(
  recorded: GoldenCase,
  resolved: GoldenCase,
  answer: Answer,
  ignored: ReadonlySet<string> = new Set(),
): Difference | undefined {
  const { volatile, patterns } = toleranceOf(resolved)
  const error = recorded.response?.error as { message?: string } | undefined
  const tolerance = GO_TEXT.test(error?.message ?? "")
    ? { volatile: [...volatile, "response.error.message"], patterns, ignored }
    : { volatile, patterns, ignored }
  const status = resolved.httpStatus ?? 200
  let expected: unknown = resolved.response
  let actual: unknown = answer.response
  if (recorded.unordered) {
    expected = sorted(expected)
    actual = sorted(actual)
  }
  return (
    firstDifference(expected, actual, tolerance, "response") ??
    firstDifference(status, answer.httpStatus, tolerance, "httpStatus") ??
    firstDifference(resolved.envelope ?? { jsonrpc: "2.0", id: 1 }, answer.envelope, tolerance, "envelope")
  )
}

function sorted(response: unknown): unknown {
  const { result } = response as { result?: unknown }
  if (!Array.isArray(result)) return response
  return { result: result.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
