import { createHash } from 'node:crypto';
import { type Row, type Sql, type Statement, type Step, statement, step } from '../sql.ts';
import { parameters } from '../statements/text.ts';
import type { CopiedTable } from './tables.ts';

/** Rows read at once. */
const PAGE = 2000;
/** Parameters of one insert, far below what engines take. */
const PARAMETERS = 4000;

/** The setting that marks a database whose copy is not complete; it is of no row that is copied. */
export const UNFINISHED = 'copy';

/** Rows and their digest; equal for equal contents on every engine. */
export interface Contents {
  readonly rows: number;
  /** SHA-256 over the rows in the order of the key, hexadecimal. */
  readonly digest: string;
}

/** Reads a table page by page in the order of its key, gives each page away, and sums up what was read. */
export async function readTable(
  sql: Sql,
  table: CopiedTable,
  take: (rows: readonly Row[]) => Promise<void>,
): Promise<Contents> {
  const hash = createHash('sha256');
  const order = table.key.join(', ');
  const select = `select ${table.columns.join(', ')} from ${table.name}`;
  let rows = 0;
  let last: Row | null = null;
  for (;;) {
    const after: string = last === null ? '' : `where (${order}) > (${parameters(table.key.length)})`;
    const params = last === null ? [] : table.key.map((column) => (last as Row)[column] ?? null);
    const text = `${select} ${after} order by ${order} limit ${PAGE}`;
    const found: readonly Row[] = await sql.all(statement(null, text), params);
    const page = found.filter((row) => table.name !== 'setting' || row.name !== UNFINISHED);
    for (const row of page) hash.update(JSON.stringify(table.columns.map((column) => row[column])));
    rows += page.length;
    if (page.length > 0) await take(page);
    last = found.at(-1) ?? null;
    if (found.length < PAGE) return { rows, digest: hash.digest('hex') };
  }
}

/** Steps that insert rows, many by each. */
export function insertSteps(table: CopiedTable, rows: readonly Row[]): Step[] {
  const most = Math.max(1, Math.floor(PARAMETERS / table.columns.length));
  const steps: Step[] = [];
  for (let start = 0; start < rows.length; start += most) {
    const some = rows.slice(start, start + most);
    const params = some.flatMap((row) => table.columns.map((column) => row[column] ?? null));
    steps.push(step(insertOf(table, some.length), params));
  }
  return steps;
}

function insertOf({ name, columns }: CopiedTable, count: number): Statement {
  const values = Array.from(
    { length: count },
    (_, index) => `(${parameters(columns.length, index * columns.length + 1)})`,
  );
  return statement(
    `copy ${count} of ${name}`,
    `insert into ${name} (${columns.join(', ')}) values ${values.join(', ')}`,
  );
}
