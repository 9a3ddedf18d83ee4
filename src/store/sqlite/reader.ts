import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Row, Statement, Value } from '../sql.ts';
import { numbered } from './dialect.ts';

/** Statements built from filters that are kept prepared; clients repeat theirs. */
const KEPT = 200;

export type Read = (statement: Statement, params: readonly Value[]) => readonly Row[];

/** Reads on one connection with prepared statements: named ones for ever, others while they are among the last used. */
export function createReader(database: DatabaseSync): Read {
  const named = new Map<string, StatementSync>();
  const recent = new Map<string, StatementSync>();

  const prepared = ({ name, text }: Statement): StatementSync => {
    if (name !== null) {
      const known = named.get(name);
      if (known !== undefined) return known;
      const fresh = database.prepare(numbered(text));
      named.set(name, fresh);
      return fresh;
    }
    const known = recent.get(text) ?? database.prepare(numbered(text));
    recent.delete(text);
    recent.set(text, known);
    if (recent.size > KEPT) recent.delete(recent.keys().next().value as string);
    return known;
  };

  return (statement, params) => prepared(statement).all(...params) as readonly Row[];
}
