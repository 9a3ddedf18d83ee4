import type { Dialect } from '../sql.ts';

export const POSTGRES: Dialect = {
  name: 'postgres',
  // Text is compared by bytes on every engine, whatever the database's own collation; a cast keeps that of its column.
  ddl: (text) => text.replace(/(?<=\w )(?<!\bas )text\b(?! collate)/g, 'text collate "C"'),
  contains: (text, part) => `(strpos(${text}, ${part}) > 0)`,
  jsonList: (column) => `json_agg(${column} order by ${column})::text`,
  // The planner has statistics, and a plan is made for the values of each nameless query.
  unindexed: (column) => column,
  // statement_timeout ends a long read.
  alive: () => '',
};
