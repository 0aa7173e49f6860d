/** Names of instructions that stand alone, by their byte. */
const NAMES: Readonly<Record<number, string>> = {
  0: "STOP",
  1: "ADD",
  2: "MUL",
  3: "SUB",
  4: "DIV",
  5: "SDIV",
  6: "MOD",
  7: "SMOD",
  8: "ADDMOD",
  9: "MULMOD",
  10: "EXP",
  11: "SIGNEXTEND",
  16: "LT",
  17: "GT",
  18: "SLT",
  19: "SGT",
  20: "EQ",
  21: "ISZERO",
  22: "AND",
  23: "OR",
  24: "XOR",
  25: "NOT",
  26: "BYTE",
  27: "SHL",
  28: "SHR",
  29: "SAR",
  30: "CLZ",
  32: "KECCAK256",
  48: "ADDRESS",
  49: "BALANCE",
  50: "ORIGIN",
  51: "CALLER",
  52: "CALLVALUE",
  53: "CALLDATALOAD",
  54: "CALLDATASIZE",
  55: "CALLDATACOPY",
  56: "CODESIZE",
  57: "CODECOPY",
  58: "GASPRICE",
  59: "EXTCODESIZE",
  60: "EXTCODECOPY",
  61: "RETURNDATASIZE",
  62: "RETURNDATACOPY",
  63: "EXTCODEHASH",
  64: "BLOCKHASH",
  65: "COINBASE",
  66: "TIMESTAMP",
  67: "NUMBER",
  68: "PREVRANDAO",
  69: "GASLIMIT",
  70: "CHAINID",
  71: "SELFBALANCE",
  72: "BASEFEE",
  73: "BLOBHASH",
  74: "BLOBBASEFEE",
  80: "POP",
  81: "MLOAD",
  82: "MSTORE",
  83: "MSTORE8",
  84: "SLOAD",
  85: "SSTORE",
  86: "JUMP",
  87: "JUMPI",
  88: "PC",
  89: "MSIZE",
  90: "GAS",
  91: "JUMPDEST",
  92: "TLOAD",
  93: "TSTORE",
  94: "MCOPY",
  240: "CREATE",
  241: "CALL",
  242: "CALLCODE",
  243: "RETURN",
  244: "DELEGATECALL",
  245: "CREATE2",
  250: "STATICCALL",
  253: "REVERT",
  254: "INVALID",
  255: "SELFDESTRUCT",
}

/** Names of instructions that come in rows: the first byte, how many, and the number of the first. */
const SERIES: readonly (readonly [name: string, first: number, count: number, from: number])[] = [
  ["PUSH", 0x5f, 33, 0],
  ["DUP", 0x80, 16, 1],
  ["SWAP", 0x90, 16, 1],
  ["LOG", 0xa0, 5, 0],
]

/**
 * The name of an EVM instruction, as traces have it.
 *
 * @param code - The byte. One that means nothing is told as geth tells it.
 * @see Yellow Paper, appendix H; geth core/vm/opcodes.go
 */
export function opcodeName(code: number): string {
  const name = NAMES[code]
  if (name !== undefined) return name
  const row = SERIES.find(([, first, count]) => code >= first && code < first + count)
  return row ? `${row[0]}${code - row[1] + row[3]}` : `opcode 0x${code.toString(16)} not defined`
}
