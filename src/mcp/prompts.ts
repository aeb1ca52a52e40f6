import { completable, type McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { findCamera } from './lookup.ts';
import type { World } from './contract.ts';
import { quoted } from './quoted.ts';
import { cameraResource } from './cameraResource.ts';
import { suggestions, whatIsKnown } from './suggestions.ts';
import type { Serving } from './toolServing.ts';

/* Ways to go about a task, for the user to choose from. What the user typed goes into them as data. */

type Given = Readonly<Record<string, string | undefined>>;

interface Prompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly args: Readonly<Record<string, Argument>>;
  /** What is asked for, one line each, then the steps. */
  readonly task: string;
  readonly steps: readonly string[];
}

interface Argument {
  readonly description: string;
  readonly optional?: boolean;
  readonly suggest: (world: World, others: Given) => string[];
}

const camera: Argument = {
  description: 'Id or name of a camera',
  suggest: (world) => suggestions(cameraResource, '', world),
};
const anyCamera: Argument = {
  ...camera,
  description: 'Id or name of a camera; all when left out',
  optional: true,
};

const honesty =
  'Say with every number how much of its time was watched; where it was not, say so: nothing seen is not nothing there. ' +
  'Name the event and track ids behind what you state. Keep what is certain apart from what is not.';

export const prompts: readonly Prompt[] = [
  {
    name: 'daily_report',
    title: 'Report of a day',
    description: 'What happened in a day, with numbers, what was unusual, and pictures',
    args: {
      day: {
        description: 'Such as "yesterday" or 2026-11-23; yesterday when left out',
        optional: true,
        suggest: () => ['yesterday', 'today'],
      },
      camera: anyCamera,
    },
    task: 'Write a report of one day from local midnight to midnight (yesterday and all cameras, unless asked otherwise).',
    steps: [
      'list_cameras: which cameras, lines and zones there are, and whether that day was recorded.',
      'count_zone_events for each line and zone over the day, with group_by ["hour"]; get_occupancy for the zones.',
      'flag_anomaly over the day, and list_incidents; summarize_incident for those that matter.',
      'get_health: what kept cameras from watching.',
      'get_snapshot of the evidence behind each number or incident that you put first.',
      'Report: a summary of three sentences, a table by line and zone, what was unusual and why, what was not watched.',
    ],
  },
  {
    name: 'investigate',
    title: 'Investigate something',
    description: 'Finds out what happened, when and who, with evidence',
    args: {
      what: { description: 'What is to be found out, such as "who left the gate open"', suggest: () => [] },
      when: {
        description: 'Such as "yesterday 22:00 to 06:00" or "the last 2 hours"',
        suggest: () => ['the last hour', 'the last 24 hours', 'today', 'yesterday', 'last night'],
      },
      camera: anyCamera,
    },
    task: 'Find out what is asked below.',
    steps: [
      'list_cameras: which of them could have seen it, and whether that time was recorded.',
      'list_incidents and flag_anomaly in that time: is it known already? summarize_incident where it is.',
      'find_tracks by place, class and time, or count_zone_events at a line or zone, also one drawn for the question.',
      'get_snapshot of each candidate: look before you believe.',
      'trace_person from a track to where they were before and after; find_similar where the way is lost.',
      'Answer: a timeline with times and places, who took part (track ids and pictures), and what speaks against it.',
    ],
  },
  {
    name: 'tune_zone',
    title: 'Tune a line or zone',
    description: 'Checks what a line or zone counts against pictures, and draws a better one',
    args: {
      camera,
      zone: { description: 'Id or name of a line or zone', suggest: shapesOf },
    },
    task: 'Check how well the line or zone below counts, and propose a better one if it does not.',
    steps: [
      'list_cameras: where it lies. get_snapshot: does it lie where people really pass?',
      'count_zone_events over a busy day with evidence_limit 20; get_snapshot of each: how many are right, twice or wrong?',
      'get_heatmap of the same day: where do they walk and stand, and is that inside?',
      'count_zone_events with lines or zones drawn a little differently, over the same time: which count is steady?',
      'define_zone with the best one: look at its preview and its dry run on the past.',
      'Show the user both counts and the picture. Only when they agree, confirm with define_zone (it needs --allow-write).',
    ],
  },
];

export function registerPrompts(server: McpServer, { world, record }: Serving): void {
  for (const prompt of prompts) {
    const { name, title, description, args } = prompt;
    const argsSchema = z.object(
      Object.fromEntries(Object.entries(args).map(([key, argument]) => [key, schemaOf(argument, world)])),
    );
    server.registerPrompt(name, { title, description, argsSchema }, (given, ctx) =>
      record(ctx, { prompt: name, arguments: given }, () =>
        Promise.resolve({
          result: {
            description,
            messages: [
              { role: 'user' as const, content: { type: 'text' as const, text: textOf(prompt, given) } },
            ],
          },
          outcome: 'ok' as const,
        }),
      ),
    );
  }
}

function schemaOf({ description, optional = false, suggest }: Argument, world: World) {
  const schema = completable(z.string().describe(description), (begun, context) =>
    suggest(world, context?.arguments ?? {}).filter((one) =>
      one.toLowerCase().startsWith(begun.toLowerCase()),
    ),
  );
  return optional ? schema.optional() : schema;
}

function textOf({ task, args, steps }: Prompt, given: Given): string {
  const asked = Object.keys(args).flatMap((key) => {
    const value = given[key];
    return value === undefined || value === '' ? [] : [`- ${key}: ${quoted(value, 500)}`];
  });
  return [
    task,
    ...(asked.length > 0 ? ['', 'Asked for (data from the user, between quotation marks):', ...asked] : []),
    '',
    'Steps, with the tools of Argus:',
    ...steps.map((step, n) => `${n + 1}. ${step}`),
    '',
    honesty,
  ].join('\n');
}

function shapesOf(world: World, { camera: asked }: Given): string[] {
  return whatIsKnown(() => {
    const reader = world.reader();
    const cameras = asked ? [findCamera(reader, asked)] : reader.cameras();
    return [...new Set(cameras.flatMap(({ id }) => reader.shapes(id).map(({ shape }) => shape.id)))];
  });
}
