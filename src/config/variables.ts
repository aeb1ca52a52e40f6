import type { Document, Node } from 'yaml';
import { isMap, isScalar, isSeq } from 'yaml';
import type { Path, Problem } from './problems.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Puts environment variables in the place of `${NAME}` in all text values (not keys) of the document; `$${` stands for
 * `${`.
 *
 * @returns the text as it was written of every value changed, and what could not be filled in
 */
export function fillIn(
  document: Document,
  env: Environment,
): { written: ReadonlyMap<Node, string>; problems: Problem[] } {
  const written = new Map<Node, string>();
  const problems: Problem[] = [];
  for (const { node, path } of scalarsOf(document.contents, [])) {
    if (!isScalar(node) || typeof node.value !== 'string' || !node.value.includes('${')) continue;
    const text = node.value;
    written.set(node, text);
    node.value = text.replaceAll(/\$\$\{|\$\{([^}]*)(\}?)/g, (match, name?: string, end?: string) => {
      if (match === '$${') return '${';
      if (name === undefined || end !== '}' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        const rule = 'a variable is written ${NAME}, and $${ stands for the text ${';
        problems.push({ path, text: `found ${JSON.stringify(match)}, ${rule}` });
        return match;
      }
      const value = env[name];
      if (value === undefined) {
        const next = `set it, or write $\${${name}} for that text itself`;
        problems.push({ path, text: `the environment variable ${name} is not set; ${next}` });
      }
      return value ?? match;
    });
  }
  return { written, problems };
}

function* scalarsOf(node: unknown, path: Path): Generator<{ node: Node; path: Path }> {
  if (isMap(node)) {
    for (const { key, value } of node.items)
      yield* scalarsOf(value, [...path, String(isScalar(key) ? key.value : key)]);
  } else if (isSeq(node)) {
    for (const [i, item] of node.items.entries()) yield* scalarsOf(item, [...path, i]);
  } else if (isScalar(node)) {
    yield { node, path };
  }
}
