import type { TrackId } from '../domain/ids.ts';
import { largestCrowd } from '../events/occupancy.ts';
import { usualGapMs } from '../incidents/handle.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredTrack } from '../store/types.ts';
import type { BriefCoverage } from './coverageBrief.ts';
import { doubtsOf, mostDifferent } from './related.ts';
import type { Company, Scene } from './scene.ts';
import { localTime } from './window.ts';

/** What is known of a scene for sure, and what is not, each with why. */
export interface Facts {
  readonly certain: readonly string[];
  readonly uncertain: readonly string[];
}

/** Two tracks of one camera that overlap by less may be of one person: a tracker notices late. */
const overlapMs = 500;
/** Detected less surely than this all the time, it may be something else, or nothing. */
const unsure = 0.5;
/** Of a box: nearer to the picture's edge somebody may have walked out. */
const edgeNorm = 0.02;
/** A track ends when it was not seen for this long. */
const givenUpMs = 2_500;
const doubtsTold = 3;
const namesTold = 3;

export function factsOf(
  reader: Reader,
  scene: Scene,
  company: Company,
  coverage: BriefCoverage,
  timeZone: string,
): Facts {
  const clock = (timeMs: number) => localTime(timeMs, timeZone).slice(11, 19);
  const byLabel = new Map<string, StoredTrack[]>();
  for (const track of scene.participants) {
    const known = byLabel.get(track.label);
    if (known) known.push(track);
    else byLabel.set(track.label, [track]);
  }
  const mostFirst = [...byLabel].sort(([, a], [, b]) => b.length - a.length);
  const heads = mostFirst.map(([label, tracks]) => headsOf(label, tracks, scene, company, clock));
  return {
    certain: [
      ...heads.flatMap(({ certain }) => certain),
      ...coverage.parts
        .filter(({ coverage: { share } }) => share === 1)
        .map(({ camera }) => `${camera} was watched all the time`),
    ],
    uncertain: [
      ...heads.flatMap(({ uncertain }) => uncertain),
      ...doubtsOf(scene, company)
        .slice(0, doubtsTold)
        .map(
          ({ a, b, probability }) =>
            `whether ${a} and ${b} are the same cannot be told (${probability.toFixed(1)})`,
        ),
      ...unwatched(coverage),
      ...edges(reader, scene),
      ...lost(reader, scene),
      ...unsureTracks(scene),
      ...byWayAlone(scene),
    ],
  };
}

function headsOf(
  label: string,
  tracks: readonly StoredTrack[],
  { window }: Scene,
  company: Company,
  clock: (timeMs: number) => string,
): Facts {
  const crowds = [...new Set(tracks.map(({ camera }) => camera))].flatMap((camera) => {
    const stays = tracks
      .filter((track) => track.camera === camera)
      .map(({ id, firstMs, lastMs }) => ({
        trackId: id,
        fromMs: firstMs,
        toMs: Math.max(lastMs - overlapMs, firstMs + 1),
        appeared: false,
        vanished: false,
        open: false,
      }));
    const crowd = largestCrowd(stays, window);
    return crowd ? [{ camera, ...crowd }] : [];
  });
  const largest = crowds.toSorted((a, b) => b.tracks.length - a.tracks.length)[0];
  const least = largest?.tracks.length ?? 1;
  const most = mostDifferent(
    tracks.map(({ id }) => id),
    company,
  );
  const how = company.people
    ? 'by looks, place and time'
    : `${company.around} tracks are too many to compare`;
  const isSure = tracks.some(({ maxConfidence }) => maxConfidence >= unsure);
  return {
    certain: !isSure
      ? []
      : least > 1 && largest
        ? [
            `at least ${least} different ${label}: in view at once at ${clock(largest.fromMs)} (${largest.camera})`,
          ]
        : [`at least 1 ${label}`],
    uncertain:
      tracks.length > least
        ? [
            `how many different ${label}: ${tracks.length} tracks, ${least === most ? `${most}` : `${least} to ${most}`} (${how})`,
          ]
        : [],
  };
}

const unwatched = ({ parts, answer }: BriefCoverage): string[] => [
  ...parts
    .filter(({ coverage: { share } }) => share === 0)
    .map(({ camera }) => `NOT WATCHED by ${camera}: what happened there is not known`),
  ...(answer.share > 0 && answer.gap_count > 0 ? [`not watched: ${answer.gaps.join('; ')}`] : []),
];

/** Whether it may have begun before, or gone on after what is told. */
function edges(reader: Reader, { known, cameras }: Scene): string[] {
  if (!known) return [];
  const { incident, grouping } = known;
  const beforeMs = { fromMs: incident.fromMs - grouping.gapMs, toMs: incident.fromMs };
  const blindBefore = cameras.filter((camera) => reader.coverage(camera, beforeMs).length === 0);
  const endMs = Math.max(...cameras.map((camera) => reader.span(camera)?.toMs ?? 0));
  return [
    blindBefore.length > 0
      ? `whether it began earlier: ${blindBefore.join(', ')} was not watched in the ${grouping.gapMs / 1000} s before`
      : [],
    endMs - incident.toMs <= (grouping.gapMs || usualGapMs)
      ? 'whether it goes on: what is recorded ends less than the gap after it'
      : [],
  ].flat();
}

/** Tracks that ended in the middle of the picture while it was watched: hidden or lost, they may have gone on as others. */
function lost(reader: Reader, { participants, window }: Scene): string[] {
  const ended = participants.filter(({ ended: has, lastMs }) => has && lastMs < window.toMs);
  const ends = reader.trackEnds(ended.map(({ id }) => id));
  const inside = ended.filter(({ id, camera, lastMs }) => {
    const box = ends.get(id)?.last.box;
    const isInside =
      box && box.x1 > edgeNorm && box.x2 < 1 - edgeNorm && box.y1 > edgeNorm && box.y2 < 1 - edgeNorm;
    const after = { fromMs: lastMs, toMs: lastMs + givenUpMs };
    return isInside && reader.coverage(camera, after).some(({ toMs }) => toMs >= after.toMs);
  });
  if (inside.length === 0) return [];
  const are = inside.length === 1 ? 'track' : 'tracks';
  return [
    `where they went: ${inside.length} ${are} ended inside the picture, hidden or lost (${namesOf(inside.map(({ id }) => id))})`,
  ];
}

function unsureTracks({ participants }: Scene): string[] {
  const tracks = participants.filter(({ maxConfidence }) => maxConfidence < unsure);
  return tracks.length > 0
    ? [
        `what they are: ${tracks.length} of ${participants.length} tracks were never detected more surely than ${unsure} (${namesOf(tracks.map(({ id }) => id))})`,
      ]
    : [];
}

function byWayAlone({ known }: Scene): string[] {
  const ways = (known?.incident.ties ?? []).filter(({ because }) => because === 'way');
  return ways.map(
    ({ from, to }) => `whether ${from} and ${to} are the same: only the time between them tells`,
  );
}

const namesOf = (ids: readonly TrackId[]): string =>
  [...ids.slice(0, namesTold), ...(ids.length > namesTold ? ['…'] : [])].join(', ');
