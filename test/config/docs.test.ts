import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { exampleConfig } from '../../src/config/example.ts';
import { parseConfig } from '../../src/config/load.ts';
import { nearestOf } from '../../src/config/problems.ts';
import { configJsonSchema, schemaUrl } from '../../src/config/schema.ts';
import { parseSource } from '../../src/source/parseSource.ts';

const project = resolve(import.meta.dirname, '../..');

describe('docs/argus.schema.json', () => {
  it('is the schema of argus.yaml (UPDATE_DOCS=1 writes it)', async () => {
    const path = resolve(project, 'docs/argus.schema.json');
    const style = { ...(await resolveConfig(path)), filepath: path };
    const text = await format(JSON.stringify(configJsonSchema()), style);
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('describes every key and knows no others', () => {
    const bare: string[] = [];
    const look = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { properties, items, additionalProperties } = schema as Record<string, unknown>;
      if (properties !== undefined && additionalProperties !== false) bare.push(`${path} is open`);
      for (const [key, value] of Object.entries(properties ?? {})) {
        if (!(value as { description?: string }).description) bare.push(`${path}.${key}`);
        look(value, `${path}.${key}`);
      }
      for (const item of Array.isArray(items) ? items : [items]) look(item, `${path}[]`);
    };
    look(configJsonSchema(), '');
    expect(bare).toEqual([]);
  });

  it('is where the example says, for the version of the package', () => {
    const { name, version } = JSON.parse(readFileSync(resolve(project, 'package.json'), 'utf8')) as {
      name: string;
      version: string;
    };
    const range = version.split('.').slice(0, 2).join('.');
    expect(schemaUrl).toBe(`https://unpkg.com/${name}@${range}/docs/argus.schema.json`);
    expect(exampleConfig().split('\n')[0]).toBe(`# yaml-language-server: $schema=${schemaUrl}`);
  });
});

describe('the example', () => {
  it('loads as it is, without any variable', () => {
    const config = parseConfig(exampleConfig(), 'argus.yaml', {}, parseSource);
    expect(config.cameras.map((camera) => camera.id)).toEqual(['demo']);
    expect(config.cameras[0]?.shapes).toHaveLength(2);
  });

  it('loads with every setting uncommented', () => {
    const text = exampleConfig().replaceAll(/^( *)#(?=[a-z-]| {2}(?:[a-zA-Z]+:|- ))/gm, '$1');
    const config = parseConfig(text, 'argus.yaml', { GATE_PASSWORD: 'x' }, parseSource);
    expect(config.cameras.map((camera) => camera.id)).toEqual(['demo', 'gate', 'desk', 'yesterday']);
    expect(config.cameras[0]).toMatchObject({
      classes: ['person', 'car'],
      confidence: { default: 0.4, classes: new Map([['car', 0.6]]) },
    });
    expect(config.cameras[0]?.scale).toHaveLength(4);
    expect(config.cameras[3]).toMatchObject({ startTimeMs: Date.UTC(2026, 10, 21, 17) });
    expect(config.retention).toEqual(parseConfig('cameras: []', 'argus.yaml', {}, parseSource).retention);
  });
});

describe('nearestOf', () => {
  it.each([
    ['sorce', 'source'],
    ['FPS', 'fps'],
    ['zone', 'zones'],
    ['start_time', 'startTime'],
    ['colour', undefined],
  ])('finds for %s: %s', (word, expected) => {
    expect(nearestOf(word, ['source', 'fps', 'zones', 'startTime', 'lines'])).toBe(expected);
  });
});
