import { describe, expect, test } from 'vitest';
import { describers } from '../../bench/reid/descriptors.ts';
import { looksOfVtest, readPeople, truthOfVtest, type Look } from '../../bench/reid/gallery.ts';
import { cameraId, trackId } from '../../src/domain/ids.ts';
import type { SeenTrack } from '../../src/identify/contract.ts';
import { identitiesOf } from '../../src/identify/identities.ts';
import { shared } from '../fixtures/shared.ts';

const missing = ['video/vtest.avi', 'reid/reentry_map.json', 'models/person-reid-0287.onnx']
  .map((file) => shared(file).missing)
  .find((reason) => reason !== false);
const camera = cameraId('vtest');
const looksOfPassage = 4;

describe.skipIf(missing !== undefined)(
  `people on video${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    test.each([
      { descriptor: 'person-reid-0287', atLeast: 6 },
      // By clothes alone it is too much to ask: among some ten people, it cannot be told.
      { descriptor: 'colour-histogram', atLeast: 0 },
    ])('$descriptor joins passages of one person, and none of two', async ({ descriptor, atLeast }) => {
      const people = readPeople();
      const { identities } = identitiesOf(await passagesBy(descriptor));
      const joined = identities.filter(({ trackIds }) => trackIds.length > 1);
      for (const { trackIds } of joined) {
        const [first, ...others] = trackIds.map(Number);
        const strangers = others.filter(
          (other) =>
            people.personOf(other) !== people.personOf(first ?? NaN) &&
            !people.areUnsure(other, first ?? NaN),
        );
        expect(strangers, trackIds.join(' ')).toEqual([]);
      }
      expect(joined.flatMap(({ hops }) => hops).length).toBeGreaterThanOrEqual(atLeast);
    });
  },
);

/** Each passage of the ground truth as a track of that number, with a few looks spread over it. */
async function passagesBy(descriptor: string): Promise<SeenTrack[]> {
  const describeLook = await describers[descriptor]?.();
  if (!describeLook) throw new Error(`no descriptor ${descriptor}`);
  const looks = await looksOfVtest();
  const tracks: SeenTrack[] = [];
  for (const passage of new Set(looks.map((look) => look.passage))) {
    const of = spread(looks.filter((look) => look.passage === passage));
    const appearances: SeenTrack['appearances'][number][] = [];
    for (const { frame, crop } of of)
      appearances.push({
        camera,
        trackId: trackId(String(passage)),
        timeMs: 100 * frame,
        descriptor,
        vector: await describeLook(crop),
        quality: 1,
      });
    tracks.push({ ...extentOf(passage), trackId: trackId(String(passage)), appearances });
  }
  return tracks;
}

const spread = (looks: readonly Look[]): readonly Look[] =>
  looks.filter((_, i) => i % Math.ceil(looks.length / looksOfPassage) === 0);

function extentOf(passage: number): Omit<SeenTrack, 'trackId' | 'appearances'> {
  const sightings = truthOfVtest().flatMap((objects, frame) =>
    objects.filter(({ id }) => id === passage).map(({ box }) => ({ timeMs: 100 * frame, box })),
  );
  const [first, last] = [sightings[0], sightings.at(-1)];
  if (!first || !last) throw new Error(`passage ${passage} is empty`);
  return {
    camera,
    label: 'person',
    fromMs: first.timeMs,
    toMs: last.timeMs,
    firstBox: first.box,
    lastBox: last.box,
  };
}
