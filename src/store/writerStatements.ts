import type { RunResult } from 'better-sqlite3';
import type { Connection } from './database.ts';
import { selectRuns, type RunRow } from './rows.ts';
import type { EndReason } from './types.ts';

interface Write<Values extends unknown[]> {
  run(...values: Values): RunResult;
}

interface Ask<Values extends unknown[], Row> {
  get(...values: Values): Row | undefined;
  all(...values: Values): Row[];
}

/** All that the writer says to the database while it runs, prepared once. */
export type WriterStatements = ReturnType<typeof prepareWriter>;

export function prepareWriter(db: Connection) {
  const write = <Values extends unknown[]>(text: string): Write<Values> => db.prepare(text);
  const ask = <Values extends unknown[], Row>(text: string): Ask<Values, Row> =>
    db.prepare<unknown[], Row>(text);
  return {
    insertRun: write<[RunValues]>(
      `INSERT INTO runs (camera, source, detector, live, started_ms, media_start_ms, updated_ms, last_frame,
         last_media_ms, last_time_ms)
       VALUES (:camera, :source, :detector, :live, :startedMs, :mediaStartMs, :startedMs, :lastFrame, :lastMediaMs,
         :lastTimeMs)`,
    ),
    updateRun: write<[number | null, number, number | null, number | null, number, number]>(
      'UPDATE runs SET aspect = ?, last_frame = ?, last_media_ms = ?, last_time_ms = ?, updated_ms = ? WHERE number = ?',
    ),
    endRun: write<[number, EndReason, number]>(
      'UPDATE runs SET ended_ms = ?, end_reason = ? WHERE number = ? AND ended_ms IS NULL',
    ),
    endTracksOfRun: write<[number]>('UPDATE tracks SET ended = 1 WHERE run = ? AND ended = 0'),
    danglingRuns: ask<[], { number: number; updated_ms: number }>(
      'SELECT number, updated_ms FROM runs WHERE ended_ms IS NULL',
    ),
    lastRun: ask<[string], RunRow>(`${selectRuns} WHERE cameras.id = ? ORDER BY runs.number DESC LIMIT 1`),

    insertTrack: write<
      [number, string, number, number, string, number, number, number, number, number, number, number, number]
    >(
      `INSERT INTO tracks (number, id, run, camera, label, first_ms, last_ms, points, max_confidence, moved, still_since_ms,
         mean_step, ended)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    updateTrack: write<[string, number, number, number, number, number, number, number, number]>(
      'UPDATE tracks SET label = ?, last_ms = ?, points = ?, max_confidence = ?, moved = ?, still_since_ms = ?, mean_step = ?, ended = ? WHERE number = ?',
    ),
    lastTrack: ask<[], { number: number }>('SELECT coalesce(max(number), 0) AS number FROM tracks'),
    trackNumber: ask<[string], { number: number }>('SELECT number FROM tracks WHERE id = ?'),
    setBestStill: write<[number, string]>('UPDATE tracks SET best_still = ? WHERE id = ?'),

    insertSegment: write<[number, number, number, Buffer]>('INSERT INTO segments VALUES (?, ?, ?, ?)'),
    updateSegment: write<[number, Buffer, number]>(
      'UPDATE segments SET to_ms = ?, data = ? WHERE number = ?',
    ),
    insertExtent: write<[number, number, number, number, number, number, number]>(
      'INSERT INTO segment_extents VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    replaceExtent: write<[number, number, number, number, number, number, number]>(
      'INSERT OR REPLACE INTO segment_extents VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),

    insertEvent: write<[EventValues]>(
      `INSERT INTO events (camera, shape, track, type, direction, label, time_ms, duration_ms, x1, y1, x2, y2,
         confidence, still)
       VALUES (:camera, :shape, :track, :type, :direction, :label, :timeMs, :durationMs, :x1, :y1, :x2, :y2,
         :confidence, :still)`,
    ),
    insertAppearance: write<[number, string, number, Buffer, string]>(
      `INSERT INTO appearances (track, time_ms, descriptor, quality, vector)
       SELECT number, ?, ?, ?, ? FROM tracks WHERE id = ?`,
    ),
    putCorrection: write<[{ a: string; b: string; same: number; madeMs: number }]>(
      `INSERT OR REPLACE INTO corrections (track_a, track_b, same, made_ms)
       SELECT min(number), max(number), :same, :madeMs FROM tracks WHERE id IN (:a, :b)`,
    ),

    setEventStill: write<[number, number]>('UPDATE events SET still = ? WHERE number = ?'),

    insertCoverage: write<[number, number, number, number, number, number, number]>(
      `INSERT INTO coverage (number, camera, run, from_ms, to_ms, frames, dropped) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    lastCoverage: ask<[], { number: number }>('SELECT coalesce(max(number), 0) AS number FROM coverage'),
    updateCoverage: write<[number, number, number, number]>(
      'UPDATE coverage SET to_ms = ?, frames = ?, dropped = ? WHERE number = ?',
    ),

    putStill: ask<[number, number, string, number, number, number], { number: number }>(
      `INSERT INTO stills (camera, time_ms, path, width, height, bytes) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (camera, time_ms) DO UPDATE
       SET path = excluded.path, width = excluded.width, height = excluded.height, bytes = excluded.bytes
       RETURNING number`,
    ),
  };
}

interface RunValues {
  camera: number;
  source: string;
  detector: string;
  live: 0 | 1;
  startedMs: number;
  mediaStartMs: number;
  lastFrame: number;
  lastMediaMs: number | null;
  lastTimeMs: number | null;
}

interface EventValues {
  camera: number;
  shape: number;
  track: number;
  type: string;
  direction: string | null;
  label: string;
  timeMs: number;
  durationMs: number | null;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  confidence: number;
  still: number | null;
}
