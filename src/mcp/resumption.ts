import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

/** Pictures are in some messages; a client that lost more asks again. */
const mostBytes = 2_000_000;

interface Kept {
  readonly stream: string;
  readonly message: JSONRPCMessage;
  readonly bytes: number;
}

/** Keeps the last messages of a session, for a client whose connection broke while they were under way. */
export function createResumption(): EventStore {
  const kept = new Map<string, Kept>();
  let bytes = 0;
  let last = 0;
  return {
    storeEvent: (stream, message) => {
      const id = String(++last);
      const size = JSON.stringify(message).length;
      kept.set(id, { stream, message, bytes: size });
      bytes += size;
      for (const [oldest, { bytes: freed }] of kept) {
        if (bytes <= mostBytes || oldest === id) break;
        kept.delete(oldest);
        bytes -= freed;
      }
      return Promise.resolve(id);
    },
    getStreamIdForEventId: (id) => Promise.resolve(kept.get(id)?.stream),
    replayEventsAfter: async (after, { send }) => {
      const stream = kept.get(after)?.stream;
      if (stream === undefined) throw new Error(`Event ${after} is not kept any more.`);
      const missed = [...kept].filter(([id, one]) => one.stream === stream && Number(id) > Number(after));
      for (const [id, { message }] of missed) await send(id, message);
      return stream;
    },
  };
}
