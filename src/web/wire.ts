import * as z from 'zod';
import type { Shape } from '../domain/event.ts';
import { idPattern, shapeId, type CameraId } from '../domain/ids.ts';
import type { LivePicture } from '../domain/live.ts';

/** POST /api/corrections */
export const correctionSchema = z.strictObject({ a: z.string(), b: z.string(), same: z.boolean() });
export type CorrectionRequest = z.infer<typeof correctionSchema>;

/** POST /api/forget */
export const forgetSchema = z.strictObject({ tracks: z.array(z.string()).min(1) });
export type ForgetRequest = z.infer<typeof forgetSchema>;
export interface Forgotten {
  readonly tracks: number;
  readonly stills: number;
}

/** POST /api/anomalies/verdicts */
export const verdictSchema = z.strictObject({
  anomaly: z.string().max(300),
  family: z.string().max(40),
  camera: z.string(),
  shape: z.string().optional(),
  useful: z.boolean(),
});
export type VerdictRequest = z.infer<typeof verdictSchema>;

/** POST /api/anomalies/notes */
export const noteSchema = z.strictObject({
  camera: z.string(),
  timeMs: z.number(),
  text: z.string().min(1).max(500),
  by: z.string().min(1).max(64),
});
export type NoteRequest = z.infer<typeof noteSchema>;
const coordinate = z.number().min(0).max(1);
const point = z.strictObject({ x: coordinate, y: coordinate });
const id = z.string().regex(idPattern);

/** POST /api/shapes */
export const shapeSchema = z.strictObject({
  camera: z.string(),
  shape: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('line'),
      id,
      name: z.string(),
      line: z.strictObject({ a: point, b: point }),
    }),
    z.strictObject({
      kind: z.literal('zone'),
      id,
      name: z.string(),
      polygon: z.array(point).min(3),
      dwellMs: z.number().positive().optional(),
    }),
  ]),
});
export interface ShapeRequest {
  readonly camera: CameraId;
  readonly shape: Shape;
}

/** POST /api/shapes/remove */
export const removalSchema = z.strictObject({ camera: z.string(), shape: id });
export type RemovalRequest = z.infer<typeof removalSchema>;

export function shapeOfRequest({ shape }: z.output<typeof shapeSchema>): Shape {
  if (shape.kind === 'line') return { ...shape, id: shapeId(shape.id) };
  const { dwellMs, ...zone } = shape;
  return { ...zone, id: shapeId(zone.id), ...(dwellMs !== undefined && { dwellMs }) };
}

/** POST /api/watches: a watch as the station checks it. Answered with its id. */
export const watchSchema = z.strictObject({ watch: z.unknown() });
export interface AddedWatch {
  readonly id: string;
}

/** POST /api/watches/remove */
export const watchRemovalSchema = z.strictObject({ id: z.string() });
export type WatchRemoval = z.infer<typeof watchRemovalSchema>;

/** Status 422: what the asker can mend, as an ArgusError says it. */
export const refusalSchema = z.object({ what: z.string(), next: z.string() });

/** A live picture as JSON: the JPEG in base64. */
export type PictureJson = Omit<LivePicture, 'jpeg'> & { readonly jpeg: string };

export const pictureToJson = (picture: LivePicture): PictureJson => ({
  ...picture,
  jpeg: Buffer.from(picture.jpeg).toString('base64'),
});

export const pictureFromJson = (json: PictureJson): LivePicture => ({
  ...json,
  jpeg: Buffer.from(json.jpeg, 'base64'),
});
