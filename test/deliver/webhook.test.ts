import { createHmac, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { DeliveryError } from '../../src/deliver/contract.ts';
import { webhook } from '../../src/deliver/webhook.ts';
import { notice } from './notice.ts';
import { startReceiver, type Received } from './receiver.ts';

const key = randomBytes(32);
const secret = `whsec_${key.toString('base64')}`;
const now = () => Date.UTC(2026, 10, 22, 23);
const { signal } = new AbortController();

/** As https://www.standardwebhooks.com/ tells receivers to check. */
function isGenuine({ headers, body }: Received): boolean {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

it('posts what fired, signed, under the same id at every try', async () => {
  const receiver = await startReceiver();
  const hook = webhook({ url: receiver.url, secret, now });
  await hook.send(notice(), signal);
  await hook.send(notice(), signal);
  const [first, second] = await receiver.until(2);
  if (!first || !second) throw new Error('nothing came');
  expect([isGenuine(first), isGenuine({ ...first, body: `${first.body} ` })]).toEqual([true, false]);
  expect(first.headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-timestamp': String(now() / 1000),
  });
  expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
  expect(JSON.parse(first.body)).toEqual({
    type: 'watch.fired',
    timestamp: '2026-11-22T22:00:31.000Z',
    data: {
      firing_id: 'f12',
      watch_id: 'w3',
      watch: 'crowd in dock',
      rule: 'more than 3 person in zone bay of dock for 30 s',
      camera_id: 'dock',
      camera: 'Laderampe',
      time: '2026-11-22T22:00:30.000Z',
      since: '2026-11-22T22:00:00.000Z',
      count: 4,
      track_ids: ['dock-1-7'],
      event_ids: ['e9'],
    },
  });
});

it.each([
  [500, 'it answered 500', false],
  [302, 'it answered 302', false],
  [410, 'it answered 410', true],
  [0, 'it could not be reached', false],
])('of an answer %d says "%s"', async (status, message, final) => {
  const receiver = await startReceiver();
  receiver.answers.push(status);
  const hook = webhook({ url: `${receiver.url}/token-4711`, secret, now });
  const error = await hook.send(notice(), signal).then(
    () => undefined,
    (thrown: unknown) => thrown as DeliveryError,
  );
  expect(error?.name).toBe('DeliveryError');
  expect(error?.message).toContain(message);
  expect(error?.final).toBe(final);
  // What leads somewhere else is not followed, and nothing secret is told.
  expect(receiver.received).toHaveLength(1);
  expect(`${error?.message} ${hook.label} ${hook.id}`).not.toContain('4711');
});

it('sends user and password of its address as such, not in the address', async () => {
  const receiver = await startReceiver();
  const hook = webhook({ url: receiver.url.replace('//', '//me:p%40ss@'), secret, now });
  await hook.send(notice(), signal);
  const expected = Buffer.from('me:p@ss').toString('base64');
  expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${expected}`);
  expect(hook.label).not.toContain('p%40ss');
});
