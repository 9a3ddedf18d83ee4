/**
 * `npm run faults`: rounds of load with one fault each, on SQLite and on PostgreSQL at the same time, and a verdict over
 * all that was accepted. Ends with 0 only if nothing was lost, doubled or left in a wrong mode.
 *
 *     npm run faults                                         a verdict for people
 *     npm run faults -- --seed 7 --rounds 100 --json         { rounds, accepted, lost, doubled, wrongMode }
 *     npm run faults -- --engine sqlite --fault kill         only these rounds
 *
 * Progress and what was broken go to standard error. The same seed draws the same faults and requests.
 */
import { parseArgs } from 'node:util';
import type { ViolationKind } from '../test/kit/faults/checker.ts';
import { runFaults } from '../test/kit/faults/run.ts';
import { ENGINES, type Engine } from '../test/kit/faults/site.ts';
import { FAULTS } from '../test/kit/faults/table.ts';
import { whyNoPostgres } from '../test/kit/postgres.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '20' },
    requests: { type: 'string', default: '60' },
    devices: { type: 'string', default: '12' },
    pause: { type: 'string', default: '5' },
    engine: { type: 'string', multiple: true },
    fault: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
  },
});
const say = (text: string) => void process.stderr.write(`${text}\n`);

const whole = (name: 'seed' | 'rounds' | 'requests' | 'devices' | 'pause'): number => {
  if (/^[1-9]\d{0,8}$/.test(values[name])) return Number(values[name]);
  say(`--${name} is a whole number from 1, not ${values[name]}.`);
  process.exit(2);
};
const unknown = [
  ...(values.engine ?? []).filter((name) => !(ENGINES as readonly string[]).includes(name)),
  ...(values.fault ?? []).filter((name) => !FAULTS.some((fault) => fault.name === name)),
];
if (unknown.length > 0) {
  say(`Unknown: ${unknown.join(', ')}. Faults are ${FAULTS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
for (const { name, whyNot } of FAULTS) {
  const missing = whyNot?.() ?? null;
  if (missing !== null) say(`left out: ${name}, ${missing}`);
}
const reason = whyNoPostgres();
if (reason !== null && values.engine === undefined) say(`left out: PostgreSQL, ${reason}`);
const engines = (values.engine ?? (reason === null ? ['sqlite', 'postgres'] : ['sqlite'])) as Engine[];
const rounds = whole('rounds');

// A round waits more than it works, so that two engines hardly take longer than one.
const results = await Promise.all(
  engines.flatMap((engine, index) => {
    const share = Math.floor((rounds + index) / engines.length);
    if (share === 0) return [];
    return runFaults({
      engine,
      seed: whole('seed'),
      rounds: share,
      requests: whole('requests'),
      devices: whole('devices'),
      longestPause: whole('pause'),
      ...(values.fault === undefined ? {} : { faults: values.fault }),
      say,
    });
  }),
);
const accepted = results.reduce((sum, result) => sum + result.accepted, 0);
const broken = results.flatMap(({ violations }) => violations);
for (const { kind, about, detail } of broken) say(`${kind} ${about}: ${detail}`);

const count = (kind: ViolationKind) => broken.filter((one) => one.kind === kind).length;
const verdict = {
  rounds,
  accepted,
  lost: count('lost'),
  doubled: count('doubled'),
  wrongMode: count('wrongMode'),
};
if (values.json) process.stdout.write(`${JSON.stringify(verdict)}\n`);
else {
  process.stdout.write(
    `${rounds} rounds, ${accepted} accepted: ${verdict.lost} lost, ${verdict.doubled} doubled, ${verdict.wrongMode} in a wrong mode\n`,
  );
}
process.exit(broken.length === 0 ? 0 : 1);
