import { keccak_256 } from "@noble/hashes/sha3.js"
import type { Json } from "../../src/actors/testing/messages.ts"

/*
 * What people do most, as one scenario: `npm run report:actors` prints what each message costs here and with the official actors, whose gas
 * tests/actors/yardstick-vector.json.gz records (made by tests/actors/run.ts --yardstick).
 */
const SOURCE = `
pragma solidity ^0.8.20;
contract Token {
  mapping(address => uint256) public balanceOf;
  mapping(address => mapping(address => uint256)) public allowance;
  uint256 public totalSupply;
  string public name = "Yardstick";
  event Transfer(address indexed from, address indexed to, uint256 value);
  event Approval(address indexed owner, address indexed spender, uint256 value);
  function mint(address to, uint256 value) external { totalSupply += value; balanceOf[to] += value; emit Transfer(address(0), to, value); }
  function approve(address spender, uint256 value) external returns (bool) { allowance[msg.sender][spender] = value; emit Approval(msg.sender, spender, value); return true; }
  function transfer(address to, uint256 value) external returns (bool) { move(msg.sender, to, value); return true; }
  function transferFrom(address from, address to, uint256 value) external returns (bool) { allowance[from][msg.sender] -= value; move(from, to, value); return true; }
  function move(address from, address to, uint256 value) private { balanceOf[from] -= value; balanceOf[to] += value; emit Transfer(from, to, value); }
}
contract Pair {
  Token public a; Token public b; uint112 reserveA; uint112 reserveB; uint32 last;
  event Swap(address indexed sender, uint256 amountIn, uint256 amountOut);
  constructor(Token a_, Token b_) { a = a_; b = b_; }
  function sync() external { reserveA = uint112(a.balanceOf(address(this))); reserveB = uint112(b.balanceOf(address(this))); }
  function swap(uint256 amountIn) external returns (uint256 out) {
    a.transferFrom(msg.sender, address(this), amountIn);
    uint256 fee = amountIn * 997;
    out = fee * reserveB / (uint256(reserveA) * 1000 + fee);
    b.transfer(msg.sender, out);
    reserveA = uint112(a.balanceOf(address(this))); reserveB = uint112(b.balanceOf(address(this))); last = uint32(block.timestamp);
    emit Swap(msg.sender, amountIn, out);
  }
}
contract Hasher {
  function run(uint256 count) external pure returns (bytes32 hash) { for (uint256 i = 0; i < count; i++) hash = keccak256(abi.encode(hash, i)); }
}`

const EVE = "a1".repeat(20)
const BOB = "b2".repeat(20)
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
const word = (value: bigint | number): string => BigInt(value).toString(16).padStart(64, "0")
const selector = (signature: string): string => hex(keccak_256(new TextEncoder().encode(signature))).slice(0, 8)
const made = (nonce: number): string =>
  hex(keccak_256(Buffer.from(`d694${EVE}${nonce === 0 ? "80" : hex(new Uint8Array([nonce]))}`, "hex"))).slice(24)

/** What the messages are called in the report, in order. */
export const YARDSTICK: readonly string[] = [
  "deploy of an ERC-20", "deploy of another", "deploy of a pair", "deploy of a loop", "mint", "mint to the pair", "mint of the other", "sync of the pair",
  "ERC-20 transfer to a fresh holder", "ERC-20 transfer", "approve", "swap", "swap again", "keccak loop of 1,000", "value transfer",
] // biome-ignore format: a list

/** The scenario, for `fvm-oracle` with the official bundle. */
export async function yardstick(): Promise<Json> {
  // The compiler takes a second to load, and the report wants only the names.
  const { compile } = await import("../diff/steps/solidity.ts")
  const contracts = compile(SOURCE)
  const code = (name: string): string => (contracts[name]?.bytecode ?? "").slice(2)
  const address = (text: string): bigint => BigInt(`0x${text}`)
  const [one, other, pair, loop] = [made(0), made(1), made(2), made(3)] as [string, string, string, string]
  const create = (initcode: string): Json => ({ from: "eve", to: "hex:000a", method: 4, params_bytes: initcode })
  const call = (to: string, signature: string, ...words: ReadonlyArray<bigint | number>): Json => ({
    from: "eve",
    to: `0x${to}`,
    method: 3844450837,
    params_bytes: selector(signature) + words.map(word).join(""),
  })
  return {
    name: "yardstick",
    bundle: true,
    actors: [
      { name: "eve", code: { builtin: "ethaccount" }, address: { eth: EVE }, balance: "1000000000000000000000" },
      { name: "bob", code: { builtin: "ethaccount" }, address: { eth: BOB }, balance: "1000000000000000000000" },
    ],
    messages: [
      create(code("Token")),
      create(code("Token")),
      create(code("Pair") + word(address(one)) + word(address(other))),
      create(code("Hasher")),
      call(one, "mint(address,uint256)", address(EVE), 10n ** 24n),
      call(one, "mint(address,uint256)", address(pair), 10n ** 24n),
      call(other, "mint(address,uint256)", address(pair), 10n ** 24n),
      call(pair, "sync()"),
      call(one, "transfer(address,uint256)", address(BOB), 1000),
      call(one, "transfer(address,uint256)", address(BOB), 1000),
      call(one, "approve(address,uint256)", address(pair), 10n ** 24n),
      call(pair, "swap(uint256)", 10n ** 18n),
      call(pair, "swap(uint256)", 10n ** 18n),
      call(loop, "run(uint256)", 1000),
      { from: "eve", to: `0x${BOB}`, method: 0, value: "5" },
    ],
  }
}
