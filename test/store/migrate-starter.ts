/** One of many that start at once: brings the database to the newest schema and says when it is done. */
import { parentPort, workerData } from 'node:worker_threads';
import { migrate } from '../../src/store/migrate.ts';
import { migrationTarget } from '../../src/store/sqlite/migrate.ts';
import { openWriter } from '../../src/store/sqlite/open.ts';

const { path } = workerData as { path: string };
parentPort?.once('message', async () => {
  const database = openWriter(path, 10_000);
  await migrate(migrationTarget(database));
  database.close();
  parentPort?.postMessage('done');
});
parentPort?.postMessage('waiting');
