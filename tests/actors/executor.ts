import { compile } from "../diff/steps/solidity.ts"

/*
 * A contract whose call data is what it is to do: a list of actions, each a byte and its operands. Calls and creations carry lists of their
 * own, so that a message is a tree of whatever a contract can do. What actions find out is gathered and returned at the end.
 */
const SOURCE = `
contract Executor {
  fallback() external payable {
    assembly {
      let at := 0
      let end := calldatasize()
      // handle_filecoin_method(uint64,uint64,bytes): the list is in the parameters.
      if eq(shr(224, calldataload(0)), 0x868e10c4) {
        at := 132
        end := add(132, calldataload(100))
      }
      let out := 0x4000
      for {} lt(at, end) {} {
        let op := byte(0, calldataload(at))
        let a := calldataload(add(at, 1))
        let b := calldataload(add(at, 33))
        let c := calldataload(add(at, 65))
        let next := add(at, 33)
        switch op
        case 1 { sstore(a, b) next := add(at, 65) }
        case 2 { mstore(out, sload(a)) out := add(out, 32) }
        case 3 { tstore(a, b) next := add(at, 65) }
        case 4 { mstore(out, tload(a)) out := add(out, 32) }
        case 5 {
          // how many topics, bytes of data; both come from the input
          next := add(at, 65)
          calldatacopy(0, at, b)
          switch a
          case 0 { log0(0, b) }
          case 1 { log1(0, b, a) }
          case 2 { log2(0, b, a, b) }
          case 3 { log3(0, b, a, b, at) }
          default { log4(0, b, a, b, at, caller()) }
        }
        case 6 {
          // kind and gas, address, value, length; the data
          let size := calldataload(add(at, 97))
          let data := add(at, 129)
          calldatacopy(out, data, size)
          let give := shr(8, a)
          if iszero(give) { give := gas() }
          let done := 0
          switch and(a, 0xff)
          case 0 { done := call(give, b, c, out, size, 0, 0) }
          case 1 { done := staticcall(give, b, out, size, 0, 0) }
          case 2 { done := delegatecall(give, b, out, size, 0, 0) }
          default { done := call(0, b, c, out, size, out, 64) }
          mstore(out, add(shl(128, done), returndatasize()))
          returndatacopy(add(out, 32), 0, returndatasize())
          out := add(add(out, 32), returndatasize())
          next := add(data, size)
        }
        case 7 {
          // salt + 1 or 0, value, length; the initcode
          let data := add(at, 97)
          calldatacopy(out, data, c)
          let made := 0
          switch a
          case 0 { made := create(b, out, c) }
          default { made := create2(b, out, c, sub(a, 1)) }
          mstore(out, made)
          mstore(add(out, 32), returndatasize())
          returndatacopy(add(out, 64), 0, returndatasize())
          out := add(add(out, 64), returndatasize())
          next := add(data, c)
        }
        case 8 { selfdestruct(a) }
        case 9 { revert(0x4000, sub(out, 0x4000)) }
        case 10 { return(0x4000, sub(out, 0x4000)) }
        case 11 { invalid() }
        case 12 {
          mstore(out, balance(a))
          mstore(add(out, 32), extcodesize(a))
          mstore(add(out, 64), extcodehash(a))
          mstore(add(out, 96), 0)
          extcodecopy(a, add(out, 96), 0, 40)
          out := add(out, 128)
        }
        case 13 {
          mstore(out, address()) mstore(add(out, 32), caller()) mstore(add(out, 64), origin()) mstore(add(out, 96), callvalue())
          mstore(add(out, 128), selfbalance()) mstore(add(out, 160), chainid()) mstore(add(out, 192), basefee())
          mstore(add(out, 224), gaslimit()) mstore(add(out, 256), coinbase()) mstore(add(out, 288), prevrandao())
          mstore(add(out, 320), number()) mstore(add(out, 352), timestamp()) mstore(add(out, 384), codesize())
          mstore(add(out, 416), calldatasize()) mstore(add(out, 448), gasprice()) mstore(add(out, 480), msize())
          out := add(out, 512)
          next := add(at, 1)
        }
        case 14 { mstore(out, blockhash(a)) out := add(out, 32) }
        case 15 { mstore(out, a) out := add(out, 32) }
        case 16 { mstore(out, mload(a)) out := add(out, 32) }
        case 17 { mstore(out, keccak256(a, b)) out := add(out, 32) next := add(at, 65) }
        case 18 { for { let i := 0 } lt(i, b) { i := add(i, 1) } { sstore(add(a, i), add(i, c)) } next := add(at, 97) }
        case 19 {
          let sum := 0
          for { let i := 0 } lt(i, b) { i := add(i, 1) } { sum := add(mul(sum, 3), sload(add(a, i))) }
          mstore(out, sum)
          out := add(out, 32)
          next := add(at, 97)
        }
        case 20 { mcopy(a, b, c) next := add(at, 97) }
        case 21 { returndatacopy(out, a, b) next := add(at, 65) }
        case 22 { for { let i := 0 } lt(i, b) { i := add(i, 1) } { mstore(0, i) sstore(keccak256(0, 64), a) } next := add(at, 65) }
        default { revert(0, 0) }
        at := next
      }
      return(0x4000, sub(out, 0x4000))
    }
  }
}`

/** Runtime code of the executor, as hex digits. */
export const executorCode = (): string => (compile(SOURCE).Executor as { runtime: string }).runtime.slice(2)

const word = (value: bigint | number): string => BigInt.asUintN(256, BigInt(value)).toString(16).padStart(64, "0")
const length = (data: string): string => word(data.length / 2)
const action = (op: number, ...operands: ReadonlyArray<bigint | number>): string =>
  op.toString(16).padStart(2, "0") + operands.map(word).join("")

type Word = bigint | number

/** How the executor calls. `idle` gives no gas and wants 64 bytes of output. */
export const CALL: Readonly<Record<"call" | "static" | "delegate" | "idle", number>> = {
  call: 0,
  static: 1,
  delegate: 2,
  idle: 3,
}

/** What there is to do, as hex digits; a list of actions is their concatenation. Words are operands of the instruction. */
export interface Actions {
  store(key: Word, value: Word): string
  load(key: Word): string
  storeTransient(key: Word, value: Word): string
  loadTransient(key: Word): string
  /** Topics, up to 4 and more; the data is that many bytes of the list from here on. */
  log(topics: number, bytes: number): string
  /** Gathers success, size and the data that came back. @param gas - Default: all. */
  call(kind: number, to: Word, value: Word, data: string, gas?: Word): string
  create(value: Word, initcode: string): string
  create2(salt: number, value: Word, initcode: string): string
  selfdestruct(to: Word): string
  /** The end, with what was gathered. */
  revert(): string
  finish(): string
  invalid(): string
  /** Balance, size, hash and code of an address. */
  look(at: Word): string
  environment(): string
  blockhash(epoch: Word): string
  word(value: Word): string
  memory(at: Word): string
  hash(at: Word, size: Word): string
  storeMany(key: Word, count: number, value: Word): string
  loadMany(key: Word, count: number): string
  copy(to: Word, from: Word, size: Word): string
  returned(from: Word, size: Word): string
  /** Slots at keccak-256 of 0, 1, 2, ... */
  storeScattered(value: Word, count: number): string
}

/** The actions. */
export const act: Actions = {
  store: (key: Word, value: Word) => action(1, key, value),
  load: (key: Word) => action(2, key),
  storeTransient: (key: Word, value: Word) => action(3, key, value),
  loadTransient: (key: Word) => action(4, key),
  log: (topics: number, bytes: number) => action(5, topics, bytes),
  call: (kind: number, to: Word, value: Word, data: string, gas: Word = 0) =>
    action(6, (BigInt(gas) << 8n) | BigInt(kind), to, value) + length(data) + data,
  create: (value: Word, initcode: string) => action(7, 0, value) + length(initcode) + initcode,
  create2: (salt: number, value: Word, initcode: string) => action(7, salt + 1, value) + length(initcode) + initcode,
  selfdestruct: (to: Word) => action(8, to),
  revert: () => action(9),
  finish: () => action(10),
  invalid: () => action(11),
  look: (at: Word) => action(12, at),
  environment: () => action(13),
  blockhash: (epoch: Word) => action(14, epoch),
  word: (value: Word) => action(15, value),
  memory: (at: Word) => action(16, at),
  hash: (at: Word, size: Word) => action(17, at, size),
  storeMany: (key: Word, count: number, value: Word) => action(18, key, count, value),
  loadMany: (key: Word, count: number) => action(19, key, count, 0),
  copy: (to: Word, from: Word, size: Word) => action(20, to, from, size),
  returned: (from: Word, size: Word) => action(21, from, size),
  storeScattered: (value: Word, count: number) => action(22, value, count),
}

/** Names of initcodes. */
export type Initcode = (typeof NAMES)[number]
const NAMES = [
  "twin", "storing", "logging", "dying", "empty", "nothing", "reverting", "reserved", "largest", "tooLarge", "invalid", "underflow",
  "callback", "looking",
] as const // biome-ignore format: a table

/** Initcodes, as hex digits. `twin` deploys the code of whoever makes it. */
export const INITCODE: Readonly<Record<Initcode, string>> = {
  // CALLER EXTCODESIZE DUP1 PUSH0 PUSH0 CALLER EXTCODECOPY PUSH0 RETURN
  twin: "333b805f5f333c5ff3",
  storing: "6007600355602a60015d333b805f5f333c5ff3",
  logging: "365f5fa1333b805f5f333c5ff3",
  // CALLER SELFDESTRUCT
  dying: "33ff",
  empty: "00",
  nothing: "",
  reverting: "63deadbeef5f5260205ffd",
  reserved: "60ef5f5360015ff3",
  // 24,576 and 24,577 bytes of zeros
  largest: "6160005ff3",
  tooLarge: "6160015ff3",
  invalid: "fe",
  underflow: "50",
  // CALL of the maker with gas, no data; then the twin
  callback: "5f5f5f5f5f335af150333b805f5f333c5ff3",
  // SSTORE of ADDRESS' own size and code hash, and CODESIZE
  looking: "303b5f55303f6001553860025533600355333b805f5f333c5ff3",
}
