import { copyFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cameraId } from '../../src/domain/ids.ts';
import { isoTime } from '../../src/domain/time.ts';
import { openReader } from '../../src/store/reader.ts';
import { sandbox } from '../fixtures/argus.ts';
import { shared } from '../fixtures/shared.ts';

const clip = shared('cases/offset.mkv');

describe.skipIf(clip.missing !== false)(
  `files of one camera${clip.missing ? ` (${clip.missing})` : ''}`,
  () => {
    it('are added one after another, each once, in the order of their times', async () => {
      const box = sandbox();
      const hour = (n: number) => {
        copyFileSync(clip.path, box.path(`hour-${n}.mkv`));
        const start = `--start=2026-01-01T0${n}:00:00Z`;
        const common = ['--model', 'yolox-nano', '--identify', 'off', '--id', 'yard', '--append'];
        return box.run(['watch', `hour-${n}.mkv`, start, ...common]);
      };
      const framesStored = () => {
        const reader = openReader(box.data);
        const stretches = reader.coverage(cameraId('yard'), { fromMs: 0, toMs: 8.64e15 });
        reader.close();
        return stretches.map(({ fromMs, frames }) => [new Date(fromMs).toISOString().slice(11, 19), frames]);
      };
      expect((await hour(1)).code).toBe(0);
      expect((await hour(2)).code).toBe(0);
      expect(framesStored()).toEqual([
        ['01:00:00', 20],
        ['02:00:00', 20],
      ]);
      const early = await hour(0);
      expect(early.code).toBe(1);
      expect(early.stderr).toMatch(
        /Camera yard has stored what was seen until 2026-01-01T02:00:01.*in the order of/,
      );
      expect((await hour(2)).code).toBe(0);
      expect(framesStored()).toHaveLength(2);
      const without = await box.run(['watch', 'hour-1.mkv', '--append', '--model', 'yolox-nano']);
      expect(without.stderr).toMatch(/Give a file, the --id of the camera, and the --start of the file/);
    }, 90_000);

    it('are given as a folder or a pattern, follow one another in the order of their names, and are added once', async () => {
      const box = sandbox();
      const add = (source: string, ...more: readonly string[]) =>
        box.run(['watch', source, '--model', 'yolox-nano', '--identify', 'off', ...more]);
      const common = ['--id', 'yard', '--append', '--start', '2026-01-01T08:00:00Z'];
      const stored = () => {
        const reader = openReader(box.data);
        const stretches = reader.coverage(cameraId('yard'), { fromMs: 0, toMs: 8.64e15 });
        reader.close();
        return stretches.map(({ fromMs, toMs, frames }) => [isoTime(fromMs), isoTime(toMs), frames]);
      };
      for (const n of [10, 2]) copyFileSync(clip.path, box.path(`part-${n}.mkv`));
      const both = await add('part-*.mkv', ...common);
      expect(both.code).toBe(0);
      expect([...both.stderr.matchAll(/File \d of \d: .*(part-\d+)/g)].map(([, name]) => name)).toEqual([
        'part-2',
        'part-10',
      ]);
      // 20 frames of 100 ms each, one file directly after the other.
      expect(stored()).toEqual([['2026-01-01T08:00:00.000Z', '2026-01-01T08:00:03.901Z', 40]]);

      copyFileSync(clip.path, box.path('part-11.mkv'));
      box.write('notes.txt', Buffer.from('of the week'));
      const again = await add('.', ...common);
      expect(again.code).toBe(0);
      expect(again.stderr).toMatch(/Of 3 files, 1 was added before/);
      expect(again.stderr).toMatch(/Left out, as they do not look like videos: .*notes\.txt/);
      expect(stored()).toEqual([['2026-01-01T08:00:00.000Z', '2026-01-01T08:00:05.901Z', 60]]);

      const none = await add('week-*.mkv', ...common);
      expect(none.code).toBe(1);
      expect(none.stderr).toMatch(/No file of .* is named like week-\*\.mkv/);
      const unnamed = await add('part-*.mkv');
      expect(unnamed.code).toBe(1);
      expect(unnamed.stderr).toMatch(/3 files are watched as one camera.*\n?.*--append, the --id/s);
    }, 120_000);
  },
);
