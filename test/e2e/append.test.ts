import { copyFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cameraId } from '../../src/domain/ids.ts';
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
  },
);
