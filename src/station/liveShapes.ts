import { ArgusError } from '../domain/errors.ts';
import type { Shape } from '../domain/event.ts';
import type { CameraId, ShapeId } from '../domain/ids.ts';
import { createEventEngine } from '../events/engine.ts';
import type { Writer } from '../store/writer.ts';
import type { CameraSession } from './cameraSession.ts';
import type { Committer } from './committer.ts';

export interface LiveShapesOptions {
  readonly writer: Pick<Writer, 'saveShape' | 'retireShape'>;
  readonly committer: Pick<Committer, 'flush' | 'isBehind'>;
  readonly sessionOf: (camera: CameraId) => CameraSession | undefined;
  readonly now: () => number;
  /** The session counts at other lines and zones than before. */
  readonly onChanged?: (session: CameraSession) => void;
}

/** Changes the lines and zones that are counted at while cameras are watched, in the store and in the event engines. */
export class LiveShapes {
  readonly #options: LiveShapesOptions;

  constructor(options: LiveShapesOptions) {
    this.#options = options;
  }

  /** Rejects with ArgusError where the shape is none, the configuration has its id, or it cannot be stored now. */
  async save(camera: CameraId, shape: Shape): Promise<void> {
    // It throws on a shape that it cannot watch: before anything is changed.
    createEventEngine(camera, [shape], { aspect: 1 });
    const { writer, sessionOf, now } = this.#options;
    await this.#catchUp();
    // Nothing waits from here on: no frame comes between what is stored and what the engine does.
    const session = sessionOf(camera);
    const isNew = writer.saveShape(camera, shape, now(), session?.countedFrom);
    if (isNew) session?.addShape(shape);
    else session?.renameShape(shape.id, shape.name);
    if (session) this.#options.onChanged?.(session);
  }

  /** Rejects with ArgusError where there is no such shape, or the configuration has it. */
  async remove(camera: CameraId, id: ShapeId): Promise<void> {
    await this.#catchUp();
    const { writer, sessionOf, now, onChanged } = this.#options;
    writer.retireShape(camera, id, now());
    const session = sessionOf(camera);
    session?.removeShape(id);
    if (session) onChanged?.(session);
  }

  /** Stores all frames that have come, so that the store knows every track that the engine does. */
  async #catchUp(): Promise<void> {
    await this.#options.committer.flush();
    if (!this.#options.committer.isBehind) return;
    throw new ArgusError('The database cannot be written now.', 'get_health says why; try again then.');
  }
}
