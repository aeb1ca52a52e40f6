import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { configJsonSchema } from '../../src/config/schema.ts';
import { ArgusError, messageOf } from '../../src/domain/errors.ts';
import { parseSource } from '../../src/source/parseSource.ts';

const parse = (text: string, env: Record<string, string> = {}) =>
  parseConfig(text, '/srv/argus.yaml', env, parseSource);

/** The lines of the error, without the file's name. */
function problems(text: string, env: Record<string, string> = {}): string[] {
  try {
    parse(text, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ArgusError);
    const message = messageOf(error);
    expect(message).toMatch(/\. Correct the file and start again\.$/);
    return message
      .replace(/\. Correct the file and start again\.$/, '')
      .split('\n')
      .map((line) => {
        expect(line).toMatch(/^\/srv\/argus\.yaml:\d+: /);
        return line.replace('/srv/argus.yaml:', '');
      });
  }
  throw new Error('the file was accepted');
}

const camera = (...lines: string[]) =>
  ['cameras:', '  - id: gate', '    source: test:ball', ...lines.map((line) => `    ${line}`)].join('\n');

describe('a file that is right', () => {
  it('becomes domain types, with the defaults filled in', () => {
    expect(parse('cameras:\n  - {id: gate, source: gate.mp4}')).toEqual({
      detector: 'auto',
      decoding: 'auto',
      server: { host: '127.0.0.1', port: 7461 },
      retention: { maxAgeMs: 30 * 86_400_000, maxBytes: 20e9 },
      identify: { model: 'auto', maxAgeMs: 7 * 86_400_000 },
      folder: '/srv',
      webhooks: [],
      classNames: [],
      cameras: [{ id: 'gate', name: 'gate', source: 'gate.mp4', sourceWritten: 'gate.mp4', shapes: [] }],
    });
  });

  it('may say everything', () => {
    const config = parse(`
detector: nanodet-g
providers: [tensorrt, cuda, cpu]
server: {host: '::1', port: 0}
retention: {days: 0.5, gigabytes: 1.5}
identify: {model: osnet-x0-25, days: 2}
cameras:
  - id: gate
    name: Front gate
    source: gate.mp4
    fps: 7.5
    classes: [person, traffic light]
    confidence: 0.4
    startTime: 2026-11-22T08:30:00+01:00
    identify: false
    lines: [{id: door, from: [0, 0.5], to: [1, 0.5]}]
    zones: [{id: desk, name: The desk, polygon: [[0, 0], [1, 0], [1, 1]], dwellSeconds: 2.5}]
    scale:
      - {at: [0.2, 0.9], metres: [0, 0]}
      - {at: [0.8, 0.9], metres: [4, 0]}
      - {at: [0.6, 0.4], metres: [4, 12.5]}
      - {at: [0.4, 0.4], metres: [0, 12.5]}
`);
    expect(config).toMatchObject({
      detector: 'nanodet-g',
      providers: ['tensorrt', 'cuda', 'cpu'],
      server: { host: '::1', port: 0 },
      retention: { maxAgeMs: 43_200_000, maxBytes: 1.5e9 },
      identify: { model: 'osnet-x0-25', maxAgeMs: 2 * 86_400_000 },
    });
    expect(config.cameras).toEqual([
      {
        id: 'gate',
        name: 'Front gate',
        source: 'gate.mp4',
        sourceWritten: 'gate.mp4',
        maxFps: 7.5,
        classes: ['person', 'traffic light'],
        confidence: { default: 0.4, classes: new Map() },
        identify: false,
        startTimeMs: Date.UTC(2026, 10, 22, 7, 30),
        shapes: [
          { kind: 'line', id: 'door', name: 'door', line: { a: { x: 0, y: 0.5 }, b: { x: 1, y: 0.5 } } },
          {
            kind: 'zone',
            id: 'desk',
            name: 'The desk',
            polygon: [
              { x: 0, y: 0 },
              { x: 1, y: 0 },
              { x: 1, y: 1 },
            ],
            dwellMs: 2500,
          },
        ],
        scale: [
          { picture: { x: 0.2, y: 0.9 }, ground: { xM: 0, yM: 0 } },
          { picture: { x: 0.8, y: 0.9 }, ground: { xM: 4, yM: 0 } },
          { picture: { x: 0.6, y: 0.4 }, ground: { xM: 4, yM: 12.5 } },
          { picture: { x: 0.4, y: 0.4 }, ground: { xM: 0, yM: 12.5 } },
        ],
      },
    ]);
  });

  it('may have ids in capitals, also for editors', () => {
    expect(parse('cameras: [{id: TUD-Campus, source: a.mp4}]').cameras[0]?.id).toBe('TUD-Campus');
    expect(JSON.stringify(configJsonSchema())).toContain('^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$');
  });

  it('may use anchors', () => {
    const config = parse(
      'cameras:\n  - {id: a, source: "test:ball", lines: &l [{id: x, from: [0, 0], to: [1, 1]}]}\n' +
        '  - {id: b, source: "test:ball", lines: *l}',
    );
    expect(config.cameras[1]?.shapes).toEqual(config.cameras[0]?.shapes);
  });

  it('may have no camera yet', () => expect(parse('cameras: []').cameras).toEqual([]));
});

describe('variables', () => {
  const one = (source: string, env: Record<string, string>) =>
    parse(`cameras: [{id: gate, source: '${source}'}]`, env).cameras[0];

  it('are filled in, and known by their names', () => {
    expect(one('rtsp://${WHO}:${PASSWORD}@h/', { WHO: 'me', PASSWORD: 'x: y' })).toMatchObject({
      source: 'rtsp://me:x: y@h/',
      sourceWritten: 'rtsp://${WHO}:${PASSWORD}@h/',
    });
  });

  it('may be empty', () => expect(one('a${NONE}.mp4', { NONE: '' })?.source).toBe('a.mp4'));

  it('are not looked for in what was filled in, nor after $${', () => {
    expect(one('${A}.mp4', { A: '${B}', B: 'b' })?.source).toBe('${B}.mp4');
    expect(one('$${A}$.mp4', { A: 'a' })?.source).toBe('${A}$.mp4');
  });

  it('are not filled into keys or comments', () => {
    expect(problems('cameras: [] # ${NONE}\n${NONE}: 1')).toEqual([
      '2: ${NONE}: unknown key (accepted: detector, providers, decoding, server, retention, identify, cameras, links, webhooks, mqtt)',
    ]);
  });

  it('that are not set are named with file, line and key', () => {
    expect(problems('cameras:\n  - id: gate\n    source: rtsp://${WHO}:${PW}@h/')).toEqual([
      '3: cameras[0].source: the environment variable WHO is not set; set it, or write $${WHO} for that text itself',
      '3: cameras[0].source: the environment variable PW is not set; set it, or write $${PW} for that text itself',
    ]);
  });

  it.each(['${PW:-x}', '${}', '${PW'])('are not written %s', (text) => {
    expect(problems(`cameras: [{id: gate, source: '${text}'}]`, { PW: 'x' })).toEqual([
      `1: cameras[0].source: found "${text}", a variable is written \${NAME}, and $\${ stands for the text \${`,
    ]);
  });

  it('are shown by name when what they hold is not accepted', () => {
    expect(
      problems('detector: ${S}\nserver: {host: localhost, port: "${S}"}\ncameras: "${S}"', { S: 'S3CRET!' }),
    ).toEqual([
      '1: detector: found "${S}", detector is auto or the id of a detector such as yolox-nano',
      '2: server.port: found "${S}", port is a whole number from 0 to 65535',
      '3: cameras: found "${S}", cameras is a list',
    ]);
    expect(problems('cameras: [{id: gate, source: "rtsp://a:inline@${S}:x/"}]', { S: 'S3CRET!' })).toEqual([
      expect.stringMatching(
        /^1: cameras\[0\]\.source: no source once its variables are filled in\. Write SCHEME/,
      ),
    ]);
  });

  it('never show what they hold, wherever they stand', () => {
    const keys = [
      'detector',
      'server',
      'cameras',
      'id',
      'name',
      'source',
      'fps',
      'classes',
      'confidence',
      'startTime',
      'lines',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...keys),
        fc.constantFrom('${S}', '[${S}]', '[[${S}]]', '{id: ${S}, ${S}: 1}', '[{id: "${S}"}, {id: "${S}"}]'),
        fc.constantFrom(
          'S3CRET',
          'rtsp://S3CRET',
          'S3CRET://x',
          'test:ball?S3CRET=1',
          '#S3CRET',
          'v4l2:S3CRET',
          '@S3CRET',
        ),
        fc.boolean(),
        (key, value, secret, top) => {
          const text = top ? `${key}: ${value}` : `cameras:\n  - ${key}: ${value}`;
          try {
            parse(text, { S: secret });
          } catch (error) {
            expect(error).toBeInstanceOf(ArgusError);
            expect(messageOf(error)).not.toContain('S3CRET');
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('a file that is wrong', () => {
  it.each<[string, string, string[]]>([
    [
      'few corners',
      camera('zones:', '  - id: a', '    polygon:', '      - [0, 0]', '      - [1, 1]'),
      ['6: cameras[0].zones[0].polygon: found 2 corners, a zone needs at least 3'],
    ],
    [
      'crossing edges',
      camera('zones: [{id: a, polygon: [[0, 0], [1, 1], [1, 0], [0, 1]]}]'),
      [
        '4: cameras[0].zones[0].polygon: found edges 1 and 3 meeting, list the corners in order around the zone',
      ],
    ],
    [
      'pixels',
      camera('lines:', '  - id: a', '    from: [0, 320]', '    to: [1, -0.5]'),
      [
        "6: cameras[0].lines[0].from[1]: found 320, a coordinate is a number from 0 to 1: a part of the picture's width or height, not pixels",
        "7: cameras[0].lines[0].to[1]: found -0.5, a coordinate is a number from 0 to 1: a part of the picture's width or height, not pixels",
      ],
    ],
    [
      'no point',
      camera('lines: [{id: a, from: [0, 0, 1], to: 5}]'),
      [
        '4: cameras[0].lines[0].from: found a list of 3, a point is [x, y]',
        '4: cameras[0].lines[0].to: found 5, a point is [x, y]',
      ],
    ],
    [
      'a line without length, and an unknown key in it',
      camera('lines: [{id: a, from: [0, 0], to: [0, 0], colour: red}]'),
      [
        '4: cameras[0].lines[0].colour: unknown key (accepted: id, name, from, to)',
        '4: cameras[0].lines[0].to: found a list of 2, the end of a line is another point than its start',
      ],
    ],
    [
      'misspelt keys',
      'camera: []\ncameras:\n  - id: gate\n    sorce: test:ball',
      [
        '1: camera: unknown key, did you mean cameras? (accepted: detector, providers, decoding, server, retention, identify, cameras, links, webhooks, mqtt)',
        '3: cameras[0].source: missing, a source is an address such as rtsp://…, the path of a video file, or /dev/video0',
        '4: cameras[0].sorce: unknown key, did you mean source? (accepted: id, name, source, fps, classes, confidence, transport, stream, deinterlace, startTime, blurPeople, identify, lines, zones, ignore, scale)',
      ],
    ],
    [
      'wrong values',
      camera('fps: 0', 'confidence: 40', 'classes: []', 'name:', 'startTime: 2026-11-22 08:30').replace(
        'gate',
        'front gate',
      ),
      [
        '2: cameras[0].id: found "front gate", an id is 1–63 letters, digits, _ and -, and starts with a letter or digit',
        '4: cameras[0].fps: found 0, fps is a number from 1 to 240',
        '5: cameras[0].confidence: found 40, confidence is a number from 0 to 1',
        '6: cameras[0].classes: found a list of 0, classes names at least one class; leave it out for all',
        '7: cameras[0].name: found nothing, a name is a text',
        '8: cameras[0].startTime: found "2026-11-22 08:30", startTime is a time with its offset, such as 2026-11-22T08:30:00+01:00 or …Z',
        '8: cameras[0].startTime: found with a live source, only a file has a startTime',
      ],
    ],
    [
      'a source of an unknown kind',
      'cameras: [{id: gate, source: "rtmp://me:S3CRET@h/"}]',
      [
        expect.stringMatching(
          /^1: cameras\[0\]\.source: "rtmp:\/\/\*\*\*@h\/" starts with "rtmp:", which is no kind/,
        ) as string,
      ],
    ],
    [
      'repeated ids',
      `${camera('lines: [{id: a, from: [0, 0], to: [1, 1]}]', 'zones: [{id: a, polygon: [[0, 0], [1, 0], [1, 1]]}]')}\n  - id: gate\n    source: test:ball`,
      [
        '5: cameras[0].zones[0].id: found the id of cameras[0].lines[0], ids of lines and zones of a camera differ',
        '6: cameras[1].id: found the id of cameras[0], ids of cameras differ',
      ],
    ],
    [
      'a server that is none',
      'server: [1]\ncameras: []',
      ['1: server: found a list of 1, server is a mapping with host and port'],
    ],
    [
      'an unknown key of the server',
      'server: {prt: 1}\ncameras: []',
      ['1: server.prt: unknown key, did you mean port? (accepted: host, port)'],
    ],
    [
      'a past of no length, and one without end',
      'retention: {days: 0, gigabytes: .inf, hours: 5}\ncameras: []',
      [
        '1: retention.days: found 0, days is a number above 0, up to 36500',
        expect.stringMatching(
          /^1: retention\.gigabytes: found .*, gigabytes is a number from 0\.1 to 1000000$/,
        ) as string,
        '1: retention.hours: unknown key (accepted: days, gigabytes)',
      ],
    ],
    ['nothing', '', ['1: missing, the file is a mapping with cameras']],
    ['a list', '- a', ['1: found a list of 1, the file is a mapping with cameras']],
    [
      'a long value',
      `detector: ${'x!'.repeat(200)}\ncameras: []`,
      [expect.stringMatching(/^1: detector: found "(x!){39}…, detector/) as string],
    ],
  ])('says so: %s', (_, text, expected) => expect(problems(text)).toEqual(expected));

  it('says where its YAML is broken, without quoting it', () => {
    const found = problems('cameras:\n  - id: gate\n    source: "rtsp://me:S3CRET@h/\n    fps: 5\n');
    expect(found[0]).toMatch(/^\d+: Missing closing "quote/);
    expect(found.join()).not.toContain('S3CRET');
    expect(problems('cameras: []\ncameras: []')).toEqual(['2: Map keys must be unique']);
    expect(problems('[a]: 1\ncameras: []')).toEqual(['1: With stringKeys, all keys must be strings']);
    expect(problems('detector: !secret x\ncameras: []')).toEqual(['1: Unresolved tag: !secret']);
  });

  it('says what is wrong with aliases', () => {
    expect(problems('cameras:\n  - *none')).toEqual(['2: found *none, no &none is before it']);
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [name, of] of [
      ['b', 'a'],
      ['c', 'b'],
      ['d', 'c'],
      ['e', 'd'],
    ])
      bomb.push(`${name}: &${name} [${`*${of}, `.repeat(9)}]`);
    expect(() => parse(bomb.join('\n'))).toThrow(
      /^\/srv\/argus\.yaml: Excessive alias count.*Write the value out/,
    );
  });

  it('is an ArgusError whatever the text', () => {
    const piece = fc.constantFrom(
      'cameras:',
      ' ',
      '\n',
      '- ',
      'id: ',
      'source: ',
      'a',
      '[',
      ']',
      '{',
      '}',
      '"',
      '&a ',
      '*a',
      '0',
      '? ',
      ': ',
      '|',
      '!!',
      '<<: ',
      '__proto__: ',
      '${A}',
      '#',
      '---\n',
      ',',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        try {
          parse(pieces.join(''), { A: 'a' });
        } catch (error) {
          expect(error).toBeInstanceOf(ArgusError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('loadConfig', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'argus-config-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads a file', async () => {
    const path = join(folder, 'argus.yaml');
    writeFileSync(path, 'cameras: [{id: gate, source: gate.mp4}]');
    expect(await loadConfig(path, {}, parseSource)).toMatchObject({ folder, cameras: [{ id: 'gate' }] });
  });

  it('says how to make the file when there is none', async () => {
    await expect(loadConfig(join(folder, 'none.yaml'), {}, parseSource)).rejects.toThrow(
      /none\.yaml does not exist\. Make one with: argus init$/,
    );
  });

  it('says that it was given a folder', async () => {
    await expect(loadConfig(folder, {}, parseSource)).rejects.toThrow(/is a folder\. Give the path/);
  });
});
