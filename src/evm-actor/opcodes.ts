/**
 * Every instruction of the EVM as this actor has it: one row each. The interpreter's dispatch is generated from this table
 * (`node --import tsx scripts/gen-evm-dispatch.ts`), and so is everything else that has to know opcodes.
 *
 * What is not here is undefined and ends the call with exit code 35; CALLCODE, BLOBHASH and BLOBBASEFEE among it.
 */

/** What an instruction does to the stack, and who does it. */
export interface Opcode {
  /** The byte. */
  readonly code: number
  readonly name: string
  /** Words taken off the stack. For DUP and SWAP: how deep they reach. */
  readonly pops: number
  /** Words put on it. */
  readonly pushes: number
  /** Bytes of immediate data. Default: 0. */
  readonly immediate?: number
  /**
   * `family.function` of instructions/: a function of words, called with the address of the deepest word popped (or of the
   * free slot), where it leaves its result. Or a shape that the generator writes into the loop itself, see there.
   */
  readonly run: string
  /** The function can end the call, and its message then says where. */
  readonly fails?: true
  readonly source: string
}

type Row = Omit<Opcode, "code" | "name">

function op(code: number, name: string, row: Row): Opcode {
  return { code, name, ...row }
}

const YELLOW_PAPER = "Yellow Paper, appendix H"

/** PUSH0 to PUSH32, DUP1 to DUP16, SWAP1 to SWAP16, LOG0 to LOG4. */
function* series(): Generator<Opcode> {
  for (let n = 0; n <= 32; n++)
    yield op(0x5f + n, `PUSH${n}`, {
      pops: 0,
      pushes: 1,
      immediate: n,
      run: "push",
      source: n ? YELLOW_PAPER : "EIP-3855",
    })
  for (let n = 1; n <= 16; n++)
    yield op(0x7f + n, `DUP${n}`, { pops: n, pushes: n + 1, run: "dup", source: YELLOW_PAPER })
  for (let n = 1; n <= 16; n++)
    yield op(0x8f + n, `SWAP${n}`, { pops: n + 1, pushes: n + 1, run: "swap", source: YELLOW_PAPER })
  for (let n = 0; n <= 4; n++)
    yield op(0xa0 + n, `LOG${n}`, { pops: n + 2, pushes: 0, run: `log.log${n}`, fails: true, source: "FIP-0054; FIP-0049" })
}

/** All instructions in the order of their bytes. */
export const OPCODES: readonly Opcode[] = [
  op(0x00, "STOP", { pops: 0, pushes: 0, run: "stop", source: YELLOW_PAPER }),
  op(0x01, "ADD", { pops: 2, pushes: 1, run: "u256.add", source: YELLOW_PAPER }),
  op(0x02, "MUL", { pops: 2, pushes: 1, run: "u256.mul", source: YELLOW_PAPER }),
  op(0x03, "SUB", { pops: 2, pushes: 1, run: "u256.sub", source: YELLOW_PAPER }),
  op(0x04, "DIV", { pops: 2, pushes: 1, run: "u256.div", source: YELLOW_PAPER }),
  op(0x05, "SDIV", { pops: 2, pushes: 1, run: "u256.sdiv", source: YELLOW_PAPER }),
  op(0x06, "MOD", { pops: 2, pushes: 1, run: "u256.mod", source: YELLOW_PAPER }),
  op(0x07, "SMOD", { pops: 2, pushes: 1, run: "u256.smod", source: YELLOW_PAPER }),
  op(0x08, "ADDMOD", { pops: 3, pushes: 1, run: "u256.addmod", source: YELLOW_PAPER }),
  op(0x09, "MULMOD", { pops: 3, pushes: 1, run: "u256.mulmod", source: YELLOW_PAPER }),
  op(0x0a, "EXP", { pops: 2, pushes: 1, run: "u256.exp", source: YELLOW_PAPER }),
  op(0x0b, "SIGNEXTEND", { pops: 2, pushes: 1, run: "u256.signextend", source: YELLOW_PAPER }),
  op(0x10, "LT", { pops: 2, pushes: 1, run: "u256.lt", source: YELLOW_PAPER }),
  op(0x11, "GT", { pops: 2, pushes: 1, run: "u256.gt", source: YELLOW_PAPER }),
  op(0x12, "SLT", { pops: 2, pushes: 1, run: "u256.slt", source: YELLOW_PAPER }),
  op(0x13, "SGT", { pops: 2, pushes: 1, run: "u256.sgt", source: YELLOW_PAPER }),
  op(0x14, "EQ", { pops: 2, pushes: 1, run: "u256.eq", source: YELLOW_PAPER }),
  op(0x15, "ISZERO", { pops: 1, pushes: 1, run: "u256.iszero", source: YELLOW_PAPER }),
  op(0x16, "AND", { pops: 2, pushes: 1, run: "u256.and", source: YELLOW_PAPER }),
  op(0x17, "OR", { pops: 2, pushes: 1, run: "u256.or", source: YELLOW_PAPER }),
  op(0x18, "XOR", { pops: 2, pushes: 1, run: "u256.xor", source: YELLOW_PAPER }),
  op(0x19, "NOT", { pops: 1, pushes: 1, run: "u256.not", source: YELLOW_PAPER }),
  op(0x1a, "BYTE", { pops: 2, pushes: 1, run: "u256.byte", source: YELLOW_PAPER }),
  op(0x1b, "SHL", { pops: 2, pushes: 1, run: "u256.shl", source: "EIP-145" }),
  op(0x1c, "SHR", { pops: 2, pushes: 1, run: "u256.shr", source: "EIP-145" }),
  op(0x1d, "SAR", { pops: 2, pushes: 1, run: "u256.sar", source: "EIP-145" }),
  op(0x1e, "CLZ", { pops: 1, pushes: 1, run: "u256.clz256", source: "EIP-7939" }),
  op(0x20, "KECCAK256", { pops: 2, pushes: 1, run: "memory.keccak256", fails: true, source: YELLOW_PAPER }),
  op(0x30, "ADDRESS", { pops: 0, pushes: 1, run: "context.address", source: YELLOW_PAPER }),
  op(0x31, "BALANCE", { pops: 1, pushes: 1, run: "context.balance", source: YELLOW_PAPER }),
  op(0x32, "ORIGIN", { pops: 0, pushes: 1, run: "context.origin", source: YELLOW_PAPER }),
  op(0x33, "CALLER", { pops: 0, pushes: 1, run: "context.caller", source: YELLOW_PAPER }),
  op(0x34, "CALLVALUE", { pops: 0, pushes: 1, run: "context.callvalue", source: YELLOW_PAPER }),
  op(0x35, "CALLDATALOAD", { pops: 1, pushes: 1, run: "data.calldataload", source: YELLOW_PAPER }),
  op(0x36, "CALLDATASIZE", { pops: 0, pushes: 1, run: "data.calldatasize", source: YELLOW_PAPER }),
  op(0x37, "CALLDATACOPY", { pops: 3, pushes: 0, run: "data.calldatacopy", fails: true, source: YELLOW_PAPER }),
  op(0x38, "CODESIZE", { pops: 0, pushes: 1, run: "data.codesize", source: YELLOW_PAPER }),
  op(0x39, "CODECOPY", { pops: 3, pushes: 0, run: "data.codecopy", fails: true, source: YELLOW_PAPER }),
  op(0x3a, "GASPRICE", { pops: 0, pushes: 1, run: "context.gasprice", source: "FIP-0054" }),
  op(0x3b, "EXTCODESIZE", { pops: 1, pushes: 1, run: "external.extcodesize", fails: true, source: "FIP-0054" }),
  op(0x3c, "EXTCODECOPY", { pops: 4, pushes: 0, run: "external.extcodecopy", fails: true, source: "FIP-0054" }),
  op(0x3d, "RETURNDATASIZE", { pops: 0, pushes: 1, run: "data.returndatasize", source: "EIP-211" }),
  op(0x3e, "RETURNDATACOPY", { pops: 3, pushes: 0, run: "data.returndatacopy", fails: true, source: "EIP-211" }),
  op(0x3f, "EXTCODEHASH", { pops: 1, pushes: 1, run: "external.extcodehash", fails: true, source: "EIP-1052; FIP-0054" }),
  op(0x40, "BLOCKHASH", { pops: 1, pushes: 1, run: "context.blockhash", source: "FIP-0054" }),
  op(0x41, "COINBASE", { pops: 0, pushes: 1, run: "context.coinbase", source: "FIP-0054" }),
  op(0x42, "TIMESTAMP", { pops: 0, pushes: 1, run: "context.timestamp", source: YELLOW_PAPER }),
  op(0x43, "NUMBER", { pops: 0, pushes: 1, run: "context.number", source: "FIP-0054" }),
  op(0x44, "PREVRANDAO", { pops: 0, pushes: 1, run: "context.prevrandao", fails: true, source: "EIP-4399; FIP-0054" }),
  op(0x45, "GASLIMIT", { pops: 0, pushes: 1, run: "context.gaslimit", source: "FIP-0054" }),
  op(0x46, "CHAINID", { pops: 0, pushes: 1, run: "context.chainid", source: "EIP-1344" }),
  op(0x47, "SELFBALANCE", { pops: 0, pushes: 1, run: "context.selfbalance", source: "EIP-1884" }),
  op(0x48, "BASEFEE", { pops: 0, pushes: 1, run: "context.basefee", source: "EIP-3198" }),
  op(0x50, "POP", { pops: 1, pushes: 0, run: "pop", source: YELLOW_PAPER }),
  op(0x51, "MLOAD", { pops: 1, pushes: 1, run: "memory.mload", fails: true, source: YELLOW_PAPER }),
  op(0x52, "MSTORE", { pops: 2, pushes: 0, run: "memory.mstore", fails: true, source: YELLOW_PAPER }),
  op(0x53, "MSTORE8", { pops: 2, pushes: 0, run: "memory.mstore8", fails: true, source: YELLOW_PAPER }),
  op(0x54, "SLOAD", { pops: 1, pushes: 1, run: "storage.sload", source: YELLOW_PAPER }),
  op(0x55, "SSTORE", { pops: 2, pushes: 0, run: "storage.sstore", fails: true, source: YELLOW_PAPER }),
  op(0x56, "JUMP", { pops: 1, pushes: 0, run: "jump", source: YELLOW_PAPER }),
  op(0x57, "JUMPI", { pops: 2, pushes: 0, run: "jumpi", source: YELLOW_PAPER }),
  op(0x58, "PC", { pops: 0, pushes: 1, run: "pc", source: YELLOW_PAPER }),
  op(0x59, "MSIZE", { pops: 0, pushes: 1, run: "memory.msize", source: YELLOW_PAPER }),
  op(0x5a, "GAS", { pops: 0, pushes: 1, run: "context.gas", source: "FIP-0054" }),
  op(0x5b, "JUMPDEST", { pops: 0, pushes: 0, run: "nothing", source: YELLOW_PAPER }),
  op(0x5c, "TLOAD", { pops: 1, pushes: 1, run: "storage.tload", source: "EIP-1153; FIP-0097" }),
  op(0x5d, "TSTORE", { pops: 2, pushes: 0, run: "storage.tstore", fails: true, source: "EIP-1153; FIP-0097" }),
  op(0x5e, "MCOPY", { pops: 3, pushes: 0, run: "memory.mcopy", fails: true, source: "EIP-5656; FIP-0097" }),
  ...series(),
  op(0xf0, "CREATE", { pops: 3, pushes: 1, run: "create.create", fails: true, source: "FIP-0054; FIP-0055" }),
  op(0xf1, "CALL", { pops: 7, pushes: 1, run: "call.call", fails: true, source: "FIP-0054" }),
  op(0xf3, "RETURN", { pops: 2, pushes: 0, run: "return", source: YELLOW_PAPER }),
  op(0xf4, "DELEGATECALL", { pops: 6, pushes: 1, run: "call.delegatecall", fails: true, source: "EIP-7; FIP-0054" }),
  op(0xf5, "CREATE2", { pops: 4, pushes: 1, run: "create.create2", fails: true, source: "EIP-1014; FIP-0055" }),
  op(0xfa, "STATICCALL", { pops: 6, pushes: 1, run: "call.staticcall", fails: true, source: "EIP-214; FIP-0054" }),
  op(0xfd, "REVERT", { pops: 2, pushes: 0, run: "revert", source: "EIP-140" }),
  op(0xfe, "INVALID", { pops: 0, pushes: 0, run: "invalid", source: "EIP-141" }),
  op(0xff, "SELFDESTRUCT", { pops: 1, pushes: 0, run: "selfdestruct", source: "FIP-0054" }),
].sort((a, b) => a.code - b.code)
