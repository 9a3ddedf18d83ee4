/** Scenarios of the wire and of the services, which run in memory elsewhere, tried once more with the store on PostgreSQL. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { dyingWithUs } from '../kit/leftovers.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../kit/postgres.ts';
import { WORLD_DATABASE } from '../kit/world-store.ts';

/** Those in which the store has the most to say. */
const SCENARIOS = ['http/requests', 'http/idempotency', 'http/queries', 'service/endings', 'service/sweeper'];

describe('scenarios on PostgreSQL', { skip: whyNoPostgres() ?? false, timeout: 600_000 }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  for (const scenario of SCENARIOS) {
    test(`${scenario} holds`, { timeout: 300_000 }, async () => {
      const file = fileURLToPath(new URL(`../${scenario}.test.ts`, import.meta.url));
      const { NODE_TEST_CONTEXT: _context, ...environment } = process.env;
      const [program = '', ...words] = dyingWithUs([process.execPath, '--test-reporter=spec', file]);
      const child = spawn(program, words, {
        env: { ...environment, [WORLD_DATABASE]: await server.url() },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let told = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          told += text;
        });
      const [status] = await once(child, 'close');
      assert.equal(status, 0, told);
      assert.match(told, /pass [1-9]/, told);
    });
  }
});
