import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"

const SHARED = fileURLToPath(new URL("../../../shared/", import.meta.url))

/** Whether the shared test data lies beside the repository; without it those tests are skipped, and say so. */
export const hasSharedData: boolean = existsSync(SHARED)

/** Absolute path of a file or folder of the shared test data. */
export const sharedPath = (relative: string): string => `${SHARED}${relative}`

/** The parsed JSON of a file of the shared test data; `.gz` is unpacked. The caller says what it holds. */
export function readSharedJson<T>(relative: string): T {
  const bytes = readFileSync(sharedPath(relative))
  return JSON.parse((relative.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")) as T
}

/** Title of a test group that needs the shared data: names what is missing when it is not there. */
export const needsSharedData = (title: string): string =>
  hasSharedData ? title : `${title} (SKIPPED: ../shared is not there)`
