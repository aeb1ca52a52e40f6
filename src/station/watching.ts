import type { Channel } from '../deliver/contract.ts';
import type { Shape, TrackEvent } from '../domain/event.ts';
import type { CameraId, EventId } from '../domain/ids.ts';
import type { EndReason } from '../store/types.ts';
import type { WatchRows } from '../store/watches.ts';
import { Dispatcher } from './dispatcher.ts';
import { WatchKeeper } from './watchKeeper.ts';

export interface WatchingOptions {
  readonly rows: WatchRows;
  readonly cameras: readonly {
    readonly id: CameraId;
    readonly name: string;
    readonly shapes: readonly Shape[];
  }[];
  readonly channels: readonly Channel[];
  readonly now: () => number;
  readonly log: (line: string) => void;
}

const tickMs = 1_000;

/** The watches of a station and who is told of what they find, with the clock that both need. */
export class Watching {
  readonly keeper: WatchKeeper;
  readonly #dispatcher: Dispatcher;
  readonly #timer: NodeJS.Timeout;

  constructor({ rows, cameras, channels, now, log }: WatchingOptions) {
    const names = new Map<string, string>(cameras.map(({ id, name }) => [id, name]));
    this.#dispatcher = new Dispatcher({
      channels,
      rows,
      cameraName: (camera) => names.get(camera) ?? camera,
      now,
      log,
    });
    this.keeper = new WatchKeeper({
      rows,
      cameras,
      channels: channels.map(({ id }) => id),
      now,
      log,
      onNews: () => this.#dispatcher.wake(),
    });
    this.#timer = setInterval(() => this.keeper.tick(), tickMs);
    this.#timer.unref();
  }

  /** @param events what the end of the run made happen @param ids under which they are stored, in the same order */
  endRun(camera: CameraId, reason: EndReason, events: readonly TrackEvent[], ids: readonly EventId[]): void {
    const stored = events.flatMap((event, i): [TrackEvent, EventId][] => {
      const id = ids[i];
      return id === undefined ? [] : [[event, id]];
    });
    // That somebody left because the watching was ended is nothing that happened.
    const isLast = reason === 'finished';
    this.keeper.end(camera, new Map(isLast ? stored : []), isLast);
    // One that was given up is missed, and one that is about to be begun again; one that was stopped is not.
    if (isLast || reason === 'stopped') this.keeper.expect(camera, false);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#dispatcher.stop();
  }
}
