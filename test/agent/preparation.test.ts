import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { systemClock } from '../../src/agent/clock.ts';
import { prepare, readPrepared } from '../../src/agent/preparation.ts';
import { awaitAnswer, requestTrust, watchRequests } from '../../src/agent/trust-request.ts';
import { atEnd } from '../kit/at-end.ts';
import { scratchDirectory } from '../kit/leftovers.ts';
import { until } from '../kit/processes.ts';

function directoryOf(context: TestContext): string {
  const { path, remove } = scratchDirectory('preparation');
  atEnd(context, remove);
  return path;
}

const driver = (ready: boolean, detail = 'so many files.') => ({ prepare: async () => ({ ready, detail }) });

test('a device is preparing only the first time, and then ready while its list is renewed', async (context) => {
  const directory = directoryOf(context);
  const seen: (string | undefined)[] = [];
  const looking = (ready: boolean) => ({
    prepare: async () => {
      seen.push((await readPrepared(directory))?.state);
      return { ready, detail: 'so many files.' };
    },
  });
  await prepare(looking(true), directory, null);
  await prepare(looking(true), directory, null);
  await prepare(looking(false), directory, null);
  await prepare(looking(true), directory, null);
  assert.deepEqual(seen, ['preparing', 'ready', 'ready', 'preparing']);
  assert.equal((await readPrepared(directory))?.state, 'ready');
});

test('the server is told when something else can be said, and not each time', async (context) => {
  const directory = directoryOf(context);
  let told = 0;
  const tell = () => {
    told += 1;
  };
  await prepare(driver(true), directory, null, tell);
  assert.equal(told, 2, 'preparing, then ready');
  await prepare(driver(true), directory, null, tell);
  assert.equal(told, 2);
  await prepare(driver(true, 'one file more.'), directory, null, tell);
  assert.equal(told, 3);
});

test('a driver that breaks off makes the device unable, with the reason, and the agent goes on', async (context) => {
  const directory = directoryOf(context);
  const broken = { prepare: () => Promise.reject(new Error('disk full')) };
  const prepared = await prepare(broken, directory, 'request-1');
  assert.equal(prepared?.state, 'unable');
  assert.match(prepared?.detail ?? '', /disk full/);
  assert.equal(prepared?.answers, 'request-1');
});

test('a driver that prepares nothing leaves no word of an earlier one', async (context) => {
  const directory = directoryOf(context);
  await prepare(driver(true), directory, null);
  assert.equal(await prepare({}, directory, null), null);
  assert.equal(await readPrepared(directory), null);
});

test('the running agent prepares at its start and again when it is asked, and whoever asked hears of it', async (context) => {
  const directory = directoryOf(context);
  const stop = new AbortController();
  atEnd(context, () => stop.abort());
  const worked: (string | null)[] = [];
  const running = watchRequests(
    directory,
    async (id) => {
      worked.push(id);
      await prepare(driver(true), directory, id);
    },
    stop.signal,
  );
  await until('the first preparation', async () => worked.length === 1);
  await requestTrust(directory, 'request-1');
  assert.equal((await awaitAnswer(directory, 'request-1', systemClock, 60_000))?.state, 'ready');
  assert.deepEqual(worked, [null, 'request-1']);
  stop.abort();
  await running;
});

test('requests that come while it works are one, and none is forgotten', async (context) => {
  const directory = directoryOf(context);
  const stop = new AbortController();
  atEnd(context, () => stop.abort());
  const worked: (string | null)[] = [];
  const running = watchRequests(
    directory,
    async (id) => {
      worked.push(id);
      if (id !== null) return;
      for (const asked of ['request-1', 'request-2', 'request-3']) await requestTrust(directory, asked);
    },
    stop.signal,
  );
  await until('the last request', async () => worked.at(-1) === 'request-3');
  assert.deepEqual(worked, [null, 'request-3']);
  stop.abort();
  await running;
});

test('however requests fall upon each other, the last one is worked on', async (context) => {
  const directory = directoryOf(context);
  const stop = new AbortController();
  atEnd(context, () => stop.abort());
  const worked = new Set<string | null>();
  const running = watchRequests(directory, async (id) => worked.add(id), stop.signal);
  for (let round = 0; round < 100; round += 1) {
    // The second one may arrive while the watcher reads the first.
    await requestTrust(directory, `${round}, first`);
    await requestTrust(directory, `${round}, last`);
    await until(`the last request of round ${round}`, async () => worked.has(`${round}, last`));
  }
  stop.abort();
  await running;
});
