import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { cameraId } from '../../src/domain/ids.ts';
import { databasePath } from '../../src/store/database.ts';
import { openReader } from '../../src/store/reader.ts';
import { sandbox } from '../fixtures/argus.ts';
import { shared } from '../fixtures/shared.ts';

const vtest = shared('video/vtest.avi');
const notRoot = process.getuid?.() === 0 ? false : 'only root may mount a small disk';
const missing = vtest.missing || shared('models/yolox_nano.onnx').missing || notRoot;

it.skipIf(missing !== false)(
  missing || 'a full disk is told, and everything is stored once there is room',
  { timeout: 120_000 },
  async ({ skip }) => {
    const box = sandbox();
    mkdirSync(box.data);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'argus-test', box.data]);
    skip(mounted.status !== 0, 'this root may not mount a file system');
    const watching = box.start(['watch', vtest.path, '--fps=2', '--line=middle:0.5,0,0.5,1']);
    try {
      await watching.untilSaid(/The disk is full: .*argus\.db|still could not be saved: .*ENOSPC/);
      expect(spawnSync('mount', ['-o', 'remount,size=64m', box.data]).status).toBe(0);
      const { code, stderr } = await watching.finished;
      expect({ code, stderr }).toMatchObject({ code: 0 });

      const reader = openReader(box.data);
      const everything = { fromMs: 0, toMs: 8.64e15 };
      const covered = reader.coverage(cameraId('vtest'), everything);
      expect(covered.reduce((sum, { frames }) => sum + frames, 0)).toBe(159);
      expect(reader.latestRuns()[0]).toMatchObject({ finished: true, progress: { frame: 158 } });
      reader.close();
      const db = new Database(databasePath(box.data), { readonly: true });
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      db.close();
    } finally {
      watching.process.kill('SIGKILL');
      await watching.finished;
      spawnSync('umount', [box.data]);
    }
  },
);
