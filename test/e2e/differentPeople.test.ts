import { expect, it } from 'vitest';
import { fewestPeople } from '../../src/identify/fewestPeople.ts';
import { peopleIn } from '../../src/mcp/people.ts';
import { openReader } from '../../src/store/reader.ts';
import { sandbox } from '../fixtures/argus.ts';
import { shared } from '../fixtures/shared.ts';

const weights = shared('models/yolox_nano.onnx');
const reid = shared('models/person-reid-0287.onnx');
const clip = shared('video/one-by-one-person-detection.mp4');
const missing = weights.missing || reid.missing || clip.missing;

it.skipIf(missing !== false)(
  missing || 'six people who come one at a time, two of them in black, are not taken for fewer',
  { timeout: 240_000 },
  async () => {
    const box = sandbox();
    expect(await box.run(['watch', clip.path, '--model', 'yolox-nano'])).toMatchObject({ code: 0 });
    const reader = openReader(box.data);
    const window = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
    const people = peopleIn(reader, { window, labels: ['person'] });
    reader.close();
    const { identities } = people.identities;
    expect(identities.flatMap(({ hops }) => hops)).toEqual([]);
    expect(identities.length).toBeGreaterThanOrEqual(6);
    expect(fewestPeople(people.identities, people)).toBeLessThanOrEqual(6);
  },
);
