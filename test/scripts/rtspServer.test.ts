import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { rtspServerMissing, startRtspServer } from '../fixtures/rtspServer.ts';
import { shared } from '../fixtures/shared.ts';

const campus = shared('video/TUD-Campus.mp4');
const missing = rtspServerMissing();

/** Time stamps, in seconds, of the frames that GStreamer's own client receives. */
async function receivedFrames(url: string, options: { atMost: number }): Promise<number[]> {
  const last = `eos-after=${options.atMost + 1}`;
  const pipeline = `rtspsrc location=${url} protocols=tcp latency=200 ! rtph264depay ! avdec_h264 ! identity silent=false ${last} ! fakesink`;
  const { stdout } = await promisify(execFile)('gst-launch-1.0', ['-v', ...pipeline.split(' ')], {
    maxBuffer: 64 << 20,
    timeout: 50_000,
  });
  return [...stdout.matchAll(/ pts: \d+:(\d+):([\d.]+)/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
}

const stepsBetween = (times: number[]) => times.slice(1).map((time, i) => time - (times[i] ?? NaN));

describe.skipIf(missing)(`the RTSP server of the tests${missing ? ` (${missing})` : ''}`, () => {
  test.skipIf(campus.missing)('serves every frame of a file once, at even steps', async () => {
    const server = await startRtspServer({ file: campus.path, fps: 50 });
    const times = await receivedFrames(server.url, { atMost: 1000 });
    await server.stop();
    expect(times).toHaveLength(71);
    for (const step of stepsBetween(times)) expect(step).toBeCloseTo(1 / 50, 2);
  });

  test.skipIf(campus.missing)('goes on with its time stamps when it starts the file again', async () => {
    const server = await startRtspServer({ file: campus.path, fps: 50, loop: true });
    const times = await receivedFrames(server.url, { atMost: 150 });
    await server.stop();
    expect(times).toHaveLength(150);
    expect(Math.max(...stepsBetween(times))).toBeLessThan(2 / 50);
    expect(Math.min(...stepsBetween(times))).toBeGreaterThan(0);
  });

  test('comes back on the port of a server that was stopped', async () => {
    const first = await startRtspServer();
    await first.stop();
    const second = await startRtspServer({ port: Number(new URL(first.url).port) });
    expect(second.url).toBe(first.url);
    expect(await receivedFrames(second.url, { atMost: 3 })).toHaveLength(3);
    await second.stop();
  });

  test('says why it does not start', async () => {
    await expect(startRtspServer({ file: '/nowhere.mp4' })).rejects.toThrow('no such file: /nowhere.mp4');
  });
});
