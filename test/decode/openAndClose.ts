// Opens and closes a video again and again in one process: openAndClose.ts VIDEO TIMES
import { readFile } from 'node:fs/promises';
import { argv, stdout } from 'node:process';
import { software } from '../../src/decode/chains.ts';
import { Video } from '../../src/decode/video.ts';
import { parseSource } from '../../src/source/parseSource.ts';

const [, , path = '', times = ''] = argv;
const source = parseSource(path);
for (let n = 0; n < Number(times); n++) {
  const video = new Video(source, {
    inputWidth: 416,
    inputHeight: 416,
    colour: 'bgr',
    live: false,
    chain: software,
    onStill: () => undefined,
  });
  for (let frame = 0; frame < 3; frame++) await video.nextFrame();
  await video.close();
}
// Each of these needs a thread of its own.
await Promise.all(Array.from({ length: 8 }, () => readFile(import.meta.filename)));
stdout.write(`${times} opened and closed, threads free\n`);
