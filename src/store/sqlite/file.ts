import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { INTERRUPTED } from '../interrupted.ts';
import { migrate } from '../migrate.ts';
import type { Sql } from '../sql.ts';
import { SQLITE } from './dialect.ts';
import { errorOf, failureOf, unavailable } from './failure.ts';
import { CLOSE, createGroup, type Receipt } from './group.ts';
import { lockDatabase } from './lock.ts';
import { migrationTarget } from './migrate.ts';
import { createPrivately, openReader, openWriter } from './open.ts';
import { createTurnReader } from './reader.ts';
import { createScans, extension } from './scans.ts';

/** How long a start waits for another process that migrates, in milliseconds. */
const MIGRATION_PATIENCE_MS = 10_000;

/** Name of the writer's thread, as the system shows it. */
export const WRITER_THREAD = 'store writer';

/** What a started writer has been told and not answered keeps the process alive; an idle one does not. */
function startWriter(path: string): Worker {
  return new Worker(new URL(`./writer${extension()}`, import.meta.url), {
    name: WRITER_THREAD,
    workerData: { path },
  });
}

/**
 * Opens a database file for this process alone: reads on a connection in this thread, writes in a worker, long reads in
 * another.
 * @param committed is told how many units shared each commit
 * @throws CordonError `DisallowedOperation` when another process has it, or when it is newer than this program.
 */
export async function openFileSql(
  path: string,
  pid: number,
  committed: (units: number) => void = () => {},
): Promise<Sql> {
  const lock = lockDatabase(path, pid);
  try {
    createPrivately(path);
    const database = openWriter(path, MIGRATION_PATIENCE_MS);
    try {
      await migrate(migrationTarget(database));
    } finally {
      database.close();
    }
    return assemble(path, lock.release, committed);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function assemble(path: string, release: () => void, committed: (units: number) => void): Sql {
  const reader = openReader(path);
  const { read, refresh } = createTurnReader(reader, setImmediate);
  const scans = createScans(path);
  let writer: Worker | null = null;
  let closed = false;

  const group = createGroup((shipment) => {
    writer ??= start();
    writer.ref();
    writer.postMessage(shipment);
  });
  const start = (): Worker => {
    const fresh = startWriter(path);
    fresh.on('message', (receipt: Receipt) => {
      refresh();
      group.receive(receipt);
      if ('outcomes' in receipt) committed(receipt.outcomes.length);
      if (group.waiting() === 0) fresh.unref();
    });
    fresh.on('error', (cause) => {
      // Whether the last group was committed is not known; its callers must look.
      group.abandon(unavailable(INTERRUPTED, cause));
      writer = null;
    });
    return fresh;
  };
  writer = start();
  writer.unref();

  return {
    dialect: SQLITE,
    exclusive: true,
    async all(statement, params) {
      try {
        return read(statement, params);
      } catch (error) {
        throw errorOf(failureOf(error));
      }
    },
    scan: scans.scan,
    batch: group.batch,
    waiting: () => ({ writes: group.waiting(), scans: scans.waiting() }),
    async close() {
      if (closed) return;
      closed = true;
      await group.idle();
      await scans.close();
      // The writer goes last: only such a connection moves the log into the file, and who reads alone cannot.
      refresh();
      reader.close();
      if (writer !== null) {
        const exit = once(writer, 'exit');
        writer.ref();
        writer.postMessage(CLOSE);
        await exit;
      }
      release();
    },
  };
}
