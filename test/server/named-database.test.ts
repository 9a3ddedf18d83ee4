import assert from 'node:assert/strict';
import test from 'node:test';
import { CordonError } from '../../src/domain/error.ts';
import { openNamedDatabase } from '../../src/server/named-database.ts';

test('a database that cannot be opened is told with the option that names it, and what helps', async () => {
  const failures: [code: string, expected: RegExp][] = [
    ['28P01', /Correct user and password/],
    ['3D000', /create database NAME/],
    ['42501', /grant create on schema/],
    ['ECONNREFUSED', /Is PostgreSQL running/],
    ['XX000', /^--to \(CORDON_DATABASE_URL\): no way\.$/],
  ];
  for (const [code, expected] of failures) {
    const cause = Object.assign(new Error('no way'), { code });
    const wrapped = new CordonError('ServiceUnavailable', 'no way', { cause });
    for (const error of [cause, wrapped]) {
      await assert.rejects(openNamedDatabase('--to', Promise.reject(error)), (told: CordonError) => {
        assert.match(told.message, /^--to \(CORDON_DATABASE_URL\): no way\./);
        assert.match(told.message, expected);
        assert.equal(told.code, error === wrapped ? 'ServiceUnavailable' : undefined);
        return true;
      });
    }
  }
});
