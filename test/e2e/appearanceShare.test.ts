import { describe, expect, it, onTestFinished } from 'vitest';
import { openReader } from '../../src/store/reader.ts';
import { sandbox } from '../fixtures/argus.ts';
import { rtspServerMissing, startRtspServer } from '../fixtures/rtspServer.ts';
import { shared } from '../fixtures/shared.ts';

const weights = shared('models/yolox_nano.onnx');
const reid = shared('models/person-reid-0287.onnx');
const vtest = shared('video/vtest.avi');
const oneByOne = shared('video/one-by-one-person-detection.mp4');
const campus = shared('video/TUD-Campus.mp4');
const missing =
  weights.missing || reid.missing || vtest.missing || oneByOne.missing || campus.missing || false;
const noCamera = missing || rtspServerMissing();

/** Of the tracks of people that lasted 2 s and more: how many there are, and how many of them have an appearance. */
function seenIn(dataFolder: string) {
  const reader = openReader(dataFolder);
  const tracks = reader
    .tracksIn({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }, { labels: ['person'] })
    .filter(({ firstMs, lastMs }) => lastMs - firstMs >= 2_000);
  const appearances = reader.appearances({ tracks: tracks.map(({ id }) => id) });
  const shots = tracks.filter(({ bestStill }) => bestStill !== undefined).length;
  reader.close();
  const seen = new Set(appearances.map(({ trackId }) => trackId)).size;
  return { tracks: tracks.length, share: seen / tracks.length, shots: shots / tracks.length };
}

describe.skipIf(missing !== false)(`people in a file${missing ? ` (${missing})` : ''}`, () => {
  it.each([
    ['unthinned', vtest.path, undefined],
    ['at 1 frame a second', vtest.path, 1],
    ['at 2 frames a second', vtest.path, 2],
    ['at 3 frames a second', vtest.path, 3],
    ['at 6 frames a second', vtest.path, 6],
    ['of 12 frames a second at 10', oneByOne.path, 10],
    ['of 25 frames a second at 6', campus.path, 6],
  ])('have appearances, %s', { timeout: 240_000 }, async (_, path, fps) => {
    const box = sandbox();
    const thinned = fps === undefined ? [] : ['--fps', fps.toString()];
    expect(await box.run(['watch', path, '--model', 'yolox-nano', ...thinned])).toMatchObject({ code: 0 });
    const { tracks, share } = seenIn(box.data);
    expect(tracks).toBeGreaterThan(0);
    expect(share).toBeGreaterThanOrEqual(0.95);
  });
});

describe.skipIf(noCamera !== false)(`people in live pictures${noCamera ? ` (${noCamera})` : ''}`, () => {
  it(
    'have appearances at 6 frames a second, of cameras that give 7, 10 and 25',
    { timeout: 240_000 },
    async () => {
      const box = sandbox();
      const servers = await Promise.all(
        [7, 10, 25].map((fps) => startRtspServer({ file: vtest.path, fps, loop: true })),
      );
      onTestFinished(async () => {
        await Promise.all(servers.map((server) => server.stop()));
      });
      box.write(
        'argus.yaml',
        [
          'detector: yolox-nano',
          'cameras:',
          ...servers.map(({ url }, n) => `  - { id: c${n}, source: "${url}", fps: 6 }`),
        ].join('\n'),
      );
      const station = box.start(['serve', '--config', box.path('argus.yaml'), '--port=0']);
      for (const n of [0, 1, 2]) await station.untilSaid(new RegExp(`c${n}: .*decod`));
      await new Promise((wake) => setTimeout(wake, 30_000));
      station.process.kill('SIGTERM');
      await station.finished;
      const { tracks, share } = seenIn(box.data);
      expect(tracks).toBeGreaterThan(10);
      expect(share).toBeGreaterThanOrEqual(0.95);
    },
  );
});
