import * as z from 'zod';
import { ArgusError } from '../domain/errors.ts';
import { homographyOf, type Scale } from '../domain/homography.ts';
import { idPattern } from '../domain/ids.ts';
import { providers } from '../domain/provider.ts';
import { decodingChoices, deinterlaceChoices, transportChoices } from './decoding.ts';
import { polygonProblem } from './shapes.ts';

/*
 * Each `error` below says what is accepted; what was found, and where, is put before it by `problemsOf`. A text that
 * itself starts with "found" stands alone.
 */

const idRule = 'an id is 1–63 letters, digits, _ and -, and starts with a letter or digit';
// Without its flag, as patterns of JSON Schema have none.
const id = z.string(idRule).regex(new RegExp(idPattern.source.replaceAll('a-z', 'A-Za-z')), idRule);

const coordinateRule =
  "a coordinate is a number from 0 to 1: a part of the picture's width or height, not pixels";
const coordinate = z.number(coordinateRule).min(0, coordinateRule).max(1, coordinateRule);
const point = z
  .tuple([coordinate, coordinate], 'a point is [x, y]')
  .describe('A point [x, y]: 0–1, [0, 0] is the top left of the picture, [1, 1] the bottom right.');

const text = (rule: string) => z.string(rule).min(1, rule);

function numberFrom(least: number, most: number, rule: string) {
  return z.number(rule).min(least, rule).max(most, rule);
}

const shapeName = text('a name is a text')
  .optional()
  .describe('What to call it in answers. Default: its id.');

const line = z
  .strictObject(
    {
      id: id.describe(
        'Name for use in questions and answers. Unique among the lines and zones of the camera.',
      ),
      name: shapeName,
      from: point.describe('Start of the line, [x, y], 0–1.'),
      to: point.describe('End of the line, [x, y], 0–1.'),
    },
    'a line is a mapping with id, from and to',
  )
  .refine(({ from, to }) => from[0] !== to[0] || from[1] !== to[1], {
    // Said besides other problems of the line, as soon as both ends are points.
    when: ({ value }) => bothEnds.safeParse(value).success,
    path: ['to'],
    error: 'the end of a line is another point than its start',
  });
const bothEnds = z.looseObject({ from: point, to: point });

const polygon = z
  .array(point, 'a polygon is a list of points [x, y]')
  .min(3, {
    error: ({ input }) => `found ${Array.isArray(input) ? input.length : 0} corners, a zone needs at least 3`,
  })
  .superRefine((corners, context) => {
    const problem = polygonProblem(corners.map(([x, y]) => ({ x, y })));
    if (problem && corners.length >= 3) context.addIssue({ code: 'custom', message: `found ${problem}` });
  })
  .describe('Corners in order around the zone, each [x, y], 0–1; the last is joined to the first.');

const zone = z.strictObject(
  {
    id: id.describe('Name for use in questions and answers. Unique among the lines and zones of the camera.'),
    name: shapeName,
    polygon,
    dwellSeconds: z
      .number('dwellSeconds is a number above 0')
      .positive('dwellSeconds is a number above 0')
      .optional()
      .describe('A visit of at least this many seconds makes a dwell event. Default: none.'),
  },
  'a zone is a mapping with id and polygon',
);

// Enough for coordinates of a survey, such as UTM.
const metresRule = 'a place on the ground is measured in metres, a number from -10000000 to 10000000';
const metres = z.number(metresRule).min(-1e7, metresRule).max(1e7, metresRule);
const scaleRule = 'a scale is a list of 4 places, each {at: [x, y], metres: [X, Y]}';
const scale = z
  .array(
    z.strictObject(
      {
        at: point.describe('Where the place is in the picture, [x, y], 0–1.'),
        metres: z
          .tuple([metres, metres], 'a place on the ground is [X, Y] in metres')
          .describe('Where it is on the ground, [X, Y] in metres from a corner of your choice.'),
      },
      'a place is a mapping with at and metres',
    ),
    scaleRule,
  )
  .length(4, scaleRule)
  .superRefine((places, context) => {
    const problem = places.length === 4 ? scaleProblem(scaleOf(places)) : undefined;
    if (problem !== undefined) context.addIssue({ code: 'custom', message: `found no scale. ${problem}` });
  });

export const scaleOf = (places: z.output<typeof scale>): Scale =>
  places.map(({ at: [x, y], metres: [xM, yM] }) => ({ picture: { x, y }, ground: { xM, yM } }));

function scaleProblem(asked: Scale): string | undefined {
  try {
    homographyOf(asked);
    return undefined;
  } catch (error) {
    if (error instanceof ArgusError) return error.message;
    throw error;
  }
}

// Slower than that nothing could be followed from one frame to the next, and the time between would not count as watched.
const fpsRule = 'fps is a number from 1 to 240';
const transportRule = `transport is one of ${transportChoices.join(', ')}`;
const streamRule = 'stream is a whole number of at least 1';
const deinterlaceRule = `deinterlace is one of ${deinterlaceChoices.join(', ')}`;
const timeRule = 'startTime is a time with its offset, such as 2026-11-22T08:30:00+01:00 or …Z';
const classRule = 'a class is a name such as person or car';
const confidenceRule = 'confidence is a number from 0 to 1';
const classNames = z
  .array(text(classRule).describe('A class name of the detector, e.g. person.'), 'classes is a list of names')
  .min(1, 'classes names at least one class; leave it out for all');
const ignoreZone = z.strictObject(
  {
    polygon,
    classes: classNames.optional().describe('Class names to ignore there, e.g. [person]. Default: all.'),
  },
  'an area to ignore is a mapping with polygon and classes',
);
const oneConfidence = numberFrom(0, 1, confidenceRule);
const confidences = z
  .object({ default: oneConfidence.optional().describe('Of all other classes.') })
  .catchall(oneConfidence)
  .superRefine((byClass, context) => {
    const problem = confidencesProblem(byClass);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

function confidencesProblem(byClass: Readonly<Record<string, number | undefined>>): string | undefined {
  if (Object.keys(byClass).some((key) => key !== 'default')) return undefined;
  return byClass['default'] === undefined
    ? 'found an empty mapping, name a class such as person: 0.4, or leave confidence out'
    : `found a default alone, write it as the number: confidence: ${byClass['default']}`;
}

const camera = z.strictObject(
  {
    id: id.describe('Name for use in questions, answers and on the command line. Unique among the cameras.'),
    name: text('a name is a text')
      .optional()
      .describe('What to call the camera in answers. Default: its id.'),
    source: text(
      'a source is an address such as rtsp://…, the path of a video file, or /dev/video0',
    ).describe(
      'Where the pictures come from: rtsp://…, rtsps://…, http://…, https://…, the path of a video file (relative ' +
        'to this file), file:///…, /dev/video0, v4l2:/dev/video0, or test:ball. Write credentials as ${NAME} and ' +
        'set the environment variable NAME.',
    ),
    fps: z
      .number(fpsRule)
      .min(1, fpsRule)
      .max(240, fpsRule)
      .optional()
      .describe('Frames per second to analyse at most. Default: as many as come and as the machine can.'),
    classes: classNames
      .optional()
      .describe('What to look for, by the class names of the detector (COCO: person, car, …). Default: all.'),
    confidence: z
      .union(
        [oneConfidence, confidences],
        `${confidenceRule}, or a mapping of class names to such numbers, with a default for the others`,
      )
      .optional()
      .describe(
        '0–1: a detection at least this sure is shown and starts a track. A number for all classes, or a mapping such ' +
          'as {default: 0.4, car: 0.6}. Default: as the detector has it.',
      ),
    transport: z
      .enum(transportChoices, transportRule)
      .optional()
      .describe('Of rtsp://: tcp, udp, or auto: TCP, and UDP where that gives no picture. Default: auto.'),
    stream: z
      .int(streamRule)
      .min(1, streamRule)
      .max(64, streamRule)
      .optional()
      .describe('Which video stream of a source that has several, in its own order. Default: the first.'),
    deinterlace: z
      .enum(deinterlaceChoices, deinterlaceRule)
      .optional()
      .describe(
        'Interlaced pictures are made whole: auto where the source says that they are, on always, off never. Default: auto.',
      ),
    startTime: z.iso
      .datetime({ offset: true, error: timeRule })
      .optional()
      .describe('When the recording in a file began, ISO 8601 with offset. Only for files. Default: now.'),
    blurPeople: z
      .boolean('blurPeople is true or false')
      .optional()
      .describe('Make people unrecognisable in every picture that a tool shows. Default: false.'),
    identify: z
      .boolean('identify of a camera is true or false')
      .optional()
      .describe('false: nobody is recognised on this camera. Default: true.'),
    lines: z
      .array(line, 'lines is a list')
      .optional()
      .describe(
        'Lines at which crossings are counted. "forward" is from the right hand to the left hand of someone who walks ' +
          'along the line, "backward" the other way: over a line drawn from top to bottom, left to right is forward.',
      ),
    zones: z.array(zone, 'zones is a list').optional().describe('Areas in which visits are counted.'),
    ignore: z
      .array(ignoreZone, 'ignore is a list')
      .optional()
      .describe(
        'Areas in which nothing begins, such as a signboard, a screen or trees: what only ever was in them is left ' +
          'alone. Who comes in from outside is still followed.',
      ),
    scale: scale
      .optional()
      .describe(
        'Four places on the ground, no three on one line, e.g. the corners of a rectangle: makes speeds known. ' +
          'Headings are told from the Y axis (0°) towards the X axis (90°).',
      ),
  },
  'a camera is a mapping with id and source',
);

const detectorRule = 'detector is auto or the id of a detector such as yolox-nano';
const providersRule = `providers is a list of ${providers.join(', ')}`;
const decodingRule = `decoding is one of ${decodingChoices.join(', ')}`;
const hostRule = 'host is 127.0.0.1, ::1 or localhost: the station serves this machine alone';
const portRule = 'port is a whole number from 0 to 65535';

// A century, and a million gigabytes: so much stands for all.
const daysRule = 'days is a number above 0, up to 36500';
const gigabytesRule = 'gigabytes is a number from 0.1 to 1000000';

const retention = z.strictObject(
  {
    days: z
      .number(daysRule)
      .positive(daysRule)
      .max(36_500, daysRule)
      .default(30)
      .describe('What is older is deleted.'),
    gigabytes: numberFrom(0.1, 1_000_000, gigabytesRule)
      .default(20)
      .describe('When database and pictures together are larger, the oldest is deleted. 1 is 10⁹ bytes.'),
  },
  'retention is a mapping with days and gigabytes',
);

const embedderRule = 'model is auto, off, colour-histogram or the id of a model such as person-reid-0287';
const identify = z.strictObject(
  {
    model: z
      .string(embedderRule)
      .regex(/^[a-z0-9][a-z0-9-]*$/, embedderRule)
      .default('auto')
      .describe(
        'What to tell people apart by: a model such as person-reid-0287 or osnet-x0-25, colour-histogram, off, or auto: ' +
          'the best one that this machine has or can get.',
      ),
    days: z
      .number(daysRule)
      .positive(daysRule)
      .max(36_500, daysRule)
      .default(7)
      .describe('For so long what people looked like is kept; not longer than their tracks.'),
  },
  'identify is a mapping with model and days',
);

const secondsRule = 'seconds is [least, most], from leaving the one to appearing in the other';
const link = z.strictObject(
  {
    from: id.describe('Id of the camera that is left.'),
    to: id.describe('Id of the camera that is reached.'),
    seconds: z
      .tuple([z.number(secondsRule), z.number(secondsRule)], secondsRule)
      .refine(([least, most]) => least <= most, secondsRule)
      .describe('The least and the most that it takes; below 0 where the views overlap.'),
  },
  'a link is a mapping with from, to and seconds',
);

/** Of values that may hold a secret: what was found is not repeated. */
const hidden =
  (rule: string) =>
  ({ input }: { readonly input?: unknown }): string =>
    input === undefined || input === null ? rule : `found something else (not shown here), ${rule}`;

const webhookUrl = hidden('url is an http:// or https:// address');
const secretText = hidden(
  'secret is whsec_ and 24 to 64 random bytes in base64, such as echo "whsec_$(openssl rand -base64 32)" gives',
);
const webhook = z.strictObject(
  {
    url: z
      .url({ protocol: /^https?$/, error: webhookUrl })
      .describe('Where to post to: http:// or https://. May have ${NAME} in it.'),
    secret: z
      .string({ error: secretText })
      .regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, { error: secretText })
      .describe(
        'What the receiver checks signatures with: whsec_ and 24 to 64 random bytes in base64. Write it as ${NAME}.',
      ),
  },
  'a webhook is a mapping with url and secret',
);

const mqttUrl = hidden(
  'url is a mqtt://, mqtts://, ws:// or wss:// address without user and password, which have keys of their own',
);
const topicRule = 'topic is a text without + and # and without a / at either end';
const credential = (name: string) => {
  const error = hidden(`${name} is a text`);
  return z.string({ error }).min(1, { error });
};
const mqtt = z.strictObject(
  {
    url: z
      .url({ protocol: /^(mqtts?|wss?)$/, error: mqttUrl })
      .refine((url) => !url.includes('@'), { error: mqttUrl })
      .describe('Address of the broker, such as mqtt://localhost:1883.'),
    topic: z
      .string(topicRule)
      .regex(/^[^+#/]+(\/[^+#/]+)*$/, topicRule)
      .default('argus')
      .describe('What all topics begin with.'),
    user: credential('user').optional().describe('User name at the broker. Default: none.'),
    password: credential('password')
      .optional()
      .describe('Its password. Write it as ${NAME} and set the environment variable NAME.'),
  },
  'mqtt is a mapping with url, topic, user and password',
);

/** What argus.yaml may say. */
export const fileSchema = z
  .strictObject(
    {
      detector: z
        .string(detectorRule)
        .regex(/^[a-z0-9][a-z0-9-]*$/, detectorRule)
        .default('auto')
        .describe('Id of the detector, or auto: the best one that this machine has or can get.'),
      providers: z
        .array(z.enum(providers, `a provider is one of ${providers.join(', ')}`), providersRule)
        .min(1, 'providers names at least one; leave it out for those that are tried unless told')
        .optional()
        .describe(
          'What may run the detector, in the order in which it is tried: execution providers of ONNX Runtime. cpu is ' +
            'always the last. Default: cuda, cpu.',
        ),
      decoding: z
        .enum(decodingChoices, decodingRule)
        .default('auto')
        .describe(
          'Where video is decoded and scaled: nvidia (NVDEC and CUDA), va (VA-API), software (CPU), or auto: the first ' +
            'of these that works. Any but auto is used or refused, never replaced.',
        ),
      server: z
        .strictObject(
          {
            host: z
              .enum(['127.0.0.1', '::1', 'localhost'], hostRule)
              .default('127.0.0.1')
              .describe('Address of this machine to listen on; for others, put a proxy of yours before it.'),
            port: z
              .int(portRule)
              .min(0, portRule)
              .max(65_535, portRule)
              .default(7461)
              .describe('TCP port to listen on; 0: any free one.'),
          },
          'server is a mapping with host and port',
        )
        .prefault({})
        .describe('Where MCP clients reach the station over HTTP.'),
      retention: retention
        .prefault({})
        .describe('How much of the past is kept of all cameras: until either limit is reached.'),
      identify: identify
        .prefault({})
        .describe('How people are recognised who come back or walk from camera to camera.'),
      cameras: z.array(camera, 'cameras is a list').describe('The cameras to watch.'),
      links: z
        .array(link, 'links is a list')
        .optional()
        .describe(
          'The ways between cameras, each in one direction; what is not linked cannot be reached. Default: learnt from ' +
            'people who were recognised in both.',
        ),
      webhooks: z
        .array(webhook, 'webhooks is a list')
        .max(20, 'webhooks are at most 20')
        .refine((all) => new Set(all.map(({ url }) => url)).size === all.length, {
          error: 'a url is given twice (not shown here); each webhook has an address of its own',
        })
        .optional()
        .describe('Addresses that are told when a watch fires. Default: none.'),
      mqtt: mqtt.optional().describe('Broker that is told when a watch fires. Default: none.'),
    },
    'the file is a mapping with cameras',
  )
  .describe('Configuration of Argus (argus.yaml).');

export type ConfigFile = z.output<typeof fileSchema>;

/** Where editors find the schema: the package at npm. The range follows the package's version. */
export const schemaUrl = 'https://unpkg.com/argus-vision@0.1/docs/argus.schema.json';

/** JSON Schema of argus.yaml, for editors. Draft 7, as YAML editors know little of later ones. */
export function configJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(fileSchema, {
    target: 'draft-7',
    io: 'input',
    // Its format says the same as the long pattern of a time.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  return { $schema, $id: schemaUrl, title: 'argus.yaml', ...rest };
}
