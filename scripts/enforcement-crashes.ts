/**
 * `npm run enforcement:crashes`: kills the agent between every two steps of a restriction and of a release, with the real
 * fapolicyd in a private world, starts it again, and looks whether the device is in the wanted mode and the action in its
 * true final state. Ends with 0 only if every case held.
 *
 *     npm run enforcement:crashes                       a table for people
 *     npm run enforcement:crashes -- --json             { "cases": N, "held": N } on standard output
 *     npm run enforcement:crashes -- --name REGEX       those cases only, such as '^unrestrict at trust'
 *
 * Progress goes to standard error. Needs root, and leaves the machine itself alone.
 */
import { parseArgs } from 'node:util';
import { crashCases, createCrashWorld, modeOf } from '../test/kit/crash-matrix.ts';
import { whyNoWorld } from '../test/kit/fapolicyd-world.ts';

const { json, name } = parseArgs({
  options: { json: { type: 'boolean', default: false }, name: { type: 'string', default: '' } },
}).values;

const reason = whyNoWorld();
if (reason !== null) {
  console.error(`The crash matrix cannot run here: it ${reason}.`);
  process.exit(2);
}

const wanted = new RegExp(name);
const cases = crashCases().filter(({ order, step }) => wanted.test(`${order} at ${step}`));
if (cases.length === 0) {
  console.error(`No case is called like ${name}.`);
  process.exit(2);
}
const failures: (string | null)[] = [];
await using world = await createCrashWorld();
for (const [index, one] of cases.entries()) {
  const started = performance.now();
  const failure = await outcome(one);
  failures.push(failure);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const said = failure === null ? 'held' : `FAILED: ${failure}`;
  console.error(`${index + 1}/${cases.length}  ${one.order} killed at ${one.step}: ${said} (${seconds} s)`);
}

const held = failures.filter((failure) => failure === null).length;
if (json) console.log(JSON.stringify({ cases: cases.length, held }));
else {
  for (const [index, { order, step }] of cases.entries())
    console.log(`${order.padEnd(10)}  ${step.padEnd(22)}  ${failures[index] === null ? 'held' : 'FAILED'}`);
  console.log(`\n${held} of ${cases.length} held`);
}
process.exitCode = held === cases.length ? 0 : 1;

/** Null when it held, else why not. What one case leaves must not be in the way of the next. */
async function outcome(one: (typeof cases)[number]): Promise<string | null> {
  try {
    await world.given(modeOf(one.order) === 'restricted' ? 'unrestricted' : 'restricted');
    await world.completes(one);
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message.split('\n')[0]! : String(thrown);
  } finally {
    await world.device.agent.kill();
  }
}
