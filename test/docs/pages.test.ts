import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/schema.ts';
import { tools } from '../../src/mcp/tools/index.ts';

const project = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(resolve(project, path), 'utf8');

describe('docs/configuration.md', () => {
  it('has a row for every key of argus.yaml, in their order, and for no other', () => {
    const rows = [...read('docs/configuration.md').matchAll(/^\| `([a-z][\w.[\]]*)` *\|/gm)];
    expect(rows.map(([, key]) => key)).toEqual(keysOf(configJsonSchema()));
  });
});

/** E.g. `server.port` and `cameras[].lines[].id`. */
function keysOf(schema: object, prefix = ''): string[] {
  const { properties = {}, items } = schema as { properties?: Record<string, object>; items?: object };
  if (items) return keysOf(items, `${prefix}[]`);
  return Object.entries(properties).flatMap(([name, value]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return [path, ...keysOf(value, path)];
  });
}

describe('README.md', () => {
  it('lists the tools that there are', () => {
    const section =
      read('README.md')
        .split(/^### /m)
        .find((part) => part.startsWith('The tools\n')) ?? '';
    const rows = [...section.matchAll(/^\| `([a-z_]+)` *\|/gm)];
    expect(rows.map(([, name]) => name)).toEqual(tools.map(({ name }) => name));
  });
});

describe('links between pages', () => {
  it.each(pages())('of %s lead to files and headings that exist', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const dead = links.filter((link) => !/^https?:/.test(link) && !isThere(page, link));
    expect(dead).toEqual([]);
  });
});

function pages(): string[] {
  const isPage = (path: string) => path.endsWith('.md');
  const below = ['docs', 'skills', 'models'].flatMap((folder) =>
    readdirSync(resolve(project, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
      join(folder, path),
    ),
  );
  return [...readdirSync(project), ...below].filter(isPage);
}

function isThere(page: string, link: string): boolean {
  const [file = '', heading] = link.split('#');
  const path = file === '' ? page : join(dirname(page), file);
  if (!existsSync(resolve(project, path))) return false;
  return heading === undefined || headingsOf(read(path)).includes(heading);
}

/** As GitHub names them in links. */
const headingsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
