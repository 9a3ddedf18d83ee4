import assert from 'node:assert/strict';
import test from 'node:test';
import { backoffDelay, EXCHANGE_BACKOFF } from '../../src/agent/backoff.ts';
import { seeded } from '../kit/random.ts';

/** Seconds at which `agents` that lost one server at 0 try again, as long as it stays away. */
function attempts(agents: number, until: number, random: () => number): number[] {
  const times: number[] = [];
  for (let agent = 0; agent < agents; agent += 1) {
    let now = 0;
    for (let failures = 1; now < until; failures += 1) {
      now += backoffDelay(EXCHANGE_BACKOFF, failures, random()) / 1000;
      times.push(now);
    }
  }
  return times;
}

const busiest = (times: readonly number[], from: number, to: number): number => {
  const seconds = Map.groupBy(
    times.filter((time) => time >= from && time < to),
    Math.floor,
  );
  return Math.max(...[...seconds.values()].map((list) => list.length));
};

test('a thousand agents that lost one server at the same moment spread themselves', () => {
  const times = attempts(1_000, 900, seeded(8841));
  // In the first second all of them try, since their first range is one second. Then each range is twice the last.
  assert.ok(busiest(times, 8, 16) < 200, `${busiest(times, 8, 16)} in one second, 8 to 16 s after`);
  assert.ok(busiest(times, 60, 120) < 120, `${busiest(times, 60, 120)} in one second, a minute after`);
  // Half of the longest wait on average, 15 s: a fleet of a thousand asks a server that comes back 67 times a second.
  assert.ok(busiest(times, 300, 900) < 110, `${busiest(times, 300, 900)} in one second, five minutes after`);
});

test('agents that lost their server are back half a minute after it, however long it was away', () => {
  for (const failures of [1, 5, 50])
    assert.ok(backoffDelay(EXCHANGE_BACKOFF, failures, 0.999_999) <= 30_000, `${failures} failures`);
});

test('a thousand agents that are told to come back after ten seconds do so over five', () => {
  const random = seeded(8841);
  const times = Array.from({ length: 1_000 }, () => backoffDelay(EXCHANGE_BACKOFF, 1, random(), 10) / 1000);
  assert.ok(Math.min(...times) >= 10 && Math.max(...times) <= 15);
  assert.ok(busiest(times, 10, 15) < 260, `${busiest(times, 10, 15)} in one second`);
});
