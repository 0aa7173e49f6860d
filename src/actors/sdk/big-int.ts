/**
 * Signed integers of any size, as native actors calculate amounts and powers with them. Immutable: every operation answers a
 * number in fresh memory. Speed is not the point; amounts of syscalls are in amount.ts.
 *
 *     0 u32 negative (0 or 1) | 4 u32 limbs in use | 8 u32[] magnitude, lowest first, the last one not zero
 */
import { Reader, stringSize, Writer } from "./cbor"
import { alloc } from "./memory"

/** Longest encoding, sign byte included. Source: ref-fvm shared/src/bigint (MAX_BIGINT_SIZE). */
const MAX_ENCODED: u32 = 128

@unmanaged
export class BigInt {
  negative: u32
  length: u32

  private static empty(limbs: u32): BigInt {
    const n = changetype<BigInt>(alloc(8 + (limbs << 2)))
    n.negative = 0
    n.length = limbs
    return n
  }

  static zero(): BigInt {
    return BigInt.empty(0)
  }

  static fromU64(value: u64): BigInt {
    const n = BigInt.empty(2)
    n.setLimb(0, u32(value))
    n.setLimb(1, u32(value >> 32))
    return n.trimmed()
  }

  static fromI64(value: i64): BigInt {
    const n = BigInt.fromU64(value < 0 ? 0 - u64(value) : u64(value))
    n.negative = u32(value < 0)
    return n
  }

  /** From the 16 bytes of a syscall's amount. */
  static fromAmount(at: usize): BigInt {
    const n = BigInt.empty(4)
    memory.copy(n.limbs(), at, 16)
    return n.trimmed()
  }

  /** From a magnitude in bytes, big-endian. */
  static fromBytes(at: usize, length: u32, negative: bool): BigInt {
    const limbs = (length + 3) >> 2
    const n = BigInt.empty(limbs)
    memory.fill(n.limbs(), 0, limbs << 2)
    for (let i: u32 = 0; i < length; i++) store<u8>(n.limbs() + i, load<u8>(at + length - 1 - i))
    n.negative = u32(negative)
    return n.trimmed()
  }

  /** From decimal digits. */
  static fromDecimal(text: string): BigInt {
    const digits = text.length
    const n = BigInt.empty(digits / 9 + 1)
    let used: u32 = 0
    // Nine digits at a time fit a limb.
    for (let i = 0; i < digits; ) {
      let carry: u64 = 0
      let scale: u64 = 1
      for (let end = min(i + 9, digits); i < end; i++) {
        carry = carry * 10 + u64(load<u16>(changetype<usize>(text) + (usize(i) << 1)) - 48)
        scale *= 10
      }
      for (let j: u32 = 0; j < used; j++) {
        carry += n.limb(j) * scale
        n.setLimb(j, u32(carry))
        carry >>= 32
      }
      if (carry != 0) n.setLimb(used++, u32(carry))
    }
    n.length = used
    return n
  }

  /** From CBOR: bytes of sign (0 or 1) and magnitude; the empty string is 0. */
  static read(reader: Reader): BigInt {
    const at = reader.bytes()
    const length = reader.length
    if (length == 0) return BigInt.zero()
    const sign = load<u8>(at)
    if (sign > 1 || length > MAX_ENCODED) reader.fail()
    return BigInt.fromBytes(at + 1, length - 1, sign == 1)
  }

  // @ts-ignore: decorator
  @inline
  private limbs(): usize {
    return changetype<usize>(this) + 8
  }

  // @ts-ignore: decorator
  @inline
  private limb(i: u32): u64 {
    return load<u32>(changetype<usize>(this) + 8 + (i << 2))
  }

  // @ts-ignore: decorator
  @inline
  private setLimb(i: u32, value: u32): void {
    store<u32>(changetype<usize>(this) + 8 + (i << 2), value)
  }

  private trimmed(): BigInt {
    let length = this.length
    while (length > 0 && this.limb(length - 1) == 0) length--
    this.length = length
    if (length == 0) this.negative = 0
    return this
  }

  get isZero(): bool {
    return this.length == 0
  }

  get isNegative(): bool {
    return this.negative != 0
  }

  /** Bits of the magnitude. */
  get bits(): u32 {
    const length = this.length
    return length == 0 ? 0 : (length << 5) - u32(clz(u32(this.limb(length - 1))))
  }

  /** Bytes in CBOR. */
  get encodedSize(): u32 {
    return this.length == 0 ? 1 : stringSize(1 + ((this.bits + 7) >> 3))
  }

  /** Writes it as CBOR. */
  write(writer: Writer): void {
    if (this.length == 0) {
      writer.bytes(0, 0)
      return
    }
    const size = (this.bits + 7) >> 3
    const bytes = alloc(1 + size)
    store<u8>(bytes, this.negative)
    for (let i: u32 = 0; i < size; i++) store<u8>(bytes + 1 + i, load<u8>(this.limbs() + size - 1 - i))
    writer.bytes(bytes, 1 + size)
  }

  /** Writes the 16 bytes of a syscall's amount. False if it is negative or too large. */
  toAmount(into: usize): bool {
    if (this.negative != 0 || this.length > 4) return false
    store<u64>(into, 0)
    store<u64>(into, 0, 8)
    memory.copy(into, this.limbs(), this.length << 2)
    return true
  }

  private compareMagnitude(other: BigInt): i32 {
    if (this.length != other.length) return this.length < other.length ? -1 : 1
    for (let i = i32(this.length) - 1; i >= 0; i--) {
      const a = this.limb(i)
      const b = other.limb(i)
      if (a != b) return a < b ? -1 : 1
    }
    return 0
  }

  /** Negative, 0 or positive. */
  compare(other: BigInt): i32 {
    if (this.negative != other.negative) return this.negative != 0 ? -1 : 1
    return this.negative != 0 ? other.compareMagnitude(this) : this.compareMagnitude(other)
  }

  negated(): BigInt {
    const n = this.magnitude()
    n.negative = u32(this.length != 0 && this.negative == 0)
    return n
  }

  private magnitude(): BigInt {
    const n = BigInt.empty(this.length)
    memory.copy(n.limbs(), this.limbs(), this.length << 2)
    return n
  }

  private addMagnitude(other: BigInt, negative: u32): BigInt {
    const length = max(this.length, other.length)
    const n = BigInt.empty(length + 1)
    let carry: u64 = 0
    for (let i: u32 = 0; i < length; i++) {
      if (i < this.length) carry += this.limb(i)
      if (i < other.length) carry += other.limb(i)
      n.setLimb(i, u32(carry))
      carry >>= 32
    }
    n.setLimb(length, u32(carry))
    n.negative = negative
    return n.trimmed()
  }

  /** |this| - |other|, where |this| is not less. */
  private subtractMagnitude(other: BigInt, negative: u32): BigInt {
    const n = BigInt.empty(this.length)
    let borrow: i64 = 0
    for (let i: u32 = 0; i < this.length; i++) {
      borrow += i64(this.limb(i))
      if (i < other.length) borrow -= i64(other.limb(i))
      n.setLimb(i, u32(borrow))
      borrow >>= 32
    }
    n.negative = negative
    return n.trimmed()
  }

  plus(other: BigInt): BigInt {
    if (this.negative == other.negative) return this.addMagnitude(other, this.negative)
    return this.compareMagnitude(other) >= 0
      ? this.subtractMagnitude(other, this.negative)
      : other.subtractMagnitude(this, other.negative)
  }

  minus(other: BigInt): BigInt {
    return this.plus(other.negated())
  }

  times(other: BigInt): BigInt {
    const n = BigInt.empty(this.length + other.length)
    memory.fill(n.limbs(), 0, n.length << 2)
    const begin = other.limbs()
    const end = begin + (other.length << 2)
    let row = n.limbs()
    for (let i: u32 = 0; i < this.length; i++) {
      let carry: u64 = 0
      const a = this.limb(i)
      let at = row
      for (let from = begin; from < end; from += 4) {
        carry += a * u64(load<u32>(from)) + u64(load<u32>(at))
        store<u32>(at, u32(carry))
        carry >>= 32
        at += 4
      }
      store<u32>(at, u32(carry))
      row += 4
    }
    n.negative = this.negative ^ other.negative
    return n.trimmed()
  }

  shiftLeft(count: u32): BigInt {
    const whole = count >> 5
    const part = count & 31
    const n = BigInt.empty(this.length + whole + 1)
    memory.fill(n.limbs(), 0, n.length << 2)
    for (let i: u32 = 0; i < this.length; i++) {
      const wide = this.limb(i) << part
      n.setLimb(i + whole, u32(n.limb(i + whole)) | u32(wide))
      n.setLimb(i + whole + 1, u32(wide >> 32))
    }
    n.negative = this.negative
    return n.trimmed()
  }

  /** Divides by 2^count, towards minus infinity. */
  shiftRight(count: u32): BigInt {
    const whole = count >> 5
    const part = count & 31
    let lost: u64 = 0
    for (let i: u32 = 0; i < min(whole, this.length); i++) lost |= this.limb(i)
    if (whole >= this.length) return this.negative != 0 ? BigInt.fromI64(-1) : BigInt.zero()
    lost |= this.limb(whole) & ((u64(1) << part) - 1)
    const n = BigInt.empty(this.length - whole)
    if (part == 0) memory.copy(n.limbs(), this.limbs() + (whole << 2), n.length << 2)
    else {
      for (let i: u32 = 0; i < n.length; i++) {
        const high = i + whole + 1 < this.length ? this.limb(i + whole + 1) : 0
        n.setLimb(i, u32(((high << 32) | this.limb(i + whole)) >> part))
      }
    }
    n.trimmed()
    if (this.negative == 0) return n
    return (lost == 0 ? n : n.addMagnitude(BigInt.fromU64(1), 0)).negated()
  }

  /** The quotient towards zero of magnitudes; the remainder's magnitude is left in `rest`. */
  private divideMagnitude(divisor: BigInt): BigInt {
    if (divisor.length == 0) unreachable()
    if (this.compareMagnitude(divisor) < 0) {
      rest = this.magnitude()
      return BigInt.zero()
    }
    if (divisor.length == 1) {
      const quotient = BigInt.empty(this.length)
      const by = divisor.limb(0)
      let left: u64 = 0
      for (let i = i32(this.length) - 1; i >= 0; i--) {
        left = (left << 32) | this.limb(i)
        quotient.setLimb(i, u32(left / by))
        left %= by
      }
      rest = BigInt.fromU64(left)
      return quotient.trimmed()
    }
    // Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D.
    const shift = u32(clz(u32(divisor.limb(divisor.length - 1))))
    const v = divisor.magnitude().shiftLeft(shift)
    const size = v.length
    const shifted = this.magnitude().shiftLeft(shift)
    const u = BigInt.empty(this.length + 1)
    memory.fill(u.limbs(), 0, u.length << 2)
    memory.copy(u.limbs(), shifted.limbs(), shifted.length << 2)
    const quotient = BigInt.empty(u.length - size)
    const high = v.limb(size - 1)
    const next = v.limb(size - 2)
    for (let j = i32(u.length - size) - 1; j >= 0; j--) {
      const top = (u.limb(j + size) << 32) | u.limb(j + size - 1)
      let digit = top / high
      let left = top % high
      while (digit >> 32 != 0 || digit * next > ((left << 32) | u.limb(j + size - 2))) {
        digit--
        left += high
        if (left >> 32 != 0) break
      }
      let borrow: i64 = 0
      let carry: u64 = 0
      for (let i: u32 = 0; i < size; i++) {
        carry += digit * v.limb(i)
        borrow += i64(u.limb(j + i)) - i64(carry & 0xffffffff)
        u.setLimb(j + i, u32(borrow))
        borrow >>= 32
        carry >>= 32
      }
      borrow += i64(u.limb(j + size)) - i64(carry)
      u.setLimb(j + size, u32(borrow))
      if (borrow < 0) {
        digit--
        let sum: u64 = 0
        for (let i: u32 = 0; i < size; i++) {
          sum += u.limb(j + i) + v.limb(i)
          u.setLimb(j + i, u32(sum))
          sum >>= 32
        }
        u.setLimb(j + size, u32(u.limb(j + size) + sum))
      }
      quotient.setLimb(j, u32(digit))
    }
    const power = BigInt.fromU64(u64(1) << shift)
    rest = u.trimmed().divideMagnitude(power)
    return quotient.trimmed()
  }

  /** Divides, towards minus infinity. Traps on 0. */
  divideFloor(divisor: BigInt): BigInt {
    const quotient = this.divideMagnitude(divisor)
    if (this.negative == divisor.negative) return quotient
    const up = rest.length == 0 ? quotient : quotient.addMagnitude(BigInt.fromU64(1), 0)
    return up.negated()
  }

  /** Divides, towards plus infinity. Traps on 0. */
  divideCeil(divisor: BigInt): BigInt {
    return this.negated().divideFloor(divisor).negated()
  }

  /** Whether nothing is left when it is divided. Traps on 0. */
  isMultipleOf(divisor: BigInt): bool {
    this.divideMagnitude(divisor)
    return rest.length == 0
  }

  /** Divides, towards zero. Traps on 0. */
  divide(divisor: BigInt): BigInt {
    const quotient = this.divideMagnitude(divisor)
    return this.negative == divisor.negative ? quotient : quotient.negated()
  }
}

/** What `divideMagnitude` left. */
let rest: BigInt = changetype<BigInt>(0)
