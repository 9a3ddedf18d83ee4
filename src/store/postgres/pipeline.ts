/**
 * Sends many statements at once and reads their answers as they come, over one connection of `pg`. Its own pipeline mode
 * lets the server answer "ready" after each statement and describes each result anew; here one answer ends them all, and
 * a prepared statement is described once. `submit` and `handle…` are the interface of `pg` for kinds of query of one's own.
 */
import type { Client, Submittable } from 'pg';
import type { Row, Statement, StepResult, Value } from '../sql.ts';

/** One statement with its parameters. */
export interface Call {
  readonly statement: Statement;
  readonly params: readonly Value[];
}

/** Results in order up to the first failure; what stands behind it was not executed. */
export interface Answers {
  readonly results: readonly StepResult[];
  readonly error: unknown;
}

interface Field {
  readonly name: string;
  readonly dataTypeID: number;
}

/** What a connection knows of the statements prepared on it. */
export interface Prepared {
  /** Columns of a result; null when it has none. */
  readonly fields: Map<string, readonly Field[] | null>;
  /** Statements whose preparation may have failed. */
  readonly doubtful: Set<string>;
}

export const nothingPrepared = (): Prepared => ({ fields: new Map(), doubtful: new Set() });

/** The part of the connection of `pg` that writes messages. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: (string | null)[] }): void;
  describe(message: { type: 'S'; name: string }): void;
  execute(message: object): void;
  close(message: { type: 'S'; name: string }): void;
  sync(): void;
}

/** What `pg` calls while the server answers. */
interface Handlers extends Submittable {
  handleRowDescription(message: { fields: readonly Field[] }): void;
  handleDataRow(message: { fields: readonly (string | null)[] }): void;
  handleCommandComplete(message: { text: string }): void;
  handleEmptyQuery(): void;
  handleError(error: unknown): void;
  handleReadyForQuery(): void;
}

/** Object identifiers of `int8`, `int2` and `int4`; all else travels as text. */
const INTEGERS = new Set([20, 21, 23]);

const textOf = (value: Value): string | null => (value === null ? null : String(value));

function rowOf(fields: readonly Field[], values: readonly (string | null)[]): Row {
  const row: Record<string, Value> = {};
  for (let index = 0; index < fields.length; index += 1) {
    const { name, dataTypeID } = fields[index] as Field;
    const value = values[index] as string | null;
    row[name] = value !== null && INTEGERS.has(dataTypeID) ? Number(value) : value;
  }
  return row;
}

/** Sends the calls in one go. All in one transaction, unless they begin one themselves. Never rejects. */
export function runPipeline(client: Client, prepared: Prepared, calls: readonly Call[]): Promise<Answers> {
  return new Promise((resolve) => client.query(pipeline(prepared, calls, resolve)));
}

function pipeline(prepared: Prepared, calls: readonly Call[], done: (answers: Answers) => void): Handlers {
  const results: StepResult[] = [];
  let rows: Row[] = [];
  let fields: readonly Field[] | null = null;
  /** Statements prepared within these calls, by their position. */
  const fresh = new Map<number, string>();
  const preparing = new Set<string>();

  const send = (wire: Wire, { statement, params }: Call, index: number): void => {
    const name = statement.name ?? '';
    const known = name !== '' && (prepared.fields.has(name) || preparing.has(name));
    if (!known) {
      preparing.add(name);
      if (prepared.doubtful.has(name)) wire.close({ type: 'S', name });
      fresh.set(index, name);
      wire.parse({ name, text: statement.text });
      wire.describe({ type: 'S', name });
    }
    wire.bind({ statement: name, values: params.map(textOf) });
    wire.execute({});
  };
  const ended = (error: unknown): void => done({ results, error });

  return {
    submit(connection: unknown) {
      const wire = connection as Wire;
      wire.stream.cork();
      try {
        for (const [index, call] of calls.entries()) send(wire, call, index);
        wire.sync();
      } finally {
        wire.stream.uncork();
      }
    },
    handleRowDescription(message: { fields: readonly Field[] }) {
      fields = message.fields;
    },
    handleDataRow(message: { fields: readonly (string | null)[] }) {
      fields ??= prepared.fields.get(calls[results.length]?.statement.name ?? '') ?? [];
      rows.push(rowOf(fields, message.fields));
    },
    handleCommandComplete(message: { text: string }) {
      const index = results.length;
      const name = calls[index]?.statement.name ?? '';
      if (fresh.has(index) && name !== '') {
        prepared.fields.set(name, fields);
        prepared.doubtful.delete(name);
      }
      const returns = (fields ?? prepared.fields.get(name) ?? null) !== null;
      results.push(returns ? rows : Number(/\d+$/.exec(message.text)?.[0] ?? 0));
      rows = [];
      fields = null;
    },
    handleEmptyQuery() {
      results.push(0);
    },
    handleError(error: unknown) {
      const name = fresh.get(results.length);
      if (name !== undefined && name !== '') prepared.doubtful.add(name);
      ended(error);
    },
    handleReadyForQuery() {
      ended(null);
    },
  };
}
