/** Small makers of SQL text, so that column lists and parameter numbers are counted by the machine. */

/** `$from, $from+1, …`, `count` of them. */
export const parameters = (count: number, from = 1): string =>
  Array.from({ length: count }, (_, index) => `$${from + index}`).join(', ');

/** `insert into table (columns) values ($1, …)`. */
export const insertInto = (table: string, columns: readonly string[]): string =>
  `insert into ${table} (${columns.join(', ')}) values (${parameters(columns.length)})`;

/** The columns with a table's alias before each. */
export const prefixed = (alias: string, columns: readonly string[]): string =>
  columns.map((column) => `${alias}.${column}`).join(', ');
