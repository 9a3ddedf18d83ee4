/**
 * Loaded before a server's own code (`node --import`): a wall clock that is turned from outside. With each SIGUSR2 it
 * reads from the file that `TURNED_CLOCK` names by how many milliseconds it is to be wrong, and says so in `{file}.done`. Monotonic time stays true.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const trueNow = Date.now;
let wrongBy = 0;
Date.now = () => trueNow() + wrongBy;
globalThis.Date = new Proxy(Date, {
  construct: (target, words, made) =>
    Reflect.construct(target, words.length === 0 ? [Date.now()] : words, made),
});

const file = process.env.TURNED_CLOCK;
// Signals reach the main thread alone; a worker that was started before keeps the true time.
if (isMainThread && file !== undefined)
  process.on('SIGUSR2', () => {
    wrongBy = Number(readFileSync(file, 'utf8'));
    writeFileSync(`${file}.done`, String(wrongBy));
  });
