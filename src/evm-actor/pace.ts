/**
 * Keeps what contracts cost near what they cost on the network.
 *
 * This interpreter needs about a quarter of the Wasm instructions of the official one. Users set gas limits by what they measure
 * here, and the network would find them too low. So what an invocation has interpreted is counted, by straight runs of code, and
 * paid for by the syscall that actors have for charging gas, at a rate that still leaves every instruction cheaper than there
 * (shared/bench/official-opcode-gas.json). See DIVERGENCES.md.
 */
import { bitsMatched, pointersRead } from "../actors/sdk/kamt"
import { gas_charge } from "../actors/sdk/syscalls"

/** Gas for a byte of code walked; immediate data of more than two bytes counts as one. */
const GAS_PER_BYTE: u64 = 150
/** Gas for a pointer of a storage node that was read, and for a bit of a path that a key was compared with. */
const GAS_PER_POINTER: u64 = 8_000
const GAS_PER_BIT: u64 = 180
/** Gas for an event, and for each topic of it and its data. */
const GAS_PER_EVENT: u64 = 5_000
const GAS_PER_ENTRY: u64 = 5_000
/** What the syscall itself costs: it is part of the payment. */
const SYSCALL_GAS: u64 = 14_000

const NAME: usize = memory.data<u8>([0x4f, 0x6e, 0x45, 0x76, 0x6d, 0x43, 0x6f, 0x64, 0x65])

/** Bytes of code walked and not yet paid for. */
let walked: usize = 0
/** Pointers and bits paid for. */
let pointersPaid: u32 = 0
let bitsPaid: u32 = 0
/** Events not yet paid for, and what is in them. */
let events: u32 = 0
let entries: u32 = 0

/** Counts a run of code. */
// @ts-ignore: decorator
@inline
export function walk(bytes: usize): void {
  walked += bytes
}

/** Pays for what was walked, if that is more than paying costs. */
export function pay(): void {
  const gas =
    u64(walked) * GAS_PER_BYTE +
    u64(pointersRead - pointersPaid) * GAS_PER_POINTER +
    u64(bitsMatched - bitsPaid) * GAS_PER_BIT +
    u64(events) * GAS_PER_EVENT +
    u64(entries) * GAS_PER_ENTRY
  if (gas <= SYSCALL_GAS) return
  walked = 0
  pointersPaid = pointersRead
  bitsPaid = bitsMatched
  events = 0
  entries = 0
  gas_charge(NAME, 9, gas - SYSCALL_GAS)
}

/** Pays before a call if much is owed. */
// @ts-ignore: decorator
@inline
export function payBeforeCall(): void {
  if (walked > 1000) pay()
}

/** Counts an event with so many topics and data. */
// @ts-ignore: decorator
@inline
export function countEvent(entriesOfIt: u32): void {
  events++
  entries += entriesOfIt
}
