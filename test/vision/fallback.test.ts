import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nvidia, software, type Chain } from '../../src/decode/chains.ts';
import { cameraId, runId } from '../../src/domain/ids.ts';
import { loadDetector } from '../../src/models/manifests.ts';
import { parseSource } from '../../src/source/parseSource.ts';
import type { FromVision } from '../../src/vision/messages.ts';
import { shared } from '../fixtures/shared.ts';

const weights = shared('models/yolox_nano.onnx');
const campus = shared('video/TUD-Campus.mp4');
const missing = weights.missing || campus.missing;

// Inference threads run from the built files.
const built = (file: string) =>
  pathToFileURL(resolve(import.meta.dirname, `../../dist/vision/${file}.js`)).href;

/** Fails on the first picture, like a GPU whose driver lacks the codec; its elements exist on every machine. */
const failing: Chain = {
  ...nvidia,
  needs: [],
  common: ['identity error-after=1'],
  letterbox: software.letterbox,
  still: software.still,
};
/** Cannot agree on a format, like a scaler that lacks it. */
const unlinkable: Chain = { ...failing, common: ['video/x-raw,format=GRAY16_LE'] };

async function read(chains: readonly Chain[], path = campus.path): Promise<FromVision[]> {
  const { CameraReader } = (await import(built('camera'))) as typeof import('../../src/vision/camera.ts');
  const { DetectPool } = (await import(
    built('detectPool')
  )) as typeof import('../../src/vision/detectPool.ts');
  const detector = {
    manifest: loadDetector('yolox-nano'),
    path: weights.path,
    workers: 1,
    minConfidence: 0.1,
    enginesFolder: tmpdir(),
  };
  const { pool } = await DetectPool.open(detector, {
    onNote: () => undefined,
    onFailure: (message) => {
      throw new Error(message);
    },
  });
  onTestFinished(() => pool.close());
  const messages: FromVision[] = [];
  const reader = new CameraReader(
    { camera: cameraId('gate'), run: runId(1), source: parseSource(path), mediaStartMs: 0 },
    {
      detector,
      pool,
      chains: { chains, skipped: [] },
      send: (message) => messages.push(message),
      restart: (why) => {
        throw new Error(why);
      },
      now: Date.now,
      random: Math.random,
    },
  );
  await reader.run();
  return messages;
}

const framesOf = (messages: readonly FromVision[]) => messages.filter(({ type }) => type === 'frame').length;
const statesOf = (messages: readonly FromVision[]) =>
  messages.flatMap((message) => (message.type === 'camera' ? [[message.state, message.message]] : []));

describe.skipIf(missing !== false)(`a way to decode that fails${missing ? ` (${missing})` : ''}`, () => {
  it.each([
    ['on the first picture', failing],
    ['to agree on a format', unlinkable],
  ])('%s gives way to the next, which loses no frame, and the reason is told', async (_, chain) => {
    const messages = await read([chain, software]);
    expect(framesOf(messages)).toBe(71);
    expect(statesOf(messages)).toEqual([
      ['connecting', undefined],
      ['connecting', expect.stringMatching(/^decoding by nvidia failed: .+ Trying software\.$/)],
      ['finished', undefined],
    ]);
    const last = messages
      .flatMap((message) => (message.type === 'decoding' ? [message.decoding] : []))
      .at(-1);
    expect(last).toEqual({
      chain: 'software',
      decoder: 'avdec_mpeg4',
      skipped: [expect.stringMatching(/^nvidia: ./)],
    });
  });

  it('and is the only one asked for fails the camera', async () => {
    const messages = await read([failing]);
    expect(framesOf(messages)).toBe(0);
    expect(statesOf(messages).at(-1)).toEqual(['failed', expect.stringContaining('TUD-Campus.mp4')]);
  });
});
