import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodingChoices } from '../../src/config/decoding.ts';
import { allChains, featureRanks, software } from '../../src/decode/chains.ts';
import { launchDescription, type LaunchOptions } from '../../src/decode/launch.ts';
import { parseSource } from '../../src/source/parseSource.ts';

const launchOf = (source: string, options: Partial<LaunchOptions> = {}) => {
  const description = parseSource(source, { folder: '/videos' });
  return launchDescription(description, {
    inputWidth: 416,
    inputHeight: 416,
    colour: 'bgr',
    live: description.live,
    chain: { ...software, softwareDecodersOnly: false },
    ...options,
  });
};

describe('the pipeline', () => {
  const fileText =
    'uridecodebin name=source caps="video/x-raw(ANY)" expose-all-streams=false ' +
    '! deinterlace mode=auto fields=top method=greedyh ! videoconvert ! videoflip video-direction=auto ! tee name=split ' +
    'split. ! queue max-size-buffers=4 max-size-bytes=0 max-size-time=0 ' +
    '! videoconvertscale add-borders=true ! video/x-raw,format=BGRP,width=416,height=[1,416],pixel-aspect-ratio=1/1 ' +
    '! gdppay ! appsink name=frames sync=false max-buffers=4 drop=false ' +
    'split. ! queue max-size-buffers=4 max-size-bytes=0 max-size-time=0 ' +
    '! capssetter caps=video/x-raw,framerate=30/1 ! videorate name=thin drop-only=true max-rate=2 ' +
    '! videoconvertscale ! video/x-raw,pixel-aspect-ratio=1/1 ! jpegenc quality=85 ' +
    '! gdppay ! appsink name=stills sync=false max-buffers=8 drop=false';
  const liveText = fileText
    .replaceAll('max-size-time=0', 'max-size-time=0 leaky=downstream')
    .replace('max-rate=2', 'max-rate=1')
    .replaceAll('drop=false', 'drop=true');
  const decode = /^uridecodebin .*? expose-all-streams=false/;

  const rtspText = liveText.replace(
    decode,
    'rtspsrc name=source protocols=tcp ! capsfilter name=chosen ' +
      '! decodebin caps="video/x-raw(ANY)" expose-all-streams=false',
  );
  const rtspProperties = (uri: string, more = '') => [
    { element: 'source', name: 'location', value: uri },
    { element: 'chosen', name: 'caps', value: `application/x-rtp, media=(string)video${more}` },
  ];

  it('of one RTSP stream of several takes its packets alone', () => {
    const rtspStream = { codec: 'H264', payload: 96, parameterSets: 'Z0LA,aM4=' };
    expect(launchOf('rtsp://host/1', { rtspStream, udp: true })).toEqual({
      text: rtspText.replace('protocols=tcp', 'protocols=udp'),
      properties: rtspProperties(
        'rtsp://host/1',
        ', payload=(int)96, sprop-parameter-sets=(string)"Z0LA,aM4="',
      ),
    });
    const odd = launchOf('rtsp://host/1', { rtspStream: { codec: 'x', parameterSets: '" ! filesink' } });
    expect(odd.properties).toEqual(rtspProperties('rtsp://host/1'));
  });

  it('of one of several streams of a file names it', () => {
    expect(launchOf('gate.mkv', { stream: 2 }).text).toContain('expose-all-streams=false source.src_1 ! ');
  });

  it.each([
    ['gate.mp4', fileText, [{ element: 'source', name: 'uri', value: 'file:///videos/gate.mp4' }]],
    ['http://host/a.mp4', fileText, [{ element: 'source', name: 'uri', value: 'http://host/a.mp4' }]],
    ['https://host/live', liveText, [{ element: 'source', name: 'uri', value: 'https://host/live' }]],
    ['rtsp://u:p@host/1', rtspText, rtspProperties('rtsp://u:p@host/1')],
    ['rtsps://host/1', rtspText, rtspProperties('rtsps://host/1')],
    [
      '/dev/video0',
      liveText.replace(decode, 'v4l2src name=source ! decodebin'),
      [{ element: 'source', name: 'device', value: '/dev/video0' }],
    ],
    [
      'test:ball?frames=7',
      fileText.replace(
        decode,
        'videotestsrc name=source pattern=ball is-live=false ! video/x-raw,width=640,height=480,framerate=10/1',
      ),
      [{ element: 'source', name: 'num-buffers', value: 7 }],
    ],
    [
      'test:snow',
      liveText.replace(
        decode,
        'videotestsrc name=source pattern=snow is-live=true ! video/x-raw,width=640,height=480,framerate=10/1',
      ),
      [{ element: 'source', name: 'num-buffers', value: -1 }],
    ],
  ])('of %s', (source, text, properties) => {
    expect(launchOf(source)).toEqual({ text, properties });
  });

  it('of a playlist keeps to the clock, as its pieces come each at once', () => {
    expect(launchOf('https://host/live/index.m3u8').text).toContain('expose-all-streams=false ! clocksync !');
    expect(launchOf('https://host/live').text).not.toContain('clocksync');
    expect(launchOf('https://host/a.mp4').text).not.toContain('clocksync');
  });

  it('of pictures that are handed over takes the time of each as it comes', () => {
    expect(launchOf('https://host/live', { pushed: true })).toMatchObject({
      text: expect.stringMatching(
        /^appsrc name=source is-live=true do-timestamp=true .* ! jpegdec ! /,
      ) as string,
      properties: [],
    });
  });

  it('gives the pixels that the detector wants', () => {
    const { text } = launchOf('gate.mp4', { inputWidth: 640, inputHeight: 352, colour: 'rgb' });
    expect(text).toContain('format=RGBP,width=640,height=[1,352],pixel-aspect-ratio=1/1');
    expect(text).not.toContain('BGRP');
  });

  const golden = resolve(import.meta.dirname, '../golden/pipelines.txt');

  it('is the one of the golden file for every chain, kind of source and colour', async () => {
    const sources = ['gate.mp4', 'rtsp://host/1', 'http://host/a.mp4', '/dev/video0', 'test:ball?frames=7'];
    const blocks = allChains.flatMap((chain) =>
      sources.flatMap((source) =>
        (['rgb', 'bgr'] as const).map((colour) => {
          const { text } = launchOf(source, { inputWidth: 640, inputHeight: 384, colour, chain });
          return `# ${chain.name}, ${source}, ${colour}\n${text.replaceAll(' split. ', '\n  split. ')}\n`;
        }),
      ),
    );
    const ranked = decodingChoices.flatMap((asked) =>
      [undefined, 'openh264dec:300'].map(
        (own) =>
          `# ranks for ${asked}, the user's own: ${own ?? 'none'}\n${featureRanks(asked, own) ?? 'none'}\n`,
      ),
    );
    await expect([...blocks, ...ranked].join('\n')).toMatchFileSnapshot(golden);
  });

  it('is the same whatever the user wrote', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'a" ! filesink location=/tmp/x',
        "' ; rm",
        'x ! fakesink',
        '$(id)',
        '`id`',
        '\n',
        '%22',
      ),
    );
    const written = fc.tuple(nasty, nasty).map((parts) => parts.join('').replaceAll('\0', ''));
    fc.assert(
      fc.property(written, (text) => {
        expect(launchOf(`/videos/${text}`).text).toBe(fileText);
        const part = encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, ''));
        expect(launchOf(`rtsp://${part}:${part}@host/${part}?q=${part}`).text).toBe(rtspText);
        expect(launchOf(`http://host/${part}.x`).text).toBe(liveText);
        const raw = { safe: text, uri: text, path: text, device: text };
        for (const kind of ['rtsp', 'rtsps', 'http', 'https', 'file'] as const) {
          const chain = { ...software, softwareDecodersOnly: false };
          const options = { inputWidth: 416, inputHeight: 416, colour: 'bgr', live: true, chain } as const;
          const expected = kind.startsWith('rtsp') ? rtspText : liveText;
          expect(launchDescription({ ...raw, kind, live: true }, options).text).toBe(expected);
        }
      }),
    );
  });
});
