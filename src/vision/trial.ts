import type { DetectorManifest } from '../config/manifest.ts';
import type { Detection } from '../domain/detection.ts';
import type { SourceDescription } from '../source/description.ts';

/** What the trial process is asked for: one thing, then it ends. */
export type TrialRequest =
  /** The outputs of a network, from a run on black. */
  | { readonly type: 'outputs'; readonly path: string; readonly size: { width: number; height: number } }
  /** What a detector sees in a picture, or in the first picture of a video in which it sees something. */
  | {
      readonly type: 'detect';
      readonly path: string;
      readonly manifest: DetectorManifest;
      readonly source: SourceDescription;
    };

export type TrialAnswer =
  | { readonly type: 'outputs'; readonly outputs: { name: string; dims: number[] }[] }
  | { readonly type: 'detections'; readonly detections: Detection[]; readonly jpeg: Uint8Array }
  | { readonly type: 'failed'; readonly what: string; readonly next: string };
