/** What an agent does with a picture: it looks at what get_snapshot has marked. */
import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { z } from 'zod';
import { getSnapshot } from '../../../src/mcp/tools/getSnapshot.ts';
import type { Ask } from '../ask.ts';

/** In the pictures of the synthetic weeks people are blue and bushes green; of real ones these eyes cannot tell. */
export type Sight = 'person' | 'bush' | 'cannot tell';

/** Looks at who is highlighted in the picture of a moment. */
export async function lookAt(ask: Ask, moment: z.input<typeof getSnapshot.input>): Promise<Sight> {
  const { structured, pictures } = await ask(getSnapshot, { ...moment, time_zone: 'UTC' });
  const box = structured.objects.find(({ track_id: id }) => id === structured.track_id)?.box;
  const [picture] = pictures;
  if (!picture || !box) return 'cannot tell';
  return sightOf(await pixelsIn(picture, box));
}

type Colour = readonly [red: number, green: number, blue: number];

async function pixelsIn(
  picture: Buffer,
  [x1 = 0, y1 = 0, x2 = 1, y2 = 1]: readonly number[],
): Promise<Colour[]> {
  const image = await loadImage(picture);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const [left, top] = [Math.floor(x1 * image.width), Math.floor(y1 * image.height)];
  const wide = Math.max(1, Math.floor((x2 - x1) * image.width));
  const high = Math.max(1, Math.floor((y2 - y1) * image.height));
  const { data } = context.getImageData(left, top, wide, high);
  return Array.from({ length: wide * high }, (_, n): Colour => {
    const [red = 0, green = 0, blue = 0] = data.subarray(4 * n, 4 * n + 3);
    return [red, green, blue];
  });
}

/** By what most of the box shows: a line of the camera is drawn across it. */
function sightOf(pixels: readonly Colour[]): Sight {
  const share = (is: (colour: Colour) => boolean) => pixels.filter(is).length / pixels.length;
  const blue = share(([r, g, b]) => b > 1.5 * g && b > 2 * r);
  const green = share(([r, g, b]) => g > 1.5 * b && g > 2 * r);
  if (Math.max(blue, green) < 0.4) return 'cannot tell';
  return blue > green ? 'person' : 'bush';
}
