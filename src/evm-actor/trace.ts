/**
 * What the traced build of this actor tells its host: `scripts/build-actors.ts` compiles the same sources with a loop that calls
 * these before each instruction, to `dist/actors/evm-trace.wasm`. The ordinary build imports nothing of it.
 *
 * The functions are no syscalls: only a host that put this build in the place of a contract's code knows them
 * (src/chain/steps/recorder.ts reads what they point at).
 */

/**
 * A contract's code is about to run.
 *
 * @param code - Address of the code's first byte.
 * @param length - Bytes of code.
 * @param stack - Address of the deepest word of the stack.
 * @param receiver - The contract's address as a word: whose storage and balance it is.
 */
// @ts-ignore: decorator
@external("evm_trace", "enter")
export declare function traceEnter(code: usize, length: u32, stack: usize, receiver: usize): void

/**
 * An instruction is about to run.
 *
 * @param pc - Address of the instruction.
 * @param sp - Address of the top word.
 * @param memory - Address of the EVM's memory, and its size in bytes.
 * @param returned - Address of the return data of the last inner call, and their length.
 */
// @ts-ignore: decorator
@external("evm_trace", "step")
export declare function traceStep(
  pc: usize,
  sp: usize,
  memory: usize,
  memorySize: u32,
  returned: usize,
  returnedLength: u32,
): void

/**
 * A jump has come to a JUMPDEST, which does nothing and is passed over.
 *
 * @param pc - Address behind the JUMPDEST. The rest as in {@link traceStep}.
 */
// @ts-ignore: decorator
@external("evm_trace", "landing")
export declare function traceLanding(
  pc: usize,
  sp: usize,
  memory: usize,
  memorySize: u32,
  returned: usize,
  returnedLength: u32,
): void
