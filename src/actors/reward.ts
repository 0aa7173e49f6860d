/**
 * Reward: holds the mining reserve and pays the miners of blocks. The reward of an epoch is what simple minting and baseline
 * minting give for the power of the network; with each power update it is worked out again.
 *
 * State: `[baseline sum, realized sum, effective network time, effective baseline power, this epoch's reward, [position,
 * velocity] of it, this epoch's baseline power, epoch, reward paid in total, simple total, baseline total]`. Fractions are Q.128:
 * multiplied by 2^128.
 *
 * Source: builtin-actors actors/reward, runtime/src/builtin/reward.
 */
import { params, readParams, requireCaller, requireNoParams, resolve, resolvedId, restrictInternalApi, unhandled } from "./sdk/actor"
import { ActorId } from "./sdk/actor-type"
import { readAddress } from "./sdk/address"
import { BigInt } from "./sdk/big-int"
import { blockLength, createCbor } from "./sdk/block"
import { intSize, Reader, Writer } from "./sdk/cbor"
import { begin, currentBalance, currentEpoch, methodNumber } from "./sdk/context"
import { ErrorNumber } from "./sdk/error-number"
import { abort } from "./sdk/exit"
import { ExitCode } from "./sdk/exit-code"
import { alloc } from "./sdk/memory"
import { METHOD_CONSTRUCTOR, METHOD_SEND, sendToId, sentBlock, sentData, sentExitCode } from "./sdk/send"
import { createState, loadState, saveState } from "./sdk/state"

const METHOD_AWARD_BLOCK_REWARD: u64 = 2
const METHOD_THIS_EPOCH_REWARD: u64 = 3
const METHOD_UPDATE_NETWORK_KPI: u64 = 4

const MINER_APPLY_REWARDS: u64 = 14
const PENALTY_MULTIPLIER: u64 = 3
const EXPECTED_LEADERS_PER_EPOCH: u64 = 5
const EPOCH_UNDEFINED: i64 = -1
const PRECISION: u32 = 128

// Growth of the baseline in an epoch, Q.128: it doubles in a year.
const BASELINE_EXPONENT = "340282591298641078465964189926313473653"
const BASELINE_INITIAL_VALUE = "2888888880000000000"
// Decay of simple minting: half in six years. Lambda, and e^lambda - 1, Q.128.
const LAMBDA = "37396271439864487274534522888786"
const EXP_LAMBDA_MINUS_ONE = "37396273494747879394193016954629"
const SIMPLE_TOTAL = "330000000000000000000000000"
const BASELINE_TOTAL = "770000000000000000000000000"
const FIRST_REWARD_POSITION = "36266260308195979333"
/** To be negated. */
const FIRST_REWARD_VELOCITY = "109897758509"
// Gains of the alpha-beta filter, Q.128.
const ALPHA = "314760000000000000000000000000000000"
const BETA = "96640100000000000000000000000000"

// The state, as `loadReward` read it.
let cumsumBaseline: BigInt = changetype<BigInt>(0)
let cumsumRealized: BigInt = changetype<BigInt>(0)
let effectiveTime: i64 = 0
let effectiveBaselinePower: BigInt = changetype<BigInt>(0)
let epochReward: BigInt = changetype<BigInt>(0)
let smoothedPosition: BigInt = changetype<BigInt>(0)
let smoothedVelocity: BigInt = changetype<BigInt>(0)
let epochBaselinePower: BigInt = changetype<BigInt>(0)
let epoch: i64 = 0
let totalReward: BigInt = changetype<BigInt>(0)
let simpleTotal: BigInt = changetype<BigInt>(0)
let baselineTotal: BigInt = changetype<BigInt>(0)

function loadReward(): void {
  const at = loadState()
  const reader = Reader.over(at, blockLength, ExitCode.USR_ILLEGAL_ARGUMENT)
  reader.tuple(11)
  cumsumBaseline = BigInt.read(reader)
  cumsumRealized = BigInt.read(reader)
  effectiveTime = reader.i64()
  effectiveBaselinePower = BigInt.read(reader)
  epochReward = BigInt.read(reader)
  reader.tuple(2)
  smoothedPosition = BigInt.read(reader)
  smoothedVelocity = BigInt.read(reader)
  epochBaselinePower = BigInt.read(reader)
  epoch = reader.i64()
  totalReward = BigInt.read(reader)
  simpleTotal = BigInt.read(reader)
  baselineTotal = BigInt.read(reader)
  reader.finish()
}

function encodeReward(): Writer {
  const writer = Writer.sized(
    2 + cumsumBaseline.encodedSize + cumsumRealized.encodedSize + intSize(effectiveTime) + effectiveBaselinePower.encodedSize +
    epochReward.encodedSize + smoothedPosition.encodedSize + smoothedVelocity.encodedSize + epochBaselinePower.encodedSize +
    intSize(epoch) + totalReward.encodedSize + simpleTotal.encodedSize + baselineTotal.encodedSize,
  )
  writer.array(11)
  cumsumBaseline.write(writer)
  cumsumRealized.write(writer)
  writer.i64(effectiveTime)
  effectiveBaselinePower.write(writer)
  epochReward.write(writer)
  writer.array(2)
  smoothedPosition.write(writer)
  smoothedVelocity.write(writer)
  epochBaselinePower.write(writer)
  writer.i64(epoch)
  totalReward.write(writer)
  simpleTotal.write(writer)
  baselineTotal.write(writer)
  return writer
}

function saveReward(): void {
  const writer = encodeReward()
  saveState(writer.start, writer.length)
}

/** `BASELINE_EXPONENT`, once it has been needed. */
let baselineExponent: BigInt = changetype<BigInt>(0)

/** The baseline power of the next epoch. */
function nextBaselinePower(power: BigInt): BigInt {
  if (changetype<usize>(baselineExponent) == 0) baselineExponent = BigInt.fromDecimal(BASELINE_EXPONENT)
  return power.times(baselineExponent).shiftRight(PRECISION)
}

/** Goes to the next epoch: the realized sum grows by the power, capped by the baseline, and the effective time follows it. */
function toNextEpoch(power: BigInt): void {
  epoch++
  epochBaselinePower = nextBaselinePower(epochBaselinePower)
  cumsumRealized = cumsumRealized.plus(power.compare(epochBaselinePower) < 0 ? power : epochBaselinePower)
  while (cumsumRealized.compare(cumsumBaseline) > 0) {
    effectiveTime++
    effectiveBaselinePower = nextBaselinePower(effectiveBaselinePower)
    cumsumBaseline = cumsumBaseline.plus(effectiveBaselinePower)
  }
}

/** The effective network time with its fraction, Q.128. */
function theta(): BigInt {
  if (effectiveTime == 0) return BigInt.zero()
  const ahead = cumsumBaseline.minus(cumsumRealized).shiftLeft(PRECISION).divideFloor(effectiveBaselinePower)
  return BigInt.fromI64(effectiveTime).shiftLeft(PRECISION).minus(ahead)
}

function toNextEpochWithReward(power: BigInt): void {
  const before = theta()
  toNextEpoch(power)
  epochReward = rewardOf(before, theta())
}

/** What is minted in an epoch that takes the effective time from one theta to another, attoFIL. */
function rewardOf(before: BigInt, after: BigInt): BigInt {
  const age = BigInt.fromDecimal(LAMBDA).times(BigInt.fromI64(epoch))
  const simple = simpleTotal.times(BigInt.fromDecimal(EXP_LAMBDA_MINUS_ONE)).times(expNegative(age)).shiftRight(PRECISION)
  const baseline = baselineSupply(after).minus(baselineSupply(before))
  return simple.plus(baseline).shiftRight(PRECISION)
}

/** What baseline minting has given by an effective time, Q.128. */
function baselineSupply(time: BigInt): BigInt {
  const decayed = expNegative(time.times(BigInt.fromDecimal(LAMBDA)).shiftRight(PRECISION))
  return BigInt.fromU64(1).shiftLeft(PRECISION).minus(decayed).times(baselineTotal)
}

/** Adds the next coefficient to a polynomial in x that is worked out from the highest one on, Q.128. */
function horner(sum: BigInt, x: BigInt, coefficient: string, negative: bool = false): BigInt {
  const c = BigInt.fromDecimal(coefficient)
  return sum.times(x).shiftRight(PRECISION).plus(negative ? c.negated() : c)
}

/** e^-x, as a quotient of two polynomials, Q.128. */
function expNegative(x: BigInt): BigInt {
  let up = BigInt.zero()
  up = horner(up, x, "648770010757830093818553637600", true)
  up = horner(up, x, "67469480939593786226847644286976")
  up = horner(up, x, "3197587544499098424029388939001856", true)
  up = horner(up, x, "89244641121992890118377641805348864")
  up = horner(up, x, "1579656163641440567800982336819953664", true)
  up = horner(up, x, "17685496037279256458459817590917169152")
  up = horner(up, x, "115682590513835356866803355398940131328", true)
  up = horner(up, x, "340282366920938463463374607431768211456")
  let down = BigInt.zero()
  down = horner(down, x, "1225524182432722209606361")
  down = horner(down, x, "114095592300906098243859450")
  down = horner(down, x, "5665570424063336070530214243")
  down = horner(down, x, "194450132448609991765137938448")
  down = horner(down, x, "5068267641632683791026134915072")
  down = horner(down, x, "104716890604972796896895427629056")
  down = horner(down, x, "1748338658439454459487681798864896")
  down = horner(down, x, "23704654329841312470660182937960448")
  down = horner(down, x, "259380097567996910282699886670381056")
  down = horner(down, x, "2250336698853390384720606936038375424")
  down = horner(down, x, "14978272436876548034486263159246028800")
  down = horner(down, x, "72144088983913131323343765784380833792")
  down = horner(down, x, "224599776407103106596571252037123047424")
  down = horner(down, x, "340282366920938463463374607431768211456")
  return up.shiftLeft(PRECISION).divideFloor(down)
}

/** Smooths the epoch's reward over so many epochs. */
function smoothReward(epochs: i64): void {
  const time = BigInt.fromI64(epochs).shiftLeft(PRECISION)
  const expected = time.times(smoothedVelocity).shiftRight(PRECISION).plus(smoothedPosition)
  const residual = epochReward.shiftLeft(PRECISION).minus(expected)
  smoothedPosition = expected.plus(BigInt.fromDecimal(ALPHA).times(residual).shiftRight(PRECISION))
  smoothedVelocity = residual.times(BigInt.fromDecimal(BETA)).divideFloor(time).plus(smoothedVelocity)
}

/** Parameters that are a number or null; exit 16 on null. */
function powerParam(allowed: u64): BigInt {
  const reader = params()
  if (reader.isNull()) {
    reader.finish()
    requireCaller(allowed)
    abort(ExitCode.USR_ILLEGAL_ARGUMENT, "argument should not be nil")
  }
  const power = BigInt.read(reader)
  reader.finish()
  requireCaller(allowed)
  return power
}

function construct(): u32 {
  const power = powerParam(ActorId.SYSTEM)
  cumsumBaseline = BigInt.zero()
  cumsumRealized = BigInt.zero()
  effectiveBaselinePower = BigInt.fromDecimal(BASELINE_INITIAL_VALUE)
  // One epoch before the first, so that the step to it lands on the initial value.
  epochBaselinePower = effectiveBaselinePower
    .shiftLeft(2 * PRECISION)
    .divide(BigInt.fromDecimal(BASELINE_EXPONENT))
    .shiftRight(PRECISION)
  epoch = EPOCH_UNDEFINED
  smoothedPosition = BigInt.fromDecimal(FIRST_REWARD_POSITION).shiftLeft(PRECISION)
  smoothedVelocity = BigInt.fromDecimal(FIRST_REWARD_VELOCITY).negated().shiftLeft(PRECISION)
  totalReward = BigInt.zero()
  simpleTotal = BigInt.fromDecimal(SIMPLE_TOTAL)
  baselineTotal = BigInt.fromDecimal(BASELINE_TOTAL)
  toNextEpochWithReward(power)
  const state = encodeReward()
  createState(state.start, state.length)
  return 0
}

function awardBlockReward(): u32 {
  const reader = params()
  reader.tuple(4)
  const miner = readAddress(reader)
  const minerLength = reader.length
  const penalty = BigInt.read(reader)
  const gasReward = BigInt.read(reader)
  const winCount = reader.i64()
  reader.finish()
  requireCaller(ActorId.SYSTEM)
  const before = BigInt.fromAmount(currentBalance())
  if (penalty.isNegative) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "negative penalty")
  if (gasReward.isNegative) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "negative gas reward")
  if (before.compare(gasReward) < 0) abort(ExitCode.USR_ILLEGAL_STATE, "balance insufficient to pay gas reward")
  if (winCount <= 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "invalid win count")
  if (!resolve(miner, minerLength)) abort(ExitCode.USR_NOT_FOUND, "failed to resolve miner")
  const minerId = resolvedId

  loadReward()
  let blockReward = epochReward.times(BigInt.fromI64(winCount)).divideFloor(BigInt.fromU64(EXPECTED_LEADERS_PER_EPOCH))
  let payment = gasReward.plus(blockReward)
  const balance = BigInt.fromAmount(currentBalance())
  if (payment.compare(balance) > 0) {
    payment = balance
    blockReward = payment.minus(gasReward)
    if (blockReward.isNegative) abort(ExitCode.USR_ILLEGAL_STATE, "block reward below zero")
  }
  totalReward = totalReward.plus(blockReward)
  saveReward()
  if (payment.compare(before) > 0) abort(ExitCode.USR_ILLEGAL_STATE, "reward exceeds balance")
  pay(minerId, payment, penalty.times(BigInt.fromU64(PENALTY_MULTIPLIER)))
  return 0
}

/** Pays a miner; what it does not take is burnt. */
function pay(minerId: u64, payment: BigInt, penalty: BigInt): void {
  const value = alloc(16)
  if (!payment.toAmount(value)) abort(ExitCode.USR_ASSERTION_FAILED, "reward too large")
  const input = Writer.sized(1 + payment.encodedSize + penalty.encodedSize)
  input.array(2)
  payment.write(input)
  penalty.write(input)
  if (succeeded(sendToId(minerId, MINER_APPLY_REWARDS, createCbor(input.start, input.length), value))) return
  succeeded(sendToId(ActorId.BURNT_FUNDS, METHOD_SEND, 0, value))
}

/** Whether a send went well. What it returned is read, as the official actor reads it. */
function succeeded(error: u32): bool {
  if (error != ErrorNumber.OK) return false
  if (sentBlock != 0) sentData()
  return sentExitCode == ExitCode.OK
}

function thisEpochReward(): u32 {
  requireNoParams()
  loadReward()
  const answer = Writer.sized(2 + smoothedPosition.encodedSize + smoothedVelocity.encodedSize + epochBaselinePower.encodedSize)
  answer.array(2)
  answer.array(2)
  smoothedPosition.write(answer)
  smoothedVelocity.write(answer)
  epochBaselinePower.write(answer)
  return createCbor(answer.start, answer.length)
}

function updateNetworkKpi(): u32 {
  const power = powerParam(ActorId.POWER)
  loadReward()
  const previous = epoch
  // Null rounds are caught up with.
  while (epoch < currentEpoch()) toNextEpoch(power)
  toNextEpochWithReward(power)
  smoothReward(epoch - previous)
  saveReward()
  return 0
}

export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const method = methodNumber()
  restrictInternalApi(method)
  if (method == METHOD_CONSTRUCTOR) return construct()
  if (method == METHOD_AWARD_BLOCK_REWARD) return awardBlockReward()
  if (method == METHOD_THIS_EPOCH_REWARD) return thisEpochReward()
  if (method == METHOD_UPDATE_NETWORK_KPI) return updateNetworkKpi()
  return unhandled()
}
