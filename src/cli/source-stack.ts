import { readFileSync } from "node:fs"
import { SourceMap, type SourceMapPayload } from "node:module"

/** A place in a bundled program, which has its source map beside it. */
const PLACE = /(?:file:\/\/)?(\/[^\s():]+\.cjs|[A-Za-z]:\\[^\s():]+\.cjs):(\d+):(\d+)/g

const maps = new Map<string, SourceMap | undefined>()

/**
 * A stack whose places are those in the sources instead of the bundled programs, as far as source maps are there. Nothing is read unless a
 * place of a bundle is in it, so that only those pay for it who have an error to look at.
 */
export function sourceStack(stack: string): string {
  return stack.replaceAll(PLACE, (place: string, file: string, line: string, column: string) => {
    if (!maps.has(file)) maps.set(file, readMap(file))
    const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1)
    if (entry === undefined || !("originalSource" in entry)) return place
    const { originalSource, originalLine, originalColumn } = entry
    return `${originalSource.replace(/^(\.\.\/)+/, "")}:${originalLine + 1}:${originalColumn + 1}`
  })
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")) as SourceMapPayload)
  } catch {
    return undefined
  }
}
