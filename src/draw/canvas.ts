import { createRequire } from 'node:module';

export type Library = typeof import('@napi-rs/canvas');

// A font of our own: a fresh server has none, and the text would be missing without a word.
export const fontFamily = 'Argus Sans';

let loaded: Promise<Library> | undefined;

/** The library, with the font; loaded when something is drawn for the first time, as most processes never draw. */
export const canvasLibrary = (): Promise<Library> => (loaded ??= load());

async function load(): Promise<Library> {
  const library = await import('@napi-rs/canvas');
  const font = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
  library.GlobalFonts.registerFromPath(font, fontFamily);
  return library;
}
