import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { createHints } from '../../src/service/hints.ts';

const never = new AbortController().signal;

test('a hint between the announcement and the wait is not lost', async () => {
  const hints = createHints();
  const listening = hints.listen('one');
  hints.wake('one');
  await listening.news(3_600_000, never);
  listening.close();
  assert.equal(hints.waiting(), 0);
});

test('a hint wakes everybody who waits for that machine, and nobody else', async () => {
  const hints = createHints();
  const [first, second, other] = [hints.listen('one'), hints.listen('one'), hints.listen('two')];
  const woken: string[] = [];
  const waits = [
    first.news(3_600_000, never).then(() => woken.push('first')),
    second.news(3_600_000, never).then(() => woken.push('second')),
  ];
  const hungUp = new AbortController();
  const third = other.news(3_600_000, hungUp.signal).then(() => woken.push('other'));
  assert.equal(hints.waiting(), 3);
  hints.wake('one');
  await Promise.all(waits);
  assert.deepEqual(woken, ['first', 'second']);
  hungUp.abort();
  await third;
  for (const listening of [first, second, other]) listening.close();
  for (const listening of [first, second, other]) listening.close();
  assert.equal(hints.waiting(), 0, 'closing twice counts once');
});

test('a wait ends by itself, when the caller is gone, and when all are woken', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const hints = createHints();
    const timed = hints.listen('one');
    const wait = timed.news(1000, never);
    mock.timers.tick(1000);
    await wait;
    await hints.listen('one').news(1000, AbortSignal.abort());
    const all = [hints.listen('one').news(1000, never), hints.listen('two').news(1000, never)];
    hints.wakeSome(Number.POSITIVE_INFINITY);
    await Promise.all(all);
  } finally {
    mock.timers.reset();
  }
});

test('waking a machine that nobody waits for is nothing', () => {
  const hints = createHints();
  hints.wake('one');
  hints.wakeSome(Number.POSITIVE_INFINITY);
  assert.equal(hints.waiting(), 0);
});
