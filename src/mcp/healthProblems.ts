import type { CameraStatus, StationStatus } from '../domain/live.ts';
import type { SeenPeople } from '../store/appearances.ts';
import type { Outlook } from './storageOutlook.ts';

/* What keeps cameras from being watched, or will, each with what to do about it. */

export interface Problem {
  readonly camera?: string;
  readonly problem: string;
  readonly next: string;
}

/** As much of a camera as problems are told by. */
export interface CameraHealth {
  readonly id: string;
  readonly live: boolean;
  readonly state: string;
  readonly status?: CameraStatus | undefined;
  /** Share of the last hour and day since it was added that was watched; absent: it is too new, or no live camera. */
  readonly hourShare?: number | undefined;
  readonly dayShare?: number | undefined;
  /** How long ago it was added, where that is less than a day. */
  readonly ageMs?: number | undefined;
  /** Tracks of people in the last day, and those of which an appearance is kept; absent: none are taken. */
  readonly people?: SeenPeople | undefined;
}

/** A frame so old is not of a camera that runs, ms. */
const staleMs = 10_000;
/** A start, or a short loss of the network, is no problem yet, ms. */
const patienceMs = 30_000;
const hourMs = 3_600_000;
const sinceAdded = 'time since it was added';
const leastHourShare = 0.98;
const leastDayShare = 0.9;
const mostDropped = 0.05;
/** Fewer frames say nothing of a share. */
const enoughFrames = 200;
/** Of fewer people are there appearances, and how many of them they are can hardly be told. */
const leastSeen = 0.8;
/** Fewer tracks say nothing of a share. */
const enoughTracks = 5;
const leastFreeBytes = 1e9;

export function problemsOf(
  cameras: readonly CameraHealth[],
  station: StationStatus | undefined,
  stationProblem: string | undefined,
  outlook: Outlook,
  nowMs: number,
): Problem[] {
  return [
    ...stationProblems(cameras, station, stationProblem),
    ...cameras.flatMap((camera) => [...cameraProblems(camera, nowMs), ...appearanceProblems(camera)]),
    ...storageProblems(outlook),
  ];
}

function stationProblems(
  cameras: readonly CameraHealth[],
  station: StationStatus | undefined,
  stationProblem: string | undefined,
): Problem[] {
  if (stationProblem !== undefined)
    return [
      { problem: stationProblem, next: 'Look at station.log, or restart: argus stop, then argus serve.' },
    ];
  const problems: Problem[] = [];
  if (!station && !cameras.some(({ state }) => state === 'running'))
    problems.push({
      problem: 'No station is running: nothing new is watched.',
      next: 'Start "argus serve".',
    });
  if (station?.problem !== undefined)
    problems.push({ problem: station.problem, next: 'What has come waits in memory: mend it soon.' });
  if (station && station.visionRestarts >= 3)
    problems.push({
      problem: `The vision process was started anew ${station.visionRestarts} times.`,
      next: 'station.log of the data folder says why.',
    });
  return problems;
}

function cameraProblems(
  { id: camera, live, state, status, hourShare, dayShare, ageMs = Infinity }: CameraHealth,
  nowMs: number,
): Problem[] {
  const because = status?.message === undefined ? '' : `: ${JSON.stringify(status.message)}`;
  const forMs = status?.sinceMs === undefined ? Infinity : nowMs - status.sinceMs;
  if (state === 'failed')
    return [{ camera, problem: `It failed${because}`, next: 'Mend the cause and restart the station.' }];
  if ((state === 'connecting' || state === 'reconnecting') && forMs > patienceMs)
    return [
      {
        camera,
        problem: `It gives no pictures${because}`,
        next: 'See that it is on and reachable, and its address and password in argus.yaml.',
      },
    ];
  if (state !== 'running' || !status || !live) return [];
  const problems: Problem[] = [];
  const frameAgeMs = status.lastFrameMs === undefined ? Infinity : nowMs - status.lastFrameMs;
  if (frameAgeMs > staleMs && forMs > patienceMs)
    problems.push({
      camera,
      problem: Number.isFinite(frameAgeMs)
        ? `Its last frame is ${Math.round(frameAgeMs / 1000)} s old.`
        : 'It gave no frame.',
      next: 'Restart the station: argus stop, then argus serve.',
    });
  else if (frameAgeMs < -staleMs)
    problems.push({
      camera,
      problem: `Its frames are dated ${Math.round(-frameAgeMs / 1000)} s ahead of the clock.`,
      next: 'The clock of this machine was set back: see its time synchronisation.',
    });
  const share = status.dropped / Math.max(1, status.dropped + status.frames);
  if (share > mostDropped && status.dropped + status.frames >= enoughFrames)
    problems.push({
      camera,
      problem: `${percent(share)} of its frames were dropped, as the detector was busy.`,
      next: 'Give it a lower fps in argus.yaml, or take a faster detector.',
    });
  const shares = [
    [hourShare, leastHourShare, ageMs < hourMs ? sinceAdded : 'last hour'],
    [dayShare, leastDayShare, ageMs < Infinity ? sinceAdded : 'last day'],
  ] as const;
  const poor = shares.find(([of = 1, least]) => of < least);
  if (poor)
    problems.push({
      camera,
      problem: `Only ${percent(poor[0] ?? 0)} of the ${poor[2]} was watched.`,
      next: 'Counts of that time say their coverage; the log of the station has the reasons.',
    });
  return problems;
}

function appearanceProblems({ id: camera, people }: CameraHealth): Problem[] {
  if (!people || people.tracks < enoughTracks || people.seen >= leastSeen * people.tracks) return [];
  const { tracks, seen } = people;
  return [
    {
      camera,
      problem: `Only ${seen} of ${tracks} people in view for 2 s or more have an appearance: the others cannot be recognised.`,
      next: 'See that people are at least 48 pixels high and not cut off, and look at station.log; or set identify: false for this camera.',
    },
  ];
}

/** Sooner than this is worth saying. */
const soonDays = 30;

function storageProblems({ freeBytes, fullInDays }: Outlook): Problem[] {
  if (freeBytes < leastFreeBytes)
    return [
      {
        problem: `Only ${megabytes(freeBytes)} MB are free on the disk.`,
        next: 'Make room, or lower retention.gigabytes in argus.yaml.',
      },
    ];
  if (fullInDays === undefined || fullInDays > soonDays) return [];
  return [
    {
      problem: `The disk will be full in about ${fullInDays} day(s), before anything is deleted.`,
      next: 'Lower retention.gigabytes or .days in argus.yaml, or make room.',
    },
  ];
}

export const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;
const percent = (share: number): string => `${Math.floor(share * 1000) / 10} %`;
