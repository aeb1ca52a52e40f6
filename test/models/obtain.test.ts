import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { RequestListener, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Manifest, ModelSource } from '../../src/config/manifest.ts';
import { ArgusError } from '../../src/domain/errors.ts';
import { loadManifest } from '../../src/models/manifests.ts';
import { ModelUnavailableError, obtainModel } from '../../src/models/obtain.ts';
import { shared } from '../fixtures/shared.ts';
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
const options = (modelPath: string[] = []) => ({ cacheFolder, modelPath, fetchTimeoutMs: 2_000 });

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
    // What cameras saw will lie beside it.
    expect(statSync(dirname(cacheFolder)).mode & 0o777).toBe(0o700);

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
    ['that never answers', () => undefined, 'no answer within 2 s'],
    [
      'that answers and gives nothing',
      (_, response) => response.writeHead(200, { 'content-length': 7 }).flushHeaders(),
      'no answer within 2 s',
    ],
    [
      'that gives something else',
      (_, response) => response.end('other'),
      '5 bytes came with SHA-256 d9298a10',
    ],
  ])('%s', async (_, answer, reason) => {
    const obtained = obtainModel(manifestOf(await urlSource(answer)), options());
    await expect(obtained).rejects.toThrow(ModelUnavailableError);
    await expect(obtained).rejects.toThrow(reason);
    expect(readdirSync(cacheFolder)).toEqual([]);
  });
});

describe('a download that was cut', () => {
  const whole = (_: unknown, response: ServerResponse) => response.end('weights');
  const cut = (_: unknown, response: ServerResponse) =>
    response.writeHead(200, { 'content-length': 7 }).write('wei', () => response.destroy());
  /** What a server that knows ranges answers. */
  const ranged: RequestListener = ({ headers }, response) => {
    const start = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    if (start >= 7) return response.writeHead(416).end();
    return response.writeHead(start > 0 ? 206 : 200).end('weights'.slice(start));
  };

  test.each<[string, RequestListener, string[]]>([
    ['goes on where it stopped', ranged, ['0', '3-']],
    ['begins anew at a server that does not know how', whole, ['0', '3-']],
  ])('%s', async (_, second, wanted) => {
    const ranges: string[] = [];
    const source = await urlSource((request, response) => {
      ranges.push(request.headers.range?.replace('bytes=', '') ?? '0');
      (ranges.length === 1 ? cut : second)(request, response);
    });
    const manifest = manifestOf(source);
    await expect(obtainModel(manifest, options())).rejects.toThrow(ModelUnavailableError);
    expect(readdirSync(cacheFolder)).toEqual(['some.onnx.part']);
    expect(contentOf(await obtainModel(manifest, options()))).toBe('weights');
    expect(readdirSync(cacheFolder)).toEqual(['some.onnx']);
    expect(ranges).toEqual(wanted);
  });

  test.each([
    ['of another file', 'oth'],
    ['that is whole', 'weights'],
    ['that is longer than the file', 'weights and more'],
  ])('and left a part %s ends with the right file', async (_, left) => {
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(join(cacheFolder, 'some.onnx.part'), left);
    const model = await obtainModel(manifestOf(await urlSource(ranged)), options());
    expect(contentOf(model)).toBe('weights');
    expect(readdirSync(cacheFolder)).toEqual(['some.onnx']);
  });

  test('by a full disk says so and leaves nothing', async () => {
    mkdirSync(cacheFolder, { recursive: true });
    // Every write to this device finds no room.
    symlinkSync('/dev/full', join(cacheFolder, 'some.onnx.part'));
    const obtained = obtainModel(manifestOf(await urlSource(whole)), options());
    await expect(obtained).rejects.toThrow(
      `there is no room left on the disk of ${join(cacheFolder, 'some.onnx')}; free some and try again`,
    );
    expect(readdirSync(cacheFolder)).toEqual([]);
  });

  test('is left alone while another process is at it', async () => {
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(join(cacheFolder, 'some.onnx.part'), 'wei');
    // A process that is alive and not this one.
    symlinkSync(String(process.ppid), join(cacheFolder, 'some.onnx.lock'));
    const model = await obtainModel(manifestOf(await urlSource(ranged)), options());
    expect(contentOf(model)).toBe('weights');
    expect(readdirSync(cacheFolder).toSorted()).toEqual(['some.onnx', 'some.onnx.lock', 'some.onnx.part']);
  });

  test('is not written twice when it is asked for twice at once', async () => {
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(join(cacheFolder, 'some.onnx.part'), 'wei');
    const manifest = manifestOf(await urlSource(ranged));
    const models = await Promise.all([1, 2, 3].map(() => obtainModel(manifest, options())));
    expect(models.map(contentOf)).toEqual(['weights', 'weights', 'weights']);
    expect(readdirSync(cacheFolder)).toEqual(['some.onnx']);
  });

  test('of a process that died goes on', async () => {
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(join(cacheFolder, 'some.onnx.part'), 'wei');
    symlinkSync('999999999', join(cacheFolder, 'some.onnx.lock'));
    expect(contentOf(await obtainModel(manifestOf(await urlSource(ranged)), options()))).toBe('weights');
    expect(readdirSync(cacheFolder)).toEqual(['some.onnx']);
  });
});

describe('a file of OpenVINO', () => {
  const ir = shared('models/openvino/person-reidentification-retail-0287.xml');
  const manifest = () =>
    manifestOf({ kind: 'file', name: basename(ir.path), importer: 'openvino-ir' } as const);

  test.skipIf(ir.missing)('is translated once and kept', async () => {
    const model = await obtainModel(manifest(), options([dirname(ir.path)]));
    expect(model).toMatchObject({ source: 'file', path: join(cacheFolder, 'some.onnx') });
    expect(contentOf(model)).toContain('argus-vision OpenVINO importer');
    expect(await obtainModel(manifest(), options())).toMatchObject({ source: 'cache' });
  });

  test.skipIf(ir.missing)('without its weights is an error that names them', async () => {
    writeFileSync(join(folder, basename(ir.path)), readFileSync(ir.path));
    const obtained = obtainModel(manifest(), options([folder]));
    await expect(obtained).rejects.toThrow('person-reidentification-retail-0287.bin');
    expect(readdirSync(cacheFolder)).toEqual([]);
  });
});

const published = shared('models/openvino/person-reidentification-retail-0287.xml');

test.skipIf(published.missing)(
  'a graph and its weights are fetched, translated, and only the model is kept',
  async () => {
    const server = await started(
      serve((request, response) => {
        response.end(readFileSync(join(dirname(published.path), basename(request.url ?? ''))));
      }),
    );
    const part = (name: string) => ({
      url: `${server.url}/FP16/${name}`,
      sha256: createHash('sha256')
        .update(readFileSync(join(dirname(published.path), name)))
        .digest('hex'),
    });
    const name = basename(published.path, '.xml');
    const { path, why } = await obtainModel(
      manifestOf({
        kind: 'url',
        importer: 'openvino-ir',
        ...part(`${name}.xml`),
        weights: part(`${name}.bin`),
      }),
      options(),
    );
    expect(why).toBe(`from ${server.url}/FP16/${name}.xml, kept as ${path}`);
    expect(readdirSync(cacheFolder)).toEqual(['some.onnx']);
    expect(statSync(path).size).toBeGreaterThan(2e6);
  },
);

test('of a graph without its weights nothing is kept, and what would mend it is told', async () => {
  const source = { ...(await urlSource()), importer: 'openvino-ir' } as const;
  await expect(obtainModel(manifestOf(source), options())).rejects.toThrow(
    /run in a folder of ARGUS_MODEL_PATH: curl --fail --location --remote-name "http/,
  );
  expect(readdirSync(cacheFolder).filter((name) => name === 'some.onnx')).toEqual([]);
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

test('a file is asked for as it is, so that its progress never passes its end', async () => {
  let packed = 'not asked';
  const url = await urlSource(({ headers }, response) => {
    packed = String(headers['accept-encoding']);
    response.end('weights');
  });
  await obtainModel(manifestOf(url), options());
  expect(packed).toBe('identity');
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
