import type { LivePicture } from '../domain/live.ts';

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
