/**
 * Measures the escape table of `docs/enforcement.md` against the real daemon, in namespaces and on a ramfs of its own:
 * this machine is neither guarded nor are its kernel settings touched. Ends with 0 only if each row is as expected.
 *
 *     npm run enforcement:matrix                            for people, with the barrier of each row
 *     npm run enforcement:matrix -- --json                  [{ case, restricted, released, expected }]
 *     npm run enforcement:matrix -- --allow-user-namespaces --allow-opening-untrusted --allow-fuse-mounts
 *                                   --allow-memory-programs --mount-marks                 with that left open
 *     npm run enforcement:matrix -- --rounds 7              and how long a restriction and a release take, median
 */
import { parseArgs } from 'node:util';
import { isAsExpected, type Matrix, measureMatrix } from '../test/kit/enforcement-matrix.ts';
import { whyNoWorld } from '../test/kit/fapolicyd-world.ts';

const LEFT_OPEN = {
  'allow-user-namespaces': { forbidUserNamespaces: false },
  'allow-opening-untrusted': { forbidOpening: false },
  'allow-fuse-mounts': { forbidFuseMounts: false },
  'allow-memory-programs': { forbidMemoryPrograms: false },
  'mount-marks': { fileSystemMarks: false },
} as const;

const flag = { type: 'boolean', default: false } as const;
const { values } = parseArgs({
  options: {
    json: flag,
    rounds: { type: 'string', default: '0' },
    'allow-user-namespaces': flag,
    'allow-opening-untrusted': flag,
    'allow-fuse-mounts': flag,
    'allow-memory-programs': flag,
    'mount-marks': flag,
  },
});

const why = whyNoWorld();
if (why !== null) {
  console.error(`The table cannot be measured here: this ${why}. It takes a Linux machine, root, and apt.`);
  process.exit(2);
}
const open = Object.entries(LEFT_OPEN).filter(([name]) => values[name as keyof typeof LEFT_OPEN]);
const leftOpen = Object.assign({}, ...open.map(([, options]) => options));
const matrix = await measureMatrix(leftOpen, Number(values.rounds));
if (values.json) console.log(JSON.stringify(matrix.rows, null, 2));
else show(matrix);
process.exitCode = matrix.rows.every(isAsExpected) ? 0 : 1;

function show({ version, rows, seen, took }: Matrix): void {
  const width = Math.max(...rows.map((row) => row.case.length));
  console.log(`fapolicyd ${version}`);
  for (const row of rows) {
    const mark = isAsExpected(row) ? 'ok ' : 'NOT';
    const told = [`restricted: ${seen[row.case]}`, `expected: ${row.expected}`, `released: ${row.released}`];
    console.log(`${mark} ${row.case.padEnd(width)}  ${told.join('  ')}`);
  }
  for (const [mode, times] of Object.entries(took))
    if (times.length > 0)
      console.log(`${mode} and proven, median of ${times.length}: ${median(times)} ms (${times.join(', ')})`);
}

function median(times: readonly number[]): number | undefined {
  return [...times].sort((one, other) => one - other)[times.length >> 1];
}
