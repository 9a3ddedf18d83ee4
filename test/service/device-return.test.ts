import assert from 'node:assert/strict';
import test from 'node:test';
import { backoffDelay, EXCHANGE_BACKOFF } from '../../src/agent/backoff.ts';
import { createReturn } from '../../src/service/devices/return.ts';
import { seeded } from '../kit/random.ts';

test('ten thousand devices of a server that stopped come back over half a minute, a few at once', () => {
  const [comeBack, random] = [createReturn(), seeded(8841)];
  const seconds = Array.from(
    { length: 10_000 },
    () => backoffDelay(EXCHANGE_BACKOFF, 1, random(), comeBack()) / 1000,
  );
  assert.ok(Math.min(...seconds) >= 2);
  assert.ok(Math.max(...seconds) <= 32, `${Math.max(...seconds)}`);
  const counts = [...Map.groupBy(seconds, Math.floor).values()].map(({ length }) => length);
  const busiest = Math.max(...counts);
  assert.ok(busiest < 600, `${busiest} in one second`);
});

test('few devices come back as soon as a server can be there again', () => {
  const comeBack = createReturn();
  assert.deepEqual(
    Array.from({ length: 500 }, comeBack).filter((seconds) => seconds !== 2),
    [],
  );
});
