/**
 * The worker that writes: takes all shipments that have arrived, executes and commits them as one group, and sends the
 * outcomes back. A disk that takes its time holds up this thread only.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { createExecutor, type EncodedUnit } from './executor.ts';
import { CLOSE, type Receipt, type Shipment } from './group.ts';
import { openWriter } from './open.ts';

/** Units of one commit: bounds how long the first of them waits for the last. */
const MOST_TOGETHER = 512;

const port = parentPort;
if (port !== null) {
  const { path } = workerData as { path: string };
  const database = openWriter(path);
  const executor = createExecutor(database);
  let closing = false;

  const accept = (message: Shipment | typeof CLOSE, units: EncodedUnit[]): void => {
    if (message === CLOSE) {
      closing = true;
      return;
    }
    for (const [number, text] of message.statements) executor.register(number, text);
    units.push(...message.units);
  };

  port.on('message', (message: Shipment | typeof CLOSE) => {
    const units: EncodedUnit[] = [];
    accept(message, units);
    while (!closing && units.length < MOST_TOGETHER) {
      const more = receiveMessageOnPort(port) as { message: Shipment | typeof CLOSE } | undefined;
      if (more === undefined) break;
      accept(more.message, units);
    }
    if (units.length > 0) {
      const result = executor.run(units);
      const receipt: Receipt =
        'failed' in result ? { failed: result.failed, count: units.length } : { outcomes: result };
      port.postMessage(receipt);
    }
    if (closing) {
      database.close();
      port.close();
    }
  });
}
