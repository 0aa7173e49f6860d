import { z } from "zod"
import type { Json } from "./json.ts"
import { defineMethod, type Method } from "./method.ts"

/** Title and version of what the document describes. */
export interface ApiInfo {
  readonly title: string
  readonly version: string
  readonly description?: string
}

function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Record<
    string,
    Json
  >
  return rest
}

/**
 * The OpenRPC document of a set of methods: one entry for each name, aliases included, sorted by name.
 *
 * @see https://spec.open-rpc.org 1.3.2
 */
export function createOpenRpc<C>(methods: Iterable<Method<C>>, info: ApiInfo): Json {
  const entries: { name: string; entry: Json }[] = []
  for (const method of new Set(methods))
    for (const name of [method.name, ...method.aliases]) entries.push({ name, entry: entryOf(method, name) })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    openrpc: "1.3.2",
    info: { title: info.title, version: info.version, description: info.description },
    methods: entries.map(({ entry }) => entry),
  }
}

function entryOf<C>(method: Method<C>, name: string): Json {
  const alias = name === method.name ? "" : ` Same as ${method.name}.`
  const unsupported = method.unsupported === undefined ? "" : ` Not supported: ${method.unsupported}.`
  return {
    name,
    summary: method.summary + alias + unsupported,
    description: `Source: ${method.source}`,
    paramStructure: "either",
    params: method.params.map(({ name: param, decoder, optional, fallback }) => ({
      name: param,
      summary: decoder.expected,
      required: !optional,
      schema: {
        ...(jsonSchema(decoder.schema) as Record<string, Json>),
        ...(fallback !== undefined && { default: fallback }),
      },
    })),
    result: {
      name: "result",
      summary: method.result?.expected,
      schema: method.result ? jsonSchema(method.result.schema) : {},
    },
  }
}

/** The method `rpc.discover`: the document of the given methods and of itself. */
export function createDiscover<C>(methods: readonly Method<C>[], info: ApiInfo): Method<C> {
  let document: Json | undefined
  const discover: Method<C> = defineMethod<C, [], Json>({
    name: "rpc.discover",
    summary: "What this node serves, as an OpenRPC document.",
    params: [],
    result: {
      expected: "an OpenRPC document",
      schema: z.looseObject({ openrpc: z.string() }),
      encode: (value) => value,
    },
    source: "OpenRPC 1.3.2, service discovery",
    handle: () => {
      document ??= createOpenRpc([...methods, discover], info)
      return document
    },
  })
  return discover
}
