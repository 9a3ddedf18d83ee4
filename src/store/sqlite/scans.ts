import { Worker } from 'node:worker_threads';
import type { Row, Statement, Value } from '../sql.ts';
import { errorOf, unavailable } from './failure.ts';
import type { ScanAnswer, ScanRequest } from './scanner.ts';

/** Scans that may wait for each other. */
const MOST_WAITING = 64;

interface Waiting {
  resolve(rows: readonly Row[]): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

export interface Scans {
  scan(statement: Statement, params: readonly Value[], deadlineMs: number): Promise<readonly Row[]>;
  /** Scans that wait or run. */
  waiting(): number;
  close(): Promise<void>;
}

const tooLong = () =>
  unavailable('The query takes longer than the server allows; narrow it down or ask for less.');

/** The main thread's end of the scanner, which is started by the first scan. */
export function createScans(path: string): Scans {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let counter = 0;

  const take = (id: number): Waiting | undefined => {
    const found = waiting.get(id);
    if (found === undefined) return undefined;
    clearTimeout(found.timer);
    waiting.delete(id);
    if (waiting.size === 0) worker?.unref();
    return found;
  };

  const start = (): Worker => {
    const fresh = new Worker(new URL(`./scanner${extension()}`, import.meta.url), { workerData: { path } });
    fresh.on('message', (answer: ScanAnswer) => {
      const caller = take(answer.id);
      if ('rows' in answer) caller?.resolve(answer.rows);
      else caller?.reject(answer.late ? tooLong() : errorOf(answer.failed));
    });
    fresh.on('error', (cause) => {
      worker = null;
      for (const id of waiting.keys())
        take(id)?.reject(unavailable('The query could not be finished.', cause));
    });
    return fresh;
  };

  return {
    scan(statement, params, deadlineMs) {
      if (waiting.size >= MOST_WAITING) {
        return Promise.reject(unavailable('Too many long queries at once.'));
      }
      worker ??= start();
      worker.ref();
      const id = ++counter;
      const request: ScanRequest = { id, text: statement.text, params, until: Date.now() + deadlineMs };
      worker.postMessage(request);
      return new Promise((resolve, reject) => {
        // The scanner gives up by itself; this is for the caller of a scan that stands in line, or sorts what it found.
        const timer = setTimeout(() => take(id)?.reject(tooLong()), deadlineMs);
        waiting.set(id, { resolve, reject, timer });
      });
    },
    waiting: () => waiting.size,
    async close() {
      for (const id of waiting.keys()) take(id)?.reject(unavailable('The server is stopping.'));
      if (worker !== null) await worker.terminate();
    },
  };
}

/** Workers are TypeScript where this file is, and JavaScript where it was emitted. */
export const extension = (): string => (import.meta.url.endsWith('.ts') ? '.ts' : '.js');
