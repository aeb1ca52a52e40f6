import { expect, it } from 'vitest';
import { rigCameras } from '../../bench/station/cameras.ts';
import { makeRules, questions } from '../../bench/station/questions.ts';
import { withStation } from '../../bench/station/rig.ts';
import { rtspServerMissing } from '../fixtures/rtspServer.ts';
import { shared } from '../fixtures/shared.ts';

const missing =
  ['video/traffic.mp4', 'video/TUD-Campus.mp4', 'mot15/TUD-Campus/gt.txt', 'models/yolox_nano.onnx']
    .map((file) => shared(file).missing)
    .find((why) => why !== false) ?? rtspServerMissing();

it.skipIf(missing !== false)(
  `what a station says of two live cameras is true of what they showed${missing ? `: ${missing}` : ''}`,
  { timeout: 240_000 },
  async () => {
    const cameras = rigCameras()
      .filter(({ id }) => id === 'road' || id === 'campus')
      // Beside other tests frames are dropped, so that counts may be a little farther off than on a quiet machine.
      .map((camera) => ({ ...camera, tolerance: 0.15 }));
    const rows = await withStation(
      cameras,
      60,
      (ask) => makeRules(ask, cameras),
      (recorded) => questions(cameras, recorded),
    );
    expect(rows.filter(({ question }) => question.startsWith('crossings'))).toHaveLength(2);
    expect(rows.filter(({ reached, question }) => !reached && !question.startsWith('tracks'))).toEqual([]);
  },
);
