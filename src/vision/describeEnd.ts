import type { VideoEnd } from '../decode/video.ts';
import { safeText, type SourceDescription } from '../source/description.ts';

/** Says how a connection ended, and what to check. @param hasGivenFrames whether it gave any before */
export function describeEnd(source: SourceDescription, end: VideoEnd, hasGivenFrames: boolean): string {
  const what = end.kind === 'error' ? end.message : 'the stream ended.';
  const where = safeText(source);
  if (what.includes(where)) return what;
  const said = `${where}: ${/[.!?]$/.test(what) ? what : `${what}.`}`;
  // GStreamer's own words name no remedy, and for a refused connection or password not even those.
  if (source.kind === 'file') return `${said} Check that it is a whole video file.`;
  const isAway = /^(rtsp|http)/.test(source.kind) && !hasGivenFrames;
  return isAway ? `${said} Check that it is on, and the address, user and password.` : said;
}
