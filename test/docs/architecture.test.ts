import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const project = resolve(import.meta.dirname, '../..');

interface Room {
  readonly mayImport: readonly string[];
  /** Libraries that it alone imports. */
  readonly owns: readonly string[];
}

describe('the rooms of docs/architecture.md', () => {
  it('are the folders of src', () => {
    const folders = readdirSync(resolve(project, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect([...documentedRooms().keys()].toSorted()).toEqual(folders.toSorted());
  });

  it('may import what .dependency-cruiser.cjs lets them', () => {
    expect(Object.fromEntries(documentedRooms())).toEqual(Object.fromEntries(checkedRooms()));
  });
});

/** Rows of the table whose first cell is a room: name, what it is, may import, alone imports. */
function documentedRooms(): Map<string, Room> {
  const text = readFileSync(resolve(project, 'docs/architecture.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith('Rooms\n')) ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)` *\|[^|]*\|([^|]*)\|([^|]*)\|$/gm)];
  return new Map(
    rows.map(([, name = '', mayImport = '', owns = '']) => [
      name,
      { mayImport: listOf(mayImport), owns: listOf(owns) },
    ]),
  );
}

const listOf = (cell: string): string[] =>
  cell
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .toSorted();

const rulesSchema = z.object({
  forbidden: z.array(
    z.object({
      name: z.string(),
      from: z.object({ path: z.string().optional(), pathNot: z.string().optional() }),
      to: z.object({ path: z.string().optional(), pathNot: z.string().optional() }),
    }),
  ),
});

/** The same out of the patterns that are really checked, not out of the rules' comments. */
function checkedRooms(): Map<string, Room> {
  const load = createRequire(import.meta.url);
  const { forbidden } = rulesSchema.parse(load(resolve(project, '.dependency-cruiser.cjs')));
  const owners = forbidden.flatMap(({ from, to }) => {
    const library = /^node_modules\/(.+)$/.exec(to.path ?? '')?.[1];
    const room = /^\^src\/(\w+)\/$/.exec(from.pathNot ?? '')?.[1];
    return library !== undefined && room !== undefined ? [{ library, room }] : [];
  });
  return new Map(
    forbidden.flatMap(({ name, from, to }): [string, Room][] => {
      const room = /^\^src\/(\w+)\/$/.exec(from.path ?? '')?.[1];
      const allowed = /^\^src\/\(([\w|]+)\)\/$/.exec(to.pathNot ?? '')?.[1];
      if (name !== `${String(room)}-imports` || room === undefined || allowed === undefined) return [];
      const mayImport = allowed.split('|').filter((other) => other !== room);
      const owns = owners.filter((owner) => owner.room === room).map(({ library }) => library);
      return [[room, { mayImport: mayImport.toSorted(), owns: owns.toSorted() }]];
    }),
  );
}
