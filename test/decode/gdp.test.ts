import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGdp, sizeFromCaps } from '../../src/decode/gdp.ts';

const noTimestamp = 2n ** 64n - 1n;

/** A packet as the GStreamer Data Protocol 1.0 has it; only what is read of the header is filled in. */
function packet(type: number, payload: Uint8Array, ptsNs = noTimestamp): Buffer {
  const header = Buffer.alloc(62);
  header.writeUInt16BE(0x0100);
  header.writeUInt16BE(type, 4);
  header.writeUInt32BE(payload.length, 6);
  header.writeBigUInt64BE(ptsNs, 10);
  return Buffer.concat([header, payload]);
}

describe('a GDP packet', () => {
  it('of a buffer has its payload and its time, to the nanosecond', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.bigInt({ min: 0n, max: noTimestamp - 1n }), (bytes, ptsNs) => {
        expect(parseGdp(packet(1, bytes, ptsNs))).toEqual({
          kind: 'buffer',
          ptsNs,
          durationNs: 0n,
          payload: Buffer.from(bytes),
        });
      }),
    );
  });

  it('may have no time', () => {
    expect(parseGdp(packet(1, Buffer.of(7)))).toEqual({
      kind: 'buffer',
      ptsNs: undefined,
      durationNs: 0n,
      payload: Buffer.of(7),
    });
  });

  it('shares its memory with the payload, so that a frame is not copied', () => {
    const bytes = packet(1, Buffer.of(1, 2, 3), 0n);
    const parsed = parseGdp(bytes);
    bytes[63] = 9;
    expect(parsed).toMatchObject({ payload: Buffer.of(1, 9, 3) });
  });

  it('of caps has their text, without the zero at its end', () => {
    expect(parseGdp(packet(2, Buffer.from('image/jpeg, width=(int)8\0')))).toEqual({
      kind: 'caps',
      caps: 'image/jpeg, width=(int)8',
    });
  });

  it.each([0, 3, 64, 65, 128, 65535])('of type %d is passed over', (type) => {
    expect(parseGdp(packet(type, Buffer.alloc(5)))).toEqual({ kind: 'other' });
  });

  it('that is cut anywhere is refused', () => {
    const whole = packet(1, Buffer.alloc(10), 5n);
    for (let length = 0; length < whole.length; length++) {
      expect(() => parseGdp(whole.subarray(0, length))).toThrow(
        length < 62 ? `of ${length} bytes` : `announces 10 bytes of payload and has ${length - 62}`,
      );
    }
  });
});

describe('the size of the picture', () => {
  it.each([
    ['image/jpeg, width=(int)768, height=(int)576', { width: 768, height: 576, pixelAspect: 1 }],
    [
      'image/jpeg, parsed=(boolean)true, height=(int)576, width=(int)720, pixel-aspect-ratio=(fraction)16/15, framerate=(fraction)25/1',
      { width: 720, height: 576, pixelAspect: 16 / 15 },
    ],
    [
      'image/jpeg, width=(int)4, height=(int)2, pixel-aspect-ratio=(fraction)0/1',
      { width: 4, height: 2, pixelAspect: 1 },
    ],
    ['image/jpeg, width=(int)4', undefined],
    ['', undefined],
  ])('is read from %s', (caps, size) => {
    expect(sizeFromCaps(caps)).toEqual(size);
  });
});
