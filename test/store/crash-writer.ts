/** Requests actions as fast as it can until it is killed, and writes the id of each accepted one on a line of its own. */
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { actionId, makeAction, makeMachine, makeRequest } from '../kit/store.ts';

const [path = '', first = '0', machines = '0'] = process.argv.slice(2);
const store = await openSqliteStore({ path, pid: process.pid });

let next = Number(first);
async function lane(): Promise<void> {
  while (next < Number(first) + Number(machines)) {
    const number = next++;
    const action = makeAction(number, makeMachine(number));
    const { outcome } = await store.requestAction(makeRequest(action));
    if (outcome === 'created') writeSync(1, `${actionId(number)}\n`);
  }
}
await Promise.all(Array.from({ length: 64 }, lane));
writeSync(1, 'all\n');
