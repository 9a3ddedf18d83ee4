/**
 * Requests actions as fast as it can, writes the id of each accepted one on a line of its own, and kills itself after the
 * given number of them: at that moment others are being written.
 */
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { actionId, makeAction, makeMachine, makeRequest } from '../kit/store.ts';

const [path = '', first = '0', machines = '0', killAfter = '0'] = process.argv.slice(2);
const store = await openSqliteStore({ path, pid: process.pid });

let next = Number(first);
let accepted = 0;
async function lane(): Promise<void> {
  while (next < Number(first) + Number(machines)) {
    const number = next++;
    const action = makeAction(number, makeMachine(number));
    const { outcome } = await store.requestAction(makeRequest(action));
    if (outcome !== 'created') continue;
    writeSync(1, `${actionId(number)}\n`);
    accepted += 1;
    if (accepted === Number(killAfter)) process.kill(process.pid, 'SIGKILL');
  }
}
await Promise.all(Array.from({ length: 64 }, lane));
writeSync(1, 'all\n');
