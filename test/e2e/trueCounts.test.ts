import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cameraId } from '../../src/domain/ids.ts';
import { openReader } from '../../src/store/reader.ts';
import { Sandbox } from '../fixtures/argus.ts';
import { shared } from '../fixtures/shared.ts';

const footage = {
  'cases/double-class.mp4': shared('cases/double-class.mp4'),
  'cases/zone-picture-edge.mp4': shared('cases/zone-picture-edge.mp4'),
  'video/traffic.mp4': shared('video/traffic.mp4'),
  'video/vtest.avi': shared('video/vtest.avi'),
};
const missing =
  Object.values(footage).find((file) => file.missing)?.missing ?? shared('models/yolox_nano.onnx').missing;
const vehicles = ['car', 'truck', 'bus', 'train'];
const middle = '--line=middle:0.5,0,0.5,1';

describe.skipIf(missing !== false)(
  `counts of footage${missing ? ` (${missing})` : ''}`,
  { timeout: 240_000 },
  () => {
    let box: Sandbox;
    beforeEach(() => (box = new Sandbox()));
    afterEach(() => box.close());

    /** Watches the file; what is asked is asked of its camera. */
    async function watched(file: keyof typeof footage, ...flags: string[]) {
      const common = ['--model=yolox-nano', '--identify=off', '--id=c', '--start=2026-01-01T00:00:00Z'];
      const { code, stderr } = await box.run(['watch', footage[file].path, ...common, ...flags]);
      if (code !== 0) throw new Error(stderr);
      const reader = openReader(box.data);
      const camera = cameraId('c');
      const count = (type: 'crossing' | 'enter', labels?: readonly string[]) =>
        Object.fromEntries(
          reader
            .countEvents({ camera, types: [type], ...(labels && { labels }) }, ['shape', 'direction'])
            .map((row) => [`${row.shape ?? ''}${row.direction ? ` ${row.direction}` : ''}`, row.count]),
        );
      const span = reader.span(camera);
      const tracks = span ? reader.tracksIn(span, { leastPoints: 3 }) : [];
      const counts = { crossings: count('crossing', vehicles), enters: count('enter') };
      reader.close();
      return { ...counts, tracks };
    }

    it('of a car that is taken for a truck, too, are of one vehicle', async () => {
      const { crossings } = await watched('cases/double-class.mp4', middle);
      expect(crossings).toEqual({ 'middle forward': 2, 'middle backward': 1 });
    });

    it('of a person cut off by the lower edge are one visit to the zones that reach it', async () => {
      const zones = ['--zone=all:0,0,1,0,1,1,0,1', '--zone=low:0.3,0.5,0.9,0.5,0.9,1,0.3,1'];
      const { enters } = await watched('cases/zone-picture-edge.mp4', '--classes=person', ...zones);
      expect(enters).toEqual({ all: 1, low: 1 });
    });

    it('of 25 vehicles before a moving background of lanes are off by one, none counted twice', async () => {
      const { crossings } = await watched('video/traffic.mp4', middle);
      // By slit-scan: 16 from left to right and 9 from right to left.
      expect(crossings['middle backward']).toBe(9);
      expect(crossings['middle forward']).toBeGreaterThanOrEqual(15);
      expect(crossings['middle forward']).toBeLessThanOrEqual(16);
    });

    it.each([5, 2])(
      'of two parked vehicles are two tracks for all the time at %i frames a second',
      async (fps) => {
        const { tracks } = await watched('video/vtest.avi', `--fps=${fps}`);
        const parked = tracks.filter(({ label }) => vehicles.includes(label));
        expect(parked.map(({ firstMs, lastMs }) => lastMs - firstMs > 75_000)).toEqual([true, true]);
      },
    );
  },
);
