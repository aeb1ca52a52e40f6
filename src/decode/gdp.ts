/**
 * Reads the GStreamer Data Protocol 1.0 header that `gdppay` puts before each payload. It is the only way to a
 * buffer's timestamp, as the binding's `pull` gives none.
 *
 * Layout (big endian, 62 bytes): payload type u16 at 4, payload length u32 at 6, PTS u64 ns at 10, duration u64 ns
 * at 18. Source: gst-plugins-bad, gst/gdp/dataprotocol.c.
 */

const headerBytes = 62;
const typeBuffer = 1;
const typeCaps = 2;
const noTimestamp = 0xffff_ffff_ffff_ffffn;

export type GdpPacket =
  | {
      readonly kind: 'buffer';
      readonly ptsNs: bigint | undefined;
      readonly durationNs: bigint | undefined;
      readonly payload: Buffer;
    }
  | { readonly kind: 'caps'; readonly caps: string }
  | { readonly kind: 'other' };

/** Takes one packet apart; the payload is a view of the given bytes. Throws on bytes that are not a packet. */
export function parseGdp(packet: Buffer): GdpPacket {
  if (packet.length < headerBytes)
    throw new Error(`GDP packet of ${packet.length} bytes, a header has ${headerBytes}`);
  const type = packet.readUInt16BE(4);
  const length = packet.readUInt32BE(6);
  if (packet.length < headerBytes + length) {
    throw new Error(`GDP packet announces ${length} bytes of payload and has ${packet.length - headerBytes}`);
  }
  const payload = packet.subarray(headerBytes, headerBytes + length);
  if (type === typeBuffer) {
    const timeAt = (offset: number) => {
      const ns = packet.readBigUInt64BE(offset);
      return ns === noTimestamp ? undefined : ns;
    };
    return { kind: 'buffer', ptsNs: timeAt(10), durationNs: timeAt(18), payload };
  }
  // The caps text ends with a NUL.
  if (type === typeCaps) return { kind: 'caps', caps: payload.toString('utf8').replace(/\0+$/, '') };
  return { kind: 'other' };
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
  /** Width of a pixel over its height. */
  readonly pixelAspect: number;
}

/** Reads the picture size from a caps text such as `image/jpeg, width=(int)768, height=(int)576, …`. */
export function sizeFromCaps(caps: string): PictureSize | undefined {
  const width = /\bwidth=\(int\)(\d+)/.exec(caps)?.[1];
  const height = /\bheight=\(int\)(\d+)/.exec(caps)?.[1];
  if (width === undefined || height === undefined) return undefined;
  const aspect = /\bpixel-aspect-ratio=\(fraction\)(\d+)\/(\d+)/.exec(caps);
  const pixelAspect = aspect ? Number(aspect[1]) / Number(aspect[2]) : 1;
  return { width: Number(width), height: Number(height), pixelAspect: pixelAspect > 0 ? pixelAspect : 1 };
}
