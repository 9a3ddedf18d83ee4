/** A few seeded rounds of the fault harness; `npm run faults` runs as many as one wants. */
import assert from 'node:assert/strict';
import test, { describe, type TestContext } from 'node:test';
import { runFaults } from '../kit/faults/run.ts';
import type { Engine } from '../kit/faults/site.ts';
import { whyNoPostgres } from '../kit/postgres.ts';

/** By engine, those of a short run; each start of a server takes a second or more. */
const FAULTS = {
  sqlite: ['kill', 'reports', 'answers', 'clock', 'pause'],
  postgres: ['kill', 'connectionsCut', 'databaseKilled', 'notificationsLost'],
} as const;

async function assertHolds(engine: Engine, context: TestContext): Promise<void> {
  const small = { seed: 4, rounds: 3, requests: 24, devices: 6, longestPause: 1.5 };
  const say = (text: string) => context.diagnostic(text);
  const result = await runFaults({ ...small, engine, faults: FAULTS[engine], say });
  assert.deepEqual(result.violations, []);
  assert.ok(result.accepted > 0);
  assert.equal(result.faults[0], 'kill');
}

describe('under faults nothing is lost, doubled or left in a wrong mode:', { timeout: 300_000 }, () => {
  test('one server on SQLite', (context) => assertHolds('sqlite', context));
  test('two servers on PostgreSQL', { skip: whyNoPostgres() ?? false }, (context) =>
    assertHolds('postgres', context),
  );
});
