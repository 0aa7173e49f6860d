import { keccak_256 } from "@noble/hashes/sha3.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"

/** Functions that are the same in every contract of their kind: ERC-20, 2612, 721, 1155, 165, 173, wrapped tokens, multicalls, proxies. */
const SIGNATURES: readonly string[] = [
  "name()",
  "symbol()",
  "decimals()",
  "totalSupply()",
  "balanceOf(address)",
  "transfer(address,uint256)",
  "transferFrom(address,address,uint256)",
  "approve(address,uint256)",
  "allowance(address,address)",
  "mint(address,uint256)",
  "burn(uint256)",
  "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
  "nonces(address)",
  "DOMAIN_SEPARATOR()",
  "ownerOf(uint256)",
  "tokenURI(uint256)",
  "getApproved(uint256)",
  "setApprovalForAll(address,bool)",
  "isApprovedForAll(address,address)",
  "safeTransferFrom(address,address,uint256)",
  "safeTransferFrom(address,address,uint256,bytes)",
  "safeMint(address,uint256)",
  "uri(uint256)",
  "balanceOf(address,uint256)",
  "balanceOfBatch(address[],uint256[])",
  "safeTransferFrom(address,address,uint256,uint256,bytes)",
  "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
  "supportsInterface(bytes4)",
  "owner()",
  "transferOwnership(address)",
  "renounceOwnership()",
  "deposit()",
  "withdraw(uint256)",
  "multicall(bytes[])",
  "aggregate3((address,bool,bytes)[])",
  "upgradeToAndCall(address,bytes)",
  "proxiableUUID()",
  "implementation()",
]

let selectors: ReadonlyMap<string, string> | undefined

/** First 8 hex digits of a signature's Keccak hash. */
export function selectorOf(signature: string): string {
  return bytesToHex(keccak_256(utf8ToBytes(signature)).subarray(0, 4))
}

/** Signature of a function that every contract of its kind has; undefined for others. @param selector - 8 hex digits */
export function knownMethod(selector: string): string | undefined {
  selectors ??= new Map(SIGNATURES.map((signature) => [selectorOf(signature), signature]))
  return selectors.get(selector)
}

/** Methods of native actors by number, as far as they have one meaning. @see FRC-0042; builtin-actors */
const NATIVE_METHODS: Readonly<Record<string, string>> = {
  0: "Send",
  3844450837: "InvokeContract",
  3726118371: "UniversalReceiverHook",
  116935346: "Mint",
  3261979605: "Balance",
  80475954: "Transfer",
  3621052141: "TransferFrom",
  4205072950: "Allowance",
  114981429: "TotalSupply",
  3916220144: "AddVerifiedClient",
  2199871187: "GetClaims",
  1752273514: "ExtendClaimTerms",
  2421068268: "RemoveExpiredAllocations",
}

/** `InvokeContract`, or `method 7`. */
export function nameOfNativeMethod(method: bigint): string {
  return NATIVE_METHODS[`${method}`] ?? `method ${method}`
}
