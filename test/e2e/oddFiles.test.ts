import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cameraId } from '../../src/domain/ids.ts';
import { openReader } from '../../src/store/reader.ts';
import { sandbox } from '../fixtures/argus.ts';
import { shared } from '../fixtures/shared.ts';

interface Line {
  readonly frame: number;
  readonly mediaTimeMs: number;
  readonly wallTime: string;
  readonly detections: readonly { readonly box: readonly [number, number, number, number] }[];
}

/** Watches a file of the shared cases to its end. */
async function watch(path: string, ...args: readonly string[]) {
  const flags = ['--model', 'yolox-nano', '--identify', 'off', '--jsonl', '--start', '2026-01-01T00:00:00Z'];
  const { code, stdout, stderr } = await sandbox().run(['watch', path, ...flags, ...args]);
  const frames = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  const counted = /line mid: (.*)/.exec(stderr)?.[1];
  const times = frames.map(({ mediaTimeMs }) => mediaTimeMs);
  return { code, frames, times, counted, stderr, detections: frames.flatMap(({ detections }) => detections) };
}

const middle = ['--line', 'mid:0.5,0,0.5,1'];
const every = (stepMs: number, count: number): number[] =>
  Array.from({ length: count }, (_, n) => n * stepMs);

/** A test of one of the shared cases. */
function ofCase(file: string, title: string, test: (path: string) => Promise<void>): void {
  const { path, missing } = shared(`cases/${file}`);
  it.skipIf(missing !== false)(
    missing === false ? title : `${title} (${missing})`,
    () => test(path),
    120_000,
  );
}

describe('a file', () => {
  ofCase('offset.mkv', 'that begins at 4 s of its own time begins at --start', async (path) => {
    const { code, times, frames } = await watch(path);
    expect({ code, times }).toEqual({ code: 0, times: every(100, 20) });
    expect(frames[0]?.wallTime).toBe('2026-01-01T00:00:00.000Z');
  });

  ofCase(
    'trimmed.mp4',
    'that was trimmed without being encoded again is read from cut to cut',
    async (path) => {
      const { code, times, counted } = await watch(path, ...middle);
      expect({ code, times }).toEqual({ code: 0, times: every(100, 245) });
      expect(counted).toBe('7 backward, 7 forward');
    },
  );

  it.each([
    ['offset.mkv', 0.81],
    ['trimmed.mp4', 0.5],
    ['resolution-change.ts', 0.9],
    ['raw.mjpeg', 0.81],
    ['rotated.mp4', 0.81],
  ])(
    'cut off as %s is at %d of its bytes is said to be',
    async (name, share) => {
      const whole = shared(`cases/${name}`);
      if (whole.missing !== false) return;
      const bytes = readFileSync(whole.path);
      const box = sandbox();
      const path = box.write(name, bytes.subarray(0, Math.floor(bytes.length * share) | 1));
      const { code, stderr } = await box.run(['watch', path, '--model', 'yolox-nano', '--identify', 'off']);
      expect(code).toBe(1);
      expect(stderr).toMatch(/it is cut off/);
      expect(stderr).toMatch(/Give a whole copy|give a whole copy/);
    },
    60_000,
  );

  ofCase('rotated.mp4', 'that is stored turned is analysed upright', async (path) => {
    const { code, times, detections, counted } = await watch(path, ...middle);
    expect({ code, times }).toEqual({ code: 0, times: every(100, 60) });
    expect(detections.length).toBeGreaterThan(650);
    expect(counted).toBe('1 forward');
  });

  ofCase('interlaced.mp4', 'that is interlaced is analysed in whole pictures, one a frame', async (path) => {
    const { code, times, counted } = await watch(path, ...middle);
    expect({ code, times }).toEqual({ code: 0, times: every(200, 30) });
    expect(counted).toMatch(/^2 \w+$|^1 \w+, 1 \w+$/);
  });

  ofCase(
    'resolution-change.ts',
    'whose picture changes its shape has boxes of the shape before until then',
    async (path) => {
      const { code, times, frames } = await watch(path);
      expect({ code, times }).toEqual({ code: 0, times: every(100, 60) });
      // The picture gets wider, so a box of the wrong shape would jump down or up between two frames of the first half.
      const heights = frames
        .slice(25, 30)
        .map(({ detections }) => Math.max(...detections.map(({ box: [, y1, , y2] }) => y2 - y1)));
      expect(Math.max(...heights) / Math.min(...heights)).toBeLessThan(1.15);
    },
  );

  ofCase('raw.mjpeg', 'without times has those of 25 frames a second, and says so', async (path) => {
    const { code, times, stderr } = await watch(path);
    expect({ code, times }).toEqual({ code: 0, times: every(40, 12) });
    expect(stderr).toContain('states no times: they are those of 25 frames a second.');
  });

  ofCase('anim.gif', 'that never says that it is over is read to its end', async (path) => {
    const { code, times } = await watch(path);
    expect({ code, times }).toEqual({ code: 0, times: every(200, 8) });
  });

  it.each([
    ['avi', 'avimux'],
    ['mp4', 'mp4mux'],
  ])(
    'of which frames cannot be decoded says how many, and counts them as dropped (%s)',
    async (ending, muxer) => {
      const box = sandbox();
      const path = box.path(`damaged.${ending}`);
      execFileSync('gst-launch-1.0', [
        ...['-q', 'videotestsrc', 'num-buffers=20', '!', 'video/x-raw,width=320,height=240,framerate=10/1'],
        ...['!', 'avenc_mpeg4', '!', muxer, '!', 'filesink', `location=${path}`],
      ]);
      const bytes = readFileSync(path);
      // Two frames of 20 lose the code that each begins with.
      const frameCode = Buffer.from([0, 0, 1, 0xb6]);
      const begins = placesOf(bytes, frameCode);
      for (const at of [begins[8] ?? 0, begins[12] ?? 0]) bytes.fill(0, at, at + 5);
      box.write(`damaged.${ending}`, bytes);
      const flags = ['--model', 'yolox-nano', '--identify', 'off', '--id', 'yard'];
      const { code, stderr } = await box.run(['watch', path, ...flags]);
      expect(code).toBe(0);
      expect(stderr).toMatch(/damaged\.\w+: 18 of 20 frames were decoded, 2 could not be/);
      expect(stderr).toMatch(/18 frames in .*, 2 dropped/);
      const reader = openReader(box.data);
      const stretches = reader.coverage(cameraId('yard'), { fromMs: 0, toMs: 8.64e15 });
      reader.close();
      expect(stretches.map(({ frames, dropped }) => [frames, dropped])).toEqual([[18, 2]]);
    },
    60_000,
  );
});

function placesOf(bytes: Buffer, sought: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(sought); at >= 0; at = bytes.indexOf(sought, at + 1)) places.push(at);
  return places;
}
