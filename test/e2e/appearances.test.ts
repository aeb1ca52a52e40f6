import { describe, expect, it } from 'vitest';
import { openReader } from '../../src/store/reader.ts';
import { sandbox } from '../fixtures/argus.ts';
import { shared } from '../fixtures/shared.ts';

const weights = shared('models/yolox_nano.onnx');
const reid = shared('models/person-reid-0287.onnx');
const campus = shared('video/TUD-Campus.mp4');
const missing = weights.missing || reid.missing || campus.missing;

describe.skipIf(missing !== false)(`looks of a file that is watched${missing ? ` (${missing})` : ''}`, () => {
  it('are stored with their tracks, by the best model there is, which is told', async () => {
    const box = sandbox();
    const { code, stderr } = await box.run(['watch', campus.path]);
    expect(code).toBe(0);
    expect(stderr).toContain(`People are told apart by: person-reid-0287 from ${reid.path}`);
    const reader = openReader(box.data);
    const appearances = reader.appearances();
    const tracks = new Set(appearances.map(({ trackId }) => trackId));
    reader.close();
    expect(tracks.size).toBeGreaterThan(1);
    expect(new Set(appearances.map(({ descriptor }) => descriptor))).toContain('person-reid-0287');
  });

  it('are of colours, and none at all, where that is asked for', async () => {
    const box = sandbox();
    const descriptors = async (model: string) => {
      expect(await box.run(['watch', campus.path, '--identify', model])).toMatchObject({ code: 0 });
      const reader = openReader(box.data);
      const found = reader.appearances().map(({ descriptor }) => descriptor);
      reader.close();
      return [...new Set(found)];
    };
    expect(await descriptors('colour-histogram')).toEqual(['colour-histogram']);
    expect(await descriptors('off')).toEqual([]);
  });

  it('are not made by a detector', async () => {
    const { code, stderr } = await sandbox().run(['watch', campus.path, '--identify', 'yolox-nano']);
    expect(code).toBe(1);
    expect(stderr).toContain('yolox-nano does not tell people apart');
  });
});
