// One day of a camera of the synthetic year with the 8 weeks before, as the tool would read it from the store.
import type { Clock, Flow, Measure, Series } from '../../src/anomaly/contract.ts';
import { peaksOf } from '../../src/anomaly/crowding.ts';
import type { CameraRecord } from '../../src/anomaly/judge.ts';
import { cameraId, shapeId } from '../../src/domain/ids.ts';
import { firstJudgedDay, hourMs, startMs, type CameraYear, type FlowYear } from './year.ts';

const pastHours = firstJudgedDay * 24;

const nameOf = (camera: number) => cameraId(`cam${camera}`);

/** Made once for a year, as they are the same every day. */
export function peaksOfYear({ watched, flows }: CameraYear): Map<string, Float64Array> {
  const clock = clockOf(0, watched.length, 0);
  return new Map(
    flows.filter(({ kind }) => kind === 'zone').map(({ id, visits }) => [id, peaksOf(clock, visits)]),
  );
}

export function recordOf(
  year: CameraYear,
  day: number,
  peaks: ReadonlyMap<string, Float64Array>,
): CameraRecord {
  const from = (day - firstJudgedDay) * 24;
  const to = day * 24 + 24;
  const part = (values: Float64Array) => values.subarray(from, to);
  const camera = nameOf(year.camera);
  const watched = part(year.watched);
  const subject = ({ id, label }: FlowYear) => ({ camera, shape: shapeId(id), label });
  const counts = ({ forward, backward }: FlowYear) =>
    part(forward).map((n, i) => n + (part(backward)[i] ?? 0));
  const people = part(year.others).slice();
  for (const flow of year.flows) {
    if (flow.label !== 'person') continue;
    for (const [i, count] of counts(flow).entries()) people[i] = (people[i] ?? 0) + count;
  }
  const window = { fromMs: startMs + day * 24 * hourMs, toMs: startMs + (day + 1) * 24 * hourMs };
  const pastFromMs = startMs + from * hourMs;
  return {
    clock: clockOf(from, to, pastHours),
    series: [
      { camera, label: 'person', counts: people, watched },
      ...year.flows.map((flow): Series => ({ ...subject(flow), counts: counts(flow), watched })),
    ],
    flows: year.flows
      .filter(({ kind }) => kind === 'line')
      .map((flow): Flow => ({
        ...subject(flow),
        forward: part(flow.forward),
        backward: part(flow.backward),
      })),
    stays: year.flows
      .filter(({ kind }) => kind === 'zone')
      .map((flow): Measure => {
        const within = (fromMs: number, toMs: number) =>
          flow.visits.slice(firstEndingAt(flow, fromMs), firstEndingAt(flow, toMs));
        return {
          ...subject(flow),
          past: Float64Array.from(within(pastFromMs, window.fromMs), secondsOf),
          now: within(window.fromMs, window.toMs).map((visit) => ({
            hour: pastHours + Math.floor((visit.toMs - window.fromMs) / hourMs),
            value: secondsOf(visit),
          })),
        };
      }),
    speeds: [],
    peaks: year.flows
      .filter(({ kind }) => kind === 'zone')
      .map((flow) => ({ ...subject(flow), counts: part(peaks.get(flow.id) ?? new Float64Array()), watched })),
    newcomers: [],
    outages: {
      camera,
      past: year.outages.filter(({ fromMs, toMs }) => toMs > pastFromMs && fromMs < window.fromMs),
      now: year.outages.filter(({ fromMs }) => fromMs >= window.fromMs && fromMs < window.toMs),
      pastMs: window.fromMs - pastFromMs,
      nowMs: window.toMs - window.fromMs,
    },
  };
}

const secondsOf = ({ fromMs, toMs }: { fromMs: number; toMs: number }): number => (toMs - fromMs) / 1000;

function firstEndingAt({ visits }: FlowYear, timeMs: number): number {
  let [low, high] = [0, visits.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((visits[middle]?.toMs ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The year has no time zone. */
function clockOf(from: number, to: number, past: number): Clock {
  const hours = Array.from({ length: to - from }, (_, i) => ({
    fromMs: startMs + (from + i) * hourMs,
    toMs: startMs + (from + i + 1) * hourMs,
    hourOfWeek: (from + i) % 168,
    day: Math.floor((from + i) / 24),
  }));
  return { hours, past };
}
