import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Manifest, ModelSource } from '../../src/config/manifest.ts';
import { chooseDetector } from '../../src/models/chooseDetector.ts';
import { loadManifest } from '../../src/models/manifests.ts';

let folder: string;
let cacheFolder: string;
let manifestFolder: string;

/** Nobody listens there: it fails at once, as a closed network does. */
const shut: ModelSource = {
  kind: 'url',
  url: 'https://127.0.0.1:65531/weights.onnx',
  sha256: '0'.repeat(64),
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argus-choose-'));
  cacheFolder = join(folder, 'weights');
  manifestFolder = join(folder, 'models');
  mkdirSync(cacheFolder);
  writeManifest('yolox-nano', {}, { kind: 'file', name: 'yolox_nano.onnx' }, shut);
  writeManifest('nanodet-g', {}, { kind: 'file', name: 'nanodet_g.onnx' }, shut);
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeManifest(id: string, changes: Partial<Manifest>, ...sources: ModelSource[]): void {
  mkdirSync(join(manifestFolder, id), { recursive: true });
  const manifest = { ...loadManifest('yolox-nano'), id, sources, ...changes };
  writeFileSync(join(manifestFolder, id, 'manifest.json'), JSON.stringify(manifest));
}

const put = (where: string, name: string) => writeFileSync(join(where, name), 'weights');

interface Choice {
  readonly id: string;
  readonly reason: string;
  /** How many sources were asked and failed. */
  readonly failures: number;
}

async function choose(requestedId?: string, atMs = 0): Promise<Choice> {
  let failures = 0;
  const { manifest, reason } = await chooseDetector(requestedId, {
    cacheFolder,
    manifestFolders: [manifestFolder],
    modelPath: [folder],
    fetchTimeoutMs: 1000,
    now: () => atMs,
    log: () => failures++,
  });
  return { id: manifest.id, reason, failures };
}

test('YOLOX-Nano when its file is there', async () => {
  put(folder, 'yolox_nano.onnx');
  put(cacheFolder, 'nanodet-g.onnx');
  const choice = await choose();
  expect(choice.id).toBe('yolox-nano');
  expect(choice.reason).toBe(
    `yolox-nano from ${join(folder, 'yolox_nano.onnx')}, the default where it can be had`,
  );
});

test('NanoDet-G when YOLOX-Nano cannot be had, saying why', async () => {
  put(cacheFolder, 'nanodet-g.onnx');
  const choice = await choose();
  expect(choice.id).toBe('nanodet-g');
  expect(choice.reason).toMatch(
    /^nanodet-g from .*nanodet-g\.onnx, fetched before, as yolox-nano could not be had \(https:\/\/127\.0\.0\.1:65531\/weights\.onnx: .*ECONNREFUSED/,
  );
});

test('a failed download is not tried again for six hours while NanoDet-G is at hand', async () => {
  put(cacheFolder, 'nanodet-g.onnx');
  const hourMs = 3600_000;
  expect((await choose(undefined, 0)).failures).toBe(1);
  const later = await choose(undefined, 2 * hourMs);
  expect(later).toMatchObject({ id: 'nanodet-g', failures: 0 });
  expect(later.reason).toMatch(/ECONNREFUSED .*; tried 120 min ago, again after 6 h/);
  expect((await choose(undefined, 6 * hourMs)).failures).toBe(1);
});

test('a failed download is remembered only as long as it is true', async () => {
  put(cacheFolder, 'nanodet-g.onnx');
  await choose();
  put(folder, 'yolox_nano.onnx');
  expect((await choose()).id).toBe('yolox-nano');
});

test('a failed download is tried again when NanoDet-G has gone', async () => {
  put(cacheFolder, 'nanodet-g.onnx');
  await choose();
  rmSync(join(cacheFolder, 'nanodet-g.onnx'));
  await expect(choose()).rejects.toThrow('The weights of nanodet-g could not be had');
});

test('a detector that is asked for is tried although its download failed just now', async () => {
  put(cacheFolder, 'nanodet-g.onnx');
  await choose();
  await expect(choose('yolox-nano')).rejects.toThrow('https://127.0.0.1:65531/weights.onnx: ');
});

test('when neither can be had the error tells of both', async () => {
  const choice = choose();
  await expect(choice).rejects.toThrow('nanodet_g.onnx is not in');
  await expect(choice).rejects.toThrow('yolox_nano.onnx is not in');
});

test('a damaged note of a failure is no failure', async () => {
  put(cacheFolder, 'nanodet-g.onnx');
  writeFileSync(join(cacheFolder, 'yolox-nano.failed.json'), '{"atMs":');
  expect((await choose()).failures).toBe(1);
});

test('the licence of AGPL weights is said aloud', async () => {
  writeManifest('strict', { licence: 'AGPL-3.0' }, { kind: 'file', name: 'strict.onnx' });
  put(folder, 'strict.onnx');
  expect((await choose('strict')).reason).toContain('licence AGPL-3.0');
});

test('an unknown detector is an error that names the known ones', async () => {
  await expect(choose('yolo-x')).rejects.toThrow('known are nanodet-g, yolox-nano');
});
