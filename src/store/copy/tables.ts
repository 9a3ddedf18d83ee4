import { text } from '../records/value.ts';
import { type Sql, statement } from '../sql.ts';
import { PASSING_TABLES } from '../statements/sessions.ts';

/** A table as a copy needs it. */
export interface CopiedTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of the primary key, in its order. */
  readonly key: readonly string[];
}

const NAMES = statement(
  null,
  `select name from sqlite_schema where type = 'table' and name not like 'sqlite~_%' escape '~'
     and name <> 'schema_version' order by name`,
);
const PASSING: ReadonlySet<string> = new Set(PASSING_TABLES);
const COLUMNS = statement(null, 'select name, pk from pragma_table_info($1) order by cid');
const PARENTS = statement(null, 'select distinct "table" as parent from pragma_foreign_key_list($1)');

/**
 * All tables of a SQLite database that a copy has, each behind those that it refers to. The database is asked, so that
 * none is forgotten; sessions are left out by name.
 */
export async function tablesOf(source: Sql): Promise<readonly CopiedTable[]> {
  const names = (await source.all(NAMES, []))
    .map((row) => text(row.name))
    .filter((name) => !PASSING.has(name));
  const parents = new Map<string, readonly string[]>();
  for (const name of names) {
    parents.set(
      name,
      (await source.all(PARENTS, [name])).map((row) => text(row.parent)),
    );
  }
  const ordered: string[] = [];
  const place = (name: string): void => {
    if (ordered.includes(name)) return;
    for (const parent of parents.get(name) ?? []) if (parent !== name) place(parent);
    ordered.push(name);
  };
  names.forEach(place);
  return Promise.all(ordered.map((name) => tableOf(source, name)));
}

async function tableOf(source: Sql, name: string): Promise<CopiedTable> {
  const rows = await source.all(COLUMNS, [name]);
  const keyed = rows
    .filter((row) => Number(row.pk) > 0)
    .toSorted((one, other) => Number(one.pk) - Number(other.pk));
  return { name, columns: rows.map((row) => text(row.name)), key: keyed.map((row) => text(row.name)) };
}
