/**
 * The driver port: all that the store asks of a database engine. SQL is written once for all engines (design, part 9):
 * parameters are `$1`…`$n`, times 28-character text, flags 0 and 1, JSON opaque text.
 */

/** What a column or parameter holds. Integers stay below 2^53. */
export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

/** SQL text with `$n` parameters. Drivers keep named ones prepared for ever, nameless ones (built from filters) for a while. */
export interface Statement {
  readonly name: string | null;
  readonly text: string;
}

export const statement = (name: string | null, text: string): Statement => ({ name, text });

/** One statement of an atomic unit. */
export interface Step {
  readonly statement: Statement;
  readonly params: readonly Value[];
  /** The unit is refused, and nothing of it written, unless this step changes or returns at least one row. */
  readonly guard: boolean;
}

export const step = (statement: Statement, params: readonly Value[]): Step => ({
  statement,
  params,
  guard: false,
});
export const guard = (statement: Statement, params: readonly Value[]): Step => ({
  statement,
  params,
  guard: true,
});

/** Rows of a step with `returning`, else the number of rows it changed. */
export type StepResult = number | readonly Row[];

/** How a unit ended. `refused` is the position of the guard that found no row. */
export type Outcome =
  | { readonly done: true; readonly results: readonly StepResult[] }
  | { readonly done: false; readonly refused: number };

/** Where engines differ, as functions from SQL text to SQL text. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres';
  /** Adapts a migration: binary collation of every text column where the engine's default is another. */
  ddl(text: string): string;
  /** True when `text` has `part` in it, letter case counting; both are SQL text expressions. Null when either is null. */
  contains(text: string, part: string): string;
  /** JSON array text of a text column over the rows of a subquery, in the column's order; null or `[]` for no rows. */
  jsonList(column: string): string;
  /** A column that the planner must not look for in an index, because a better index was chosen for the query. */
  unindexed(column: string): string;
  /** Condition, always true, through which a long read notices its deadline; empty where the engine has its own means. */
  alive(table: string): string;
}

/**
 * An open database. Methods reject with `CordonError('ServiceUnavailable')` when the engine cannot do it now (disk
 * full, connection lost, deadline passed); any other rejection is a fault.
 */
export interface Sql {
  readonly dialect: Dialect;
  /** True when no other process can write to the database while it is open. */
  readonly exclusive: boolean;
  /** A read whose cost an index bounds. Sees every unit whose promise was resolved before. */
  all(statement: Statement, params: readonly Value[]): Promise<readonly Row[]>;
  /** A read of unbounded cost: runs where it holds up nobody else, and is given up at the deadline. */
  scan(statement: Statement, params: readonly Value[], deadlineMs: number): Promise<readonly Row[]>;
  /** Does the steps in order as one atomic unit, durable when the promise resolves. */
  batch(unit: readonly Step[]): Promise<Outcome>;
  /** Units that wait for their commit, and scans that wait or run. */
  waiting(): { readonly writes: number; readonly scans: number };
  /** Writes what is waiting, then lets go of the database. */
  close(): Promise<void>;
}
