import { basename, extname } from 'node:path';
import type { CameraId } from '../domain/ids.ts';
import { cameraId, idPattern } from '../domain/ids.ts';
import type { SourceDescription } from './description.ts';

/** A camera id that reminds of the source: `vtest` for `videos/vtest.avi`, `gate` for `rtsp://gate.lan/stream1`. */
export function cameraIdFor(source: SourceDescription): CameraId {
  const id = nameOf(source)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9_-]+/gi, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 63)
    .replace(/[-_]+$/, '');
  return cameraId(idPattern.test(id) ? id : 'camera');
}

function nameOf(source: SourceDescription): string {
  switch (source.kind) {
    case 'file':
      return basename(source.path, extname(source.path));
    case 'v4l2':
      return basename(source.device);
    case 'test':
      return `test-${source.pattern}`;
    case 'rtsp':
    case 'rtsps':
      return hostName(source.uri);
    case 'http':
    case 'https': {
      const path = new URL(source.uri).pathname;
      return source.live ? hostName(source.uri) : basename(path, extname(path));
    }
  }
}

/** The first label of a host name; of an address all of it. */
function hostName(uri: string): string {
  const host = new URL(uri).hostname;
  return /^[\d.]+$|^\[/.test(host) ? `cam-${host.replaceAll(/[[\]]/g, '')}` : host.replace(/\..*/s, '');
}
