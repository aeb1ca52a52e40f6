import * as z from 'zod';

/* Arguments as clients really send them. Many send every value as text, null or "" for what they leave out, and one value for a list
 * of one. Where a tool's schema leaves no doubt what is meant, it is read so; everything else is left as it is, and the schema
 * refuses it in words. */

/** The arguments of a tool as its schema wants them, as far as their meaning is plain. Never throws. */
export const readArguments = (schema: z.ZodObject, given: unknown): unknown => read(schema, given);

/** Says that an argument is not given. */
const absent = Symbol('absent');

function read(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    if (isNothing(value)) return absent;
    const inner = schema.unwrap();
    const reading = read(inner, value);
    // An empty list asks for no choice, as leaving it out does.
    if (isEmptyList(inner, reading)) return absent;
    return saysNothing(reading) && !accepts(inner, reading) ? absent : reading;
  }
  if (schema instanceof z.ZodUnion) return readUnion(schema.options, value);
  if (schema instanceof z.ZodArray) return readList(schema.element, value);
  if (schema instanceof z.ZodObject) return readObject(schema.shape, value);
  const single = onlyOne(value);
  if (schema instanceof z.ZodNumber) return readNumber(single);
  if (schema instanceof z.ZodBoolean) return readBoolean(single);
  if (schema instanceof z.ZodEnum) return readEnum(schema.options, single);
  if (schema instanceof z.ZodString && typeof single === 'number') return String(single);
  return single;
}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

/** "null" and its like, where they cannot be a name. */
const saysNothing = (value: unknown): boolean =>
  typeof value === 'string' && /^(null|none|undefined)$/i.test(value.trim());

const isEmptyList = (schema: unknown, value: unknown): boolean =>
  schema instanceof z.ZodArray && Array.isArray(value) && value.length === 0;

/** A list of one where one value is wanted is that value. */
const onlyOne = (value: unknown): unknown => (Array.isArray(value) && value.length === 1 ? value[0] : value);

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

function readNumber(value: unknown): unknown {
  if (typeof value !== 'string' || !decimal.test(value.trim())) return value;
  const number = Number(value);
  return Number.isFinite(number) ? number : value;
}

const yes = ['true', 'yes', 'on', '1'];
const no = ['false', 'no', 'off', '0'];

function readBoolean(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const said = String(value).trim().toLowerCase();
  if (yes.includes(said)) return true;
  return no.includes(said) ? false : value;
}

/** One of the words also with other capitals, or with spaces or hyphens for underscores. */
function readEnum(words: readonly unknown[], value: unknown): unknown {
  if (typeof value !== 'string' || words.includes(value)) return value;
  const plain = (word: string) =>
    word
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, '_');
  return words.find((word) => typeof word === 'string' && plain(word) === plain(value)) ?? value;
}

function readList(element: unknown, value: unknown): unknown {
  const list = jsonIn(value, '[') ?? value;
  if (Array.isArray(list))
    return list.filter((one) => !isNothing(one)).map((one) => known(read(element, one), one));
  if (typeof list !== 'string')
    return isObject(list) || isScalar(list) ? [known(read(element, list), list)] : list;
  const one = read(element, list);
  if (accepts(element, one)) return [one];
  // Only where no element may hold a comma is it plain that commas separate them.
  const parts = list.split(',').map((part) => read(element, part.trim()));
  return parts.length > 1 && parts.every((part) => accepts(element, part)) ? parts : [one];
}

function readObject(shape: Readonly<Record<string, unknown>>, value: unknown): unknown {
  const object = jsonIn(value, '{') ?? value;
  if (!isObject(object)) return object;
  const fields = Object.entries(object).map(
    ([name, of]) => [name, Object.hasOwn(shape, name) ? read(shape[name], of) : of] as const,
  );
  return Object.fromEntries(fields.filter(([, of]) => of !== absent));
}

/**
 * Of several forms the first that takes the value, as it is or else as that form reads it. JSON in a text is what it spells out, where
 * a form takes that.
 */
function readUnion(forms: readonly unknown[], value: unknown): unknown {
  const spelled = jsonIn(value, '[') ?? jsonIn(value, '{');
  const meant = spelled === undefined ? [value] : [spelled, value];
  for (const one of meant) {
    if (forms.some((form) => accepts(form, one))) return one;
    // Where a shape may be drawn, a number is more likely a part of one than its name.
    if (typeof one === 'number' && forms.some((form) => form instanceof z.ZodObject)) continue;
    const form = forms.find((each) => accepts(each, read(each, one)));
    if (form !== undefined) return read(form, one);
  }
  return value;
}

/** The list or object that a text spells out in JSON; undefined where it is none. */
function jsonIn(value: unknown, opening: '[' | '{'): unknown {
  if (typeof value !== 'string' || !value.trim().startsWith(opening)) return undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    // A text that only begins like JSON is taken for a text.
    return undefined;
  }
}

const accepts = (schema: unknown, value: unknown): boolean =>
  value !== absent && schema instanceof z.ZodType && schema.safeParse(value).success;

const known = (reading: unknown, value: unknown): unknown => (reading === absent ? value : reading);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): boolean => typeof value === 'number' || typeof value === 'boolean';
