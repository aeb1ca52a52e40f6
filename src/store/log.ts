import { explained, type Connection } from './database.ts';

/** The write-ahead log of a database. It has pages as they were before something in them was deleted. */
export class WriteAheadLog {
  readonly #db: Connection;
  #mustGo = false;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** Something was deleted of which nothing may be left. */
  mustGo(): void {
    this.#mustGo = true;
  }

  /** Empties it where it must go, unless somebody is reading what it has: then to be called again. Waits for nobody. */
  empty(): void {
    if (!this.#mustGo) return;
    const patience = Number(this.#db.pragma('busy_timeout', { simple: true }));
    this.#db.pragma('busy_timeout = 0');
    try {
      const isBusy = explained(this.#db.name, () =>
        this.#db.pragma('wal_checkpoint(TRUNCATE)', { simple: true }),
      );
      this.#mustGo = isBusy !== 0;
    } finally {
      this.#db.pragma(`busy_timeout = ${patience}`);
    }
  }
}
