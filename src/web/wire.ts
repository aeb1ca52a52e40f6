import { z } from 'zod';
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
