import type { GoldenCase } from "./case.ts"

/** A point of the story at which requests were asked; all that is not named here was asked when the chain stood still. */
export type Moment =
  | "nobody has sent"
  | "block 2 in the pool"
  | "block 2 in the head"
  | "standstill"
  | "sending"
  | "a gap in the pool"
  | "some blocks later"
  | "filters"
  | "sockets"

interface Rule {
  readonly moment: Moment
  /** Which files; all if left out. */
  readonly files?: RegExp
  readonly names?: RegExp
}

/** The first rule that fits decides. */
const RULES: readonly Rule[] = [
  {
    moment: "filters",
    files: /^eth_(getFilterChanges|getFilterLogs|uninstallFilter)$/,
    names: /^(logs|logsFromStart|blocks|pending)(:|$)/,
  },
  { moment: "filters", names: /^lifecycle: |^more filters than / },
  { moment: "filters", files: /^eth_subscription$/ },
  { moment: "filters", files: /^eth_uninstallFilter$/, names: /^of filter: / },
  { moment: "sockets", files: /^eth_(un)?subscribe$/ },
  { moment: "nobody has sent", names: /^a placeholder(:|$)|^0x0 has no money|never sent|nobody has sent/ },
  { moment: "some blocks later", names: /some blocks later/ },
  { moment: "a gap in the pool", names: /^pending with a nonce gap/ },
  { moment: "sending", files: /^eth_sendRawTransaction$/ },
  {
    moment: "block 2 in the pool",
    files: /^eth_/,
    names: /^pending in the pool|while some are pending|^transactions? in the pool/,
  },
  {
    moment: "block 2 in the head",
    files: /^eth_/,
    names:
      /^included, not executed|included but not executed|^head holds messages|^pending: messages included|^latest: parent of the head/,
  },
]

/** When a case was asked. */
export function momentOf(file: string, { name }: GoldenCase): Moment {
  const rule = RULES.find(({ files, names }) => (files?.test(file) ?? true) && (names?.test(name) ?? true))
  return rule?.moment ?? "standstill"
}
