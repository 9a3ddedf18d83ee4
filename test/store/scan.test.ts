import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { statement, step } from '../../src/store/sql.ts';
import { SQLITE } from '../../src/store/sqlite/dialect.ts';
import { openFileSql } from '../../src/store/sqlite/file.ts';

const folder = mkdtempSync(join(tmpdir(), 'cordon-scan-'));
after(() => rmSync(folder, { recursive: true }));

const fill = statement(
  'fill',
  `with recursive counter (n) as (select 1 union all select n + 1 from counter where n < $1)
   insert into setting (name, value) select 'name ' || n, 'value' from counter`,
);
/** Every row beside every row: far longer than any test. */
const endless = statement(
  null,
  `select count(*) as count from setting a, setting b where ${SQLITE.alive('b')} and a.name || b.name = $1`,
);
const count = statement(null, `select count(*) as count from setting a where ${SQLITE.alive('a')}`);

test('a read that takes too long is given up at its deadline, and holds up nobody', async () => {
  const sql = await openFileSql(join(folder, 'scan.db'), process.pid);
  await sql.batch([step(fill, [20_000])]);
  assert.deepEqual(
    (await sql.scan(count, [], 5000)).map((row) => row.count),
    [20_000],
  );
  const start = performance.now();
  const slow = assert.rejects(
    sql.scan(endless, ['x'], 300),
    (error: { code?: string; retryAfter?: number }) => {
      assert.equal(error.code, 'ServiceUnavailable');
      assert.ok((error.retryAfter ?? 0) > 0);
      return true;
    },
  );
  // Meanwhile others read and write.
  assert.equal((await sql.all(statement('one', 'select 1 as one'), []))[0]?.one, 1);
  assert.equal(
    (await sql.batch([step(statement('w', "insert into setting values ('w', '')"), [])])).done,
    true,
  );
  await slow;
  assert.ok(performance.now() - start < 5000);
  // The scanner has let go of the statement and serves the next.
  assert.deepEqual(
    (await sql.scan(count, [], 5000)).map((row) => row.count),
    [20_001],
  );
  await sql.close();
});

test('a long read that cannot be understood is a fault, not a reason to try again', async () => {
  const sql = await openFileSql(join(folder, 'fault.db'), process.pid);
  await assert.rejects(sql.scan(statement(null, 'select nothing'), [], 1000), (error: { code?: string }) => {
    assert.notEqual(error.code, 'ServiceUnavailable');
    return true;
  });
  await sql.close();
});
