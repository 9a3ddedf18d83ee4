import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { createBell } from '../../src/agent/bell.ts';
import { createLog } from '../../src/agent/log.ts';
import { createManualClock } from './kit.ts';

const NEVER = new AbortController().signal;

describe('the bell', () => {
  test('wakes the one who waits', async () => {
    const bell = createBell(createManualClock());
    const waiting = bell.wait(null, NEVER);
    bell.ring();
    await waiting;
  });

  test('keeps one ring that nobody heard, and no more', async () => {
    const clock = createManualClock();
    const bell = createBell(clock);
    bell.ring();
    bell.ring();
    await bell.wait(null, NEVER);
    let over = false;
    const second = bell.wait(1000, NEVER).then(() => {
      over = true;
    });
    await new Promise(setImmediate);
    assert.equal(over, false);
    clock.advance(1000);
    await second;
  });

  test('forgets a ring that is cleared', async () => {
    const clock = createManualClock();
    const bell = createBell(clock);
    bell.ring();
    bell.clear();
    const waiting = bell.wait(5, NEVER);
    assert.deepEqual(clock.waits, [5]);
    clock.advance(5);
    await waiting;
  });

  test('wakes at once when the signal has aborted, and takes its timer back when it aborts', async () => {
    const clock = createManualClock();
    const bell = createBell(clock);
    await bell.wait(null, AbortSignal.abort());
    const controller = new AbortController();
    const waiting = bell.wait(1000, controller.signal);
    controller.abort();
    await waiting;
    clock.advance(1000);
  });

  test('interrupts work, whose end is then nothing; work that ends first is whole', async () => {
    const bell = createBell(createManualClock());
    const ended = bell.interrupt(
      NEVER,
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', reject)),
    );
    bell.ring();
    assert.equal(await ended, null);
    assert.equal(await bell.interrupt(NEVER, async () => 7), 7);
    await assert.rejects(
      bell.interrupt(NEVER, () => Promise.reject(new Error('real'))),
      /real/,
    );
  });
});

test('the log has one line of JSON for each event that is grave enough', () => {
  const lines: string[] = [];
  const log = createLog(
    'info',
    () => new Date(0),
    (line) => lines.push(line),
  );
  log('debug', 'not this');
  log('warn', 'with a\nbreak', { reason: 'a\nb' });
  assert.deepEqual(lines, [
    '{"time":"1970-01-01T00:00:00.000Z","level":"warn","event":"with a\\nbreak","reason":"a\\nb"}\n',
  ]);
  createLog(
    'silent',
    () => new Date(0),
    () => assert.fail('silent'),
  )('error', 'x');
});
