import type { Statement } from 'better-sqlite3';
import { explained, type Connection } from './database.ts';

type Values = Record<string, string | number>;

/** The queries of a connection, each prepared when it is first asked. Values are given by name. */
export class Statements {
  readonly #db: Connection;
  readonly #prepared = new Map<string, Statement<[Values]>>();

  constructor(db: Connection) {
    this.#db = db;
  }

  /** All rows; `Row` says what the columns of the query are. */
  all<Row>(text: string, values: Readonly<Values> = {}): Row[] {
    return explained(this.#db.name, () => this.#prepare(text).all(values) as Row[]);
  }

  /** The first row. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- only the asker knows the columns
  one<Row>(text: string, values: Readonly<Values> = {}): Row | undefined {
    return explained(this.#db.name, () => this.#prepare(text).get(values) as Row | undefined);
  }

  /** All rows, each as the list of its columns: cheaper where there are many. */
  rows<Row extends unknown[]>(text: string, values: Readonly<Values> = {}): Row[] {
    return explained(this.#db.name, () => this.#prepare(text).raw().all(values) as Row[]);
  }

  #prepare(text: string): Statement<[Values]> {
    let statement = this.#prepared.get(text);
    if (!statement) {
      statement = this.#db.prepare<[Values]>(text);
      this.#prepared.set(text, statement);
    }
    return statement;
  }
}
