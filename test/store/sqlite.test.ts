import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { openMemoryStore, openSqliteStore } from '../../src/store/sqlite/index.ts';
import { storeConformance } from './conformance.ts';

const folder = mkdtempSync(join(tmpdir(), 'cordon-store-'));
after(() => rmSync(folder, { recursive: true }));

let number = 0;
storeConformance('file', () => openSqliteStore({ path: join(folder, `${number++}.db`), pid: process.pid }));
storeConformance('memory', openMemoryStore);

test('a file that was closed in order is whole without its log', async () => {
  const path = join(folder, 'closed.db');
  const store = await openSqliteStore({ path, pid: process.pid });
  await store.changeSetting('kept', 'yes');
  assert.equal(await store.setting('kept'), 'yes');
  await store[Symbol.asyncDispose]();
  assert.equal(existsSync(`${path}-wal`), false);
});
