import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anchorOf } from '../../src/domain/geometry.ts';
import { homographyOf } from '../../src/domain/homography.ts';
import { medianOf, quantileOf } from '../../src/domain/quantiles.ts';
import { motionOf } from '../../src/events/motion.ts';
import { shared } from '../fixtures/shared.ts';

/*
 * PETS 2009 S2.L1 view 1, a camera with a real lens. The ground truth of MOT15 (arXiv 1504.01942) has beside each box
 * the place on the ground in metres, by the calibration of the data set; 7 frames a second.
 */
const file = shared('mot15/PETS09-S2L1/gt.txt');
const framesPerSecond = 7;
const [widthPx, heightPx] = [768, 576];

interface Row {
  readonly frame: number;
  readonly id: number;
  readonly point: Parameters<typeof motionOf>[0][number];
  readonly xM: number;
  readonly yM: number;
}

function readRows(): Row[] {
  const lines = readFileSync(file.path, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [frame = 0, id = 0, left = 0, top = 0, width = 0, height = 0, , xM = 0, yM = 0] = line.split(',').map(Number); // prettier-ignore
    const box = {
      x1: left / widthPx,
      y1: top / heightPx,
      x2: (left + width) / widthPx,
      y2: (top + height) / heightPx,
    };
    const timeMs = Math.round((frame * 1000) / framesPerSecond);
    return { frame, id, point: { timeMs, box, confidence: 1 }, xM, yM };
  });
}

/** Frame and id of four who stand near the corners of what is seen. */
const marks = [[551, 3], [510, 4], [271, 11], [556, 10]] as const; // prettier-ignore

describe.skipIf(file.missing)(
  `on real footage, with four places known (${file.missing || 'PETS09-S2L1'})`,
  () => {
    const rows = file.missing ? [] : readRows();
    const known = marks.flatMap(
      ([frame, id]) => rows.find((row) => row.frame === frame && row.id === id) ?? [],
    );
    const ground = ({ xM, yM }: Row) => ({ xM, yM });
    const setUp = () =>
      homographyOf(known.map((row) => ({ picture: anchorOf(row.point.box), ground: ground(row) })));

    it('all other places are found to some centimetres', () => {
      const toGround = setUp();
      const offM = rows
        .map((row) => {
          const found = toGround(anchorOf(row.point.box));
          return found ? Math.hypot(found.xM - row.xM, found.yM - row.yM) : Infinity;
        })
        .sort((a, b) => a - b);
      expect(offM).toHaveLength(4650);
      expect(medianOf(offM)).toBeLessThan(0.05);
      expect(quantileOf(offM, 1)).toBeLessThan(0.2);
    });

    it('speeds and headings are those of the places on the ground', () => {
      const toGround = setUp();
      // Seen from straight above, 100 m by 100 m: the same motion, told by the places themselves.
      const asSeenFromAbove = ({ point, xM, yM }: Row) => ({
        ...point,
        box: { x1: 0.5 + xM / 100, x2: 0.5 + xM / 100, y1: 0.4 - yM / 100, y2: 0.5 - yM / 100 },
      });
      const fromAbove = homographyOf(
        [[0, 1], [1, 1], [1, 0], [0, 0]].map(([x = 0, y = 0]) => ({ picture: { x, y }, ground: { xM: (x - 0.5) * 100, yM: (0.5 - y) * 100 } })), // prettier-ignore
      );
      const pairs = rows.flatMap(({ frame, id, point: { timeMs } }) => {
        if (frame % framesPerSecond !== 0) return [];
        const own = rows.filter((row) => row.id === id);
        const around = { fromMs: timeMs - 1000, toMs: timeMs + 1001 };
        const found = motionOf(own.map(({ point }) => point), around, toGround); // prettier-ignore
        const truth = motionOf(own.map(asSeenFromAbove), around, fromAbove);
        return found && truth && truth.speedMps > 0.5 ? [{ found, truth }] : [];
      });
      expect(pairs.length).toBeGreaterThan(500);
      const wrong = pairs.map(({ found, truth }) => Math.abs(found.speedMps / truth.speedMps - 1));
      expect(quantileOf(wrong.sort((a, b) => a - b), 0.9)).toBeLessThan(0.03); // prettier-ignore
      const turned = pairs.map(({ found, truth }) =>
        Math.abs((((found.headingDeg ?? NaN) - (truth.headingDeg ?? NaN) + 540) % 360) - 180),
      );
      expect(quantileOf(turned.sort((a, b) => a - b), 0.9)).toBeLessThan(2); // prettier-ignore
    });
  },
);
