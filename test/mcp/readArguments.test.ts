import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { shapeId } from '../../src/domain/ids.ts';
import { readArguments } from '../../src/mcp/readArguments.ts';
import { tools } from '../../src/mcp/tools/index.ts';
import { shared } from '../fixtures/shared.ts';
import { openReader } from '../../src/store/reader.ts';
import { openWriter } from '../../src/store/writer.ts';
import { camera, dock, line, t0, temporaryFolder } from '../store/fixture.ts';
import { record, worldOf } from './adhocRecording.ts';
import { client2, serve } from './serving.ts';

const toolOf = (name: string) => {
  const tool = tools.find((one) => one.name === name);
  if (!tool) throw new Error(`There is no tool ${name}`);
  return tool;
};

/** What the tool would be asked, or how its schema refuses. */
function asked(name: string, given: Record<string, unknown>): unknown {
  const schema = toolOf(name).input.strict();
  const parsed = schema.safeParse(readArguments(schema, given));
  return parsed.success ? parsed.data : parsed.error.issues.map(({ path }) => `refused: ${path.join('.')}`);
}

describe('arguments are understood as clients send them', () => {
  it.each([
    ['a number as text', 'find_tracks', { limit: '2' }, { limit: 2 }],
    ['a number with blanks around it', 'find_tracks', { limit: ' 5 ' }, { limit: 5 }],
    ['a decimal number as text', 'find_tracks', { min_seconds: '10.5' }, { min_seconds: 10.5 }],
    ['a whole number written with decimals', 'find_tracks', { limit: '3.0' }, { limit: 3 }],
    ['a list of one where a value is wanted', 'find_tracks', { limit: [4] }, { limit: 4 }],
    ['true as text', 'count_zone_events', { people: 'true' }, { people: true }],
    ['False as text', 'count_zone_events', { people: 'False' }, { people: false }],
    ['1 for yes', 'count_zone_events', { people: 1 }, { people: true }],
    ['a list as JSON', 'count_zone_events', { classes: '["person", "car"]' }, { classes: ['person', 'car'] }],
    ['one value for a list', 'count_zone_events', { classes: 'person' }, { classes: ['person'] }],
    [
      'names with commas between them',
      'count_zone_events',
      { classes: 'person, car' },
      { classes: ['person', 'car'] },
    ],
    [
      'words with commas between them',
      'count_zone_events',
      { group_by: 'Hour,class' },
      { group_by: ['hour', 'class'] },
    ],
    ['one word for a list of words', 'count_zone_events', { group_by: 'hour' }, { group_by: ['hour'] }],
    [
      'several cameras as JSON',
      'count_zone_events',
      { camera: '["dock","gate"]' },
      { camera: ['dock', 'gate'] },
    ],
    ['a number for a name', 'count_zone_events', { camera: 3 }, { camera: '3' }],
    [
      'a drawn line as JSON',
      'count_zone_events',
      { line: '{"from":[0,0.5],"to":[1,0.5]}' },
      { line: { from: [0, 0.5], to: [1, 0.5] } },
    ],
    [
      'a drawn line with numbers as text',
      'count_zone_events',
      { line: { from: ['0', '.5'], to: '[1, 0.5]' } },
      { line: { from: [0, 0.5], to: [1, 0.5] } },
    ],
    ['a drawn zone with JSON inside', 'count_zone_events', { zone: { polygon: '[[0,0],[1,0],["1","1"]]' } }, { zone: { polygon: [[0, 0], [1, 0], [1, 1]] } }], // prettier-ignore
    [
      'an object as JSON',
      'flag_anomaly',
      { feedback: '{"anomaly_id":"a1","verdict":"Useful"}' },
      { feedback: { anomaly_id: 'a1', verdict: 'useful' } },
    ],
    [
      'null and nothing within an object',
      'flag_anomaly',
      { record: { at: '-1h', note: 'odd', by: '', camera: null } },
      { record: { at: '-1h', note: 'odd', by: 'agent' } },
    ],
    ['a word with other capitals', 'count_zone_events', { direction: 'Forward' }, { direction: 'forward' }],
    [
      'a word with a blank for its underscore',
      'watch',
      { action: 'dry run', when: 'Camera-Down' },
      { action: 'dry_run', when: 'camera_down' },
    ],
    [
      'null for what is left out',
      'count_zone_events',
      { from: null, to: null, classes: null, direction: null },
      {},
    ],
    ['"" for what is left out', 'count_zone_events', { zone: '', direction: '', event: ' ' }, {}],
    [
      '"null" where no name is wanted',
      'count_zone_events',
      { evidence_limit: 'null', direction: 'None' },
      {},
    ],
    ['an empty list for no choice', 'count_zone_events', { classes: [], group_by: '[]' }, {}],
    ['blanks in a list', 'count_zone_events', { classes: ['person', '', null] }, { classes: ['person'] }],
    ['days with commas between them', 'watch', { action: 'list', days: 'mon,fri' }, { days: ['mon', 'fri'] }],
  ] as const)('%s', (_, tool, given, expected) => {
    const plain =
      'action' in given && !('action' in expected) ? { action: given.action, ...expected } : expected;
    expect(asked(tool, given)).toEqual(asked(tool, plain));
  });
});

describe('arguments whose meaning is in doubt are refused', () => {
  it.each([
    ['a number with a unit', 'find_tracks', { limit: '30s' }, 'limit'],
    ['a decimal comma', 'find_tracks', { min_seconds: '10,5' }, 'min_seconds'],
    ['no number at all', 'find_tracks', { limit: 'Infinity' }, 'limit'],
    ['a fraction of a whole number', 'find_tracks', { limit: '2.5' }, 'limit'],
    ['a number out of bounds', 'find_tracks', { limit: '101' }, 'limit'],
    ['several values for one', 'find_tracks', { limit: [1, 2] }, 'limit'],
    ['perhaps', 'count_zone_events', { people: 'perhaps' }, 'people'],
    ['a number for a shape', 'count_zone_events', { line: 7 }, 'line'],
    ['a word that is none of them', 'count_zone_events', { direction: 'left' }, 'direction'],
    ['one wrong word among right ones', 'count_zone_events', { group_by: 'hour,weekday' }, 'group_by.0'],
    ['broken JSON', 'count_zone_events', { group_by: '["hour"' }, 'group_by.0'],
    ['an argument that there is not', 'count_zone_events', { until: 'now' }, ''],
    ['nothing where something is needed', 'watch', { action: '' }, 'action'],
    ['null where something is needed', 'watch', { action: null }, 'action'],
  ] as const)('%s', (_, tool, given, path) => {
    expect(asked(tool, given)).toEqual([`refused: ${path}`]);
  });

  it('and a text stays a text, whatever it looks like', () => {
    expect(asked('flag_anomaly', { record: { at: '09:00', note: '["5"]' } })).toMatchObject({
      record: { at: '09:00', note: '["5"]' },
    });
    expect(asked('define_zone', { name: '3' })).toMatchObject({ name: '3' });
    // A camera's name may hold a comma; one that does not exist is refused by its lookup.
    expect(asked('find_tracks', { cameras: 'Dock, north' })).toMatchObject({ cameras: ['Dock, north'] });
  });
});

describe('every tool', () => {
  const asText = (value: unknown): unknown => (typeof value === 'string' ? value : JSON.stringify(value));

  it.each(tools.map((tool) => [tool.name, tool] as const))(
    '%s takes each of its arguments as text, and null or "" for the rest',
    (name, tool) => {
      const required = name === 'watch' ? { action: 'list' } : {};
      for (const [field, schema] of Object.entries(tool.input.shape)) {
        for (const value of examplesOf(schema)) {
          const plain = { ...required, [field]: value };
          if (!tool.input.strict().safeParse(plain).success) continue;
          const others = Object.keys(tool.input.shape).filter((other) => !(other in plain));
          const given = {
            ...required,
            [field]: asText(value),
            ...Object.fromEntries(others.map((other, n) => [other, n % 2 ? null : ''])),
          };
          expect(asked(name, given), `${field}: ${JSON.stringify(value)}`).toEqual(asked(name, plain));
        }
      }
    },
  );

  /** Values of every type, those that the schema may take among them. */
  const examplesOf = (schema: unknown): unknown[] => [
    ...wordsOf(schema),
    ...wordsOf(schema).map((word) => [word]),
    ...[0, 1, 2.5, 30, true, false, 'mid', ['person'], ['person', 'car']],
    { from: [0, 0], to: [1, 1] },
    { polygon: [[0, 0], [1, 0], [1, 1]] }, // prettier-ignore
    { anomaly_id: 'a1', verdict: 'not' },
    { at: '-1h', note: 'odd' },
  ];

  function wordsOf(schema: unknown): unknown[] {
    if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return wordsOf(schema.unwrap());
    if (schema instanceof z.ZodArray) return wordsOf(schema.element);
    return schema instanceof z.ZodEnum ? [...schema.options] : [];
  }
});

const cases = shared('cases/mcp-arguments.jsonl');
test.skipIf(cases.missing)('every call that clients really made is answered', async () => {
  const shape = { ...line, id: shapeId('l') };
  const folder = temporaryFolder();
  const writer = openWriter(folder, { nowMs: t0 });
  onTestFinished(() => writer.close());
  writer.syncCameras([camera(dock, [shape])], t0);
  record(writer, dock, { fromMs: t0, toMs: t0 + 10_000 }, [shape], []);
  const reader = openReader(folder);
  onTestFinished(() => reader.close());
  const served = await serve(worldOf(reader, t0 + 20_000));
  const client = await client2(served);
  for (const text of readFileSync(cases.path, 'utf8').trim().split('\n')) {
    const call = z
      .object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(text));
    const { isError, text: said } = await client.call(call.name, call.arguments);
    expect(isError, `${text}: ${said}`).toBe(false);
  }
});
