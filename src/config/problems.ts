import type { Document, Node } from 'yaml';
import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import * as z from 'zod';

/** Keys and list positions from the top of the file down to a value. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with a value of the file. */
export interface Problem {
  readonly path: Path;
  /** What was found and what is accepted. Never a value that came from the environment. */
  readonly text: string;
}

/** `cameras[0].zones[1].polygon` */
export const pathText = (path: Path): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');

/** Where the value is: the node, undefined when it is missing, and the offset in the text of its key or else parent. */
export function locate(document: Document, path: Path): { node: Node | undefined; offset: number } {
  let node = nodeOf(document.contents, document);
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === step);
      if (!pair) return { node: undefined, offset };
      offset = (isNode(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      next = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      next = node.items[step];
      offset = (isNode(next) ? next.range?.[0] : undefined) ?? offset;
    }
    node = nodeOf(next, document);
  }
  return { node, offset };
}

function nodeOf(value: unknown, document: Document): Node | undefined {
  if (isAlias(value)) return value.resolve(document);
  return isNode(value) ? value : undefined;
}

/**
 * What a schema finds wrong with the document, a problem for each.
 *
 * @param written the text as written of values that had variables, to be shown instead of their contents
 */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  document: Document,
  written: ReadonlyMap<Node, string>,
): Problem[] {
  return issues.flatMap(innermost).flatMap((issue): Problem[] => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'unrecognized_keys') {
      const known = keysOf(schemaAt(schema, path));
      return issue.keys.map((key) => ({ path: [...path, key], text: unknownKey(key, known) }));
    }
    if (issue.message.startsWith('found ')) return [{ path, text: issue.message }];
    const { node } = locate(document, path);
    const found = node ? `found ${show(node, written)}` : 'missing';
    return [{ path, text: `${found}, ${issue.message}` }];
  });
}

/** Of a value that may be one of several kinds: what is wrong inside it, once it is clear which kind it is. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inside = issue.errors.filter((problems) => problems.every(({ path }) => path.length > 0));
  return inside.length === 1
    ? inside.flat().map((one) => ({ ...one, path: [...issue.path, ...one.path] }))
    : [issue];
}

function show(node: Node, written: ReadonlyMap<Node, string>): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return `a list of ${node.items.length}`;
  const value: unknown = written.get(node) ?? (isScalar(node) ? node.value : undefined);
  if (value === null || value === undefined) return 'nothing';
  const text = typeof value === 'string' ? JSON.stringify(value) : `${value as number | boolean | bigint}`;
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestOf(key, known);
  return `unknown key${nearest === undefined ? '' : `, did you mean ${nearest}?`} (accepted: ${known.join(', ')})`;
}

function schemaAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return schemaAt(schema.unwrap(), path);
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  const next =
    schema instanceof z.ZodObject
      ? (schema.shape as Record<string, z.core.$ZodType>)[step]
      : schema instanceof z.ZodArray
        ? schema.element
        : undefined;
  return next ? schemaAt(next, rest) : schema;
}

const keysOf = (schema: z.core.$ZodType): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

/** The known word that the fewest changed letters turn into the given one; undefined when none is near. */
export function nearestOf(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, changes: changesBetween(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.changes - b.changes);
  const [best] = ranked;
  return best && best.changes <= Math.max(1, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

/** Levenshtein distance. */
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
