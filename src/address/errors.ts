/** Text or bytes that are no address, or an address of another kind than asked for. */
export class AddressError extends Error {
  override readonly name = "AddressError"
}
