import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { ArgusError } from '../../src/domain/errors.ts';
import { listManifests, loadManifest } from '../../src/models/manifests.ts';

const folder = mkdtempSync(join(tmpdir(), 'argus-manifests-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(id: string, content: unknown): void {
  mkdirSync(join(folder, id), { recursive: true });
  writeFileSync(
    join(folder, id, 'manifest.json'),
    typeof content === 'string' ? content : JSON.stringify(content),
  );
}

test('every manifest of the package is valid', () => {
  expect(listManifests().map(({ id }) => id)).toEqual([
    'nanodet-g',
    'osnet-x0-25',
    'person-reid-0287',
    'yolo11n-320',
    'yolov10n',
    'yolox-nano',
  ]);
});

test('an unknown id is an error that names the known ones', () => {
  const load = () => loadManifest('yolo-x');
  expect(load).toThrow(ArgusError);
  expect(load).toThrow(
    'There is no model "yolo-x"; known are nanodet-g, osnet-x0-25, person-reid-0287, yolo11n-320, yolov10n, yolox-nano.',
  );
});

test('an id is no path', () => {
  expect(() => loadManifest('../models/yolox-nano')).toThrow('There is no model');
});

test('a mistake is an error that names file and key', () => {
  const manifest = loadManifest('yolox-nano');
  write('bad', { ...manifest, id: 'bad', input: { ...manifest.input, colour: 'grey' } });
  const load = () => loadManifest('bad', [folder]);
  expect(load).toThrow(ArgusError);
  expect(load).toThrow(`${join(folder, 'bad', 'manifest.json')} has mistakes: input.colour: `);
});

test.each([
  ['broken', '{ "id": ', 'has mistakes: '],
  ['renamed', { ...loadManifest('yolox-nano') }, 'id: is "yolox-nano", but its folder is "renamed"'],
])('a manifest that is %s is an error that names the file', (id, content, message) => {
  write(id, content);
  expect(() => loadManifest(id, [folder])).toThrow(join(folder, id, 'manifest.json'));
  expect(() => loadManifest(id, [folder])).toThrow(message);
});

test('a model that is still being added is none yet', () => {
  const drafts = mkdtempSync(join(tmpdir(), 'argus-manifests-'));
  onTestFinished(() => rmSync(drafts, { recursive: true }));
  mkdirSync(join(drafts, '.mine-1'));
  writeFileSync(
    join(drafts, '.mine-1', 'manifest.json'),
    JSON.stringify({ ...loadManifest('yolox-nano'), id: 'mine' }),
  );
  expect(listManifests([drafts])).toEqual([]);
});
