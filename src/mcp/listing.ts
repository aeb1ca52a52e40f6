import * as z from 'zod';

/* How the schemas of tools are told to clients. Every description costs every conversation, so that what is told is less
 * than what is checked. */

/** Objects within so many others are told without their fields; docs/tools.md has them all. */
const outputDepth = 1;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** JSON Schema of a tool's input, without what a model does not need to fill it in. */
export const toldInput = (schema: z.ZodObject): Record<string, unknown> =>
  withoutNoise(jsonSchemaOf(schema, 'input')) as Record<string, unknown>;

/** JSON Schema of a tool's output: the names and types of its fields. */
export const toldOutput = (schema: z.ZodObject): Record<string, unknown> =>
  shallow(withoutNoise(jsonSchemaOf(schema, 'output')), outputDepth) as Record<string, unknown>;

const jsonSchemaOf = (schema: z.ZodObject, io: 'input' | 'output'): Json =>
  JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io, target: 'draft-2020-12' }))) as Json;

const isObject = (json: Json | undefined): json is { readonly [key: string]: Json } =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Bounds, and what else is refused in words that tell more than a schema. How much may be asked for at most is told. */
const refusedInWords = new Set([
  'minLength',
  'maxLength',
  'minItems',
  'minimum',
  'exclusiveMinimum',
  'additionalProperties',
]);

/** Without the dialect, which is the default one, and what an answer tells where it matters. */
function withoutNoise(json: Json): Json {
  if (Array.isArray(json)) return json.map((item: Json) => withoutNoise(item));
  if (!isObject(json)) return json;
  const kept = Object.entries(json).filter(
    ([key, value]) =>
      key !== '$schema' &&
      !refusedInWords.has(key) &&
      !(key === 'maximum' && value === Number.MAX_SAFE_INTEGER),
  );
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      key === 'anyOf' && Array.isArray(value) ? value.map(withoutFields) : withoutNoise(value),
    ]),
  );
}

/** Of several forms that a value may have, the description shows what the larger ones look like. */
const withoutFields = (json: Json): Json =>
  isObject(json) && json['type'] === 'object' ? { type: 'object' } : withoutNoise(json);

/** Names and types of fields down to a depth; nothing that data of the whole schema would not satisfy. */
function shallow(json: Json, depth: number): Json {
  if (!isObject(json)) return json;
  const { type, properties, items, required } = json;
  if (items !== undefined) return { type: 'array', items: shallow(items, depth - 1) };
  if (!isObject(properties)) return type === undefined ? {} : { type };
  if (depth <= 0) return { type: 'object' };
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, of]) => [name, shallow(of, depth - 1)]),
    ),
    ...(depth === outputDepth && required !== undefined && { required }),
  };
}
