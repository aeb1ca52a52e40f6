import type { CameraId, TrackId } from './ids.ts';

/** What somebody or something looked like at one moment. */
export interface Appearance {
  readonly camera: CameraId;
  readonly trackId: TrackId;
  /** UTC ms of the analysed frame. */
  readonly timeMs: number;
  /** What made the vector: the id of a model, or `colour-histogram`. Vectors of different descriptors cannot be compared. */
  readonly descriptor: string;
  /** Of length 1. */
  readonly vector: Float32Array;
  /** 0–1: how well the object can be recognised by this picture. */
  readonly quality: number;
}

/** Cosine of the angle between two vectors of length 1 and of one descriptor, −1 to 1. */
export function similarityOf(a: Float32Array, b: Float32Array): number {
  // Four sums, so that no addition waits for the one before it.
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = a.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    s0 += (a[i] ?? 0) * (b[i] ?? 0);
    s1 += (a[i + 1] ?? 0) * (b[i + 1] ?? 0);
    s2 += (a[i + 2] ?? 0) * (b[i + 2] ?? 0);
    s3 += (a[i + 3] ?? 0) * (b[i + 3] ?? 0);
  }
  for (let i = whole; i < a.length; i++) s0 += (a[i] ?? 0) * (b[i] ?? 0);
  return s0 + s1 + (s2 + s3);
}
