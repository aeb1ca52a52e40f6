import { createCanvas } from '@napi-rs/canvas';

/** One pixel, in base64. */
export const png = createCanvas(1, 1).toBuffer('image/png').toString('base64');

/** A sound of no samples, in base64: the header of RIFF WAVE, 8 kHz, one channel of 8 bits. */
export const wav = ((): string => {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  return header.toString('base64');
})();
