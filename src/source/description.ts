/** The patterns of GStreamer's `videotestsrc` that a `test:` source may name. */
// prettier-ignore
export const testPatterns = [
  'ball', 'bar', 'black', 'blink', 'blue', 'checkers-8', 'circular', 'colors', 'gamut', 'gradient', 'green',
  'pinwheel', 'red', 'smpte', 'smpte75', 'snow', 'spokes', 'white', 'zone-plate',
] as const;

export type TestPattern = (typeof testPatterns)[number];

interface Common {
  /** Live sources run on the clock of the wall and are reconnected; the others are read to their end, once. */
  readonly live: boolean;
  /** What to show of the source; see `safeText`. */
  readonly safe: string;
}

interface NetworkSource extends Common {
  readonly kind: 'rtsp' | 'rtsps' | 'http' | 'https';
  /** With credentials, percent-encoded. */
  readonly uri: string;
}

interface FileSource extends Common {
  readonly kind: 'file';
  /** Absolute. */
  readonly path: string;
  /** `file://` URI of the path. */
  readonly uri: string;
}

interface DeviceSource extends Common {
  readonly kind: 'v4l2';
  /** Path of the device, e.g. `/dev/video0`. */
  readonly device: string;
}

interface TestSource extends Common {
  readonly kind: 'test';
  readonly pattern: TestPattern;
  /** Number of frames after which it ends; undefined: never. */
  readonly frames?: number;
}

/** Where the pictures of one camera come from. Plain data: it can be sent to another process. */
export type SourceDescription = NetworkSource | FileSource | DeviceSource | TestSource;

/** The source as the user wrote it, with credentials replaced by `***`: for logs, the database, tools and errors. */
export const safeText = (source: SourceDescription): string => source.safe;
