/** Scripted agents on real footage: vtest.avi, watched by the program, against the ground truth of PETS09-S2L1. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { shapeId } from '../../src/domain/ids.ts';
import { video } from '../argus.ts';
import { trueCrossings, verticalLines } from '../metrics/crossings.ts';
import { readSequences } from '../mot15.ts';
import { countAtPlace } from './agents/countingZoneEvents.ts';
import { setUp, type SetUp } from './agents/settingUpZones.ts';
import { caseOf, same, type Case } from './ask.ts';
import { examineIn, type Examined } from './examine.ts';

const startMs = Date.UTC(2026, 0, 31, 8);
/** Of the footage, in whole seconds. */
const lengthMs = 79_000;
const window = { from: new Date(startMs).toISOString(), to: new Date(startMs + lengthMs).toISOString() };
/** The clip's container plays 10 frames a second; the scene was recorded at 7. */
const containerRate = 10;
/** How far a count may be off, as a share of what is true: the detector is not perfect, and differs a little by machine. */
const tolerated = 0.2;

/** False, or why it cannot be done here. */
export function footageMissing(): string | false {
  const files = [
    video('vtest.avi'),
    resolve(video('.'), '../mot15/PETS09-S2L1'),
    resolve(video('.'), '../models/yolox_nano.onnx'),
  ];
  const missing = files.find((file) => !existsSync(file));
  return missing === undefined ? false : `${missing} is missing (set ARGUS_SHARED)`;
}

export async function examineOnFootage(): Promise<Examined[]> {
  const folder = mkdtempSync(join(tmpdir(), 'argus-eval-'));
  try {
    const args = [
      'watch',
      video('vtest.avi'),
      '--data',
      folder,
      '--start',
      window.from,
      '--model',
      'yolox-nano',
    ];
    const program = resolve(import.meta.dirname, '../../dist/cli.js');
    const { status, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`argus watch failed:\n${stderr}`);
    return await examineIn(folder, cases());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function cases(): Case[] {
  const down = { from: [0.5, 0] as [number, number], to: [0.5, 1] as [number, number] };
  const asked = { ...window, camera: 'vtest', userAgrees: true };
  return [
    caseOf(
      'counting-zone-events',
      'How many people crossed the middle of the plaza?',
      countAtPlace,
      { ...window, camera: 'vtest', place: 'Middle', draw: down, timeZone: 'UTC', classes: ['person'] },
      ({ known, count }) => [...same('known', known, 'exactly'), ...near('count', count, crossingsAt(0.5))],
    ),
    caseOf(
      'setting-up-zones',
      'Count who passes the plaza.',
      setUp,
      { ...asked, name: 'Way', kind: 'line' },
      (told) => [
        ...kept(told),
        ...near('counted', told.counted, 'line' in told.drawn ? crossingsAt(told.drawn.line.from[0]) : NaN),
      ],
    ),
    caseOf(
      'setting-up-zones',
      'Watch where they stand.',
      setUp,
      { ...asked, name: 'Spot', kind: 'zone' },
      kept,
    ),
  ];
}

/** What is counted at it is what the draft told, and what was looked at was there. */
const kept = (told: SetUp): string[] => [
  ...same('id', told.id === undefined, false),
  ...same('counted', told.counted, told.wouldHaveCounted),
  ...same('anybody', told.wouldHaveCounted > 0, true),
  ...same('examples there', told.examplesThere, told.examples),
];

/** How many really crossed a vertical line through the whole picture. */
function crossingsAt(x: number): number {
  const sequence = readSequences().find(({ name }) => name === 'PETS09-S2L1');
  if (!sequence) throw new Error('PETS09-S2L1 is not there');
  const lines = verticalLines([x]).map((line) => ({ ...line, id: shapeId('x') }));
  return trueCrossings({ ...sequence, framesPerSecond: containerRate }, lines, 'bottom').length;
}

const near = (what: string, concluded = NaN, truth: number): string[] =>
  Math.abs(concluded - truth) <= tolerated * truth ? [] : [`${what} is ${concluded}, in truth ${truth}`];
