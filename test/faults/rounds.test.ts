/** A few seeded rounds of the fault harness; `npm run faults` runs as many as one wants. */
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { runFaults } from '../kit/faults/run.ts';
import { whyNoPostgres } from '../kit/postgres.ts';

const SMALL = { seed: 4, rounds: 3, requests: 24, devices: 6, longestPause: 1.5 };
/** Those of a short run; each start of a server takes a second or more. */
const SQLITE = ['kill', 'reports', 'answers', 'clock', 'pause'];
const POSTGRES = ['kill', 'connectionsCut', 'databaseKilled', 'notificationsLost'];

describe('under faults nothing is lost, doubled or left in a wrong mode:', { timeout: 300_000 }, () => {
  test('one server on SQLite', async (context) => {
    const result = await runFaults({
      ...SMALL,
      engine: 'sqlite',
      faults: SQLITE,
      say: (text) => context.diagnostic(text),
    });
    assert.deepEqual(result.violations, []);
    assert.ok(result.accepted > 0);
  });

  test('two servers on PostgreSQL', { skip: whyNoPostgres() ?? false }, async (context) => {
    const result = await runFaults({
      ...SMALL,
      engine: 'postgres',
      faults: POSTGRES,
      say: (text) => context.diagnostic(text),
    });
    assert.deepEqual(result.violations, []);
    assert.ok(result.accepted > 0);
  });
});
