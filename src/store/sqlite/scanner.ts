/**
 * The worker that does reads of unbounded cost, one after the other. A read looks at the clock every thousand rows
 * through the SQL function {@link ALIVE} and gives up at its deadline.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Row, Value } from '../sql.ts';
import { ALIVE } from './dialect.ts';
import { type Failure, failureOf } from './failure.ts';
import { openReader } from './open.ts';
import { createReader } from './reader.ts';

export interface ScanRequest {
  readonly id: number;
  readonly text: string;
  readonly params: readonly Value[];
  /** Milliseconds since 1970. */
  readonly until: number;
}
export type ScanAnswer =
  | { readonly id: number; readonly rows: readonly Row[] }
  | { readonly id: number; readonly failed: Failure; readonly late: boolean };

const port = parentPort;
if (port !== null) {
  const { path } = workerData as { path: string };
  const database = openReader(path);
  const read = createReader(database);
  let until = 0;
  let late = false;
  database.function(ALIVE, () => {
    late = Date.now() > until;
    if (late) throw new Error('deadline passed');
    return 1;
  });

  port.on('message', (request: ScanRequest | null) => {
    if (request === null) {
      database.close();
      port.close();
      return;
    }
    const { id, text, params } = request;
    until = request.until;
    late = Date.now() > until;
    let answer: ScanAnswer;
    try {
      if (late) throw new Error('deadline passed');
      answer = { id, rows: read({ name: null, text }, params) };
    } catch (error) {
      answer = { id, failed: failureOf(error), late };
    }
    port.postMessage(answer);
  });
}
