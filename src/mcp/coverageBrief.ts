import * as z from 'zod';
import type { CameraId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { Reader } from '../store/reader.ts';
import { coverageText, coverageOf, joinCoverage, type Coverage } from './coverage.ts';

const gapsListed = 3;

/** Coverage where it is not what a number is divided by: how much, and the longest gaps. */
export const briefCoverageSchema = z.object({
  share: z.number().describe('Of the window that was watched, 0–1'),
  gap_count: z.int(),
  gaps: z.array(z.string()).describe('The longest'),
});

export interface BriefCoverage {
  readonly answer: z.input<typeof briefCoverageSchema>;
  /** A sentence. */
  readonly text: string;
  /** Cameras that were not watched at all in the window. */
  readonly blind: readonly CameraId[];
  readonly parts: readonly { readonly camera: CameraId; readonly coverage: Coverage }[];
}

export function briefCoverage(
  reader: Reader,
  cameras: readonly CameraId[],
  window: Interval,
  timeZone: string,
): BriefCoverage {
  const parts = cameras.map((camera) => ({
    camera,
    coverage: coverageOf(reader, camera, window, timeZone),
  }));
  const all = joinCoverage(parts);
  const longest = parts
    .flatMap(({ camera, coverage }) => coverage.gaps.map((gap) => ({ camera, ...gap })))
    .toSorted((a, b) => Date.parse(b.to) - Date.parse(b.from) - Date.parse(a.to) + Date.parse(a.from))
    .slice(0, gapsListed);
  return {
    answer: {
      share: all.share,
      gap_count: all.gap_count,
      gaps: longest.map(({ camera, from, to }) => `${camera} ${withoutMs(from)} to ${withoutMs(to)}`),
    },
    text: coverageText(all),
    blind: parts.filter(({ coverage }) => coverage.share === 0).map(({ camera }) => camera),
    parts,
  };
}

/** A local time to the second: long lists need no more. */
export const withoutMs = (time: string): string => time.replace(/\.\d{3}(?=[+Z-])/, '');
