import { CommandError } from "./errors.ts"

/** A parameter as it is typed: JSON if it is JSON, else the text itself. A large number stays a text, since JSON would round it. */
export function parseParameter(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "number" && !Number.isSafeInteger(value) ? text : value
  } catch {
    return text
  }
}

interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
}

/** `fevm rpc METHOD [PARAMS...]`: one call to a running node; the result goes to stdout. @throws CommandError */
export async function runRpc(
  method: string,
  params: readonly string[],
  { url }: { readonly url: string },
): Promise<void> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: params.map(parseParameter) })
  let answer: Answer
  try {
    const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body })
    answer = (await response.json()) as Answer
  } catch (cause) {
    throw new CommandError(`no answer from ${url}: is a node running there? (--url names another one)`, { cause })
  }
  const { error, result } = answer
  if (error) {
    const data = error.data === undefined ? "" : `\ndata: ${JSON.stringify(error.data)}`
    throw new CommandError(`${method}: ${error.message} (code ${error.code})${data}`)
  }
  process.stdout.write(`${typeof result === "string" ? result : JSON.stringify(result, undefined, 2)}\n`)
}
