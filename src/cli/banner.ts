import { bytesToHex } from "@noble/hashes/utils.js"
import { DEFAULT_MNEMONIC, DERIVATION_PATH } from "./accounts.ts"
import { formatFil } from "./amounts.ts"
import type { FevmNode } from "./start-node.ts"
import { packageVersion } from "./version.ts"

/** What a node says of itself before it says where it listens. */
export function describeNode({ accounts, balance, chain, bundleName }: FevmNode, mnemonic: string): string {
  const fil = formatFil(balance)
  const rows = accounts.map(({ ethAddress, filecoinAddress, privateKey }, i) =>
    [`(${i}) ${ethAddress} (${fil} FIL)`, `    ${filecoinAddress}`, `    0x${bytesToHex(privateKey)}`].join("\n"),
  )
  const warning =
    mnemonic === DEFAULT_MNEMONIC ? ["", "Everybody knows these keys: never send real money to these accounts."] : []
  return [
    "",
    `fevm ${packageVersion()}: a Filecoin EVM node`,
    "",
    "Accounts: Ethereum address, Filecoin address, private key",
    "==================",
    ...rows,
    ...warning,
    "",
    "Wallet",
    "==================",
    `Mnemonic:          ${mnemonic}`,
    `Derivation path:   ${DERIVATION_PATH}/i`,
    "",
    "Network",
    "==================",
    `Chain ID:          ${chain.chainId}`,
    `Network version:   ${chain.networkVersion}`,
    `Actor bundle:      ${bundleName}`,
    `Bundle manifest:   ${chain.bundle.manifest}`,
    `Genesis timestamp: ${chain.genesis.timestamp}`,
    `Base fee:          ${chain.nextBaseFee} attoFIL`,
    `Block gas limit:   ${chain.blockGasLimit}`,
    "",
    "",
  ].join("\n")
}
