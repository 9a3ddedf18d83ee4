import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { MACHINE } from '../../../src/contract/machine.ts';
import { parseFilter } from '../../../src/domain/odata/filter.ts';
import { machineQuery, refused, refusedFilter } from '../../kit/odata.ts';

const repeated = (times: number, text: string, separator: string) => Array(times).fill(text).join(separator);
const nested = (depth: number, text = "id eq 'a'") => `${'('.repeat(depth)}${text}${')'.repeat(depth)}`;

/** Milliseconds: a linear reading takes below 20 here, so a busy machine does not fail this and a backtracking one does. */
const QUICK = 1_000;

function quick<T>(work: () => T): T {
  const start = performance.now();
  const result = work();
  const elapsed = performance.now() - start;
  assert.ok(elapsed < QUICK, `took ${Math.round(elapsed)} ms`);
  return result;
}

describe('limits of a filter', () => {
  test('64 levels of nesting are read, 65 are refused at the one too many', () => {
    parseFilter(MACHINE, nested(64));
    assert.match(
      refusedFilter(MACHINE, nested(65)),
      /character 65: conditions may be nested 64 levels deep at most/,
    );
    parseFilter(MACHINE, `${'not '.repeat(64)}isAadJoined`);
    assert.match(refusedFilter(MACHINE, `${'not '.repeat(65)}isAadJoined`), /64 levels/);
    assert.match(refusedFilter(MACHINE, nested(64, nested(1))), /64 levels/);
    assert.match(refusedFilter(MACHINE, nested(64, "machineTags/any(t:t eq 'x')")), /64 levels/);
  });

  test('500 conditions are read, more are refused', () => {
    parseFilter(MACHINE, repeated(499, "id eq 'a'", ' or '));
    assert.match(
      refusedFilter(MACHINE, repeated(500, "id eq 'a'", ' or ')),
      /more than 500 conditions in one filter/,
    );
  });

  test('500 values after in are read, more are refused', () => {
    parseFilter(MACHINE, `id in (${repeated(500, "'a'", ',')})`);
    assert.match(refusedFilter(MACHINE, `id in (${repeated(501, "'a'", ',')})`), /500 values at most/);
  });

  test('16,384 characters of a filter are read, more are refused', () => {
    const long = (length: number) => `$filter=version eq '${'x'.repeat(length - 13)}'`;
    assert.notEqual(machineQuery(long(16_384)).filter, null);
    assert.match(
      refused(() => machineQuery(long(16_385))),
      /'\$filter' is longer than 16384 characters/,
    );
  });
});

describe('hostile input is answered quickly', () => {
  const HOSTILE: Readonly<Record<string, string>> = {
    '50,000 open parentheses': '('.repeat(50_000),
    '50,000 nested parentheses': nested(50_000),
    '8,000 open parentheses': '('.repeat(8_000),
    '16,000 digits': `osBuild eq ${'1'.repeat(16_000)}x`,
    '16,000 digits of a time': `lastSeen eq 2026-01-01T${'1'.repeat(16_000)}x`,
    '16,000 quotes': `id eq ${"'".repeat(16_001)}`,
    '16,000 blanks': `id${' '.repeat(16_000)}5`,
    '16,000 hexadecimal digits': 'a'.repeat(16_000),
    '4,000 times not': 'not '.repeat(4_000),
    '4,000 times any': 'machineTags/any(t:'.repeat(800),
    '100 kB of conditions': repeated(8_000, "id eq 'a'", ' or '),
  };
  for (const [name, filter] of Object.entries(HOSTILE)) {
    test(name, () => {
      refused(() => quick(() => machineQuery(`$filter=${encodeURIComponent(filter)}`)));
      refused(() => quick(() => machineQuery(`$orderby=${encodeURIComponent(filter)}`)));
      refused(() => quick(() => machineQuery(`$select=${encodeURIComponent(filter)}`)));
      refused(() => quick(() => machineQuery(`$skiptoken=${encodeURIComponent(filter)}`)));
    });
  }

  test('50,000 parameters and 100 kB of a name', () => {
    quick(() => machineQuery(repeated(50_000, 'a=b', '&')));
    quick(() => machineQuery('a'.repeat(100_000)));
    quick(() => machineQuery('&'.repeat(100_000)));
    refused(() => quick(() => machineQuery(`$${'a'.repeat(100_000)}=1`)));
  });

  test('the largest filter that is allowed', () => {
    const values = repeated(450, "'0a1b2c3d4e5f60718293a4b5c6'", ', ');
    quick(() => parseFilter(MACHINE, `id in (${values})`));
  });
});
