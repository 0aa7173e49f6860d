/**
 * Numbers of exported methods: the first word above 2^24 of blake2b-512("1|" + name), big-endian.
 *
 * Source: FRC-0042.
 */
export namespace Method {
  /** "InvokeEVM" */
  export const INVOKE_EVM: u64 = 3844450837
  /** "AuthenticateMessage" */
  export const AUTHENTICATE_MESSAGE: u64 = 2643134072
  /** "Receive" */
  export const RECEIVE: u64 = 3726118371
}
