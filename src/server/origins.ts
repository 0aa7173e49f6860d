/**
 * Who may talk to a node that listens on the loopback interface.
 *
 * A web page anywhere can make its visitor's browser send requests to 127.0.0.1. Two headers that the page cannot forge tell
 * them apart: `Host` (a page that rebinds its own name to 127.0.0.1 still sends that name) and `Origin`.
 */
export interface AccessRules {
  /** Origins that may call: exact origins, or `*` for all. Loopback origins and browser extensions always may. */
  readonly corsOrigins: readonly string[]
  /** Host names that may stand in `Host` beside IP addresses and `localhost`; `*` for all. */
  readonly allowedHosts: readonly string[]
  /** Whether the listening address is a loopback address: only then `Host` is looked at. */
  readonly loopback: boolean
}

/** Origins of tools that run on a web page and talk to a node on the same machine. */
export const DEFAULT_CORS_ORIGINS: readonly string[] = [
  "https://remix.ethereum.org",
  "http://remix.ethereum.org",
  "https://remix-alpha.ethereum.org",
  "https://remix-beta.ethereum.org",
]

const EXTENSION_SCHEMES: readonly string[] = [
  "chrome-extension:",
  "moz-extension:",
  "safari-web-extension:",
  "ms-browser-extension:",
]

/** Whether this is `localhost`, a name below it, or a loopback IP address. */
export function isLoopbackHost(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/^\[|\]$/g, "")
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name)
}

/**
 * The name in a `Host` header, without the port.
 *
 * @returns undefined for what is no host name.
 */
export function hostnameOf(header: string): string | undefined {
  return /^(\[[0-9a-fA-F:.]+\]|[^:/?#@\s]+)(:\d{1,5})?$/.exec(header)?.[1]
}

const isIpAddress = (hostname: string): boolean => hostname.startsWith("[") || /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname)

/** Whether a request with this `Host` may come in: no name that could have been rebound. */
export function isHostAllowed(header: string | undefined, rules: AccessRules): boolean {
  if (!rules.loopback || rules.allowedHosts.includes("*")) return true
  const hostname = header === undefined ? undefined : hostnameOf(header)
  if (hostname === undefined) return false
  return isIpAddress(hostname) || isLoopbackHost(hostname) || rules.allowedHosts.includes(hostname.toLowerCase())
}

/** Whether a page of this `Origin` may call. Requests without one do not come from a page. */
export function isOriginAllowed(origin: string | undefined, rules: AccessRules): boolean {
  if (origin === undefined || rules.corsOrigins.includes("*") || rules.corsOrigins.includes(origin)) return true
  let url: URL
  try {
    url = new URL(origin)
  } catch {
    return false // `null`, the origin of sandboxed frames and files, ends here too
  }
  return EXTENSION_SCHEMES.includes(url.protocol) || isLoopbackHost(url.hostname)
}
