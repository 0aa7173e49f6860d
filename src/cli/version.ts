import { readFileSync } from "node:fs"

let cached: string | undefined

/** Version of this package, as its package.json says. */
export function packageVersion(): string {
  // Two folders up both from src/cli and from dist/cli.
  cached ??= (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string })
    .version
  return cached
}
