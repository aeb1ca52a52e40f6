import type { Config } from '../config/load.ts';
import type { Channel } from '../deliver/contract.ts';
import { webhook } from '../deliver/webhook.ts';

/** Who is told when a watch fires, as configured. */
export async function channelsOf(
  { webhooks, mqtt }: Pick<Config, 'webhooks' | 'mqtt'>,
  log: (line: string) => void,
): Promise<Channel[]> {
  const posts = webhooks.map(({ url, secret }) => webhook({ url, secret, now: Date.now }));
  if (!mqtt) return posts;
  // Loaded where it is wanted alone: it is large, and every start of `argus mcp` would wait for it.
  const { mqttChannel } = await import('../deliver/mqtt.ts');
  return [...posts, mqttChannel({ ...mqtt, log })];
}
