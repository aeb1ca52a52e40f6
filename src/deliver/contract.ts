import type { WatchId } from '../domain/ids.ts';
import type { WatchNotice } from '../domain/watch.ts';

/** Somebody outside who is told when a watch fires. */
export interface Channel {
  /** Names it in the database; nothing secret. */
  readonly id: string;
  /** For the log; nothing secret. */
  readonly label: string;
  /** Whether it can be tried now; where it cannot, `onReady` says when it can. */
  readonly ready: boolean;
  /** Resolves once the other side has it. Rejects with DeliveryError. */
  send(notice: WatchNotice, signal: AbortSignal): Promise<void>;
  /** Tells how a watch is now, where that is kept; undefined: it was deleted. */
  readonly show?: (watch: WatchId, latest: WatchNotice | 'quiet' | undefined) => void;
  /** Called whenever it has become ready. */
  onReady?: () => void;
  close(): Promise<void>;
}

/** That a notice could not be delivered; its message has nothing secret in it. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  /** Whether to try again would be in vain. */
  readonly final: boolean;

  constructor(message: string, final = false, options?: ErrorOptions) {
    super(message, options);
    this.final = final;
  }
}

/** What is sent, of every channel. */
export function payloadOf(notice: WatchNotice): Record<string, unknown> {
  const iso = (ms: number) => new Date(ms).toISOString();
  const { count } = notice;
  return {
    type: 'watch.fired',
    timestamp: iso(notice.storedMs),
    data: {
      firing_id: notice.firing,
      watch_id: notice.watch,
      watch: notice.name,
      rule: notice.rule,
      camera_id: notice.camera,
      camera: notice.cameraName,
      time: iso(notice.timeMs),
      since: iso(notice.sinceMs),
      ...(count !== undefined && { count }),
      track_ids: notice.tracks,
      event_ids: notice.events,
    },
  };
}
