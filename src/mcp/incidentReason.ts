import { shownProbability } from './incidentTies.ts';
import type { Grouping, Incident, Strand, Tie } from '../incidents/contract.ts';

/** Why the moments of an incident are one, in a line each: within each camera, and between them. */
export function reasonsOf({ strands, ties }: Incident, { gapMs }: Grouping): string[] {
  const within = strands.flatMap((strand) => strandReason(strand, gapMs));
  return within.length + ties.length > 0 ? [...within, ...ties.map(tieText)] : ['a single one'];
}

function strandReason({ camera, moments, bySameTrack, continues, goesOn }: Strand, gapMs: number): string[] {
  const near = moments.length - 1 - bySameTrack;
  const reasons = [
    near > 0 ? `within ${gapMs / 1000} s of each other at ${camera}` : [],
    bySameTrack > 0 ? `${bySameTrack} by or beside a track that went on at ${camera}` : [],
    continues ? `goes on from before at ${camera}: cut at the whole hour` : [],
    goesOn ? `goes on at ${camera} after the cut at the whole hour` : [],
  ].flat();
  return reasons.length > 0 ? [reasons.join('; ')] : [];
}

function tieText({ from, to, because, probability = 0, seconds }: Tie): string {
  const later = `${Math.round(seconds)} s`;
  switch (because) {
    case 'appearance':
      return `${from} and ${to} the same by appearance, ${shownProbability({ probability, because })} (after ${later})`;
    case 'correction':
      return `${from} and ${to} the same as a user said (after ${later})`;
    case 'way':
      return `${to} appeared ${later} after ${from} was gone, as the way between their cameras takes`;
  }
}
