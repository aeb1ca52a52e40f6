import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { software, type Chain } from '../../src/decode/chains.ts';
import { Video, type OpenOptions, type VideoFrame } from '../../src/decode/video.ts';
import { parseSource } from '../../src/source/parseSource.ts';
import { pixelsOf } from '../fixtures/pixels.ts';
import { shared } from '../fixtures/shared.ts';

const run = promisify(execFile);
const vtest = shared('video/vtest.avi');
const traffic = shared('video/traffic.mp4');
const missing = vtest.missing || traffic.missing;

type VideoStill = Parameters<OpenOptions['onStill']>[0];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'argus-decode-'));
  return () => rmSync(folder, { recursive: true });
});

function open(
  source: string,
  onStill: (still: VideoStill) => void = () => undefined,
  input = 64,
  chain: Chain = software,
  decoders: string[] = [],
): Video {
  const description = parseSource(source);
  return new Video(description, {
    inputWidth: input,
    inputHeight: input,
    colour: 'rgb',
    live: description.live,
    chain,
    onStill,
    onDecoder: (element) => decoders.push(element),
  });
}

/** Reads a video to its end. */
async function read(source: string, input?: number, chain?: Chain) {
  const decoders: string[] = [];
  const stills: VideoStill[] = [];
  const video = open(source, (still) => stills.push(still), input, chain, decoders);
  const frames: VideoFrame[] = [];
  let durationMs: number | undefined;
  for (let frame = await video.nextFrame(); frame; frame = await video.nextFrame()) {
    durationMs ??= video.durationMs;
    frames.push(frame);
  }
  const end = await video.ended;
  return { frames, stills, end, durationMs, decoders, ptsMs: frames.map((frame) => frame.ptsMs) };
}

describe.skipIf(missing !== false)(`a video${missing ? ` (${missing})` : ''}`, () => {
  it('gives every frame with its exact time, and two stills a second with that of a frame', async () => {
    const { frames, stills, end, durationMs, ptsMs } = await read(vtest.path);
    expect(end).toEqual({ kind: 'end' });
    expect(ptsMs).toEqual(Array.from({ length: 795 }, (_, n) => n * 100));
    expect(durationMs).toBe(79_500);
    expect(new Set(frames.map(({ planar }) => planar.length))).toEqual(new Set([3 * 64 * 48]));
    expect(frames[0]?.letterbox).toEqual({
      inputWidth: 64,
      inputHeight: 48,
      offsetX: 0,
      offsetY: 0,
      contentWidth: 64,
      contentHeight: 48,
    });

    expect(stills).toHaveLength(159);
    expect(stills.map((still) => still.ptsMs).filter((time) => !ptsMs.includes(time))).toEqual([]);
    expect(new Set(stills.map(({ width, height }) => `${width}×${height}`))).toEqual(new Set(['768×576']));
    await expectSamePicture(
      stills[80],
      frames.find((frame) => frame.ptsMs === stills[80]?.ptsMs),
    );
  });

  it('gives the same pictures whether software decoders are asked for or found, and names the decoder', async () => {
    const asked = await read(vtest.path, 64, software);
    const found = await read(vtest.path, 64, { ...software, softwareDecodersOnly: false });
    expect(asked.decoders).toEqual(['avdec_msmpeg4']);
    expect(found.decoders).toEqual(asked.decoders);
    const last = ({ frames }: typeof asked) => Buffer.from(frames.at(-1)?.planar ?? []).toString('base64');
    expect(last(asked)).toBe(last(found));
    expect(asked.ptsMs).toEqual(found.ptsMs);
  });

  it('that is one picture, without a frame rate, gives that and a still of it', async () => {
    const path = join(folder, 'portrait.jpg');
    const caps = 'video/x-raw,width=108,height=192';
    await run('gst-launch-1.0', [
      ...`-q videotestsrc num-buffers=1 ! ${caps} ! jpegenc ! filesink location=${path}`.split(' '),
    ]);
    const { frames, stills, end } = await read(path);
    expect(end).toEqual({ kind: 'end' });
    expect(frames.map(({ letterbox }) => letterbox.contentWidth)).toEqual([36]);
    expect(stills.map(({ width, height }) => `${width}×${height}`)).toEqual(['108×192']);
  });

  it('in MP4 with frames out of order comes in order', async () => {
    const { end, ptsMs, durationMs } = await read(traffic.path);
    expect(end).toEqual({ kind: 'end' });
    expect(ptsMs).toHaveLength(480);
    const steps = ptsMs.slice(1).map((time, i) => time - (ptsMs[i] ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps) - Math.min(...steps)).toBeLessThan(1.5);
    // Its index knows the length to within the offset of its first frame.
    expect(Math.abs((durationMs ?? 0) - (ptsMs.at(-1) ?? 0))).toBeLessThan(100);
  });

  it('over HTTP, with a password, gives the same frames', async () => {
    const body = readFileSync(traffic.path);
    const wanted = `Basic ${Buffer.from('viewer:p@ss').toString('base64')}`;
    const server = createServer(({ headers }, response) => {
      const mayPass = headers.authorization === wanted;
      response.writeHead(mayPass ? 200 : 401, { 'WWW-Authenticate': 'Basic realm="test"' });
      response.end(mayPass ? body : '');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { ptsMs, end } = await read(`http://viewer:p%40ss@127.0.0.1:${port}/traffic.mp4`);
    expect(end).toEqual({ kind: 'end' });
    expect(ptsMs).toEqual((await read(traffic.path)).ptsMs);
    const refused = await read(`http://viewer:wrong@127.0.0.1:${port}/traffic.mp4`);
    expect(refused).toMatchObject({ frames: [], end: { kind: 'error' } });
  });

  it('that was cut off gives what is left of it', async () => {
    const cut = join(folder, 'cut.avi');
    writeFileSync(cut, readFileSync(vtest.path).subarray(0, 3_000_000));
    const { ptsMs, end } = await read(cut);
    expect(end.kind).not.toBe('closed');
    expect(ptsMs.length).toBeGreaterThan(200);
    expect(ptsMs).toEqual(Array.from({ length: ptsMs.length }, (_, n) => n * 100));
  });

  it.each([
    ['a text', 'not a video\n'.repeat(500)],
    ['noise', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251))],
  ])('that is %s is an error', async (name, content) => {
    const path = join(folder, `${name}.avi`);
    writeFileSync(path, content);
    const { frames, end } = await read(path);
    expect(frames).toEqual([]);
    expect(end).toMatchObject({ kind: 'error', message: expect.stringMatching(/\w/) as string });
  });

  it('can be closed in the middle, and has then no more frames', async () => {
    const video = open(vtest.path);
    expect(await video.nextFrame()).toBeDefined();
    await video.close();
    expect(await video.ended).toEqual({ kind: 'closed' });
    let more = 0;
    while (await video.nextFrame()) more++;
    expect(more).toBeLessThan(20);
  });

  it('that fails from outside says why', async () => {
    const video = open('test:ball');
    expect(await video.nextFrame()).toBeDefined();
    await video.fail('no frame for 10 s.');
    expect(await video.ended).toEqual({ kind: 'error', message: 'no frame for 10 s.' });
  });

  it('gives its threads back, however often one is opened and closed', async () => {
    // Eight threads are not enough for three videos that keep theirs.
    const { stdout } = await run(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, 'openAndClose.ts'), vtest.path, '20'],
      { env: { ...process.env, UV_THREADPOOL_SIZE: '8' }, timeout: 50_000 },
    );
    expect(stdout).toBe('20 opened and closed, threads free\n');
  });
});

const encoderMissing =
  spawnSync('gst-inspect-1.0', ['--exists', 'x264enc']).status === 0
    ? false
    : 'no x264enc: apt-get install gstreamer1.0-tools gstreamer1.0-plugins-ugly';

describe.skipIf(encoderMissing !== false)(
  `the letterbox${encoderMissing ? ` (${encoderMissing})` : ''}`,
  () => {
    it.each([
      [768, 576, '1/1'],
      [640, 360, '1/1'],
      [360, 640, '1/1'],
      [1920, 1080, '1/1'],
      [322, 242, '1/1'],
      [854, 480, '1/1'],
      [478, 850, '1/1'],
      [720, 576, '16/15'],
      [720, 576, '64/45'],
      [720, 480, '8/9'],
      [352, 288, '12/11'],
      [64, 48, '1/1'],
    ])('of %d×%d with pixels of %s is where GStreamer puts the picture', async (width, height, aspect) => {
      const path = join(folder, `${width}x${height}-${aspect.replace('/', '-')}.mp4`);
      const caps = `video/x-raw,format=I420,width=${width},height=${height},framerate=10/1,pixel-aspect-ratio=${aspect}`;
      await run('gst-launch-1.0', [
        ...`-q videotestsrc pattern=white num-buffers=2 ! ${caps} ! x264enc ! h264parse ! mp4mux`.split(' '),
        ...['!', 'filesink', `location=${path}`],
      ]);
      for (const input of [416, 640]) {
        const { frames } = await read(path, input);
        const [frame] = frames;
        if (!frame) throw new Error('no frame');
        const { inputHeight, offsetX, offsetY, contentWidth, contentHeight } = frame.letterbox;
        // No border above and below, but for a row that GStreamer rounds up to.
        expect(inputHeight - contentHeight).toBeLessThanOrEqual(1);
        expect({
          left: offsetX,
          top: offsetY,
          right: offsetX + contentWidth,
          bottom: offsetY + contentHeight,
        }).toEqual(whiteArea(frame.planar, input, inputHeight));
      }
    });
  },
);

/** The edges of what is not black in the first plane. */
function whiteArea(planar: Uint8Array, width: number, height: number) {
  const plane = planar.subarray(0, width * height);
  const at = [...plane.keys()].filter((i) => (plane[i] ?? 0) > 127);
  const [columns, rows] = [at.map((i) => i % width), at.map((i) => Math.floor(i / width))];
  const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity);
  return { left: least(columns), top: least(rows), right: most(columns) + 1, bottom: most(rows) + 1 };
}

/** Compares a still with the frame of its time, by the mean brightness of its parts. */
async function expectSamePicture(
  still: VideoStill | undefined,
  frame: VideoFrame | undefined,
): Promise<void> {
  if (!still || !frame) throw new Error('no still, or no frame of its time');
  const pixels = await pixelsOf(still.jpeg);
  const { inputWidth, inputHeight, offsetX, offsetY, contentWidth, contentHeight } = frame.letterbox;
  const plane = inputWidth * inputHeight;
  let difference = 0;
  for (let row = 0; row < contentHeight; row++)
    for (let column = 0; column < contentWidth; column++) {
      const seen = pixels.at((column + 0.5) / contentWidth, (row + 0.5) / contentHeight);
      const at = (offsetY + row) * inputWidth + offsetX + column;
      for (const [channel, value] of seen.entries()) {
        difference += Math.abs(value - (frame.planar[channel * plane + at] ?? 0));
      }
    }
  // One pixel of the still against the mean of twelve by twelve around it.
  expect(difference / (3 * contentWidth * contentHeight)).toBeLessThan(12);
}
