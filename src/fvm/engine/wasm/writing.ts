import { BinaryWriter } from "./binary.ts"
import type { CodeReader } from "./code-reader.ts"
import { type ParsedModule, SECTION, SECTION_ORDER } from "./module.ts"
import { OPERATORS } from "./operators.ts"

/** Writes the instruction that `reader` has just read, integers in their shortest form. */
export function writeInstruction(writer: BinaryWriter, reader: CodeReader): void {
  const row = OPERATORS[reader.operator]!
  if (row.code < 256) writer.u8(row.code)
  else {
    writer.u8(0xfc)
    writer.u32(row.code - 256)
  }
  switch (row.immediate) {
    case "none":
      break
    case "block type":
    case "memory byte":
      writer.u8(reader.first)
      break
    case "label":
    case "function":
    case "local":
    case "global":
    case "table":
    case "memory":
    case "data segment":
    case "element segment":
      writer.u32(reader.first)
      break
    case "indirect call":
    case "memory access":
    case "data segment and memory":
    case "element segment and table":
    case "two memories":
    case "two tables":
      writer.u32(reader.first)
      writer.u32(reader.second)
      break
    case "label table":
      writer.u32(reader.labels.length - 1)
      for (const label of reader.labels) writer.u32(label)
      break
    case "i32":
      writer.s32(reader.first)
      break
    case "i64": {
      const end = reader.position
      reader.position = reader.start + 1
      writer.s64(reader.s64())
      reader.position = end
      break
    }
    case "f32":
      writer.copy(reader.bytes, reader.position - 4, reader.position)
      break
    case "f64":
      writer.copy(reader.bytes, reader.position - 8, reader.position)
      break
    case "value types":
    case "heap type":
      // Never read: such instructions are refused before any pass.
      break
  }
}

/**
 * A module with some sections replaced. Custom sections are reduced to the last one, which goes first: so does the
 * reference.
 *
 * @param replaced - Content of sections, by id; a section that was not there is added in its place.
 */
export function assemble(module: ParsedModule, replaced: ReadonlyMap<number, Uint8Array>): Uint8Array {
  let size = module.bytes.length
  for (const content of replaced.values()) size += content.length + 6
  const writer = new BinaryWriter(size)
  writer.copy(module.bytes, 0, 8)
  for (const id of [SECTION.custom, ...SECTION_ORDER]) {
    const content = replaced.get(id)
    const original = module.sections.get(id)
    if (content !== undefined) {
      writer.u8(id)
      writer.prefixed(content)
    } else if (original !== undefined) {
      writer.u8(id)
      writer.u32(original.end - original.start)
      writer.copy(module.bytes, original.start, original.end)
    }
  }
  return writer.finish()
}
