import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { Followed } from '../../console/src/outcome/followed.ts';
import { readWritten, written } from '../../console/src/outcome/written.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const DAY = 24 * 3_600_000;
const actionId = (number: number) => `01a217d7-5d04-7000-861f-${String(number).padStart(12, '0')}`;
const machineId = (number: number) => String(number).padStart(40, '0');

function request(first: number, count: number, principal = 'ana'): Followed {
  const numbers = Array.from({ length: count }, (_, index) => first + index);
  return {
    id: actionId(first),
    type: 'RestrictCodeExecution',
    requestor: "o'hara@example.test",
    principal,
    from: '2026-11-26T11:00:00.389Z',
    to: '2026-11-26T11:00:00.3890001Z',
    machines: new Map(
      numbers.map((number) => [actionId(number), { id: machineId(number), name: `ws-${number}` }]),
    ),
    ends: new Map([[actionId(first), 'Failed']]),
  };
}

/** As the storage of a tab gives it back. */
const back = (value: unknown, principal = 'ana', now = NOW) =>
  readWritten(JSON.parse(JSON.stringify(value)), principal, now);

describe('what a tab follows', () => {
  test('is the same after it was written and read, for the same person alone', () => {
    const requests = [request(1, 3), request(10, 1)];
    assert.deepEqual(back(written(requests, 'ana')), requests);
    assert.deepEqual(written(requests, 'ben'), [], 'nothing of another person is written');
    assert.deepEqual(back(written(requests, 'ana'), 'ben'), [], 'nor read');
  });

  test('is forgotten after a week', () => {
    const kept = written([request(1, 1)], 'ana');
    assert.equal(back(kept, 'ana', NOW + 6 * DAY).length, 1);
    assert.equal(back(kept, 'ana', NOW + 8 * DAY).length, 0);
  });

  test('is bounded: of many actions the newest requests are kept, in their order', () => {
    const requests = Array.from({ length: 20 }, (_, index) => request(1_000 * index, 500));
    assert.deepEqual(
      back(written(requests, 'ana')).map(({ id }) => id),
      requests.slice(-4).map(({ id }) => id),
    );
  });

  test('is left out where it is not of its form, whoever wrote it', () => {
    const [whole] = written([request(1, 2)], 'ana') as [Record<string, unknown>];
    assert.equal(back([whole]).length, 1);
    for (const wrong of [null, 5, 'text', {}, { 0: whole }]) assert.deepEqual(back(wrong), []);
    const parts: Record<string, readonly unknown[]> = {
      id: [undefined, '', '../x', actionId(99)],
      type: ['Isolate', 'toString', null],
      requestor: [null, 'x'.repeat(1_001)],
      principal: [null, 'ben'],
      from: ["2026' or true", '2026-11-26', null],
      to: ['never', '2026-11-26T11:00:00Z) or (1 eq 1', `${new Date(0).toISOString()}`],
      machines: [null, [], [[actionId(1), '../../evil', 'ws']], [[actionId(1), machineId(1), 5]], [null]],
      ends: [null, [[actionId(1), 'Pending']], [[actionId(1), 'Exploded']], [[1]]],
    };
    for (const [name, values] of Object.entries(parts))
      for (const value of values)
        assert.deepEqual(back([{ ...whole, [name]: value }]), [], `${name}: ${JSON.stringify(value)}`);
    assert.equal(back([{ ...whole, from: 'never' }, whole]).length, 1, 'the others are kept');
  });
});
