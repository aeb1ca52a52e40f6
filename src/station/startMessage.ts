import { availableParallelism } from 'node:os';
import type { CameraJob, ToVision } from '../vision/messages.ts';
import type { StationOptions } from './stationOptions.ts';

const mostInferenceWorkers = 8;

/** What a new vision process is told first: the models, and what to watch. */
export const startMessage = (
  { detector, embedder, enginesFolder, providers, decoding = 'auto' }: StationOptions,
  cameras: readonly CameraJob[],
): Extract<ToVision, { type: 'start' }> => ({
  type: 'start',
  detector: {
    ...detector,
    workers: Math.min(mostInferenceWorkers, availableParallelism()),
    enginesFolder,
    ...(providers && { providers }),
  },
  cameras: [...cameras],
  decoding,
  ...(embedder && {
    describer: {
      ...(embedder.model && { model: embedder.model }),
      ...(providers && { providers }),
    },
  }),
});
