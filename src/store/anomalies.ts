import type { AnomalyNote, AnomalyVerdict } from '../domain/anomaly.ts';
import { cameraId, shapeId, type CameraId, type ShapeId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { Connection } from './database.ts';
import type { Statements } from './statements.ts';

/** Verdicts on the findings of one family at one place, added up. */
export interface VerdictCount {
  readonly family: string;
  readonly camera: CameraId;
  readonly shape?: ShapeId;
  readonly useful: number;
  readonly not: number;
}

/** Of one finding the latest verdict counts. */
export function putVerdict(
  db: Connection,
  cameraNumber: number,
  { anomaly, family, shape, useful }: AnomalyVerdict,
  nowMs: number,
): void {
  db.prepare<[string, number, string | null, string, number, number]>(
    'INSERT OR REPLACE INTO anomaly_feedback (anomaly, camera, shape, family, useful, made_ms) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(anomaly, cameraNumber, shape ?? null, family, useful ? 1 : 0, Math.round(nowMs));
}

/** The same text of the same moment is not noted twice. */
export function putNote(
  db: Connection,
  cameraNumber: number,
  { timeMs, text, by }: AnomalyNote,
  nowMs: number,
): void {
  db.prepare<{ camera: number; timeMs: number; text: string; by: string; madeMs: number }>(
    `INSERT INTO anomaly_notes (camera, time_ms, text, made_by, made_ms) SELECT :camera, :timeMs, :text, :by, :madeMs
     WHERE NOT EXISTS (SELECT 1 FROM anomaly_notes WHERE camera = :camera AND time_ms = :timeMs AND text = :text)`,
  ).run({ camera: cameraNumber, timeMs: Math.round(timeMs), text, by, madeMs: Math.round(nowMs) });
}

export function selectVerdicts(sql: Statements): VerdictCount[] {
  return sql
    .all<{ family: string; camera: string; shape: string | null; useful: number; verdicts: number }>(
      `SELECT family, cameras.id AS camera, shape, sum(useful) AS useful, count(*) AS verdicts FROM anomaly_feedback
       JOIN cameras ON cameras.number = anomaly_feedback.camera GROUP BY family, cameras.id, shape`,
    )
    .map(({ family, camera, shape, useful, verdicts }) => ({
      family,
      camera: cameraId(camera),
      ...(shape !== null && { shape: shapeId(shape) }),
      useful,
      not: verdicts - useful,
    }));
}

/** The latest of the window, in order of time. */
export function selectNotes(
  sql: Statements,
  cameras: readonly CameraId[],
  { fromMs, toMs }: Interval,
  limit: number,
): AnomalyNote[] {
  return sql
    .all<{ camera: string; time_ms: number; text: string; made_by: string }>(
      `SELECT cameras.id AS camera, time_ms, text, made_by FROM anomaly_notes
       JOIN cameras ON cameras.number = anomaly_notes.camera
       WHERE cameras.id IN (SELECT value FROM json_each(:cameras)) AND time_ms >= :fromMs AND time_ms < :toMs
       ORDER BY time_ms DESC, anomaly_notes.number DESC LIMIT :limit`,
      { cameras: JSON.stringify(cameras), fromMs, toMs, limit },
    )
    .map(({ camera, time_ms, text, made_by }) => ({
      camera: cameraId(camera),
      timeMs: time_ms,
      text,
      by: made_by,
    }))
    .reverse();
}
