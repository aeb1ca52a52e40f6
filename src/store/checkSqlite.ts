import Database from 'better-sqlite3';

/** Version of SQLite, after a table with an R*Tree was made in memory. Throws when the library cannot do that. */
export function checkSqlite(): string {
  const db = new Database(':memory:');
  try {
    db.exec('CREATE VIRTUAL TABLE probe USING rtree_i32(id, a, b)');
    const row = db.prepare<[], { version: string }>('SELECT sqlite_version() AS version').get();
    return row?.version ?? 'unknown';
  } finally {
    db.close();
  }
}
