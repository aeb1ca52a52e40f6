import { setTimeout as wait } from 'node:timers/promises';
import { connect, type MqttClient } from 'mqtt';
import { DeliveryError, payloadOf, type Channel } from './contract.ts';

export interface MqttOptions {
  /** mqtt://, mqtts://, ws:// or wss://, without credentials. */
  readonly url: string;
  /** What all topics begin with. */
  readonly topic: string;
  readonly user?: string;
  readonly password?: string;
  /** Told once of each reason why the broker cannot be reached, and when it can again. */
  readonly log: (line: string) => void;
}

/** Between tries to reach the broker. */
const reconnectMs = 5_000;
/** A broker that has not acknowledged by then is tried again. */
const patienceMs = 10_000;
/** Who stops waits no longer for a last word or the end of the connection. */
const partingMs = 1_000;

/**
 * Tells an MQTT broker, with QoS 1: each firing at `<topic>/watch/<id>/fired`, how each watch is now, retained, at
 * `<topic>/watch/<id>/state`, and, retained, at `<topic>/status` whether the station is there.
 */
export function mqttChannel(options: MqttOptions): Channel {
  const { url, topic, user, password, log } = options;
  const label = `MQTT broker at ${new URL(url).host}`;
  const status = `${topic}/status`;
  const client = connect(url, {
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    reconnectPeriod: reconnectMs,
    connectTimeout: patienceMs,
    resubscribe: false,
    // What could not be delivered waits in the database, not in memory.
    queueQoSZero: false,
    will: { topic: status, payload: Buffer.from('offline'), qos: 1, retain: true },
  });
  const channel: Channel = {
    id: 'mqtt',
    label,
    get ready() {
      return client.connected;
    },
    send: (notice, signal) =>
      publish(
        client,
        `${topic}/watch/${notice.watch}/fired`,
        JSON.stringify(payloadOf(notice)),
        false,
        signal,
      ),
    show: (watch, latest) => {
      if (client.connected)
        client.publish(`${topic}/watch/${watch}/state`, stateOf(latest), retained, ignore);
    },
    close: async () => {
      if (client.connected)
        await Promise.race([publish(client, status, 'offline', true).catch(ignore), partingTime()]);
      // A broker that goes at the same moment leaves the library waiting for ever.
      await Promise.race([client.endAsync(true), partingTime()]);
    },
  };
  let lastReason: string | undefined;
  client.on('connect', () => {
    if (lastReason !== undefined) log(`The ${label} is reached again.`);
    lastReason = undefined;
    client.publish(status, 'online', retained, ignore);
    channel.onReady?.();
  });
  client.on('error', (error) => {
    const reason = reasonOf(error);
    if (reason !== lastReason) log(`The ${label} is not reached: ${reason}.`);
    lastReason = reason;
  });
  return channel;
}

const partingTime = () => wait(partingMs, undefined, { ref: false });

const retained = { qos: 1, retain: true } as const;
/** What is retained is told anew at the next connection. */
const ignore = (): void => undefined;

function stateOf(latest: Parameters<NonNullable<Channel['show']>>[1]): string {
  // An empty message takes a retained one away.
  if (latest === undefined) return '';
  if (latest === 'quiet') return JSON.stringify({ state: 'off' });
  return JSON.stringify({ state: latest.open ? 'on' : 'off', ...(payloadOf(latest)['data'] as object) });
}

async function publish(
  client: MqttClient,
  topic: string,
  payload: string,
  retain: boolean,
  signal?: AbortSignal,
): Promise<void> {
  if (!client.connected) throw new DeliveryError('it is not reached');
  // A timer of its own: in Node 20 a signal of AbortSignal.any may be collected before it fires.
  await new Promise<void>((resolve, reject) => {
    const giveUp = () => {
      reject(new DeliveryError('it did not acknowledge'));
    };
    const timer = setTimeout(giveUp, patienceMs);
    signal?.addEventListener('abort', giveUp, { once: true });
    client
      .publishAsync(topic, payload, { qos: 1, retain })
      .then(() => {
        resolve();
      })
      .catch((error: unknown) => {
        reject(new DeliveryError(reasonOf(error), false, { cause: error }));
      })
      .finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
      });
  });
}

/** The messages of the library and of brokers do not have the password in them; its address it may have. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error ? String(error.code) : undefined;
  return code !== undefined && /^[A-Z_]+$/.test(code) ? code : error.message.replaceAll(/\w+:\/\/\S+/g, '…');
}
