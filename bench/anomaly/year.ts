// A synthetic year before 8 cameras. It knows nothing of the detector: rates by hour of the week, a season, days and hours
// that are busier than others for no reason, outages, and what is injected, labelled.
import { createRandom, type Random } from './random.ts';

const cameraCount = 8;
export const days = 365;
export const hourMs = 3_600_000;
/** A Monday. */
export const startMs = Date.UTC(2025, 0, 6);
/** What comes before is only learnt from. */
export const firstJudgedDay = 56;
const hours = days * 24;

export type Kind = 'spike' | 'drop' | 'shift up' | 'shift down' | 'loiterer' | 'wrong way';

export interface Injection {
  readonly kind: Kind;
  readonly camera: number;
  /** Hours of the year, the last one not included. */
  readonly from: number;
  readonly to: number;
}

interface Visit {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface FlowYear {
  readonly id: string;
  readonly label: string;
  readonly kind: 'line' | 'zone';
  /** By hour of the year. Of zones all is `forward`. */
  readonly forward: Float64Array;
  readonly backward: Float64Array;
  /** Of zones, in order of their ends. */
  readonly visits: readonly Visit[];
}

export interface CameraYear {
  readonly camera: number;
  readonly watched: Float64Array;
  readonly flows: readonly FlowYear[];
  /** People that crossed no line. */
  readonly others: Float64Array;
  readonly outages: readonly { readonly fromMs: number; readonly toMs: number }[];
}

export interface Year {
  readonly cameras: readonly CameraYear[];
  readonly injections: readonly Injection[];
}

/** How busy the hours of a day are, 0–1, on weekdays and at weekends. */
const places: readonly { readonly weekday: readonly number[]; readonly weekend: readonly number[] }[] = [
  { weekday: bumps([8, 1], [12.5, 0.7], [17, 1]), weekend: bumps([14, 0.08]) }, // office
  { weekday: bumps([11, 0.6], [17, 1]), weekend: bumps([13, 1.2], [16, 1.2]) }, // shop
  { weekday: bumps([7, 1], [15, 0.9]), weekend: bumps([10, 0.3]) }, // dock
  { weekday: bumps([19, 0.5], [22, 0.6]), weekend: bumps([20, 0.9], [23, 1.4], [1, 1]) }, // bar
  { weekday: bumps([7.7, 1.4], [13, 1.4]), weekend: bumps([12, 0.02]) }, // school
  { weekday: bumps([9, 0.5], [14, 0.5], [18, 0.7]), weekend: bumps([11, 0.7], [15, 0.8]) }, // street
  { weekday: bumps([6, 0.6], [14, 0.6], [22, 0.6]), weekend: bumps([6, 0.4], [14, 0.4], [22, 0.4]) }, // shifts
  { weekday: bumps([8, 0.4], [18, 0.5]), weekend: bumps([11, 0.3], [19, 0.3]) }, // car park
];

function bumps(...peaks: readonly (readonly [hour: number, height: number])[]): number[] {
  return Array.from({ length: 24 }, (_, hour) => {
    const all = peaks.map(([at, height]) => {
      const apart = Math.min(Math.abs(hour + 0.5 - at), 24 - Math.abs(hour + 0.5 - at));
      return height * Math.exp(-(apart * apart) / 4);
    });
    return 0.004 + all.reduce((sum, value) => sum + value, 0);
  });
}

export function makeYear(seed: number): Year {
  const random = createRandom(seed);
  const injections = Array.from({ length: cameraCount }, (_, camera) =>
    planInjections(camera, random),
  ).flat();
  const cameras = Array.from({ length: cameraCount }, (_, camera) =>
    makeCamera(
      camera,
      injections.filter((one) => one.camera === camera),
      random,
    ),
  );
  return { cameras, injections: injections.filter((one) => canBeSeen(one, cameras[one.camera])) };
}

/** What nobody watched, and who goes the wrong way where there is none, is not there to be found. */
function canBeSeen({ kind, from, to }: Injection, camera: CameraYear | undefined): boolean {
  if (!camera) return false;
  if (kind === 'wrong way' && camera.camera % 2 === 1 && camera.flows.length < 3) return false;
  const watched = camera.watched.subarray(from, to).reduce((sum, hour) => sum + hour, 0);
  return watched >= (kind === 'loiterer' ? 1 : 0.5) * (to - from);
}

/** About one in 10 days, with days in between. When, is chosen where such a thing can happen at all. */
function planInjections(camera: number, random: Random): Injection[] {
  const kinds: readonly Kind[] = ['spike', 'drop', 'shift up', 'shift down', 'loiterer', 'wrong way'];
  const plan: Injection[] = [];
  for (let day = firstJudgedDay + random.whole(0, 3); day < days - 7;) {
    const kind = random.pick(kinds);
    const weekend = day % 7 >= 5;
    const profile = profileOf(camera, weekend);
    const busiest = profile.indexOf(Math.max(...profile));
    let [from, length] = [0, 1];
    if (kind === 'spike') {
      from = random.whole(0, 21);
      length = random.whole(1, 3);
    } else if (kind === 'drop') {
      // Less than little cannot be told: while it is busy.
      length = random.whole(3, 6);
      from = Math.min(24 - length, Math.max(0, busiest - Math.floor(length / 2)));
    } else if (kind === 'shift up' || kind === 'shift down') length = 24 * random.whole(2, 5);
    else if (kind === 'loiterer') from = random.whole(0, 22);
    else from = Math.min(22, Math.max(0, busiest + random.whole(-3, 3)));
    if (!(kind === 'drop' && Math.max(...profile) < 0.3))
      plan.push({ kind, camera, from: day * 24 + from, to: day * 24 + from + length });
    day += Math.ceil((from + length) / 24) + random.whole(5, 11);
  }
  return plan;
}

const profileOf = (camera: number, weekend: boolean): readonly number[] => {
  const place = places[camera % places.length];
  return (weekend ? place?.weekend : place?.weekday) ?? [];
};

function makeCamera(camera: number, injections: readonly Injection[], random: Random): CameraYear {
  const { watched, outages } = makeCoverage(random);
  const peak = random.between(25, 90);
  const phase = random.between(0, 2 * Math.PI);
  const season = Array.from(
    { length: days },
    (_, day) => 1 + 0.2 * Math.sin((2 * Math.PI * day) / 365 + phase),
  );
  // Weather, sales, whatever: the whole day is busier, before the whole camera.
  const mood = Array.from({ length: days }, () => Math.exp(0.12 * random.normal()));
  const shiftOf = new Float64Array(hours).fill(1);
  for (const { kind, from, to } of injections) {
    if (kind === 'shift up') shiftOf.fill(random.between(1.7, 2.5), from, to);
    if (kind === 'shift down') shiftOf.fill(random.between(0.25, 0.5), from, to);
    if (kind === 'drop') shiftOf.fill(random.between(0, 0.12), from, to);
  }
  const rateAt = (hour: number): number => {
    const day = Math.floor(hour / 24);
    const profile = profileOf(camera, day % 7 >= 5)[hour % 24] ?? 0;
    const factor = (season[day] ?? 1) * (mood[day] ?? 1) * (shiftOf[hour] ?? 1);
    return peak * profile * factor * (watched[hour] ?? 0);
  };
  const scatter = random.between(8, 20);
  const draw = (share: number) =>
    Float64Array.from({ length: hours }, (_, hour) =>
      random.poisson(rateAt(hour) * share * random.gamma(scatter)),
    );
  const oneWay = camera % 2 === 0;
  const door: FlowYear = {
    id: 'door',
    label: 'person',
    kind: 'line',
    forward: draw(oneWay ? 0.97 : 0.55),
    backward: draw(oneWay ? 0.03 : 0.45),
    visits: [],
  };
  const road: FlowYear = {
    id: 'road',
    label: 'car',
    kind: 'line',
    forward: draw(0.3),
    backward: draw(0.01),
    visits: [],
  };
  const flows = camera % 3 === 0 ? [door, road] : [door];
  const entries = draw(0.6);
  for (const { kind, from, to } of injections) {
    for (let hour = from; hour < to; hour++) {
      const seen = watched[hour] ?? 0;
      const extra = () =>
        Math.round(Math.max(rateAt(hour) * random.between(2, 4), random.between(10, 25)) * seen);
      if (kind === 'spike') {
        const added = extra();
        if (from % 2 === 0) door.forward[hour] = (door.forward[hour] ?? 0) + added;
        else entries[hour] = (entries[hour] ?? 0) + added;
      }
      const oneWayFlow = oneWay ? door : flows[1];
      if (kind === 'wrong way' && oneWayFlow)
        oneWayFlow.backward[hour] = (oneWayFlow.backward[hour] ?? 0) + Math.round(random.whole(7, 14) * seen);
    }
  }
  const bay: FlowYear = {
    id: 'bay',
    label: 'person',
    kind: 'zone',
    forward: entries,
    backward: new Float64Array(hours),
    visits: makeVisits(entries, injections, watched, random),
  };
  return { camera, watched, flows: [...flows, bay], others: draw(0.4), outages };
}

/** Seconds: most stay for a moment, some talk, and what loiters stays for long. */
function makeVisits(
  entries: Float64Array,
  injections: readonly Injection[],
  watched: Float64Array,
  random: Random,
): Visit[] {
  const usual = random.between(15, 60);
  const visits: Visit[] = [];
  for (const [hour, count] of entries.entries()) {
    for (let n = 0; n < count; n++) {
      const seconds = usual * Math.exp(0.7 * random.normal()) * (random.uniform() < 0.04 ? 4 : 1);
      visits.push(visitAt(hour, seconds, random));
    }
  }
  for (const { kind, from } of injections) {
    if (kind !== 'loiterer' || (watched[from] ?? 0) < 1) continue;
    for (let n = random.whole(1, 3); n > 0; n--)
      visits.push(visitAt(from, usual * random.between(40, 120), random));
  }
  return visits.sort((a, b) => a.toMs - b.toMs);
}

function visitAt(hour: number, seconds: number, random: Random): Visit {
  const toMs = startMs + (hour + random.uniform()) * hourMs;
  return { fromMs: toMs - seconds * 1000, toMs };
}

/** An outage in about two weeks, of minutes to hours. */
function makeCoverage(random: Random) {
  const watched = new Float64Array(hours).fill(1);
  const outages: { fromMs: number; toMs: number }[] = [];
  for (let at = 0; ;) {
    at += -Math.log(1 - random.uniform()) * 14 * 24;
    if (at >= hours) return { watched, outages };
    const length = Math.min(10, 0.25 * Math.exp(1.1 * random.normal()));
    outages.push({ fromMs: startMs + at * hourMs, toMs: startMs + (at + length) * hourMs });
    for (let hour = Math.floor(at); hour < Math.min(hours, at + length); hour++) {
      const lost = Math.min(hour + 1, at + length) - Math.max(hour, at);
      watched[hour] = Math.max(0, (watched[hour] ?? 0) - lost);
    }
  }
}
