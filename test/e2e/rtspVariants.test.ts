import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { videoStreams } from '../../src/source/rtspStreams.ts';
import { sandbox } from '../fixtures/argus.ts';
import { rtspServerMissing } from '../fixtures/rtspServer.ts';
import { shared } from '../fixtures/shared.ts';

const variants = shared('cases/rtsp-variants.py');
const clock = shared('cases/live-clock-rtsp.py');
const missing = variants.missing || clock.missing || rtspServerMissing();

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts one of the shared cameras; returns its port once it listens. */
async function serve(script: string, ...args: readonly string[]): Promise<number> {
  const port = await freePort();
  const server = spawn('/usr/bin/python3', [script, String(port), ...args], { stdio: 'ignore' });
  onTestFinished(() => {
    server.kill('SIGKILL');
  });
  for (;;) {
    const listens = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      (error: unknown) => !String((error as Error).cause).includes('ECONNREFUSED'),
    );
    if (listens) return port;
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

interface Seen {
  /** How long after its capture each frame is told, ms. */
  readonly lags: readonly number[];
  readonly times: readonly number[];
  readonly stderr: string;
}

async function watch(uri: string, frames: number, ...args: readonly string[]): Promise<Seen> {
  const running = sandbox().start([
    ...['watch', uri, '--model', 'yolox-nano', '--identify', 'off', '--jsonl'],
    ...args,
  ]);
  const lags: number[] = [];
  const times: number[] = [];
  await running.until(() => {
    for (const line of running.stdout.split('\n').slice(0, -1).slice(lags.length)) {
      const timeMs = Date.parse((JSON.parse(line) as { wallTime: string }).wallTime);
      times.push(timeMs);
      lags.push(Date.now() - timeMs);
    }
    return lags.length >= frames;
  });
  running.process.kill('SIGINT');
  const { stderr } = await running.finished;
  return { lags, times, stderr };
}

const source = (width: number, height: number, fps: number, name: string) =>
  `videotestsrc is-live=true pattern=ball ! video/x-raw,width=${width},height=${height},framerate=${fps}/1 ! x264enc tune=zerolatency ! rtph264pay name=${name} pt=96`;

describe.skipIf(missing !== false)(`an RTSP camera${missing ? ` (${missing})` : ''}`, () => {
  it.each([['none'], ['burst:20'], ['outlier:2'], ['reset:40']])(
    'whose stamps are of the kind "%s" is never told to be ahead of the clock',
    async (kind) => {
      const port = await serve(clock.path, '10', kind);
      const { lags, times } = await watch(`rtsp://127.0.0.1:${port}/stream`, 70);
      expect(Math.min(...lags)).toBeGreaterThanOrEqual(0);
      expect(times.filter((timeMs, n) => timeMs <= (times[n - 1] ?? -Infinity))).toEqual([]);
      // 7 s of frames: their times are as far apart as they were captured, whatever their stamps say.
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(5_000);
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(12_000);
    },
    90_000,
  );

  it('with several video streams is read by the first, or the one that was asked for, and says so', async () => {
    const launch = `( ${source(640, 480, 10, 'pay0')} ${source(320, 180, 5, 'pay1')} )`;
    const port = await serve(variants.path, launch);
    const uri = `rtsp://127.0.0.1:${port}/stream`;
    for (let n = 0; n < 3; n++) {
      const { stderr, times } = await watch(uri, 12);
      expect(stderr).toContain('video stream 1 of 2 is read (H264, H264)');
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(1_900);
    }
    const second = await watch(uri, 12, '--stream', '2');
    expect(second.stderr).toContain('video stream 2 of 2 is read');
    expect((second.times.at(-1) ?? 0) - (second.times[0] ?? 0)).toBeGreaterThan(1_900);
    const none = await sandbox().run(['watch', uri, '--model', 'yolox-nano', '--stream', '3']);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain(
      'has no video stream 3: there are 2. Set stream of the camera to one of them.',
    );
  }, 120_000);

  it('that sends over UDP alone is read so, and with transport: tcp says why it is not', async () => {
    const port = await serve(variants.path, `( ${source(640, 480, 10, 'pay0')} )`, '--udp');
    const uri = `rtsp://127.0.0.1:${port}/stream`;
    const { stderr } = await watch(uri, 5);
    expect(stderr).toMatch(/no picture over TCP \(.*\); trying UDP\./);
    await watch(uri, 5, '--transport', 'udp');
    const tcp = await sandbox().run(['watch', uri, '--model', 'yolox-nano', '--transport', 'tcp']);
    expect(tcp.code).toBe(1);
    expect(tcp.stderr).toContain('more transport protocols');
  }, 120_000);

  it.each(['--basic', '--digest'])(
    'with %s may have any sign in its password',
    async (kind) => {
      const launch = `( ${source(640, 480, 10, 'pay0')} )`;
      const port = await serve(variants.path, launch, kind, 'viewer', '100%@a:/#');
      await watch(`rtsp://viewer:100%%40a%3A%2F%23@127.0.0.1:${port}/stream`, 3);
    },
    60_000,
  );
});

describe('a session description', () => {
  it('names its video streams in order', () => {
    const sdp =
      'v=0\r\nm=audio 0 RTP/AVP 0\r\na=control:a\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n' +
      'a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LA,aM4=;profile-level-id=42\r\n' +
      'm=video 0 RTP/AVP 98\r\na=rtpmap:98 H265/90000\r\nm=application 0 RTP/AVP 107\r\n';
    expect(videoStreams(sdp)).toEqual([
      { codec: 'H264', payload: 96, parameterSets: 'Z0LA,aM4=' },
      { codec: 'H265', payload: 98 },
    ]);
    expect(videoStreams('')).toEqual([]);
  });
});
