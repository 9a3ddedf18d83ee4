import type { Dialect } from '../sql.ts';

/** Rows between two looks at the clock in a long read; a power of two, so that the test is one mask. */
const ROWS_BETWEEN = 1024;

/** Name of the SQL function that the scanner registers; it throws when the deadline has passed. */
export const ALIVE = 'cordon_alive';

export const SQLITE: Dialect = {
  name: 'sqlite',
  ddl: (text) => text,
  contains: (text, part) => `(instr(${text}, ${part}) > 0)`,
  jsonList: (column) => `json_group_array(${column} order by ${column})`,
  // A unary plus makes a term useless to the planner, which has no statistics and would choose between equals by chance.
  unindexed: (column) => `+${column}`,
  // node:sqlite can neither interrupt a running statement nor step it; a call per thousand rows costs nothing measurable.
  alive: (table) => `(${table}.rowid & ${ROWS_BETWEEN - 1} <> 0 or ${ALIVE}())`,
};

/** `$n` as `?n`: node:sqlite binds by position only what SQLite numbers. */
export const numbered = (text: string): string => text.replace(/\$(\d+)/g, '?$1');
