import type { Row, Statement, Value } from '../sql.ts';
import type { Connection } from './connection.ts';
import { errorOf, unavailable } from './failure.ts';

/** Reads sent in one go: the first waits for the last of them. */
const MOST_TOGETHER = 64;
/** Reads that may wait; beyond it the database is slower than the callers. */
const MOST_WAITING = 10_000;

interface Waiting {
  readonly statement: Statement;
  readonly params: readonly Value[];
  resolve(rows: readonly Row[]): void;
  reject(error: Error): void;
}

export interface Reader {
  read(statement: Statement, params: readonly Value[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** Reads of one turn of the event loop travel together, over whichever connection is free. */
export function createReader(connections: readonly Connection[]): Reader {
  const idle = [...connections];
  let waiting: Waiting[] = [];
  let planned = false;

  /** A read that fails ends those behind it, which are then sent again. */
  const send = async (connection: Connection, reads: readonly Waiting[]): Promise<void> => {
    let left = reads;
    try {
      while (left.length > 0) {
        const { results, error } = await (await connection.session()).run(left);
        for (const [index, rows] of results.entries()) left[index]?.resolve(rows as readonly Row[]);
        if (error === null) return;
        left[results.length]?.reject(errorOf(error));
        left = left.slice(results.length + 1);
      }
    } catch (error) {
      for (const { reject } of left) reject(error as Error);
    }
  };

  const dispatch = (): void => {
    planned = false;
    while (waiting.length > 0) {
      const connection = idle.pop();
      if (connection === undefined) return;
      const reads = waiting.slice(0, MOST_TOGETHER);
      waiting = waiting.slice(MOST_TOGETHER);
      void send(connection, reads).then(() => {
        idle.push(connection);
        dispatch();
      });
    }
  };

  return {
    read(statement, params) {
      if (waiting.length >= MOST_WAITING) {
        return Promise.reject(unavailable('More is being read than the database can take.'));
      }
      if (!planned) {
        planned = true;
        setImmediate(dispatch);
      }
      return new Promise((resolve, reject) => waiting.push({ statement, params, resolve, reject }));
    },
    async close() {
      for (const { reject } of waiting) reject(unavailable('The server is stopping.'));
      waiting = [];
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
}
