/**
 * Runs every `*.test.ts` under `test/` with Node's runner and says, before its closing lines, what was left out and why.
 *
 *     npm test                               everything, with the command as the package has it
 *     npm test -- test/http lifecycle        files whose path contains one of the words
 *     npm test -- --name "refuses a second"  tests whose name matches the regular expression
 *
 * With `CORDON_TEST_ALL=1`, as CI sets it, a test that is left out is a failure.
 */
import { globSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { emitCommandInto } from '../test/kit/emitted.ts';

/** Longest time of one test in milliseconds, unless it names its own `timeout`. */
const TEST_TIMEOUT = 120_000;
/** A run in which nothing is reported for so many milliseconds is ended: a file left a timer, socket or process open. */
const SILENCE_LIMIT = 600_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { name: { type: 'string', multiple: true, default: [] } },
});
const words = positionals.map((word) => word.replaceAll('\\', '/').replace(/^\.\//, ''));
const files = globSync('test/**/*.test.ts')
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();

if (files.length === 0) {
  console.error(`No test file under test/ has ${words.map((word) => `"${word}"`).join(' or ')} in its path.`);
  process.exit(2);
}

/** What every file and process of this run would make for itself otherwise. */
const shared = mkdtempSync(join(tmpdir(), 'cordon-test-'));
process.once('exit', () => rmSync(shared, { recursive: true, force: true }));
process.env.NODE_COMPILE_CACHE = join(shared, 'compiled');

// A whole run starts hundreds of processes of the command. As the package has it, a server takes a third of the processor time.
if (words.length === 0 && values.name.length === 0) {
  process.env.CORDON_TEST_COMMAND = await emitCommandInto(join(shared, 'package'));
  // The server looks for the console at the same place as in a clone.
  symlinkSync(join(root, 'dist'), join(shared, 'package', 'dist'));
}

const silence = new AbortController();
const watchdog = setTimeout(() => silence.abort(), SILENCE_LIMIT);
const unfinished = new Set(files);
const leftOut: string[] = [];
let failed = false;

const stream = run({
  files,
  // Every answer of a server is compared with the API's description, whichever client a test uses.
  execArgv: ['--import', pathToFileURL(join(root, 'test/kit/described.ts')).href],
  // One more than cores, since with as many these are idle a third of the time; more would lengthen what tests have deadlines for.
  concurrency: availableParallelism() + 1,
  timeout: TEST_TIMEOUT,
  testNamePatterns: values.name,
  signal: silence.signal,
});
const spec = new Spec();
spec.pipe(process.stdout);

for await (const event of stream) {
  watchdog.refresh();
  if (event.type === 'test:pass' || event.type === 'test:fail') {
    const reason = leftOutReason(event.data);
    if (reason !== null) leftOut.push(`${pathOf(event.data.file)} › ${event.data.name}: ${reason}`);
    if (event.type === 'test:fail' && event.data.todo === undefined) failed = true;
  }
  if (event.type === 'test:summary') {
    if (event.data.file !== undefined) unfinished.delete(pathOf(event.data.file));
    if (!event.data.success) failed = true;
  }
  // The runner's closing lines begin with the number of tests; ours stand before them.
  if (
    event.type === 'test:diagnostic' &&
    event.data.nesting === 0 &&
    /^tests \d+$/.test(event.data.message)
  ) {
    for (const line of closingNotes())
      spec.write({ type: 'test:diagnostic', data: { nesting: 0, message: line, level: 'info' } });
  }
  spec.write(event);
}
spec.end();
clearTimeout(watchdog);
if (failed || (leftOut.length > 0 && process.env.CORDON_TEST_ALL === '1')) process.exitCode = 1;

/** Why a test did not count: skipped, or kept as a to-do. Null for one that ran. */
function leftOutReason(data: { skip?: string | boolean; todo?: string | boolean }): string | null {
  const mark = data.skip ?? data.todo;
  if (mark === undefined || mark === false) return null;
  return typeof mark === 'string' && mark !== '' ? mark : 'no reason given';
}

function closingNotes(): string[] {
  const ended = silence.signal.aborted
    ? [
        `ended: nothing was reported for ${SILENCE_LIMIT / 1000} s; not finished: ${[...unfinished].join(', ')}`,
      ]
    : [];
  if (leftOut.length === 0) return [...ended, 'left out: nothing'];
  const strict = process.env.CORDON_TEST_ALL === '1' ? ', a failure under CORDON_TEST_ALL=1' : '';
  return [...ended, `left out: ${leftOut.length}${strict}`, ...leftOut.map((line) => `  ${line}`)];
}

function pathOf(file: string | undefined): string {
  return file === undefined ? '?' : relative(root, file).replaceAll('\\', '/');
}
