import type { Manifest } from '../config/manifest.ts';
import type { OutputDecoder } from './contract.ts';
import { decodeNanodet } from './nanodet.ts';
import { decodeYolov10 } from './yolov10.ts';
import { decodeYolox } from './yolox.ts';

/** The decoder of a manifest's output layout. */
export function decoderFor(layout: Manifest['layout']): OutputDecoder {
  switch (layout) {
    case 'yolox':
      return decodeYolox;
    case 'yolov10':
      return decodeYolov10;
    case 'nanodet':
      return decodeNanodet;
  }
}
