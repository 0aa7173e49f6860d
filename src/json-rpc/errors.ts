import { JSONRPCErrorCode } from "json-rpc-2.0"
import type { Json } from "./json.ts"

/** The `error` member of a JSON-RPC answer. */
export interface ErrorObject {
  readonly code: number
  readonly message: string
  readonly data?: Json
}

/** What each kind of protocol error has to be told. */
interface Holes {
  parse: { reason: string }
  invalidRequest: { reason: string }
  methodNotFound: { method: string }
  unsupported: { method: string; reason: string }
  missingParameter: { position: number; name: string; expected: string }
  invalidParameter: { position: number; name: string; got: string; expected: string }
  invalidParameters: { got: string }
  internal: { id: string }
  limitExceeded: { what: string; got: number; limit: number; remedy: string }
  noSubscriptions: { method: string }
}

/** The kinds of error that the protocol itself knows. */
export type ProtocolErrorKind = keyof Holes

interface Row<H> {
  readonly code: number
  readonly template: (holes: H) => string
}

const ROWS: { readonly [K in ProtocolErrorKind]: Row<Holes[K]> } = {
  parse: { code: JSONRPCErrorCode.ParseError, template: ({ reason }) => `parse error: ${reason}` },
  invalidRequest: { code: JSONRPCErrorCode.InvalidRequest, template: ({ reason }) => `invalid request: ${reason}` },
  methodNotFound: {
    code: JSONRPCErrorCode.MethodNotFound,
    template: ({ method }) => `the method ${method} does not exist/is not available`,
  },
  unsupported: { code: -32004, template: ({ method, reason }) => `the method ${method} is not supported: ${reason}` },
  missingParameter: {
    code: JSONRPCErrorCode.InvalidParams,
    template: ({ position, name, expected }) =>
      `missing value for required argument ${position} (${name}): expected ${expected}`,
  },
  invalidParameter: {
    code: JSONRPCErrorCode.InvalidParams,
    template: ({ position, name, got, expected }) =>
      `invalid argument ${position} (${name}): got ${got}, expected ${expected}`,
  },
  invalidParameters: {
    code: JSONRPCErrorCode.InvalidParams,
    template: ({ got }) => `invalid params: got ${got}, expected an array of arguments`,
  },
  internal: {
    code: JSONRPCErrorCode.InternalError,
    template: ({ id }) => `internal error ${id}: the log of the node has it under this id`,
  },
  limitExceeded: {
    code: -32005,
    template: ({ what, got, limit, remedy }) => `${what} ${got} is above the limit of ${limit}: ${remedy}`,
  },
  noSubscriptions: {
    code: -32004,
    template: ({ method }) => `${method} needs a connection that can carry notifications: use WebSocket`,
  },
}

/**
 * An error that is answered as it stands: its code, message and data go out unchanged.
 *
 * Other rooms make their own from their own tables; everything that is not one of these is a fault of ours.
 */
export class RpcError extends Error {
  override readonly name = "RpcError"
  readonly code: number
  /** Absent when there is nothing to add to the message. */
  readonly data: Json | undefined

  constructor(code: number, message: string, data?: Json, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.data = data
  }
}

/** The error of this kind, its message filled in. Codes are those of JSON-RPC 2.0 section 5.1 and EIP-1474. */
export function protocolError<K extends ProtocolErrorKind>(kind: K, holes: Holes[K]): RpcError {
  const row: Row<Holes[K]> = ROWS[kind]
  return new RpcError(row.code, row.template(holes))
}

/** The wire form of an error. */
export function toErrorObject(error: RpcError): ErrorObject {
  return error.data === undefined
    ? { code: error.code, message: error.message }
    : { code: error.code, message: error.message, data: error.data }
}
