/**
 * Why bytes are no transaction that this network takes. One row per reason; `message` is for people who know Ethereum's
 * tools, `lotus` the text that Lotus gives for it (served in strict mode only).
 */
export type TransactionFault =
  | { readonly kind: "empty" }
  | { readonly kind: "eip-2930" }
  | { readonly kind: "unsupported type"; readonly type: number }
  | { readonly kind: "rlp"; readonly form: TransactionForm; readonly reason: string }
  | { readonly kind: "not a list"; readonly form: TransactionForm }
  | { readonly kind: "field count"; readonly form: TransactionForm; readonly count: number; readonly expected: number }
  | { readonly kind: "field is a list"; readonly form: TransactionForm; readonly field: string }
  | {
      readonly kind: "integer too long"
      readonly form: TransactionForm
      readonly field: string
      readonly bytes: number
    }
  | { readonly kind: "leading zero"; readonly form: TransactionForm; readonly field: string }
  | {
      readonly kind: "integer too large"
      readonly form: TransactionForm
      readonly field: string
      readonly bits: number
    }
  | { readonly kind: "recipient length"; readonly form: TransactionForm; readonly bytes: number }
  | { readonly kind: "access list" }
  | { readonly kind: "chain id"; readonly form: TransactionForm; readonly got: bigint; readonly expected: bigint }
  | { readonly kind: "parity"; readonly form: TransactionForm; readonly v: bigint }
  | { readonly kind: "signature range"; readonly field: "r" | "s" }
  | { readonly kind: "high s" }
  | { readonly kind: "signature length" }
  | { readonly kind: "unrecoverable" }
  | { readonly kind: "unsupported EAM method" }

/** How a raw transaction is laid out: a bare RLP list, or the byte 0x02 and an RLP list. */
export type TransactionForm = "legacy" | "eip1559"

/** The bytes are no transaction that this network takes. */
export class InvalidTransaction extends Error {
  override readonly name = "InvalidTransaction"
  readonly fault: TransactionFault

  constructor(fault: TransactionFault) {
    super(describeFault(fault))
    this.fault = fault
  }

  /** The text that Lotus 1.36 gives for the same bytes. */
  get lotusMessage(): string {
    return describeFaultAsLotus(this.fault)
  }
}

function describeFault(fault: TransactionFault): string {
  switch (fault.kind) {
    case "empty":
      return "empty transaction: RLP bytes expected"
    case "eip-2930":
      return "transaction type 1 (EIP-2930) is not supported: Filecoin has no access lists, send type 2 or a legacy transaction"
    case "unsupported type":
      return `transaction type not supported: 0x${fault.type.toString(16).padStart(2, "0")}; Filecoin takes legacy and type 2 (EIP-1559) transactions`
    case "rlp":
      return `rlp: ${fault.reason}`
    case "not a list":
      return "rlp: expected a list of transaction fields"
    case "field count":
      return `rlp: a ${name(fault.form)} transaction has ${fault.expected} fields, this one has ${fault.count}`
    case "field is a list":
      return `rlp: ${fault.field} is a list, bytes expected`
    case "integer too long":
      return `rlp: ${fault.field} has ${fault.bytes} bytes, at most 8 are allowed`
    case "leading zero":
      return `rlp: non-canonical integer (leading zero bytes) in ${fault.field}`
    case "integer too large":
      return `${fault.field} does not fit in ${fault.bits} bits`
    case "recipient length":
      return `rlp: the recipient has ${fault.bytes} bytes, 20 or none expected`
    case "access list":
      return "access lists are not supported: Filecoin has no warm storage slots to announce, send an empty list"
    case "chain id":
      return `invalid chain id for signer: have ${fault.got} want ${fault.expected}`
    case "parity":
      return `invalid transaction v, r, s values: v is ${fault.v}, ${fault.form === "eip1559" ? "0 or 1" : "27, 28 or an EIP-155 value"} expected`
    case "signature range":
      return `invalid transaction v, r, s values: ${fault.field} is not in 1..n-1`
    case "high s":
      return "invalid transaction v, r, s values: s is in the upper half of the curve order (EIP-2)"
    case "signature length":
      return "invalid transaction v, r, s values: r or s is longer than 32 bytes"
    case "unrecoverable":
      return "invalid transaction v, r, s values: no public key can be recovered"
    case "unsupported EAM method":
      return "the Ethereum Address Manager cannot be called by a transaction to its masked ID: leave the recipient out to create a contract"
  }
}

function describeFaultAsLotus(fault: TransactionFault): string {
  const inForm = (form: TransactionForm, text: string): string =>
    form === "legacy" ? `failed to parse legacy transaction: ${text}` : text
  switch (fault.kind) {
    case "empty":
      return "empty data"
    case "eip-2930":
      return "EIP-2930 transaction is not supported"
    case "unsupported type":
      return "unsupported transaction type"
    case "rlp":
      return inForm(fault.form, `invalid rlp data: ${fault.reason}`)
    case "not a list":
      return inForm(fault.form, `not ${article(fault.form)} transaction: decoded data is not a list`)
    case "field count":
      return inForm(
        fault.form,
        `not ${article(fault.form)} transaction: should have ${fault.expected} elements in the rlp list`,
      )
    case "field is a list":
      return inForm(fault.form, listFieldAsLotus(fault.field, fault.form))
    case "integer too long":
      return inForm(fault.form, "cannot parse interface to int: length is more than 8 bytes")
    case "leading zero":
    case "integer too large":
      return inForm(fault.form, describeFault(fault)) // Lotus takes these
    case "recipient length":
      return inForm(fault.form, "cannot parse bytes into an EthAddress: incorrect input length")
    case "access list":
      return "access list should be an empty list"
    case "chain id":
      return fault.form === "legacy"
        ? `failed to parse legacy transaction: failed to validate EIP155 chain id: invalid chain id, expected ${fault.expected}, got ${fault.got}`
        : `failed to convert to unsigned msg: invalid chain id: ${fault.got}`
    case "parity":
      return fault.form === "eip1559"
        ? "EIP-1559 transactions only support 0 or 1 for v"
        : `failed to parse legacy transaction: legacy homestead transactions only support 27 or 28 for v, got ${fault.v}`
    case "signature range":
    case "high s":
    case "unrecoverable":
      return "failed to calculate sender: failed to recover pubkey: secp256k1/secec: invalid scalar"
    case "signature length":
      return "failed to calculate sender: failed to get signature: signature is not 65 bytes"
    case "unsupported EAM method":
      return "signature verification failed: failed to validate signature: failed to reconstruct Ethereum transaction: failed to parse input params and recipient: unsupported EAM method"
  }
}

const name = (form: TransactionForm): string => (form === "legacy" ? "legacy" : "type 2")
const article = (form: TransactionForm): string => (form === "legacy" ? "a Legacy" : "an EIP-1559")

function listFieldAsLotus(field: string, form: TransactionForm): string {
  switch (field) {
    case "nonce":
    case "gasLimit":
    case "chainId":
      return "cannot parse interface to int: input is not a byte array"
    case "data":
      return form === "legacy"
        ? "input is not a byte slice"
        : "cannot parse interface into bytes: input is not a byte array"
    case "to":
      return "cannot parse interface into bytes: input is not a byte array"
    default:
      return "cannot parse interface to big.Int: input is not a byte array"
  }
}

/** A Filecoin message that is no Ethereum transaction: another signature, method or receiver. Not a fault of anyone. */
export class NotAnEthereumTransaction extends Error {
  override readonly name = "NotAnEthereumTransaction"
}
