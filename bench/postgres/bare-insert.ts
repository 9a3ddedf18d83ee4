/**
 * The limit: one row of an action, inserted by the same driver with a commit each, by a process of its own. It is told
 * how many by IPC, and answers with the seconds.
 */
import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { actionParams } from '../../src/store/records/action.ts';
import { ACTIONS } from '../../src/store/statements/actions.ts';
import { makeAction, makeMachine } from '../../test/kit/store.ts';

const [url, callers, connections] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const pool = new Pool({ connectionString: url, max: connections });
const machine = makeMachine(1);
/** Of no machine's control, so that nothing but the row is written. */
const template = { ...makeAction(1, machine), control: null };
const query = { name: 'bare', text: ACTIONS.insertUncontrolled.text };
const parameters = (): unknown[] => actionParams({ ...template, id: randomUUID() });

async function run(count: number): Promise<number> {
  let left = count;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (left-- > 0) await pool.query({ ...query, values: parameters() });
    }),
  );
  return (performance.now() - began) / 1000;
}

process.on('message', (count: number) => void run(count).then((seconds) => process.send!(seconds)));
process.send!('ready');
