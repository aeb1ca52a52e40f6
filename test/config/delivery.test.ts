import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { complaintOf } from '../store/fixture.ts';

const parse = (text: string) =>
  parseConfig(`${text}\ncameras: []`, '/srv/argus.yaml', { HOOK: key }, () => ({ live: true }));
const key = `whsec_${'A'.repeat(32)}`;

it('says who is told of firings, with secrets from the environment', () => {
  const config = parse(`
webhooks: [{url: 'https://example.org/hook', secret: '\${HOOK}'}]
mqtt: {url: 'mqtt://localhost:1883', user: argus}`);
  expect(config.webhooks).toEqual([{ url: 'https://example.org/hook', secret: key }]);
  expect(config.mqtt).toEqual({ url: 'mqtt://localhost:1883', topic: 'argus', user: 'argus' });
});

it('tells one address once', () => {
  const hook = "{url: 'https://example.org/hush', secret: '${HOOK}'}";
  const complaint = complaintOf(() => parse(`webhooks: [${hook}, ${hook}]`));
  expect(complaint).toMatch(/webhooks.*a url is given twice/);
  expect(complaint).not.toMatch(/hush/);
});

it('does not repeat a secret that it does not accept', () => {
  const complaint = complaintOf(() =>
    parse(`webhooks: [{url: 'ftp://hush@x', secret: hush}]
mqtt: {url: 'mqtt://me:hush@broker', topic: 'a/#', password: 4711}`),
  );
  expect(complaint.split('\n').map((line) => line.replace('/srv/argus.yaml:', ''))).toEqual([
    '1: webhooks[0].url: found something else (not shown here), url is an http:// or https:// address',
    expect.stringMatching(
      /^1: webhooks\[0\]\.secret: found something else \(not shown here\), secret is whsec_/,
    ),
    expect.stringMatching(/^2: mqtt\.url: found something else \(not shown here\), url is a mqtt:\/\//),
    '2: mqtt.topic: found "a/#", topic is a text without + and # and without a / at either end',
    expect.stringMatching(/^2: mqtt\.password: found something else \(not shown here\), password is a text/),
  ]);
  expect(complaint).not.toMatch(/hush|4711/);
});
