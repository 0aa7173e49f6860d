// Generated from opcodes.ts by scripts/gen-evm-dispatch.ts. Do not edit.
/**
 * The interpreter's loop. `pc` is the address of the running instruction, `sp` that of the top word. Functions of words get
 * the address of the deepest word that they pop, see u256.ts.
 */
import * as call from "./instructions/call"
import * as context from "./instructions/context"
import * as create from "./instructions/create"
import * as data from "./instructions/data"
import * as external from "./instructions/external"
import * as log from "./instructions/log"
import * as words from "./instructions/memory"
import * as storage from "./instructions/storage"
import { EvmExit, fail, setRunning } from "./fail"
import { code, isJumpDest } from "./frame"
import { region, regionSize } from "./memory"
import { payBeforeCall, walk } from "./pace"
import * as u256 from "./u256"
import { copy, isZero, set64, swap, swap32, swapBytes } from "./u256"

/** The stack: 1,024 words. */
const STACK: usize = memory.data(32768, 8)
const LAST: usize = STACK + 32 * 1023

/** What RETURN or REVERT hands out. */
export let output: usize = 0
export let outputLength: u32 = 0

/** Whether execution ended with REVERT. */
export let reverted: bool = false

// @ts-ignore: decorator
@inline
function stop(at: usize, length: u32): void {
  output = at
  outputLength = length
}

function underflow(pc: usize): void {
  setRunning(pc)
  fail(EvmExit.STACK_UNDERFLOW, "stack underflow")
}

function overflow(pc: usize): void {
  setRunning(pc)
  fail(EvmExit.STACK_OVERFLOW, "stack overflow")
}

function undefinedInstruction(pc: usize): void {
  setRunning(pc)
  fail(EvmExit.UNDEFINED_INSTRUCTION, "undefined instruction")
}

function invalidInstruction(pc: usize): void {
  setRunning(pc)
  fail(EvmExit.INVALID_INSTRUCTION, "invalid instruction")
}

function badJump(pc: usize): void {
  setRunning(pc)
  fail(EvmExit.BAD_JUMPDEST, "jumpdest is invalid")
}

/** Runs the frame's code to its end. Leaves what it returned at `output`. */
export function execute(): void {
  let pc = code
  let sp = STACK - 32
  // As far before `pc` as bytes of code were walked that are not yet counted: a jump moves both.
  let from = pc
  while (true) {
    switch (load<u8>(pc)) {
      case 0x00: // STOP
        walk(pc - from)
        return stop(0, 0)
      case 0x01: // ADD
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.add(sp)
        pc++
        break
      case 0x02: // MUL
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.mul(sp)
        pc++
        break
      case 0x03: // SUB
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.sub(sp)
        pc++
        break
      case 0x04: // DIV
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.div(sp)
        pc++
        break
      case 0x05: // SDIV
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.sdiv(sp)
        pc++
        break
      case 0x06: // MOD
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.mod(sp)
        pc++
        break
      case 0x07: // SMOD
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.smod(sp)
        pc++
        break
      case 0x08: // ADDMOD
        if (sp < STACK + 64) return underflow(pc)
        sp -= 64
        u256.addmod(sp)
        pc++
        break
      case 0x09: // MULMOD
        if (sp < STACK + 64) return underflow(pc)
        sp -= 64
        u256.mulmod(sp)
        pc++
        break
      case 0x0a: // EXP
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.exp(sp)
        pc++
        break
      case 0x0b: // SIGNEXTEND
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.signextend(sp)
        pc++
        break
      case 0x10: // LT
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.lt(sp)
        pc++
        break
      case 0x11: // GT
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.gt(sp)
        pc++
        break
      case 0x12: // SLT
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.slt(sp)
        pc++
        break
      case 0x13: // SGT
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.sgt(sp)
        pc++
        break
      case 0x14: // EQ
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.eq(sp)
        pc++
        break
      case 0x15: // ISZERO
        if (sp < STACK) return underflow(pc)
        u256.iszero(sp)
        pc++
        break
      case 0x16: // AND
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.and(sp)
        pc++
        break
      case 0x17: // OR
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.or(sp)
        pc++
        break
      case 0x18: // XOR
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.xor(sp)
        pc++
        break
      case 0x19: // NOT
        if (sp < STACK) return underflow(pc)
        u256.not(sp)
        pc++
        break
      case 0x1a: // BYTE
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.byte(sp)
        pc++
        break
      case 0x1b: // SHL
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.shl(sp)
        pc++
        break
      case 0x1c: // SHR
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.shr(sp)
        pc++
        break
      case 0x1d: // SAR
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        u256.sar(sp)
        pc++
        break
      case 0x1e: // CLZ
        if (sp < STACK) return underflow(pc)
        u256.clz256(sp)
        pc++
        break
      case 0x20: // KECCAK256
        if (sp < STACK + 32) return underflow(pc)
        sp -= 32
        setRunning(pc)
        words.keccak256(sp)
        pc++
        break
      case 0x30: // ADDRESS
        if (sp >= LAST) return overflow(pc)
        sp += 32
        context.address(sp)
        pc++
        break
      case 0x31: // BALANCE
        if (sp < STACK) return underflow(pc)
        context.balance(sp)
        pc++
        break
      case 0x32: // ORIGIN
        if (sp >= LAST) return overflow(pc)
        sp += 32
        context.origin(sp)
        pc++
        break
      case 0x33: // CALLER
        if (sp >= LAST) return overflow(pc)
        sp += 32
        context.caller(sp)
        pc++
        break
      case 0x34: // CALLVALUE
        if (sp >= LAST) return overflow(pc)
        sp += 32
        context.callvalue(sp)
        pc++
        break
      case 0x35: // CALLDATALOAD
        if (sp < STACK) return underflow(pc)
        data.calldataload(sp)
        pc++
        break
      case 0x36: // CALLDATASIZE
        if (sp >= LAST) return overflow(pc)
        sp += 32
        data.calldatasize(sp)
        pc++
        break
      case 0x37: // CALLDATACOPY
        if (sp < STACK + 64) return underflow(pc)
        sp -= 96
        setRunning(pc)
        data.calldatacopy(sp + 32)
        pc++
        break
      case 0x38: // CODESIZE
        if (sp >= LAST) return overflow(pc)
        sp += 32
        data.codesize(sp)
        pc++
        break
      case 0x39: // CODECOPY
        if (sp < STACK + 64) return underflow(pc)
        sp -= 96
        setRunning(pc)
        data.codecopy(sp + 32)
        pc++
        break
      case 0x3a: // GASPRICE
        if (sp >= LAST) return overflow(pc)
        sp += 32
        context.gasprice(sp)
        pc++
        break
      case 0x3b: // EXTCODESIZE
        if (sp < STACK) return underflow(pc)
        setRunning(pc)
        external.extcodesize(sp)
        pc++
        break
      case 0x3c: // EXTCODECOPY
        if (sp < STACK + 96) return underflow(pc)
        sp -= 128
        setRunning(pc)
        external.extcodecopy(sp + 32)
        pc++
        break
      case 0x3d: // RETURNDATASIZE
        if (sp >= LAST) return overflow(pc)
        sp += 32
        data.returndatasize(sp)
        pc++
        break
      case 0x3e: // RETURNDATACOPY
        if (sp < STACK + 64) return underflow(pc)
        sp -= 96
        setRunning(pc)
        data.returndatacopy(sp + 32)
        pc++
        break
      case 0x3f: // EXTCODEHASH
        if (sp < STACK) return underflow(pc)
        setRunning(pc)
        external.extcodehash(sp)
        pc++
        break
      case 0x40: // BLOCKHASH
        if (sp < STACK) return underflow(pc)
        context.blockhash(sp)
        pc++
        break
      case 0x41: // COINBASE
        if (sp >= LAST) return overflow(pc)
        sp += 32
        context.coinbase(sp)
        pc++
        break
      case 0x42: // TIMESTAMP
        if (sp >= LAST) return overflow(pc)
        sp += 32
        context.timestamp(sp)
        pc++
        break
      case 0x43: // NUMBER
        if (sp >= LAST) return overflow(pc)
        sp += 32
        context.number(sp)
        pc++
        break
      case 0x44: // PREVRANDAO
        if (sp >= LAST) return overflow(pc)
        sp += 32
        setRunning(pc)
        context.prevrandao(sp)
        pc++
        break
      case 0x45: // GASLIMIT
        if (sp >= LAST) return overflow(pc)
        sp += 32
        context.gaslimit(sp)
        pc++
        break
      case 0x46: // CHAINID
        if (sp >= LAST) return overflow(pc)
        sp += 32
        context.chainid(sp)
        pc++
        break
      case 0x47: // SELFBALANCE
        if (sp >= LAST) return overflow(pc)
        sp += 32
        context.selfbalance(sp)
        pc++
        break
      case 0x48: // BASEFEE
        if (sp >= LAST) return overflow(pc)
        sp += 32
        context.basefee(sp)
        pc++
        break
      case 0x50: // POP
        if (sp < STACK) return underflow(pc)
        sp -= 32
        pc++
        break
      case 0x51: // MLOAD
        if (sp < STACK) return underflow(pc)
        setRunning(pc)
        words.mload(sp)
        pc++
        break
      case 0x52: // MSTORE
        if (sp < STACK + 32) return underflow(pc)
        sp -= 64
        setRunning(pc)
        words.mstore(sp + 32)
        pc++
        break
      case 0x53: // MSTORE8
        if (sp < STACK + 32) return underflow(pc)
        sp -= 64
        setRunning(pc)
        words.mstore8(sp + 32)
        pc++
        break
      case 0x54: // SLOAD
        if (sp < STACK) return underflow(pc)
        storage.sload(sp)
        pc++
        break
      case 0x55: // SSTORE
        if (sp < STACK + 32) return underflow(pc)
        sp -= 64
        setRunning(pc)
        storage.sstore(sp + 32)
        pc++
        break
      case 0x56: // JUMP
        if (sp < STACK) return underflow(pc)
        sp -= 32
        if (!isJumpDest(sp + 32)) return badJump(pc)
        from -= pc
        pc = code + load<u32>(sp + 32) + 1
        from += pc
        break
      case 0x57: // JUMPI
        if (sp < STACK + 32) return underflow(pc)
        sp -= 64
        if (isZero(sp + 32)) pc++
        else {
          if (!isJumpDest(sp + 64)) return badJump(pc)
          from -= pc
          pc = code + load<u32>(sp + 64) + 1
          from += pc
        }
        break
      case 0x58: // PC
        if (sp >= LAST) return overflow(pc)
        sp += 32
        set64(sp, u64(pc - code))
        pc++
        break
      case 0x59: // MSIZE
        if (sp >= LAST) return overflow(pc)
        sp += 32
        words.msize(sp)
        pc++
        break
      case 0x5a: // GAS
        if (sp >= LAST) return overflow(pc)
        sp += 32
        context.gas(sp)
        pc++
        break
      case 0x5b: // JUMPDEST
        pc++
        break
      case 0x5c: // TLOAD
        if (sp < STACK) return underflow(pc)
        storage.tload(sp)
        pc++
        break
      case 0x5d: // TSTORE
        if (sp < STACK + 32) return underflow(pc)
        sp -= 64
        setRunning(pc)
        storage.tstore(sp + 32)
        pc++
        break
      case 0x5e: // MCOPY
        if (sp < STACK + 64) return underflow(pc)
        sp -= 96
        setRunning(pc)
        words.mcopy(sp + 32)
        pc++
        break
      case 0x5f: // PUSH0
        if (sp >= LAST) return overflow(pc)
        sp += 32
        set64(sp, 0)
        pc++
        break
      case 0x60: // PUSH1
        if (sp >= LAST) return overflow(pc)
        sp += 32
        set64(sp, load<u8>(pc, 1))
        pc += 2
        break
      case 0x61: // PUSH2
        if (sp >= LAST) return overflow(pc)
        sp += 32
        set64(sp, (u64(load<u8>(pc, 1)) << 8) | load<u8>(pc, 2))
        pc += 3
        break
      case 0x62: // PUSH3
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 40)
        store<u64>(sp, 0, 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 2
        pc += 4
        break
      case 0x63: // PUSH4
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, u64(swap32(load<u32>(pc, 1))))
        store<u64>(sp, 0, 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 3
        pc += 5
        break
      case 0x64: // PUSH5
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 24)
        store<u64>(sp, 0, 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 4
        pc += 6
        break
      case 0x65: // PUSH6
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 16)
        store<u64>(sp, 0, 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 5
        pc += 7
        break
      case 0x66: // PUSH7
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 8)
        store<u64>(sp, 0, 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 6
        pc += 8
        break
      case 0x67: // PUSH8
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 1)))
        store<u64>(sp, 0, 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 7
        pc += 9
        break
      case 0x68: // PUSH9
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 2)))
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 56, 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 8
        pc += 10
        break
      case 0x69: // PUSH10
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 3)))
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 48, 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 9
        pc += 11
        break
      case 0x6a: // PUSH11
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 4)))
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 40, 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 10
        pc += 12
        break
      case 0x6b: // PUSH12
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 5)))
        store<u64>(sp, u64(swap32(load<u32>(pc, 1))), 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 11
        pc += 13
        break
      case 0x6c: // PUSH13
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 6)))
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 24, 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 12
        pc += 14
        break
      case 0x6d: // PUSH14
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 7)))
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 16, 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 13
        pc += 15
        break
      case 0x6e: // PUSH15
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 8)))
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 8, 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 14
        pc += 16
        break
      case 0x6f: // PUSH16
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 9)))
        store<u64>(sp, swapBytes(load<u64>(pc, 1)), 8)
        store<u64>(sp, 0, 16)
        store<u64>(sp, 0, 24)
        from += 15
        pc += 17
        break
      case 0x70: // PUSH17
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 10)))
        store<u64>(sp, swapBytes(load<u64>(pc, 2)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 56, 16)
        store<u64>(sp, 0, 24)
        from += 16
        pc += 18
        break
      case 0x71: // PUSH18
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 11)))
        store<u64>(sp, swapBytes(load<u64>(pc, 3)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 48, 16)
        store<u64>(sp, 0, 24)
        from += 17
        pc += 19
        break
      case 0x72: // PUSH19
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 12)))
        store<u64>(sp, swapBytes(load<u64>(pc, 4)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 40, 16)
        store<u64>(sp, 0, 24)
        from += 18
        pc += 20
        break
      case 0x73: // PUSH20
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 13)))
        store<u64>(sp, swapBytes(load<u64>(pc, 5)), 8)
        store<u64>(sp, u64(swap32(load<u32>(pc, 1))), 16)
        store<u64>(sp, 0, 24)
        from += 19
        pc += 21
        break
      case 0x74: // PUSH21
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 14)))
        store<u64>(sp, swapBytes(load<u64>(pc, 6)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 24, 16)
        store<u64>(sp, 0, 24)
        from += 20
        pc += 22
        break
      case 0x75: // PUSH22
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 15)))
        store<u64>(sp, swapBytes(load<u64>(pc, 7)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 16, 16)
        store<u64>(sp, 0, 24)
        from += 21
        pc += 23
        break
      case 0x76: // PUSH23
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 16)))
        store<u64>(sp, swapBytes(load<u64>(pc, 8)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 8, 16)
        store<u64>(sp, 0, 24)
        from += 22
        pc += 24
        break
      case 0x77: // PUSH24
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 17)))
        store<u64>(sp, swapBytes(load<u64>(pc, 9)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)), 16)
        store<u64>(sp, 0, 24)
        from += 23
        pc += 25
        break
      case 0x78: // PUSH25
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 18)))
        store<u64>(sp, swapBytes(load<u64>(pc, 10)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 2)), 16)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 56, 24)
        from += 24
        pc += 26
        break
      case 0x79: // PUSH26
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 19)))
        store<u64>(sp, swapBytes(load<u64>(pc, 11)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 3)), 16)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 48, 24)
        from += 25
        pc += 27
        break
      case 0x7a: // PUSH27
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 20)))
        store<u64>(sp, swapBytes(load<u64>(pc, 12)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 4)), 16)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 40, 24)
        from += 26
        pc += 28
        break
      case 0x7b: // PUSH28
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 21)))
        store<u64>(sp, swapBytes(load<u64>(pc, 13)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 5)), 16)
        store<u64>(sp, u64(swap32(load<u32>(pc, 1))), 24)
        from += 27
        pc += 29
        break
      case 0x7c: // PUSH29
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 22)))
        store<u64>(sp, swapBytes(load<u64>(pc, 14)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 6)), 16)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 24, 24)
        from += 28
        pc += 30
        break
      case 0x7d: // PUSH30
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 23)))
        store<u64>(sp, swapBytes(load<u64>(pc, 15)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 7)), 16)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 16, 24)
        from += 29
        pc += 31
        break
      case 0x7e: // PUSH31
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 24)))
        store<u64>(sp, swapBytes(load<u64>(pc, 16)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 8)), 16)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)) >> 8, 24)
        from += 30
        pc += 32
        break
      case 0x7f: // PUSH32
        if (sp >= LAST) return overflow(pc)
        sp += 32
        store<u64>(sp, swapBytes(load<u64>(pc, 25)))
        store<u64>(sp, swapBytes(load<u64>(pc, 17)), 8)
        store<u64>(sp, swapBytes(load<u64>(pc, 9)), 16)
        store<u64>(sp, swapBytes(load<u64>(pc, 1)), 24)
        from += 31
        pc += 33
        break
      case 0x80: // DUP1
        if (sp - STACK >= 32736) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp)
        sp += 32
        pc++
        break
      case 0x81: // DUP2
        if (sp - (STACK + 32) >= 32704) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 32)
        sp += 32
        pc++
        break
      case 0x82: // DUP3
        if (sp - (STACK + 64) >= 32672) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 64)
        sp += 32
        pc++
        break
      case 0x83: // DUP4
        if (sp - (STACK + 96) >= 32640) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 96)
        sp += 32
        pc++
        break
      case 0x84: // DUP5
        if (sp - (STACK + 128) >= 32608) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 128)
        sp += 32
        pc++
        break
      case 0x85: // DUP6
        if (sp - (STACK + 160) >= 32576) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 160)
        sp += 32
        pc++
        break
      case 0x86: // DUP7
        if (sp - (STACK + 192) >= 32544) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 192)
        sp += 32
        pc++
        break
      case 0x87: // DUP8
        if (sp - (STACK + 224) >= 32512) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 224)
        sp += 32
        pc++
        break
      case 0x88: // DUP9
        if (sp - (STACK + 256) >= 32480) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 256)
        sp += 32
        pc++
        break
      case 0x89: // DUP10
        if (sp - (STACK + 288) >= 32448) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 288)
        sp += 32
        pc++
        break
      case 0x8a: // DUP11
        if (sp - (STACK + 320) >= 32416) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 320)
        sp += 32
        pc++
        break
      case 0x8b: // DUP12
        if (sp - (STACK + 352) >= 32384) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 352)
        sp += 32
        pc++
        break
      case 0x8c: // DUP13
        if (sp - (STACK + 384) >= 32352) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 384)
        sp += 32
        pc++
        break
      case 0x8d: // DUP14
        if (sp - (STACK + 416) >= 32320) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 416)
        sp += 32
        pc++
        break
      case 0x8e: // DUP15
        if (sp - (STACK + 448) >= 32288) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 448)
        sp += 32
        pc++
        break
      case 0x8f: // DUP16
        if (sp - (STACK + 480) >= 32256) return sp >= LAST ? overflow(pc) : underflow(pc)
        copy(sp + 32, sp - 480)
        sp += 32
        pc++
        break
      case 0x90: // SWAP1
        if (sp < STACK + 32) return underflow(pc)
        swap(sp, sp - 32)
        pc++
        break
      case 0x91: // SWAP2
        if (sp < STACK + 64) return underflow(pc)
        swap(sp, sp - 64)
        pc++
        break
      case 0x92: // SWAP3
        if (sp < STACK + 96) return underflow(pc)
        swap(sp, sp - 96)
        pc++
        break
      case 0x93: // SWAP4
        if (sp < STACK + 128) return underflow(pc)
        swap(sp, sp - 128)
        pc++
        break
      case 0x94: // SWAP5
        if (sp < STACK + 160) return underflow(pc)
        swap(sp, sp - 160)
        pc++
        break
      case 0x95: // SWAP6
        if (sp < STACK + 192) return underflow(pc)
        swap(sp, sp - 192)
        pc++
        break
      case 0x96: // SWAP7
        if (sp < STACK + 224) return underflow(pc)
        swap(sp, sp - 224)
        pc++
        break
      case 0x97: // SWAP8
        if (sp < STACK + 256) return underflow(pc)
        swap(sp, sp - 256)
        pc++
        break
      case 0x98: // SWAP9
        if (sp < STACK + 288) return underflow(pc)
        swap(sp, sp - 288)
        pc++
        break
      case 0x99: // SWAP10
        if (sp < STACK + 320) return underflow(pc)
        swap(sp, sp - 320)
        pc++
        break
      case 0x9a: // SWAP11
        if (sp < STACK + 352) return underflow(pc)
        swap(sp, sp - 352)
        pc++
        break
      case 0x9b: // SWAP12
        if (sp < STACK + 384) return underflow(pc)
        swap(sp, sp - 384)
        pc++
        break
      case 0x9c: // SWAP13
        if (sp < STACK + 416) return underflow(pc)
        swap(sp, sp - 416)
        pc++
        break
      case 0x9d: // SWAP14
        if (sp < STACK + 448) return underflow(pc)
        swap(sp, sp - 448)
        pc++
        break
      case 0x9e: // SWAP15
        if (sp < STACK + 480) return underflow(pc)
        swap(sp, sp - 480)
        pc++
        break
      case 0x9f: // SWAP16
        if (sp < STACK + 512) return underflow(pc)
        swap(sp, sp - 512)
        pc++
        break
      case 0xa0: // LOG0
        if (sp < STACK + 32) return underflow(pc)
        sp -= 64
        setRunning(pc)
        log.log0(sp + 32)
        pc++
        break
      case 0xa1: // LOG1
        if (sp < STACK + 64) return underflow(pc)
        sp -= 96
        setRunning(pc)
        log.log1(sp + 32)
        pc++
        break
      case 0xa2: // LOG2
        if (sp < STACK + 96) return underflow(pc)
        sp -= 128
        setRunning(pc)
        log.log2(sp + 32)
        pc++
        break
      case 0xa3: // LOG3
        if (sp < STACK + 128) return underflow(pc)
        sp -= 160
        setRunning(pc)
        log.log3(sp + 32)
        pc++
        break
      case 0xa4: // LOG4
        if (sp < STACK + 160) return underflow(pc)
        sp -= 192
        setRunning(pc)
        log.log4(sp + 32)
        pc++
        break
      case 0xf0: // CREATE
        if (sp < STACK + 64) return underflow(pc)
        sp -= 64
        setRunning(pc)
        walk(pc - from)
        from = pc
        payBeforeCall()
        create.create(sp)
        pc++
        break
      case 0xf1: // CALL
        if (sp < STACK + 192) return underflow(pc)
        sp -= 192
        setRunning(pc)
        walk(pc - from)
        from = pc
        payBeforeCall()
        call.call(sp)
        pc++
        break
      case 0xf3: // RETURN
        if (sp < STACK + 32) return underflow(pc)
        setRunning(pc)
        walk(pc - from)
        return stop(region(sp, sp - 32), regionSize)
      case 0xf4: // DELEGATECALL
        if (sp < STACK + 160) return underflow(pc)
        sp -= 160
        setRunning(pc)
        walk(pc - from)
        from = pc
        payBeforeCall()
        call.delegatecall(sp)
        pc++
        break
      case 0xf5: // CREATE2
        if (sp < STACK + 96) return underflow(pc)
        sp -= 96
        setRunning(pc)
        walk(pc - from)
        from = pc
        payBeforeCall()
        create.create2(sp)
        pc++
        break
      case 0xfa: // STATICCALL
        if (sp < STACK + 160) return underflow(pc)
        sp -= 160
        setRunning(pc)
        walk(pc - from)
        from = pc
        payBeforeCall()
        call.staticcall(sp)
        pc++
        break
      case 0xfd: // REVERT
        if (sp < STACK + 32) return underflow(pc)
        setRunning(pc)
        walk(pc - from)
        reverted = true
        return stop(region(sp, sp - 32), regionSize)
      case 0xfe: // INVALID
        return invalidInstruction(pc)
      case 0xff: // SELFDESTRUCT
        if (sp < STACK) return underflow(pc)
        setRunning(pc)
        walk(pc - from)
        create.selfdestruct(sp)
        return stop(0, 0)
      default:
        return undefinedInstruction(pc)
    }
  }
}
