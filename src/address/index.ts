export { Address, MAX_SUBADDRESS_LENGTH, type NetworkPrefix, type Protocol } from "./address.ts"
export { AddressError } from "./errors.ts"
export {
  EAM_NAMESPACE,
  ETH_ADDRESS_LENGTH,
  formatEthAddress,
  isMaskedId,
  maskedIdAddress,
  parseEthAddress,
  toEthAddress,
  toFilecoinAddress,
} from "./ethereum.ts"
