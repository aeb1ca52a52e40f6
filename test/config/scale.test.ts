import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { homographyOf } from '../../src/domain/homography.ts';
import { parseSource } from '../../src/source/parseSource.ts';

type Place = readonly [x: number, y: number, xM: number, yM: number];

const nearLeft: Place = [0.2, 0.9, 0, 0];
const nearRight: Place = [0.8, 0.9, 4, 0];
const farRight: Place = [0.6, 0.4, 4, 12];
const farLeft: Place = [0.4, 0.4, 0, 12];

const listOf = (...places: Place[]) =>
  `[${places.map(([x, y, xM, yM]) => `{at: [${x}, ${y}], metres: [${xM}, ${yM}]}`).join(', ')}]`;

const parse = (scale: string) =>
  parseConfig(`cameras: [{id: gate, source: a.mp4, scale: ${scale}}]`, 'argus.yaml', {}, parseSource)
    .cameras[0]?.scale;

describe('the scale of a camera', () => {
  it.each<[string, Place[]]>([
    ['in order around the figure', [nearLeft, nearRight, farRight, farLeft]],
    ['in any other order', [farRight, nearLeft, farLeft, nearRight]],
    ['with the ground in coordinates of a survey', [nearLeft, nearRight, farRight, farLeft].map(([x, y, xM, yM]) => [x, y, xM + 390_123.4, yM + 5_819_876.5])], // prettier-ignore
    ['with axes the other way round', [nearLeft, nearRight, farRight, farLeft].map(([x, y, xM, yM]) => [x, y, yM, xM])], // prettier-ignore
  ])('may be four places: %s', (_, places) => {
    const scale = parse(listOf(...places));
    expect(scale?.map(({ picture, ground }) => [picture.x, picture.y, ground.xM, ground.yM])).toEqual(places);
    // It is one that can be used, too.
    const [x, y, xM, yM] = places[0] ?? nearLeft;
    const found = scale && homographyOf(scale)({ x, y });
    expect([found?.xM, found?.yM]).toEqual([expect.closeTo(xM, 4), expect.closeTo(yM, 4)]);
  });

  const rule = 'a scale is a list of 4 places, each {at: [x, y], metres: [X, Y]}';
  it.each<[string, string, string[]]>([
    ['three places', listOf(nearLeft, nearRight, farRight), [`cameras[0].scale: found a list of 3, ${rule}`]],
    [
      'five places',
      listOf(nearLeft, nearRight, farRight, farLeft, [0.5, 0.5, 2, 3]),
      [`cameras[0].scale: found a list of 5, ${rule}`],
    ],
    [
      'three places on one line of the picture',
      listOf([0.1, 0.9, 0, 0], [0.5, 0.9, 4, 0], [0.9, 0.9, 4, 12], farLeft),
      [
        'cameras[0].scale: found no scale. Three of the four places of the scale are on one line in the picture. ' +
          'Give the corners of a four-sided figure on the ground',
      ],
    ],
    [
      'three places on one line of the ground',
      listOf(nearLeft, nearRight, [0.6, 0.4, 8, 0], farLeft),
      [
        'cameras[0].scale: found no scale. Three of the four places of the scale are on one line on the ground. ' +
          'Give the corners of a four-sided figure on the ground',
      ],
    ],
    [
      'two places mixed up',
      listOf(nearLeft, [0.8, 0.9, 4, 12], [0.6, 0.4, 4, 0], farLeft),
      [
        'cameras[0].scale: found no scale. The four places of the scale cannot be seen so from one side. ' +
          'Give them in the same order in the picture and on the ground',
      ],
    ],
    [
      'pixels, and a key that is misspelt',
      '[{at: [192, 0.9], metres: [0, 0]}, {at: [0.8, 0.9], meters: [4, 0]}]',
      [
        "cameras[0].scale[0].at[0]: found 192, a coordinate is a number from 0 to 1: a part of the picture's width or height, not pixels",
        'cameras[0].scale[1].metres: missing, a place on the ground is [X, Y] in metres',
        'cameras[0].scale[1].meters: unknown key, did you mean metres? (accepted: at, metres)',
        `cameras[0].scale: found a list of 2, ${rule}`,
      ],
    ],
    [
      'a place beyond the Earth',
      listOf(nearLeft, nearRight, [0.6, 0.4, 4, 1e8], [0.4, 0.4, 0, 12]),
      [
        'cameras[0].scale[2].metres[1]: found 100000000, a place on the ground is measured in metres, a number from -10000000 to 10000000',
        'cameras[0].scale: found no scale. Three of the four places of the scale are on one line on the ground. ' +
          'Give the corners of a four-sided figure on the ground',
      ],
    ],
    ['a number', '12', [`cameras[0].scale: found 12, ${rule}`]],
  ])('is refused with what is accepted: %s', (_, scale, problems) => {
    const lines = problems.map((problem) => `argus.yaml:1: ${problem}`).join('\n');
    expect(() => parse(scale)).toThrow(`${lines}. Correct the file and start again.`);
  });
});
