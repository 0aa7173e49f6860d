import { z } from "zod"
import type { Codec, Decoder } from "../../json-rpc/method.ts"
import { data, ethAddress, quantity, quantity64, toHex, toQuantity } from "./hex.ts"

/** A call or an unsigned transaction, as `eth_call`, `eth_estimateGas` and `eth_sendTransaction` take it. */
export interface CallObject {
  readonly from: Uint8Array | undefined
  /** Undefined creates a contract. */
  readonly to: Uint8Array | undefined
  readonly gas: bigint | undefined
  readonly gasPrice: bigint | undefined
  readonly maxFeePerGas: bigint | undefined
  readonly maxPriorityFeePerGas: bigint | undefined
  /** attoFIL. */
  readonly value: bigint
  readonly input: Uint8Array
  readonly nonce: bigint | undefined
  readonly chainId: bigint | undefined
  readonly type: bigint | undefined
  readonly accessList: readonly unknown[]
}

function optional<T>(codec: Codec<T>): z.ZodType<T | undefined> {
  return codec.schema.nullish().transform((value) => value ?? undefined)
}

/** A member that may be absent or null. */
interface Member<T> {
  readonly schema: z.ZodType<T | undefined>
  /** See {@link Decoder.read}; null and undefined are the caller's. */
  readonly read: (value: unknown) => T | undefined
}

function member<T>(codec: Codec<T>): Member<T> {
  const { read } = codec
  return { schema: optional(codec), read: read ?? (() => undefined) }
}

const quantityMember = member(quantity)
const quantity64Member = member(quantity64)
const addressMember = member(ethAddress)
const dataMember = member(data)

const MEMBERS = {
  from: addressMember,
  // The empty string is how some tools say that there is no recipient.
  to: {
    schema: z.union([z.literal(["", "0x"]).transform(() => undefined), addressMember.schema]),
    read: addressMember.read,
  },
  gas: quantity64Member,
  gasLimit: quantity64Member,
  gasPrice: quantityMember,
  maxFeePerGas: quantityMember,
  maxPriorityFeePerGas: quantityMember,
  value: quantityMember,
  data: dataMember,
  input: dataMember,
  nonce: quantity64Member,
  chainId: quantityMember,
  type: quantityMember,
  accessList: {
    schema: z
      .array(z.any(), "a list")
      .nullish()
      .transform((value) => value ?? undefined),
    read: (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined),
  },
} satisfies Readonly<Record<string, Member<unknown>>>

type Members = { [K in keyof typeof MEMBERS]?: ReturnType<(typeof MEMBERS)[K]["read"]> }

const wire = z
  .looseObject(Object.fromEntries(Object.entries(MEMBERS).map(([name, { schema }]) => [name, schema])))
  .meta({ title: "transaction call object" })

const READERS: ReadonlyMap<string, (value: unknown) => unknown> = new Map(
  Object.entries(MEMBERS).map(([name, { read }]) => [name, read]),
)

/** The same as by the schema, for calls in which all is as usual. */
function readCall(value: unknown): CallObject | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
  const members: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(value)) {
    const read = given === null || given === undefined ? undefined : READERS.get(name)
    if (read === undefined) continue
    const found = read(given)
    if (found === undefined) return undefined
    members[name] = found
  }
  return toCall(members)
}

function toCall(call: Members): CallObject {
  return {
    from: call.from,
    to: call.to,
    gas: call.gas ?? call.gasLimit,
    gasPrice: call.gasPrice,
    maxFeePerGas: call.maxFeePerGas,
    maxPriorityFeePerGas: call.maxPriorityFeePerGas,
    value: call.value ?? 0n,
    input: call.input ?? call.data ?? new Uint8Array(),
    nonce: call.nonce,
    chainId: call.chainId,
    type: call.type,
    accessList: call.accessList ?? [],
  }
}

/** Both `input` and `data` are taken; `input` wins. Keys that are not known are passed over. */
export const callObject: Codec<CallObject> = {
  expected: "a call object: from, to, gas, gasPrice, value, data, ...",
  schema: wire.transform((call) => toCall(call as Members)),
  read: readCall,
  encode: (call) => ({
    from: call.from && toHex(call.from),
    to: call.to && toHex(call.to),
    gas: call.gas === undefined ? undefined : toQuantity(call.gas),
    gasPrice: call.gasPrice === undefined ? undefined : toQuantity(call.gasPrice),
    maxFeePerGas: call.maxFeePerGas === undefined ? undefined : toQuantity(call.maxFeePerGas),
    maxPriorityFeePerGas: call.maxPriorityFeePerGas === undefined ? undefined : toQuantity(call.maxPriorityFeePerGas),
    value: toQuantity(call.value),
    input: toHex(call.input),
    nonce: call.nonce === undefined ? undefined : toQuantity(call.nonce),
    chainId: call.chainId === undefined ? undefined : toQuantity(call.chainId),
    type: call.type === undefined ? undefined : toQuantity(call.type),
  }),
}

/** What a state override sets for one account. */
export interface AccountOverride {
  readonly balance: bigint | undefined
  readonly nonce: bigint | undefined
  readonly code: Uint8Array | undefined
  /** Storage that is there, and nothing else. */
  readonly state: ReadonlyMap<bigint, bigint> | undefined
  /** Slots that differ. */
  readonly stateDiff: ReadonlyMap<bigint, bigint> | undefined
}

/** By address. */
export type StateOverride = readonly { readonly address: Uint8Array; readonly override: AccountOverride }[]

const slots = z
  .record(z.string(), quantity.schema)
  .nullish()
  .transform((record, context): ReadonlyMap<bigint, bigint> | undefined => {
    if (record === undefined || record === null) return undefined
    const map = new Map<bigint, bigint>()
    for (const [key, value] of Object.entries(record)) {
      const slot = quantity.schema.safeParse(key)
      if (!slot.success) {
        context.issues.push({ code: "custom", message: "a storage slot: 0x and hex digits", input: key, path: [key] })
        return z.NEVER
      }
      map.set(slot.data, value)
    }
    return map
  })

/** The third parameter of `eth_call`: what to change in the state before the call. */
export const stateOverride: Decoder<StateOverride> = {
  expected: "state overrides: an object of {balance, nonce, code, state, stateDiff} by address",
  schema: z
    .record(
      z.string(),
      z.looseObject({
        balance: optional(quantity),
        nonce: optional(quantity64),
        code: optional(data),
        state: slots,
        stateDiff: slots,
        movePrecompileToAddress: z
          .null(
            "nothing: precompiles are part of the EVM actor's code and cannot be moved; call them at their own addresses",
          )
          .optional(),
      }),
    )
    .transform((record, context): StateOverride => {
      const list: { address: Uint8Array; override: AccountOverride }[] = []
      for (const [key, { balance, nonce, code, state, stateDiff }] of Object.entries(record)) {
        const address = ethAddress.schema.safeParse(key)
        if (!address.success) {
          context.issues.push({ code: "custom", message: ethAddress.expected, input: key, path: [key] })
          return z.NEVER
        }
        if (state && stateDiff) {
          context.issues.push({ code: "custom", message: "either state or stateDiff", input: key, path: [key] })
          return z.NEVER
        }
        list.push({ address: address.data, override: { balance, nonce, code, state, stateDiff } })
      }
      return list
    }),
}

/** What a block override sets. */
export interface BlockOverride {
  readonly epoch: bigint | undefined
  readonly timestamp: bigint | undefined
  readonly baseFee: bigint | undefined
  readonly prevRandao: bigint | undefined
}

/**
 * The fourth parameter of `eth_call`: values of the block in which the call runs. `feeRecipient`, `gasLimit`, `difficulty` and
 * `blobBaseFee` are taken and change nothing: a contract on Filecoin sees the same constants in every block.
 */
export const blockOverride: Decoder<BlockOverride> = {
  expected: "block overrides: {number, time, baseFeePerGas, prevRandao}",
  schema: z
    .looseObject({
      number: optional(quantity64),
      time: optional(quantity64),
      timestamp: optional(quantity64),
      baseFee: optional(quantity),
      baseFeePerGas: optional(quantity),
      random: optional(quantity),
      prevRandao: optional(quantity),
      withdrawals: z.array(z.never("no withdrawal: Filecoin has no beacon chain that funds could come from")).nullish(),
    })
    .transform(
      (given): BlockOverride => ({
        epoch: given.number,
        timestamp: given.time ?? given.timestamp,
        baseFee: given.baseFeePerGas ?? given.baseFee,
        prevRandao: given.prevRandao ?? given.random,
      }),
    ),
}
