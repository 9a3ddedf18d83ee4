import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { nextLinkQuery } from '../../../src/domain/odata/next-link.ts';
import { encodeSkipToken } from '../../../src/domain/odata/skip-token.ts';
import type { Literal } from '../../../src/domain/query.ts';
import { actionQuery, machineQuery, refused } from '../../kit/odata.ts';

const NEXT = ['2026-03-02T09:15:20.3312801Z', '3d0c8b52-6a41-4f0e-9a57-0c1d2e3f4a5b'];
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const opened = (token: string): unknown[] => JSON.parse(Buffer.from(token, 'base64url').toString());

describe('the link to the next page', () => {
  test('keeps the parameters of the caller as they were and says where to go on', () => {
    const raw = "%24filter=status+eq+'Pending'&client-request-id=7&$skip=20&$count=true";
    const link = nextLinkQuery(raw, NEXT, actionQuery(raw));
    assert.match(
      link,
      /^%24filter=status\+eq\+'Pending'&client-request-id=7&\$count=true&\$skiptoken=[\w-]+$/,
    );
    const query = actionQuery(link);
    assert.deepEqual(query.after, NEXT);
    assert.deepEqual({ ...query, after: null, skip: 20 }, actionQuery(raw));
  });

  test('stands alone when there was no query', () => {
    assert.deepEqual(actionQuery(nextLinkQuery('', NEXT, actionQuery(''))).after, NEXT);
  });

  test('replaces the token of the page before', () => {
    const second = nextLinkQuery('', NEXT, actionQuery(''));
    const third = nextLinkQuery(second, ['2026-03-01T00:00:00.0000000Z', 'b'], actionQuery(second));
    assert.equal(third.match(/skiptoken/g)?.length, 1);
    assert.deepEqual(actionQuery(third).after, ['2026-03-01T00:00:00.0000000Z', 'b']);
  });

  test('asks for what is left of a given $top, and never for a $top that was not given', () => {
    assert.match(nextLinkQuery('$top=50', NEXT, actionQuery('$top=50'), 20), /^\$top=30&\$skiptoken=/);
    assert.match(nextLinkQuery('TOP=50', NEXT, actionQuery('TOP=50')), /^\$top=0&/);
    assert.doesNotMatch(nextLinkQuery('', NEXT, actionQuery(''), 20), /top/);
  });
});

describe('$skiptoken', () => {
  const ORDER = '$orderby=osBuild desc,isAadJoined,riskScore';

  test('brings back what was put in, of every kind', () => {
    for (const values of [
      [22_631, true, 'High', 'a'],
      [null, 0, null, 'ü😀'],
    ]) {
      assert.deepEqual(machineQuery(nextLinkQuery(ORDER, values, machineQuery(ORDER))).after, values);
    }
  });

  test('has no second value for an id that the order names', () => {
    const raw = '$orderby=version,id desc,osBuild';
    assert.deepEqual(machineQuery(nextLinkQuery(raw, ['1', 'a', 5], machineQuery(raw))).after, ['1', 'a', 5]);
    const longer = nextLinkQuery(raw, ['1', 'a', 5, 'a'], machineQuery(raw));
    assert.match(
      refused(() => machineQuery(longer)),
      /not one that this server issued/,
    );
  });

  test('any text comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (first, second) => {
        fc.pre(!`${first}${second}`.includes('\u0000'));
        const raw = '$orderby=version';
        assert.deepEqual(machineQuery(nextLinkQuery(raw, [first, second], machineQuery(raw))).after, [
          first,
          second,
        ]);
      }),
    );
  });

  test('may go with another $top, $select and $count, and with another spelling of the same filter', () => {
    const token = encodeSkipToken(actionQuery("$filter=status eq 'Pending'"), NEXT);
    const raw = `$filter=(Status+EQ+'PENDING')&$top=5&$select=id&$count=true&$skiptoken=${token}`;
    assert.deepEqual(actionQuery(raw).after, NEXT);
  });

  test('of another query is refused', () => {
    const token = encodeSkipToken(actionQuery("$filter=status eq 'Pending'"), NEXT);
    for (const raw of ['', "$filter=status eq 'Failed'&", "$filter=status eq 'Pending'&$orderby=status&"]) {
      assert.match(
        refused(() => actionQuery(`${raw}$skiptoken=${token}`)),
        /belongs to another query/,
      );
    }
  });

  test('of another collection is refused', () => {
    const token = encodeSkipToken(machineQuery(''), ['0a1b']);
    assert.match(
      refused(() => actionQuery(`$skiptoken=${token}`)),
      /not one that this server issued/,
    );
  });

  test('that is broken is refused', () => {
    const broken = [
      '',
      ' ',
      'a',
      '*',
      '%25',
      '====',
      encoded({}),
      encoded(null),
      encoded('x'),
      'gICA',
      'W10x',
      '9'.repeat(9000),
    ];
    for (const token of broken) {
      const message = refused(() => actionQuery(`$skiptoken=${token}`));
      assert.match(message, /not one that this server issued/, token);
    }
    const deep = Buffer.from('['.repeat(12_000)).toString('base64url');
    assert.match(
      refused(() => actionQuery(`$skiptoken=${deep}`)),
      /not one that this server issued/,
    );
    for (const content of [encoded([]), encoded([{}, 1])]) {
      assert.match(
        refused(() => actionQuery(`$skiptoken=${content}`)),
        /belongs to another query/,
      );
    }
  });

  test('with values that do not fit the order is refused before a store sees them', () => {
    const good = [22_631, true, 'High', 'a'];
    const [digest] = opened(encodeSkipToken(machineQuery(ORDER), good as Literal[]));
    const forged: unknown[][] = [
      [],
      good.slice(0, 3),
      [...good, 'b'],
      ['22631', true, 'High', 'a'],
      [1.5, true, 'High', 'a'],
      [22_631, 'true', 'High', 'a'],
      [22_631, 2, 'High', 'a'],
      [22_631, true, 5, 'a'],
      [22_631, true, ['High'], 'a'],
      [22_631, true, 'Hi\u0000gh', 'a'],
      [22_631, true, 'High', {}],
    ];
    for (const values of forged) {
      const raw = `${ORDER}&$skiptoken=${encoded([digest, ...values])}`;
      assert.match(
        refused(() => machineQuery(raw)),
        /not one that this server issued/,
        JSON.stringify(values),
      );
    }
    assert.deepEqual(machineQuery(`${ORDER}&$skiptoken=${encoded([digest, ...good])}`).after, good);
  });
});
