import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import type { DetectorManifest } from '../../src/config/manifest.ts';
import { ArgusError } from '../../src/domain/errors.ts';
import { openSession } from '../../src/inference/session.ts';
import { encodeOnnx } from '../../src/onnx/write.ts';

const folder = mkdtempSync(join(tmpdir(), 'argus-session-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A network that gives back its input, 4 wide. */
const echoOf = (batch: number, height: number): Uint8Array =>
  encodeOnnx({
    name: 'echo',
    producer: 'test',
    opset: 13,
    nodes: [{ opType: 'Identity', name: 'copy', inputs: ['pixels'], outputs: ['same'], attributes: {} }],
    constants: [],
    inputs: [{ name: 'pixels', dims: [batch, 3, height, 4] }],
    outputs: [{ name: 'same', dims: [batch, 3, height, 4] }],
  });
const echo = echoOf(1, 2);
const input: DetectorManifest['input'] = {
  width: 4,
  height: 2,
  colour: 'bgr',
  padding: 'centre',
  mean: [0, 10, 20],
  std: [1, 2, 4],
};
const picture = (planar: Uint8Array, width = 4, height = 2) => ({ planar, width, height });

function fileOf(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('a run', () => {
  const path = fileOf('echo.onnx', echo);

  test('of several that are asked for at once is of its own picture', async () => {
    const session = await openSession(path, { input });
    const pictures = [1, 2, 3, 4].map((value) => picture(new Uint8Array(24).fill(value * 10)));
    const found = await Promise.all(pictures.map((one) => session.run([one])));
    await session.close();
    expect(found.map(([outputs]) => outputs?.['same']?.data[0])).toEqual([10, 20, 30, 40]);
  });

  test('that fails holds up no other', async () => {
    const session = await openSession(path, { input });
    const bad = session.run([picture(new Uint8Array(5))]);
    const good = session.run([picture(new Uint8Array(24).fill(7))]);
    await expect(bad).rejects.toThrow(ArgusError);
    expect((await good)[0]?.['same']?.data[0]).toBe(7);
    await session.close();
  });

  test('gives the network (pixel − mean) / std of each plane', async () => {
    const session = await openSession(path, { input });
    const [outputs] = await session.run([picture(Uint8Array.from({ length: 24 }, (_, i) => i * 10))]);
    await session.close();
    expect(outputs?.['same']?.dims).toEqual([1, 3, 2, 4]);
    expect(Array.from(outputs?.['same']?.data ?? [])).toEqual([
      ...[0, 10, 20, 30, 40, 50, 60, 70],
      ...[35, 40, 45, 50, 55, 60, 65, 70],
      ...[35, 37.5, 40, 42.5, 45, 47.5, 50, 52.5],
    ]);
  });

  test('leaves the outputs of the run before as they were', async () => {
    const session = await openSession(path, { input });
    const [first] = await session.run([picture(new Uint8Array(24).fill(40))]);
    const [second] = await session.run([picture(new Uint8Array(24).fill(80))]);
    await session.close();
    expect(first?.['same']?.data[0]).toBe(40);
    expect(second?.['same']?.data[0]).toBe(80);
  });

  test('refuses a picture of another size, naming both', async () => {
    const session = await openSession(path, { input });
    await expect(session.run([picture(new Uint8Array(36), 6)])).rejects.toThrow(
      'A picture of 36 bytes, said to be 3 × 6 × 2, was given to a network that takes 3 × 4 × 2.',
    );
    await expect(session.run([picture(new Uint8Array(23))])).rejects.toThrow('A picture of 23 bytes');
    await session.close();
  });

  test.each([
    [
      'centre',
      [
        [0, 0, 0, 0],
        [0, 9, 9, 0],
        [0, 9, 9, 0],
        [0, 0, 0, 0],
      ],
    ],
    [
      'end',
      [
        [9, 9, 0, 0],
        [9, 9, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    ],
  ] as const)(
    'puts a smaller picture on black, padding %s, also after a larger one',
    async (padding, rows) => {
      const square = {
        ...input,
        height: 4,
        padding,
        mean: [0, 0, 0] as [number, number, number],
        std: input.std,
      };
      const session = await openSession(fileOf('square.onnx', echoOf(1, 4)), { input: square });
      await session.run([picture(new Uint8Array(48).fill(200), 4, 4)]);
      const [outputs] = await session.run([picture(new Uint8Array(12).fill(9), 2, 2)]);
      await session.close();
      expect(Array.from(outputs?.['same']?.data.subarray(0, 16) ?? [])).toEqual(rows.flat());
    },
  );

  test('takes several pictures at once and gives each its own outputs', async () => {
    const session = await openSession(path, { input, batch: 3 });
    const outputs = await session.run([40, 80].map((value) => picture(new Uint8Array(24).fill(value))));
    await session.close();
    expect(outputs.map(({ same }) => [same?.dims, same?.data[0]])).toEqual([
      [[1, 3, 2, 4], 40],
      [[1, 3, 2, 4], 80],
    ]);
  });

  test('works in a worker thread while this thread has a session too', async () => {
    const here = await openSession(path, { input });
    const worker = new Worker(
      `const { workerData, parentPort } = require('node:worker_threads');
       import('tsx/esm/api').then(async ({ register }) => {
         register();
         const { openSession } = await import(workerData.module);
         const session = await openSession(workerData.path, { input: workerData.input });
         const [{ same }] = await session.run([{ planar: new Uint8Array(24).fill(50), width: 4, height: 2 }]);
         await session.close();
         parentPort.postMessage(same.data[0]);
       });`,
      {
        eval: true,
        workerData: { module: resolve(import.meta.dirname, '../../src/inference/session.ts'), path, input },
      },
    );
    const answer = await new Promise((done, fail) => worker.once('message', done).once('error', fail));
    await worker.terminate();
    const [again] = await here.run([picture(new Uint8Array(24).fill(60))]);
    await here.close();
    expect(answer).toBe(50);
    expect(again?.['same']?.data[0]).toBe(60);
  });
});

describe('the provider', () => {
  const path = fileOf('provider.onnx', echo);

  test('is the CPU when it is asked for, and nothing is skipped', async () => {
    const session = await openSession(path, { input, providers: ['cpu'] });
    await session.close();
    expect(session).toMatchObject({ provider: 'cpu', skipped: [] });
  });

  test('is one that really runs; each before it has its reason', async () => {
    const session = await openSession(path, { input });
    await session.run([picture(new Uint8Array(24))]);
    await session.close();
    const names = [...session.skipped.map(({ provider }) => provider), session.provider];
    expect(['cuda', 'cpu'].slice(0, names.length)).toEqual(names);
    for (const { reason } of session.skipped) expect(reason).not.toBe('');
  });
});

describe('a wrong model file is an error that names it', () => {
  test.each([
    ['that is missing', () => join(folder, 'none.onnx'), 'There is no model file'],
    ['that is a folder', () => folder, 'There is no model file'],
    ['that is text', () => fileOf('text.onnx', 'Not found'), '(9 bytes) is not a whole ONNX model'],
    ['that is empty', () => fileOf('empty.onnx', ''), '(0 bytes) is not a whole ONNX model'],
    [
      'that is cut short',
      () => fileOf('cut.onnx', echo.subarray(0, echo.length - 20)),
      `(${echo.length - 20} bytes) is not a whole ONNX model`,
    ],
  ])('%s', async (_, make, message) => {
    const path = make();
    const opened = openSession(path, { input });
    await expect(opened).rejects.toThrow(ArgusError);
    await expect(opened).rejects.toThrow(path);
    await expect(opened).rejects.toThrow(message);
  });

  test('that takes another input', async () => {
    const path = fileOf('size.onnx', echo);
    const opened = openSession(path, { input: { ...input, width: 8 } });
    await expect(opened).rejects.toThrow(
      `${path} takes pixels float32 [1, 3, 2, 4], but its manifest wants one float32 [1, 3, 2, 8].`,
    );
  });
});

test('no file but session.ts imports the runtime, so that types come without it', () => {
  for (const file of ['contract.ts', 'providers.ts']) {
    const text = readFileSync(resolve(import.meta.dirname, '../../src/inference', file), 'utf8');
    expect(text).not.toMatch(/onnxruntime-node'|session\.ts/);
  }
});
