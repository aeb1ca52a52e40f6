import { z } from 'zod';
import { ArgusError } from '../../domain/errors.ts';
import type { Interval } from '../../domain/time.ts';
import type { Reader } from '../../store/reader.ts';
import type { EventCount, EventFilter, EventKey, StoredEvent, StoredShape } from '../../store/types.ts';
import { defineTool } from '../contract.ts';
import { coverageSchema, coverageText, summariseCoverage, type Coverage } from '../coverage.ts';
import { findCamera, findShape } from '../lookup.ts';
import { localHour, localTime, resolveTimeZone, resolveWindow } from '../window.ts';

const eventType = z.enum(['crossing', 'enter', 'exit', 'dwell']);
const direction = z.enum(['forward', 'backward']);

const group = z.object({
  direction: direction.optional(),
  class: z.string().optional(),
  hour: z.string().optional().describe('Start of the local hour'),
  event: eventType.optional(),
  count: z.int(),
});

const evidence = z.object({
  event_id: z.string().describe('Give it to get_snapshot to see the moment'),
  track_id: z.string(),
  time: z.string(),
  event: eventType,
  direction: direction.optional(),
  class: z.string(),
  confidence: z.number(),
  duration_seconds: z.number().optional().describe('Of exit and dwell: how long the visit had lasted'),
});

export const countZoneEvents = defineTool({
  name: 'count_zone_events',
  title: 'Count events at a line or zone',
  description:
    'Counts what happened at a line (crossings, forward and backward) or in a zone (enter, exit, dwell) within a time ' +
    'window, with the share of the window that was really watched and the events behind the number. Use it for "how ' +
    'many people crossed the dock line between 9 and 10". Without from and to it counts everything recorded. A count ' +
    'is of passages: one person who crosses twice counts twice.',
  input: z.object({
    camera: z.string().optional().describe('Id or name; may be left out when there is only one camera'),
    line: z.string().optional().describe('Id or name of a line. Give either line or zone'),
    zone: z.string().optional().describe('Id or name of a zone'),
    from: z.string().optional().describe('ISO 8601, "today", "yesterday" or a time ago such as "-2h"'),
    to: z.string().optional().describe('Like from; not included. Default: the last moment recorded'),
    time_zone: z.string().optional().describe("IANA name such as Europe/Berlin; default: the machine's"),
    classes: z.array(z.string().min(1)).optional().describe('Only these, e.g. ["person"]; default: all'),
    direction: direction.optional().describe('Only crossings in this direction'),
    event: eventType.optional().describe('Only this kind of event'),
    group_by: z
      .array(z.enum(['direction', 'class', 'hour', 'event']))
      .optional()
      .describe('Break the count down by these'),
    evidence_limit: z
      .int()
      .min(0)
      .max(50)
      .default(5)
      .describe('How many events to list, spread over the window'),
  }),
  output: z.object({
    camera: z.string(),
    line: z.string().optional(),
    zone: z.string().optional(),
    window: z.object({ from: z.string(), to: z.string(), time_zone: z.string() }),
    count: z.int().describe('Crossings of a line; entries into a zone, or events of the kind asked for'),
    counts: z.array(group).describe('By kind of event, and direction for lines'),
    groups: z.array(group).optional().describe('As asked for by group_by'),
    tracks: z.int().describe('Different tracks among the counted events'),
    coverage: coverageSchema,
    evidence: z.array(evidence),
    notes: z.array(z.string()).optional(),
  }),

  handle(input, world) {
    const timeZone = resolveTimeZone(input.time_zone ?? world.timeZone);
    const reader = world.reader();
    const camera = findCamera(reader, input.camera);
    const found = findShape(reader, camera, input);
    const window = resolveWindow(input, reader.span(camera.id), timeZone, world.now());
    const filter = filterOf(found, input, window);

    const counts = reader.countEvents(filter, ['type', 'direction']).map((row) => groupOf(row));
    const main = input.event ?? (found.shape.kind === 'line' ? 'crossing' : 'enter');
    const count = counts.reduce((sum, row) => sum + (row.event === main ? row.count : 0), 0);
    const groups = input.group_by && countGroups(reader, filter, input.group_by, timeZone);
    const coverage = summariseCoverage(window, reader.coverage(camera.id, window, found.shape.id), timeZone);
    const mainFilter: EventFilter = { ...filter, types: [main] };
    const notes = notesOf(reader, found, window, coverage, input.classes);
    const sample = input.evidence_limit > 0 ? reader.sampleEvents(mainFilter, input.evidence_limit) : [];
    const structured = {
      camera: camera.id,
      [found.shape.kind]: found.shape.id,
      window: {
        from: localTime(window.fromMs, timeZone),
        to: localTime(window.toMs, timeZone),
        time_zone: timeZone,
      },
      count,
      counts,
      ...(groups && { groups }),
      tracks: reader.countTracks(mainFilter),
      coverage,
      evidence: sample.map((event) => evidenceOf(event, timeZone)),
      ...(notes.length > 0 && { notes }),
    };
    return { structured, text: textOf(found, main, structured) };
  },
});

interface Asked {
  readonly classes?: string[] | undefined;
  readonly direction?: 'forward' | 'backward' | undefined;
  readonly event?: z.output<typeof eventType> | undefined;
}

function filterOf({ camera, shape }: StoredShape, asked: Asked, { fromMs, toMs }: Interval): EventFilter {
  if (shape.kind === 'zone' && asked.direction) {
    throw new ArgusError('A zone has no direction.', 'Leave direction out, or ask about a line.');
  }
  const possible = shape.kind === 'line' ? ['crossing'] : ['enter', 'exit', 'dwell'];
  if (asked.event && !possible.includes(asked.event)) {
    throw new ArgusError(`A ${shape.kind} has no ${asked.event} events.`, `It has: ${possible.join(', ')}.`);
  }
  return {
    camera,
    shape: shape.id,
    fromMs,
    toMs,
    ...(asked.classes && { labels: asked.classes }),
    ...(asked.direction && { direction: asked.direction }),
    ...(asked.event && { types: [asked.event] }),
  };
}

function countGroups(
  reader: Reader,
  filter: EventFilter,
  by: readonly ('direction' | 'class' | 'hour' | 'event')[],
  timeZone: string,
): z.input<typeof group>[] {
  const keys = by.map((key): EventKey =>
    key === 'class' ? 'label' : key === 'hour' ? 'bucket' : key === 'event' ? 'type' : key,
  );
  return reader.countEvents(filter, keys, (timeMs) => localHour(timeMs, timeZone)).map(groupOf);
}

const groupOf = ({ type, direction: way, label, bucket, count }: EventCount): z.input<typeof group> => ({
  ...(bucket !== undefined && { hour: bucket }),
  ...(type && { event: type }),
  ...(way && { direction: way }),
  ...(label !== undefined && { class: label }),
  count,
});

const evidenceOf = (event: StoredEvent, timeZone: string): z.input<typeof evidence> => ({
  event_id: event.id,
  track_id: event.trackId,
  time: localTime(event.timeMs, timeZone),
  event: event.type,
  ...(event.direction && { direction: event.direction }),
  class: event.label,
  confidence: Number(event.confidence.toFixed(2)),
  ...(event.durationMs !== undefined && { duration_seconds: Number((event.durationMs / 1000).toFixed(1)) }),
});

function notesOf(
  reader: Reader,
  { camera, shape }: StoredShape,
  window: Interval,
  coverage: Coverage,
  classes: readonly string[] | undefined,
): string[] {
  const notes: string[] = [];
  const watchedMs = reader.coverage(camera, window).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  if (watchedMs / 1000 - coverage.covered_seconds > 1) {
    notes.push(
      `Part of the window was watched before ${shape.kind} ${shape.id} was drawn as it is now; that part is not in this count.`,
    );
  }
  const seen = reader.labels(camera);
  const unseen = classes?.filter((label) => !seen.includes(label)) ?? [];
  if (unseen.length > 0)
    notes.push(`Never seen here: ${unseen.join(', ')}. Seen: ${seen.join(', ') || 'nothing'}.`);
  return notes;
}

function textOf(
  { shape }: StoredShape,
  main: string,
  answer: {
    camera: string;
    count: number;
    counts: z.input<typeof group>[];
    window: { from: string; to: string };
    coverage: z.output<typeof coverageSchema>;
    evidence: z.input<typeof evidence>[];
    notes?: string[];
  },
): string {
  const detail = answer.counts.map((row) => `${row.count} ${row.direction ?? row.event ?? ''}`).join(', ');
  const what = `${answer.count} ${main} event(s) at ${shape.kind} ${shape.id} of ${answer.camera}`;
  const coverage = coverageText(answer.coverage);
  const isBlind = answer.coverage.share === 0;
  // Blind comes first: a zero must not be read before it.
  const lines = isBlind ? [coverage] : [];
  lines.push(
    `${what}${detail ? ` (${detail})` : ''}, ${answer.window.from} to ${answer.window.to}.`,
    ...(answer.notes ?? []),
  );
  if (!isBlind) lines.push(coverage);
  if (answer.evidence.length > 0)
    lines.push(`Evidence: ${answer.evidence.map(({ event_id: id }) => id).join(', ')}.`);
  return lines.join('\n');
}
