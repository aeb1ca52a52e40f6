import type { DetectorManifest } from '../config/manifest.ts';
import type { OutputDecoder } from './contract.ts';
import { decodeDetr } from './detr.ts';
import { decodeNanodet } from './nanodet.ts';
import { decodeYolov10 } from './yolov10.ts';
import { decodeYolov8 } from './yolov8.ts';
import { decodeYolox } from './yolox.ts';

/** The decoder of a manifest's output layout. */
export function decoderFor(layout: DetectorManifest['layout']): OutputDecoder {
  switch (layout) {
    case 'yolox':
      return decodeYolox;
    case 'yolov8':
    case 'yolo11':
      return decodeYolov8;
    case 'yolov10':
    case 'yolo26':
      return decodeYolov10;
    case 'nanodet':
      return decodeNanodet;
    case 'detr':
      return decodeDetr;
  }
}
