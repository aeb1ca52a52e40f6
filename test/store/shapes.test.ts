import { describe, expect, it } from 'vitest';
import { shapeId } from '../../src/domain/ids.ts';
import { rectangleScale } from '../fixtures/ground.ts';
import {
  camera,
  crossing,
  dock,
  frameOf,
  gate,
  line,
  newRun,
  openStore,
  t0,
  track1,
  update,
  zone,
} from './fixture.ts';

const moved = { ...line, line: { a: { x: 0.3, y: 0 }, b: { x: 0.3, y: 1 } } };

describe('a shape', () => {
  it('comes back as it was defined, with the time since when it is counted at', () => {
    const { reader } = openStore();
    expect(reader.shapes(dock).map(({ shape }) => shape)).toEqual([zone, line]);
    expect(reader.shape(dock, zone.id)).toEqual({
      version: expect.any(Number) as number,
      camera: dock,
      shape: zone,
      origin: 'config',
      definedMs: t0,
    });
    expect(reader.shape(dock, shapeId('no'))).toBeUndefined();
  });

  it('stays the same version when the configuration is read again, or only its name changes', () => {
    const { writer, reader } = openStore();
    const before = reader.shape(dock, line.id);
    writer.syncCameras([camera(dock, [{ ...line, name: 'Front door' }, zone])], t0 + 1000);
    expect(reader.shape(dock, line.id)).toEqual({ ...before, shape: { ...line, name: 'Front door' } });
  });

  it.each([
    ['another geometry', moved, line.id],
    ['the other direction', { ...line, line: { a: line.line.b, b: line.line.a } }, line.id],
    ['another dwell time', { ...zone, dwellMs: 9000 }, zone.id],
    ['another kind', { ...zone, id: line.id }, line.id],
  ])('with %s is a new version, and the old one is retired', (_, changed, id) => {
    const { writer, reader } = openStore();
    const before = reader.shape(dock, id)?.version ?? NaN;
    const others = [line, zone].filter((shape) => shape.id !== id);
    writer.syncCameras([camera(dock, [...others, changed])], t0 + 1000);
    expect(reader.shape(dock, id)).toMatchObject({ shape: changed, definedMs: t0 + 1000 });
    expect(reader.shape(dock, id)?.version).toBeGreaterThan(before);
    expect(reader.shapes(dock)).toHaveLength(2);
  });

  it('left out of the configuration is retired and can still be asked about', () => {
    const { writer, reader } = openStore();
    writer.syncCameras([camera(dock, [zone])], t0 + 1000);
    expect(reader.shapes(dock).map(({ shape }) => shape.id)).toEqual([zone.id]);
    expect(reader.shape(dock, line.id)).toMatchObject({ retiredMs: t0 + 1000 });
    writer.syncCameras([camera()], t0 + 2000);
    expect(reader.shape(dock, line.id)).toMatchObject({ definedMs: t0 + 2000 });
    expect(reader.shape(dock, line.id)?.retiredMs).toBeUndefined();
  });

  it('says of each event at which version it happened, and counts the latest one unless told', () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    const pass = (frame: number) =>
      writer.commit({
        nowMs: t0,
        frames: [
          frameOf(run, frame, {
            tracks: [update(track1, frame)],
            events: [crossing({ timeMs: t0 + frame })],
          }),
        ],
      });
    pass(0);
    pass(1);
    writer.syncCameras([camera(dock, [moved])], t0 + 1000);
    pass(2);
    const door = { camera: dock, shape: line.id };
    const versions = reader.events({ ...door, allVersions: true }).events.map((event) => event.shapeVersion);
    expect(versions[0]).toBe(versions[1]);
    expect(versions[2]).toBe(reader.shape(dock, line.id)?.version);
    expect(reader.countEvents(door)).toEqual([{ count: 1 }]);
    expect(reader.countEvents({ ...door, allVersions: true })).toEqual([{ count: 3 }]);
    expect(reader.countEvents({ camera: dock }, ['shape'])).toEqual([{ shape: 'door', count: 3 }]);
  });
});

describe('a camera', () => {
  it('left out of the configuration is marked removed, keeps its shapes for questions about its past, and comes back', () => {
    const { writer, reader } = openStore();
    const before = reader.shapes(gate);
    expect(before.length).toBeGreaterThan(0);
    writer.syncCameras([camera(dock)], t0 + 1000);
    expect(reader.cameras()).toMatchObject([{ id: 'dock' }, { id: 'gate', removedMs: t0 + 1000 }]);
    expect(reader.shapes(gate)).toEqual(before);
    writer.syncCameras([camera(dock), { ...camera(gate), name: 'Gate' }], t0 + 2000);
    expect(reader.camera(gate)).toEqual({
      id: 'gate',
      name: 'Gate',
      source: 'rtsp://gate/stream',
      createdMs: t0,
      blurPeople: false,
    });
  });

  it('has the scale that was configured last, or none', () => {
    const { writer, reader } = openStore();
    const corners = [{ x: 0.2, y: 0.9 }, { x: 0.8, y: 0.9 }, { x: 0.6, y: 0.4 }, { x: 0.4, y: 0.4 }]; // prettier-ignore
    const [wrong, right] = [rectangleScale(corners, 4, 10), rectangleScale(corners, 4, 12)];
    for (const scale of [wrong, right]) writer.syncCameras([{ ...camera(dock), scale }, camera(gate)], t0);
    expect([reader.camera(dock)?.scale, reader.camera(gate)?.scale]).toEqual([right, undefined]);
    writer.syncCameras([camera(gate)], t0 + 1000);
    expect(reader.camera(dock)?.scale).toEqual(right);
    writer.syncCameras([camera(dock), camera(gate)], t0 + 2000);
    expect(reader.camera(dock)).not.toHaveProperty('scale');
  });
});
