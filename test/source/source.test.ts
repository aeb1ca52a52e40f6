import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idPattern } from '../../src/domain/ids.ts';
import { backoff } from '../../src/source/backoff.ts';
import { cameraIdFor } from '../../src/source/cameraIdFor.ts';
import { checkSource } from '../../src/source/checkSource.ts';
import { parseSource } from '../../src/source/parseSource.ts';

describe('cameraIdFor', () => {
  it.each([
    ['videos/vtest.avi', 'vtest'],
    ['/srv/TUD-Campus.mp4', 'TUD-Campus'],
    ['/srv/Straße vor Müllers Tür (2).mp4', 'Stra-e-vor-Mullers-Tur-2'],
    ['/srv/...mp4', 'camera'],
    ['rtsp://admin:pw@gate.lan:554/stream1', 'gate'],
    ['rtsp://192.168.1.20/stream1', 'cam-192-168-1-20'],
    ['rtsp://[fe80::1]:554/a', 'cam-fe80-1'],
    ['http://yard/video.mjpg', 'yard'],
    ['https://files.lan/a/gate.mp4', 'gate'],
    ['/dev/video2', 'video2'],
    ['test:ball?frames=50', 'test-ball'],
  ])('calls %s %s', (text, id) => expect(cameraIdFor(parseSource(text))).toBe(id));

  it('is a valid id whatever the file is called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme' }), (name) => {
        fc.pre(!name.includes('\0'));
        expect(cameraIdFor(parseSource(`/srv/${name}`))).toMatch(idPattern);
      }),
    );
  });
});

describe('backoff', () => {
  it('doubles from 1 s to 30 s', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 2000].map((attempt) => backoff(attempt, 1))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('takes away up to half at random', () => {
    expect(backoff(0, 0)).toBe(500);
    expect(backoff(9, 0.5)).toBe(22_500);
  });
});

describe('checkSource', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'argus-source-'));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'good.mp4'), 'x');
    writeFileSync(join(folder, 'empty.mp4'), '');
    writeFileSync(join(folder, 'closed.mp4'), 'x', { mode: 0o000 });
    mkdirSync(join(folder, 'closed'), { mode: 0o000 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const check = (text: string, written = text) => checkSource(parseSource(text, { folder, written }));

  it('accepts a file', async () => {
    await expect(check('good.mp4')).resolves.toBeUndefined();
  });

  it.each([
    ['missing.mp4', /^The video file \/.*\/missing\.mp4 does not exist\. Give the path/],
    ['good.mp4/x.mp4', /does not exist/],
    ['.', /^\/.* is a folder\. Give the path of one video file/],
    ['empty.mp4', /^The video file \/.*\/empty\.mp4 is empty\. Record/],
    ['/dev/null', /is not a regular file/],
    ['/dev/video987', /^The video device \/dev\/video987 does not exist\. Plug the camera in/],
    ['v4l2:/dev/shm', /is not a video device\. See which/],
  ])('says what is wrong with %s', async (text, message) => {
    await expect(check(text)).rejects.toThrow(message);
  });

  it('says what may not be read', async () => {
    // The rights of a file do not hold back root, which tests in containers often run as.
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65534);
    try {
      await expect(check('closed.mp4')).rejects.toThrow(/closed\.mp4 may not be read.*chmod u\+r/);
      await expect(check('closed/a.mp4')).rejects.toThrow(/is in a folder that may not be entered/);
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  it('shows variables of a path by their names', async () => {
    await expect(check('hunter2/a.mp4', '${X}/a.mp4')).rejects.toThrow(
      /^The video file \$\{X\}\/a\.mp4 does/,
    );
  });

  it.each(['rtsp://nowhere.invalid/a', 'http://nowhere.invalid/a.mp4', 'test:ball'])(
    'does not try %s',
    async (text) => {
      await expect(check(text)).resolves.toBeUndefined();
    },
  );
});
