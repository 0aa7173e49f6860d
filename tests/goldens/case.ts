/** One recorded request of a live Lotus, as the files of the goldens hold it. */
export interface GoldenCase {
  readonly name: string
  readonly request?: { readonly method: string; readonly params?: unknown }
  readonly response?: { readonly result?: unknown; readonly error?: unknown }
  /** Only where it is not 200. */
  readonly httpStatus?: number
  /** `jsonrpc` and `id` where they are not as asked. */
  readonly envelope?: Record<string, unknown>
  readonly transport?: "ws"
  /** Paths of values that differ from chain to chain: presence and JSON type count. `*` is any index or key. */
  readonly volatile?: readonly string[]
  /** For volatile texts: the text with `{{*}}` for what differs. */
  readonly patterns?: Readonly<Record<string, string>>
  readonly note?: string
  /** The result is a list whose order does not count. */
  readonly unordered?: boolean
  readonly http?: {
    readonly method: string
    readonly path: string
    readonly headers: Record<string, string>
    readonly body?: string
  }
  readonly answer?: { readonly status: number; readonly headers: Record<string, string>; readonly text: string }
  readonly frames?: readonly unknown[]
}

/** A file of cases. */
export interface GoldenFile {
  readonly method: string
  readonly cases: readonly GoldenCase[]
}
