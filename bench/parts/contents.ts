import { DatabaseSync } from 'node:sqlite';

/** Rows of all tables, and bytes of all pages, of a SQLite file that a server may be writing. */
export function contentsOf(path: string): { readonly rows: number; readonly bytes: number } {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
  try {
    const tables = database
      .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
      .all();
    const rows = tables.reduce(
      (sum, { name }) => sum + Number(database.prepare(`select count(*) as n from "${name}"`).get()!.n),
      0,
    );
    const pragma = (name: string) => Number(database.prepare(`pragma ${name}`).get()![name]);
    // Pages that are free were used before and are used again.
    return { rows, bytes: (pragma('page_count') - pragma('freelist_count')) * pragma('page_size') };
  } finally {
    database.close();
  }
}
