import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Aedes, type Client } from 'aedes';
import { onTestFinished } from 'vitest';

/** A real MQTT broker on this machine. */
export interface Broker {
  readonly port: number;
  readonly url: string;
  /** What was published, without what the broker itself says. */
  readonly messages: {
    readonly topic: string;
    readonly payload: string;
    readonly qos: number;
    readonly retain: boolean;
  }[];
  until(condition: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** @param password that clients must give, with any user */
export async function startBroker({
  port = 0,
  password,
}: { port?: number; password?: string } = {}): Promise<Broker> {
  const broker = await Aedes.createBroker({
    authenticate: (_client: Client, _user, given, done) =>
      done(null, password === undefined || given?.toString() === password),
  });
  const messages: Broker['messages'] = [];
  const waiting = new Set<() => void>();
  broker.on('publish', ({ topic, payload, qos, retain }, client) => {
    if (!client) return;
    messages.push({ topic, payload: payload.toString(), qos, retain });
    for (const wake of waiting) wake();
  });
  const server: Server = createServer((socket) => {
    broker.handle(socket);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= new Promise((resolve) => {
      broker.close(() => server.close(() => resolve()));
    }));
  onTestFinished(stop);
  const { port: taken } = server.address() as AddressInfo;
  return {
    port: taken,
    url: `mqtt://127.0.0.1:${taken}`,
    messages,
    until: async (condition) => {
      while (!condition()) {
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
    stop,
  };
}
