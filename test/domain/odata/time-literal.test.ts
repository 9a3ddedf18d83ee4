import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { instantOf } from '../../../src/domain/odata/time-literal.ts';
import { actionQuery } from '../../kit/odata.ts';

const READ: readonly (readonly [string, string])[] = [
  ['2026-03-01', '2026-03-01T00:00:00.0000000Z'],
  ['2026-03-01Z', '2026-03-01T00:00:00.0000000Z'],
  ['2026-03-01T09:15', '2026-03-01T09:15:00.0000000Z'],
  ['2026-03-01T09:15:20', '2026-03-01T09:15:20.0000000Z'],
  ['2026-03-01t09:15:20z', '2026-03-01T09:15:20.0000000Z'],
  ['2026-03-01T09:15:20.3Z', '2026-03-01T09:15:20.3000000Z'],
  ['2026-03-01T09:15:20.3312801Z', '2026-03-01T09:15:20.3312801Z'],
  ['2026-03-01T09:15:20.331280199Z', '2026-03-01T09:15:20.3312801Z'],
  ['2026-03-01T00:00:00+02:00', '2026-02-28T22:00:00.0000000Z'],
  ['2026-03-01T00:00:00 02:00', '2026-02-28T22:00:00.0000000Z'],
  ['2026-03-01T00:00:00.1234567 00:00', '2026-03-01T00:00:00.1234567Z'],
  ['2026-03-01T00:00:00-0530', '2026-03-01T05:30:00.0000000Z'],
  ['2024-02-29T23:59:59.9999999Z', '2024-02-29T23:59:59.9999999Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.0000000Z'],
  ['9999-12-31T23:59:59.9999999Z', '9999-12-31T23:59:59.9999999Z'],
];

describe('times are read as instants of 28 characters', () => {
  for (const [text, instant] of READ) test(text, () => assert.equal(instantOf(text), instant));
});

const NONE = [
  '',
  '2026',
  '2026-3-1',
  '2026-02-29',
  '2026-13-01',
  '2026-00-10',
  '2026-03-01T24:00:00Z',
  '2026-03-01T09:60:00Z',
  '2026-03-01T09:00:61Z',
  '2026-03-01T09:00:00.Z',
  '2026-03-01T09Z',
  '2026-03-01+02:00',
  '2026-03-01T00:00:00+15:00',
  '2026-03-01T00:00:00+01:60',
  '0000-01-01T00:00:00+02:00',
  '9999-12-31T23:59:59-02:00',
  '2026-03-01T00:00:00Z ',
  '٢٠٢٦-03-01',
];

describe('what is no time is not read as one', () => {
  for (const text of NONE) test(`'${text}'`, () => assert.equal(instantOf(text), null));
});

test('an offset survives the query string whether its plus is encoded or not, quoted or not', () => {
  const value = (raw: string) => {
    const { filter } = actionQuery(`$filter=creationDateTimeUtc ge ${raw} and status eq 'Pending'`);
    assert.ok(filter?.kind === 'and' && filter.terms[0]?.kind === 'compare');
    return filter.terms[0].value;
  };
  for (const zone of ['+02:00', '%2B02:00', '%2b0200', '%2002:00']) {
    assert.equal(value(`2026-03-01T00:00:00${zone}`), '2026-02-28T22:00:00.0000000Z');
    assert.equal(value(`'2026-03-01T00:00:00${zone}'`), '2026-02-28T22:00:00.0000000Z');
  }
});
