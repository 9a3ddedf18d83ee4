import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { CONSOLE_LINK_FILE, showConsoleLink } from '../../src/server/console-link.ts';
import { atEnd } from '../kit/at-end.ts';
import { scratchDirectory } from '../kit/leftovers.ts';

const CODE = 'the-code-that-nobody-else-may-read';
const URL = `https://cordon.example.test/console/sign-in#code=${CODE}`;

async function show(readers: {
  terminal: boolean;
  directory: string | null;
  tenants?: readonly { id: string }[];
}) {
  const shown: string[] = [];
  const logged: unknown[] = [];
  const made: string[] = [];
  const say = (fields: unknown, message?: unknown) => void logged.push(fields, message);
  await showConsoleLink(
    { terminal: readers.terminal ? (text) => void shown.push(text) : null, directory: readers.directory },
    {
      make: async (tenantId) => {
        made.push(tenantId);
        return { url: URL, expiresAt: '2026-11-26T06:00:00.0000000Z' as never };
      },
      use: async () => null,
    },
    { tenants: async () => (readers.tenants ?? [{ id: 'tenant-1' }]) as never },
    { info: say, warn: say, error: say } as never,
  );
  return { shown, made, logged: JSON.stringify(logged) };
}

describe('the link that a start shows', () => {
  test('is written to the terminal alone, where there is one', async (context) => {
    const scratch = scratchDirectory('console-link');
    atEnd(context, scratch.remove);
    const { shown, made, logged } = await show({ terminal: true, directory: scratch.path });
    assert.deepEqual(shown, [`Open the console within 15 minutes, once: ${URL}\n`]);
    assert.deepEqual(made, ['tenant-1']);
    assert.deepEqual(readdirSync(scratch.path), []);
    assert.ok(!logged.includes(CODE));
  });

  test('stands in a file that its owner alone reads, where there is no terminal, and never in the log', async (context) => {
    const scratch = scratchDirectory('console-link');
    atEnd(context, scratch.remove);
    const { shown, logged } = await show({ terminal: false, directory: scratch.path });
    const file = join(scratch.path, CONSOLE_LINK_FILE);
    assert.equal(readFileSync(file, 'utf8'), `${URL}\n`);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(shown, []);
    assert.ok(logged.includes(CONSOLE_LINK_FILE) && !logged.includes(CODE), logged);
    await show({ terminal: false, directory: scratch.path });
    assert.equal(statSync(file).mode & 0o777, 0o600, 'and so after the next start');
  });

  test('is not made where nobody could read it, nor before there is a tenant', async () => {
    assert.deepEqual((await show({ terminal: false, directory: null })).made, []);
    assert.deepEqual((await show({ terminal: true, directory: null, tenants: [] })).made, []);
  });
});
