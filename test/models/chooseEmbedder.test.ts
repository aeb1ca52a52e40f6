import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ModelSource } from '../../src/config/manifest.ts';
import { ArgusError } from '../../src/domain/errors.ts';
import { chooseEmbedder } from '../../src/models/chooseEmbedder.ts';
import { loadDetector, loadEmbedder } from '../../src/models/manifests.ts';
import { obtainModel } from '../../src/models/obtain.ts';
import { shared } from '../fixtures/shared.ts';

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
  writeManifest('person-reid-0287', { kind: 'file', name: 'reid.onnx' }, shut);
  writeManifest('osnet-x0-25', { kind: 'file', name: 'osnet.onnx' });
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeManifest(id: string, ...sources: ModelSource[]): void {
  mkdirSync(join(manifestFolder, id), { recursive: true });
  const manifest = { ...loadEmbedder(id), sources };
  writeFileSync(join(manifestFolder, id, 'manifest.json'), JSON.stringify(manifest));
}

const put = (name: string) => writeFileSync(join(folder, name), 'weights');

async function choose(asked = 'auto', atMs = 0) {
  let failures = 0;
  const { model, reason } = await chooseEmbedder(asked, {
    cacheFolder,
    manifestFolders: [manifestFolder],
    modelPath: [folder],
    fetchTimeoutMs: 1000,
    now: () => atMs,
    log: () => failures++,
  });
  return { id: model?.manifest.id, path: model?.path, reason, failures };
}

test('person-reid-0287 when its file is there', async () => {
  put('reid.onnx');
  put('osnet.onnx');
  expect(await choose()).toMatchObject({ id: 'person-reid-0287', path: join(folder, 'reid.onnx') });
});

test('OSNet when only its file is there, saying why', async () => {
  put('osnet.onnx');
  const choice = await choose();
  expect(choice.id).toBe('osnet-x0-25');
  expect(choice.reason).toContain('as person-reid-0287 could not be had (https://127.0.0.1:65531/');
});

test('colours alone when nothing can be had, and for six hours nothing is asked for', async () => {
  const first = await choose();
  expect(first).toMatchObject({ id: undefined, failures: 1 });
  expect(first.reason).toContain('colour-histogram, as person-reid-0287 could not be had');
  const second = await choose('auto', 3 * 3600_000);
  expect(second).toMatchObject({ id: undefined, failures: 0 });
  expect(second.reason).toContain('tried 180 min ago, again after 6 h');
  expect(await choose('auto', 6 * 3600_000)).toMatchObject({ failures: 1 });
});

test('a file that was put there since is taken at once', async () => {
  await choose();
  put('reid.onnx');
  expect(await choose('auto', 1)).toMatchObject({ id: 'person-reid-0287' });
});

test('what is asked for by its name, and nothing in its place', async () => {
  expect(await choose('colour-histogram')).toMatchObject({ id: undefined, failures: 0 });
  await expect(choose('osnet-x0-25')).rejects.toThrow('The weights of osnet-x0-25 could not be had');
});

test('a detector tells nobody apart, and what tells people apart is no detector', async () => {
  await expect(
    chooseEmbedder('yolox-nano', { cacheFolder, modelPath: [], fetchTimeoutMs: 1 }),
  ).rejects.toThrow(
    new ArgusError(
      'yolox-nano does not tell people apart: it is a detector.',
      'Models that do are osnet-x0-25, person-reid-0287.',
    ),
  );
  expect(() => loadDetector('osnet-x0-25')).toThrow('osnet-x0-25 is no detector');
});

const published = shared('models/openvino/person-reidentification-retail-0287.xml');

test.skipIf(published.missing)('what OpenVINO published is translated where only that is there', async () => {
  const { path } = await obtainModel(loadEmbedder('person-reid-0287'), {
    cacheFolder,
    modelPath: [join(published.path, '..')],
    fetchTimeoutMs: 1,
  });
  expect(path).toBe(join(cacheFolder, 'person-reid-0287.onnx'));
  expect(readFileSync(path).length).toBeGreaterThan(2e6);
});
