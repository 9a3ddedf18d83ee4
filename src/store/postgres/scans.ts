import { type Row, type Statement, statement, type Value } from '../sql.ts';
import type { Connection } from './connection.ts';
import { errorOf, isTimedOut, unavailable } from './failure.ts';

/** Scans that may wait for each other. */
const MOST_WAITING = 64;

const LIMIT = statement('limit time', "select set_config('statement_timeout', $1, false)");

const tooLong = () =>
  unavailable('The query takes longer than the server allows; narrow it down or ask for less.');

export interface Scans {
  scan(statement: Statement, params: readonly Value[], deadlineMs: number): Promise<readonly Row[]>;
  /** Scans that wait or run. */
  waiting(): number;
  close(): Promise<void>;
}

/** Long reads on connections of their own, one at a time on each; the server ends one at its deadline. */
export function createScans(connections: readonly Connection[]): Scans {
  const idle = [...connections];
  const waiting: ((connection: Connection) => void)[] = [];

  const run = async (
    connection: Connection,
    asked: Statement,
    params: readonly Value[],
    milliseconds: number,
  ) => {
    const session = await connection.session();
    const { results, error } = await session.run([
      { statement: LIMIT, params: [Math.max(1, milliseconds)] },
      { statement: asked, params },
    ]);
    if (error === null) return results[1] as readonly Row[];
    throw isTimedOut(error) ? tooLong() : errorOf(error);
  };

  return {
    scan(asked, params, deadlineMs) {
      if (waiting.length >= MOST_WAITING)
        return Promise.reject(unavailable('Too many long queries at once.'));
      return new Promise((resolve, reject) => {
        let late = false;
        // For a caller who stands in line, or whose server says nothing.
        const timer = setTimeout(() => {
          late = true;
          reject(tooLong());
        }, deadlineMs);
        const start = (connection: Connection): void => {
          const done = late
            ? Promise.resolve()
            : run(connection, asked, params, deadlineMs).then(resolve, reject);
          void done.finally(() => {
            clearTimeout(timer);
            const next = waiting.shift();
            if (next === undefined) idle.push(connection);
            else next(connection);
          });
        };
        const free = idle.pop();
        if (free === undefined) waiting.push(start);
        else start(free);
      });
    },
    waiting: () => waiting.length + connections.length - idle.length,
    close: async () => void (await Promise.all(connections.map((connection) => connection.close()))),
  };
}
