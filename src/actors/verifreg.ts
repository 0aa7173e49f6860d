/**
 * The verified registry: who may give out datacap, who has allocated it to which storage provider, and which of these allocations
 * a provider has claimed. Governor of the datacap actor.
 *
 * State: `[root address, HAMT of verifier address -> datacap, HAMT of verifier and client address -> [proposals so far], HAMT of
 * client ID -> HAMT of allocation ID -> allocation, next allocation ID, HAMT of provider ID -> HAMT of claim ID -> claim]`.
 *
 *     allocation   [client, provider, data CID, size, least term, most term, expiration]
 *     claim        [provider, client, data CID, size, least term, most term, start of the term, sector]
 *
 * Datacap is whole bytes here, and 10^18 attotokens a byte in the datacap actor. Terms and epochs are epochs. Keys of maps are IDs as
 * unsigned LEB128, and addresses.
 *
 * Source: builtin-actors actors/verifreg, runtime/src/runtime/policy.rs (limits); FIP-0045.
 */
import { actorType, codeOf, params, readParams, requireCaller, resolve, resolvedId, restrictInternalApi, typeOfCode, unhandled } from "./sdk/actor"
import { ActorId, ActorType } from "./sdk/actor-type"
import { idAddress, idAddressLength, readAddress, readUvarint, uvarint, writeIdAddress, writeUvarint } from "./sdk/address"
import { ZERO } from "./sdk/amount"
import { BigInt } from "./sdk/big-int"
import { blockLength, createCbor } from "./sdk/block"
import { headSize, intSize, LINK_SIZE, Reader, stringSize, Writer } from "./sdk/cbor"
import { CID_LENGTH, Codec } from "./sdk/cid"
import { begin, caller, currentEpoch, isReadOnly, methodNumber, receiver } from "./sdk/context"
import { EventFlags, EventWriter } from "./sdk/event"
import { abort } from "./sdk/exit"
import { ExitCode } from "./sdk/exit-code"
import { Hamt, hamtValueLength } from "./sdk/hamt"
import { alloc, equalBytes } from "./sdk/memory"
import { Method } from "./sdk/method"
import { METHOD_CONSTRUCTOR, requireSent, resolveToId, SEND_READ_ONLY, send, sendToId, sentData, sentSize } from "./sdk/send"
import { createState, loadState, saveState } from "./sdk/state"

const METHOD_ADD_VERIFIER: u64 = 2
const METHOD_REMOVE_VERIFIER: u64 = 3
const METHOD_ADD_VERIFIED_CLIENT: u64 = 4
const METHOD_REMOVE_VERIFIED_CLIENT_DATA_CAP: u64 = 7
const METHOD_REMOVE_EXPIRED_ALLOCATIONS: u64 = 8
const METHOD_CLAIM_ALLOCATIONS: u64 = 9
const METHOD_GET_CLAIMS: u64 = 10
const METHOD_EXTEND_CLAIM_TERMS: u64 = 11
const METHOD_REMOVE_EXPIRED_CLAIMS: u64 = 12
const EXPORTED_ADD_VERIFIED_CLIENT: u64 = 3916220144
const EXPORTED_REMOVE_EXPIRED_ALLOCATIONS: u64 = 2421068268
const EXPORTED_GET_CLAIMS: u64 = 2199871187
const EXPORTED_EXTEND_CLAIM_TERMS: u64 = 1752273514
const EXPORTED_REMOVE_EXPIRED_CLAIMS: u64 = 2873373899

// Methods of the datacap actor.
const TOKEN_MINT: u64 = 116935346
const TOKEN_DESTROY: u64 = 2624896501
const TOKEN_BALANCE: u64 = 3261979605
const TOKEN_TRANSFER: u64 = 80475954
const TOKEN_BURN: u64 = 1434719642

/** FRC-0042's number of "FRC46". */
const TOKEN_TYPE: u32 = 2233613279
const TOKENS_PER_BYTE: u64 = 1_000_000_000_000_000_000

const EPOCHS_IN_DAY: i64 = 2880
const EPOCHS_IN_YEAR: i64 = 1_051_897
const MIN_ALLOCATION_SIZE: u64 = 1 << 20
const MIN_TERM: i64 = 180 * EPOCHS_IN_DAY
const MAX_TERM: i64 = 5 * EPOCHS_IN_YEAR
const MAX_EXPIRATION: i64 = 60 * EPOCHS_IN_DAY

const SIGNING_DOMAIN: string = "fil_removedatacap:"

// State

let rootKey: usize = 0
let rootKeyLength: u32 = 0
let verifiers: usize = 0
let proposals: usize = 0
let allocations: usize = 0
let nextAllocation: u64 = 0
let claims: usize = 0

function loadRegistry(): void {
  const at = loadState()
  const state = Reader.over(at, blockLength, ExitCode.USR_ILLEGAL_ARGUMENT)
  state.tuple(6)
  rootKey = readAddress(state)
  rootKeyLength = state.length
  verifiers = state.cid()
  proposals = state.cid()
  allocations = state.cid()
  nextAllocation = state.u64()
  claims = state.cid()
  state.finish()
}

function encodeRegistry(): Writer {
  const state = Writer.sized(1 + stringSize(rootKeyLength) + 4 * LINK_SIZE + headSize(nextAllocation))
  state.array(6)
  state.bytes(rootKey, rootKeyLength)
  state.cid(verifiers)
  state.cid(proposals)
  state.cid(allocations)
  state.u64(nextAllocation)
  state.cid(claims)
  return state
}

function saveRegistry(): void {
  const state = encodeRegistry()
  saveState(state.start, state.length)
}

function isRoot(id: u64): bool {
  const address = idAddress(id)
  return idAddressLength == rootKeyLength && equalBytes(address, rootKey, rootKeyLength)
}

function requireRoot(): void {
  if (!isRoot(caller())) abort(ExitCode.USR_FORBIDDEN, "caller is not the root key")
}

/** A verifier's datacap; null if it is none. */
function verifierCap(id: u64): BigInt {
  const map = Hamt.load(verifiers)
  const key = idAddress(id)
  const at = map.get(key, idAddressLength)
  return at == 0 ? changetype<BigInt>(0) : BigInt.read(Reader.over(at, hamtValueLength, ExitCode.USR_ILLEGAL_STATE))
}

function isNull(cap: BigInt): bool {
  return changetype<usize>(cap) == 0
}

function putVerifier(id: u64, cap: BigInt): void {
  const map = Hamt.load(verifiers)
  const key = idAddress(id)
  const value = Writer.sized(cap.encodedSize)
  cap.write(value)
  map.set(key, idAddressLength, value.start, value.length)
  verifiers = map.flush()
}

/** A map of maps, whose inner maps are read when they are first needed and written by `flush`. */
@unmanaged
class MapOfMaps {
  private outer: Hamt
  private first: Inner

  static load(root: usize): MapOfMaps {
    const map = changetype<MapOfMaps>(alloc(offsetof<MapOfMaps>()))
    map.outer = Hamt.load(root)
    map.first = changetype<Inner>(0)
    return map
  }

  /** The inner map of an owner; a new one if it has none. */
  of(owner: u64): Hamt {
    for (let inner = this.first; changetype<usize>(inner) != 0; inner = inner.next) {
      if (inner.owner == owner) return inner.map
    }
    const inner = changetype<Inner>(alloc(offsetof<Inner>()))
    inner.owner = owner
    inner.key = alloc(10)
    inner.keyLength = writeUvarint(inner.key, owner)
    const at = this.outer.get(inner.key, inner.keyLength)
    inner.map = at == 0 ? Hamt.create() : Hamt.load(Reader.over(at, hamtValueLength, ExitCode.USR_ILLEGAL_STATE).cid())
    inner.next = this.first
    this.first = inner
    return inner.map
  }

  /** The CBOR of a value, `hamtValueLength` bytes; 0 if it is not there. */
  get(owner: u64, id: u64): usize {
    const map = this.of(owner)
    return map.isEmpty ? 0 : map.get(keyOf(id), keyLength)
  }

  /** Takes a value out and answers its CBOR as `get`. */
  remove(owner: u64, id: u64): usize {
    const map = this.of(owner)
    return map.isEmpty ? 0 : map.delete(keyOf(id), keyLength)
  }

  put(owner: u64, id: u64, item: Item): void {
    const key = keyOf(id)
    const length = keyLength
    const value = item.encode()
    this.of(owner).set(key, length, value.start, value.length)
  }

  /** Answers whether it was not there. */
  putIfAbsent(owner: u64, id: u64, item: Item): bool {
    const key = keyOf(id)
    const length = keyLength
    const value = item.encode()
    return this.of(owner).setIfAbsent(key, length, value.start, value.length)
  }

  /** Stores what has changed, drops what has become empty, and answers the root. */
  flush(): usize {
    for (let inner = this.first; changetype<usize>(inner) != 0; inner = inner.next) {
      if (inner.map.isEmpty) this.outer.delete(inner.key, inner.keyLength)
      else {
        const value = Writer.sized(LINK_SIZE)
        value.cid(inner.map.flush())
        this.outer.set(inner.key, inner.keyLength, value.start, value.length)
      }
    }
    return this.outer.flush()
  }
}

@unmanaged
class Inner {
  owner: u64
  key: usize
  keyLength: u32
  map: Hamt
  next: Inner
}

/** Length of the key that `keyOf` made. */
let keyLength: u32 = 0

function keyOf(id: u64): usize {
  const at = alloc(10)
  keyLength = writeUvarint(at, id)
  return at
}

/** An allocation or a claim. */
@unmanaged
class Item {
  isClaim: bool
  client: u64
  provider: u64
  data: usize
  dataLength: u32
  size: u64
  termMin: i64
  termMax: i64
  /** Expiration of an allocation, start of a claim's term. */
  epoch: i64
  sector: u64

  static empty(isClaim: bool): Item {
    const item = changetype<Item>(alloc(offsetof<Item>()))
    item.isClaim = isClaim
    item.sector = 0
    return item
  }

  static decode(at: usize, length: u32, isClaim: bool): Item {
    const reader = Reader.over(at, length, ExitCode.USR_ILLEGAL_STATE)
    const item = Item.empty(isClaim)
    reader.tuple(isClaim ? 8 : 7)
    const first = reader.u64()
    const second = reader.u64()
    item.client = isClaim ? second : first
    item.provider = isClaim ? first : second
    item.data = reader.cid()
    item.dataLength = reader.length
    item.size = reader.u64()
    item.termMin = reader.i64()
    item.termMax = reader.i64()
    item.epoch = reader.i64()
    if (isClaim) item.sector = reader.u64()
    reader.finish()
    return item
  }

  get encodedSize(): u32 {
    return (
      1 + headSize(this.client) + headSize(this.provider) + 2 + stringSize(this.dataLength + 1) + headSize(this.size) +
      intSize(this.termMin) + intSize(this.termMax) + intSize(this.epoch) + headSize(this.sector)
    )
  }

  write(writer: Writer): void {
    writer.array(this.isClaim ? 8 : 7)
    writer.u64(this.isClaim ? this.provider : this.client)
    writer.u64(this.isClaim ? this.client : this.provider)
    writer.cid(this.data, this.dataLength)
    writer.u64(this.size)
    writer.i64(this.termMin)
    writer.i64(this.termMax)
    writer.i64(this.epoch)
    if (this.isClaim) writer.u64(this.sector)
  }

  encode(): Writer {
    const writer = Writer.sized(this.encodedSize)
    this.write(writer)
    return writer
  }

  /** The same with another longest term. */
  withTermMax(termMax: i64): Item {
    const item = changetype<Item>(alloc(offsetof<Item>()))
    memory.copy(changetype<usize>(item), changetype<usize>(this), offsetof<Item>())
    item.termMax = termMax
    return item
  }

  get expiration(): i64 {
    return this.isClaim ? this.epoch + this.termMax : this.epoch
  }
}

// Results

/** How the items of a batch went: `[successes, [[index, exit code], ...]]`. */
@unmanaged
class Batch {
  successes: u32
  failures: u32
  private codes: usize

  static sized(count: u32): Batch {
    const batch = changetype<Batch>(alloc(offsetof<Batch>()))
    batch.successes = 0
    batch.failures = 0
    batch.codes = alloc(count * 8)
    return batch
  }

  static ok(count: u32): Batch {
    const batch = Batch.sized(0)
    batch.successes = count
    return batch
  }

  fail(code: u32): void {
    const at = this.codes + this.failures * 8
    store<u32>(at, this.successes + this.failures)
    store<u32>(at, code, 4)
    this.failures++
  }

  /** Whether an item failed. */
  failed(index: u32): bool {
    for (let i: u32 = 0; i < this.failures; i++) if (load<u32>(this.codes + i * 8) == index) return true
    return false
  }

  get encodedSize(): u32 {
    return 11 + this.failures * 11
  }

  write(writer: Writer): void {
    writer.array(2)
    writer.u64(this.successes)
    writer.array(this.failures)
    for (let i: u32 = 0; i < this.failures; i++) {
      writer.array(2)
      writer.u64(load<u32>(this.codes + i * 8))
      writer.u64(load<u32>(this.codes + i * 8, 4))
    }
  }
}

/** Number of items of an array, which take a byte each at least. */
function countOf(reader: Reader): u32 {
  const count = reader.array()
  if (count > u64(reader.end - reader.at)) reader.fail()
  return u32(count)
}

/** IDs in their order. */
@unmanaged
class Ids {
  length: u32
  private room: u32
  private items: usize

  static sized(room: u32): Ids {
    const ids = changetype<Ids>(alloc(offsetof<Ids>()))
    ids.length = 0
    ids.room = room
    ids.items = alloc(room * 8)
    return ids
  }

  /** Reads an array of IDs. */
  static read(reader: Reader): Ids {
    const count = countOf(reader)
    const ids = Ids.sized(count)
    for (let i: u32 = 0; i < count; i++) ids.push(reader.u64())
    return ids
  }

  push(id: u64): void {
    if (this.length == this.room) {
      const room = this.room == 0 ? 16 : this.room * 2
      const moved = alloc(room * 8)
      memory.copy(moved, this.items, this.length * 8)
      this.items = moved
      this.room = room
    }
    store<u64>(this.items + this.length++ * 8, id)
  }

  get(i: u32): u64 {
    return load<u64>(this.items + i * 8)
  }

  get encodedSize(): u32 {
    return 9 + this.length * 9
  }

  write(writer: Writer): void {
    writer.array(this.length)
    for (let i: u32 = 0; i < this.length; i++) writer.u64(this.get(i))
  }
}

function answer(writer: Writer): u32 {
  return createCbor(writer.start, writer.length)
}

// Events

function addText(event: EventWriter, key: string, text: string): void {
  const value = Writer.sized(stringSize(text.length))
  value.head(3, text.length)
  for (let i = 0; i < text.length; i++) store<u8>(value.at++, text.charCodeAt(i))
  event.add(key, EventFlags.INDEX_ALL, Codec.CBOR, value.start, value.length)
}

function addId(event: EventWriter, key: string, id: u64): void {
  const value = Writer.sized(9)
  value.u64(id)
  event.add(key, EventFlags.INDEX_ALL, Codec.CBOR, value.start, value.length)
}

function addNumber(event: EventWriter, key: string, number: i64): void {
  const value = Writer.sized(9)
  value.i64(number)
  event.add(key, EventFlags.INDEX_KEY, Codec.CBOR, value.start, value.length)
}

function emit(event: EventWriter): void {
  if (isReadOnly()) abort(ExitCode.USR_ASSERTION_FAILED, "failed to emit event")
  event.emit()
}

/** @param client - Whom the verifier gave datacap; 0 for nobody. */
function emitVerifierBalance(verifier: u64, cap: BigInt, client: u64): void {
  const event = EventWriter.sized(4, 64, 64 + cap.encodedSize)
  addText(event, "$type", "verifier-balance")
  addId(event, "verifier", verifier)
  const value = Writer.sized(cap.encodedSize)
  cap.write(value)
  event.add("balance", EventFlags.INDEX_KEY, Codec.CBOR, value.start, value.length)
  if (client != 0) addId(event, "client", client)
  emit(event)
}

function emitItem(type: string, id: u64, item: Item): void {
  const event = EventWriter.sized(10, 128, 160 + item.dataLength)
  addText(event, "$type", type)
  addId(event, "id", id)
  addId(event, "client", item.client)
  addId(event, "provider", item.provider)
  const link = Writer.sized(2 + stringSize(item.dataLength + 1))
  link.cid(item.data, item.dataLength)
  event.add("piece-cid", EventFlags.INDEX_ALL, Codec.CBOR, link.start, link.length)
  const size = Writer.sized(9)
  size.u64(item.size)
  event.add("piece-size", EventFlags.INDEX_KEY, Codec.CBOR, size.start, size.length)
  addNumber(event, "term-min", item.termMin)
  addNumber(event, "term-max", item.termMax)
  if (item.isClaim) {
    addNumber(event, "term-start", item.epoch)
    addId(event, "sector", item.sector)
  } else addNumber(event, "expiration", item.epoch)
  emit(event)
}

// The datacap actor

function tokensOf(datacap: BigInt): BigInt {
  return datacap.times(BigInt.fromU64(TOKENS_PER_BYTE))
}

function datacapOf(tokens: BigInt): BigInt {
  return tokens.divide(BigInt.fromU64(TOKENS_PER_BYTE))
}

function callToken(method: u64, input: Writer): void {
  requireSent(sendToId(ActorId.DATACAP, method, createCbor(input.start, input.length)))
}

/** What a send returned. Exit 24 if that is nothing. */
function returned(): Reader {
  const at = sentData()
  if (at == 0) abort(ExitCode.USR_ASSERTION_FAILED, "return expected")
  return Reader.over(at, sentSize)
}

function balanceOf(client: u64): BigInt {
  const input = Writer.sized(12)
  const address = idAddress(client)
  input.bytes(address, idAddressLength)
  requireSent(sendToId(ActorId.DATACAP, TOKEN_BALANCE, createCbor(input.start, input.length), ZERO, SEND_READ_ONLY))
  const reader = returned()
  const balance = BigInt.read(reader)
  reader.finish()
  return datacapOf(balance)
}

function mint(client: u64, datacap: BigInt): void {
  const tokens = tokensOf(datacap)
  const input = Writer.sized(32 + tokens.encodedSize)
  input.array(3)
  const to = idAddress(client)
  input.bytes(to, idAddressLength)
  tokens.write(input)
  input.array(1)
  const operator = idAddress(ActorId.MARKET)
  input.bytes(operator, idAddressLength)
  callToken(TOKEN_MINT, input)
}

function burn(datacap: BigInt): void {
  if (datacap.isZero) return
  const tokens = tokensOf(datacap)
  const input = Writer.sized(1 + tokens.encodedSize)
  input.array(1)
  tokens.write(input)
  callToken(TOKEN_BURN, input)
}

function destroy(client: u64, datacap: BigInt): void {
  if (datacap.isZero) return
  const tokens = tokensOf(datacap)
  const input = Writer.sized(16 + tokens.encodedSize)
  input.array(2)
  const owner = idAddress(client)
  input.bytes(owner, idAddressLength)
  tokens.write(input)
  callToken(TOKEN_DESTROY, input)
}

function transfer(client: u64, datacap: BigInt): void {
  const tokens = tokensOf(datacap)
  const input = Writer.sized(16 + tokens.encodedSize)
  input.array(3)
  const to = idAddress(client)
  input.bytes(to, idAddressLength)
  tokens.write(input)
  input.bytes(0, 0)
  callToken(TOKEN_TRANSFER, input)
}

// Verifiers and clients

function construct(): u32 {
  const reader = params()
  const root = readAddress(reader)
  const length = reader.length
  reader.finish()
  requireCaller(ActorId.SYSTEM)
  if (!resolve(root, length)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "root should be an ID address")
  rootKey = idAddress(resolvedId)
  rootKeyLength = idAddressLength
  verifiers = Hamt.create().flush()
  proposals = verifiers
  allocations = Hamt.create().flush()
  claims = allocations
  nextAllocation = 1
  const state = encodeRegistry()
  createState(state.start, state.length)
  return 0
}

function requireEnough(datacap: BigInt): void {
  if (datacap.compare(BigInt.fromU64(MIN_ALLOCATION_SIZE)) < 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "allowance too small")
}

function addVerifier(): u32 {
  const reader = params()
  reader.tuple(2)
  const address = readAddress(reader)
  const length = reader.length
  const cap = BigInt.read(reader)
  reader.finish()
  requireEnough(cap)
  const verifier = resolveToId(address, length, true)
  loadRegistry()
  requireRoot()
  if (isRoot(verifier)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "root cannot be added as verifier")
  const balance = balanceOf(verifier)
  if (!balance.isZero && !balance.isNegative) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "client cannot become a verifier")
  loadRegistry()
  putVerifier(verifier, cap)
  saveRegistry()
  emitVerifierBalance(verifier, cap, 0)
  return 0
}

function removeVerifier(): u32 {
  const reader = params()
  const address = readAddress(reader)
  const length = reader.length
  reader.finish()
  const verifier = resolveToId(address, length, false)
  loadRegistry()
  requireRoot()
  const map = Hamt.load(verifiers)
  const key = idAddress(verifier)
  if (map.delete(key, idAddressLength) == 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "verifier not found")
  verifiers = map.flush()
  saveRegistry()
  emitVerifierBalance(verifier, BigInt.zero(), 0)
  return 0
}

function addVerifiedClient(): u32 {
  const reader = params()
  reader.tuple(2)
  const address = readAddress(reader)
  const length = reader.length
  const allowance = BigInt.read(reader)
  reader.finish()
  requireEnough(allowance)
  const client = resolveToId(address, length, true)
  loadRegistry()
  if (isRoot(client)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "root cannot be added as client")
  const cap = verifierCap(caller())
  if (isNull(cap)) abort(ExitCode.USR_NOT_FOUND, "caller is not a verifier")
  if (!isNull(verifierCap(client))) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "verifier cannot be added as client")
  if (cap.compare(allowance) < 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "allowance above the verifier's")
  const left = cap.minus(allowance)
  putVerifier(caller(), left)
  emitVerifierBalance(caller(), left, client)
  saveRegistry()
  mint(client, allowance)
  return 0
}

/** A verifier's consent to remove datacap: its address, its signature without the type. */
@unmanaged
class Request {
  address: usize
  addressLength: u32
  signature: usize
  signatureLength: u32
  verifier: u64
  /** How many proposals there were for this verifier and client. */
  proposal: u64

  static read(reader: Reader): Request {
    const request = changetype<Request>(alloc(offsetof<Request>()))
    reader.tuple(2)
    request.address = readAddress(reader)
    request.addressLength = reader.length
    const signature = reader.bytes()
    if (reader.length == 0) reader.fail()
    const type = load<u8>(signature)
    if (type != 1 && type != 2) reader.fail()
    request.signature = signature + 1
    request.signatureLength = reader.length - 1
    return request
  }

  resolve(): void {
    this.verifier = resolveToId(this.address, this.addressLength, true)
  }

  requireVerifier(): void {
    const map = Hamt.load(verifiers)
    const key = idAddress(this.verifier)
    if (map.get(key, idAddressLength) == 0) abort(ExitCode.USR_NOT_FOUND, "not a verifier")
  }

  /** Takes the next proposal number of this verifier and client. */
  useProposal(map: Hamt, client: u64): void {
    const key = alloc(22)
    let length = writeIdAddress(key, this.verifier)
    length += writeIdAddress(key + length, client)
    const at = map.get(key, length)
    this.proposal = 0
    if (at != 0) {
      const reader = Reader.over(at, hamtValueLength, ExitCode.USR_ILLEGAL_STATE)
      reader.tuple(1)
      this.proposal = reader.u64()
    }
    const value = Writer.sized(10)
    value.array(1)
    value.u64(this.proposal + 1)
    map.set(key, length, value.start, value.length)
  }

  /** Asks the verifier's account whether it has signed this. */
  requireSigned(datacap: BigInt, client: u64): void {
    const message = Writer.sized(SIGNING_DOMAIN.length + 32 + datacap.encodedSize)
    for (let i = 0; i < SIGNING_DOMAIN.length; i++) store<u8>(message.at++, SIGNING_DOMAIN.charCodeAt(i))
    message.array(3)
    const address = idAddress(client)
    message.bytes(address, idAddressLength)
    datacap.write(message)
    message.array(1)
    message.u64(this.proposal)
    const input = Writer.sized(1 + stringSize(this.signatureLength) + stringSize(message.length))
    input.array(2)
    input.bytes(this.signature, this.signatureLength)
    input.bytes(message.start, message.length)
    const block = createCbor(input.start, input.length)
    requireSent(
      send(this.address, this.addressLength, Method.AUTHENTICATE_MESSAGE, block, ZERO, u64.MAX_VALUE, SEND_READ_ONLY),
    )
    const reader = returned()
    const signed = reader.bool()
    reader.finish()
    if (!signed) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "proposal authentication failed")
  }
}

function removeVerifiedClientDataCap(): u32 {
  const reader = params()
  reader.tuple(4)
  const address = readAddress(reader)
  const length = reader.length
  const datacap = BigInt.read(reader)
  const one = Request.read(reader)
  const two = Request.read(reader)
  reader.finish()
  const client = resolveToId(address, length, false)
  one.resolve()
  two.resolve()
  if (one.verifier == two.verifier) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "need two different verifiers")
  loadRegistry()
  requireRoot()
  const self = idAddress(ActorId.VERIFIED_REGISTRY)
  if (length == idAddressLength && equalBytes(address, self, length)) {
    abort(ExitCode.USR_ILLEGAL_ARGUMENT, "cannot remove the registry's own")
  }
  one.requireVerifier()
  two.requireVerifier()
  const map = Hamt.load(proposals)
  one.useProposal(map, client)
  two.useProposal(map, client)
  proposals = map.flush()
  saveRegistry()
  one.requireSigned(datacap, client)
  two.requireSigned(datacap, client)
  const balance = balanceOf(client)
  const burnt = balance.compare(datacap) <= 0 ? balance : datacap
  destroy(client, burnt)
  const result = Writer.sized(16 + burnt.encodedSize)
  result.array(2)
  const clientAddress = idAddress(client)
  result.bytes(clientAddress, idAddressLength)
  burnt.write(result)
  return answer(result)
}

// What has expired

let expiredAt: i64 = 0
let lookingForClaims: bool = false
let expired: Ids = changetype<Ids>(0)

function collectExpired(key: usize, length: u32, value: usize, valueLength: u32): void {
  if (expiredAt < Item.decode(value, valueLength, lookingForClaims).expiration) return
  if (readUvarint(key, length) == 0) abort(ExitCode.USR_ILLEGAL_STATE, "invalid key")
  expired.push(uvarint)
}

/** Those of an owner that have expired. */
function findExpired(map: MapOfMaps, owner: u64, areClaims: bool): Ids {
  expiredAt = currentEpoch()
  lookingForClaims = areClaims
  expired = Ids.sized(0)
  const inner = map.of(owner)
  if (!inner.isEmpty) inner.forEach(collectExpired)
  return expired
}

/** Whether those that were named have. */
function checkExpired(map: MapOfMaps, owner: u64, ids: Ids, areClaims: bool): Batch {
  const batch = Batch.sized(ids.length)
  for (let i: u32 = 0; i < ids.length; i++) {
    const at = map.get(owner, ids.get(i))
    if (at == 0) batch.fail(ExitCode.USR_NOT_FOUND)
    else if (currentEpoch() >= Item.decode(at, hamtValueLength, areClaims).expiration) batch.successes++
    else batch.fail(ExitCode.USR_FORBIDDEN)
  }
  return batch
}

/** RemoveExpiredAllocations and RemoveExpiredClaims. */
function removeExpired(areClaims: bool): u32 {
  const reader = params()
  reader.tuple(2)
  const owner = reader.u64()
  const named = Ids.read(reader)
  reader.finish()
  loadRegistry()
  const map = MapOfMaps.load(areClaims ? claims : allocations)
  const considered = named.length == 0 ? findExpired(map, owner, areClaims) : named
  const batch = named.length == 0 ? Batch.ok(considered.length) : checkExpired(map, owner, named, areClaims)
  let recovered = BigInt.zero()
  for (let i: u32 = 0; i < considered.length; i++) {
    if (batch.failed(i)) continue
    const at = map.remove(owner, considered.get(i))
    // One that was named twice.
    if (at == 0) abort(ExitCode.USR_ASSERTION_FAILED, "removed already")
    const item = Item.decode(at, hamtValueLength, areClaims)
    emitItem(areClaims ? "claim-removed" : "allocation-removed", considered.get(i), item)
    recovered = recovered.plus(BigInt.fromU64(item.size))
  }
  if (areClaims) claims = map.flush()
  else allocations = map.flush()
  saveRegistry()
  if (!areClaims) transfer(owner, recovered)
  const result = Writer.sized(1 + considered.encodedSize + batch.encodedSize + recovered.encodedSize)
  result.array(areClaims ? 2 : 3)
  considered.write(result)
  batch.write(result)
  if (!areClaims) recovered.write(result)
  return answer(result)
}

// Claims

/** The ID that `readClaimed` read. */
let claimedId: u64 = 0

/** Reads an allocation that is claimed: client, ID, data and size; the rest of the item is undefined. */
function readClaimed(reader: Reader): Item {
  const item = Item.empty(false)
  reader.tuple(4)
  item.client = reader.u64()
  claimedId = reader.u64()
  item.data = reader.cid()
  item.dataLength = reader.length
  item.size = reader.u64()
  return item
}

/** Passes over a sector's claims, checking their form. */
function skipSector(reader: Reader): void {
  reader.tuple(3)
  reader.u64()
  reader.i64()
  for (let count = reader.array(); count > 0; count--) readClaimed(reader)
}

function canClaim(wanted: Item, provider: u64, allocation: Item, expiry: i64): bool {
  const now = currentEpoch()
  const lifetime = expiry - now
  if (lifetime > expiry) abort(ExitCode.USR_ASSERTION_FAILED, "overflow")
  return (
    provider == allocation.provider &&
    wanted.client == allocation.client &&
    wanted.dataLength == allocation.dataLength &&
    equalBytes(wanted.data, allocation.data, wanted.dataLength) &&
    wanted.size == allocation.size &&
    now <= allocation.epoch &&
    lifetime >= allocation.termMin &&
    lifetime <= allocation.termMax
  )
}

function claimAllocations(): u32 {
  const reader = params()
  reader.tuple(2)
  const count = countOf(reader)
  const sectors = Reader.over(reader.at, u32(reader.end - reader.at))
  for (let left = count; left > 0; left--) skipSector(reader)
  const allOrNothing = reader.bool()
  reader.finish()
  if (actorType(caller()) != ActorType.MINER) abort(ExitCode.USR_FORBIDDEN, "caller is no miner")
  const provider = caller()
  if (count == 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "called with no claims")

  const batch = Batch.sized(count)
  const spaces = alloc(count * 4)
  let total = BigInt.zero()
  loadRegistry()
  const claimMap = MapOfMaps.load(claims)
  const allocationMap = MapOfMaps.load(allocations)
  for (let left = count; left > 0; left--) {
    sectors.tuple(3)
    const sector = sectors.u64()
    const expiry = sectors.i64()
    const wanted = countOf(sectors)
    const ids = Ids.sized(wanted)
    const items = alloc(wanted * 4)
    let failure: u32 = ExitCode.OK
    for (let i: u32 = 0; i < wanted; i++) {
      const claimed = readClaimed(sectors)
      if (failure != ExitCode.OK) continue
      ids.push(claimedId)
      const at = allocationMap.get(claimed.client, claimedId)
      if (at == 0) {
        failure = ExitCode.USR_NOT_FOUND
        continue
      }
      const allocation = Item.decode(at, hamtValueLength, false)
      if (!canClaim(claimed, provider, allocation, expiry)) {
        failure = ExitCode.USR_FORBIDDEN
        continue
      }
      allocation.isClaim = true
      allocation.provider = provider
      allocation.epoch = currentEpoch()
      allocation.sector = sector
      store<u32>(items + i * 4, u32(changetype<usize>(allocation)))
    }
    if (failure != ExitCode.OK) {
      batch.fail(failure)
      continue
    }
    let space = BigInt.zero()
    for (let i: u32 = 0; i < wanted; i++) {
      const claim = changetype<Item>(usize(load<u32>(items + i * 4)))
      if (!claimMap.putIfAbsent(provider, ids.get(i), claim)) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "claim already exists")
      emitItem("claim", ids.get(i), claim)
      allocationMap.remove(claim.client, ids.get(i))
      space = space.plus(BigInt.fromU64(claim.size))
    }
    total = total.plus(space)
    store<u32>(spaces + batch.successes++ * 4, u32(changetype<usize>(space)))
  }
  allocations = allocationMap.flush()
  claims = claimMap.flush()
  saveRegistry()
  if (allOrNothing && batch.failures > 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "claim failed with all-or-nothing")
  burn(total)

  let size = 10 + batch.encodedSize
  for (let i: u32 = 0; i < batch.successes; i++) size += changetype<BigInt>(usize(load<u32>(spaces + i * 4))).encodedSize
  const result = Writer.sized(size)
  result.array(2)
  batch.write(result)
  result.array(batch.successes)
  for (let i: u32 = 0; i < batch.successes; i++) changetype<BigInt>(usize(load<u32>(spaces + i * 4))).write(result)
  return answer(result)
}

function getClaims(): u32 {
  const reader = params()
  reader.tuple(2)
  const provider = reader.u64()
  const ids = Ids.read(reader)
  reader.finish()
  loadRegistry()
  const map = MapOfMaps.load(claims)
  const batch = Batch.sized(ids.length)
  const found = alloc(ids.length * 4)
  let size: u32 = 10
  for (let i: u32 = 0; i < ids.length; i++) {
    const at = map.get(provider, ids.get(i))
    if (at == 0) batch.fail(ExitCode.USR_NOT_FOUND)
    else {
      const claim = Item.decode(at, hamtValueLength, true)
      store<u32>(found + batch.successes++ * 4, u32(changetype<usize>(claim)))
      size += claim.encodedSize
    }
  }
  const result = Writer.sized(size + batch.encodedSize)
  result.array(2)
  batch.write(result)
  result.array(batch.successes)
  for (let i: u32 = 0; i < batch.successes; i++) changetype<Item>(usize(load<u32>(found + i * 4))).write(result)
  return answer(result)
}

function extendClaimTerms(): u32 {
  const reader = params()
  reader.tuple(1)
  const count = countOf(reader)
  const terms = Reader.over(reader.at, u32(reader.end - reader.at))
  for (let left = count; left > 0; left--) {
    reader.tuple(3)
    reader.u64()
    reader.u64()
    reader.i64()
  }
  reader.finish()
  const batch = Batch.sized(count)
  loadRegistry()
  const map = MapOfMaps.load(claims)
  for (let left = count; left > 0; left--) {
    terms.tuple(3)
    const provider = terms.u64()
    const id = terms.u64()
    const termMax = terms.i64()
    if (termMax > MAX_TERM) {
      batch.fail(ExitCode.USR_ILLEGAL_ARGUMENT)
      continue
    }
    const at = map.get(provider, id)
    if (at == 0) {
      batch.fail(ExitCode.USR_NOT_FOUND)
      continue
    }
    const claim = Item.decode(at, hamtValueLength, true)
    if (claim.client != caller()) batch.fail(ExitCode.USR_FORBIDDEN)
    else if (termMax < claim.termMax) batch.fail(ExitCode.USR_ILLEGAL_ARGUMENT)
    else {
      const extended = claim.withTermMax(termMax)
      map.put(provider, id, extended)
      batch.successes++
      emitItem("claim-updated", id, extended)
    }
  }
  claims = map.flush()
  saveRegistry()
  const result = Writer.sized(batch.encodedSize)
  batch.write(result)
  return answer(result)
}

// Datacap that comes in

function requireAllocation(condition: bool): void {
  if (!condition) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "allocation out of bounds")
}

function requireMiner(id: u64): void {
  const code = codeOf(id)
  if (code == 0 || typeOfCode(code) != ActorType.MINER) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "provider must be a miner")
}

function readRequest(reader: Reader, client: u64): Item {
  const item = Item.empty(false)
  reader.tuple(6)
  item.client = client
  item.provider = reader.u64()
  item.data = reader.cid()
  item.dataLength = reader.length
  item.size = reader.u64()
  item.termMin = reader.i64()
  item.termMax = reader.i64()
  item.epoch = reader.i64()
  return item
}

/** Receives datacap: new allocations, and longer terms for claims, of just the size that came. */
function receive(): u32 {
  const reader = params()
  reader.tuple(2)
  const type = reader.u32()
  const payload = reader.bytes()
  const payloadLength = reader.length
  reader.finish()
  requireCaller(ActorId.DATACAP)
  if (type != TOKEN_TYPE) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "invalid token type")
  const received = Reader.over(payload, payloadLength)
  received.tuple(6)
  const client = received.u64()
  const to = received.u64()
  received.u64()
  const tokens = BigInt.read(received)
  const data = received.bytes()
  const dataLength = received.length
  received.bytes()
  received.finish()
  if (to != receiver()) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "token receiver is another")

  const requests = Reader.over(data, dataLength)
  requests.tuple(2)
  const newCount = countOf(requests)
  const news = Reader.over(requests.at, u32(requests.end - requests.at))
  for (let i: u32 = 0; i < newCount; i++) readRequest(requests, client)
  const extendedCount = countOf(requests)
  const extensions = Reader.over(requests.at, u32(requests.end - requests.at))
  for (let i: u32 = 0; i < extendedCount; i++) {
    requests.tuple(3)
    requests.u64()
    requests.u64()
    requests.i64()
  }
  requests.finish()

  const now = currentEpoch()
  let total = BigInt.zero()
  const items = alloc(newCount * 4)
  for (let i: u32 = 0; i < newCount; i++) {
    const item = readRequest(news, client)
    requireAllocation(item.size >= MIN_ALLOCATION_SIZE)
    requireAllocation(item.termMin >= MIN_TERM)
    requireAllocation(item.termMax <= MAX_TERM)
    requireAllocation(item.termMin <= item.termMax)
    requireAllocation(item.epoch >= now)
    requireAllocation(item.epoch <= now + MAX_EXPIRATION)
    requireMiner(item.provider)
    store<u32>(items + i * 4, u32(changetype<usize>(item)))
    total = total.plus(BigInt.fromU64(item.size))
  }
  loadRegistry()
  const known = MapOfMaps.load(claims)
  const extendedIds = Ids.sized(extendedCount)
  const extended = alloc(extendedCount * 4)
  let extendedTotal = BigInt.zero()
  for (let i: u32 = 0; i < extendedCount; i++) {
    extensions.tuple(3)
    const provider = extensions.u64()
    const id = extensions.u64()
    const termMax = extensions.i64()
    const at = known.get(provider, id)
    if (at == 0) abort(ExitCode.USR_NOT_FOUND, "no such claim")
    const claim = Item.decode(at, hamtValueLength, true)
    requireAllocation(termMax <= now + MAX_TERM - claim.epoch)
    requireAllocation(termMax > claim.termMax)
    if (now > claim.expiration) abort(ExitCode.USR_FORBIDDEN, "claim expired")
    extendedIds.push(id)
    store<u32>(extended + i * 4, u32(changetype<usize>(claim.withTermMax(termMax))))
    extendedTotal = extendedTotal.plus(BigInt.fromU64(claim.size))
  }
  total = total.plus(extendedTotal)
  if (total.compare(datacapOf(tokens)) != 0) abort(ExitCode.USR_ILLEGAL_ARGUMENT, "sizes do not match what was received")
  burn(extendedTotal)

  loadRegistry()
  const ids = Ids.sized(newCount)
  if (newCount > 0) {
    const map = MapOfMaps.load(allocations)
    for (let i: u32 = 0; i < newCount; i++) {
      const id = nextAllocation++
      ids.push(id)
      map.put(client, id, changetype<Item>(usize(load<u32>(items + i * 4))))
    }
    allocations = map.flush()
    for (let i: u32 = 0; i < newCount; i++) {
      emitItem("allocation", ids.get(i), changetype<Item>(usize(load<u32>(items + i * 4))))
    }
  }
  if (extendedCount > 0) {
    const map = MapOfMaps.load(claims)
    for (let i: u32 = 0; i < extendedCount; i++) {
      const claim = changetype<Item>(usize(load<u32>(extended + i * 4)))
      map.put(claim.provider, extendedIds.get(i), claim)
    }
    claims = map.flush()
    for (let i: u32 = 0; i < extendedCount; i++) {
      emitItem("claim-updated", extendedIds.get(i), changetype<Item>(usize(load<u32>(extended + i * 4))))
    }
  }
  saveRegistry()
  const newBatch = Batch.ok(newCount)
  const extendedBatch = Batch.ok(extendedCount)
  const result = Writer.sized(1 + newBatch.encodedSize + extendedBatch.encodedSize + ids.encodedSize)
  result.array(3)
  newBatch.write(result)
  extendedBatch.write(result)
  ids.write(result)
  return answer(result)
}

export function invoke(id: u32): u32 {
  begin()
  readParams(id)
  const method = methodNumber()
  restrictInternalApi(method)
  if (method == METHOD_CONSTRUCTOR) return construct()
  if (method == METHOD_ADD_VERIFIER) return addVerifier()
  if (method == METHOD_REMOVE_VERIFIER) return removeVerifier()
  if (method == METHOD_ADD_VERIFIED_CLIENT || method == EXPORTED_ADD_VERIFIED_CLIENT) return addVerifiedClient()
  if (method == METHOD_REMOVE_VERIFIED_CLIENT_DATA_CAP) return removeVerifiedClientDataCap()
  if (method == METHOD_REMOVE_EXPIRED_ALLOCATIONS || method == EXPORTED_REMOVE_EXPIRED_ALLOCATIONS) {
    return removeExpired(false)
  }
  if (method == METHOD_CLAIM_ALLOCATIONS) return claimAllocations()
  if (method == METHOD_GET_CLAIMS || method == EXPORTED_GET_CLAIMS) return getClaims()
  if (method == METHOD_EXTEND_CLAIM_TERMS || method == EXPORTED_EXTEND_CLAIM_TERMS) return extendClaimTerms()
  if (method == METHOD_REMOVE_EXPIRED_CLAIMS || method == EXPORTED_REMOVE_EXPIRED_CLAIMS) return removeExpired(true)
  if (method == Method.RECEIVE) return receive()
  return unhandled()
}
