/*
 * The WebAssembly JavaScript API, as far as the engine on V8 uses it. The types that come with Node leave most of it to
 * the browser's library.
 */

/** Compiled code, without state. */
export type WasmModule = { readonly __brand: "WebAssembly.Module" }

/** A linear memory. */
export type WasmMemory = {
  /** Its bytes; detached and replaced when it grows. */
  readonly buffer: ArrayBuffer
  /** Grows by `pages`; returns the former size in pages. @throws RangeError */
  grow(pages: number): number
}

/** A global variable. i64 are bigints. */
export type WasmGlobal = { value: number | bigint }

/** What an instance imports: module -> name -> thing. */
export type WasmImports = Record<string, Record<string, WasmImport>>
export type WasmImport = WasmGlobal | ((...args: never[]) => number | bigint | bigint[] | undefined)

type WebAssemblyApi = {
  readonly Module: new (bytes: Uint8Array) => WasmModule
  readonly Instance: new (
    module: WasmModule,
    imports: WasmImports,
  ) => { readonly exports: Readonly<Record<string, unknown>> }

  readonly CompileError: new () => Error
  readonly RuntimeError: new () => Error
}

/** The API itself. */
export const WebAssembly: WebAssemblyApi = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly
