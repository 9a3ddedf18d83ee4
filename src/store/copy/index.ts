/**
 * Moves everything of one database into another that is empty. A database whose copy was interrupted is marked, is
 * served by nobody, and is emptied by the next attempt.
 */
import { CordonError } from '../../domain/error.ts';
import { type Sql, statement, step } from '../sql.ts';
import { CONTROLS } from '../statements/controls.ts';
import { KEYS } from '../statements/keys.ts';
import { type Contents, insertSteps, readTable, UNFINISHED } from './rows.ts';
import { type CopiedTable, tablesOf } from './tables.ts';

export { UNFINISHED };

export interface CopyOptions {
  /** A SQLite database. */
  readonly from: Sql;
  /** A PostgreSQL database. */
  readonly to: Sql;
  /** Epoch of the copy: devices count generations anew within it. */
  readonly epoch: string;
  /** Ends the copy between two pages. */
  readonly signal: AbortSignal;
  /** Told after each page. */
  readonly progress: (table: string, rows: number) => void;
}

/** A table that was copied. */
export interface CopiedContents extends Contents {
  readonly table: string;
}

/**
 * Copies all tables, reads them back, and compares counts and digests.
 * @throws CordonError `DisallowedOperation` when the target is not empty, the source is an emulator's or itself half a
 *   copy, the contents differ, or the signal ended it
 */
export async function copyDatabase(options: CopyOptions): Promise<readonly CopiedContents[]> {
  const { from, to, epoch, progress } = options;
  const tables = await tablesOf(from);
  await requireServable(from);
  await prepare(to, tables);
  const copied: CopiedContents[] = [];
  for (const table of tables) {
    const source = await readTable(from, table, async (rows) => {
      requireGoing(options.signal);
      await to.batch(insertSteps(table, rows));
      progress(table.name, rows.length);
    });
    copied.push({ table: table.name, ...source });
  }
  for (const [index, table] of tables.entries()) {
    const there = await readTable(to, table, async () => requireGoing(options.signal));
    const here = copied[index] as CopiedContents;
    if (there.rows === here.rows && there.digest === here.digest) continue;
    throw refused(
      `Table ${table.name} differs: ${here.rows} rows with digest ${here.digest} were read and ` +
        `${there.rows} with ${there.digest} are there. Somebody else writes to the target; copy again.`,
    );
  }
  // Until the database knows how many rows there are, it looks through whole tables for some, and gives up at the time limit.
  for (const { name } of tables) await to.batch([step(statement(null, `analyze ${name}`), [])]);
  await to.batch([
    step(KEYS.change, ['epoch', epoch]),
    step(CONTROLS.doubtAll, []),
    step(FINISH, [UNFINISHED]),
  ]);
  return copied;
}

const FINISH = statement('finish copy', 'delete from setting where name = $1');

const refused = (message: string): CordonError => new CordonError('DisallowedOperation', message);

async function setting(sql: Sql, name: string): Promise<boolean> {
  return (await sql.all(KEYS.setting, [name])).length > 0;
}

async function requireServable(from: Sql): Promise<void> {
  if (await setting(from, 'emulator'))
    throw refused('The source was made by an emulator, whose credentials everybody knows; it is not copied.');
  if (await setting(from, UNFINISHED)) throw refused('The source is itself a copy that was not finished.');
}

/** Empties a target that an interrupted copy left, and marks it as unfinished. */
async function prepare(to: Sql, tables: readonly CopiedTable[]): Promise<void> {
  if (await setting(to, UNFINISHED)) {
    // Deleting millions of rows takes longer than a statement may; `truncate` is the target's own word for it.
    const empty = statement('empty all', `truncate ${tables.map(({ name }) => name).join(', ')}`);
    await to.batch([step(empty, []), step(KEYS.change, [UNFINISHED, 'unfinished'])]);
    return;
  }
  for (const { name } of tables) {
    const found = await to.all(statement(null, `select 1 as present from ${name} limit 1`), []);
    if (found.length > 0)
      throw refused(
        `The target is not empty: there are rows in ${name}. Give "cordon store copy" an empty one.`,
      );
  }
  await to.batch([step(KEYS.change, [UNFINISHED, 'unfinished'])]);
}

function requireGoing(signal: AbortSignal): void {
  if (signal.aborted)
    throw refused(
      'The copy was interrupted. The target is of no use until the same command has run to its end.',
    );
}
