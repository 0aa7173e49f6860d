import { RpcError } from "../json-rpc/errors.ts"

interface Holes {
  readonly method: string
  readonly path: string
  readonly host: string
  readonly origin: string
  readonly contentType: string
  readonly contentEncoding: string
  readonly bodyBytes: number
}

/** Why a request is refused before anybody looks at its JSON. */
export type RefusalKind =
  | "method"
  | "path"
  | "host"
  | "origin"
  | "contentType"
  | "contentEncoding"
  | "tooLarge"
  | "fault"

interface Row {
  readonly status: number
  readonly code: number
  readonly template: (holes: Holes) => string
}

const ROWS: Readonly<Record<RefusalKind, Row>> = {
  method: {
    status: 405,
    code: -32600,
    template: ({ method }) =>
      `HTTP method ${method} is not allowed here: send JSON-RPC by POST, or upgrade to WebSocket`,
  },
  path: {
    status: 404,
    code: -32600,
    template: ({ path }) => `there is nothing at ${path}: JSON-RPC is served at / and /rpc/v1`,
  },
  host: {
    status: 403,
    code: -32600,
    template: ({ host }) =>
      `Host "${host}" is not allowed: use localhost or an IP address, or start with --allowed-hosts ${host || "NAME"}`,
  },
  origin: {
    status: 403,
    code: -32600,
    template: ({ origin }) => `origin ${origin} is not allowed: start with --cors ${origin} to let its pages in`,
  },
  contentType: {
    status: 415,
    code: -32600,
    template: ({ contentType }) => `content type ${contentType} is not supported: send application/json`,
  },
  contentEncoding: {
    status: 415,
    code: -32600,
    template: ({ contentEncoding }) => `content encoding ${contentEncoding} is not supported: send the body as it is`,
  },
  tooLarge: {
    status: 413,
    code: -32600,
    template: ({ bodyBytes }) =>
      `the request is larger than ${bodyBytes} bytes: send less at a time, or raise --max-body`,
  },
  fault: { status: 500, code: -32603, template: () => "internal error: the log of the node says more" },
}

/** HTTP status and JSON-RPC error of a refusal. */
export function refusal(kind: RefusalKind, holes: Holes): { readonly status: number; readonly error: RpcError } {
  const row = ROWS[kind]
  return { status: row.status, error: new RpcError(row.code, row.template(holes)) }
}

/** The address cannot be listened on. The message says why, and what to do. */
export class ListenError extends Error {
  override readonly name = "ListenError"

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    super(describe(host, port, cause), { cause })
  }
}

function describe(host: string, port: number, { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} on ${host} is in use by another program: stop that one, or choose another port with --port`
    case "EACCES":
      return `port ${port} on ${host} may not be used by this user: choose one above 1023 with --port`
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is no address of this machine: choose another one with --host`
    default:
      return `cannot listen on ${host}:${port}: ${message}`
  }
}
